using System.Globalization;

namespace Collector.Benchmarks.Lines;

/// <summary>
/// The same loops by the processor time that this process used, for a machine whose cores are shared: waiting for a core
/// does not count. Each loop runs several times, and its least is told.
/// </summary>
internal static class LineProcessorTime
{
    private const int Runs = 7;

    public static void Run(TextWriter output)
    {
        var writer = new LineWriterBenchmarks();
        writer.Setup();
        foreach ((string name, Func<int> loop) in new (string, Func<int>)[] { ("Copy", writer.Copy), ("Writer", writer.Writer), ("PlainText", writer.PlainText) })
        {
            double nanoseconds = Least(loop, name == "PlainText" ? 300 : 2000) / TradeRows.Count;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | | {nanoseconds:0.0} ns a row |"));
        }

        foreach (string rows in new[] { "Trades", "TradesAsText", "Wide" })
        {
            var reader = new LineReaderBenchmarks { Rows = rows };
            reader.Setup();
            foreach ((string name, Func<int> loop) in new (string, Func<int>)[] { ("Newlines", reader.Newlines), ("Reader", reader.Reader) })
            {
                double nanoseconds = Least(loop, name == "Newlines" ? 1000 : 100);
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {rows} | {1e9 / nanoseconds:0} MB/s |"));
            }
        }
    }

    private static double Least(Func<int> loop, int count)
    {
        double least = double.MaxValue;
        for (int run = 0; run < Runs; run++)
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            for (int i = 0; i < count; i++)
            {
                loop();
            }

            least = Math.Min(least, (Environment.CpuUsage.TotalTime - before).TotalNanoseconds / count);
        }

        return least;
    }
}
