using Demo.Daemons;
using Demo.Exchanges;
using Demo.Strategies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Prometheus;

namespace Demo;

/// <summary>The simulation's own numbers for Prometheus: what an application of yours would show.</summary>
internal static class SimulationMetrics
{
    public static void MapMetrics(this IEndpointRouteBuilder routes, Simulation simulation) =>
        routes.MapGet("/metrics", (HttpContext http) =>
        {
            http.Response.ContentType = PrometheusConstants.TextContentTypeWithVersionAndEncoding;
            return Of(simulation).CollectAndExportAsTextAsync(http.Response.Body, http.RequestAborted);
        });

    /// <summary>
    /// The numbers of now, for one scrape: a registry's counters never fall and its series never leave, whereas those of a
    /// daemon that starts anew begin at 0, and those of a strategy that vanishes are gone.
    /// </summary>
    public static CollectorRegistry Of(Simulation simulation)
    {
        CollectorRegistry registry = Metrics.NewCustomRegistry();
        MetricFactory metrics = Metrics.WithCustomRegistry(registry);
        AddVenues(metrics, simulation.Venues);
        AddDaemons(metrics, simulation.Daemons);
        AddStrategies(metrics, simulation.Strategies.Append(simulation.Pushed));
        metrics.CreateGauge("demo_faults", "Faults that are there now.").Set(simulation.Faults.From(simulation.Clock.Elapsed).Count);
        return registry;
    }

    private static void AddVenues(MetricFactory metrics, IEnumerable<TradingVenue> venues)
    {
        Counter trades = metrics.CreateCounter("demo_trades_total", "Trades told by an exchange.", "exchange");
        Gauge connections = metrics.CreateGauge("demo_connections", "Open connections to an exchange.", "exchange");
        foreach (TradingVenue venue in venues)
        {
            trades.WithLabels(venue.Venue.Name).IncTo(venue.Told);
            connections.WithLabels(venue.Venue.Name).Set(venue.Venue.Open.Count);
        }
    }

    private static void AddDaemons(MetricFactory metrics, IEnumerable<Daemon> daemons)
    {
        Counter records = metrics.CreateCounter("demo_records_total", "Records gathered by the daemons.", "exchange", "data_type", "symbol");
        foreach ((string exchange, Dictionary<string, StreamReport> streams) in daemons
            .Select(daemon => daemon.Status.Report()).OfType<DaemonReport>().SelectMany(report => report.Pipeline.Exchanges))
        {
            foreach ((string dataType, StreamReport stream) in streams)
            {
                foreach (SymbolReport symbol in stream.Symbols)
                {
                    records.WithLabels(exchange, dataType, symbol.Symbol).IncTo(symbol.Count);
                }
            }
        }
    }

    private static void AddStrategies(MetricFactory metrics, IEnumerable<Strategy> strategies)
    {
        Counter orders = metrics.CreateCounter("demo_orders_total", "Orders placed by a strategy.", "strategy");
        Gauge exposure = metrics.CreateGauge("demo_exposure_quote", "Value of a strategy's position.", "strategy");
        foreach (Strategy strategy in strategies)
        {
            if (strategy.Report is { } report)
            {
                orders.WithLabels(strategy.Profile.Id).IncTo(report.OrdersPlaced);
                exposure.WithLabels(strategy.Profile.Id).Set(report.Exposure);
            }
        }
    }
}
