using System.Text;
using Demo.Daemons;
using Demo.Strategies;

namespace Demo;

/// <summary>The simulation's own numbers in Prometheus' text format, version 0.0.4: what an application of yours would show.</summary>
internal static class MetricsPage
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Of(Simulation simulation)
    {
        var page = new StringBuilder();
        Family(page, "demo_trades_total", "counter", "Trades told by an exchange.", simulation.Venues, venue => ($"exchange=\"{venue.Venue.Name}\"", venue.Told));
        Family(page, "demo_connections", "gauge", "Open connections to an exchange.", simulation.Venues, venue => ($"exchange=\"{venue.Venue.Name}\"", venue.Venue.Open.Count));
        Family(page, "demo_records_total", "counter", "Records gathered by the daemons.", Records(simulation), record => record);
        Family(page, "demo_orders_total", "counter", "Orders placed by a strategy.", Told(simulation), one => ($"strategy=\"{one.Strategy.Profile.Id}\"", one.Report.OrdersPlaced));
        Family(page, "demo_exposure_quote", "gauge", "Value of a strategy's position.", Told(simulation), one => ($"strategy=\"{one.Strategy.Profile.Id}\"", one.Report.Exposure));
        Family(page, "demo_faults", "gauge", "Faults that are there now.", [simulation.Faults.From(simulation.Clock.Elapsed).Count], count => ("", count));
        return page.ToString();
    }

    private static IEnumerable<(string Labels, double Value)> Records(Simulation simulation) =>
        from report in simulation.Daemons.Select(daemon => daemon.Status.Report()).OfType<DaemonReport>()
        from exchange in report.Pipeline.Exchanges
        from stream in exchange.Value
        from symbol in stream.Value.Symbols
        select ($"exchange=\"{exchange.Key}\",data_type=\"{stream.Key}\",symbol=\"{symbol.Symbol}\"", (double)symbol.Count);

    private static IEnumerable<(Strategy Strategy, StrategyReport Report)> Told(Simulation simulation) =>
        from strategy in simulation.Strategies.Append(simulation.Pushed)
        let report = strategy.Report
        where report is not null
        select (strategy, report);

    private static void Family<T>(StringBuilder page, string name, string type, string help, IEnumerable<T> things, Func<T, (string Labels, double Value)> sample)
    {
        page.Append($"# HELP {name} {help}\n# TYPE {name} {type}\n");
        foreach (T thing in things)
        {
            (string labels, double value) = sample(thing);
            page.Append(labels.Length == 0 ? $"{name} {value}\n" : $"{name}{{{labels}}} {value}\n");
        }
    }
}
