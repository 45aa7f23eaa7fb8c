using Collector.Lines.Tables;
using Collector.Pipe.State;
using Collector.Sources;
using Collector.Sources.Running;
using Microsoft.Extensions.Logging.Abstractions;

namespace Collector.Tests.Sources.Running;

public sealed class RetirementTests
{
    [Fact]
    public async Task RunAsync_TableWithoutBoolean_WritesKeysStateAndTimeAndNoNumber()
    {
        using var folder = new TemporaryFolder();
        var faults = new List<SchemaFault>();
        var tables = TableCatalog.Load(Path.Combine(Repository.Folder, "schemas"), faults);
        Assert.True(tables.TryGet("trading_metrics", out Table? table));
        await using var room = new DeliveryRoom(folder.File("room"));
        using var state = LocalState.Open(folder.File("state.db"), NullLogger<LocalState>.Instance);
        state.Of("strategy/mm").Set(new SeriesKeys(table, ["mm", "BTC", "binance", "h", "prod"]).MemoryKey, "");
        room.Lanes.Start();

        await new Retirement(state, tables, room.Lanes, room.Clock).RunAsync([], _ => true);
        await new Retirement(state, tables, room.Lanes, room.Clock).RunAsync([], _ => true);
        await room.DeliveredAsync(1);

        Assert.Equal(
            "trading_metrics,strategy=mm,symbol=BTC,venue=binance,host=h,env=prod,state=retired 1767323045000000000\n",
            DeliveryRoom.Text(Assert.Single(room.Store.Sent).Bytes));
    }
}
