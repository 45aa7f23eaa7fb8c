using System.Text;
using Collector.FaultTests.Feeding;
using Collector.FaultTests.Oracle;
using Collector.IntegrationTests.Pipeline;
using Collector.IntegrationTests.Support;

namespace Collector.FaultTests.Writers;

/// <summary>
/// The collector as a user runs it, with daemons that count their answers. What it acknowledged shows at its own
/// <c>/metrics</c>: a daemon's number is shown once its row is in the spool, and those before it are there as well when as
/// many rows were handed to the spool as answers were given.
/// </summary>
internal sealed class CollectorWriter : IWriter
{
    private const int Daemons = 4;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(2);
    private readonly int _seed;
    private readonly CollectorProcess _collector;
    private readonly (string Name, CountingDaemon Daemon)[] _daemons;
    private readonly Dictionary<string, (long AnswersBefore, long Rows)> _lives = new(StringComparer.Ordinal);
    private readonly HttpClient _http = new() { Timeout = AtOnce };
    private readonly StringBuilder _log = new();
    private Memory? _memory;
    private CancellationTokenSource? _over;
    private Task _sampling = Task.CompletedTask;
    private long _refused;
    private bool _isStarted;

    private CollectorWriter(int seed, (string Name, CountingDaemon Daemon)[] daemons)
    {
        (_seed, _daemons) = (seed, daemons);
        string sources = string.Concat(daemons.Select(daemon => $"\n    - {{name: {daemon.Name}, url: \"{daemon.Daemon.Page}\", interval: 100ms, timeout: 30s}}"));
        _collector = new CollectorProcess(
            "spool:\n  min_free_bytes: 0\n  segment_bytes: 64KiB\n  max_bytes: 8MiB\nstatus_interval: 1s",
            "delivery:\n  linger: 20ms\n  retry_delay: 20ms\n  retry_max_delay: 500ms\n  halted_retry: 1s\n  shutdown_timeout: 1s",
            "store:\n  type: questdb\n  questdb:\n    url: http://127.0.0.1:1\n    request_timeout: 1s\n    connect_timeout: 1s\n    watch_interval: 1s",
            "sources:\n  host: [{interval: 200ms}]\n  daemon:" + sources);
    }

    public string Name => "collector";

    public string Folder => _collector.DataFolder;

    public RowFinder Finder { get; } = new(@"daemon_metrics,daemon=(?<series>\w+),", @"[ ,]fetch_count=(?<number>\d+)i");

    public bool IsRefusedOnTheWay => true;

    public bool HasClock => false;

    public string Log => _log + (_isStarted ? _collector.Output : "");

    public static async Task<CollectorWriter> MakeAsync(int seed)
    {
        string run = Guid.NewGuid().ToString("N")[..6];
        var daemons = new (string, CountingDaemon)[Daemons];
        for (int i = 0; i < Daemons; i++)
        {
            daemons[i] = ($"d{i}_{run}", await CountingDaemon.StartAsync());
        }

        return new CollectorWriter(seed, daemons);
    }

    /// <summary>More than one in 50 could make more bad rows of a batch than the collector takes for accidents.</summary>
    public bool IsBad(string series, long number) => FedTable.Mixed(_seed, number) % 100 == 0;

    public async Task StartAsync(Memory memory, Uri store)
    {
        _memory = memory;
        _collector.Environment["COLLECTOR__STORE__QUESTDB__URL"] = store.ToString();
        foreach ((string name, CountingDaemon daemon) in _daemons)
        {
            _lives[name] = (daemon.Answers, 0);
        }

        _refused = 0;
        _over = new CancellationTokenSource();
        await _collector.StartAsync();
        _isStarted = true;
        _sampling = SampleAsync(_over.Token);
    }

    public Task KillAsync() => EndAsync(UnixSignal.Kill, 128 + 9);

    public Task StopAsync() => EndAsync(UnixSignal.Terminate, 0);

    public Task SetClockAsync(TimeSpan ahead) => throw new NotSupportedException();

    public async Task SettleAsync(TimeSpan within)
    {
        foreach ((_, CountingDaemon daemon) in _daemons)
        {
            await daemon.HoldAsync();
        }

        long began = TimeProvider.System.GetTimestamp();
        MetricsText? page;
        do
        {
            await Task.Delay(Poll, TimeProvider.System);
            page = await PageAsync(CancellationToken.None);
        }
        while (!(page is not null && page.OfDaemon("collector_rows_accepted_total") > 0 && page.OfDaemon("collector_rows_pending") == 0)
            && TimeProvider.System.GetElapsedTime(began) < within);
        if (page is null || page.OfDaemon("collector_rows_pending") != 0)
        {
            _memory!.Fault($"not all was delivered within {within.TotalSeconds:0} s:\n{page?.Text ?? "no page"}");
        }
    }

    public async Task<IReadOnlyCollection<StoredNumber>> StoredAsync(QuestDbServer database)
    {
        QuestDbAnswer answer = await database.ExecAsync(
            $"SELECT daemon, fetch_count, count() FROM daemon_metrics WHERE fetch_count IS NOT NULL AND daemon IN ({string.Join(", ", _daemons.Select(daemon => $"'{daemon.Name}'"))})");
        return [.. answer.Rows.Select(row => new StoredNumber(row[0].GetString()!, row[1].GetInt64(), row[2].GetInt64(), IsWhole: true))];
    }

    public async ValueTask DisposeAsync()
    {
        if (_over is not null)
        {
            await _over.CancelAsync();
        }

        await _sampling;
        _over?.Dispose();
        await _collector.DisposeAsync();
        foreach ((_, CountingDaemon daemon) in _daemons)
        {
            await daemon.DisposeAsync();
        }

        _http.Dispose();
    }

    private async Task EndAsync(UnixSignal signal, int expected)
    {
        int code = (await _collector.EndAsync(signal)).Code;
        await _over!.CancelAsync();
        await _sampling;
        if (code != expected)
        {
            _memory!.Fault($"the collector ended with {code}: {_collector.Output[^Math.Min(_collector.Output.Length, 2000)..]}");
        }

        _log.AppendLine(_collector.Output);
    }

    private async Task SampleAsync(CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            if (await PageAsync(over) is { } page)
            {
                Take(page);
            }

            await Task.Delay(Poll, TimeProvider.System, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Take(MetricsText page)
    {
        foreach ((string name, _) in _daemons)
        {
            (long before, long rows) = _lives[name];
            if (page.Find("daemon_fetches_total", $"daemon=\"{name}\"") is { } shown && shown > before)
            {
                // The rows are those of the page before this one: what it counted, this one shows.
                long newest = (long)shown;
                _memory!.Acknowledge(name, newest - before == rows ? before + 1 : newest, newest);
            }

            _lives[name] = (before, page.Count("source_rows_total", $"source=\"daemon/{name}\""));
        }

        long refused = page.OfDaemon("collector_rows_refused_total");
        if (refused > _refused)
        {
            _memory!.Refuse(refused - _refused);
        }

        _refused = refused;
        ExposedBooks.Sample(page, _memory!);
    }

    private async Task<MetricsText?> PageAsync(CancellationToken over)
    {
        try
        {
            return new MetricsText(await _http.GetStringAsync(new Uri($"http://127.0.0.1:{_collector.Port}/metrics"), over));
        }
        catch (Exception away) when (away is HttpRequestException or OperationCanceledException or IOException)
        {
            return null; // not there yet, or not any more
        }
    }
}
