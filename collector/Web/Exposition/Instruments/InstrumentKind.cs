using System.Diagnostics.Metrics;

namespace Collector.Web.Exposition.Instruments;

/// <summary>How an instrument's measurements become samples.</summary>
public enum InstrumentKind
{
    /// <summary>Increments, added up.</summary>
    Counter,

    /// <summary>Changes in either direction, added up.</summary>
    UpDownCounter,

    /// <summary>The last value counts.</summary>
    Gauge,

    /// <summary>Asked at each collection for a total.</summary>
    ObservableCounter,

    /// <summary>Asked at each collection for a value.</summary>
    ObservableGauge,

    /// <summary>Values, counted by bucket.</summary>
    Histogram,
}

internal static class InstrumentKinds
{
    /// <summary>Bounds of a histogram whose instrument advises none: 1 ms to 10 s.</summary>
    public static readonly double[] DefaultBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    public static InstrumentKind? Of(Instrument instrument)
    {
        for (Type? type = instrument.GetType(); type is not null; type = type.BaseType)
        {
            if (type.IsGenericType && Of(type.GetGenericTypeDefinition()) is { } kind)
            {
                return kind;
            }
        }

        return null;
    }

    public static FamilyType Type(this InstrumentKind kind) => kind switch
    {
        InstrumentKind.Counter or InstrumentKind.ObservableCounter => FamilyType.Counter,
        InstrumentKind.Histogram => FamilyType.Histogram,
        _ => FamilyType.Gauge,
    };

    public static bool IsObservable(this InstrumentKind kind) => kind is InstrumentKind.ObservableCounter or InstrumentKind.ObservableGauge;

    /// <summary>The bounds that the instrument advises, which are ascending; else <see cref="DefaultBounds"/>.</summary>
    public static double[] Bounds(Instrument instrument)
    {
        IEnumerable<double>? advised = instrument switch
        {
            Histogram<double> histogram => histogram.Advice?.HistogramBucketBoundaries,
            Histogram<float> histogram => histogram.Advice?.HistogramBucketBoundaries?.Select(bound => (double)bound),
            Histogram<decimal> histogram => histogram.Advice?.HistogramBucketBoundaries?.Select(bound => (double)bound),
            Histogram<long> histogram => histogram.Advice?.HistogramBucketBoundaries?.Select(bound => (double)bound),
            Histogram<int> histogram => histogram.Advice?.HistogramBucketBoundaries?.Select(bound => (double)bound),
            Histogram<short> histogram => histogram.Advice?.HistogramBucketBoundaries?.Select(bound => (double)bound),
            Histogram<byte> histogram => histogram.Advice?.HistogramBucketBoundaries?.Select(bound => (double)bound),
            _ => null,
        };
        return advised is null ? DefaultBounds : [.. advised.Where(double.IsFinite)];
    }

    private static InstrumentKind? Of(Type definition) =>
        definition == typeof(Counter<>) ? InstrumentKind.Counter
        : definition == typeof(UpDownCounter<>) ? InstrumentKind.UpDownCounter
        : definition == typeof(Gauge<>) ? InstrumentKind.Gauge
        : definition == typeof(Histogram<>) ? InstrumentKind.Histogram
        : definition == typeof(ObservableCounter<>) ? InstrumentKind.ObservableCounter
        : definition == typeof(ObservableGauge<>) || definition == typeof(ObservableUpDownCounter<>) ? InstrumentKind.ObservableGauge
        : null;
}
