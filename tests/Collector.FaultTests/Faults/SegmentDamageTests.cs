using Collector.FaultTests.Feeding;
using Collector.FaultTests.Oracle;
using Collector.IntegrationTests.Support;
using Collector.Pipe.Spool;
using Microsoft.Extensions.Logging.Abstractions;

namespace Collector.FaultTests.Faults;

/// <summary>A damaged segment costs the records that the damage is in and no other, whatever byte it is and however it ended.</summary>
public sealed class SegmentDamageTests
{
    private const string Name = "fed_damage";
    private const int Seed = 3;
    private static readonly RowFinder Finder = new(@"(?<series>fed_\w+),writer=w ", @" number=(?<number>\d+)i,");
    private readonly FedTable _table = new(Name, Seed, 1_700_000_000_000_000);

    [Theory]
    [InlineData(nameof(DamageKind.Header))]
    [InlineData(nameof(DamageKind.Length))]
    [InlineData(nameof(DamageKind.Checksum))]
    [InlineData(nameof(DamageKind.Body))]
    [InlineData(nameof(DamageKind.Footer))]
    [InlineData(nameof(DamageKind.Tail))]
    [InlineData(nameof(DamageKind.Missing))]
    [InlineData(nameof(DamageKind.Empty))]
    public async Task Strike_AnyPlace_CostsWhatItSaysAndNoMore(string kind)
    {
        for (int chance = 0; chance < 30; chance++)
        {
            await CostsWhatItSaysAsync(Enum.Parse<DamageKind>(kind), new Random(chance));
        }
    }

    private async Task CostsWhatItSaysAsync(DamageKind kind, Random random)
    {
        using var folder = new TemporaryFolder();
        string spool = folder.Combine("spool");
        long last = await FillAsync(spool, folder.Combine("killed"), isKilled: random.Next(2) == 0);
        string[] files = Directory.GetFiles(spool, "*.seg", SearchOption.AllDirectories);
        Array.Sort(files, StringComparer.Ordinal);
        string file = files[kind == DamageKind.Footer ? 0 : random.Next(files.Length)];
        var map = SegmentMap.Read(await File.ReadAllBytesAsync(file), Finder);
        Assert.True(map.IsWhole);

        Damage damage = SegmentDamage.Strike(file, map, kind, random, hasNewer: file != files[^1]);

        (long[] numbers, SpoolCounts counts, SpoolDamage told) = await ReadAsync(spool);
        Assert.Equal(Enumerable.Range(1, (int)last).Select(number => (long)number).Except(damage.Rows.Select(row => row.Number)), numbers);
        Assert.Equal(0, counts.Remainder);
        Assert.True(damage.Rows.Count == 0 || !damage.MustTell || told != default, $"{damage.What} is told of nowhere");
    }

    /// <summary>Three segments of records of various sizes, closed in order or as a kill leaves them.</summary>
    private async Task<long> FillAsync(string folder, string live, bool isKilled)
    {
        long next = 1;
        using (SpoolDirectory spool = Open(isKilled ? live : folder))
        {
            SpoolLog log = spool.Log(Name);
            for (int count = 1; Directory.GetFiles(Path.Combine(isKilled ? live : folder, Name), "*.seg").Length < 3 || count < 20; count = (count % 40) + 1)
            {
                Assert.Equal(AppendStatus.Appended, (await log.AppendAsync(_table.Lines(next, count), count)).Status);
                next += count;
            }

            if (isKilled)
            {
                Copy(Path.Combine(live, Name), Path.Combine(folder, Name));
            }
        }

        return next - 1;
    }

    private static async Task<(long[] Numbers, SpoolCounts Counts, SpoolDamage Told)> ReadAsync(string folder)
    {
        using SpoolDirectory spool = Open(folder);
        SpoolLog log = spool.Log(Name);
        using SpoolReader reader = log.OpenReader(stopBefore: log.NextId);
        var batch = new SpoolBatch();
        var numbers = new List<long>();
        while (await reader.WaitAsync(CancellationToken.None))
        {
            if (reader.Read(batch, 1_000, 1 << 20))
            {
                numbers.AddRange(Finder.Find(batch.Lines.Span).Select(row => row.Number!.Value));
            }
        }

        return ([.. numbers], log.Counts(), log.Damage);
    }

    private static SpoolDirectory Open(string folder) => SpoolDirectory.Open(
        new SpoolOptions { Directory = folder, MinFreeBytes = new(0), SegmentBytes = new(64 << 10), Fsync = FsyncMode.Os }, TimeProvider.System, NullLogger.Instance);

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}
