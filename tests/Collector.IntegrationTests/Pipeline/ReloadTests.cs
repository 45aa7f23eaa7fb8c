using System.Net;
using System.Text;
using Collector.IntegrationTests.Support;
using Demo.Exchanges;

namespace Collector.IntegrationTests.Pipeline;

/// <summary>SIGHUP to the collector as a user runs it: another configuration, and nothing lost.</summary>
public sealed class ReloadTests : IAsyncLifetime
{
    private CountingDaemon _stays = null!;
    private CountingDaemon _other = null!;

    public async Task InitializeAsync() => (_stays, _other) = (await CountingDaemon.StartAsync(), await CountingDaemon.StartAsync());

    public async Task DisposeAsync()
    {
        await _stays.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact]
    public async Task Hangup_OtherSources_StopAndStartAndTheRestIsNotTouched()
    {
        await using VenueServer venue = await VenueServer.StartAsync(VenueDialects.Okx, TimeProvider.System);
        await using var collector = new CollectorProcess();
        string head = await File.ReadAllTextAsync(collector.ConfigFile);
        string exchange = $"  exchange:\n    - {{name: okx, preset: okx, channels: [trades], symbols: [BTC-USDT], url: '{venue.Url}', ask_clock: false, interval: 500ms, stale_after: 1h}}\n";
        string Config(string second) => $"{head}sources:\n{exchange}{Daemons(("stays", _stays, ""), (second, _other, ""))}";
        await File.WriteAllTextAsync(collector.ConfigFile, Config("goes"));
        await collector.StartReadyAsync();
        await Rows(collector, "goes", 2);
        await collector.Sqlite.QueryUntilAsync("SELECT 1 FROM exchange_status WHERE state = 'connected'", rows => rows.Count > 0);

        await File.WriteAllTextAsync(collector.ConfigFile, Config("comes"));
        collector.Signal(UnixSignal.Hangup);
        MetricsText page = await ReloadedAsync(collector, "applied");

        Assert.Contains("stops daemon/goes, starts daemon/comes", await collector.WaitForLineAsync("The configuration was reloaded"), StringComparison.Ordinal);
        Assert.Equal(200, (await collector.GetAsync("health/ready")).Status);
        Assert.Null(page.Find("source_up", "source=\"daemon/goes\""));
        Assert.True(page.Find("collector_config_last_success_timestamp_seconds") > 1_700_000_000);
        await Rows(collector, "comes", 5);
        await _stays.HoldAsync();
        int answers = (int)_stays.Answers;
        await Rows(collector, "stays", answers);
        await collector.Sqlite.QueryUntilAsync("SELECT 1 FROM daemon_metrics WHERE daemon = 'goes' AND state = 'retired'", rows => rows.Count > 0);

        // Each answer of the one that stayed is there once and in its place; the connection is the first one still.
        Assert.Equal(Enumerable.Range(1, answers).Select(number => (long)number), Counted(collector, "stays"));
        Assert.Single(venue.Sessions);
        Assert.Equal([0L], collector.Sqlite.Numbers("SELECT count(*) FROM exchange_status WHERE state NOT IN ('connecting', 'connected') OR reconnect_count > 0"));
        Assert.Equal(
            ["goes retired"],
            collector.Sqlite.Query("SELECT daemon || ' ' || state FROM daemon_metrics d WHERE daemon = 'goes' AND timestamp = (SELECT max(timestamp) FROM daemon_metrics WHERE daemon = 'goes')").Select(row => (string)row[0]!));
        Assert.Equal([0L], collector.Sqlite.Numbers("SELECT count(*) FROM daemon_metrics WHERE daemon <> 'goes' AND state = 'retired'"));
        Assert.Equal(0, (await collector.EndAsync(UnixSignal.Terminate)).Code);
    }

    [Fact]
    public async Task Hangup_OneSourceWithOtherOptions_GoesOnCountingWhereItStood()
    {
        await using var collector = new CollectorProcess();
        string head = await File.ReadAllTextAsync(collector.ConfigFile);
        string Config(string more) => $"{head}sources:\n{Daemons(("stays", _stays, ""), ("other", _other, more))}";
        await File.WriteAllTextAsync(collector.ConfigFile, Config(""));
        await collector.StartReadyAsync();

        for (int reload = 1; reload <= 5; reload++)
        {
            await File.WriteAllTextAsync(collector.ConfigFile, Config($", timeout: {10 + reload}s"));
            collector.Signal(UnixSignal.Hangup);
            await collector.MetricsUntilAsync(page => page.Count("collector_config_reloads_total", "result=\"applied\"") == reload);
            await Rows(collector, "other", 3 * reload);
        }

        Assert.Equal(0, (await collector.EndAsync(UnixSignal.Terminate)).Code);
        object?[] sums = Assert.Single(collector.Sqlite.Query(
            "SELECT max(fetch_count) - min(fetch_count), sum(fetch_count_delta), count(*) - count(DISTINCT fetch_count), sum(state = 'retired') FROM daemon_metrics WHERE daemon = 'other'"));
        Assert.Equal([sums[0], sums[0], 0L, 0L], sums);
    }

    [Fact]
    public async Task Hangup_BadConfiguration_IsRefusedWithAllItsFaultsAndTheOldOneStays()
    {
        await using var collector = new CollectorProcess("sources:\n" + Daemons(("stays", _stays, "")));
        string good = await File.ReadAllTextAsync(collector.ConfigFile);
        await collector.StartReadyAsync();

        await File.WriteAllTextAsync(collector.ConfigFile, good.Replace("interval: 200ms", "interval: 1ms, intervall: 1s", StringComparison.Ordinal) + "nonsense: 1\n");
        collector.Signal(UnixSignal.Hangup);
        MetricsText page = await ReloadedAsync(collector, "refused");

        string refused = await collector.WaitForLineAsync("The configuration was not reloaded");
        Assert.Contains("for 3 faults; the old one stays", refused, StringComparison.Ordinal);
        Assert.All(["intervall", "nonsense", "from 100ms"], fault => Assert.Contains(fault, collector.Output, StringComparison.Ordinal));
        Assert.Equal(0, page.Count("collector_config_reloads_total", "result=\"applied\""));
        Assert.Equal(200, (await collector.GetAsync("health/ready")).Status);
        long before = _stays.Answers;
        await collector.Sqlite.QueryUntilAsync($"SELECT 1 FROM daemon_metrics WHERE fetch_count > {before + 2}", rows => rows.Count > 0);

        await File.WriteAllTextAsync(collector.ConfigFile, good);
        collector.Signal(UnixSignal.Hangup);
        await ReloadedAsync(collector, "applied");
    }

    [Fact]
    public async Task Hangup_ChangesThatNeedARestart_AreNamedKeyByKeyAndTheRestIsApplied()
    {
        await using var collector = new CollectorProcess("sources:\n" + Daemons(("stays", _stays, "")));
        string schemas = Path.Combine(Path.GetDirectoryName(collector.ConfigFile)!, "schemas");
        Directory.CreateDirectory(schemas);
        foreach (string file in Directory.EnumerateFiles(RepositoryRoot.Combine("schemas"), "*.sql"))
        {
            File.Copy(file, Path.Combine(schemas, Path.GetFileName(file)));
        }

        string config = (await File.ReadAllTextAsync(collector.ConfigFile)).Replace($"schemas_dir: {RepositoryRoot.Combine("schemas")}", "schemas_dir: schemas", StringComparison.Ordinal);
        await File.WriteAllTextAsync(collector.ConfigFile, config);
        await collector.StartReadyAsync();

        string host = Path.Combine(schemas, "host_metrics.sql");
        await File.WriteAllTextAsync(host, (await File.ReadAllTextAsync(host)).Replace("TTL 90 DAYS", "TTL 91 DAYS", StringComparison.Ordinal));
        await File.WriteAllTextAsync(
            Path.Combine(schemas, "notes.sql"),
            "-- Notes.\nCREATE TABLE IF NOT EXISTS notes (\n    timestamp TIMESTAMP, -- When.\n    who SYMBOL, -- Who.\n    what VARCHAR -- What.\n) TIMESTAMP(timestamp) PARTITION BY DAY TTL 30 DAYS WAL\nDEDUP UPSERT KEYS(timestamp, who);\n");
        await File.WriteAllTextAsync(
            collector.ConfigFile,
            config.Replace($"listen: 127.0.0.1:{collector.Port}", $"listen: 127.0.0.1:{FreePort.Next()}", StringComparison.Ordinal) + Daemons(("comes", _other, "")).Replace("  daemon:\n", "", StringComparison.Ordinal) + "delivery: {linger: 100ms}\n");
        collector.Signal(UnixSignal.Hangup);
        await ReloadedAsync(collector, "partial");

        foreach (string key in (string[])["http.listen", "delivery.linger", host])
        {
            await collector.WaitForLineAsync($"needs a restart, until which the old value counts: {key}");
        }

        await collector.WaitForLineAsync("The schema file of notes is new");
        await Rows(collector, "comes", 1);
        using var http = new HttpClient();
        using var line = new ByteArrayContent(Encoding.UTF8.GetBytes("notes,who=me what=\"seen\"\n"));
        using HttpResponseMessage answer = await http.PostAsync(new Uri($"http://127.0.0.1:{collector.GatewayPort}/write"), line);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        await collector.Sqlite.QueryUntilAsync("SELECT 1 FROM notes WHERE who = 'me' AND what = 'seen'", rows => rows.Count == 1);
    }

    private static string Daemons(params (string Name, CountingDaemon Daemon, string More)[] daemons) => "  daemon:\n"
        + string.Concat(daemons.Select(each => $"    - {{name: {each.Name}, url: '{each.Daemon.Page}', interval: 200ms{(each.More.Length == 0 ? ", timeout: 30s" : each.More)}}}\n"));

    private static Task<MetricsText> ReloadedAsync(CollectorProcess collector, string result) =>
        collector.MetricsUntilAsync(page => page.Count("collector_config_reloads_total", $"result=\"{result}\"") == 1);

    private static Task<List<object?[]>> Rows(CollectorProcess collector, string daemon, int atLeast) =>
        collector.Sqlite.QueryUntilAsync($"SELECT 1 FROM daemon_metrics WHERE daemon = '{daemon}' AND fetch_count IS NOT NULL", rows => rows.Count >= atLeast);

    private static IEnumerable<long> Counted(CollectorProcess collector, string daemon) =>
        collector.Sqlite.Numbers($"SELECT fetch_count FROM daemon_metrics WHERE daemon = '{daemon}' AND fetch_count IS NOT NULL ORDER BY timestamp");
}
