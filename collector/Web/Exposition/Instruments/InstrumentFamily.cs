using System.Diagnostics.Metrics;
using System.Text;
using Collector.Lines;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace Collector.Web.Exposition.Instruments;

/// <summary>The instruments of one name as a metric family: measurements go in from any thread, samples come out.</summary>
public sealed class InstrumentFamily : Family
{
    private static readonly Comparer<InstrumentSeries> ByLabels =
        Comparer<InstrumentSeries>.Create((x, y) => x.Labels.AsSpan().SequenceCompareTo(y.Labels));

    private readonly Lock _gate = new();
    private readonly TagSets _tagSets = new();
    private readonly Dictionary<byte[], InstrumentSeries> _byLabels = new(ByteKeys.Instance);
    private readonly InstrumentKind _kind;
    private readonly double[] _bounds;
    private readonly byte[] _name;
    private readonly int _cap;
    private InstrumentSeries[] _ordered = [];
    private int _collection;
    private long _invalid;
    private long _dropped;

    public InstrumentFamily(Instrument instrument, InstrumentKind kind, int cap)
        : base(instrument.Name, kind.Type(), instrument.Description ?? "")
    {
        (_kind, _cap) = (kind, cap);
        _name = Encoding.UTF8.GetBytes(Name);
        _bounds = kind == InstrumentKind.Histogram ? InstrumentKinds.Bounds(instrument) : [];
    }

    /// <summary>Instruments that feed the family. With the last of them it goes.</summary>
    public int Instruments { get; set; }

    /// <summary>Measurements that would have poisoned the family: no finite number, or a counter's decrease.</summary>
    public long Invalid => Interlocked.Read(ref _invalid);

    /// <summary>Measurements under a tag set that the cap left no place for.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public bool IsFedBy(Instrument instrument, InstrumentKind kind) =>
        kind == _kind && Help == (instrument.Description ?? "") && instrument.Name is var name && (MetricText.Name(name) == Name || MetricText.Name(name) == BaseName);

    public void Record(Instrument instrument, long value, ReadOnlySpan<Tag> tags)
    {
        if (value < 0 && Type == FamilyType.Counter)
        {
            Interlocked.Increment(ref _invalid);
        }
        else if (Find(instrument, tags) is { } series)
        {
            series.Record(value);
        }
    }

    public void Record(Instrument instrument, double value, ReadOnlySpan<Tag> tags)
    {
        bool sums = _kind is not (InstrumentKind.Gauge or InstrumentKind.ObservableGauge);
        if (sums && (!double.IsFinite(value) || (value < 0 && Type == FamilyType.Counter)))
        {
            Interlocked.Increment(ref _invalid);
        }
        else if (Find(instrument, tags) is { } series)
        {
            series.Record(value);
        }
    }

    /// <summary>Before observable instruments are asked: what they do not tell of from here on is gone.</summary>
    public void BeginCollection()
    {
        _collection++;
    }

    /// <summary>After they were asked.</summary>
    public void EndCollection()
    {
        if (!_kind.IsObservable() || Array.TrueForAll(_ordered, series => series.Collection == _collection))
        {
            return;
        }

        lock (_gate)
        {
            foreach (InstrumentSeries gone in _ordered.Where(series => series.Collection != _collection))
            {
                _tagSets.Remove(gone);
                _byLabels.Remove(gone.Labels);
            }

            _ordered = [.. _ordered.Where(series => series.Collection == _collection)];
        }
    }

    public override void WriteSamples(ScrapeBuffer page, LabelSets? shown)
    {
        foreach (InstrumentSeries series in Volatile.Read(ref _ordered))
        {
            if (shown?.Add(series.Labels) != false)
            {
                series.Write(page, _name);
            }
        }
    }

    private InstrumentSeries? Find(Instrument instrument, ReadOnlySpan<Tag> tags)
    {
        if (!_tagSets.TryGet(tags, out InstrumentSeries? series))
        {
            series = Add(instrument, tags);
            if (series is null)
            {
                Interlocked.Increment(ref _dropped);
                return null;
            }
        }

        if (_kind.IsObservable())
        {
            series.Collection = _collection;
        }

        return series;
    }

    private InstrumentSeries? Add(Instrument instrument, ReadOnlySpan<Tag> tags)
    {
        lock (_gate)
        {
            if (_tagSets.TryGet(tags, out InstrumentSeries? series))
            {
                return series;
            }

            // The spellings of one label set are bounded as well.
            if (_tagSets.Count >= _cap)
            {
                return null;
            }

            byte[] labels = TagSets.Labels((instrument.Meter.Tags ?? []).Concat(instrument.Tags ?? []), tags);
            if (!_byLabels.TryGetValue(labels, out series))
            {
                series = Series(labels);
                _byLabels[labels] = series;
                Insert(series);
            }

            _tagSets.Add(tags, series);
            return series;
        }
    }

    /// <summary>Keeps the samples' order the labels' own, whichever thread was first.</summary>
    private void Insert(InstrumentSeries series)
    {
        int at = Array.BinarySearch(_ordered, series, ByLabels);
        var ordered = new InstrumentSeries[_ordered.Length + 1];
        _ordered.AsSpan(0, ~at).CopyTo(ordered);
        ordered[~at] = series;
        _ordered.AsSpan(~at).CopyTo(ordered.AsSpan(~at + 1));
        Volatile.Write(ref _ordered, ordered);
    }

    private InstrumentSeries Series(byte[] labels) => _kind switch
    {
        InstrumentKind.Histogram => new HistogramSeries(labels, _bounds),
        InstrumentKind.Counter or InstrumentKind.UpDownCounter => new SumSeries(labels),
        _ => new LastSeries(labels),
    };
}
