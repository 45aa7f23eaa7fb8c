using Collector.Settings;
using Collector.Sources;
using Collector.Sources.Gaps;
using Collector.Sources.Pipeline;

namespace Collector.Tests.Sources.Pipeline;

public sealed class PipelineSourceTests : IAsyncLifetime
{
    private readonly SourceRoom _room = new();
    private DaemonEndpoint _daemon = null!;

    public async Task InitializeAsync() => _daemon = await DaemonEndpoint.StartAsync();

    public async Task DisposeAsync() => await _daemon.DisposeAsync();

    [Fact]
    public async Task Read_TwoPages_AreTheIncreaseOfEachSeriesAndNoSymbolGetsTheExchangesNumbers()
    {
        using PipelineSource source = Source();
        Page("""
            "binance": {"oi": {"count": 100, "bytes": 5000, "latency_ms": 35.5,
                "symbols": ["DOGE", {"symbol": "BTC", "count": 60, "bytes": 3000, "latency_ms": 31, "last_at": "2026-01-02T03:04:00Z"}]}}
            """);

        (IReadOnlyList<WrittenRow> first, SourceException? error) = await _room.ReadAsync(source);

        Assert.Null(error);
        Assert.Equal(["binance  oi", "binance BTC oi"], first.Select(Series));
        Assert.All(first, row => Assert.Equal((null, null, "false", null), (row["records_count"], row["bytes_written"], row["gap_detected"], row["gap_duration_seconds"])));
        Assert.Equal(["35.5", "31"], first.Select(row => row["latency_ms"]!));

        Advance(30);
        Page("""
            "binance": {"oi": {"count": 104, "bytes": 5200, "latency_ms": null, "symbols": ["DOGE", {"symbol": "BTC", "count": 60, "bytes": 3000, "latency_ms": 30}]}}
            """);
        IReadOnlyList<WrittenRow> second = await ReadAsync(source);

        Assert.Equal(("4", "200", null), (second[0]["records_count"], second[0]["bytes_written"], second[0]["latency_ms"]));
        Assert.Equal(("0", "0", "30"), (second[1]["records_count"], second[1]["bytes_written"], second[1]["latency_ms"]));
        Assert.Equal("machine", second[0]["host"]);
    }

    [Fact]
    public async Task Read_DaemonBeganAnew_CountsFromZeroAndOneThatLeavesACountOutIsGoneOnWith()
    {
        using PipelineSource source = Source();
        Page(Oi("""{"count": 100, "bytes": 5000}"""));
        await ReadAsync(source);
        Page(Oi("""{"count": 7, "bytes": 350}"""));
        Assert.Equal(("7", "350"), Counts(Assert.Single(await ReadAsync(source))));
        Page(Oi("""{"count": 9}"""));
        Assert.Equal(("2", null), Counts(Assert.Single(await ReadAsync(source))));
        Page(Oi("""{"count": 10, "bytes": 500}"""));
        Assert.Equal(("1", "150"), Counts(Assert.Single(await ReadAsync(source))));
    }

    [Fact]
    public async Task Read_CollectorIsStartedAgain_CountsFromTheLastRowThatWasKept()
    {
        using (PipelineSource before = Source())
        {
            Page(Oi("""{"count": 100, "bytes": 5000}"""));
            await ReadAsync(before);
            Page(Oi("""{"count": 104, "bytes": 5100}"""));
            await RefusedAsync(before);
        }

        Advance(3_600);
        Page(Oi("""{"count": 110, "bytes": 5500}"""));
        using PipelineSource after = Source();

        Assert.Equal(("10", "500"), Counts(Assert.Single(await ReadAsync(after))));
    }

    [Fact]
    public async Task Read_RowsWereRefused_AreInTheNextOnesAndAreNoRecordsThatCome()
    {
        using PipelineSource source = Source();
        Page(Oi("""{"count": 100}"""));
        await ReadAsync(source);
        Page(Oi("""{"count": 104}"""));
        await RefusedAsync(source);
        Advance(451);

        IReadOnlyList<WrittenRow> rows = await ReadAsync(source);

        WrittenRow row = rows.Single(row => row.Table == "pipeline_metrics");
        Assert.Equal(("4", "true", "451"), (row["records_count"], row["gap_detected"], row["gap_duration_seconds"]));
    }

    [Fact]
    public async Task Read_DaemonIsGone_TellsNoNumberAndFindsTheGapAndItsEnd()
    {
        using PipelineSource source = Source();
        Page(Oi("""{"count": 100, "latency_ms": 3}"""));
        await ReadAsync(source);
        _daemon.Answer = context =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        };
        Advance(300);
        (IReadOnlyList<WrittenRow> silent, SourceException? error) = await _room.ReadAsync(source);
        Assert.Equal(SourceError.Status, error?.Error);
        Assert.Equal("data_type=oi env=test exchange=binance gap_detected=false host=machine symbol=", Shown(Assert.Single(silent)));

        Advance(151);
        (IReadOnlyList<WrittenRow> open, _) = await _room.ReadAsync(source);
        Page(Oi("""{"count": 102}"""));
        Advance(149);
        IReadOnlyList<WrittenRow> closed = await ReadAsync(source);

        Assert.Equal(["data_gaps", "pipeline_metrics"], open.Select(row => row.Table).Order());
        WrittenRow opened = open.Single(row => row.Table == "data_gaps"), ended = closed.Single(row => row.Table == "data_gaps");
        Assert.Equal(("open", "451", "300", "1", null), (opened["state"], opened["duration_seconds"], opened["expected_interval_seconds"], opened["missing_records"], opened["closed_at"]));
        Assert.Equal(("closed", "600", "0"), (ended["state"], ended["duration_seconds"], ended["missing_records"]));
        Assert.Equal(opened["gap_id"], ended["gap_id"]);
        Assert.StartsWith("pipeline/oi-", ended["gap_id"], StringComparison.Ordinal);
        Assert.Equal("data_type=oi env=test exchange=binance gap_detected=true gap_duration_seconds=451 host=machine symbol=", Shown(open.Single(row => row.Table == "pipeline_metrics")));
        Assert.Equal(("2", "false"), (closed[^1]["records_count"], closed[^1]["gap_detected"]));
    }

    [Fact]
    public async Task Read_GapIsOpen_IsRememberedAsASeriesUntilItEndsAndOthersAreNot()
    {
        using PipelineSource source = Source();
        Page(Oi("""{"count": 1}"""));
        await ReadAsync(source);
        Advance(451);
        IReadOnlyList<WrittenRow> rows = await ReadAsync(source);
        string key = Assert.Single(_room.State.Kept, key => key.StartsWith(SeriesKeys.Prefix, StringComparison.Ordinal));
        SeriesKeys series = SeriesKeys.OfMemoryKey(key)!;
        Assert.Equal(rows.Single(row => row.Table == "data_gaps")["gap_id"], series.Keys[0]);
        Assert.True(SourceRoom.Tables.TryGet("data_gaps", out Collector.Lines.Tables.Table? table));
        Assert.True(source.Names(table, series.Keys));
        Assert.False(source.Names(table, [.. series.Keys[..^1], "another env"]));

        Advance(1);
        Page(Oi("""{"count": 2}"""));
        (_, Reading reading) = await _room.TakeAsync(source);

        Assert.Empty(reading.Series);
        Assert.DoesNotContain(_room.State.Kept, key => key.StartsWith(SeriesKeys.Prefix, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Read_LastRecordIsTimed_IsWhereTheGapBeginsAndEnds()
    {
        using PipelineSource source = Source();
        Page(Oi("""{"count": 1, "last_at": "2026-01-02T03:00:00Z"}"""));
        await ReadAsync(source);
        Advance(295); // 03:09:00, 540 s after the record
        string? opened = (await ReadAsync(source)).Single(row => row.Table == "data_gaps")["opened_at"];
        Page(Oi("""{"count": 2, "last_at": "2026-01-02T03:09:10Z"}"""));
        Advance(30);
        WrittenRow closed = (await ReadAsync(source)).Single(row => row.Table == "data_gaps");

        Assert.Equal(Micros("2026-01-02T03:00:00Z"), opened);
        Assert.Equal((Micros("2026-01-02T03:09:10Z"), "550", "1"), (closed["closed_at"], closed["duration_seconds"], closed["missing_records"]));
    }

    [Theory]
    [InlineData("""{"last_at": "2026-01-02T03:04:00Z"}""", """{"last_at": "2026-01-02T03:10:00Z"}""")]
    [InlineData("""{"bytes": 5}""", """{"bytes": 6}""")]
    public async Task Read_NoCount_KnowsRecordsByTheirTimeOrBytes(string before, string after)
    {
        using PipelineSource source = Source();
        Page(Oi(before));
        await ReadAsync(source);
        Advance(400);
        Page(Oi(after));
        await ReadAsync(source);
        Advance(300);

        Assert.Equal("false", Assert.Single(await ReadAsync(source))["gap_detected"]);
    }

    [Fact]
    public async Task Read_NumbersAsTheWorldWritesThem_AreReadOrLeftOut()
    {
        using PipelineSource source = Source();
        Page("""
            "binance": {"oi": {"count": 812.0, "bytes": NaN, "latency_ms": Infinity, "last_at": "0001-01-01T00:00:00Z"}}, "okx": {"oi": {"latency_ms": 2}}
            """);

        (IReadOnlyList<WrittenRow> rows, Reading reading) = await _room.TakeAsync(source);

        Assert.Equal(["binance", "okx"], rows.Select(row => row["exchange"]));
        Assert.Null(rows[0]["latency_ms"]);
        Assert.Equal((1, 1, "nan: binance oi bytes"), (reading.LeftOutCounts[(int)LeftOut.Nan], reading.LeftOutCounts[(int)LeftOut.Infinite], reading.LeftOutExample));
    }

    [Theory]
    [InlineData("""{"oi": {"count": "12"}}""", "binance oi count is \"12\", not a whole number from 0")]
    [InlineData("""{"oi": {"count": -1}}""", "binance oi count is -1, not a whole number from 0")]
    [InlineData("""{"oi": {"bytes": 1.5}}""", "binance oi bytes is 1.5, not a whole number from 0")]
    [InlineData("""{"oi": {"latency_ms": -1}}""", "binance oi latency_ms is -1, not a number from 0")]
    [InlineData("""{"oi": {"latency_ms": 1e999}}""", "binance oi latency_ms is 1e999, not a number from 0")]
    [InlineData("""{"oi": {"last_at": 5}}""", "binance oi last_at is 5, not a time as ISO 8601")]
    [InlineData("""{"oi": 5}""", "binance oi is 5, not an object")]
    [InlineData("""{"oi": {"symbols": "BTC"}}""", "binance oi symbols is \"BTC\", not a list")]
    [InlineData("""{"oi": {"symbols": [5]}}""", "binance oi symbols has 5, which names none")]
    [InlineData("""{"oi": {"symbols": [{"symbol": "", "count": 1}]}}""", "binance oi symbols has {\"symbol\": \"\", \"count\": 1}, which names none")]
    [InlineData("""{"oi": {"symbols": [{"symbol": "BTC", "count": 1}, {"symbol": "BTC", "count": 2}]}}""", "binance BTC oi is there twice; the first counts")]
    [InlineData("""{"\ud800": {}}""", "binance has a name that is no text")]
    [InlineData("[]", "binance is [], not an object")]
    [InlineData("""{"LONG": {"count": 1}}""", "binance has a name of more than 255 bytes")]
    [InlineData("""{"oi": {"symbols": ["LONG"]}}""", "binance oi symbols has a name of more than 255 bytes")]
    public async Task Read_FieldOfAnotherType_IsLeftOutAndNamedAndTheOthersAreRead(string types, string problem)
    {
        using PipelineSource source = Source();
        Page($$$"""
            "binance": {{{types.Replace("LONG", new string('x', 256), StringComparison.Ordinal)}}}, "okx": {"funding": {"count": 5, "latency_ms": 2}}
            """);

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Equal((SourceError.Format, $"{_daemon.Url}: {problem}"), (error?.Error, error?.Message));
        Assert.Equal("2", rows.Single(row => row["exchange"] == "okx")["latency_ms"]);
    }

    [Theory]
    [InlineData("""{"running": true}""", "answers without an object at /pipeline (pointer)")]
    [InlineData("""{"pipeline": null}""", "answers without an object at /pipeline (pointer)")]
    [InlineData("""{"pipeline": [1]}""", "answers without an object at /pipeline (pointer)")]
    [InlineData("""{"pipeline": {}}""", "exchanges is missing from the pipeline")]
    [InlineData("""{"pipeline": {"exchanges": 5}}""", "exchanges is 5, not an object")]
    [InlineData("""{"pipeline": """, "something other than JSON")]
    [InlineData("<html>", "something other than JSON")]
    public async Task Read_NoPipeline_IsToldAndWritesNothing(string body, string problem)
    {
        using PipelineSource source = Source();
        _daemon.Json(body);

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Empty(rows);
        Assert.Equal(SourceError.Format, error?.Error);
        Assert.Contains(problem, error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_AnswerBeyondTheBound_IsAFaultWithoutNumbers()
    {
        using PipelineSource source = Source(options => options with { MaxBytes = ByteSize.KiB(1) });
        Page(Oi($$"""{"count": 1, "more": "{{new string('x', 2_000)}}"}"""));

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Empty(rows);
        Assert.Contains("more than 1024 bytes (max_bytes)", error?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_MoreSeriesThanAreWatched_LeavesTheRestOutAndSaysSo()
    {
        using PipelineSource source = Source(options => options with { MaxBytes = ByteSize.MiB(2) });
        Page(Oi($$"""{"symbols": [{{string.Join(',', Enumerable.Range(0, GapLedger.Most + 20).Select(i => $$"""{"symbol": "S{{i}}", "count": 1}"""))}}]}"""));

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Equal(GapLedger.Most, rows.Count);
        Assert.EndsWith("and 15 more", error?.Message, StringComparison.Ordinal);
        Assert.Contains($"there are more than {GapLedger.Most} series; binance S{GapLedger.Most} oi is left out", error?.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/stats/pipe~1line", """{"stats": {"pipe/line": {"exchanges": {"okx": {"oi": {"latency_ms": 1}}}}}}""")]
    [InlineData("", """{"exchanges": {"okx": {"oi": {"latency_ms": 1}}}}""")]
    public async Task Read_AnotherPointer_IsFollowed(string at, string body)
    {
        using PipelineSource source = Source(options => options with { Pointer = at });
        _daemon.Json(body);

        Assert.Equal("okx  oi", Series(Assert.Single(await ReadAsync(source))));
    }

    [Fact]
    public async Task Read_CancelledInTheMiddle_FindsGapsAllTheSame()
    {
        using PipelineSource source = Source();
        Page(Oi("""{"count": 1}"""));
        await ReadAsync(source);
        Advance(451);
        _daemon.Answer = context => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        using var timeout = new CancellationTokenSource();
        var sink = new RecordedSink();
        var reading = new Reading("test", _room.Clock, new Collector.Lines.CounterBaselines());
        int before = _daemon.Requests;

        Task read = source.ReadAsync(reading, timeout.Token);
        await Eventually.HoldsAsync(() => _daemon.Requests > before);
        await timeout.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        await reading.HandOverAsync(sink, TimeSpan.Zero, CancellationToken.None);
        Assert.Contains(sink.Rows, row => row["state"] == "open");
    }

    [Fact]
    public void Check_FaultyOptions_AreAllNamed()
    {
        var options = new PipelineOptions
        {
            Url = new Uri("http://localhost/"),
            Pointer = "pipeline",
            Gaps = new GapOptions { GiveUpAfter = TimeSpan.FromMinutes(80), Expected = new Dictionary<string, TimeSpan> { ["oi"] = TimeSpan.FromHours(2) } },
        };

        Assert.Equal(
            ["pointer", "gaps.give_up_after", "gaps.give_up_after"],
            options.Check().Select(fault => fault.Key));
        Assert.Equal("is not longer than 1.5 × 2h, the interval of oi: no gap would ever be told", options.Check().ElementAt(1).Problem);
    }

    private PipelineSource Source(Func<PipelineOptions, PipelineOptions>? change = null)
    {
        var options = new PipelineOptions { Url = _daemon.Url };
        return new PipelineSource(change?.Invoke(options) ?? options, _room.Context("pipeline/oi"));
    }

    private void Page(string exchanges) => _daemon.Json($$$"""{"running": true, "pipeline": {"exchanges": { {{{exchanges}}} } } }""");

    private static string Oi(string numbers) => $$"""
        "binance": {"oi": {{numbers}}}
        """;

    private void Advance(double seconds) => _room.Clock.Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>A reading that succeeds.</summary>
    private async Task<IReadOnlyList<WrittenRow>> ReadAsync(PipelineSource source)
    {
        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);
        Assert.Null(error);
        return rows;
    }

    /// <summary>A reading whose rows the spool does not take.</summary>
    private async Task RefusedAsync(PipelineSource source)
    {
        var reading = new Reading("test", _room.Clock, new Collector.Lines.CounterBaselines());
        await source.ReadAsync(reading, CancellationToken.None);
        await reading.HandOverAsync(new RecordedSink { Refusal = _ => "full" }, TimeSpan.Zero, CancellationToken.None);
    }

    private static (string?, string?) Counts(WrittenRow row) => (row["records_count"], row["bytes_written"]);

    private static string Series(WrittenRow row) => $"{row["exchange"]} {row["symbol"]} {row["data_type"]}";

    private static string Shown(WrittenRow row) => string.Join(' ', row.Values.Select(value => $"{value.Key}={value.Value}").Order(StringComparer.Ordinal));

    private static string Micros(string time) => $"{DateTimeOffset.Parse(time).ToUnixTimeMilliseconds() * 1_000}";
}
