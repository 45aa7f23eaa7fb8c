using System.Globalization;
using System.Security.Cryptography;
using Collector.FaultTests.Faults;
using Collector.FaultTests.Oracle;
using Collector.FaultTests.Writers;
using Collector.IntegrationTests.Pipeline;
using Collector.IntegrationTests.Support;
using Xunit.Abstractions;

namespace Collector.FaultTests;

/// <summary>Nothing acknowledged is lost or doubled, whatever happens. The seed of a run that failed: <c>FAULT_SEED=…</c>.</summary>
public sealed class RoundTests(OwnQuestDb database, FaultReport report, ITestOutputHelper output)
    : IClassFixture<OwnQuestDb>, IClassFixture<FaultReport>
{
    private static int Seed => int.TryParse(Environment.GetEnvironmentVariable("FAULT_SEED"), CultureInfo.InvariantCulture, out int given)
        ? given
        : RandomNumberGenerator.GetInt32(1, 1_000_000_000);

    [SkippableFact]
    public Task Feeder_KilledTenTimes_EachAcknowledgedRowIsThereOnce() =>
        RunAsync(FaultReport.Rounds(inTheLongRun: 16), kills: 10, async seed => new FeederWriter(seed), leastRows: 1_000);

    [SkippableFact]
    public Task Collector_KilledFiveTimes_EachAcknowledgedReadingIsThereOnce() =>
        RunAsync(FaultReport.Rounds(inTheLongRun: 10), kills: 5, async seed => await CollectorWriter.MakeAsync(seed), leastRows: 100);

    [SkippableFact]
    public Task Gateway_CollectorKilledThreeTimes_EachRowAnsweredBy204IsThereOnce() =>
        RunAsync(FaultReport.Rounds(inTheLongRun: 20), kills: 3, async seed => new GatewayWriter(seed), leastRows: 600);

    [SkippableFact]
    public Task Gateway_TablesThatTheDatabaseHas_KilledThreeTimes_EachRowAnsweredBy204IsThereOnce() =>
        RunAsync(FaultReport.Rounds(inTheLongRun: 20), kills: 3, async seed => await GatewayWriter.OnTablesOfAsync(await database.RunningAsync(), seed), leastRows: 600);

    [SkippableFact]
    public async Task Feeder_ForgetsAnAcknowledgedRow_IsFoundOut()
    {
        QuestDbServer server = await database.RunningAsync();
        int seed = Seed;
        await using var writer = new FeederWriter(seed, forgetsOneIn: 4);

        RoundResult result = await Round.RunAsync(seed, kills: 1, writer, server, leastRows: 1_000);

        Assert.Contains(result.Findings, finding => finding.Contains("acknowledged and not stored", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task Feeder_BatchSwallowedByAFalse204_IsFoundOut()
    {
        QuestDbServer server = await database.RunningAsync();
        int seed = Seed;
        var findings = new List<string>();

        // A batch that is swallowed right before the kill is sent again after it, and nothing is lost: then another round.
        for (int round = 0; round < 4 && findings.Count == 0; round++)
        {
            await using var writer = new FeederWriter(seed + round);
            findings.AddRange((await Round.RunAsync(seed + round, kills: 1, writer, server, leastRows: 1_000, ProxyFault.FalseAnswer)).Findings);
        }

        Assert.Contains(findings, finding => finding.Contains("acknowledged and not stored", StringComparison.Ordinal));
    }

    private async Task RunAsync(int rounds, int kills, Func<int, Task<IWriter>> make, int leastRows)
    {
        QuestDbServer server = await database.RunningAsync();
        var results = new List<RoundResult>();
        int first = Seed;
        for (int i = 0; i < rounds; i++)
        {
            await using IWriter writer = await make(first + i);
            results.Add(await Round.RunAsync(first + i, kills, writer, server, leastRows));
            report.Add(results[^1]);
        }

        output.WriteLine(FaultReport.Text(results));
        RoundResult[] failed = [.. results.Where(result => result.Findings.Count > 0)];
        Assert.True(failed.Length == 0, string.Join("\n\n", failed.AsEnumerable()));
        Assert.All(results, result => Assert.InRange(result.Memory.Acknowledged, leastRows, int.MaxValue));
        Assert.All(results, result => Assert.InRange(result.Memory.Samples, 20, int.MaxValue));
    }
}
