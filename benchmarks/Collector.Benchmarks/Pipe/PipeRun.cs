using Collector.Benchmarks.Support;

namespace Collector.Benchmarks.Pipe;

/// <summary>One run of a client or of the pipe.</summary>
/// <param name="Cost">Until the last row was accepted.</param>
/// <param name="Visible">Until the last row could be read.</param>
/// <param name="ServerCpu">What QuestDB took meanwhile.</param>
internal sealed record PipeRun(Cost Cost, TimeSpan Visible, TimeSpan ServerCpu, long Rows)
{
    public double AcceptedPerSecond => Cost.PerSecond(Rows);

    public double VisiblePerSecond => Rows / Visible.TotalSeconds;

    public PipeRun BetterOf(PipeRun other) => other.Visible < Visible ? other : this;

    public string[] Row(string name) => [
        name, $"{AcceptedPerSecond:n0}", $"{VisiblePerSecond:n0}", $"{Cost.NanosecondsOf(Rows):n0} ns", $"{Cost.BytesOf(Rows):n1} B",
        $"{ServerCpu.TotalNanoseconds / Rows:n0} ns",
    ];
}
