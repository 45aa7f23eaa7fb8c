using Collector.Pipe.Delivery;
using Collector.Pipe.Spool;

namespace Collector.Tests.App.Commands;

public sealed class SpoolReplayCommandTests : IDisposable
{
    private readonly SpoolRoom _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public async Task Replay_StoppedCollector_PutsThemIntoTheSpoolAndASecondTimeNothing()
    {
        Keep("a", "b");

        (int code, string output, _) = await _room.RunAsync("replay", "--all");

        Assert.Equal((0, "2 rows are in the spool again; the collector delivers them when it runs.\n"), (code, output));
        Assert.Equal(["a", "b"], Delivered(), StringComparer.Ordinal);
        Assert.Equal((1, "There is nothing to replay.\n"), await _room.RunAsync("replay", "--all") is var again ? (again.Code, again.Error) : default);
    }

    [Theory]
    [InlineData("--reason", "CAST")]
    [InlineData("--error-id", "e-1")]
    [InlineData("--table", "t")]
    public async Task Replay_Chosen_LeavesTheOthers(string option, string value)
    {
        Keep("a");
        _room.Quarantine().KeepRefused([new(SpoolRoom.Table, "gateway", new(Collector.Lines.LineFaultKind.Value, "d", "not finite"), "other,k=x n=1i 1767323045000000000\n"u8.ToArray())], _room.Clock.GetUtcNow());

        (int code, _, string error) = await _room.RunAsync("replay", option, value);

        Assert.Equal(0, code);
        Assert.Equal(option == "--table", error.Contains("names no table", StringComparison.Ordinal));
        Assert.Equal(["a"], Delivered(), StringComparer.Ordinal);
        Assert.Single(QuarantineFile.Read(_room.QuarantineFolder, "t"));
    }

    [Theory]
    [InlineData]
    [InlineData("--all", "--reason", "x")]
    public async Task Replay_NotSaidWhat_EndsWithTwo(params string[] arguments) =>
        Assert.Equal(2, (await _room.RunAsync(["replay", .. arguments])).Code);

    [Fact]
    public async Task Replay_EditedFile_TakesTheCorrectionInPlaceOfTheEntry()
    {
        Keep("a", "b", "c");
        string file = _room.File_("bad.ilp");
        Assert.Equal(0, (await _room.RunAsync("export", "--all", "--quarantine", "-o", file)).Code);
        string text = await File.ReadAllTextAsync(file);
        Assert.Equal(3, text.Split("# reason: a cast  errorId: e-1\n").Length - 1);
        string[] lines = [.. text.Split('\n').Where(line => !line.StartsWith("t,k=c", StringComparison.Ordinal)).Select(line => line.Replace("t,k=b d=2.6461938652294957E-260", "t,k=corrected d=2", StringComparison.Ordinal))];
        await File.WriteAllTextAsync(file, "t,k=new n=1i,v=\"two\\\n# lines\" 1767323045000000000\n" + string.Join('\n', lines));

        (int code, string output, string error) = await _room.RunAsync("replay", file);

        Assert.Equal("", error);
        Assert.Equal((0, "3 rows are in the spool again; the collector delivers them when it runs.\n"), (code, output));
        Assert.Equal(["c"], QuarantineFile.Read(_room.QuarantineFolder, "t").Select(entry => entry.Entry.Line["t,k=".Length..][..1]), StringComparer.Ordinal);
        Assert.Equal(["new", "a", "corrected"], Delivered(), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Replay_FileWithFaults_NamesEachAndReplaysNothing()
    {
        Keep("a");
        string file = _room.File_("bad.ilp");
        await File.WriteAllTextAsync(file, "# corrected\nt,k=a n=1.5 1767323045000000000\n\nnothing,k=a n=1i 1767323045000000000\nt,k=b n=1i 1767323045000000000\n");

        (int code, _, string error) = await _room.RunAsync("replay", file);

        Assert.Equal(1, code);
        Assert.Contains("bad.ilp: line 2: ", error, StringComparison.Ordinal);
        Assert.Contains("bad.ilp: line 4: there is no table nothing in the schema folder\n2 rows do not fit; nothing was replayed.\n", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_room.Spool));
    }

    [Fact]
    public async Task Replay_SetAside_TakesWhatCanBeReadAndIsDoneOnce()
    {
        using (SpoolDirectory spool = _room.Open())
        {
            _room.Append(spool, "a");
            _room.Append(spool, "b");
        }

        File.Move(_room.Segments[0], _room.Segments[0] + ".corrupt");

        Assert.Equal(0, (await _room.RunAsync("replay", "--set-aside")).Code);
        Assert.Equal(1, (await _room.RunAsync("replay", "--set-aside")).Code);

        Assert.Equal(["a", "b"], Delivered(), StringComparer.Ordinal);
    }

    private void Keep(params string[] keys)
    {
        Quarantine quarantine = _room.Quarantine();
        for (int i = 0; i < keys.Length; i++)
        {
            _room.Keep(quarantine, 900, i, keys[i]);
        }
    }

    private string[] Delivered()
    {
        using SpoolDirectory spool = _room.Open();
        return [.. SpoolFixture.ReadAll(spool.Log("t")).SelectMany(record => record.Lines.Split("t,k=")[1..]).Select(row => row[..row.IndexOf(' ', StringComparison.Ordinal)])];
    }
}
