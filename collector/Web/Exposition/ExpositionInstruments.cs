using System.Diagnostics.Metrics;
using Collector.Web.Exposition.Instruments;

namespace Collector.Web.Exposition;

/// <summary>What the exposition tells of itself.</summary>
public sealed class ExpositionInstruments
{
    private readonly Counter<long> _failures;
    private readonly Histogram<double> _duration;

    public ExpositionInstruments(Meter meter, ScrapeRenderer page, LatestValues latest, InstrumentSnapshot snapshot)
    {
        _failures = meter.CreateCounter<long>("collector_exposition_failures_total", description: "Scrapes answered by 500, by reason.");
        _failures.Add(0, new KeyValuePair<string, object?>("reason", "too_large"));
        _failures.Add(0, new KeyValuePair<string, object?>("reason", "error"));
        _duration = meter.CreateHistogram<double>("collector_exposition_duration_seconds", "s", "Time to collect and write the page, of earlier scrapes.");

        meter.CreateObservableGauge(
            "collector_exposition_series",
            () => PerTable(latest, static table => table.Series),
            description: "Series of a table that are shown, or have gone stale and not left yet.");
        meter.CreateObservableCounter(
            "collector_exposition_series_dropped_total",
            () => PerTable(latest, static table => table.Dropped),
            description: "Rows that are stored and not shown, because the table's cap on series was reached.");
        meter.CreateObservableGauge(
            "collector_exposition_conflicting_families",
            () => page.Conflicts,
            description: "Metrics left out, because another of their name is of another type or has another help.");
        meter.CreateObservableCounter(
            "collector_exposition_duplicate_samples_total",
            () => page.Duplicates,
            description: "Samples left out, because two tables show one metric with equal labels.");
        meter.CreateObservableCounter(
            "collector_exposition_measurements_invalid_total",
            () => snapshot.Instruments.Sum(family => family.Invalid),
            description: "Measurements of the collector's own ignored: a counter's decrease, or no finite number.");
        meter.CreateObservableCounter(
            "collector_exposition_measurements_dropped_total",
            () => snapshot.Instruments.Sum(family => family.Dropped),
            description: "Measurements of the collector's own ignored, because the instrument's cap on tag sets was reached.");
        meter.CreateObservableCounter(
            "collector_exposition_callback_failures_total",
            () => snapshot.CallbackFailures,
            description: "Instruments of the collector's own that failed when asked for their values.");
    }

    public void Rendered(TimeSpan duration) => _duration.Record(duration.TotalSeconds);

    public void Failed(string reason) => _failures.Add(1, new KeyValuePair<string, object?>("reason", reason));

    private static IEnumerable<Measurement<long>> PerTable(LatestValues latest, Func<SeriesTable, long> value) =>
        latest.Tables.Select(table => new Measurement<long>(value(table), new KeyValuePair<string, object?>("table", table.Table.Name)));
}
