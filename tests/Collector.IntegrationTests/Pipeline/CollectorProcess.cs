using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Pipeline;

/// <summary>
/// A collector of the test's own, as a user runs it: the built program in a process, with a configuration file, a port
/// and a folder. It can be stopped, killed and started again on the same folder.
/// </summary>
internal sealed class CollectorProcess : IAsyncDisposable
{
    /// <summary>Long enough for a machine that is busy; a wait ends as soon as what it waits for is there.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = new() { Timeout = Soon };
    private ChildProcess? _process;

    /// <param name="sections">The sections <c>store</c> and <c>sources</c>, and what else the test wants, as YAML.</param>
    public CollectorProcess(params string[] sections)
    {
        Port = FreePort.Next();
        GatewayPort = FreePort.Next();
        File.WriteAllText(
            ConfigFile,
            $"""
            name: pipeline
            env: demo
            host: here
            data_dir: data
            schemas_dir: {RepositoryRoot.Combine("schemas")}
            http:
              listen: 127.0.0.1:{Port}
            gateway:
              listen: 127.0.0.1:{GatewayPort}

            """ + string.Join('\n', sections) + "\n");
    }

    public int Port { get; }

    public int GatewayPort { get; }

    public string ConfigFile => _folder.Combine("collector.yaml");

    public string DataFolder => _folder.Combine("data");

    public SqliteRows Sqlite => new(Path.Combine(DataFolder, "collector.db"));

    /// <summary>What the latest process has printed.</summary>
    public string Output => Running.Output;

    public int ProcessId => Running.Id;

    /// <summary>Variables for the next start: settings of the file can be changed by them.</summary>
    public Dictionary<string, string?> Environment { get; } = new(StringComparer.Ordinal);

    /// <summary>Files that the next start may have open; null: as many as this process.</summary>
    public int? MaxFiles { get; set; }

    /// <summary>What it has printed to its standard error.</summary>
    public string ErrorOutput => Running.ErrorOutput;

    public Task<int> WaitForExitAsync() => Running.WaitForExitAsync(Soon);

    /// <summary>The mask of file modes under which it starts; null for that of the tests.</summary>
    public string? Umask { get; init; }

    private ChildProcess Running => _process ?? throw new InvalidOperationException("This collector was never started.");

    /// <summary>The command line that runs or checks a configuration file.</summary>
    public static string[] Arguments(string command, string file) => [command, "--config", file];

    /// <summary>The one source: a daemon, read five times a second.</summary>
    public static string Daemon(Uri page, string name = "oi-fetcher") =>
        $"""
        sources:
          daemon:
            - name: {name}
              url: {page}
              interval: 200ms
              timeout: 30s
        """;

    /// <summary>QuestDB as the store, with short pauses so that a test need not wait for long ones.</summary>
    public static string QuestDb(Uri url) =>
        $"""
        store:
          type: questdb
          questdb:
            url: {url}
            request_timeout: 2s
        delivery:
          retry_max_delay: 500ms
          halted_retry: 1s
        """;

    /// <summary>Starts it, for the first time or again, and does not wait.</summary>
    public async Task StartAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _process = MaxFiles is { } files
            ? ChildProcess.Start("prlimit", [$"--nofile={files}:{files}", "dotnet", RepositoryRoot.Program("collector/App", "collector"), .. Arguments("run", ConfigFile)], Environment)
            : ChildProcess.StartProgram("collector/App", "collector", Arguments("run", ConfigFile), Environment, Umask);
    }

    /// <summary>Starts it and waits until it answers, ready or not.</summary>
    public async Task StartLiveAsync()
    {
        await StartAsync();
        await Running.WaitForHttpAsync(At("health/live"), Soon);
    }

    /// <summary>Starts it and waits until it is ready.</summary>
    public async Task StartReadyAsync()
    {
        await StartAsync();
        await WaitForHealthAsync(200);
    }

    /// <summary>Waits until <c>/health/ready</c> answers with the status.</summary>
    public Task WaitForHealthAsync(int status) => Running.WaitForHttpAsync(At("health/ready"), Soon, status);

    public Task<string> WaitForLineAsync(string containing) => Running.WaitForLineAsync(containing, Soon);

    /// <summary>Status and text of a page.</summary>
    public async Task<(int Status, string Text)> GetAsync(string path)
    {
        using HttpResponseMessage answer = await _http.GetAsync(At(path));
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public async Task<MetricsText> MetricsAsync() => new((await GetAsync("metrics")).Text);

    /// <summary>Waits until <c>/metrics</c> shows something, and returns the page that does.</summary>
    /// <param name="within">How long to wait; null: <see cref="Soon"/>.</param>
    public async Task<MetricsText> MetricsUntilAsync(Func<MetricsText, bool> enough, TimeSpan? within = null)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            MetricsText page = await MetricsAsync();
            if (enough(page))
            {
                return page;
            }

            if (TimeProvider.System.GetElapsedTime(began) > (within ?? Soon))
            {
                throw new TimeoutException($"/metrics did not become as expected within {(within ?? Soon).TotalSeconds} s:\n{page.Text}\n--- the log:\n{Output}");
            }

            await Task.Delay(Poll, TimeProvider.System);
        }
    }

    public void Signal(UnixSignal signal) => Running.Signal(signal);

    /// <summary>Sends a signal, waits for the end and returns the exit code with the time it took.</summary>
    public async Task<(int Code, TimeSpan Took)> EndAsync(UnixSignal signal)
    {
        long began = TimeProvider.System.GetTimestamp();
        Running.Signal(signal);
        int code = await Running.WaitForExitAsync(Soon);
        return (code, TimeProvider.System.GetElapsedTime(began));
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _http.Dispose();
        _folder.Dispose();
    }

    private Uri At(string path) => new($"http://127.0.0.1:{Port}/{path}");
}
