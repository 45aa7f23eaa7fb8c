using System.Globalization;
using System.Text;
using Collector.Capabilities.Gateway;

namespace Collector.Tests.Capabilities.Gateway;

[Collection(WholeHeap.Collection)]
public sealed class GatewayMemoryTests
{
    private const int Million = 1_000_000, Allowed = 8 << 20;

    [Fact]
    public async Task Write_AMillionTableNames_MakesNoMoreThanAllowed()
    {
        using var room = new GatewayRoom(new GatewayOptions { MaxTables = 2, MaxRequests = 1 }, new CountingSink());

        (WriteResult result, long kept) = await WriteAsync(room, i => string.Create(CultureInfo.InvariantCulture, $"t{i} v=1i\n"));

        Assert.Equal((2, Million - 2), (result.Accepted, result.Quarantined));
        Assert.Equal(2, room.Made.Made);
        Assert.InRange(kept, long.MinValue, Allowed);
    }

    [Fact]
    public async Task Write_AMillionKeys_RemembersNoMoreThanAllowed()
    {
        using var room = new GatewayRoom(new GatewayOptions { MaxSeries = 1000 }, new CountingSink());

        (WriteResult result, long kept) = await WriteAsync(room, i => string.Create(CultureInfo.InvariantCulture, $"plain,k={i} n=1i\n"));

        Assert.Equal((1000, Million - 1000), (result.Accepted, result.Quarantined));
        Assert.InRange(kept, long.MinValue, Allowed);
    }

    [Fact]
    public async Task Write_RefusedRequestsOfManyTableNames_KeepNothingOfThem()
    {
        using var room = new GatewayRoom(new GatewayOptions { OnBadLine = BadLine.Reject, MaxRequests = 1 }, new CountingSink());
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < 20_000; i++)
        {
            WriteResult result = await room.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"t{i} v=1i\nbad\n"));
            Assert.Equal(WriteStatus.Invalid, result.Status);
        }

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, Allowed);
    }

    /// <summary>What became of a million lines, and the bytes that stay on the heap after them.</summary>
    private static async Task<(WriteResult Result, long Kept)> WriteAsync(GatewayRoom room, Func<int, string> line)
    {
        byte[] body = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, Million).Select(line)));
        long before = GC.GetTotalMemory(forceFullCollection: true);
        WriteResult result = await room.WriteAsync(body);
        long kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(body);
        return (result, kept);
    }
}
