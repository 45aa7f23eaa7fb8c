using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Collector.IntegrationTests.Grafana;

/// <summary>
/// What can be wrong with a dashboard and shows in its file alone. Grafana would start all the same, and its reader would find
/// a panel that is empty, in error, or wrong.
/// </summary>
internal static partial class DashboardRules
{
    private const string DataSourceType = "questdb-questdb-datasource";
    private const int Columns = 24;

    /// <summary>All that is wrong.</summary>
    /// <param name="all">The dashboards that links may lead to.</param>
    public static IReadOnlyList<string> Faults(DashboardFile dashboard, IReadOnlyList<DashboardFile> all) =>
    [
        .. OfDashboard(dashboard),
        .. dashboard.Panels.SelectMany(OfPanel),
        .. dashboard.Queries.SelectMany(query => OfQuery(query, dashboard)),
        .. OfPlaces(DashboardFile.Items(dashboard.Json["panels"])),
        .. dashboard.Panels.SelectMany(panel => OfPlaces(DashboardFile.Items(panel["panels"]))),
        .. OfLinks(dashboard, all),
    ];

    private static IEnumerable<string> OfDashboard(DashboardFile dashboard)
    {
        JsonNode json = dashboard.Json;
        if (!Uid().IsMatch(dashboard.Uid))
        {
            yield return $"the uid '{dashboard.Uid}' is not of at most 40 letters, digits, - and _";
        }

        if (string.IsNullOrWhiteSpace((string?)json["title"]))
        {
            yield return "the dashboard has no title";
        }

        if ((bool?)json["editable"] != false)
        {
            yield return "the dashboard is editable: what is changed in the browser is lost";
        }

        if ((int?)json["graphTooltip"] != 1 || (string?)json["timezone"] != "browser")
        {
            yield return "graphTooltip is 1 and timezone is browser on every dashboard";
        }

        if (!((string?)json["time"]?["from"] ?? "").StartsWith("now-", StringComparison.Ordinal) || (string?)json["time"]?["to"] != "now")
        {
            yield return "the dashboard's range is hard-coded";
        }

        if (!DashboardFile.Items(json["links"]).Any(link => (string?)link["type"] == "dashboards"))
        {
            yield return "no links to the other dashboards";
        }

        if (!dashboard.Variables.Any(variable => (string?)variable["type"] == "datasource" && (string?)variable["query"] == DataSourceType && (string?)variable["name"] == "datasource"))
        {
            yield return "no variable for the data source";
        }

        if (!dashboard.Panels.Any(panel => (string?)panel["title"] == "Newest row"))
        {
            yield return "no panel tells how fresh the rows are";
        }

        foreach (IGrouping<int?, JsonNode> same in dashboard.Panels.GroupBy(panel => (int?)panel["id"]).Where(same => same.Count() > 1 || same.Key is null or < 1))
        {
            yield return $"{same.Count()} panels have the id {same.Key}";
        }
    }

    private static IEnumerable<string> OfPanel(JsonNode panel)
    {
        string type = (string?)panel["type"] ?? "";
        string where = $"panel {panel["id"]} ({panel["title"]})";
        if (!GrafanaNames.PanelTypes.Contains(type))
        {
            yield return $"{where}: Grafana has no panel of the type '{type}'";
        }

        if (string.IsNullOrWhiteSpace((string?)panel["title"]))
        {
            yield return $"{where} has no title";
        }

        if (type != "row" && string.IsNullOrWhiteSpace((string?)panel["description"]))
        {
            yield return $"{where} has no description";
        }

        if (panel["timeFrom"] is not null || panel["timeShift"] is not null)
        {
            yield return $"{where} has a range of its own: zooming does not change it";
        }

        foreach (string calculation in Found(panel, "calcs").SelectMany(DashboardFile.Items).Select(calculation => (string?)calculation ?? "").Where(name => !GrafanaNames.Calculations.Contains(name)))
        {
            yield return $"{where}: Grafana has no calculation '{calculation}'";
        }

        if (GrafanaNames.WithoutNumbers.Contains(type))
        {
            yield break;
        }

        JsonNode? defaults = panel["fieldConfig"]?["defaults"];
        foreach (string unit in Units(panel).Prepend((string?)defaults?["unit"] ?? "").Where(unit => !GrafanaNames.IsUnit(unit)))
        {
            yield return $"{where}: Grafana has no unit '{unit}'";
        }

        if (string.IsNullOrWhiteSpace((string?)defaults?["noValue"]))
        {
            yield return $"{where} does not say what it shows when there is nothing";
        }

        if (DashboardFile.Items(panel["targets"]).FirstOrDefault() is null)
        {
            yield return $"{where} has no query";
        }

        foreach (JsonNode target in DashboardFile.Items(panel["targets"]))
        {
            if ((int?)target["format"] is not (0 or 1))
            {
                yield return $"{where}: the format of a query is 0 (time series) or 1 (table)";
            }

            if ((string?)target["datasource"]?["type"] != DataSourceType || (string?)target["datasource"]?["uid"] != "${datasource}")
            {
                yield return $"{where} does not ask the data source that is chosen";
            }
        }

        if (type is "timeseries" or "state-timeline" && (bool?)defaults?["custom"]?["spanNulls"] != false)
        {
            yield return $"{where} draws over gaps";
        }

        if ((string?)defaults?["custom"]?["showPoints"] == "never")
        {
            yield return $"{where} does not show a point that is the only one";
        }

        if (type is "timeseries" or "state-timeline" && panel["interval"] is null)
        {
            yield return $"{where} has no least interval: buckets finer than the rows are drawn as lone dots";
        }

        if ((string?)defaults?["custom"]?["stacking"]?["mode"] is not (null or "none"))
        {
            yield return $"{where} stacks its series";
        }
    }

    private static IEnumerable<string> OfQuery(ShippedQuery query, DashboardFile dashboard)
    {
        string sql = query.Sql;
        if (string.IsNullOrWhiteSpace(sql))
        {
            yield return $"{query.Where} is empty";
        }
        // What the database says of itself has no time: it is of this moment.
        if (!sql.Contains("$__timeFilter(", StringComparison.Ordinal) && !sql.Contains("wal_tables()", StringComparison.Ordinal))
        {
            yield return $"{query.Where} has no $__timeFilter: zooming does not change it";
        }

        if (HardTime().Match(sql) is { Success: true } time)
        {
            yield return $"{query.Where} has a time of its own: {time.Value}";
        }

        foreach (string name in MacroName().Matches(sql).Select(match => match.Groups["name"].Value).Where(name => !Macros.Known.Contains(name) && !Macros.BuiltIn.Contains("__" + name)))
        {
            yield return $"{query.Where}: neither Grafana nor its plugin knows $__{name}";
        }

        var names = dashboard.Variables.Select(variable => (string?)variable["name"] ?? "").ToHashSet(StringComparer.Ordinal);
        foreach (string name in VariableName().Matches(sql).Select(match => match.Groups["name"].Value).Where(name => !names.Contains(name) && !Macros.BuiltIn.Contains(name)))
        {
            yield return $"{query.Where}: the dashboard has no variable {name}";
        }

        if (BareVariable().Match(sql) is { Success: true } bare)
        {
            yield return $"{query.Where}: a choice of several values wants IN (${{v:singlequote}}): {bare.Value}";
        }

        if (query.IsSeries && !sql.Contains("SAMPLE BY $__sampleByInterval", StringComparison.Ordinal))
        {
            yield return $"{query.Where}: a series over a long range wants SAMPLE BY $__sampleByInterval";
        }
    }

    private static IEnumerable<string> OfPlaces(IEnumerable<JsonNode> panels)
    {
        var taken = new Dictionary<(int, int), string>();
        foreach (JsonNode panel in panels)
        {
            string where = $"panel {panel["id"]} ({panel["title"]})";
            (int x, int y, int w, int h) = (At("x"), At("y"), At("w"), At("h"));
            if (x < 0 || y < 0 || w < 1 || h < 1 || x + w > Columns)
            {
                yield return $"{where} does not fit the grid of {Columns} columns";
                continue;
            }

            string? under = null;
            foreach ((int, int) cell in Enumerable.Range(x, w).SelectMany(column => Enumerable.Range(y, h).Select(row => (column, row))))
            {
                under = taken.TryAdd(cell, where) ? under : taken[cell];
            }

            if (under is not null)
            {
                yield return $"{where} overlaps {under}";
            }

            int At(string side) => (int?)panel["gridPos"]?[side] ?? -1;
        }
    }

    private static IEnumerable<string> OfLinks(DashboardFile dashboard, IReadOnlyList<DashboardFile> all)
    {
        foreach (string url in dashboard.Panels.Prepend(dashboard.Json).SelectMany(node => Found(node, "url")).OfType<JsonValue>().Select(url => (string?)url ?? ""))
        {
            if (LinkTo().Match(url) is not { Success: true } link)
            {
                yield return $"a link is not of the form /d/UID: {url}";
                continue;
            }

            DashboardFile? target = all.FirstOrDefault(other => other.Uid == link.Groups["uid"].Value);
            if (target is null)
            {
                yield return $"a link leads to a dashboard that does not exist: {url}";
                continue;
            }

            if (PanelInLink().Match(url) is { Success: true } panel && !target.Panels.Any(shown => $"{shown["id"]}" == panel.Groups["id"].Value))
            {
                yield return $"a link leads to a panel that does not exist: {url}";
            }

            foreach (string variable in ChoiceInLink().Matches(url).Select(match => match.Groups["name"].Value))
            {
                if (!target.Variables.Any(known => (string?)known["name"] == variable))
                {
                    yield return $"a link makes a choice that its dashboard does not have: {url}";
                }
            }
        }
    }

    private static IEnumerable<string> Units(JsonNode panel) => DashboardFile.Items(panel["fieldConfig"]?["overrides"])
        .SelectMany(rule => DashboardFile.Items(rule["properties"]))
        .Where(property => (string?)property["id"] == "unit").Select(property => (string?)property["value"] ?? "");

    /// <summary>Every value of this name, however deep; not those of the panels within, which are looked at by themselves.</summary>
    private static IEnumerable<JsonNode?> Found(JsonNode? node, string name) => node switch
    {
        JsonObject map => map.Where(pair => pair.Key != "panels").SelectMany(pair => pair.Key == name ? [pair.Value] : Found(pair.Value, name)),
        JsonArray list => list.SelectMany(item => Found(item, name)),
        _ => [],
    };

    [GeneratedRegex(@"^[A-Za-z0-9_-]{1,40}$", RegexOptions.None, 1000)]
    private static partial Regex Uid();

    [GeneratedRegex(@"\b(?:now|today|yesterday|tomorrow|systimestamp|sysdate)\s*\(|'\d{4}-\d\d|timestamp\s+in\s", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex HardTime();

    [GeneratedRegex(@"\$\{?__(?<name>\w+)", RegexOptions.None, 1000)]
    private static partial Regex MacroName();

    [GeneratedRegex(@"\$\{?(?<name>(?!__)\w+)", RegexOptions.None, 1000)]
    private static partial Regex VariableName();

    /// <summary>A variable without a format, but behind a macro's comma; or one behind LIKE.</summary>
    [GeneratedRegex(@"(?<!, ?)\$(?!__)\w+|\$\{(?!__)\w+\}|LIKE\s+'?\$\S+", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex BareVariable();

    [GeneratedRegex(@"^/d/(?<uid>[A-Za-z0-9_-]+)", RegexOptions.None, 1000)]
    private static partial Regex LinkTo();

    [GeneratedRegex(@"viewPanel=(?:panel-)?(?<id>\d+)", RegexOptions.None, 1000)]
    private static partial Regex PanelInLink();

    [GeneratedRegex(@"[?&]var-(?<name>\w+)=", RegexOptions.None, 1000)]
    private static partial Regex ChoiceInLink();
}
