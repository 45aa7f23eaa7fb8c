using System.Text;
using System.Text.Json;
using Collector.Pipe.Delivery;
using Collector.Pipe.Replay;
using Collector.Pipe.Spool;

namespace Collector.Tests.App.Commands;

public sealed class SpoolCommandTests : IDisposable
{
    private readonly SpoolRoom _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public async Task Ls_NoSpool_SaysThatNothingIsThere()
    {
        (int code, string output, _) = await _room.RunAsync("ls");

        Assert.Equal(0, code);
        Assert.Equal(
            """
            table  segments  size  records  pending  delivered  oldest  newest  set aside  quarantined
            total         0   0 B        0        0          0       -       -          0            0

            spool       ~/data/spool, 0 B of 1.0 GiB, 0.0 % (spool.max_bytes)
            quarantine  ~/data/quarantine, 0 B of 64.0 MiB, 0.0 % (quarantine.max_bytes)
            collector   none runs on it

            """,
            output);
        Assert.False(Directory.Exists(_room.Data));
    }

    [Fact]
    public async Task Ls_PartlyDelivered_CountsRowsAges_AndWhatWasSetAside()
    {
        using (SpoolDirectory spool = _room.Open())
        {
            _room.Append(spool, "a", "b");
            _room.Clock.Advance(TimeSpan.FromHours(1));
            _room.Append(spool, "c");
            spool.Log("t").Complete(1, 1);
        }

        _room.Keep(_room.Quarantine(), 9, 0, "bad");
        File.WriteAllBytes(Path.Combine(_room.Spool, "t", "00000000000000000000.seg.corrupt"), new byte[10]);
        _room.Clock.Advance(TimeSpan.FromMinutes(2));

        (int code, string output, _) = await _room.RunAsync("ls");

        Assert.Equal(0, code);
        Assert.Equal(
            """
            table  segments   size  records  pending  delivered  oldest  newest  set aside  quarantined
            t             1  240 B        2        1          2   1h 2m   2m 0s          1    1 (234 B)
            total         1  240 B        2        1          2   1h 2m   2m 0s          1    1 (234 B)

            spool       ~/data/spool, 240 B of 1.0 GiB, 0.0 % (spool.max_bytes)
            quarantine  ~/data/quarantine, 234 B of 64.0 MiB, 0.0 % (quarantine.max_bytes)
            collector   none runs on it

            """,
            output);
    }

    [Fact]
    public async Task Ls_HeldSpool_NamesTheProcessAndAsJsonGivesPlainNumbers()
    {
        using SpoolDirectory spool = _room.Open();
        _room.Append(spool, "a", "b");

        (int code, string output, _) = await _room.RunAsync("ls", "--json");

        Assert.Equal(0, code);
        JsonElement listing = JsonSerializer.Deserialize<JsonElement>(output);
        Assert.Equal(Environment.ProcessId, listing.GetProperty("collector_pid").GetInt32());
        JsonElement table = Assert.Single(listing.GetProperty("tables").EnumerateArray());
        Assert.Equal("t", table.GetProperty("table").GetString());
        Assert.Equal(2, table.GetProperty("pending_rows").GetInt64());
        Assert.Equal(_room.Clock.GetUtcNow(), table.GetProperty("oldest").GetDateTimeOffset());
        Assert.Equal(new FileInfo(_room.Segments[0]).Length, table.GetProperty("bytes").GetInt64());
    }

    [Fact]
    public async Task Ls_ReplaysNotTakenYet_AreCounted()
    {
        _room.Open().Dispose();
        ReplayFolder.Hand(_room.Spool, "t", "1", new ReplayRequest([]));
        ReplayFolder.Hand(_room.Spool, "u", "2", new ReplayRequest([]));

        Assert.Contains("\nreplays     2 wait for the collector, in ~/data/spool/.replay\n", (await _room.RunAsync("ls")).Output, StringComparison.Ordinal);
        Assert.Contains("\"waiting_replays\": 2,", (await _room.RunAsync("ls", "--json")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_Segments_ShowsRowsAsTextWithWhatBecameOfThem()
    {
        using SpoolDirectory spool = _room.Open();
        _room.Append(spool, "a");
        _room.Append(spool, "b\nc", "d");
        spool.Log("t").Complete(1, 1);

        (int code, string output, _) = await _room.RunAsync("inspect", "t", "--limit", "2");

        Assert.Equal(0, code);
        Assert.Equal(
            """
            t/00000000000000000001.seg
              record 1  2026-01-02T03:04:05.000000Z  1 rows  44 bytes  crc ok  delivered
                t,k=a d=2.6461938652294957E-260,n=7i 1767323045000000000
              record 2  2026-01-02T03:04:05.000000Z  2 rows  91 bytes  crc ok  pending
                t,k=b\\nc d=2.6461938652294957E-260,n=7i 1767323045000000000
            The first 2 rows; --limit shows more.

            """,
            output);
    }

    [Fact]
    public async Task Inspect_Quarantine_ShowsReasonEntryAndRow()
    {
        _room.Keep(_room.Quarantine(), 9, 3, "bad");
        QuarantinedEntry entry = Assert.Single(QuarantineFile.Read(_room.QuarantineFolder, "t"));

        (int code, string output, _) = await _room.RunAsync("inspect", "t", "--quarantine");

        Assert.Equal(0, code);
        Assert.Equal(
            $"""
            entry {entry.Id}  2026-01-02T03:04:05.000000Z  record 9 row 3
                reason: a cast  errorId: e-1
                t,k=bad d=2.6461938652294957E-260,n=7i 1767323045000000000

            """,
            output);
    }

    [Theory]
    [InlineData("inspect", "nothing")]
    [InlineData("inspect", "nothing", "--quarantine")]
    [InlineData("verify", "nothing")]
    [InlineData("export", "nothing", "-o", "-")]
    [InlineData("export", "-o", "-")]
    public async Task Call_TableThatIsNotThere_EndsWithTwoAndNamesThoseThatAre(params string[] arguments)
    {
        (int code, _, string error) = await _room.RunAsync(arguments);

        Assert.Equal(2, code);
        Assert.NotEmpty(error);
    }

    [Fact]
    public async Task Verify_SoundSpool_EndsWithZeroAndChangesNothing()
    {
        using SpoolDirectory spool = _room.Open();
        _room.Append(spool, "a");
        Dictionary<string, string> before = Contents();

        (int code, string output, _) = await _room.RunAsync("verify");

        Assert.Equal(0, code);
        Assert.Equal("  t/00000000000000000001.seg  1 records, 1 rows  ok\n1 segments, all sound.\n", output);
        Assert.Equal(before, Contents());
    }

    public static TheoryData<string> Damages { get; } = ["torn", "payload", "head", "footer", "header", "empty", "cursor", "missing", "newer"];

    /// <summary>What is told is what recovery then does: the rows it keeps are the rows that were announced.</summary>
    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Verify_Damage_TellsOffsetAndWhatRecoveryDoes(string damage)
    {
        using (SpoolDirectory spool = _room.Open())
        {
            _room.Append(spool, "a");
            _room.Append(spool, "b");
            _room.Append(spool, "c");
            if (damage == "missing")
            {
                Fill(spool);
            }
        }

        string file = _room.Segments[0];
        byte[] bytes = File.ReadAllBytes(file);
        (byte[] damaged, string told, int kept) = damage switch
        {
            "torn" => (bytes[..^10], "byte 200: 70 bytes of an unfinished append", 2),
            "payload" => (Flipped(bytes, 160), "byte 152 to 200: the payload of record 2 (1 rows) does not bear its sum", 2),
            "head" => (Flipped(bytes, 124), "byte 120 to 200: a record's head does not bear its sum", 2),
            "footer" => (Flipped(Sealed(bytes), 281), "byte 280: the footer is damaged", 3),
            "header" => (Flipped(bytes, 9), "byte 0: the header is damaged", 3),
            "newer" => (Newer(bytes), "byte 8: segment format 2; this version reads 1 to 1", 0),
            "empty" => ([], "", 0),
            _ => (bytes, damage == "cursor" ? "cursor: it is missing" : "records 1 to ", 3),
        };
        File.WriteAllBytes(file, damaged);
        if (damage == "cursor")
        {
            File.WriteAllBytes(Path.Combine(_room.Spool, "t", "cursor"), new byte[8192]);
        }
        else if (damage == "missing")
        {
            File.Delete(file);
        }

        Dictionary<string, string> before = Contents();
        (int code, string output, _) = await _room.RunAsync("verify", "t");

        Assert.Equal(damage == "empty" ? 0 : 1, code);
        Assert.Contains(told, output, StringComparison.Ordinal);
        Assert.Equal(before, Contents());
        if (damage is "newer")
        {
            Assert.Throws<SpoolFormatException>(_room.Open);
        }
        else if (damage is not "missing")
        {
            using SpoolDirectory after = _room.Open();
            Assert.Equal(kept, after.Log("t").Counts().PendingRows);
            Assert.Equal(damage is "payload" or "head" or "header", Directory.GetFiles(Path.Combine(_room.Spool, "t"), "*.corrupt").Length == 1);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Export_PendingOnly_WritesTheUndeliveredRowsOnce(bool binary)
    {
        using SpoolDirectory spool = _room.Open();
        _room.Append(spool, "a");
        _room.Append(spool, "b");
        spool.Log("t").Complete(1, 1);
        string file = _room.File_("rows.ilp");

        (int code, string output, _) = await _room.RunAsync(["export", "t", "--pending-only", "-o", file, .. binary ? ["--binary"] : Array.Empty<string>()]);

        Assert.Equal(0, code);
        Assert.Equal("1 rows written to ~/rows.ilp.\n", output);
        Assert.Equal(
            binary ? Encoding.Latin1.GetString(_room.Rows("b")) : "t,k=b d=2.6461938652294957E-260,n=7i 1767323045000000000\n",
            Encoding.Latin1.GetString(File.ReadAllBytes(file)));
        Assert.Equal(1, (await _room.RunAsync("export", "t", "-o", file)).Code);
    }

    [Fact]
    public async Task Export_SetAside_WritesWhatCanBeRead()
    {
        using (SpoolDirectory spool = _room.Open())
        {
            _room.Append(spool, "a");
            _room.Append(spool, "b");
        }

        byte[] bytes = File.ReadAllBytes(_room.Segments[0]);
        File.WriteAllBytes(_room.Segments[0], Flipped(bytes, 80));
        _room.Open().Dispose();

        (int code, _, _) = await _room.RunAsync("export", "t", "--set-aside", "-o", _room.File_("rows.ilp"));

        Assert.Equal(0, code);
        Assert.Equal("t,k=b d=2.6461938652294957E-260,n=7i 1767323045000000000\n", File.ReadAllText(_room.File_("rows.ilp")));
    }

    private Dictionary<string, string> Contents() => Directory.GetFiles(_room.Spool, "*", SearchOption.AllDirectories)
        .Where(file => !file.EndsWith(".lock", StringComparison.Ordinal))
        .ToDictionary(file => file, file => Convert.ToHexString(File.ReadAllBytes(file)), StringComparer.Ordinal);

    private void Fill(SpoolDirectory spool)
    {
        while (_room.Segments.Length < 2)
        {
            _room.Append(spool, [.. Enumerable.Range(0, 100).Select(i => $"k{i}")]);
        }
    }

    private static byte[] Flipped(byte[] bytes, int at)
    {
        byte[] copy = [.. bytes];
        copy[at] ^= 0x40;
        return copy;
    }

    private static byte[] Newer(byte[] bytes)
    {
        byte[] copy = [.. bytes];
        new SegmentHeader(SegmentFormat.Version + 1, 1, 0).Write(copy);
        return copy;
    }

    private static byte[] Sealed(byte[] bytes)
    {
        byte[] with = [.. bytes, .. new byte[SegmentFormat.FooterSize]];
        new SegmentFooter(new SegmentTotals { FirstId = 1, LastId = 3, Records = 3, Rows = 3, Bytes = 141 }).Write(with.AsSpan(bytes.Length));
        return with;
    }
}
