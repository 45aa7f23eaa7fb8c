using System.Text;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Pipeline;

/// <summary>What the program leaves on disk is its user's alone, whatever the umask under which it is started.</summary>
public sealed class FileModeTests
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private const string Sources = "sources:\n  host:\n    - interval: 1s";

    [SkippableFact]
    public async Task Run_UmaskThatHidesNothing_EveryFileAndFolderIsTheOwnersAlone()
    {
        Skip.If(OperatingSystem.IsWindows(), "there are no modes on Windows");
        await using var collector = new CollectorProcess(Sources) { Umask = "000" };
        await collector.StartReadyAsync();
        using var http = new HttpClient();
        using var lines = new ByteArrayContent(Encoding.UTF8.GetBytes("made,k=a v=1i\nhost_metrics,host=h cpu_percent=\"no number\"\nhost_metrics,host=h oops\n"));
        using HttpResponseMessage answer = await http.PostAsync(new Uri($"http://127.0.0.1:{collector.GatewayPort}/write"), lines);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        await collector.Sqlite.QueryUntilAsync("SELECT 1 FROM made", rows => rows.Count == 1);
        await collector.Sqlite.QueryUntilAsync("SELECT 1 FROM host_metrics", rows => rows.Count > 0);

        AssertClosed(collector.DataFolder);
        string export = Path.Combine(Path.GetDirectoryName(collector.ConfigFile)!, "rows.ilp");
        await using ChildProcess exported = await RunAsync("000", "spool", "export", "--all", "-o", export, "--config", collector.ConfigFile);
        Assert.True(exported.ExitCode == 0, exported.Output);
        Assert.Equal(0, (int)(File.GetUnixFileMode(export) & Others));
        Assert.Equal(0, (await collector.EndAsync(UnixSignal.Terminate)).Code);

        // What is there by now: rows in quarantine, made tables, the spool and its lock, both databases.
        AssertClosed(collector.DataFolder);
        string[] names = [.. Below(collector.DataFolder).Select(path => Path.GetFileName(path)!)];
        Assert.All(["collector.db", "state.db", "spool", ".lock", "quarantine", "host_metrics.jsonl", "tables", "made.sql"], name => Assert.Contains(name, names));
    }

    [SkippableFact]
    public async Task Run_FolderOfAnEarlierVersion_IsClosedAndToldOnce()
    {
        Skip.If(OperatingSystem.IsWindows(), "there are no modes on Windows");
        await using var collector = new CollectorProcess(Sources);
        Directory.CreateDirectory(Path.Combine(collector.DataFolder, "spool"));
        File.SetUnixFileMode(collector.DataFolder, (UnixFileMode)0b111_101_101);

        await collector.StartReadyAsync();

        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(collector.DataFolder));
        await collector.WaitForLineAsync($"{collector.DataFolder} could be entered by other users (mode 755)");
        await collector.EndAsync(UnixSignal.Terminate);
        await collector.StartReadyAsync();
        Assert.DoesNotContain("other users", collector.Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Run_FolderThatHoldsOtherThingsToo_IsLeftAsItIsAndToldOnce()
    {
        Skip.If(OperatingSystem.IsWindows(), "there are no modes on Windows");
        await using var collector = new CollectorProcess(Sources);
        Directory.CreateDirectory(collector.DataFolder);
        await File.WriteAllTextAsync(Path.Combine(collector.DataFolder, "letter.txt"), "");
        File.SetUnixFileMode(collector.DataFolder, (UnixFileMode)0b111_101_101);

        await collector.StartReadyAsync();

        Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode(collector.DataFolder));
        Assert.Contains("chmod 700", await collector.WaitForLineAsync("can be entered by other users (mode 755), and holds letter.txt"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Run_SqliteFileThatItsOwnerOpenedToAGroup_StaysSoWithItsSideFiles()
    {
        Skip.If(OperatingSystem.IsWindows(), "there are no modes on Windows");
        using var shared = new TemporaryFolder();
        await using var collector = new CollectorProcess($"store:\n  sqlite:\n    path: {shared.Combine("rows.db")}", Sources);
        await collector.StartReadyAsync();
        await collector.EndAsync(UnixSignal.Terminate);
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(shared.Combine("rows.db")));
        File.SetUnixFileMode(shared.Combine("rows.db"), (UnixFileMode)0b110_100_000);

        await collector.StartReadyAsync();
        await collector.MetricsUntilAsync(page => page.Count("collector_rows_delivered_total", "host_metrics") >= 1);

        string[] files = Directory.GetFiles(shared.Path);
        Assert.Contains(shared.Combine("rows.db-wal"), files);
        Assert.All(files, file => Assert.Equal((UnixFileMode)0b110_100_000, File.GetUnixFileMode(file)));
    }

    private static IEnumerable<string> Below(string folder) => Directory.EnumerateFileSystemEntries(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None });

    private static void AssertClosed(string folder) =>
        Assert.Empty(Below(folder).Append(folder).Where(path => (File.GetUnixFileMode(path) & Others) != UnixFileMode.None).Select(path => $"{path} {File.GetUnixFileMode(path)}"));

    private static async Task<ChildProcess> RunAsync(string umask, params string[] arguments)
    {
        var child = ChildProcess.StartProgram("collector/App", "collector", arguments, umask: umask);
        await child.WaitForExitAsync(CollectorProcess.Soon);
        return child;
    }
}
