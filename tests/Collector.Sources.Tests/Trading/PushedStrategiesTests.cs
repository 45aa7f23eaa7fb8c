using System.Text;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Pipe;
using Collector.Sources;
using Collector.Sources.Trading;

namespace Collector.Tests.Sources.Trading;

public sealed class PushedStrategiesTests : IDisposable
{
    private readonly SourceRoom _room = new();
    private readonly SharedViews _shared = new();
    private readonly Table _table;
    private readonly PushedStrategies _source;

    public PushedStrategiesTests()
    {
        Assert.True(SourceRoom.Tables.TryGet("trading_metrics", out Table? table));
        _table = table;
        _source = Source();
    }

    public void Dispose() => _source.Dispose();

    [Fact]
    public async Task Read_WhilePushed_WritesNothing()
    {
        Push("a", "live");
        Assert.Empty(await StatesAsync());
        _room.Clock.Advance(TimeSpan.FromSeconds(9));
        Push("a", "live");
        _room.Clock.Advance(TimeSpan.FromSeconds(9));

        Assert.Empty(await StatesAsync());
    }

    [Theory]
    [InlineData("live")]
    [InlineData(null)]
    public async Task Read_PushedNoMore_IsStaleUnderItsOwnKeysAndWithoutNumbers(string? state)
    {
        Push("a", state);
        await StatesAsync();
        _room.Clock.Advance(TimeSpan.FromSeconds(10));

        (IReadOnlyList<WrittenRow> rows, _) = await _room.ReadAsync(_source);

        Assert.Equal(
            "env=prod,host=bot-1,state=stale,strategy=a,symbol=BTC,venue=okx",
            string.Join(',', Assert.Single(rows).Values.Select(pair => $"{pair.Key}={pair.Value}").Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Read_PushedAgain_IsLeftToItsOwnRows()
    {
        Push("a", "live");
        await StatesAsync();
        _room.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(["a stale"], await StatesAsync());
        Push("a", "live");
        _room.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Empty(await StatesAsync());
        _room.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(["a stale"], await StatesAsync());
    }

    [Fact]
    public async Task Read_RetiredByItself_IsNotTold()
    {
        Push("a", "live");
        await StatesAsync();
        Push("a", "retired");
        await StatesAsync();
        _room.Clock.Advance(TimeSpan.FromDays(2));

        Assert.Empty(await StatesAsync());
    }

    [Fact]
    public async Task Read_RowsThatWereOldWhenTheyCame_AreNoSignOfLife()
    {
        Push("a", "live", age: TimeSpan.FromDays(90));
        await StatesAsync();
        _room.Clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Empty(await StatesAsync());
    }

    [Fact]
    public async Task Read_AnOlderRowBehindANewerOne_DoesNotHideIt()
    {
        Push("a", "live");
        Push("a", "retired", age: TimeSpan.FromSeconds(1));
        await StatesAsync();
        _room.Clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(["a stale"], await StatesAsync());
    }

    [Fact]
    public async Task Read_FellSilentWhileTheCollectorWasDown_IsStale()
    {
        Push("a", "live");
        await StatesAsync();
        using PushedStrategies successor = Source();
        _room.Clock.Advance(TimeSpan.FromSeconds(10));

        (IReadOnlyList<WrittenRow> rows, _) = await _room.ReadAsync(successor);

        Assert.Equal("stale", Assert.Single(rows)["state"]);
    }

    [Fact]
    public async Task Read_MoreThanAreWatched_TellsHowMany()
    {
        using PushedStrategies source = Source(1);
        Push("a", "live");
        Push("b", "live");

        (_, SourceException? error) = await _room.ReadAsync(source);

        Assert.Equal("1 strategies push beyond the 1 that are watched (max_strategies)", error?.Message);
    }

    [Fact]
    public async Task Observe_TableThatTheGatewayGaveAColumn_IsHeard()
    {
        Table grown = _table.With([("note", ColumnType.Long, null)]);
        Push("a", "live", table: grown);
        await StatesAsync();
        _room.Clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(["a stale"], await StatesAsync());
    }

    [Fact]
    public void Dispose_OfTheOnlyListener_EndsListening()
    {
        var clock = new WatchedClock();
        PushedSeries.Subscription other = _shared.Of<PushedSeries>().Subscribe(_table, clock);
        other.Dispose();
        Push("a", "live");

        Assert.Empty(other.Take());
    }

    private PushedStrategies Source(int max = 1_000) =>
        new(new TradingOptions { Push = true, MaxStrategies = max }, _room.Context("trading/pushed") with { Shared = _shared });

    private async Task<IEnumerable<string>> StatesAsync() =>
        (await _room.ReadAsync(_source)).Rows.Select(row => $"{row["strategy"]} {row["state"]}");

    private void Push(string strategy, string? state, TimeSpan age = default, Table? table = null)
    {
        long nanos = TimeWindow.Micros(_room.Clock.GetUtcNow() - age) * 1000;
        string line = $"trading_metrics,strategy={strategy},symbol=BTC,venue=okx,host=bot-1,env=prod{(state is null ? "" : $",state={state}")} pnl=1.5{(table is null ? "" : ",note=2i")} {nanos}\n";
        new AcceptedRows(_shared.Of<PushedSeries>()).Observe(new LineRows(table ?? _table, Encoding.UTF8.GetBytes(line), 1, TimeSpan.Zero));
    }
}
