using System.Text;
using Collector.Gateway;

namespace Collector.Tests.Gateway;

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
                WriteResult result = await room.WriteAsync(body); // ends on this thread, for nothing waits
                long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

                Assert.Equal(onBadLine == BadLine.Reject ? (0, true) : (refused, false), (result.Quarantined, result.Fault is not null));
                Assert.InRange(allocated, 0, Allowed);
            }
        }
    }
}
