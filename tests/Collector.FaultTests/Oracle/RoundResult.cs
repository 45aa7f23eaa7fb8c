using System.Text;
using Collector.FaultTests.Faults;

namespace Collector.FaultTests.Oracle;

/// <summary>What a round was and what it found.</summary>
internal sealed record RoundResult(
    int Seed, string Writer, IReadOnlyList<Step> Steps, Memory Memory, IReadOnlyDictionary<ProxyFault, int> WayFaults,
    IReadOnlyList<string> Findings, string Log, TimeSpan Took, Evidence Evidence)
{
    private const int LogShown = 6_000;

    /// <summary>SIGKILLs of the writer.</summary>
    public int Killed => Steps.Sum(step => Schedule.Kills(step.Kind));

    /// <summary>Why no disk was filled; null where one was there to fill.</summary>
    public string? WithoutDisk { get; init; }

    /// <summary>All that is needed to run the round again, and to understand it.</summary>
    public override string ToString()
    {
        var text = new StringBuilder($"FAULT_SEED={Seed} ({Writer}, {Killed} kills)\n");
        text.AppendJoin('\n', Findings).Append("\n\nThe schedule:\n").AppendJoin('\n', Steps);
        text.Append("\n\nDamage:\n").AppendJoin('\n', Memory.Damages.Select(damage => $"{damage.File}: {damage.What}, {damage.Rows.Count} rows{(damage.Rows.Count > 0 ? $" {damage.Rows[0]}…{damage.Rows[^1]}" : "")}"));
        string log = string.Join('\n', Log.Split('\n').Where(line => !line.Contains(" is set aside in ", StringComparison.Ordinal)));
        return text.Append("\n\nThe end of the log:\n").Append(log.AsSpan(Math.Max(0, log.Length - LogShown))).ToString();
    }
}
