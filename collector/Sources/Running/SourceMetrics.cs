using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Collector.Sources.Running;

/// <summary>What <c>/metrics</c> says of every source.</summary>
public sealed class SourceMetrics
{
    private readonly ConcurrentDictionary<string, SourceStatus> _statuses = new(StringComparer.Ordinal);

    public SourceMetrics(Meter meter)
    {
        Readings = meter.CreateCounter<long>("source_readings_total", null, "Readings taken wholly.");
        Rows = meter.CreateCounter<long>("source_rows_total", null, "Rows handed to the spool.");
        Errors = meter.CreateCounter<long>("source_errors_total", null, "Readings that failed, wholly or in part, by reason.");
        Skipped = meter.CreateCounter<long>("source_skipped_total", null, "Readings left out because the one before took too long.");
        LeftOut = meter.CreateCounter<long>("source_samples_left_out_total", null, "Samples that a reading which was taken leaves out, by reason.");
        Duration = meter.CreateHistogram<double>("source_duration_seconds", "s", "Time a reading took.");
        meter.CreateObservableGauge(
            "source_up",
            () => _statuses.Values.Where(status => status.Up is not null).Select(status => new Measurement<int>(status.Up == true ? 1 : 0, status.Tag)),
            null,
            "1 when the last reading was taken wholly, else 0.");
    }

    internal Counter<long> Readings { get; }

    internal Counter<long> Rows { get; }

    internal Counter<long> Errors { get; }

    internal Counter<long> Skipped { get; }

    internal Counter<long> LeftOut { get; }

    internal Histogram<double> Duration { get; }

    /// <summary>All sources, for readiness and the status rows.</summary>
    public IEnumerable<SourceStatus> Statuses => _statuses.Values;

    /// <param name="interval">Time from one reading to the next.</param>
    public SourceStatus Register(string source, TimeSpan interval) => _statuses.GetOrAdd(source, name => new SourceStatus(name, interval, this));

    /// <summary>A source that is gone is neither up nor down.</summary>
    public void Forget(string source) => _statuses.TryRemove(source, out _);
}

/// <summary>How one source does.</summary>
public sealed class SourceStatus(string name, TimeSpan interval, SourceMetrics metrics)
{
    private long _readAtTicks;
    private long _failedAtTicks;

    public string Name { get; } = name;

    /// <summary>Time from one reading to the next.</summary>
    public TimeSpan Interval { get; } = interval;

    /// <summary>When the last reading that was taken wholly ended; null before the first one.</summary>
    public DateTimeOffset? ReadAt => Time(ref _readAtTicks);

    /// <summary>When the last reading that failed did so; null while none has.</summary>
    public DateTimeOffset? FailedAt => Time(ref _failedAtTicks);

    /// <summary>Whether the last reading was taken wholly; null before the first one.</summary>
    public bool? Up { get; private set; }

    /// <summary>Why the last reading that failed did so.</summary>
    public string? LastError { get; private set; }

    /// <summary>Time the last reading took.</summary>
    public TimeSpan Duration { get; private set; }

    /// <summary>Readings taken wholly since the start.</summary>
    public long Readings { get; private set; }

    /// <summary>Readings that failed since the start, wholly or in part.</summary>
    public long Errors { get; private set; }

    internal KeyValuePair<string, object?> Tag { get; } = new("source", name);

    internal void Finish(DateTimeOffset now, TimeSpan duration, int rows, SourceError? error, string? message)
    {
        Volatile.Write(ref (error is null ? ref _readAtTicks : ref _failedAtTicks), now.UtcTicks);
        (Up, Duration, LastError) = (error is null, duration, message ?? LastError);
        metrics.Duration.Record(duration.TotalSeconds, Tag);
        metrics.Rows.Add(rows, Tag);
        if (error is { } reason)
        {
            Errors++;
            metrics.Errors.Add(1, Tag, new KeyValuePair<string, object?>("reason", reason.ToString().ToLowerInvariant()));
        }
        else
        {
            Readings++;
            metrics.Readings.Add(1, Tag);
        }
    }

    /// <param name="counts">By <see cref="Sources.LeftOut"/>.</param>
    internal void LeaveOut(ReadOnlySpan<long> counts)
    {
        for (int reason = 0; reason < counts.Length; reason++)
        {
            if (counts[reason] > 0)
            {
                metrics.LeftOut.Add(counts[reason], Tag, new KeyValuePair<string, object?>("reason", ((LeftOut)reason).ToString().ToLowerInvariant()));
            }
        }
    }

    internal void Skip(long readings) => metrics.Skipped.Add(readings, Tag);

    private static DateTimeOffset? Time(ref long ticks) => Volatile.Read(ref ticks) is > 0 and long known ? new DateTimeOffset(known, TimeSpan.Zero) : null;
}
