using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Collector.Benchmarks.Support;

/// <summary>A QuestDB of the benchmark's own, by <c>scripts/questdb.sh</c> with full-sized pages, on free ports.</summary>
internal sealed class QuestDbServer : IDisposable
{
    private static readonly TimeSpan StartsWithin = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder? _temporary;
    private readonly string _folder;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(1) };
    private readonly string _script;
    private readonly int[] _ports = [Children.FreePort(), Children.FreePort(), Children.FreePort(), Children.FreePort()];
    private Process? _process;

    private QuestDbServer(string script, string? folder)
    {
        _script = script;
        _temporary = folder is null ? new TemporaryFolder() : null;
        _folder = folder ?? _temporary!.Path;
    }

    public int Port => _ports[0];

    /// <summary>Port of the PostgreSQL wire.</summary>
    public int PgPort => _ports[1];

    public Uri Url => new($"http://127.0.0.1:{Port}");

    /// <summary>Length of all its files, what is allocated beforehand included.</summary>
    public long DiskBytes => new DirectoryInfo(_folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Exists ? file.Length : 0);

    public string Version { get; private set; } = "";

    /// <summary>Its processor time so far.</summary>
    public TimeSpan Cpu => Children.Cpu(_process!);

    /// <summary>Starts one and returns once it answers.</summary>
    /// <param name="folder">Where its data is, and stays; null for a folder that goes with it.</param>
    public static async Task<QuestDbServer> StartAsync(Arguments arguments, string? folder = null)
    {
        var server = new QuestDbServer(arguments.Text("questdb-script") ?? Repository.File("scripts", "questdb.sh"), folder);
        await server.StartAgainAsync();
        JsonElement build = (await server.ExecAsync("SELECT build()"))[0][0];
        server.Version = build.GetString()!.Split(' ', ',')[3];
        return server;
    }

    public async Task StartAgainAsync()
    {
        string[] words =
        [
            _script, _folder, "--http-port", Text(_ports[0]), "--pg-port", Text(_ports[1]), "--ilp-port", Text(_ports[2]), "--health-port", Text(_ports[3]),
        ];
        _process = Children.Start(new ProcessStartInfo("bash", words)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await UntilAnsweredAsync();

        static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
    }

    public void Stop() => Children.Stop(_process!, TimeSpan.FromSeconds(30));

    /// <exception cref="InvalidOperationException">The server refused the statement.</exception>
    public async Task<JsonElement> ExecAsync(string sql)
    {
        using HttpResponseMessage response = await _http.GetAsync(new Uri(Url, $"/exec?query={Uri.EscapeDataString(sql)}"));
        string body = await response.Content.ReadAsStringAsync();
        JsonElement answer = response.IsSuccessStatusCode
            ? JsonSerializer.Deserialize<JsonElement>(body)
            : throw new InvalidOperationException($"QuestDB answered {(int)response.StatusCode} to '{sql}': {body}");
        return answer.TryGetProperty("dataset", out JsonElement rows) ? rows : default;
    }

    /// <summary>Waits until the table shows as many rows; fails after five minutes, or when there are more.</summary>
    public async Task UntilCountAsync(string table, long rows)
    {
        long began = Stopwatch.GetTimestamp();
        for (long seen = -1; seen != rows; seen = (await ExecAsync($"SELECT count() FROM {table}"))[0][0].GetInt64())
        {
            if (seen > rows || Stopwatch.GetElapsedTime(began) > TimeSpan.FromMinutes(5))
            {
                throw new InvalidOperationException($"{table} has {seen} rows, {rows} were written.");
            }

            await Task.Delay(seen < 0 ? 0 : 5);
        }
    }

    public void Dispose()
    {
        Stop();
        _http.Dispose();
        _temporary?.Dispose();
    }

    private async Task UntilAnsweredAsync()
    {
        long began = Stopwatch.GetTimestamp();
        while (!_process!.HasExited && Stopwatch.GetElapsedTime(began) < StartsWithin)
        {
            try
            {
                using HttpResponseMessage response = await _http.GetAsync(new Uri(Url, "/ping"));
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(50);
            }
        }

        throw new InvalidOperationException($"QuestDB does not start; run scripts/questdb.sh --check, which says what it needs (code {(_process.HasExited ? _process.ExitCode : 0)}).");
    }
}
