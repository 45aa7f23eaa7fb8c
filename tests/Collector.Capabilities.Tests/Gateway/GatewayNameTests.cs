using System.Text;
using Collector.Capabilities.Gateway;

namespace Collector.Tests.Capabilities.Gateway;

/// <summary>A name that is none is refused before it is decoded: it costs its bytes in the body and nothing besides.</summary>
public sealed class GatewayNameTests
{
    private const int Length = 16 << 20;
    private const long Allowed = 512 << 10;

    [Theory]
    [InlineData("#,k=a n=1i\n", 1)]
    [InlineData("plain,k=a #=1i\n", 1)]
    [InlineData("plain,#=a n=1i\n", 1)]
    [InlineData("plain,k=a # \n", 1)]
    [InlineData("plain,k=a n=#\n", 1)]
    [InlineData("plain,k=a n=1i #\n", 1)]
    [InlineData("stranger,k=a #=1i\n", 1)]
    [InlineData("#", 1)]
    internal async Task Write_ANameOf16MiB_IsRefusedInBoundedRoom(string line, int refused)
    {
        byte[] body = Encoding.UTF8.GetBytes(line.Replace("#", new string('ä', Length / 2), StringComparison.Ordinal));
        foreach (UnknownName unknown in Enum.GetValues<UnknownName>())
        {
            foreach (BadLine onBadLine in Enum.GetValues<BadLine>())
            {
                using var room = new GatewayRoom(new GatewayOptions { Unknown = unknown, OnBadLine = onBadLine }, new CountingSink());
                await room.WriteAsync("plain,k=a n=1i\nplain,k=a x\n"); // what is made once is made

                long before = GC.GetAllocatedBytesForCurrentThread();
                Task<WriteResult> writing = room.WriteAsync(body);
                long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                WriteResult result = await writing;

                Assert.Equal(onBadLine == BadLine.Reject ? (0, true) : (refused, false), (result.Quarantined, result.Fault is not null));
                Assert.InRange(allocated, 0, Allowed);
            }
        }
    }

    [Theory]
    [InlineData("tr\u00e9s,k=a n=1i\n")]
    [InlineData("tr\u00c3,k=a n=1i\n")]
    [InlineData("t\u00ed\u00a0\u0080,k=a n=1i\n")]
    internal async Task Write_ATableNameThatIsNotUtf8_IsABadLineAndNoTable(string line)
    {
        foreach (bool influx in (bool[])[false, true])
        {
            using var room = new GatewayRoom();

            WriteResult result = await room.Writer.WriteAsync(
                Encoding.Latin1.GetBytes(line), Collector.Lines.Precision.Nanoseconds, new RequestProgress(), CancellationToken.None, influx ? room.Budget : null);

            Assert.Equal((0, 1), (result.Accepted, result.Quarantined));
            Assert.Contains("not valid UTF-8", Assert.Single(room.Sink.Refused).Fault.Message, StringComparison.Ordinal);
            Assert.Equal(0, room.Made.Made);
        }
    }
}
