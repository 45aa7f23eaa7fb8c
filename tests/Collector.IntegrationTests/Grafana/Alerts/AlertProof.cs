using Npgsql;

namespace Collector.IntegrationTests.Grafana.Alerts;

/// <summary>Asks a rule about its case, and tells where it does not say what it should.</summary>
internal static class AlertProof
{
    /// <summary>When no collector has spoken for longer than it may.</summary>
    private static readonly TimeSpan SilentSince = TimeSpan.FromSeconds(40);

    /// <summary>When all rows are older than counts.</summary>
    private static readonly TimeSpan LongAfter = TimeSpan.FromDays(3);

    public static async Task<IReadOnlyList<string>> FaultsAsync(ProvisionedRule rule, NpgsqlDataSource database, DateTimeOffset now) =>
    [
        .. await OfCaseAsync(rule, database, now),
        .. await WhileSilentAsync(rule, database, now + SilentSince),
        .. await WithoutRowsAsync(rule, database, now + LongAfter),
    ];

    private static async Task<IEnumerable<string>> OfCaseAsync(ProvisionedRule rule, NpgsqlDataSource database, DateTimeOffset now)
    {
        AlertCase one = AlertCases.Of(rule.Name);
        Evaluation evaluation = await Evaluation.OfAsync(rule, database, now);
        if (evaluation.Error is { } error)
        {
            return [error];
        }

        string[] expected = [one.Fires, one.FiresElsewhere, one.FiresNowhere];
        string[] firing = [.. evaluation.Firing.Where(one.IsOf).Select(instance => instance.Labels.Values.First(label => label.StartsWith(one.Rule + ".", StringComparison.Ordinal)))];
        return
        [
            .. expected.Except(firing, StringComparer.Ordinal).Select(series => $"it does not fire for {series}"),
            .. firing.Except(expected, StringComparer.Ordinal).Select(series => $"it fires for {series}"),
            .. evaluation.Firing.Where(instance => !rule.IsWatchdog && AlertCases.Silent.IsOf(instance)).Select(_ => "it takes the last word of a silent collector for news"),
            .. evaluation.Firing.Where(IsWell).Select(instance => $"it fires for {string.Join(", ", instance.Labels.Values)}, which is well"),
            .. evaluation.Instances.Any(IsWell) || !TellsTheWell(rule) ? [] : new[] { "it does not see the series that are well" },
            .. evaluation.Instances.Take(1).Where(instance => !instance.Labels.ContainsKey("env") || !instance.Labels.ContainsKey("host")).Select(_ => "its series do not tell host and env"),
        ];
    }

    private static async Task<IEnumerable<string>> WhileSilentAsync(ProvisionedRule rule, NpgsqlDataSource database, DateTimeOffset now)
    {
        Evaluation evaluation = await Evaluation.OfAsync(rule, database, now);
        if (rule.IsWatchdog)
        {
            return evaluation.Firing.Any(instance => instance.Labels.Values.Contains(AlertCases.Collector, StringComparer.Ordinal)) ? [] : ["it does not fire while the collector is silent"];
        }

        return evaluation is { Instances: [], WithoutSeries: AlertState.Normal } ? [] : ["it has something to say while the collector is silent"];
    }

    private static async Task<IEnumerable<string>> WithoutRowsAsync(ProvisionedRule rule, NpgsqlDataSource database, DateTimeOffset now)
    {
        Evaluation evaluation = await Evaluation.OfAsync(rule, database, now);
        return evaluation is { Instances: [], Error: null } && evaluation.WithoutSeries == (rule.IsWatchdog ? AlertState.Alerting : AlertState.Normal)
            ? []
            : ["it does not keep to its part when there are no rows"];
    }

    /// <summary>A series of the day's load, and not of a case.</summary>
    private static bool IsWell(AlertInstance instance) => !instance.Labels.Values.Any(label => label.Contains('.'));

    /// <summary>A spool that does not grow has no time left to tell.</summary>
    private static bool TellsTheWell(ProvisionedRule rule) => !rule.Name.StartsWith("spool-full", StringComparison.Ordinal);
}
