using Collector.Sources;
using Collector.Sources.Prometheus;

namespace Collector.Tests.Sources.Prometheus;

public sealed class TableMapTests : IAsyncLifetime
{
    private readonly SourceRoom _room = new();
    private DaemonEndpoint _endpoint = null!;

    private static TableMapOptions Daemon { get; } = new()
    {
        Table = "daemon_metrics",
        Keys = PrometheusSourceTests.Labels(("daemon", "trader")),
        Values = PrometheusSourceTests.Labels(("state", "running"), ("running", "true"), ("last_error", "none known")),
        Columns =
        [
            new() { Column = "memory_bytes", Metric = "process_resident_memory_bytes" },
            new() { Column = "fetch_count", Metric = "fetches_total", Labels = PrometheusSourceTests.Labels(("kind", "oi|funding")) },
            new() { Column = "cpu_percent", Metric = "cpu_ratio", Scale = 100 },
            new() { Column = "last_fetch_at", Metric = "last_fetch_timestamp_seconds" },
        ],
    };

    public async Task InitializeAsync() => _endpoint = await DaemonEndpoint.StartAsync();

    public async Task DisposeAsync() => await _endpoint.DisposeAsync();

    [Fact]
    public async Task Read_MappedMetrics_AreOneRowWithTheIncreaseOfItsCounters()
    {
        using PrometheusSource source = Source(Daemon);
        _endpoint.Json("process_resident_memory_bytes 5.24288e+07\nfetches_total{kind=\"oi\"} 12\nfetches_total{kind=\"other\"} 99\ncpu_ratio 0.5\nlast_fetch_timestamp_seconds 1.767323045125e9\n");
        await _room.TakeAsync(source);
        _endpoint.Json("process_resident_memory_bytes 1024.4\nfetches_total{kind=\"oi\"} 15\ncpu_ratio 0.25\nlast_fetch_timestamp_seconds NaN\n");

        (IReadOnlyList<WrittenRow> rows, Reading reading) = await _room.TakeAsync(source);

        WrittenRow row = Assert.Single(rows, row => row.Table == "daemon_metrics");
        Assert.Equal(
            "cpu_percent=25 daemon=trader env=test fetch_count=15 fetch_count_delta=3 host=machine last_error=none known memory_bytes=1024 running=true state=running",
            Shown(row));
        Assert.Equal(3, rows.Count(row => row.Table == "scraped_metrics"));
    }

    [Fact]
    public async Task Read_KeysFromLabels_AreARowEach()
    {
        using PrometheusSource source = Source(new TableMapOptions
        {
            Table = "trading_metrics",
            KeyLabels = PrometheusSourceTests.Labels(("strategy", "strategy"), ("symbol", "pair"), ("venue", "exchange"), ("host", "node")),
            Columns = [new() { Column = "pnl", Metric = "pnl" }, new() { Column = "orders_placed", Metric = "orders" }],
        });
        _endpoint.Json("pnl{strategy=\"a\",pair=\"BTC\"} 1.5\npnl{strategy=\"b\",pair=\"BTC\",exchange=\"okx\",node=\"n1\"} -2\norders{strategy=\"a\",pair=\"BTC\"} 7\nelse 1\n");

        (IReadOnlyList<WrittenRow> rows, _) = await _room.TakeAsync(source);

        Assert.Equal(
            ["env=test host= orders_placed=7 pnl=1.5 strategy=a symbol=BTC venue=", "env=test host=n1 pnl=-2 strategy=b symbol=BTC venue=okx"],
            rows.Where(row => row.Table == "trading_metrics").Select(Shown));
    }

    [Fact]
    public async Task Read_TwoSamplesForOneColumn_AreNeitherTaken()
    {
        using PrometheusSource source = Source(Daemon);
        _endpoint.Json("fetches_total{kind=\"oi\"} 12\nfetches_total{kind=\"funding\"} 3\ncpu_ratio 0.5\n");

        (IReadOnlyList<WrittenRow> rows, Reading reading) = await _room.TakeAsync(source);

        WrittenRow row = Assert.Single(rows, row => row.Table == "daemon_metrics");
        Assert.Equal((null, "50"), (row["fetch_count"], row["cpu_percent"]));
        Assert.Equal(1, reading.LeftOutCounts[(int)LeftOut.Ambiguous]);
        Assert.Equal("ambiguous: fetches_total{kind=\"funding\"}", reading.LeftOutExample);
    }

    [Theory]
    [InlineData("fetches_total{kind=\"oi\"} -1\n")]
    [InlineData("fetches_total{kind=\"oi\"} 9.3e18\n")]
    [InlineData("last_fetch_timestamp_seconds 1.767e15\n")]
    [InlineData("last_fetch_timestamp_seconds -1\n")]
    [InlineData("cpu_ratio 1e308\n")]
    public async Task Read_NumberThatTheColumnCannotHold_IsLeftOut(string page)
    {
        using PrometheusSource source = Source(Daemon);
        _endpoint.Json(page + "process_resident_memory_bytes 5\n");

        (IReadOnlyList<WrittenRow> rows, Reading reading) = await _room.TakeAsync(source);

        WrittenRow row = Assert.Single(rows, row => row.Table == "daemon_metrics");
        Assert.Equal("daemon=trader env=test host=machine last_error=none known memory_bytes=5 running=true state=running", Shown(row));
        Assert.Equal(1, reading.LeftOutCounts[(int)LeftOut.Range]);
    }

    [Fact]
    public async Task Read_NothingOfTheRowOnThePage_WritesNoRow()
    {
        using PrometheusSource source = Source(Daemon);
        _endpoint.Json("process_resident_memory_bytes 5\n");
        await _room.TakeAsync(source);
        _endpoint.Json("else 1\nprocess_resident_memory_bytes NaN\n");

        Assert.Equal("scraped_metrics", Assert.Single((await _room.TakeAsync(source)).Rows).Table);
    }

    [Fact]
    public async Task Read_ManySeriesGone_LeavesARowOneRow()
    {
        using PrometheusSource source = Source(Daemon);
        _endpoint.Json("cpu_ratio 0.5\nprocess_resident_memory_bytes 1\n" + string.Concat(Enumerable.Range(0, 500).Select(i => $"other_{i} 1\n")));
        await _room.TakeAsync(source);
        _endpoint.Json("cpu_ratio NaN\nprocess_resident_memory_bytes NaN\n");
        await _room.TakeAsync(source);
        _endpoint.Json("cpu_ratio 0.5\nprocess_resident_memory_bytes 1\nfetches_total{kind=\"oi\"} 7\n");

        (IReadOnlyList<WrittenRow> rows, _) = await _room.TakeAsync(source);

        WrittenRow row = Assert.Single(rows, row => row.Table == "daemon_metrics");
        Assert.Equal(("50", "1", "7"), (row["cpu_percent"], row["memory_bytes"], row["fetch_count"]));
    }

    [Theory]
    [InlineData((int)RawSamples.All, "cpu_ratio else")]
    [InlineData((int)RawSamples.Unmapped, "else")]
    [InlineData((int)RawSamples.None, "")]
    public async Task Read_Raw_SaysWhichSamplesAreKeptAsTheyAre(int raw, string kept)
    {
        _endpoint.Json("cpu_ratio 0.5\nelse 1\n");
        using PrometheusSource source = Source(Daemon, (RawSamples)raw);

        (IReadOnlyList<WrittenRow> rows, _) = await _room.TakeAsync(source);

        Assert.Single(rows, row => row.Table == "daemon_metrics");
        Assert.Equal(kept, string.Join(' ', rows.Where(row => row.Table == "scraped_metrics").Select(row => row["name"])));
    }

    [Fact]
    public async Task Read_BooleanColumn_IsTrueUnlessZero()
    {
        using PrometheusSource source = Source(Daemon with
        {
            Values = PrometheusSourceTests.Labels(("state", "running")),
            Columns = [new() { Column = "running", Metric = "bot_up" }],
        });
        _endpoint.Json("bot_up 1\n");
        WrittenRow up = (await _room.TakeAsync(source)).Rows.Single(row => row.Table == "daemon_metrics");
        _endpoint.Json("bot_up 0\n");
        WrittenRow down = (await _room.TakeAsync(source)).Rows.Single(row => row.Table == "daemon_metrics");

        Assert.Equal(("true", "false"), (up["running"], down["running"]));
    }

    [Fact]
    public void Make_MapsThatDoNotFit_TellsAllThatIsWrongWithThem()
    {
        TableMapOptions wrong = new()
        {
            Table = "daemon_metrics",
            Keys = PrometheusSourceTests.Labels(("deamon", "x"), ("env", new string('e', 256))),
            KeyLabels = PrometheusSourceTests.Labels(("env", "e"), ("memory_bytes", "m")),
            Values = PrometheusSourceTests.Labels(("state", "running"), ("uptime_seconds", "long"), ("cpu_percent", "1"), ("host", "h"), ("nope", "1")),
            Columns =
            [
                new() { Column = "cpu_percent", Metric = "m" },
                new() { Column = "memory", Metric = "m" },
                new() { Column = "daemon", Metric = "m" },
                new() { Column = "fetch_count_delta", Metric = "m" },
                new() { Column = "last_error", Metric = "m" },
            ],
        };

        SourceSetupException fault = Assert.Throws<SourceSetupException>(() => Source(Daemon with { Table = "nope" }, maps: [wrong]));

        Assert.Equal(
            [
                "tables[0].table", "tables[1].keys", "tables[1].keys.deamon", "tables[1].keys.env", "tables[1].key_labels.env", "tables[1].key_labels.memory_bytes",
                "tables[1].columns[1].column", "tables[1].columns[2].column", "tables[1].columns[3].column", "tables[1].columns[4].column",
                "tables[1].values.uptime_seconds", "tables[1].values.host", "tables[1].values.nope", "tables[1].values.cpu_percent", "tables[1].values",
            ],
            fault.Faults.Select(one => one.Key));
        Assert.Contains(fault.Faults, one => one.Problem.Contains("leaves out running of daemon_metrics, which every row has to give", StringComparison.Ordinal));
    }

    [Fact]
    public void Names_SeriesOfAMap_AreThoseThatItCouldWrite()
    {
        using PrometheusSource source = Source(Daemon with { Keys = PrometheusSourceTests.Labels(("daemon", "trader"), ("env", "prod")), KeyLabels = PrometheusSourceTests.Labels(("host", "node")) });

        Assert.True(source.Names(SourceRoom.Tables["daemon_metrics"], ["trader", "any", "prod"]));
        Assert.False(source.Names(SourceRoom.Tables["daemon_metrics"], ["trader", "any", "test"]));
        Assert.False(source.Names(SourceRoom.Tables["exchange_status"], ["trader", "any", "prod"]));
    }

    private static string Shown(WrittenRow row) => string.Join(' ', row.Values.OrderBy(value => value.Key, StringComparer.Ordinal).Select(value => $"{value.Key}={value.Value}"));

    private PrometheusSource Source(TableMapOptions map, RawSamples raw = RawSamples.All, params TableMapOptions[] maps) =>
        new(new PrometheusOptions { Url = _endpoint.Url, Raw = raw, Tables = [map, .. maps] }, _room.Context("prometheus/page"));
}
