using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;
using Collector.Pipe.Spool;
using Collector.Sources;
using Collector.Sources.Running;

namespace Collector.Capabilities.Status;

/// <summary>
/// The collector's own state as rows, like everything else's: one of <c>collector_status</c> a reading, and one of
/// <c>source_status</c> for each source.
/// </summary>
public sealed class CollectorStatusSource : ISource
{
    /// <summary>What it is called among the sources.</summary>
    public const string SourceName = "collector/status";

    private readonly string _name;
    private readonly long _spoolLimit;
    private readonly SourceContext _context;
    private readonly Lanes _lanes;
    private readonly SpoolDirectory _spool;
    private readonly SpoolForecast _forecast;
    private readonly StoreWatch _watch;
    private readonly SourceMetrics _sources;
    private readonly Table _collector;
    private readonly Table _source;
    private (long At, TimeSpan Cpu)? _last;

    /// <param name="name">The collector's.</param>
    /// <param name="spoolLimit">Bytes that the spool may hold.</param>
    /// <exception cref="SourceSetupException">A schema file is missing, or defines other keys.</exception>
    public CollectorStatusSource(
        string name, long spoolLimit, SourceContext context, Lanes lanes, SpoolDirectory spool, SpoolForecast forecast, StoreWatch watch, SourceMetrics sources)
    {
        (_name, _spoolLimit, _context, _lanes) = (name, spoolLimit, context, lanes);
        (_spool, _forecast, _watch, _sources) = (spool, forecast, watch, sources);
        (_collector, _source) = Tables(context);
    }

    /// <summary>The source as it is to run.</summary>
    /// <param name="options">With the collector's name, host and environment.</param>
    public static PlannedSource Plan(
        CollectorStatusOptions options, long spoolLimit, Lanes lanes, SpoolDirectory spool, SpoolForecast forecast, StoreWatch watch, SourceMetrics sources) => new(
        SourceName,
        options,
        (own, context) => new CollectorStatusSource(own.Name!, spoolLimit, context, lanes, spool, forecast, watch, sources));

    /// <summary>The tables it fills.</summary>
    /// <exception cref="SourceSetupException">A schema file is missing, or defines other keys.</exception>
    public static (Table Collector, Table Source) Tables(SourceContext context) => (
        context.Table("collector_status", "collector", "host", "env"),
        context.Table("source_status", "collector", "source", "host", "env"));

    public Task ReadAsync(Reading reading, CancellationToken cancellationToken)
    {
        WriteCollector(reading);
        foreach (SourceStatus status in _sources.Statuses.Where(status => status.Up is not null))
        {
            WriteSource(reading, status);
        }

        return Task.CompletedTask;
    }

    private void WriteCollector(Reading reading)
    {
        LedgerEntry[] books = [.. _lanes.Ledger];
        long at = _context.Clock.GetTimestamp();
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        TimeSpan elapsed = _last is { } before ? _context.Clock.GetElapsedTime(before.At, at) : TimeSpan.Zero;

        LineWriter row = reading.Begin(_collector, _name, _context.Host, _context.Env);
        row.Set(_collector["database"], _watch.State);
        row.Set(_collector["ready"], _lanes.NotReadyBecause is null && _spool.SyncError is null);
        row.Set(_collector["accepted"], books.Sum(entry => entry.Accepted));
        row.Set(_collector["delivered"], books.Sum(entry => entry.Delivered));
        row.Set(_collector["quarantined"], books.Sum(entry => entry.Quarantined));
        row.Set(_collector["dropped"], books.Sum(entry => entry.Dropped));
        row.Set(_collector["pending"], books.Sum(entry => entry.Pending));
        row.Set(_collector["remainder"], books.Sum(entry => Math.Abs(entry.Remainder)));
        row.Set(_collector["spool_bytes"], _spool.TotalBytes);
        row.Set(_collector["spool_limit_bytes"], _spoolLimit);
        row.Set(_collector["memory_bytes"], Environment.WorkingSet);
        row.Set(_collector["seconds_to_full"], _forecast.Look(_spool.PendingBytes, _spool.BytesLeft).UntilFull?.TotalSeconds);
        row.Set(_collector["write_to_visible_seconds"], _watch.TakeUntilVisible()?.TotalSeconds);
        row.Set(_collector["clock_skew_seconds"], _watch.Latest?.ClockSkew?.TotalSeconds);
        row.Set(_collector["cpu_percent"], elapsed > TimeSpan.Zero ? 100 * ((cpu - _last!.Value.Cpu) / elapsed) : null);
        reading.End(row, _context.Clock.GetUtcNow());
        _last = (at, cpu);
    }

    private void WriteSource(Reading reading, SourceStatus status)
    {
        LineWriter row = reading.Begin(_source, _name, status.Name, _context.Host, _context.Env);
        row.Set(_source["up"], status.Up == true);
        row.Set(_source["duration_seconds"], status.Duration.TotalSeconds);
        row.Set(_source["readings"], status.Readings);
        row.Set(_source["errors"], status.Errors);
        row.Set(_source["last_error"], status.LastError);
        reading.End(row, _context.Clock.GetUtcNow());
    }
}

/// <summary>When the collector tells of itself, and under which name.</summary>
public sealed record CollectorStatusOptions : SourceOptions;
