using System.Diagnostics.Metrics;

namespace Collector.Capabilities.Status.Live;

/// <summary>What <c>/metrics</c> says of the open pages.</summary>
public sealed class LiveMetrics
{
    private readonly Counter<long> _dropped;
    private int _clients;

    public LiveMetrics(Meter meter)
    {
        meter.CreateObservableGauge("collector_page_clients", () => Volatile.Read(ref _clients), null, "Pages that are open and told of news.");
        _dropped = meter.CreateCounter<long>("collector_page_clients_dropped_total", null, "Pages turned away (limit) or let go of because they did not take the news as they came (slow).");
        Dropped("limit", 0);
        Dropped("slow", 0);
    }

    public void Open(int clients) => Volatile.Write(ref _clients, clients);

    public void Dropped(string reason, int clients = 1) => _dropped.Add(clients, new KeyValuePair<string, object?>("reason", reason));
}
