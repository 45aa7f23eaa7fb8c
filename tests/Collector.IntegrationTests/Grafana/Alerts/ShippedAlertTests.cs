using System.Text.RegularExpressions;
using Collector.Dashboards.Alerting;
using Collector.IntegrationTests.Support;
using Npgsql;

namespace Collector.IntegrationTests.Grafana.Alerts;

/// <summary>Every rule that is shipped, on a real QuestDB: on rows at which it must fire, and on rows at which it must not.</summary>
[Collection(AlertDatabase.Collection)]
public sealed partial class ShippedAlertTests(AlertDatabase database)
{
    public static TheoryData<string> Names => [.. AlertCatalog.All.Select(rule => rule.Name)];

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public async Task Rule_OnItsCase_FiresForTheBadAndForNoOther(string name) =>
        Assert.Empty(await AlertProof.FaultsAsync(Shipped(name), database.Wire, database.Now));

    [SkippableFact]
    public async Task Rules_DatabaseThatCannotBeReached_AreOneAlert()
    {
        Skip.IfNot(QuestDb.OwnAvailable(out string reason), reason);
        await using NpgsqlDataSource nobody = OperationDatabase.Connect(FreePort.Next());
        var alerting = new List<string>();
        foreach (ProvisionedRule rule in ProvisionedRule.Shipped())
        {
            Evaluation evaluation = await Evaluation.OfAsync(rule, nobody, null);
            Assert.NotNull(evaluation.Error);
            if (evaluation.WithoutSeries != AlertState.KeepLast)
            {
                alerting.Add($"{rule} {evaluation.WithoutSeries}");
            }
        }

        Assert.Equal(["collector-collector-silent Alerting"], alerting);
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public async Task Runbook_ItsSql_AnswersForTheSeriesThatFires(string name)
    {
        AlertInstance firing = (await Evaluation.OfAsync(Shipped(name), database.Wire, database.Now)).Firing.First(AlertCases.Of(name).IsOf);
        AlertRule rule = AlertCatalog.All.First(rule => rule.Name == name);
        Assert.NotNull(rule.RunbookSql);
        string sql = Placeholder().Replace(rule.RunbookSql, match => firing.Labels[match.Groups["name"].Value]);

        Reply reply = await Evaluation.AskAsync(database.Wire, Evaluation.At(sql, database.Now));

        // In this database no table is suspended.
        Assert.Equal(name != "table-suspended", reply.Rows.Count > 0);
    }

    [SkippableTheory]
    [InlineData("daemon-down", " AND state != 'retired'", "", "it fires for daemon-down.retired")]
    [InlineData("daemon-memory", "dateadd('h', -24, now())", "dateadd('h', -48, now())", "it fires for daemon-memory.over")]
    [InlineData("daemon-memory", "heard > 0", "heard >= 0", "it has something to say while the collector is silent")]
    [InlineData("daemon-memory", "                      - 800\n", "                      - 799\n", "it fires for daemon-memory.quiet")]
    [InlineData("daemon-memory", "                      - 800\n", "                      - 900\n", "it does not fire for daemon-memory.fires")]
    [InlineData("daemon-memory", "type: gt", "type: lt", "it fires for daemon-0")]
    [InlineData("daemon-memory", "memory_bytes / 1e6", "memory_byte / 1e6", "Invalid column: memory_byte")]
    [InlineData("daemon-memory", "SELECT daemon, host, env, value\n", "SELECT daemon, host, env, heard > 0 AS spoken, value\n", "the column spoken is neither a number nor a text")]
    [InlineData("daemon-memory", "SELECT daemon, host, env, value\n", "SELECT daemon, host, env, value, heard\n", "exactly one number, this has: value, heard")]
    [InlineData("daemon-memory", "LATEST ON timestamp PARTITION BY daemon, host, env", "", "two rows have the labels")]
    [InlineData("daemon-memory", "SELECT daemon, host, env, value\n", "SELECT daemon, value\n", "its series do not tell host and env")]
    [InlineData("daemon-memory", "noDataState: OK", "noDataState: Alerting", "it does not keep to its part when there are no rows")]
    [InlineData("fill-rate", ">= 10", ">= 9", "it fires for fill-rate.untold")]
    [InlineData("table-suspended", "-30, now()", "-40, now()", "it takes the last word of a silent collector for news")]
    [InlineData("collector-silent", "                      - 30\n", "                      - 300\n", "it does not fire while the collector is silent")]
    public async Task Faults_OfABrokenRule_AreFound(string name, string what, string with, string fault)
    {
        string text = File.ReadAllText(ProvisionedRule.File);
        int start = text.IndexOf($"uid: collector-{name}\n", StringComparison.Ordinal);
        int at = text.IndexOf(what.ReplaceLineEndings("\n"), start, StringComparison.Ordinal);
        ProvisionedRule broken = ProvisionedRule.Read(string.Concat(text.AsSpan(0, at), with, text.AsSpan(at + what.Length))).First(rule => rule.Name == name);

        IReadOnlyList<string> faults = await AlertProof.FaultsAsync(broken, database.Wire, database.Now);

        Assert.Contains(faults, found => found.Contains(fault, StringComparison.Ordinal));
    }

    private static ProvisionedRule Shipped(string name) => ProvisionedRule.Shipped().First(rule => rule.Name == name);

    [GeneratedRegex(@"\{(?<name>[a-z_]+)\}", RegexOptions.None, 1000)]
    private static partial Regex Placeholder();
}
