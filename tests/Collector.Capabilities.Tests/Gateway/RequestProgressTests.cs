using Collector.Capabilities.Gateway;

namespace Collector.Tests.Capabilities.Gateway;

public sealed class RequestProgressTests
{
    /// <summary>Tables that the database tells apart have each a place of its own: one that went on at the other's would lose rows.</summary>
    [Fact]
    internal void Took_NamesThatTheDatabaseTellsApart_AreTwoAndOthersAreOne()
    {
        var progress = new RequestProgress();
        progress.Took("σ", 10, 1);
        progress.Took("k", 20, 1);
        var again = new RequestProgress(progress.Left("hash", DateTimeOffset.UnixEpoch));

        foreach (RequestProgress each in (RequestProgress[])[progress, again])
        {
            Assert.Equal((10, 0), (each.TakenTo("Σ"), each.TakenTo("ς")));
            Assert.Equal((20, 20), (each.TakenTo("K"), each.TakenTo("\u212a")));
        }
    }

    /// <summary>However often the spool refuses, and whichever table's rows: in the end each line is stored once, with the time it would have had.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    internal async Task Write_RefusedAtRandom_StoresEachLineOnce(int seed)
    {
        var random = new Random(seed);
        string lines = string.Concat(Enumerable.Range(0, 30_000).Select(i => random.Next(20) switch
        {
            0 => $"counters,k=a c={i}i\n",
            1 => $"made{random.Next(3)} v={i}i{(random.Next(2) == 0 ? ",w=1i" : "")}\n",
            2 => $"bad {i}\n",
            3 => $"plain,k=b n={i}i 1700000000000000000\n",
            _ => $"plain,k=a n={i}i\n",
        }));
        using var smooth = new GatewayRoom();
        WriteResult expected = await smooth.WriteAsync(lines);
        using var room = new GatewayRoom();
        room.Sink.Refusal = _ => random.Next(2) == 0 ? "the spool is full" : null;
        var progress = new RequestProgress();
        WriteResult result;
        int tries = 0;
        do
        {
            result = await room.Writer.WriteAsync(System.Text.Encoding.ASCII.GetBytes(lines), Collector.Lines.Precision.Nanoseconds, progress, CancellationToken.None);
            room.Clock.Advance(TimeSpan.FromSeconds(1));
            tries++;
        }
        while (result.Status == WriteStatus.Unavailable && tries < 1000);

        Assert.True(tries > 3, $"{tries}");
        Assert.Equal(expected, result);
        Assert.Equal(Told(smooth.Sink), Told(room.Sink));
        Assert.Equal(smooth.Sink.Refused.Select(row => row.Fault), room.Sink.Refused.Select(row => row.Fault));
    }

    private static IEnumerable<string> Told(RecordedSink sink) => sink.Rows
        .Select(row => $"{row.Table} {row.Time:O} {string.Join(' ', row.Values.OrderBy(value => value.Key, StringComparer.Ordinal))}").Order(StringComparer.Ordinal);
}
