using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Collector.IntegrationTests.Support;

namespace Collector.FaultTests.Oracle;

/// <summary>
/// What all rounds of a run were, as markdown: each test prints its part, and at the end of the run the whole goes to the file
/// that <c>FAULT_REPORT</c> names, relative to the repository.
/// </summary>
public sealed class FaultReport : IDisposable
{
    private readonly ConcurrentQueue<RoundResult> _rounds = new();

    /// <summary>Rounds of a kind for each test: 1, and in the long run as many as make 200 kills together.</summary>
    internal static int Rounds(int inTheLongRun) =>
        int.TryParse(Environment.GetEnvironmentVariable("FAULT_ROUNDS"), CultureInfo.InvariantCulture, out int given) ? given
        : Environment.GetEnvironmentVariable("COLLECTOR_TESTS_LONG") == "1" ? inTheLongRun : 1;

    internal void Add(RoundResult round) => _rounds.Enqueue(round);

    internal static string Text(IReadOnlyCollection<RoundResult> rounds)
    {
        var text = new StringBuilder();
        text.Append("| seed | writer | kills | rows acknowledged | refused | stored | in quarantine | looks at the books | files damaged | rows excused | seconds | findings |\n");
        text.Append("|---|---|---|---|---|---|---|---|---|---|---|---|\n");
        foreach (RoundResult round in rounds)
        {
            text.Append($"| {round.Seed} | {round.Writer} | {round.Killed} | {round.Memory.Acknowledged} | {round.Memory.Refused} | {round.Evidence.Stored.Count} | {round.Evidence.Quarantined.Count} | {round.Memory.Samples} ");
            text.Append($"| {round.Memory.Damages.Count} | {round.Memory.Damages.Sum(damage => damage.Rows.Count)} | {round.Took.TotalSeconds:0} | {round.Findings.Count} |\n");
        }

        text.Append($"\nTogether: {rounds.Sum(round => round.Killed)} kills, {rounds.Sum(round => round.Memory.Acknowledged)} rows acknowledged, ");
        text.Append($"{rounds.Sum(round => round.Memory.Samples)} looks at the books, {rounds.Sum(round => round.Findings.Count)} findings.\n");
        Table(text, "what was done", rounds.SelectMany(round => round.Steps).GroupBy(step => step.Kind.ToString()).Select(kind => (kind.Key, kind.Count())));
        Table(text, "requests that met a fault on the way", rounds.SelectMany(round => round.WayFaults).GroupBy(fault => fault.Key.ToString()).Select(kind => (kind.Key, kind.Sum(fault => fault.Value))));
        Table(text, "damage to segment files", rounds.SelectMany(round => round.Memory.Damages).GroupBy(damage => damage.What[..damage.What.IndexOf(' ')]).Select(kind => (kind.Key, kind.Count())));
        foreach (RoundResult round in rounds.Where(round => round.Findings.Count > 0))
        {
            text.Append($"\nSeed {round.Seed} ({round.Writer}):\n\n").AppendJoin('\n', round.Findings.Select(finding => $"- {finding}")).Append('\n');
        }

        if (rounds.Select(round => round.WithoutDisk).FirstOrDefault(reason => reason is not null) is { } withoutDisk)
        {
            text.Append($"\nNo disk was filled: {withoutDisk}\n");
        }

        return text.ToString();
    }

    public void Dispose()
    {
        if (Environment.GetEnvironmentVariable("FAULT_REPORT") is { Length: > 0 } file && !_rounds.IsEmpty)
        {
            File.WriteAllText(RepositoryRoot.Combine(file), Head() + Text(_rounds));
        }
    }

    private static string Head() =>
        $"""
        # What the fault tests ran

        Written by the run itself, on {TimeProvider.System.GetUtcNow():yyyy-MM-dd}: {Machine()}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}.

            {Command()}

        How the oracle works is in [the decision](decisions/009-an-oracle-remembers-what-was-acknowledged.md). A round is run again
        by its seed: `FAULT_SEED=… dotnet test tests/Collector.FaultTests -c Release --filter RoundTests`. The same faults then come
        in the same order, at moments as near as a machine allows.


        """;

    /// <summary>The 200 kills of the long run, or as many rounds of each writer as were asked for.</summary>
    private static string Command()
    {
        string rounds = Environment.GetEnvironmentVariable("FAULT_ROUNDS") is { Length: > 0 } given ? $"FAULT_ROUNDS={given} "
            : Environment.GetEnvironmentVariable("COLLECTOR_TESTS_LONG") == "1" ? "COLLECTOR_TESTS_LONG=1 " : "";
        return $"FAULT_REPORT=docs/faults.md {rounds}dotnet test tests/Collector.FaultTests -c Release --filter RoundTests";
    }

    private static string Machine()
    {
        string model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) ?? ": unknown processor";
        return $"{Environment.ProcessorCount} × {model[(model.IndexOf(':') + 1)..].Trim()}";
    }

    private static void Table(StringBuilder text, string what, IEnumerable<(string Name, int Count)> counts)
    {
        text.Append($"\n| {what} | times |\n|---|---|\n");
        foreach ((string name, int count) in counts.OrderByDescending(row => row.Count).ThenBy(row => row.Name, StringComparer.Ordinal))
        {
            text.Append($"| {name} | {count} |\n");
        }
    }
}
