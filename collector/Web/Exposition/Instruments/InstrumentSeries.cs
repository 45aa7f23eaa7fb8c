namespace Collector.Web.Exposition.Instruments;

/// <summary>What one instrument measured under one tag set. Thread-safe.</summary>
internal abstract class InstrumentSeries(byte[] labels)
{
    private int _collection;

    /// <summary>Labels in braces and the space behind them.</summary>
    public byte[] Labels { get; } = labels;

    /// <summary>The collection in which an observable instrument last told of this tag set.</summary>
    public int Collection
    {
        get => Volatile.Read(ref _collection);
        set => Volatile.Write(ref _collection, value);
    }

    public abstract void Record(long value);

    public abstract void Record(double value);

    public abstract void Write(ScrapeBuffer page, ReadOnlySpan<byte> name);
}
