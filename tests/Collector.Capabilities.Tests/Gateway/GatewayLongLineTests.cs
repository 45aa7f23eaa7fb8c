using System.Globalization;
using System.Text;
using Collector.Capabilities.Gateway;
using Collector.Lines;
using Collector.Settings;

namespace Collector.Tests.Capabilities.Gateway;

/// <summary>A line has a limit of its own, whatever it holds and whichever dialect it is in.</summary>
public sealed class GatewayLongLineTests
{
    private const string Now = "1700000000000000000";
    private const int Limit = 2048;

    private static GatewayOptions Options => new() { MaxLineBytes = new ByteSize(Limit) };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Write_LineOfTheLimit_IsTaken_AndOneOfAByteMoreIsNot(bool influx)
    {
        using var room = new GatewayRoom(Options);
        string longest = Padded(Limit);

        WriteResult result = await WriteAsync(room, influx, $"{longest}{Padded(Limit + 1)}plain,k=b n=2i {Now}\n");

        Assert.Equal((WriteStatus.Accepted, 2, 1), (result.Status, result.Accepted, result.Quarantined));
        RefusedRow refused = Assert.Single(room.Sink.Refused);
        Assert.Equal((LineFaultKind.Length, 2, Limit + 1), (refused.Fault.Kind, refused.Fault.Line, refused.Line.Length));
        Assert.Equal($"the line has {Limit + 1} bytes; it may have {Limit} (gateway.max_line_bytes)", refused.Fault.Message);
    }

    /// <summary>Lines that would be bad anyway, or that open a string which never ends: the length is what is told.</summary>
    [Theory]
    [InlineData("\u0001")]
    [InlineData("plain,k=a n=1i,x=\"")]
    [InlineData("plain,k=a n=")]
    [InlineData("new,")]
    [InlineData("new a=\"")]
    [InlineData("new\\")]
    public async Task Write_LongBadLine_IsRefusedForItsLength(string start)
    {
        using var room = new GatewayRoom(Options);

        WriteResult result = await room.WriteAsync(start + new string('\u0001', Limit));

        Assert.Equal((WriteStatus.Accepted, 0, 1), (result.Status, result.Accepted, result.Quarantined));
        Assert.Equal(LineFaultKind.Length, Assert.Single(room.Sink.Refused).Fault.Kind);
    }

    [Fact]
    public async Task Write_TranslatedLineWithinTheLimit_IsTakenHoweverLongItsTranslationIs()
    {
        using var room = new GatewayRoom(Options);

        WriteResult result = await room.InfluxAsync($"m text=\"{new string('\n', Limit - 20)}\"\n");

        Assert.Equal((WriteStatus.Accepted, 1, 0), (result.Status, result.Accepted, result.Quarantined));
    }

    [Fact]
    public void Read_LineOfVeryManyNewColumns_RemembersNoMoreThanFitALine()
    {
        string line = "plain " + string.Join(',', Enumerable.Range(0, 300_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"c{i}=1"))) + "\n";
        var reader = new LineReader(GatewayRoom.Plain) { Unknown = [], MaxRowBytes = Limit };
        reader.Start(Encoding.ASCII.GetBytes(line), TimeWindow.Any);

        Assert.Equal(LineStatus.Fault, reader.Read());
        Assert.Equal(LineFaultKind.Length, reader.Fault!.Kind);
        Assert.False(reader.WantsColumns);
        Assert.InRange(reader.Unknown.Count, 0, Limit / "c1=1,".Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Write_BadLineManyTimes_CountsEachAndNumbersThoseBehindIt(bool influx)
    {
        using var room = new GatewayRoom();
        string bad = "plain,k=a n=1.5 1\n";

        WriteResult result = await WriteAsync(room, influx, $"plain,k=b n=2i {Now}\n{string.Concat(Enumerable.Repeat(bad, 10_000))}\nplain,k=c n=3i {Now}\n{bad}{bad}plain,k=a n=1.5\n");

        Assert.Equal((WriteStatus.Accepted, 2, 10_003, 0), (result.Status, result.Accepted, result.Quarantined, result.Lost));
        Assert.Equal(10_003, room.Sink.Refused.Count);
        Assert.All(room.Sink.Refused, row => Assert.Equal(LineFaultKind.Type, row.Fault.Kind));
        Assert.Equal(influx ? [10_004, 10_005, 10_006] : [10_003, 10_004, 10_005], room.Sink.Refused[^3..].Select(row => row.Fault.Line));
        Assert.Equal([.. Enumerable.Range(2, 10_000)], room.Sink.Refused[..10_000].Select(row => row.Fault.Line));
    }

    [Fact]
    public async Task Write_Reject_RefusesTheRequestWithTheLimit()
    {
        using var room = new GatewayRoom(Options with { OnBadLine = BadLine.Reject });

        WriteResult result = await room.WriteAsync(Padded(Limit + 1));

        Assert.Equal(WriteStatus.Invalid, result.Status);
        Assert.Contains("(gateway.max_line_bytes)", result.Fault!.Message, StringComparison.Ordinal);
    }

    /// <summary>A good line of so many bytes.</summary>
    private static string Padded(int bytes)
    {
        string start = "plain,k=a ", end = $"n=1i {Now}\n";
        string digits = new('0', bytes - start.Length - end.Length - "d=,".Length);
        return $"{start}d={digits},{end}";
    }

    private static async Task<WriteResult> WriteAsync(GatewayRoom room, bool influx, string lines) => influx ? await room.InfluxAsync(lines) : await room.WriteAsync(lines);
}
