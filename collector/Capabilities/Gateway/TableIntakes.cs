using System.Collections.Concurrent;
using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Capabilities.Gateway;

/// <summary>The doors of all tables, each made when the first row for it comes. Thread-safe.</summary>
public sealed class TableIntakes(ILineSink sink, CounterBaselines baselines, GatewayMetrics metrics, GatewayOptions options) : IDisposable
{
    private readonly ConcurrentDictionary<string, TableIntake> _doors = new(NameComparer.Instance);
    private readonly SeriesTotal _series = new(options.MaxTotalSeries);

    /// <summary>Different keys of all tables today.</summary>
    public int Series => _series.Taken;

    public TableIntake Of(Table table) => _doors.GetOrAdd(table.Name, _ => new TableIntake(sink, baselines, metrics, _series.Table(options.MaxSeries)));

    public void Dispose()
    {
        foreach (TableIntake door in _doors.Values)
        {
            door.Dispose();
        }
    }
}
