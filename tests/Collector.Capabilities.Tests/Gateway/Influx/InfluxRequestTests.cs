using System.Globalization;
using System.Text;
using Collector.Capabilities.Gateway;
using Collector.Capabilities.Gateway.Influx;
using Collector.Lines;
using Collector.Settings;

namespace Collector.Tests.Capabilities.Gateway.Influx;

public sealed class InfluxRequestTests
{
    private readonly BufferBudget _budget = new(128 << 20);

    [Fact]
    public void Next_LinesThatQuestDbReadsAlike_AreHandedOnWithoutACopy()
    {
        byte[] body = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 50_000).Select(i => $"cpu,host=a,cpu=c{i} usage=1.5,n={i}i 17000000000000000{i % 90 + 10}\n\n")));
        InfluxRequest request = Begin(body);

        Assert.True(request.Next());
        Assert.True(request.Lines.Span == body.AsSpan());
        Assert.Equal(0, _budget.Taken);
        Assert.False(request.Next());
    }

    [Fact]
    public void Next_OtherLines_AreWrittenPieceByPiece_AndTheRoomIsCountedAndGivenBack()
    {
        byte[] body = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 100_000).Select(i => i % 3 == 0 ? $"m v={i}u\n" : $"m v={i}i\n")));
        InfluxRequest request = Begin(body);
        var all = new StringBuilder();
        int pieces = 0;
        for (; request.Next(); pieces++)
        {
            all.Append(Encoding.ASCII.GetString(request.Lines.Span));
            Assert.InRange(_budget.Taken, 1, 512 * 1024);
        }

        request.End();

        Assert.Equal(string.Concat(Enumerable.Range(0, 100_000).Select(i => $"m v={i}i\n")), all.ToString());
        Assert.InRange(pieces, 4, 40);
        Assert.Equal(0, _budget.Taken);
    }

    [Fact]
    public void Next_AByteOrderMark_IsPassedOver()
    {
        InfluxRequest request = Begin(Encoding.UTF8.GetBytes("\uFEFFm v=1\n"));

        Assert.True(request.Next());
        Assert.Equal("m v=1\n", Encoding.UTF8.GetString(request.Lines.Span));
    }

    [Fact]
    public void Next_NoRoom_SaysSo_AndTakesNothing()
    {
        var budget = new BufferBudget(1000);
        var request = new InfluxRequest(_ => null, budget, new GatewayOptions());
        request.Begin("m v=1\nm v=8u\n"u8.ToArray());

        Assert.True(request.Next());
        Assert.Equal((false, true, 0L), (request.Next(), request.IsOutOfRoom, budget.Taken));
    }

    /// <summary>A tag's value that begins with a quote, and a carriage return in a string: read on from a fault, the line looks like two.</summary>
    [Fact]
    public async Task AsSent_ALineWithAQuoteInATagAndACarriageReturnInAString_IsTheClientsLine()
    {
        using var room = new GatewayRoom(new GatewayOptions { MaxTables = 0 });
        string split = "m,a=\"b c=\"\\\\\r\nd\",e=\"f\"";

        WriteResult result = await room.InfluxAsync($"n a=1i\n{split}\nn a=2i\n");

        Assert.Equal(WriteStatus.Accepted, result.Status);
        string[] refused = [.. room.Sink.Refused.Select(row => Encoding.ASCII.GetString(row.Line.Span).TrimEnd('\n'))];
        Assert.Equal(["n a=1i", split, "n a=2i"], refused.Distinct(StringComparer.Ordinal));
        Assert.Equal(3, refused.Length);
    }

    [Fact]
    public void Next_ALineThatIsTooLong_IsBad_AndItsNeighboursAreNot()
    {
        string text = new('\n', 64 << 10);
        var request = new InfluxRequest(_ => null, _budget, new GatewayOptions());
        request.Begin(Encoding.ASCII.GetBytes($"m v=1u\nm v=\"{text}\"\nm v=2u\n"));

        Assert.True(request.Next());
        Assert.Equal("m v=1i\nm v=2i\n", Encoding.ASCII.GetString(request.Lines.Span));
        LineFault fault = Assert.Single(request.Refused).Fault;
        Assert.Equal(LineFaultKind.Length, fault.Kind);
        Assert.Equal("the line has 65543 bytes; it may have 65536 (gateway.max_line_bytes)", fault.Message);
    }

    [Fact]
    public void Next_AsLongALineAsCanBe_FitsTheRoomThatIsLeftBesideItsBody()
    {
        var options = new GatewayOptions { MaxBodyBytes = ByteSize.KiB(256), MaxBufferedBytes = ByteSize.MiB(1), MaxLineBytes = ByteSize.KiB(128) };
        var budget = new BufferBudget(options.MaxBufferedBytes.Bytes);
        byte[] body = Encoding.ASCII.GetBytes($"m v=\"{new string('\n', (128 << 10) - 16)}\"\n");
        Assert.True(budget.TryTake(512 << 10)); // the body's, at the most
        var request = new InfluxRequest(_ => null, budget, options);
        request.Begin(body);

        Assert.True(request.Next());
        Assert.Empty(request.Refused);
        Assert.False(request.Lines.IsEmpty);
    }

    [Fact]
    public void Next_OnceTheNamesAreKnown_AllocatesNothingForALine()
    {
        byte[] body = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 20_000).Select(i => string.Create(
            CultureInfo.InvariantCulture, $"sys/disk,path=D:\\t{i},host=a used-bytes={i}u,note=\"a\n\\d{i}\",ok=true,load=1.5  1700000000{i:D9}\n"))));
        InfluxRequest request = Begin(body);
        Read(request);
        request.Begin(body);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Read(request);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(allocated, 0, 1024);
    }

    private InfluxRequest Begin(byte[] body)
    {
        var request = new InfluxRequest(_ => null, _budget, new GatewayOptions());
        request.Begin(body);
        return request;
    }

    private static void Read(InfluxRequest request)
    {
        while (request.Next())
        {
            Assert.True(request.Refused.Count == 0);
        }
    }
}
