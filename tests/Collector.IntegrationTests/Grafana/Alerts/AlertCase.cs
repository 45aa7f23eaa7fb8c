namespace Collector.IntegrationTests.Grafana.Alerts;

/// <summary>A row of a case: how long before the moment of the question, and what it says beside its keys.</summary>
internal sealed record CaseRow(TimeSpan Ago, params (string Column, object Value)[] Values);

/// <summary>What proves a rule: rows at which it must fire, and rows at which it must not.</summary>
/// <param name="Rule">The rule's name.</param>
/// <param name="Key">The key that tells one series of the case from another; <c>gap_id</c> goes with it.</param>
/// <param name="Bad">It must fire.</param>
/// <param name="Good">It must not, by little: a value that is exactly the limit where there is one.</param>
/// <param name="Nothing">Rows without the value: never a fault of the series.</param>
/// <param name="Says">The summary of the one at which it fires.</param>
internal sealed record AlertCase(string Rule, string Table, string Key, CaseRow[] Bad, CaseRow[] Good, CaseRow[] Nothing, string Says)
{
    /// <summary>The series that fires.</summary>
    public string Fires => $"{Rule}.fires";

    /// <summary>The same in an environment that does not page.</summary>
    public string FiresElsewhere => $"{Rule}.elsewhere";

    /// <summary>The same, with no environment told, and of all symbols together.</summary>
    public string FiresNowhere => $"{Rule}.nowhere";

    public bool IsOf(AlertInstance instance) => instance.Labels.Values.Any(label => label.StartsWith(Rule + ".", StringComparison.Ordinal));

    /// <summary>All series of the case.</summary>
    /// <param name="hasState">The table tells which series are retired.</param>
    public IEnumerable<(string Series, string Env, IEnumerable<CaseRow> Rows)> Series(bool hasState)
    {
        yield return (Fires, "prod", Bad);
        yield return (FiresElsewhere, "demo", Bad);
        yield return (FiresNowhere, "", Bad);
        yield return ($"{Rule}.quiet", "prod", Good);
        yield return ($"{Rule}.untold", "prod", Nothing);
        yield return ($"{Rule}.over", "prod", Bad.Select(row => row with { Ago = row.Ago + TimeSpan.FromHours(25) }));
        if (hasState)
        {
            yield return ($"{Rule}.retired", "prod", Bad.Append(new CaseRow(TimeSpan.FromSeconds(1), ("state", "retired"))));
        }
    }

    /// <summary>The summary of one of the series that fire.</summary>
    public string SaysOf(string series) =>
        (series == FiresNowhere ? Says.Replace(" BTC", "", StringComparison.Ordinal) : Says).Replace(Fires, series, StringComparison.Ordinal);

    /// <summary>The value of a key of a series.</summary>
    public string KeyOf(string key, string series, string env) => key switch
    {
        "env" => env,
        "gap_id" => series,
        _ when key == Key => series,
        "host" => "h1",
        "channel" => "trades",
        "symbol" => series == FiresNowhere ? "" : "BTC",
        "data_type" => "oi",
        "venue" => "binance",
        "collector" => AlertCases.Collector,
        _ => "",
    };
}
