using System.Globalization;
using System.Net;
using System.Text;
using Collector.FaultTests.Feeding;
using Collector.FaultTests.Oracle;
using Collector.IntegrationTests.Pipeline;
using Collector.IntegrationTests.Support;

namespace Collector.FaultTests.Writers;

/// <summary>
/// A client of the collector's gateway, which outlives the collector: it posts numbered rows, has them acknowledged once it
/// has read 204, and sends the same bytes again until then, as QuestDB's clients do.
/// </summary>
internal sealed class GatewayWriter : IWriter
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(40);
    private readonly int _seed;
    private readonly TemporaryFolder _schemas = new();
    private readonly CollectorProcess _collector;
    private readonly string[] _tables;
    private readonly long _epochMicros = TimeProvider.System.GetUtcNow().AddHours(-2).ToUnixTimeMilliseconds() * 1000;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(2) };
    private readonly StringBuilder _log = new();
    private readonly CancellationTokenSource _over = new();
    private Memory? _memory;
    private Task[] _sending = [];
    private Task _sampling = Task.CompletedTask;
    private volatile bool _isHeld;
    private readonly bool _isOnForeignTables;
    private bool _isStarted;

    public GatewayWriter(int seed)
        : this(seed, isOnForeignTables: false)
    {
    }

    private GatewayWriter(int seed, bool isOnForeignTables)
    {
        (_seed, _isOnForeignTables) = (seed, isOnForeignTables);
        string run = Guid.NewGuid().ToString("N")[..6];
        _tables = [$"fed_{run}_a", $"fed_{run}_b"];
        foreach (string file in Directory.GetFiles(RepositoryRoot.Combine("schemas"), "*.sql"))
        {
            File.Copy(file, _schemas.Combine(Path.GetFileName(file)));
        }

        foreach (string table in isOnForeignTables ? [] : _tables)
        {
            File.WriteAllText(_schemas.Combine(table + ".sql"), FedTable.Sql(table));
        }

        string fsync = (seed & 1) == 0 ? "interval" : "always"; // a kill alone costs nothing in either
        _collector = new CollectorProcess(
            $"spool:\n  min_free_bytes: 0\n  segment_bytes: 64KiB\n  max_bytes: 8MiB\n  fsync: {fsync}\nstatus_interval: 1s",
            "delivery:\n  linger: 20ms\n  retry_delay: 20ms\n  retry_max_delay: 500ms\n  halted_retry: 1s\n  shutdown_timeout: 1s",
            "store:\n  type: questdb\n  questdb:\n    url: http://127.0.0.1:1\n    request_timeout: 1s\n    connect_timeout: 1s\n    watch_interval: 1s");
        _collector.Environment["COLLECTOR__SCHEMAS_DIR"] = _schemas.Path;
    }

    public string Name => _isOnForeignTables ? "gateway, foreign tables" : "gateway";

    public string Folder => _collector.DataFolder;

    public RowFinder Finder { get; } = FedRows.Finder();

    /// <summary>The gateway itself sets bad rows aside, or the database refuses them.</summary>
    public bool IsRefusedOnTheWay => false;

    public bool HasClock => false;

    public string Log => _log + (_isStarted ? _collector.Output : "");

    private Uri Gateway => new($"http://127.0.0.1:{_collector.GatewayPort}/write");

    public bool IsBad(string series, long number) => FedTable.IsBad(_seed, number);

    /// <summary>Writes to tables that no schema file describes and that the database has before the first line.</summary>
    public static async Task<GatewayWriter> OnTablesOfAsync(QuestDbServer database, int seed)
    {
        var writer = new GatewayWriter(seed, isOnForeignTables: true);
        foreach (string table in writer._tables)
        {
            await database.ExecAsync(FedTable.ForeignSql(table));
        }

        return writer;
    }

    public async Task StartAsync(Memory memory, Uri store)
    {
        _memory = memory;
        _collector.Environment["COLLECTOR__STORE__QUESTDB__URL"] = store.ToString();
        await _collector.StartAsync();
        if (_isStarted)
        {
            return;
        }

        _isStarted = true;
        _sending = [.. _tables.Select((_, sender) => Task.Run(() => SendAsync(sender, _over.Token)))];
        _sampling = SampleAsync(_over.Token);
    }

    public Task KillAsync() => EndAsync(UnixSignal.Kill, 128 + 9);

    public Task StopAsync() => EndAsync(UnixSignal.Terminate, 0);

    public Task SetClockAsync(TimeSpan ahead) => throw new NotSupportedException();

    public async Task SettleAsync(TimeSpan within)
    {
        _isHeld = true;
        long began = TimeProvider.System.GetTimestamp();
        MetricsText? page = null;
        while (TimeProvider.System.GetElapsedTime(began) < within)
        {
            page = Array.TrueForAll(_sending, sender => sender.IsCompleted) ? await PageAsync(_over.Token) : null;
            if (page is not null && Array.TrueForAll(_tables, table => page.Find("collector_rows_pending", $"table=\"{table}\"") == 0))
            {
                break;
            }

            await Task.Delay(Poll, TimeProvider.System);
            page = null;
        }

        if (page is null)
        {
            _memory!.Fault($"not all was delivered within {within.TotalSeconds:0} s:\n{(await PageAsync(_over.Token))?.Text ?? "no page"}");
        }
    }

    public Task<IReadOnlyCollection<StoredNumber>> StoredAsync(QuestDbServer database) =>
        FedRows.StoredAsync(database, _tables);

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await Task.WhenAll([.. _sending, _sampling]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _collector.DisposeAsync();
        _over.Dispose();
        _http.Dispose();
        _schemas.Dispose();
    }

    private async Task EndAsync(UnixSignal signal, int expected)
    {
        int code = (await _collector.EndAsync(signal)).Code;
        if (code != expected)
        {
            _memory!.Fault($"the collector ended with {code}: {_collector.Output[^Math.Min(_collector.Output.Length, 2000)..]}");
        }

        _log.AppendLine(_collector.Output);
    }

    /// <summary>One connection's client. Each sends numbers of its own, of both tables in every request.</summary>
    private async Task SendAsync(int sender, CancellationToken over)
    {
        const long Apart = 3_000_000; // milliseconds of row time: the senders' numbers do not meet within a round
        FedTable[] tables = [.. _tables.Select(table => new FedTable(table, _seed, _epochMicros))];
        try
        {
            for (long next = 1 + (sender * Apart); !_isHeld;)
            {
                ulong chance = FedTable.Mixed(_seed, -next);
                int count = 1 + (int)(chance % 24);
                await PostUntilAcknowledgedAsync([.. tables.SelectMany(table => table.Lines(next, count))], next, count, over);
                next += count;
                await Task.Delay(TimeSpan.FromMilliseconds(chance / 4096 % 24), TimeProvider.System, over);
            }
        }
        catch (Exception broken) when (broken is not OperationCanceledException)
        {
            _memory!.Fault($"a sender broke: {broken}");
        }
    }

    private async Task PostUntilAcknowledgedAsync(byte[] lines, long first, int count, CancellationToken over)
    {
        for (bool isAgain = false; !await PostAsync(lines, first, count, over); isAgain = true)
        {
            if (!isAgain)
            {
                Array.ForEach(_tables, table => _memory!.Resend(table, first, first + count - 1));
            }

            await Task.Delay(Poll, TimeProvider.System, over);
        }
    }

    /// <returns>False when it has to be sent again.</returns>
    private async Task<bool> PostAsync(byte[] lines, long first, int count, CancellationToken over)
    {
        try
        {
            using var content = new ByteArrayContent(lines);
            using HttpResponseMessage answer = await _http.PostAsync(Gateway, content, over);
            if (answer.StatusCode == HttpStatusCode.NoContent)
            {
                Acknowledge(answer, first, count);
            }
            else if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
            {
                _memory!.Refuse(count * _tables.Length);
            }
            else
            {
                _memory!.Fault($"the gateway answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(over)}");
            }

            return answer.StatusCode == HttpStatusCode.NoContent;
        }
        catch (Exception away) when (away is HttpRequestException or IOException || (away is OperationCanceledException && !over.IsCancellationRequested))
        {
            return false; // the collector is not there, or was killed within the request
        }
    }

    private void Acknowledge(HttpResponseMessage answer, long first, int count)
    {
        long bad = Enumerable.Range(0, count).Count(at => FedTable.IsBad(_seed, first + at)) * _tables.Length;
        long kept = Header(answer, "X-Quarantined"), dropped = Header(answer, "X-Dropped");
        if (_isOnForeignTables ? kept + dropped > bad : kept + dropped != bad)
        {
            _memory!.Fault($"of rows {first} to {first + count - 1} {bad} are bad, and the answer tells of {kept} set aside and {dropped} dropped");
        }

        for (long number = first; number < first + count; number++)
        {
            // A bad row for which quarantine had no room, as the answer says, is no promise.
            if (dropped == 0 || !FedTable.IsBad(_seed, number))
            {
                Array.ForEach(_tables, table => _memory!.Acknowledge(table, number, number));
            }
        }
    }

    private static long Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out IEnumerable<string>? values) ? long.Parse(values.Single(), CultureInfo.InvariantCulture) : 0;

    private async Task SampleAsync(CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            if (await PageAsync(over) is { } page)
            {
                ExposedBooks.Sample(page, _memory!);
            }

            await Task.Delay(Poll, TimeProvider.System, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
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
