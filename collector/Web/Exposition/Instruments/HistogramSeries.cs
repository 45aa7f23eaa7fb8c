using System.Text;

namespace Collector.Web.Exposition.Instruments;

/// <summary>
/// Counts values by bucket. <c>_count</c> is the last cumulative bucket by construction and kept nowhere else, so the two
/// cannot differ; <c>_sum</c> is taken at the same instant.
/// </summary>
internal sealed class HistogramSeries : InstrumentSeries
{
    private readonly Lock _gate = new();
    private readonly double[] _bounds;
    private readonly long[] _counts;
    private readonly byte[][] _bucketLabels;
    private readonly long[] _snapshot;
    private double _sum;

    /// <param name="bounds">Upper bounds in ascending order, without +Inf.</param>
    public HistogramSeries(byte[] labels, double[] bounds)
        : base(labels)
    {
        _bounds = bounds;
        _counts = new long[bounds.Length + 1];
        _snapshot = new long[bounds.Length + 1];
        _bucketLabels = [.. bounds.Append(double.PositiveInfinity).Select(bound => BucketLabels(labels, bound))];
    }

    public override void Record(long value) => Record((double)value);

    public override void Record(double value)
    {
        int bucket = Bucket(value);
        lock (_gate)
        {
            _counts[bucket]++;
            _sum += value;
        }
    }

    public override void Write(ScrapeBuffer page, ReadOnlySpan<byte> name)
    {
        double sum;
        lock (_gate)
        {
            _counts.CopyTo(_snapshot.AsSpan());
            sum = _sum;
        }

        Span<byte> full = stackalloc byte[name.Length + "_bucket".Length];
        name.CopyTo(full);
        "_bucket"u8.CopyTo(full[name.Length..]);
        long count = 0;
        for (int i = 0; i < _snapshot.Length; i++)
        {
            count += _snapshot[i];
            page.Sample(full, _bucketLabels[i], count);
        }

        "_sum"u8.CopyTo(full[name.Length..]);
        page.Sample(full[..(name.Length + "_sum".Length)], Labels, sum);
        "_count"u8.CopyTo(full[name.Length..]);
        page.Sample(full[..(name.Length + "_count".Length)], Labels, count);
    }

    /// <summary>The first bucket whose bound is not below the value: bounds are inclusive.</summary>
    private int Bucket(double value)
    {
        int bucket = 0;
        while (bucket < _bounds.Length && value > _bounds[bucket])
        {
            bucket++;
        }

        return bucket;
    }

    private static byte[] BucketLabels(byte[] labels, double bound)
    {
        string le = $"le=\"{MetricText.Bound(bound)}\"}} ";
        string others = Encoding.UTF8.GetString(labels);
        return Encoding.UTF8.GetBytes(others == " " ? "{" + le : $"{others[..^2]},{le}");
    }
}
