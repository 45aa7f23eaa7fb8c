using System.Diagnostics;
using Collector.Benchmarks.Support;

namespace Collector.Benchmarks.Load;

/// <summary>The collector under load, seen from outside: a process that is told its rate and tells its state.</summary>
internal sealed class LoadedCollector : IDisposable
{
    private static readonly TimeSpan GivesUpAfter = TimeSpan.FromMinutes(5);

    private readonly TemporaryFolder _folder = new();
    private readonly Process _process;
    private readonly List<LoadStatus> _told = [];

    private LoadedCollector(Uri questDb)
    {
        WriteSettings(questDb);
        _process = Children.Start(new ProcessStartInfo(Environment.ProcessPath!, ["load-host", "--config", _folder.Sub("collector.yaml")])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        });
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { Length: > 0 } text)
            {
                lock (_told)
                {
                    _told.Add(LoadStatus.Parse(text));
                }
            }
        };
        _process.BeginOutputReadLine();
    }

    /// <summary>The latest state.</summary>
    public LoadStatus Now
    {
        get
        {
            lock (_told)
            {
                return _told[^1];
            }
        }
    }

    public static async Task<LoadedCollector> StartAsync(Uri questDb)
    {
        var collector = new LoadedCollector(questDb);
        await collector.UntilAsync(() => collector.Since(null).Count > 0, "it does not start");
        return collector;
    }

    public void SetRate(long rate)
    {
        _process.StandardInput.WriteLine($"rate {rate}");
        _process.StandardInput.Flush();
    }

    /// <summary>All states from that one on.</summary>
    public IReadOnlyList<LoadStatus> Since(LoadStatus? first)
    {
        lock (_told)
        {
            return [.. _told.Where(status => first is null || status.At >= first.At)];
        }
    }

    /// <summary>Waits until all that was offered is delivered; the rate has to be 0.</summary>
    public async Task UntilEmptyAsync()
    {
        LoadStatus asked = Now;
        await UntilAsync(() => Now.SecondsSince(asked) > 0.5 && Now.Pending == 0, "rows stay pending");
    }

    public async Task UntilAsync(Func<bool> condition, string otherwise)
    {
        for (long began = Stopwatch.GetTimestamp(); !condition(); await Task.Delay(20))
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(began) > GivesUpAfter)
            {
                throw new InvalidOperationException($"The collector under load: {otherwise}.");
            }
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close(); // it ends by itself
            _process.WaitForExit(TimeSpan.FromSeconds(30));
        }

        Children.Stop(_process, TimeSpan.FromSeconds(10));
        _process.Dispose();
        _folder.Dispose();
    }

    /// <summary>The defaults, but for the addresses, the folder, and the table of trades, of which a column shows at /metrics.</summary>
    private void WriteSettings(Uri questDb)
    {
        string schemas = Directory.CreateDirectory(_folder.Sub("schemas")).FullName;
        foreach (string file in Directory.GetFiles(Repository.File("schemas"), "*.sql"))
        {
            File.Copy(file, Path.Combine(schemas, Path.GetFileName(file)));
        }

        File.WriteAllText(Path.Combine(schemas, "trades.sql"), """
            CREATE TABLE trades (
                timestamp TIMESTAMP,
                symbol    SYMBOL,
                side      SYMBOL,
                price     DOUBLE, -- Price. [gauge trade_price]
                amount    DOUBLE,
                trade_id  LONG,
                level     LONG,
                seen      TIMESTAMP
            ) TIMESTAMP(timestamp) PARTITION BY DAY WAL DEDUP UPSERT KEYS(timestamp, symbol, side);
            """);
        File.WriteAllText(_folder.Sub("collector.yaml"), $"""
            schemas_dir: schemas
            data_dir: data
            sources: {"{"}host: [{"{"}interval: 10s{"}"}]{"}"}
            http: {"{"}listen: 127.0.0.1:{Children.FreePort()}{"}"}
            gateway: {"{"}listen: 127.0.0.1:{Children.FreePort()}{"}"}
            store: {"{"}type: questdb, questdb: {"{"}url: "{questDb}"{"}}"}
            spool: {"{"}max_bytes: 4GiB{"}"}
            """);
    }
}
