using System.Text.Json;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Sources.Http;

namespace Collector.Sources.Daemon;

/// <summary>
/// Polls a daemon's status page and writes one row of <c>daemon_metrics</c> a reading: <c>running</c>, <c>stopped</c>,
/// <c>unknown</c> where it answers and does not say, or <c>unreachable</c> with its downtime and none of the numbers that nobody
/// answered with.
/// </summary>
internal sealed class DaemonSource : ISource, IDisposable
{
    private readonly DaemonOptions _options;
    private readonly SourceContext _context;
    private readonly string _daemon;
    private readonly JsonClient _client;
    private readonly ProcessReader? _processes;
    private readonly DaemonHistory _history;
    private readonly Table _table;

    public DaemonSource(DaemonOptions options, SourceContext context)
    {
        _options = options;
        _context = context;
        _daemon = context.Name[(context.Name.IndexOf('/') + 1)..];
        _client = new JsonClient(options.Url, options.MaxBytes.Bytes, options);
        _processes = options.ReadProcess ?? options.Url.IsLoopback ? new ProcessReader(context.Clock) : null;
        _history = new DaemonHistory(context.State, context.Clock);
        _table = context.Table("daemon_metrics", "daemon", "host", "env");
    }

    public void Dispose() => _client.Dispose();

    public bool Names(Table table, IReadOnlyList<string> keys) => keys.SequenceEqual([_daemon, _context.Host, _context.Env], StringComparer.Ordinal);

    public async Task ReadAsync(Reading reading, CancellationToken cancellationToken)
    {
        JsonDocument answer;
        try
        {
            answer = await _client.GetAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is SourceException or OperationCanceledException)
        {
            WriteUnreachable(reading);
            throw;
        }

        using (answer)
        {
            var page = new JsonFields(answer.RootElement, reading, _options.Fields);
            Write(reading, page, _context.Clock.GetUtcNow());
            if (page.Problems.Count > 0)
            {
                throw new SourceException(SourceError.Format, $"{_client.Shown} answers with {string.Join("; ", page.Problems)}");
            }
        }
    }

    private void Write(Reading reading, JsonFields page, DateTimeOffset now)
    {
        bool? running = IsRunning(page);
        double? uptime = page.Number("uptime_seconds");
        long? errors = page.Count("error_count");
        ProcessReadings? process = page.Count("pid") is { } pid and <= int.MaxValue ? _processes?.Read((int)pid) : null;
        _history.SawStart(uptime, process?.Identity, now);
        _history.SawErrorCount(errors, now);
        if (running == true)
        {
            _history.SawRunning(now);
        }

        LineWriter row = reading.Begin(_table, _daemon, _context.Host, _context.Env);
        row.Set(_table["state"], running switch
        {
            true => "running",
            false => "stopped",
            null => "unknown",
        });
        row.Set(_table["running"], running == true);
        row.Set(_table["uptime_seconds"], uptime ?? (now - process?.StartedAt)?.TotalSeconds);
        row.Set(_table["downtime_seconds"], running == true ? null : _history.Downtime(now)?.TotalSeconds);
        row.Set(_table["cpu_percent"], page.Number("cpu_percent") ?? process?.CpuPercent);
        row.Set(_table["fetch_count"], page.Count("fetch_count"));
        row.Set(_table["error_count"], errors);
        row.Set(_table["liquidation_count"], page.Count("liquidation_count"));
        row.Set(_table["restart_count"], page.Has("restart_count") ? page.Count("restart_count") : _history.Restarts);
        row.Set(_table["memory_bytes"], page.Count("memory_bytes") ?? process?.MemoryBytes);
        row.Set(_table["thread_count"], process?.ThreadCount);
        row.Set(_table["open_files"], process?.OpenFiles);
        row.Set(_table["last_fetch_at"], page.Time("last_fetch_time"));
        row.Set(_table["last_error_at"], _history.LastErrorAt);
        row.Set(_table["last_error"], ForeignText.Fit(page.Text("last_error")));
        reading.End(row, now);
    }

    /// <summary>
    /// Whether it runs, as an operator means it: a daemon that was told to shut down fetches no more, and is stopped although
    /// it still answers, lest one that hangs on its way out pass for a running one. Null where it does not say.
    /// </summary>
    private static bool? IsRunning(JsonFields page)
    {
        bool? running = page.Boolean("running");
        if (page.Boolean("shutdown_requested") == true)
        {
            return false;
        }

        return page.Required("running", running);
    }

    private void WriteUnreachable(Reading reading)
    {
        DateTimeOffset now = _context.Clock.GetUtcNow();
        LineWriter row = reading.Begin(_table, _daemon, _context.Host, _context.Env);
        row.Set(_table["state"], "unreachable");
        row.Set(_table["running"], false);
        row.Set(_table["downtime_seconds"], _history.Downtime(now)?.TotalSeconds);
        reading.End(row, now);
    }
}
