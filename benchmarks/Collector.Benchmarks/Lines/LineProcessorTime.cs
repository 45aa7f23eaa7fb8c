using Collector.Benchmarks.Support;

namespace Collector.Benchmarks.Lines;

/// <summary>
/// The line benchmarks' loops by the processor time that this process used: waiting for a core does not count. Each loop runs
/// several times, and its least is told.
/// </summary>
internal static class LineProcessorTime
{
    private const double WriterTarget = 60;
    private const double ReaderTarget = 400;

    public static void Run(Arguments arguments)
    {
        var report = new Report("lines", "Line writer and line reader", arguments);
        Write(report);
        foreach (string rows in new[] { "Trades", "TradesAsText", "Wide" })
        {
            var reader = new LineReaderBenchmarks { Rows = rows };
            reader.Setup();
            double floor = 1e9 / Cost.Least(() => reader.Newlines(), 1000).Cpu.TotalNanoseconds;
            double ours = 1e9 / Cost.Least(() => reader.Reader(), 100).Cpu.TotalNanoseconds;
            bool hasTarget = rows != "Wide";
            report.Add(new Finding(
                rows switch { "Trades" => "reading with all checks, rows of 146 bytes", "Wide" => "the same, rows of 40 columns", _ => "the same, doubles as text" },
                $"{ours:n0} MB/s", $"IndexOf('\\n'), which finds the wrong rows, {floor:n0} MB/s", hasTarget ? $"≥ {ReaderTarget} MB/s" : "", hasTarget ? ours >= ReaderTarget : null));
        }

        report.Say("Rows of `TradeRows`: two symbols, two doubles, two longs, a timestamp, 146 bytes, no two alike. The plain encoder is the benchmark's own and stands for the usual way. `--filter '*Line*'` runs the same loops under BenchmarkDotNet; benchmarks/README.md says where the time goes.");
        report.Write();
    }

    private static void Write(Report report)
    {
        var writer = new LineWriterBenchmarks();
        writer.Setup();
        double copy = Cost.Least(() => writer.Copy(), 2000).NanosecondsOf(TradeRows.Count);
        var ours = Cost.Least(() => writer.Writer(), 2000);
        var plain = Cost.Least(() => writer.PlainText(), 300);
        double row = ours.NanosecondsOf(TradeRows.Count);
        report.Add(new Finding(
            "writing a row of seven columns", $"{row:n1} ns, {ours.BytesOf(TradeRows.Count):n1} B allocated",
            $"copying the finished line {copy:n1} ns; plain text encoder {plain.NanosecondsOf(TradeRows.Count):n0} ns, {plain.BytesOf(TradeRows.Count):n0} B",
            $"≤ {WriterTarget} ns", row <= WriterTarget, "net-questdb-client 4.0.0: 362–381 ns, 584 B (binary); 544–570 ns, 735 B (text)"));
    }
}
