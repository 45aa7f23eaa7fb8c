using System.Diagnostics;
using System.Globalization;
using Collector.Benchmarks.Lines;
using Collector.Benchmarks.Support;

namespace Collector.Benchmarks.Pipe;

/// <summary>QuestDB's official Java client with rows of the same shape, where its jars are (<c>QUESTDB_JAVA_CLIENT</c>, a folder).</summary>
internal static class JavaClient
{
    public static async Task TellAsync(QuestDbServer server, Report report, int rows)
    {
        if (Environment.GetEnvironmentVariable("QUESTDB_JAVA_CLIENT") is not { Length: > 0 } jars)
        {
            report.Say("QuestDB's Java client was not run: QUESTDB_JAVA_CLIENT names no folder with its jars.");
            return;
        }

        await server.ExecAsync($"TRUNCATE TABLE {TradeRows.Table.Name}");
        string[] words =
        [
            "-cp", Path.Combine(jars, "*"), Repository.File("benchmarks", "clients", "Send.java"),
            server.Port.ToString(CultureInfo.InvariantCulture), rows.ToString(CultureInfo.InvariantCulture), "10000",
        ];
        using Process java = Children.Start(new ProcessStartInfo("java", words)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });
        Task<string> errors = java.StandardError.ReadToEndAsync();
        string output = await java.StandardOutput.ReadToEndAsync();
        await java.WaitForExitAsync();
        if (java.ExitCode != 0)
        {
            report.Say($"QuestDB's Java client could not be run: {(await errors).Split('\n')[0]}");
            return;
        }

        string[] told = output.Split(' ', StringSplitOptions.TrimEntries);
        report.Say($"QuestDB's Java client, one connection, flush at 10,000 rows, no disk, its own encoding of the same columns, second half of {rows:n0} rows: {double.Parse(told[0], CultureInfo.InvariantCulture):n0} rows/s accepted, {double.Parse(told[1], CultureInfo.InvariantCulture):n0} ns of processor time a row.");
    }
}
