using System.Text;
using System.Text.Json;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Collector.Tests.Pipe.Delivery;

public sealed class QuarantineTests : IDisposable
{
    private static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Keep_Row_IsOneObjectThatGivesTheRowBack()
    {
        byte[] line = DeliveryRoom.Lines("a\nb");

        Assert.True(Open().Keep(Row(line: line)));

        JsonElement entry = Assert.Single(Entries());
        Assert.Equal(["record", "row", "time", "reason", "error_id", "line", "bytes"], entry.EnumerateObject().Select(property => property.Name), StringComparer.Ordinal);
        Assert.Equal(7UL, entry.GetProperty("record").GetUInt64());
        Assert.Equal(3, entry.GetProperty("row").GetInt32());
        Assert.Equal(Time, entry.GetProperty("time").GetDateTimeOffset());
        Assert.Equal("a cast", entry.GetProperty("reason").GetString());
        Assert.Equal("e-1", entry.GetProperty("error_id").GetString());
        Assert.StartsWith("t,k=a\\\nb ", entry.GetProperty("line").GetString(), StringComparison.Ordinal);
        Assert.Equal(line, entry.GetProperty("bytes").GetBytesFromBase64());
    }

    [Fact]
    public void Keep_SameRowAfterACrash_IsNotDoubled()
    {
        Open().Keep(Row());
        Quarantine again = Open();

        Assert.True(again.Keep(Row()));
        Assert.True(again.Keep(Row()));

        Assert.Single(Entries());
    }

    [Fact]
    public void Keep_OtherRowOfTheSameNumber_IsKeptToo()
    {
        // A spool that was moved away begins to count anew.
        Open().Keep(Row());

        Assert.True(Open().Keep(Row(line: DeliveryRoom.Lines("other"))));

        Assert.Equal(2, Entries().Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public void Keep_LastLineTorn_BeginsALineOfItsOwn(int missing)
    {
        Open().Keep(Row(row: 0));
        Open().Keep(Row(row: 1));
        byte[] whole = File.ReadAllBytes(FilePath);
        File.WriteAllBytes(FilePath, whole[..^missing]);
        Quarantine after = Open();

        Assert.True(after.Keep(Row(row: 1)));
        Assert.True(after.Keep(Row(row: 2)));

        string[] lines = File.ReadAllText(FilePath).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(missing == 1 ? ["0", "1", "2"] : ["0", "torn", "1", "2"], lines.Select(Shown), StringComparer.Ordinal);
        Assert.Equal(new FileInfo(FilePath).Length, after.Bytes);
    }

    [Fact]
    public void Keep_Full_KeepsNothingAndSaysSo()
    {
        Open().Keep(Row(row: 0));
        long size = new FileInfo(FilePath).Length;
        Quarantine full = Open(size + size - 1);

        Assert.False(full.Keep(Row(row: 1)));
        Assert.True(full.Keep(Row(row: 0)));

        Assert.Equal(size, new FileInfo(FilePath).Length);
        Assert.Equal(size, full.Bytes);
        Assert.True(Open(size + size).Keep(Row(row: 1)));
    }

    [Fact]
    public void Keep_NoneWanted_MakesNoFile()
    {
        Assert.False(Open(0).Keep(Row()));

        Assert.False(File.Exists(FilePath));
    }

    [Fact]
    public void TryKeep_FolderCannotBeMade_TellsAndTakesItLater()
    {
        File.WriteAllText(_folder.File("quarantine"), "");
        Quarantine quarantine = Open();

        Assert.False(quarantine.TryKeep(Row(), out _, out string? error));
        Assert.NotEmpty(error);

        File.Delete(_folder.File("quarantine"));
        Assert.True(quarantine.TryKeep(Row(), out bool isKept, out _));
        Assert.True(isKept);
        Assert.Single(Entries());
    }

    [Fact]
    public void KeepRefused_Rows_AreToldFromThoseOfTheStore()
    {
        Quarantine quarantine = Open();

        Assert.Equal(2, quarantine.KeepRefused([Refused(DeliveryRoom.Table), Refused(DeliveryRoom.Table, "b")], Time));

        List<JsonElement> entries = Entries();
        Assert.Equal(2, entries.Count);
        Assert.Equal(["source", "fault", "time", "reason", "error_id", "line", "bytes"], entries[0].EnumerateObject().Select(property => property.Name), StringComparer.Ordinal);
        Assert.Equal("daemon/one", entries[0].GetProperty("source").GetString());
        Assert.Equal("value", entries[0].GetProperty("fault").GetString());
        Assert.Equal("n is wrong", entries[0].GetProperty("reason").GetString());
        Assert.Equal(DeliveryRoom.Lines("a"), entries[0].GetProperty("bytes").GetBytesFromBase64());
        Assert.Equal(new FileInfo(FilePath).Length, quarantine.Bytes);

        Assert.True(Open().Keep(Row())); // reads the names of what is there
        Assert.Equal(3, Entries().Count);
    }

    [Fact]
    public void KeepRefused_NoSuchTable_GoesToAFileThatNoTableHas()
    {
        Assert.Equal(1, Open().KeepRefused([Refused(null)], Time));

        Assert.Single(File.ReadLines(Path.Combine(_folder.Path, "quarantine", "~unknown.jsonl")));
        Assert.NotNull(Names.TableProblem("~unknown"));
    }

    [Fact]
    public void KeepRefused_Flood_LeavesRoomToOtherTablesAndToAcceptedRows()
    {
        Open().KeepRefused([Refused(DeliveryRoom.Table, "00")], Time);
        long size = new FileInfo(FilePath).Length;
        Quarantine quarantine = Open(size * 16);
        RefusedRow[] flood = [.. Enumerable.Range(1, 50).Select(i => Refused(DeliveryRoom.Table, $"{i:00}"))];

        // Half of the half; of what is left then, half again.
        Assert.Equal(3, quarantine.KeepRefused(flood, Time));
        Assert.Equal(0, quarantine.KeepRefused(flood, Time));
        Assert.Equal(2, quarantine.KeepRefused([.. flood.Select(row => row with { Table = null })], Time));

        Assert.Equal(8, Enumerable.Range(0, 8).Count(i => quarantine.Keep(Row(i))));
        Assert.Equal(12, Entries().Count);
    }

    [Fact]
    public void KeepRefused_EqualRows_ShareAnEntryThatCountsThem()
    {
        Quarantine quarantine = Open();

        Assert.Equal(5, quarantine.KeepRefused(
        [
            Refused(DeliveryRoom.Table), Refused(DeliveryRoom.Table, "b"), Refused(DeliveryRoom.Table), Refused(DeliveryRoom.Table),
            Refused(DeliveryRoom.Table) with { Source = "daemon/two" },
        ], Time));

        Assert.Equal(["3 daemon/one a", "1 daemon/one b", "1 daemon/two a"], Entries().Select(entry =>
            $"{(entry.TryGetProperty("times", out JsonElement times) ? times.GetInt32() : 1)} {entry.GetProperty("source")} {entry.GetProperty("line").GetString()!["t,k=".Length..][..1]}"));
        Assert.Equal(5, Assert.Single(new QuarantineDigest(_folder.File("quarantine")).Look()).Rows);
        Assert.Equal(5, quarantine.Change("t", _ => null));
    }

    [Fact]
    public void KeepRefused_LineThatIsTooLong_KeepsItsHeadItsLengthAndItsHash()
    {
        byte[] line = [.. "t,k=a v=\""u8, .. Enumerable.Repeat((byte)1, 1 << 20)];
        Quarantine quarantine = Open();

        quarantine.KeepRefused([Refused(DeliveryRoom.Table) with { Line = line, Fault = new LineFault(LineFaultKind.Length, "", "too long") }], Time);

        JsonElement entry = Assert.Single(Entries());
        Assert.Equal("length", entry.GetProperty("fault").GetString());
        Assert.Equal(line.Length, entry.GetProperty("length").GetInt64());
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(line)), entry.GetProperty("sha256").GetString());
        Assert.Equal(line[..1024], entry.GetProperty("bytes").GetBytesFromBase64());
        Assert.InRange(quarantine.Bytes, 1024, 16 * 1024);
    }

    [Fact]
    public void Keep_LongRow_IsKeptWholeAndShownByItsHead()
    {
        byte[] line = Encoding.UTF8.GetBytes($"t,k=a v=\"{new string('é', 50_000)}\"\n");

        Open().Keep(Row(line: line));

        JsonElement entry = Assert.Single(Entries());
        Assert.Equal(line, entry.GetProperty("bytes").GetBytesFromBase64());
        Assert.Equal($"t,k=a v=\"{new string('é', 507)}…", entry.GetProperty("line").GetString());
    }

    [Fact]
    public void Append_NotFlushed_IsTakenBack()
    {
        Open().KeepRefused([Refused(DeliveryRoom.Table)], Time);
        byte[] before = File.ReadAllBytes(FilePath);

        using (var file = new QuarantineAppend(_folder.File("quarantine"), "t", sync: null))
        {
            file.Write("half of what was to be written"u8.ToArray());
        }

        Assert.Equal(before, File.ReadAllBytes(FilePath));
    }

    [Fact]
    public void KeepRefused_FolderCannotBeMade_KeepsNoneAndGoesOn()
    {
        File.WriteAllText(_folder.File("quarantine"), "");
        Quarantine quarantine = Open();

        Assert.Equal(0, quarantine.KeepRefused([Refused(DeliveryRoom.Table)], Time));

        File.Delete(_folder.File("quarantine"));
        Assert.Equal(1, quarantine.KeepRefused([Refused(DeliveryRoom.Table)], Time));
    }

    [Fact]
    public void RemoveOld_RowsBeyondMaxAge_LeaveCountedAndTheOthersStay()
    {
        var clock = new FakeTimeProvider(Time);
        var quarantine = new Quarantine(_folder.File("quarantine"), new QuarantineOptions { MaxAge = TimeSpan.FromDays(2) }, clock, new NullLogger<Quarantine>());
        quarantine.Keep(Row(row: 0));
        quarantine.KeepRefused([Refused(DeliveryRoom.Table)], Time);
        quarantine.KeepRefused([Refused(null)], Time);
        clock.Advance(TimeSpan.FromDays(2));
        quarantine.KeepRefused([Refused(DeliveryRoom.Table)], clock.GetUtcNow());

        quarantine.RemoveOld();
        Assert.Equal(3, Entries().Count);
        Assert.Empty(quarantine.Left);

        clock.Advance(TimeSpan.FromTicks(1));
        quarantine.RemoveOld();
        quarantine.RemoveOld();

        Assert.Equal(Time.AddDays(2), Assert.Single(Entries()).GetProperty("time").GetDateTimeOffset());
        Assert.Equal([("t", "max_age", 2L), ("~unknown", "max_age", 1L)], quarantine.Left.Order());
        Assert.Equal(new FileInfo(FilePath).Length, quarantine.Bytes);
    }

    [Theory]
    [MemberData(nameof(LongNames))]
    public void Keep_LongName_IsFoundByTheTablesName(string table)
    {
        Quarantine quarantine = Open();

        Assert.True(quarantine.TryKeep(Row() with { Table = table }, out bool isKept, out string? error), error);
        Assert.True(isKept);
        Assert.True(Open().Keep(Row() with { Table = table }));

        string folder = _folder.File("quarantine");
        Assert.Equal([table], QuarantineFile.Tables(folder));
        Assert.Single(QuarantineFile.Read(folder, table));
        Assert.Equal(table, Assert.Single(new QuarantineDigest(folder).Look()).Table);
        Assert.Equal(1, Open().Change(table, _ => null));
        Assert.Equal(0, QuarantineFile.Bytes(folder, table));
    }

    [Theory]
    [InlineData("Trades", "Trades.jsonl")]
    [InlineData("a B", "a%20B.jsonl")]
    [InlineData("жжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжжж", "%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6%D0%B6.jsonl")]
    public void Keep_FileOfTheVersionBefore_GoesOn(string table, string file)
    {
        Directory.CreateDirectory(_folder.File("quarantine"));
        File.WriteAllBytes(_folder.File($"quarantine/{file}"), QuarantineEntry.Of(Row(row: 1) with { Table = table }).ToBytes());
        Quarantine quarantine = Open();

        Assert.True(quarantine.Keep(Row(row: 1) with { Table = table }));
        Assert.True(quarantine.Keep(Row(row: 2) with { Table = table }));

        Assert.Equal([table], QuarantineFile.Tables(_folder.File("quarantine")));
        Assert.Equal(2, QuarantineFile.Read(_folder.File("quarantine"), table).Count());
        Assert.Equal(2, File.ReadLines(_folder.File($"quarantine/{file}")).Count());
    }

    [Fact]
    public void Keep_NewFilesNameCannotBeSynced_IsMadeUpForBeforeARowCounts()
    {
        int left = 1, synced = 0;
        Directory.CreateDirectory(_folder.File("quarantine"));
        Quarantine quarantine = Open(sync: _ => synced += left-- > 0 ? throw new IOException("Input/output error") : 1);

        Assert.False(quarantine.TryKeep(Row(), out _, out _));
        Assert.True(quarantine.TryKeep(Row(), out _, out _));
        Assert.True(quarantine.TryKeep(Row(row: 4), out _, out _));

        Assert.Equal(2, Entries().Count);
        Assert.Equal(1, synced);
    }

    [Fact]
    public void Change_FoldersSyncFails_TheBooksTellWhatIsThere()
    {
        Open().Keep(Row());
        Quarantine quarantine = Open(sync: _ => throw new IOException("Input/output error"));

        Assert.Throws<IOException>(() => quarantine.Change("t", _ => null));

        Assert.Empty(Entries());
        Assert.Equal(0, quarantine.Bytes);
        Assert.Equal([("t", "replayed", 1L)], quarantine.Left);
    }

    public static TheoryData<string> LongNames => [new('ж', 115), new('重', 76), string.Concat(Enumerable.Repeat("😀", 57)), new('A', 127)];

    private static RefusedRow Refused(Table? table, string key = "a") =>
        new(table, "daemon/one", new LineFault(LineFaultKind.Value, "n", "n is wrong"), DeliveryRoom.Lines(key));

    private string FilePath => Path.Combine(_folder.Path, "quarantine", "t.jsonl");

    private Quarantine Open(long? maxBytes = null, Action<string>? sync = null) => new(
        _folder.File("quarantine"), maxBytes is { } bytes ? new QuarantineOptions { MaxBytes = new(bytes) } : new QuarantineOptions(), new FakeTimeProvider(Time), new NullLogger<Quarantine>(), sync);

    private static QuarantinedRow Row(int row = 3, byte[]? line = null) => new("t", 7, row, Time, "a cast", "e-1", line ?? DeliveryRoom.Lines("k"));

    private List<JsonElement> Entries() => [.. File.ReadLines(FilePath, Encoding.UTF8).Select(line => JsonSerializer.Deserialize<JsonElement>(line))];

    private static string Shown(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(line).GetProperty("row").GetRawText();
        }
        catch (JsonException)
        {
            return "torn";
        }
    }
}
