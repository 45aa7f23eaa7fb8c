using Demo;
using Demo.Daemons;
using Demo.Faults;
using Microsoft.Extensions.Time.Testing;

namespace Collector.IntegrationTests.Demo;

public sealed class DaemonTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly FaultBoard _faults = new();
    private readonly RecordList _records = new();
    private readonly SimulationClock _clock;

    public DaemonTests() => _clock = new SimulationClock(_time);

    [Theory]
    [InlineData(1, 3600)]
    [InlineData(60, 60)]
    public void AdvanceTo_AnOperatingHour_HasMadeThirtyFetches(double speed, double seconds)
    {
        using Daemon daemon = Start(DaemonProfile.OiFetcher, speed);
        Assert.Equal(4, Report(daemon).FetchCount);

        TimeSpan next = Advance(daemon, seconds);

        DaemonReport report = Report(daemon);
        Assert.Equal(30, report.FetchCount);
        Assert.Equal(seconds, report.UptimeSeconds);
        Assert.Equal(_time.GetUtcNow().UtcDateTime, report.LastFetchTime);
        Assert.True(next > TimeSpan.FromSeconds(seconds));
    }

    [Fact]
    public void Report_BeforeAnythingIsGathered_HasItsSeriesWithNulls()
    {
        using Daemon daemon = Start(DaemonProfile.LiquidationStreamer);

        DaemonReport report = Report(daemon);

        Assert.True(report.Running);
        Assert.Null(report.LastFetchTime);
        Assert.Null(report.LastError);
        StreamReport stream = report.Pipeline.Exchanges["okx"]["liquidation"];
        Assert.Equal((0L, 0L, null), (stream.Count, stream.Bytes, stream.LatencyMs));
        Assert.Equal(["BTCUSDT", "ETHUSDT"], stream.Symbols.Select(symbol => symbol.Symbol));
        Assert.All(stream.Symbols, symbol => Assert.Null(symbol.LastAt));
    }

    [Fact]
    public void Report_AfterADay_CountsWhatTheCatalogGot()
    {
        using Daemon fetcher = Start(DaemonProfile.OiFetcher);
        Advance(fetcher, 86_400);

        IReadOnlyDictionary<string, Dictionary<string, StreamReport>> exchanges = Report(fetcher).Pipeline.Exchanges;

        Assert.Equal(["binance", "bybit", "okx", "hyperliquid"], exchanges.Keys);
        foreach ((string exchange, Dictionary<string, StreamReport> types) in exchanges)
        {
            Assert.Equal(["oi", "funding"], types.Keys);
            foreach ((string type, StreamReport stream) in types)
            {
                Assert.Equal(type == "oi" ? 2 * 289 : 2 * 25, stream.Count);
                Assert.Equal(24 * stream.Count, stream.Bytes);
                Assert.Equal(stream.Count, stream.Symbols.Sum(symbol => symbol.Count));
                Assert.All(stream.Symbols, symbol => Assert.Equal(_time.GetUtcNow().UtcDateTime, symbol.LastAt));
                Assert.Equal(stream.Count, _records.Of(exchange, type).Count());
            }
        }
    }

    [Fact]
    public void Down_IsGoneUntilItEndsAndThenNew()
    {
        using Daemon daemon = Start(DaemonProfile.OiFetcher);
        Advance(daemon, 600);
        Assert.Equal(8, Report(daemon).FetchCount);

        Begin(FaultKind.DaemonDown, "oi-fetcher", 60);
        Advance(daemon, 1);
        Assert.Null(daemon.Status.Report());
        int records = _records.Count;
        Advance(daemon, 58);
        Assert.Equal(records, _records.Count);

        Advance(daemon, 3);
        DaemonReport report = Report(daemon);
        Assert.Equal(4, report.FetchCount);
        Assert.InRange(report.UptimeSeconds, 1, 3);
    }

    [Fact]
    public void Restart_StartsAnewAtOnceAndEveryFifteenSeconds()
    {
        using Daemon daemon = Start(DaemonProfile.OiFetcher);
        Advance(daemon, 600);

        Begin(FaultKind.DaemonRestart, null, 40);
        double[] uptimes = [.. Enumerable.Range(0, 61).Select(_ =>
        {
            Advance(daemon, 1);
            return Report(daemon).UptimeSeconds;
        })];

        Assert.Equal(3, uptimes.Where((uptime, i) => i == 0 || uptime < uptimes[i - 1]).Count());
        Assert.Equal(30, uptimes[^1]);
    }

    [Fact]
    public void Errors_AreTwentyAMinute()
    {
        using Daemon daemon = Start(DaemonProfile.LiquidationStreamer);
        Advance(daemon, 0.5);
        Begin(FaultKind.DaemonErrors, "liquidation-streamer", 60);

        Advance(daemon, 300);

        Assert.Equal(20, Report(daemon).ErrorCount);
        Assert.Contains(" while fetching ", Report(daemon).LastError, StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_GrowsAndFallsAgain()
    {
        using Daemon daemon = Start(DaemonProfile.OiFetcher);
        Assert.InRange(Report(daemon).MemoryBytes, 180_000_000, 185_000_000);
        Begin(FaultKind.DaemonMemory, "oi-fetcher", 120);

        Advance(daemon, 40);
        Assert.InRange(Report(daemon).MemoryBytes, 900_000_000, 1_100_000_000);
        Advance(daemon, 79);
        Assert.InRange(Report(daemon).MemoryBytes, 1_400_000_000, 1_405_000_000);
        Advance(daemon, 3);
        Assert.InRange(Report(daemon).MemoryBytes, 180_000_000, 185_000_000);
    }

    [Fact]
    public void Gap_LeavesOutItsRecordsAndChangesNoOther()
    {
        using Daemon whole = Start(DaemonProfile.OiFetcher);
        var gapless = new RecordList();
        Advance(whole, 7200);
        gapless.Take(_records);

        var other = new DaemonTests();
        using Daemon daemon = other.Start(DaemonProfile.OiFetcher);
        other._faults.TryBegin(new Fault(FaultKind.PipelineGap, "okx/ETHUSDT/oi", TimeSpan.FromSeconds(1000), TimeSpan.FromSeconds(3000)));
        other.Advance(daemon, 7200);

        string[] missing = [.. gapless.All.Except(other._records.All)];
        Assert.Empty(other._records.All.Except(gapless.All));
        Assert.Equal(6, missing.Length); // 1200, 1500, ... 2700 s
        Assert.All(missing, record => Assert.StartsWith("okx/ETHUSDT/oi", record, StringComparison.Ordinal));
        Assert.Equal(Report(whole).FetchCount, Report(daemon).FetchCount);
    }

    private static DaemonReport Report(Daemon daemon)
    {
        DaemonReport? report = daemon.Status.Report();
        Assert.NotNull(report);
        return report;
    }

    private Daemon Start(DaemonProfile profile, double speed = 1)
    {
        var daemon = new Daemon(profile, new DaemonStatus(profile, _clock), _faults, _records, _clock, seed: 1, speed);
        daemon.AdvanceTo(TimeSpan.Zero);
        return daemon;
    }

    private TimeSpan Advance(Daemon daemon, double seconds)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        return daemon.AdvanceTo(_clock.Elapsed);
    }

    private void Begin(FaultKind kind, string? name, double seconds) =>
        Assert.True(_faults.TryBegin(new Fault(kind, name, _clock.Elapsed, _clock.Elapsed + TimeSpan.FromSeconds(seconds))));

    private sealed class RecordList : IRecordSink
    {
        private readonly List<string> _all = [];

        public int Count => _all.Count;

        public IReadOnlyList<string> All => _all;

        public IEnumerable<string> Of(string exchange, string type) =>
            _all.Where(record => record.StartsWith(exchange + "/", StringComparison.Ordinal) && record.Contains($"/{type} ", StringComparison.Ordinal));

        public void Take(RecordList other) => _all.AddRange(other._all);

        public void Add(in Series series, DateTime at, (double First, double Second) values) => _all.Add($"{series} {at:O} {values}");
    }
}
