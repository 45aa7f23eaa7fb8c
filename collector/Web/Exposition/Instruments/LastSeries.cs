namespace Collector.Web.Exposition.Instruments;

/// <summary>Keeps the last value: <c>Gauge</c>, and the observable instruments, which tell totals.</summary>
internal sealed class LastSeries(byte[] labels) : InstrumentSeries(labels)
{
    private double _value;

    public override void Record(long value) => Volatile.Write(ref _value, value);

    public override void Record(double value) => Volatile.Write(ref _value, value);

    public override void Write(ScrapeBuffer page, ReadOnlySpan<byte> name) => page.Sample(name, Labels, Volatile.Read(ref _value));
}
