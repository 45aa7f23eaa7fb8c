using Collector.IntegrationTests.Pipeline;

namespace Collector.IntegrationTests.Faults;

/// <summary>A local state that cannot be had costs baselines, and neither the start nor a row.</summary>
public sealed class LocalStateFaultTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Start_StateCannotBeOpened_SaysSoAndCollects(bool asFolder)
    {
        await using CountingDaemon daemon = await CountingDaemon.StartAsync();
        await using var collector = new CollectorProcess(CollectorProcess.Daemon(daemon.Page));
        string state = Path.Combine(collector.DataFolder, "state.db");
        Directory.CreateDirectory(asFolder ? state : collector.DataFolder);
        if (!asFolder)
        {
            await File.WriteAllTextAsync(state, new string('?', 5000));
        }

        await collector.StartReadyAsync();

        await collector.WaitForLineAsync("The local state could not be");
        await collector.MetricsUntilAsync(page => page.OfDaemon("collector_rows_delivered_total") >= 2);
        Assert.True(Path.Exists(state + ".corrupt"), collector.Output);
        Assert.True(File.Exists(state), collector.Output);
    }
}
