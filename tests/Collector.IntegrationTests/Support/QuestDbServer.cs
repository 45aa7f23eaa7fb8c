using System.Net.Http.Headers;
using System.Text;

namespace Collector.IntegrationTests.Support;

/// <summary>
/// A QuestDB of the test's own, on free ports and in a temporary folder, started by <c>scripts/questdb.sh</c>. It can
/// be stopped, killed and frozen, and started again on the same folder and the same ports.
/// </summary>
public sealed class QuestDbServer : IAsyncDisposable
{
    private readonly QuestDbOptions _options;
    private readonly TemporaryFolder _folder = new();
    private readonly QuestDbClient _client;
    private readonly int _ilpPort = FreePort.Next();
    private readonly int _healthPort = FreePort.Next();
    private ChildProcess? _process;

    private QuestDbServer(QuestDbOptions options)
    {
        _options = options;
        Url = new Uri($"http://127.0.0.1:{HttpPort}");
        _client = new QuestDbClient(Url, options.Username, options.Password);
    }

    /// <summary>Port of ingestion and queries over HTTP.</summary>
    public int HttpPort { get; } = FreePort.Next();

    /// <summary>Port of the PostgreSQL wire.</summary>
    public int PgPort { get; } = FreePort.Next();

    /// <summary>Address of ingestion and queries over HTTP.</summary>
    public Uri Url { get; }

    /// <summary>Its data folder.</summary>
    public string DataFolder => _folder.Path;

    /// <summary>Its process runs, frozen or not.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>What the latest process has printed.</summary>
    public string Output => _process?.Output ?? "";

    internal static string Script => RepositoryRoot.Combine("scripts", "questdb.sh");

    /// <summary>Starts one and returns once it answers.</summary>
    public static async Task<QuestDbServer> StartAsync(QuestDbOptions? options = null)
    {
        var server = new QuestDbServer(options ?? new QuestDbOptions());
        try
        {
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it anew, after a stop or a kill, on what it left in the folder.</summary>
    public async Task StartAgainAsync()
    {
        if (IsRunning)
        {
            throw new InvalidOperationException("This QuestDB still runs.");
        }

        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        var environment = new Dictionary<string, string?>(_options.Settings, StringComparer.Ordinal);
        if (_options.Username is not null)
        {
            environment["QDB_HTTP_USER"] = _options.Username;
            environment["QDB_HTTP_PASSWORD"] = _options.Password;
        }

        _process = ChildProcess.Start("bash", Arguments(), environment);
        await _process.WaitForHttpAsync(new Uri(Url, "/ping"), _options.ReadyWithin, 204, Authorise);
    }

    /// <summary>Stops it cleanly (SIGTERM) and waits for its end.</summary>
    public Task StopAsync() => Running().TerminateAsync(_options.StopWithin);

    /// <summary>Kills it at once (SIGKILL), as a crash would, and waits for its end.</summary>
    public Task KillAsync()
    {
        Running().Signal(UnixSignal.Kill);
        return Running().WaitForExitAsync(_options.StopWithin);
    }

    /// <summary>Freezes it (SIGSTOP): connections are still taken by the kernel, and nothing answers.</summary>
    public void Pause() => Running().Signal(UnixSignal.Stop);

    /// <summary>Lets it go on after <see cref="Pause"/>.</summary>
    public void Resume() => Running().Signal(UnixSignal.Continue);

    /// <inheritdoc cref="QuestDbClient.ExecAsync"/>
    public Task<QuestDbAnswer> ExecAsync(string sql, CancellationToken cancellationToken = default) =>
        _client.ExecAsync(sql, cancellationToken);

    /// <inheritdoc cref="QuestDbClient.ExecUntilAsync"/>
    public Task<QuestDbAnswer> ExecUntilAsync(string sql, Func<QuestDbAnswer, bool> enough, TimeSpan within) =>
        _client.ExecUntilAsync(sql, enough, within);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _client.Dispose();
        _folder.Dispose();
    }

    private ChildProcess Running() => _process ?? throw new InvalidOperationException("This QuestDB was never started.");

    private string[] Arguments()
    {
        string[] arguments =
        [
            Script, DataFolder,
            "--http-port", $"{HttpPort}", "--pg-port", $"{PgPort}",
            "--ilp-port", $"{_ilpPort}", "--health-port", $"{_healthPort}",
        ];
        return _options.SmallPages ? [.. arguments, "--small-pages"] : arguments;
    }

    private void Authorise(HttpRequestMessage request)
    {
        if (_options.Username is null)
        {
            return;
        }

        string pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{_options.Username}:{_options.Password}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", pair);
    }
}
