using Collector.Sources;
using Collector.Sources.Trading;

namespace Collector.Tests.Sources.Trading;

public sealed class TradingSourceTests : IAsyncLifetime
{
    private readonly SourceRoom _room = new();
    private DaemonEndpoint _endpoint = null!;

    public async Task InitializeAsync() => _endpoint = await DaemonEndpoint.StartAsync();

    public async Task DisposeAsync() => await _endpoint.DisposeAsync();

    [Fact]
    public async Task Read_TheSpecifiedShape_IsOneRowAStrategy()
    {
        _endpoint.Json("""
            {"mm-1": {"symbol": "BTC", "venue": "binance", "pnl": 12.5, "unrealized_pnl": -3, "position_size": -0.5, "orders_placed": 40, "orders_filled": 10,
                      "exposure": 25000, "drawdown": 0.05, "open_orders": 4, "equity": 10000, "more": {}},
             "arb": {"pnl": 0}}
            """);
        using TradingSource source = Source();

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Null(error);
        Assert.Equal(2, rows.Count);
        Assert.Equal(WatchedClock.Began, rows[0].Time);
        Assert.Equal(
            """
            drawdown_pct=5
            env=test
            equity=10000
            exposure=25000
            fill_rate=0.25
            host=machine
            open_orders=4
            orders_filled=10
            orders_placed=40
            pnl=12.5
            position_size=-0.5
            state=live
            strategy=mm-1
            symbol=BTC
            unrealized_pnl=-3
            venue=binance
            """,
            Shown(rows[0]));
        Assert.Equal("env=test\nhost=machine\npnl=0\nstate=live\nstrategy=arb\nsymbol=\nvenue=", Shown(rows[1]));
    }

    [Fact]
    public async Task Read_MappedFieldsBelowAPointer_AreFound()
    {
        _endpoint.Json("""{"data": {"all": {"a": {"market": {"s": "ETH"}, "realised": 7, "pnl": 99}}}}""");
        using TradingSource source = Source(options => options with
        {
            Strategies = "/data/all",
            Fields = new Dictionary<string, string>(StringComparer.Ordinal) { ["symbol"] = "/market/s", ["pnl"] = "/realised" },
        });

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Null(error);
        Assert.Equal(("a", "ETH", "7"), (rows[0]["strategy"], rows[0]["symbol"], rows[0]["pnl"]));
    }

    [Fact]
    public async Task Read_OrderCounters_GetTheirIncreaseFromTheSecondReadingOn()
    {
        using TradingSource source = Source();
        WrittenRow first = await OneAsync(source, "\"orders_placed\": 10, \"orders_filled\": 5");
        WrittenRow second = await OneAsync(source, "\"orders_placed\": 14, \"orders_filled\": 6");
        WrittenRow anew = await OneAsync(source, "\"orders_placed\": 3, \"orders_filled\": 0");

        Assert.Equal((null, null), (first["orders_placed_delta"], first["orders_filled_delta"]));
        Assert.Equal(("4", "1"), (second["orders_placed_delta"], second["orders_filled_delta"]));
        Assert.Equal(("3", "0", "0"), (anew["orders_placed_delta"], anew["orders_filled_delta"], anew["fill_rate"]));
    }

    [Theory]
    [InlineData("\"orders_placed\": 0, \"orders_filled\": 0")]
    [InlineData("\"orders_filled\": 3")]
    [InlineData("\"orders_placed\": 3")]
    [InlineData("\"orders_placed\": 3, \"orders_filled\": 4")]
    public async Task Read_FillRateThatCannotBeTold_IsLeftOut(string fields)
    {
        using TradingSource source = Source();

        Assert.Null((await OneAsync(source, fields))["fill_rate"]);
    }

    [Fact]
    public async Task Read_NoDrawdown_IsTheFallFromTheHighestEquityAlsoAfterARestart()
    {
        using TradingSource source = Source();
        Assert.Equal("0", (await OneAsync(source, "\"equity\": 200"))["drawdown_pct"]);
        Assert.Equal("25", (await OneAsync(source, "\"equity\": 150"))["drawdown_pct"]);
        Assert.Null((await OneAsync(source, "\"pnl\": 1"))["drawdown_pct"]);

        using TradingSource successor = Source();
        Assert.Equal("50", (await OneAsync(successor, "\"equity\": 100"))["drawdown_pct"]);
        Assert.Equal("0", (await OneAsync(successor, "\"equity\": 201"))["drawdown_pct"]);
        Assert.Equal("50", (await OneAsync(successor, "\"equity\": 100.5"))["drawdown_pct"]);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-5")]
    public async Task Read_EquityNotAboveZero_IsKeptAndTellsNoDrawdown(string equity)
    {
        using TradingSource source = Source();
        await OneAsync(source, "\"equity\": 200");

        WrittenRow row = await OneAsync(source, $"\"equity\": {equity}");

        Assert.Equal((equity, null), (row["equity"], row["drawdown_pct"]));
        Assert.Equal("50", (await OneAsync(source, "\"equity\": 100"))["drawdown_pct"]);
    }

    [Theory]
    [InlineData(nameof(DrawdownUnit.Ratio), "0.05", "5")]
    [InlineData(nameof(DrawdownUnit.Ratio), "-0.5", "50")]
    [InlineData(nameof(DrawdownUnit.Ratio), "1", "100")]
    [InlineData(nameof(DrawdownUnit.Percent), "5", "5")]
    [InlineData(nameof(DrawdownUnit.Percent), "0.05", "0.05")]
    [InlineData(nameof(DrawdownUnit.Percent), "-100", "100")]
    public async Task Read_DrawdownGiven_IsTakenInItsUnitAndNotFromEquity(string unit, string given, string stored)
    {
        using TradingSource source = Source(options => options with { DrawdownUnit = Enum.Parse<DrawdownUnit>(unit) });

        Assert.Equal(stored, (await OneAsync(source, $"\"equity\": 100, \"drawdown\": {given}"))["drawdown_pct"]);
    }

    [Theory]
    [InlineData(nameof(DrawdownUnit.Ratio), "5", "a: drawdown is 5, not a ratio from 0 to 1; if it is in percent, set drawdown_unit: percent")]
    [InlineData(nameof(DrawdownUnit.Percent), "101", "a: drawdown is 101, not a percentage from 0 to 100")]
    [InlineData(nameof(DrawdownUnit.Ratio), "\"5%\"", "a: drawdown is \"5%\", not a number")]
    public async Task Read_DrawdownBeyondItsUnit_IsLeftOutAndTold(string unit, string given, string problem)
    {
        _endpoint.Json($$$"""{"a": {"equity": 100, "drawdown": {{{given}}}}}""");
        using TradingSource source = Source(options => options with { DrawdownUnit = Enum.Parse<DrawdownUnit>(unit) });

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Equal(("100", null), (rows[0]["equity"], rows[0]["drawdown_pct"]));
        Assert.Equal($"{_endpoint.Url} answers with {problem}", error?.Message);
    }

    [Fact]
    public async Task Read_NaNAndInfinity_CostTheirValuesAlone()
    {
        _endpoint.Json("""
            {"alpha": {"symbol": "BTC-USDT", "venue": "okx", "pnl": 12.5, "equity": NaN, "drawdown": 0.25},
             "beta": {"pnl": 3, "equity": 100, "sortino": NaN, "eta_s": Infinity, "exposure": -Infinity}}
            """);
        using TradingSource source = Source();

        (IReadOnlyList<WrittenRow> rows, Reading reading) = await _room.TakeAsync(source);

        Assert.Equal(("alpha", "12.5", null, "25"), (rows[0]["strategy"], rows[0]["pnl"], rows[0]["equity"], rows[0]["drawdown_pct"]));
        Assert.Equal(("beta", "3", "100", null), (rows[1]["strategy"], rows[1]["pnl"], rows[1]["equity"], rows[1]["exposure"]));
        Assert.Equal((1, 1, "nan: alpha equity"), (reading.LeftOutCounts[(int)LeftOut.Nan], reading.LeftOutCounts[(int)LeftOut.Infinite], reading.LeftOutExample));
    }

    [Theory]
    [InlineData("\"pnl\": \"NaN\"", "a: pnl is \"NaN\", not a number")]
    [InlineData("\"pnl\": 1e400", "a: pnl is 1e400, not a number")]
    [InlineData("\"pnl\": {\"usd\": 1}", "a: pnl is {\"usd\": 1}, not a number")]
    [InlineData("\"open_orders\": -1", "a: open_orders is -1, not a whole number from 0")]
    [InlineData("\"orders_placed\": 1.5", "a: orders_placed is 1.5, not a whole number from 0")]
    public async Task Read_FieldOfAnotherType_IsLeftOutAndItsNeighboursStand(string field, string problem)
    {
        _endpoint.Json($$$"""{"a": {"exposure": 3, {{{field}}}}, "b": {"pnl": 2}}""");
        using TradingSource source = Source();

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Equal(("3", "2"), (rows[0]["exposure"], rows[1]["pnl"]));
        Assert.Null(rows[0][field.Split('"')[1]]);
        Assert.Equal((SourceError.Format, $"{_endpoint.Url} answers with {problem}"), (error?.Error, error?.Message));
    }

    [Theory]
    [InlineData("\"a\": {\"symbol\": 5, \"pnl\": 1}", "a: symbol is 5, not text")]
    [InlineData("\"a\": {\"venue\": \"\\ud800\", \"pnl\": 1}", "a: venue is \"\\ud800\", not text")]
    [InlineData("\"a\": {\"venue\": \"LONG\", \"pnl\": 1}", "a: venue has more than 255 bytes")]
    [InlineData("\"a\": [1]", "a, which is no object")]
    [InlineData("\"a\": \"NaN\"", "a, which is no object")]
    [InlineData("\"\": {\"pnl\": 1}", "a strategy without a name that is kept: 1 to 255 bytes of text")]
    [InlineData("\"LONG\": {\"pnl\": 1}", "a strategy without a name that is kept: 1 to 255 bytes of text")]
    [InlineData("\"\\ud800\": {\"pnl\": 1}", "a strategy without a name that is kept: 1 to 255 bytes of text")]
    [InlineData("\"b\": {\"pnl\": 3}", "b a second time; the first is taken")]
    public async Task Read_StrategyThatCannotBeNamed_HasNoRowAndItsNeighbourHas(string strategy, string problem)
    {
        _endpoint.Json($$$"""{"b": {"pnl": 2}, {{{strategy.Replace("LONG", new string('é', 128), StringComparison.Ordinal)}}}}""");
        using TradingSource source = Source();

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Equal(("b", "2"), (Assert.Single(rows)["strategy"], rows[0]["pnl"]));
        Assert.Equal($"{_endpoint.Url} answers with {problem}", error?.Message);
    }

    [Fact]
    public async Task Read_WrongEverywhere_TellsFiveProblemsAndHowManyMore()
    {
        _endpoint.Json("{" + string.Join(',', Enumerable.Range(0, 200).Select(i => $"\"s{i}\": 0")) + "}");
        using TradingSource source = Source();

        (_, SourceException? error) = await _room.ReadAsync(source);

        Assert.EndsWith("s3, which is no object; s4, which is no object; and 195 more", error?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_PageLongerThanItsLimit_IsAFault()
    {
        _endpoint.Json($$$"""{"a": {"pnl": 1, "log": "{{{new string('x', 10_000_000)}}}"}}""");
        using TradingSource source = Source();

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Empty(rows);
        Assert.Equal($"{_endpoint.Url} answers with more than 1048576 bytes (max_bytes)", error?.Message);
    }

    [Theory]
    [InlineData("[]", "answers with JSON that is no object")]
    [InlineData("{\"all\": [1]}", "answers without an object of strategies at /all (strategies)")]
    [InlineData("{\"a\": {\"pnl\": 1}}", "answers without an object of strategies at /all (strategies)")]
    public async Task Read_NoObjectOfStrategies_IsAFault(string body, string problem)
    {
        _endpoint.Json(body);
        using TradingSource source = Source(options => options with { Strategies = "/all" });

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Empty(rows);
        Assert.Equal($"{_endpoint.Url} {problem}", error?.Message);
    }

    [Fact]
    public async Task Read_MoreStrategiesThanAreWatched_LeavesTheLastOutAndTellsHowMany()
    {
        _endpoint.Json("""{"a": {"pnl": 1}, "b": {"pnl": 2}, "c": {"pnl": 3}, "d": {"pnl": 4}}""");
        using TradingSource source = Source(options => options with { MaxStrategies = 2 });

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Equal(["a", "b"], rows.Select(row => row["strategy"]));
        Assert.Equal($"{_endpoint.Url} answers with 2 strategies beyond the 2 that are watched (max_strategies)", error?.Message);
    }

    [Fact]
    public async Task Read_StrategyGoneFromThePage_IsStaleWithoutNumbersAndLiveWhenItReturns()
    {
        using TradingSource source = Source();
        _endpoint.Json("""{"a": {"pnl": 1}, "b": {"pnl": 2}}""");
        await _room.ReadAsync(source);
        _endpoint.Json("""{"a": {"pnl": 1}}""");

        _room.Clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(["a live"], await StatesAsync(source));
        _room.Clock.Advance(TimeSpan.FromSeconds(1));
        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);
        Assert.Null(error);
        Assert.Equal("env=test\nhost=machine\nstate=stale\nstrategy=b\nsymbol=\nvenue=", Shown(rows[1]));

        _room.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(["a live"], await StatesAsync(source));
        _room.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["a live", "b stale"], await StatesAsync(source));

        _endpoint.Json("""{"a": {"pnl": 1}, "b": {"pnl": 3}}""");
        Assert.Equal(["a live", "b live"], await StatesAsync(source));
    }

    [Fact]
    public async Task Read_PageAway_MakesAllStaleAndSaysWhy()
    {
        using TradingSource source = Source();
        _endpoint.Json("""{"a": {"pnl": 1}}""");
        await _room.ReadAsync(source);
        _endpoint.Answer = context =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        _room.Clock.Advance(TimeSpan.FromSeconds(10));

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Equal(("a", "stale", null), (rows[0]["strategy"], rows[0]["state"], rows[0]["pnl"]));
        Assert.Equal(SourceError.Status, error?.Error);
    }

    [Fact]
    public async Task Read_StrategyGoneWhileTheCollectorWasDown_IsStaleNonetheless()
    {
        using TradingSource source = Source();
        _endpoint.Json("""{"a": {"pnl": 1}}""");
        await _room.ReadAsync(source);
        using TradingSource successor = Source();
        _endpoint.Json("{}");

        Assert.Empty(await StatesAsync(successor));
        _room.Clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(["a stale"], await StatesAsync(successor));
    }

    [Fact]
    public async Task Read_StaleForLong_IsRetiredOnceAndForgotten()
    {
        using TradingSource source = Source();
        _endpoint.Json("""{"a": {"equity": 100}}""");
        await _room.ReadAsync(source);
        _endpoint.Json("{}");
        _room.Clock.Advance(TimeSpan.FromSeconds(10));
        await _room.ReadAsync(source);
        Assert.True(Names(source, "a"));
        _room.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal(["a retired"], await StatesAsync(source));

        Assert.Empty(await StatesAsync(source));
        Assert.False(Names(source, "a"));
        Assert.DoesNotContain(_room.State.Kept, key => key.StartsWith("peak", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Read_NoRoomButAStaleStrategy_RetiresThatOne()
    {
        using TradingSource source = Source(options => options with { MaxStrategies = 1 });
        _endpoint.Json("""{"run-1": {"pnl": 1}}""");
        await _room.ReadAsync(source);
        _endpoint.Json("{}");
        _room.Clock.Advance(TimeSpan.FromSeconds(10));
        await _room.ReadAsync(source);
        _endpoint.Json("""{"run-2": {"pnl": 1}}""");

        Assert.Equal(["run-1 retired", "run-2 live"], await StatesAsync(source));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("""{"no series": null, "series [1]": null, "series [\"trading_metrics\"]": "never"}""")]
    public async Task Read_MemoryThatCannotBeRead_BeginsAnew(string kept)
    {
        _room.State.Set("strategies", kept);
        _endpoint.Json("""{"a": {"pnl": 1}}""");
        using TradingSource source = Source();

        Assert.Equal(["a live"], await StatesAsync(source));
    }

    private TradingSource Source(Func<TradingOptions, TradingOptions>? with = null)
    {
        var options = new TradingOptions { Url = _endpoint.Url };
        return new TradingSource(with?.Invoke(options) ?? options, _room.Context("trading/desk"));
    }

    private async Task<WrittenRow> OneAsync(TradingSource source, string fields)
    {
        _endpoint.Json($$$"""{"a": {{{{fields}}}}}""");
        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);
        Assert.Null(error);
        return Assert.Single(rows);
    }

    private async Task<IEnumerable<string>> StatesAsync(TradingSource source) =>
        (await _room.ReadAsync(source)).Rows.Select(row => $"{row["strategy"]} {row["state"]}");

    private static bool Names(TradingSource source, string strategy)
    {
        Assert.True(SourceRoom.Tables.TryGet("trading_metrics", out Collector.Lines.Tables.Table? table));
        return source.Names(table, [strategy, "", "", "machine", "test"]);
    }

    private static string Shown(WrittenRow row) =>
        string.Join('\n', row.Values.Select(pair => $"{pair.Key}={pair.Value}").Order(StringComparer.Ordinal));
}
