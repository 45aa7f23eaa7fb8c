using System.Diagnostics;
using System.Text;
using Collector.Capabilities.Gateway;
using Collector.Lines;

namespace Collector.Tests.Capabilities.Gateway;

/// <summary>
/// Whatever a client sends, nothing is thrown, every line is accounted for, and what is taken can be read back. The inputs
/// come from a seed. <c>COLLECTOR_TESTS_LONG=1</c> tries ten million of them.
/// </summary>
public sealed class GatewayFuzzTests
{
    private static readonly byte[][] Seeds =
    [
        .. new[]
        {
            "plain,k=a n=1i,d=1.5 1700000000000000000\nreadings,k=x,labels=a\\=b b=t,v=\"te\\\"xt\\\n\" 1700000000000000000\n",
            "counters,k=a c=1i 1700000000000000000\ncounters,k=b c=7i,c_delta=2i 1700000000000000000\n",
            "made,s=x d==\u0010\0\0\0\0\0@E@,l=5i,t=5t,b=f,v=\"x\" 1700000000000000t\r\nmade,q=r z=1 \n",
            "readings,k= b=,l=,d=NaN,s=5t,t=7n,  1\n\n\nnope\\ x,a=b c=1i\nnope\\ x d=\"e\"\n",
            "made2 a==\u000E\n\u0001\u0001\0\0\0\0\0\0\0\0\0\0\0 1\nmade2 b==\u0017\u0001\u0001\n 5n\nmade2 c=t\n",
        }.Select(Encoding.Latin1.GetBytes),
    ];

    [Theory]
    [InlineData(BadLine.Quarantine, UnknownName.Create, 1)]
    [InlineData(BadLine.Reject, UnknownName.Create, 2)]
    [InlineData(BadLine.Quarantine, UnknownName.Reject, 3)]
    internal async Task Write_MutatedRequests_ThrowsNothingAndAccountsForEachLine(BadLine onBadLine, UnknownName unknown, int seed)
    {
        bool isLong = Environment.GetEnvironmentVariable("COLLECTOR_TESTS_LONG") == "1";
        int most = isLong ? 4_000_000 : 40_000;
        TimeSpan budget = isLong ? TimeSpan.MaxValue : TimeSpan.FromSeconds(3);
        var sink = new CountingSink { Verifies = true };
        using var room = new GatewayRoom(new GatewayOptions { OnBadLine = onBadLine, Unknown = unknown, MaxTables = 20, MaxColumns = 20, MaxSeries = 200 }, sink);
        var random = new Random(seed);
        byte[] data = new byte[4096];
        long began = Stopwatch.GetTimestamp();
        for (int i = 0; i < most && (i < 1000 || Stopwatch.GetElapsedTime(began) < budget); i++)
        {
            int length = Fill(data, random);
            (long rows, long refused) = (sink.Rows, sink.Refused);
            try
            {
                WriteResult result = await room.Writer.WriteAsync(data.AsMemory(0, length), (Precision)random.Next(6), new RequestProgress(), CancellationToken.None);

                Assert.Equal(sink.Refused - refused, result.Quarantined);
                Assert.InRange(sink.Rows - rows, 0, result.Accepted); // a block of counters that was sent before is not handed in again
                Assert.True(result.Status == WriteStatus.Accepted || (onBadLine == BadLine.Reject && sink.Rows == rows && result.Fault is { Line: > 0, Position: > 0 }));
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"input {i} of seed {seed}: {Convert.ToBase64String(data, 0, length)}", exception);
            }
        }
    }

    private static int Fill(byte[] data, Random random)
    {
        int length = 0;
        for (int pieces = random.Next(1, 4); pieces > 0; pieces--)
        {
            byte[] seed = Seeds[random.Next(Seeds.Length)];
            seed.CopyTo(data, length);
            length += seed.Length;
        }

        for (int mutations = random.Next(0, 6); mutations > 0; mutations--)
        {
            length = LineMutation.Mutate(data, length, random);
        }

        return length;
    }
}
