using Collector.Api.Recent;
using Collector.Delivery;
using Collector.Exposition;
using Collector.Lines;

namespace Collector.Hosting;

/// <summary>The one way in: rows go to the spool, and those that were taken show at <c>/metrics</c> and on the page.</summary>
internal sealed class Intake(Lanes lanes, LatestValues latest, RecentRows? recent = null) : ILineSink
{
    public async ValueTask<string?> AcceptAsync(LineRows rows, CancellationToken cancellationToken)
    {
        string? refused = await lanes.AcceptAsync(rows, cancellationToken);
        if (refused is null)
        {
            recent?.Observe(rows);
            latest.Observe(rows.Table, rows.Bytes, rows.Interval > TimeSpan.Zero ? rows.Interval : null);
        }

        return refused;
    }

    public int Refuse(IReadOnlyList<RefusedRow> rows) => lanes.Refuse(rows);
}
