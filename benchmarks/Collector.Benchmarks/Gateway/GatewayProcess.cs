using System.Diagnostics;
using System.Globalization;
using Collector.Benchmarks.Support;

namespace Collector.Benchmarks.Gateway;

/// <summary>The collector as it is built, in a process of its own, with the table of trades and no source: only its gateway is used.</summary>
internal sealed class GatewayProcess : IDisposable
{
    private static readonly TimeSpan GivesUpAfter = TimeSpan.FromMinutes(5);

    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = new();
    private readonly int _port = Children.FreePort();
    private readonly Process _process;

    private GatewayProcess(string program, Uri questDb)
    {
        Url = new Uri($"http://127.0.0.1:{Children.FreePort()}");
        string schemas = Directory.CreateDirectory(_folder.Sub("schemas")).FullName;
        foreach (string file in Directory.GetFiles(Repository.File("schemas"), "*.sql"))
        {
            File.Copy(file, Path.Combine(schemas, Path.GetFileName(file)));
        }

        File.WriteAllText(Path.Combine(schemas, "trades.sql"), """
            CREATE TABLE trades (timestamp TIMESTAMP, symbol SYMBOL, side SYMBOL, price DOUBLE, amount DOUBLE, trade_id LONG, level LONG, seen TIMESTAMP)
            TIMESTAMP(timestamp) PARTITION BY DAY WAL DEDUP UPSERT KEYS(timestamp, symbol, side);
            """);
        File.WriteAllText(_folder.Sub("collector.yaml"), $$"""
            schemas_dir: schemas
            data_dir: data
            http: {listen: "127.0.0.1:{{_port}}"}
            gateway: {listen: "{{Url.Authority}}"}
            store: {type: questdb, questdb: {url: "{{questDb}}"} }
            spool: {max_bytes: 4GiB}
            """);
        _process = Children.Start(new ProcessStartInfo(program, ["run", "--config", _folder.Sub("collector.yaml")]) { UseShellExecute = false, RedirectStandardOutput = true });
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
    }

    public Uri Url { get; }

    public static async Task<GatewayProcess> StartAsync(string program, Uri questDb)
    {
        var gateway = new GatewayProcess(program, questDb);
        await gateway.UntilAsync("health/ready", static _ => true, "it does not become ready");
        return gateway;
    }

    /// <summary>Waits until the database has taken all that was sent.</summary>
    public Task UntilDeliveredAsync() => UntilAsync("metrics", static page => Pending(page) == 0, "rows stay pending");

    public void Dispose()
    {
        Children.Stop(_process, TimeSpan.FromSeconds(30));
        _process.Dispose();
        _http.Dispose();
        _folder.Dispose();
    }

    private static long? Pending(string page)
    {
        const string Name = "collector_rows_pending{table=\"trades\"} ";
        int at = page.IndexOf(Name, StringComparison.Ordinal);
        return at < 0 ? null : long.Parse(page.AsSpan(at + Name.Length, page.IndexOf('\n', at) - at - Name.Length), CultureInfo.InvariantCulture);
    }

    private async Task UntilAsync(string path, Func<string, bool> condition, string otherwise)
    {
        for (long began = Stopwatch.GetTimestamp(); !(await PageAsync(path) is { } page && condition(page)); await Task.Delay(20))
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(began) > GivesUpAfter)
            {
                throw new InvalidOperationException($"The collector behind the gateway: {otherwise}.");
            }
        }
    }

    private async Task<string?> PageAsync(string path)
    {
        try
        {
            using HttpResponseMessage answer = await _http.GetAsync(new Uri($"http://127.0.0.1:{_port}/{path}"));
            return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync() : null;
        }
        catch (HttpRequestException)
        {
            return null; // not yet
        }
    }
}
