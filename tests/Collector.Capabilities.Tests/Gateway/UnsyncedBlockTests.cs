using System.Globalization;
using System.Text.RegularExpressions;
using Collector.Capabilities.Gateway;
using Collector.Pipe.Spool;

namespace Collector.Tests.Capabilities.Gateway;

/// <summary>Rows whose sync failed are refused and delivered: their counters have moved, whether or not the client sends them again.</summary>
public sealed class UnsyncedBlockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Write_SyncFailed_IncreasesAddUpWhetherSentAgainOrNot(bool isSentAgain)
    {
        await using var delivery = new DeliveryRoom(_folder.Path, spool: new SpoolOptions { MinFreeBytes = new(0), Fsync = FsyncMode.Always });
        using var room = new GatewayRoom(sink: delivery.Lanes);
        await TakenAsync(room, Row(100, 1));
        delivery.Disk.FailsSync = true;
        string refused = Row(110, 2) + Row(125, 3); // the first of them is older than the second when it comes again
        Assert.Equal(WriteStatus.Unavailable, (await room.WriteAsync(refused)).Status);
        delivery.Disk.FailsSync = false;
        if (isSentAgain)
        {
            await TakenAsync(room, refused);
            await TakenAsync(room, refused); // and once more: this time it is known to be taken
        }

        await TakenAsync(room, Row(160, 4));

        var stored = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (string row in SpoolFixture.ReadAll(delivery.Spool.Log("counters")).SelectMany(record => record.Lines.Split('\n', StringSplitOptions.RemoveEmptyEntries)))
        {
            Match increase = Regex.Match(row, @"c_delta=(?<by>\d+)i", RegexOptions.None, TimeSpan.FromSeconds(1));
            stored[row[(row.LastIndexOf(' ') + 1)..]] = increase.Success ? long.Parse(increase.Groups["by"].Value, CultureInfo.InvariantCulture) : 0;
        }

        Assert.Equal(4, stored.Count);
        Assert.Equal(60, stored.Values.Sum());
    }

    private static async Task TakenAsync(GatewayRoom room, string lines) => Assert.Equal(WriteStatus.Accepted, (await room.WriteAsync(lines)).Status);

    private static string Row(long count, int second) =>
        string.Create(CultureInfo.InvariantCulture, $"counters,k=a c={count}i {Collector.Testing.TestTable.Now.AddMinutes(-1).AddSeconds(second).ToUnixTimeMilliseconds()}000000\n");
}
