using Collector.Api.Recent;
using Collector.Delivery;
using Collector.Exposition;
using Collector.Lines;
using Collector.Sources;

namespace Collector.Hosting;

/// <summary>
/// The one way in: rows go to the spool, and those that were taken show at <c>/metrics</c> and on the page. Of pushed ones, which
/// come at no interval, the sources hear that ask for it.
/// </summary>
internal sealed class Intake(Lanes lanes, LatestValues latest, SharedViews shared, RecentRows? recent = null) : ILineSink
{
    private readonly PushedSeries _pushed = shared.Of<PushedSeries>();

    public async ValueTask<string?> AcceptAsync(LineRows rows, CancellationToken cancellationToken)
    {
        string? refused = await lanes.AcceptAsync(rows, cancellationToken);
        if (refused is null)
        {
            recent?.Observe(rows);
            bool isPushed = rows.Interval == TimeSpan.Zero;
            latest.Observe(rows.Table, rows.Bytes, isPushed ? null : rows.Interval);
            if (isPushed)
            {
                _pushed.Observe(rows.Table, rows.Bytes);
            }
        }

        return refused;
    }

    public int Refuse(IReadOnlyList<RefusedRow> rows) => lanes.Refuse(rows);
}
