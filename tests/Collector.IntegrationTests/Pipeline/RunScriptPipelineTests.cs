using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Pipeline;

/// <summary>The script a newcomer starts first, from its first line to Ctrl+C.</summary>
public sealed class RunScriptPipelineTests : IDisposable
{
    private static readonly TimeSpan Ready = TimeSpan.FromMinutes(2);
    private readonly TemporaryFolder _folder = new();
    private readonly int _httpPort = FreePort.Next();
    private readonly int _demoPort = FreePort.Next();
    private readonly int _questdbPort = FreePort.Next();

    [SkippableFact]
    public async Task Start_Sqlite_ShowsWhereToLookAndEndsWithoutAnOrphan()
    {
        await using ChildProcess run = Start();
        await run.WaitForLineAsync("Ctrl+C stops everything.", Ready);

        Assert.Contains($"page      http://127.0.0.1:{_httpPort}/\n", run.Output, StringComparison.Ordinal);
        Assert.Contains($"http://127.0.0.1:{_httpPort}/metrics", run.Output, StringComparison.Ordinal);
        string file = _folder.Combine("demo", "collector.db");
        Assert.Contains(file, run.Output, StringComparison.Ordinal);
        using var http = new HttpClient();
        Assert.Contains("<html", await http.GetStringAsync(new Uri($"http://127.0.0.1:{_httpPort}/")), StringComparison.Ordinal);
        Assert.Contains("collector_rows_accepted_total", await http.GetStringAsync(new Uri($"http://127.0.0.1:{_httpPort}/metrics")), StringComparison.Ordinal);
        List<object?[]> rows = await new SqliteRows(file).QueryUntilAsync("SELECT env, state FROM daemon_metrics", rows => rows.Count > 0);
        Assert.Equal<object?>(["demo", "running"], rows[0]);
        await new SqliteRows(file).QueryUntilAsync("SELECT host FROM host_metrics", rows => rows.Count > 0);

        await AssertEndsAsync(run);
        Assert.Contains("INF Stopped", run.Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Start_QuestDb_HasTheRowsThere()
    {
        Skip.IfNot(QuestDb.OwnAvailable(out string reason), reason);
        await using ChildProcess run = Start("--questdb", "--questdb-port", $"{_questdbPort}");
        await run.WaitForLineAsync("Ctrl+C stops everything.", Ready);

        using var questdb = new QuestDbClient(new Uri($"http://127.0.0.1:{_questdbPort}"));
        await questdb.ExecUntilAsync("SELECT state FROM daemon_metrics WHERE env = 'demo' AND state = 'running'", answer => answer.Rows.Count > 0, CollectorProcess.Soon);
        Assert.False(File.Exists(_folder.Combine("demo", "collector.db")));

        await AssertEndsAsync(run);
    }

    public void Dispose() => _folder.Dispose();

    private ChildProcess Start(params string[] options)
    {
        Skip.IfNot(
            File.Exists(RepositoryRoot.Combine("collector", "App", "bin", "Release", "net10.0", "collector.dll")),
            "scripts/run.sh starts the Release build, and there is none: build with -c Release");
        return ChildProcess.Start(
            "bash",
            [
                RepositoryRoot.Combine("scripts", "run.sh"), "--no-build", "--state-dir", _folder.Path,
                "--http-port", $"{_httpPort}", "--demo-port", $"{_demoPort}", "--gateway-port", $"{FreePort.Next()}", .. options,
            ],
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["QUESTDB_URL"] = null,
                ["QDB_CAIRO_WRITER_DATA_APPEND_PAGE_SIZE"] = "65536",
                ["QDB_CAIRO_WAL_WRITER_DATA_APPEND_PAGE_SIZE"] = "65536",
                ["QDB_CAIRO_O3_COLUMN_MEMORY_SIZE"] = "65536",
            });
    }

    private async Task AssertEndsAsync(ChildProcess run)
    {
        Assert.NotEmpty(Ours());

        run.Signal(UnixSignal.Interrupt);

        Assert.Equal(130, await run.WaitForExitAsync(CollectorProcess.Soon));
        Assert.Empty(Ours());
    }

    /// <summary>Whatever runs that the script has started: it has one of the ports in its command line or its environment.</summary>
    private string[] Ours() =>
    [
        .. Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0]))
            .Select(folder => Read(folder, "cmdline") + "\n" + Read(folder, "environ"))
            .Where(text => text.Contains($"\0{_demoPort}\0", StringComparison.Ordinal)
                || text.Contains($"127.0.0.1:{_httpPort}\0", StringComparison.Ordinal)
                || text.Contains($"-d\0{_folder.Path}", StringComparison.Ordinal)),
    ];

    private static string Read(string folder, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, file));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
