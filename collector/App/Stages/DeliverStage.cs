using Collector.Capabilities;
using Collector.Pipe.Delivery;

namespace Collector.App.Stages;

/// <summary>Delivers, and watches the database. At the end what is left is delivered, for as long as <c>delivery.shutdown_timeout</c>.</summary>
internal sealed class DeliverStage(StoreWatch watch, Lanes lanes) : IStage
{
    public Stage Stage => Stage.Deliver;

    public void Start()
    {
        watch.Start();
        lanes.Start();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await lanes.StopAsync();
        await watch.StopAsync();
    }
}
