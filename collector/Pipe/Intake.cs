using Collector.Lines;
using Collector.Pipe.Delivery;

namespace Collector.Pipe;

/// <summary>The one way in: rows go to the spool, and those that were taken are shown to whoever listens.</summary>
public sealed class Intake(Lanes lanes, AcceptedRows accepted) : ILineSink
{
    public async ValueTask<string?> AcceptAsync(LineRows rows, CancellationToken cancellationToken)
    {
        string? refused = await lanes.AcceptAsync(rows, cancellationToken);
        if (refused is null)
        {
            accepted.Observe(rows);
        }

        return refused;
    }

    public int Refuse(IReadOnlyList<RefusedRow> rows) => lanes.Refuse(rows);
}
