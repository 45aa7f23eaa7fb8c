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
    public async Task Health_TokenIsSet_TellsTheReasonToWhoBringsItAlone()
    {
        int away = FreePort.Next();
        await using var collector = new CollectorProcess(Sources, CollectorProcess.QuestDb(new Uri($"http://127.0.0.1:{away}")));
        // Two of them, the first with what parts a name from a password.
        collector.Environment["COLLECTOR__HTTP__TOKEN"] = "first:2 second";
        await collector.StartAsync();
        await collector.WaitForHealthAsync(503);

        await using ChildProcess ready = await CollectorCommand.RunAsync(collector.Environment, "health", "--config", collector.ConfigFile);
        await using ChildProcess doctor = await CollectorCommand.RunAsync(collector.Environment, "doctor", "--config", collector.ConfigFile);
        await using ChildProcess stranger = await CollectorCommand.RunAsync("health", "--config", collector.ConfigFile);

        Assert.Equal((1, 1), (ready.ExitCode, stranger.ExitCode));
        Assert.Contains($"store: QuestDB at http://127.0.0.1:{away}", ready.Output, StringComparison.Ordinal);
        Assert.Contains($"is the running collector's, which is not ready: ", doctor.Output, StringComparison.Ordinal);
        Assert.Contains($"store: QuestDB at http://127.0.0.1:{away}", doctor.Output, StringComparison.Ordinal);
        Assert.Contains("store: not ready", stranger.Output, StringComparison.Ordinal);
        Assert.DoesNotContain($"{away}", stranger.Output, StringComparison.Ordinal);
        (int status, string json) = await collector.GetAsync("health");
        Assert.Equal(503, status);
        Assert.DoesNotContain("because", json, StringComparison.Ordinal);
        Assert.Equal(401, (await collector.GetAsync("metrics")).Status);
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
