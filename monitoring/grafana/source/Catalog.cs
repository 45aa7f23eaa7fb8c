using Collector.Dashboards.Content;

namespace Collector.Dashboards;

/// <summary>All dashboards, in the order in which they are read.</summary>
internal static class Catalog
{
    public static Dashboard[] All { get; } =
    [
        OverviewDashboard.Made, HealthDashboard.Made, PipelineDashboard.Made, ExchangeDashboard.Made, TradingDashboard.Made,
        HostDashboard.Made, CollectorDashboard.Made,
    ];
}
