using System.Diagnostics.Metrics;

namespace Collector.Pipe.State;

/// <summary>What <c>/metrics</c> says of what is remembered of counters.</summary>
public static class CounterMetrics
{
    public static void Publish(Meter meter, LocalState state)
    {
        meter.CreateObservableGauge(
            "collector_baselines",
            () => state.Baselines.Count().Select(table => new Measurement<int>(table.Value, new KeyValuePair<string, object?>("table", table.Key))),
            null,
            "Numbers kept to work out the increases of counters: where each counter of each series stood (counters.max_baselines).");
        meter.CreateObservableCounter(
            "collector_baselines_forgotten_total",
            () => state.Forgotten,
            null,
            "Of those, the ones given up since the start because their series was silent for counters.keep_for, or for want of room.");
    }
}
