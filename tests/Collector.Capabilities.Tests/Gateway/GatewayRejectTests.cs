using Collector.Capabilities.Gateway;
using Collector.Lines.Tables;

namespace Collector.Tests.Capabilities.Gateway;

/// <summary>With <c>on_bad_line: reject</c> a request that is refused leaves nothing behind.</summary>
public sealed class GatewayRejectTests
{
    private const string Now = "1700000000000000000";

    [Theory]
    [InlineData($"fresh,s=a v=1i {Now}\n", $"fresh,s=b v=2i {Now}\n", $"plain,k=a n=\"x\" {Now}\n")]
    [InlineData($"fresh,s=a v=1i {Now}\n", $"fresh,s=b v=2i,w=1.5 {Now}\n", $"fresh v=\"x\" {Now}\n")]
    [InlineData($"plain,k=a extra=1i {Now}\n", $"plain,k=b extra=2i,more=t {Now}\n", $"plain,k=a extra=\"x\" {Now}\n")]
    [InlineData($"fresh v=1i {Now}\n", $"other v=2i {Now}\n", "bad\n")]
    public async Task Write_ARequestThatIsRefused_MakesNothing_AndIsTakenWithoutItsBadLine(string first, string second, string bad)
    {
        using var room = new GatewayRoom(new GatewayOptions { OnBadLine = BadLine.Reject });
        Table plain = room.Tables["plain"];

        WriteResult refused = await room.WriteAsync(first + second + bad);

        Assert.Equal((WriteStatus.Invalid, 3), (refused.Status, refused.Fault!.Line));
        Assert.Equal((0, false), (room.Made.Made, Directory.Exists(room.TablesFolder)));
        Assert.False(room.Tables.TryGet("fresh", out _));
        Assert.Same(plain, room.Tables["plain"]);
        Assert.Empty(room.Sink.Rows);
        await room.AcceptAsync(first + second);
        Assert.Equal(2, room.Sink.Rows.Count);
        Assert.NotEqual(0, room.Made.Made);
    }

    [Fact]
    public async Task Write_ARequestThatIsRefused_UsesNoLimit()
    {
        using var room = new GatewayRoom(new GatewayOptions { OnBadLine = BadLine.Reject, MaxTables = 2, MaxColumns = 4, MaxSeries = 2 });
        string bad = $"plain,k=a n=\"x\" {Now}\n";

        Assert.Equal(WriteStatus.Invalid, (await room.WriteAsync($"t1 v=1i {Now}\nt2 v=1i {Now}\n{bad}")).Status);
        Assert.Equal(WriteStatus.Invalid, (await room.WriteAsync($"plain,k=a n=1i,c1=1i {Now}\n{bad}")).Status);
        Assert.Equal(WriteStatus.Invalid, (await room.WriteAsync($"plain,k=a n=1i {Now}\nplain,k=b n=1i {Now}\n{bad}")).Status);

        await room.AcceptAsync($"t3 v=1i {Now}\nplain,k=c n=1i,c2=1i {Now}\nplain,k=d n=1i {Now}\n");
        Assert.Equal("k, n, d, c2", string.Join(", ", room.Tables["plain"].Columns.AsEnumerable()));
    }

    [Theory]
    [InlineData($"t1 v=1i {Now}\nt2 v=1i {Now}\nplain,k=a extra=1i {Now}\n", 3, "gateway.max_tables")]
    [InlineData($"t1 a=1i,b=1i {Now}\nt1 c=1i {Now}\nt1 d=1i,e=1i {Now}\n", 3, "gateway.max_columns")]
    [InlineData($"plain,k=a n=1i {Now}\nplain,k=b n=1i {Now}\nplain,k=a n=1i {Now}\nplain,k=c n=1i {Now}\n", 4, "gateway.max_series")]
    public async Task Write_ARequestThatALimitRefuses_UsesNoneOfIt(string lines, int line, string limit)
    {
        using var room = new GatewayRoom(new GatewayOptions { OnBadLine = BadLine.Reject, MaxTables = 2, MaxColumns = 4, MaxSeries = 2 });

        WriteResult refused = await room.WriteAsync(lines);

        Assert.Equal((WriteStatus.Invalid, line), (refused.Status, refused.Fault!.Line));
        Assert.Contains(limit, refused.Fault.Message, StringComparison.Ordinal);
        Assert.Equal(0, room.Made.Made);
        await room.AcceptAsync($"u1 v=1i {Now}\nu2 v=1i {Now}\nplain,k=x n=1i {Now}\nplain,k=y n=1i {Now}\n");
    }

    [Fact]
    public async Task Write_RequestsAtOnceThatMakeTheSame_AreTakenWhollyOrNotAtAll()
    {
        using var room = new GatewayRoom(new GatewayOptions { OnBadLine = BadLine.Reject, MaxTables = 3, MaxSeries = 8 });

        // Half of them take a column of a table for a LONG, half for a VARCHAR; each wants a table and a series of its own besides.
        WriteResult[] results = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => room.WriteAsync(
            $"shared v={(i % 2 == 0 ? "1i" : "\"x\"")} {Now}\nown{i % 5} v=1i {Now}\nplain,k=s{i} n=1i {Now}\n"))));

        Assert.Empty(room.Sink.Refused);
        Assert.Equal(3, room.Made.Made);
        Assert.All(results, result => Assert.Equal(result.Status == WriteStatus.Accepted ? 3 : 0, result.Accepted));
        Assert.Equal(8, results.Count(result => result.Status == WriteStatus.Accepted));
        Assert.Equal(results.Sum(result => result.Accepted), room.Sink.Rows.Count);
    }
}
