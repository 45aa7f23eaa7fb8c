using Collector.Dashboards.Alerting.Content;

namespace Collector.Dashboards.Alerting;

/// <summary>All alerts, in the order in which they are documented.</summary>
internal static class AlertCatalog
{
    public static AlertGroup[] Groups { get; } =
        [DaemonAlerts.Made, ExchangeAlerts.Made, PipelineAlerts.Made, TradingAlerts.Made, HostAlerts.Made, CollectorAlerts.Made];

    public static IEnumerable<AlertRule> All => Groups.SelectMany(group => group.Rules);
}
