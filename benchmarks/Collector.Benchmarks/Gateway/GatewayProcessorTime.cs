using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Collector.Benchmarks.Lines;
using Collector.Benchmarks.Support;
using Collector.Capabilities.Gateway;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Pipe.Spool;
using Collector.Settings;
using Microsoft.Extensions.Logging.Abstractions;

namespace Collector.Benchmarks.Gateway;

/// <summary>
/// What the gateway's handler costs a line, without the network: read, checked, written anew, and appended to a real spool on
/// disk or to nothing. By the processor time of this process, the least of several runs; the reader alone is the baseline.
/// </summary>
internal static class GatewayProcessorTime
{
    private const int Runs = 7;
    private const double LinesASecond = 1_000_000;

    public static async Task RunAsync(Report report, int requests)
    {
        var rows = new List<string[]>();
        foreach ((string name, byte[] body) in new[] { ("version 2", Binary()), ("version 1", Text()) })
        {
            double reader = await LeastAsync(() => Read(body), requests);
            double written = await WithAsync(new NoSink(), body, requests);
            double spooled = await WithSpoolAsync(body, requests);
            rows.Add([name, $"{body.Length / TradeRows.Count} B", Told(reader), Told(written), Told(spooled)]);
            double rate = 1e9 / spooled;
            report.Add(new Finding($"lines/s a core, {name}, on disk", Rate(spooled), $"reader alone {Rate(reader)}", "≥ 1.00 M", rate >= LinesASecond));
        }

        report.Say($"Processor time of the handler without the network, requests of {TradeRows.Count:n0} lines of `TradeRows`, the least of {Runs} runs of {requests}. `version 2` is what QuestDB's clients send today (doubles in binary), `version 1` is all text.");
        report.Table(["lines", "size", "reader alone", "checked and written anew", "and appended to the spool"], rows);
    }

    /// <summary>The trades as the line writer has them.</summary>
    public static byte[] Binary()
    {
        var writer = new LineWriter(TradeRows.Table, new TradeRows.StoppedClock());
        foreach (TradeRow row in TradeRows.Make())
        {
            row.Write(writer, TradeRows.Table.Columns);
        }

        return writer.Written.ToArray();
    }

    /// <summary>The trades as a client of version 1 has them.</summary>
    private static byte[] Text()
    {
        var text = new StringBuilder();
        foreach (TradeRow row in TradeRows.Make())
        {
            text.Append(CultureInfo.InvariantCulture, $"trades,symbol={row.Symbol},side={row.Side} price={row.Price:R},amount={row.Amount:R},trade_id={row.TradeId}i,level={row.Level}i,seen={row.Micros}t {row.Micros}000\n");
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private static string Told(double nanoseconds) => $"{nanoseconds:0} ns";

    private static string Rate(double nanoseconds) => $"{1e3 / nanoseconds:0.00} M";

    private static ValueTask Read(byte[] body)
    {
        var reader = new LineReader(TradeRows.Table);
        reader.Start(body, TimeWindow.Any);
        while (reader.Read() == LineStatus.Row)
        {
        }

        return default;
    }

    private static async Task<double> WithSpoolAsync(byte[] body, int requests)
    {
        string folder = Directory.CreateTempSubdirectory("collector-benchmark-").FullName;
        try
        {
            var options = new SpoolOptions { Directory = folder, MaxBytes = ByteSize.MiB(64), WhenFull = WhenFull.DropOldest };
            using var spool = SpoolDirectory.Open(options, TimeProvider.System, NullLogger.Instance);
            return await WithAsync(new SpoolSink(spool), body, requests);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<double> WithAsync(ILineSink sink, byte[] body, int requests)
    {
        using var meter = new Meter("benchmark");
        var options = new GatewayOptions { Unknown = UnknownName.Reject };
        var metrics = new GatewayMetrics(meter);
        var tables = new GatewayTables(new TableCatalog([TradeRows.Table]), options, Path.GetTempPath(), metrics, new NoDatabase(), new GrowthRoom(), TimeProvider.System, NullLogger<GatewayTables>.Instance);
        using var doors = new TableIntakes(sink, new CounterBaselines(), metrics, options);
        using var arrivals = new ArrivalClock(Path.Combine(Path.GetTempPath(), ArrivalClock.FileName), new TradeRows.StoppedClock(), NullLogger<ArrivalClock>.Instance);
        using var writer = new GatewayWriter(tables, doors, arrivals, sink, options, metrics, new TradeRows.StoppedClock());
        return await LeastAsync(async () =>
        {
            WriteResult result = await writer.WriteAsync(body, Precision.Nanoseconds, new RequestProgress(), CancellationToken.None);
            if (result.Accepted != TradeRows.Count)
            {
                throw new InvalidOperationException($"{result.Accepted} of {TradeRows.Count} lines were taken: {result.Reason}");
            }
        }, requests);
    }

    private static async Task<double> LeastAsync(Func<ValueTask> request, int requests)
    {
        double least = double.MaxValue;
        for (int run = 0; run < Runs; run++)
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            for (int i = 0; i < requests; i++)
            {
                await request();
            }

            least = Math.Min(least, (Environment.CpuUsage.TotalTime - before).TotalNanoseconds / ((double)requests * TradeRows.Count));
        }

        return least;
    }

    private sealed class NoSink : ILineSink
    {
        public ValueTask<string?> AcceptAsync(LineRows rows, CancellationToken cancellationToken) => default;

        public int Refuse(IReadOnlyList<RefusedRow> rows) => rows.Count;
    }

    private sealed class SpoolSink(SpoolDirectory spool) : ILineSink
    {
        public async ValueTask<string?> AcceptAsync(LineRows rows, CancellationToken cancellationToken) =>
            (await spool.Log(rows.Table.Name).AppendAsync(rows.Bytes, rows.Count, cancellationToken)).Error;

        public int Refuse(IReadOnlyList<RefusedRow> rows) => rows.Count;
    }

    /// <summary>Its one table has a schema file, so that nothing is asked for.</summary>
    private sealed class NoDatabase : ITableLookup
    {
        public Task<TableAnswer> LookUpAsync(string table, CancellationToken cancellationToken) => Task.FromResult(default(TableAnswer));
    }
}
