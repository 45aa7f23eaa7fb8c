using Collector.IntegrationTests.Pipeline;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Commands;

/// <summary><c>collector health</c> beside a collector that runs, as a container's health check calls it.</summary>
public sealed class HealthCommandTests
{
    private const string Sources = "sources:\n  host:\n    - interval: 1s";

    [Fact]
    public async Task Health_ReadyCollector_EndsWithZero()
    {
        await using var collector = new CollectorProcess(Sources);
        await collector.StartReadyAsync();

        await using ChildProcess health = await CollectorCommand.RunAsync("health", "--config", collector.ConfigFile);

        Assert.Equal(0, health.ExitCode);
        Assert.Contains("store: ready", health.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_StoreAway_EndsWithOneAndSaysWhy_AndIsAlive()
    {
        await using var collector = new CollectorProcess(Sources, CollectorProcess.QuestDb(new Uri($"http://127.0.0.1:{FreePort.Next()}")));
        await collector.StartAsync();
        await collector.WaitForHealthAsync(503);

        await using ChildProcess ready = await CollectorCommand.RunAsync("health", "--config", collector.ConfigFile);
        await using ChildProcess alive = await CollectorCommand.RunAsync("health", "--live", "--config", collector.ConfigFile);

        Assert.Equal((1, 0), (ready.ExitCode, alive.ExitCode));
        Assert.Contains("store: QuestDB at", ready.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_NobodyThere_EndsWithOneAndNamesTheAddress()
    {
        using var command = new CollectorCommand();

        await using ChildProcess health = await command.CallAsync("health");

        Assert.Equal(1, health.ExitCode);
        Assert.Contains($"No collector answers at http://127.0.0.1:{command.Port}/health/ready", health.ErrorOutput, StringComparison.Ordinal);
    }
}
