namespace Collector.Web.Exposition.Instruments;

/// <summary>Adds up: <c>Counter</c> and <c>UpDownCounter</c>. Whole numbers stay exact, however many there are.</summary>
internal sealed class SumSeries(byte[] labels) : InstrumentSeries(labels)
{
    private long _whole;
    private double _fraction;

    public override void Record(long value) => Interlocked.Add(ref _whole, value);

    public override void Record(double value)
    {
        double before = Volatile.Read(ref _fraction);
        double seen;
        while (BitConverter.DoubleToInt64Bits(seen = Interlocked.CompareExchange(ref _fraction, before + value, before)) != BitConverter.DoubleToInt64Bits(before))
        {
            before = seen;
        }
    }

    public override void Write(ScrapeBuffer page, ReadOnlySpan<byte> name) =>
        page.Sample(name, Labels, Interlocked.Read(ref _whole) + Volatile.Read(ref _fraction));
}
