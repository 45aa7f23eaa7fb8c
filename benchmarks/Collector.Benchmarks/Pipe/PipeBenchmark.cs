using System.Globalization;
using Collector.Benchmarks.Lines;
using Collector.Benchmarks.Support;
using Collector.Pipe.Spool;
using Collector.Stores.QuestDb;
using Microsoft.Extensions.Logging.Abstractions;

namespace Collector.Benchmarks.Pipe;

/// <summary>The whole pipe into a real QuestDB, beside a bare client that posts the same bytes, on the same cores in the same run.</summary>
internal sealed class PipeBenchmark(QuestDbServer server, Report report, Arguments arguments)
{
    private const double Share = 0.8;
    private const double NanosecondsARow = 700;
    private const double SpoolFactor = 1.3;

    private static readonly (int Connections, int Rows)[] Shapes = [(1, 1_000), (1, 10_000), (2, 10_000), (2, 50_000)];

    private readonly int _rows = (int)arguments.Number("rows", 2_000_000);
    private readonly int _rounds = (int)arguments.Number("rounds", 3);
    private readonly Dictionary<string, PipeRun> _best = new(StringComparer.Ordinal);

    public static async Task RunAsync(Arguments arguments)
    {
        var report = new Report("pipe", "The pipe: line writer, spool, delivery, QuestDB", arguments);
        using QuestDbServer server = await QuestDbServer.StartAsync(arguments);
        report.QuestDb = server.Version;
        await new PipeBenchmark(server, report, arguments).RunAsync();
        report.Write();
    }

    private async Task RunAsync()
    {
        byte[] lines = Trades.Encode(_rows);
        List<(string Name, Func<Task<Cost>> Run)> all = [.. Bare(lines).Concat(Ours()).Where(run => arguments.Text("runs") is not { } part || run.Item1.Contains(part, StringComparison.Ordinal))];
        foreach (Func<Task<Cost>> warm in new[] { all[0].Run, all[^1].Run }) // the server and this process compile what they need
        {
            await MakeTableAsync();
            await warm();
        }

        for (int round = 0; round < _rounds; round++)
        {
            foreach ((string name, Func<Task<Cost>> run) in all)
            {
                await MeasureAsync(name, run);
            }
        }

        if (arguments.Has("runs"))
        {
            return; // a part of them, to try something out
        }

        Tell();
        await ConnectionCost.TellAsync(server, report, arguments);
        await JavaClient.TellAsync(server, report, lines.Length / TradeRows.RowBytes);
    }

    private IEnumerable<(string, Func<Task<Cost>>)> Bare(byte[] lines)
    {
        foreach ((int connections, int rows) in Shapes)
        {
            yield return (BareName(connections, rows), () => new BareClient(server.Port, lines, _rows, connections, rows, keepsAlive: true).RunAsync());
            yield return (WritingName(connections, rows), () => new BareClient(server.Port, null, _rows, connections, rows, keepsAlive: true).RunAsync());
        }

        yield return (BareName(1, 1_000) + ", a connection each", () => new BareClient(server.Port, lines, _rows, 1, 1_000, keepsAlive: false).RunAsync());
    }

    private IEnumerable<(string, Func<Task<Cost>>)> Ours()
    {
        foreach ((int connections, int rows) in Shapes)
        {
            yield return (OurName(connections, rows, "fsync interval"), Of(new PipeSettings { Connections = connections, RowsARequest = rows }));
        }

        yield return (OurName(2, 10_000, "fsync os"), Of(new PipeSettings { Fsync = FsyncMode.Os }));
        yield return (OurName(2, 10_000, "fsync always"), Of(new PipeSettings { Fsync = FsyncMode.Always }));
        yield return (OurName(2, 10_000, "records of 100 rows"), Of(new PipeSettings { RowsARecord = 100 }));
        yield return (OurName(2, 10_000, "fresh rows always first"), Of(new PipeSettings { FreshWithin = TimeSpan.Zero }));
        if (Directory.Exists("/dev/shm"))
        {
            yield return (OurName(2, 10_000, "spool in memory"), Of(new PipeSettings { Fsync = FsyncMode.Os, SpoolParent = "/dev/shm" }));
        }

        Func<Task<Cost>> Of(PipeSettings settings) => () => new CollectorPipe(server.Url, settings).RunAsync(_rows);
    }

    private async Task MeasureAsync(string name, Func<Task<Cost>> run)
    {
        await MakeTableAsync();
        TimeSpan serverBefore = server.Cpu;
        long began = TimeProvider.System.GetTimestamp();
        Cost cost = await run();
        await server.UntilCountAsync(TradeRows.Table.Name, _rows);
        var result = new PipeRun(cost, TimeProvider.System.GetElapsedTime(began), server.Cpu - serverBefore, _rows);
        _best[name] = _best.TryGetValue(name, out PipeRun? before) ? before.BetterOf(result) : result;
        Console.WriteLine($"# {name}: {result.AcceptedPerSecond:n0} rows/s accepted, {result.VisiblePerSecond:n0} visible, {cost.NanosecondsOf(_rows):n0} ns, {cost.BytesOf(_rows):n1} B, QuestDB {result.ServerCpu.TotalNanoseconds / _rows:n0} ns");
    }

    /// <summary>A table without rows, as the collector itself makes it.</summary>
    private async Task MakeTableAsync()
    {
        await server.ExecAsync($"DROP TABLE IF EXISTS {TradeRows.Table.Name}");
        await using var store = new QuestDbStore(new QuestDbOptions { Url = server.Url }, TimeProvider.System, NullLogger<QuestDbStore>.Instance);
        if ((await store.PrepareAsync(TradeRows.Table, CancellationToken.None)).Problem is { } problem)
        {
            throw new InvalidOperationException(problem);
        }
    }

    private void Tell()
    {
        const string Telegraf = "Telegraf 1.37.2: 101,000–108,000 rows/s, 6.5 µs (memory); 1,700 rows/s, 290 µs (disk)";
        const string Client = "net-questdb-client 4.0.0: 528,000–628,000 rows/s, 1.3–1.4 µs, 555 B, no disk";
        foreach ((int connections, int rows) in Shapes)
        {
            PipeRun bare = _best[BareName(connections, rows)];
            PipeRun writing = _best[WritingName(connections, rows)];
            PipeRun ours = _best[OurName(connections, rows, "fsync interval")];
            double share = ours.VisiblePerSecond / bare.VisiblePerSecond;
            report.Add(new Finding(
                $"rows/s until visible, {connections} × {rows:n0}", $"{ours.VisiblePerSecond:n0} ({share:0.00} of the bare client)",
                $"bare client {bare.VisiblePerSecond:n0}; the same that writes its lines as it sends them {writing.VisiblePerSecond:n0} ({writing.VisiblePerSecond / bare.VisiblePerSecond:0.00})", $"≥ {Share} of it", share >= Share, rows == 10_000 ? Client : ""));
        }

        PipeRun shipped = _best[OurName(2, 10_000, "fsync interval")];
        report.Add(new Finding("processor time of the collector a row, 2 × 10,000", $"{shipped.Cost.NanosecondsOf(_rows):n0} ns", $"bare client {_best[BareName(2, 10_000)].Cost.NanosecondsOf(_rows):n0} ns", $"≤ {NanosecondsARow} ns", shipped.Cost.NanosecondsOf(_rows) <= NanosecondsARow, Telegraf));
        report.Add(new Finding("allocated a row, 2 × 10,000", $"{shipped.Cost.BytesOf(_rows):n1} B", "", "", null, "net-questdb-client 4.0.0: 555 B"));
        if (_best.TryGetValue(OurName(2, 10_000, "spool in memory"), out PipeRun? memory))
        {
            double factor = shipped.Visible / memory.Visible;
            report.Add(new Finding("time with the spool's disk against without", factor.ToString("0.00", CultureInfo.InvariantCulture), $"spool in /dev/shm {memory.VisiblePerSecond:n0} rows/s", $"≤ {SpoolFactor}", factor <= SpoolFactor, "net-questdb-client's store-and-forward: 2.3, never syncs"));
        }

        report.Say($"{_rows:n0} rows of `TradeRows` (seven columns, 146 bytes) a run; of {_rounds} rounds, taken in turns, the fastest. The generator and the collector, or the bare client, share the cores with QuestDB. The bare client posts finished bytes over kept connections and does nothing else; one that writes its lines as it sends them, with no disk, is what any client in this place could reach; the collector writes each row, spools it, reads it back, and uses a connection for each request (decision 006). Processor time is that of the whole process, the generator's included, until the last row is accepted.");
        report.Table(
            ["run", "rows/s accepted", "rows/s visible", "processor time a row", "allocated a row", "QuestDB's processor time a row"],
            _best.Select(best => best.Value.Row(best.Key)));
    }

    private static string BareName(int connections, int rows) => $"bare client, {connections} × {rows:n0}";

    private static string WritingName(int connections, int rows) => BareName(connections, rows) + ", writing its lines";

    private static string OurName(int connections, int rows, string how) => $"collector, {connections} × {rows:n0}, {how}";
}
