using System.Text.Json.Nodes;

namespace Collector.IntegrationTests.Grafana;

/// <summary>Each rule finds what it is for: a dashboard that is right, with one thing made wrong.</summary>
public sealed class DashboardRulesTests
{
    [Fact]
    public void Faults_RightDashboard_None() => Assert.Empty(FaultsAfter(_ => { }));

    [Fact]
    public void Faults_UidOfOtherCharacters_IsOne() => Finds("uid", json => json["uid"] = "a b");

    [Fact]
    public void Faults_NoTitle_IsOne() => Finds("the dashboard has no title", json => json["title"] = "");

    [Fact]
    public void Faults_Editable_IsOne() => Finds("editable", json => json["editable"] = true);

    [Fact]
    public void Faults_OwnTooltip_IsOne() => Finds("graphTooltip", json => json["graphTooltip"] = 0);

    [Fact]
    public void Faults_FixedRange_IsOne() => Finds("range is hard-coded", json => json["time"]!["from"] = "2026-01-01T00:00:00Z");

    [Fact]
    public void Faults_NoLinks_IsOne() => Finds("no links", json => json["links"] = new JsonArray());

    [Fact]
    public void Faults_NoDataSourceVariable_IsOne() => Finds("no variable for the data source", json => json["templating"]!["list"]![0]!["query"] = "postgres");

    [Fact]
    public void Faults_NoFreshness_IsOne() => Finds("how fresh", json => Panel(json, 2)["title"] = "Age");

    [Fact]
    public void Faults_IdTwice_IsOne() => Finds("2 panels have the id 3", json => Panel(json, 2)["id"] = 3);

    [Fact]
    public void Faults_IdTwiceInCollapsedRow_IsOne() => Finds("2 panels have the id 3", json => json["panels"]![3]!["panels"]![0]!["id"] = 3);

    [Fact]
    public void Faults_UnknownPanelType_IsOne() => Finds("no panel of the type 'graph'", json => Panel(json, 3)["type"] = "graph");

    [Fact]
    public void Faults_PanelWithoutTitle_IsOne() => Finds("has no title", json => Panel(json, 3)["title"] = " ");

    [Fact]
    public void Faults_PanelWithoutDescription_IsOne() => Finds("has no description", json => Panel(json, 3).AsObject().Remove("description"));

    [Fact]
    public void Faults_PanelWithOwnRange_IsOne() => Finds("range of its own", json => Panel(json, 3)["timeFrom"] = "2h");

    [Fact]
    public void Faults_UnknownCalculation_IsOne() => Finds("no calculation 'current'", json => Panel(json, 3)["options"]!["legend"]!["calcs"] = new JsonArray("current"));

    [Theory]
    [InlineData("megabytes")]
    [InlineData("suffix:")]
    [InlineData("")]
    public void Faults_UnknownUnit_IsOne(string unit) => Finds($"no unit '{unit}'", json => Panel(json, 3)["fieldConfig"]!["defaults"]!["unit"] = unit);

    [Fact]
    public void Faults_UnknownUnitOfOneColumn_IsOne() => Finds("no unit 'bytez'", json => Panel(json, 3)["fieldConfig"]!["overrides"] =
        JsonNode.Parse("""[{"matcher":{"id":"byName","options":"x"},"properties":[{"id":"unit","value":"bytez"}]}]"""));

    [Fact]
    public void Faults_NoTextForNothing_IsOne() => Finds("when there is nothing", json => Panel(json, 3)["fieldConfig"]!["defaults"]!.AsObject().Remove("noValue"));

    [Fact]
    public void Faults_NoQuery_IsOne() => Finds("has no query", json => Panel(json, 3)["targets"] = new JsonArray());

    [Fact]
    public void Faults_UnknownFormat_IsOne() => Finds("the format of a query", json => Panel(json, 3)["targets"]![0]!["format"] = 2);

    [Fact]
    public void Faults_FixedDataSource_IsOne() => Finds("data source that is chosen", json => Panel(json, 3)["targets"]![0]!["datasource"]!["uid"] = "questdb");

    [Fact]
    public void Faults_PointsNeverShown_IsOne() => Finds("the only one", json => Panel(json, 3)["fieldConfig"]!["defaults"]!["custom"]!["showPoints"] = "never");

    [Fact]
    public void Faults_SpannedGaps_IsOne() => Finds("draws over gaps", json => Panel(json, 3)["fieldConfig"]!["defaults"]!["custom"]!["spanNulls"] = true);

    [Fact]
    public void Faults_NoLeastInterval_IsOne() => Finds("no least interval", json => Panel(json, 3).AsObject().Remove("interval"));

    [Fact]
    public void Faults_Stacked_IsOne() => Finds("stacks", json => Panel(json, 3)["fieldConfig"]!["defaults"]!["custom"]!["stacking"] = JsonNode.Parse("""{"mode":"normal"}"""));

    [Theory]
    [InlineData("SELECT timestamp AS time, count() FROM t SAMPLE BY $__sampleByInterval", "no $__timeFilter")]
    [InlineData("SELECT timestamp AS time, count() FROM t WHERE $__timeFilter(timestamp) AND timestamp > dateadd('h', -1, now()) SAMPLE BY $__sampleByInterval", "a time of its own: now(")]
    [InlineData("SELECT timestamp AS time, count() FROM t WHERE $__timeFilter(timestamp) AND timestamp > '2026-01-01' SAMPLE BY $__sampleByInterval", "a time of its own: '2026-01")]
    [InlineData("SELECT timestamp AS time, count() FROM t WHERE $__timeFilter(timestamp) AND timestamp IN today() SAMPLE BY $__sampleByInterval", "a time of its own")]
    [InlineData("SELECT timestamp AS time, count() FROM t WHERE $__timeFilter(timestamp) SAMPLE BY $__interval_sample", "knows $__interval_sample")]
    [InlineData("SELECT timestamp AS time, count() FROM t WHERE $__timeFilter(timestamp) AND env IN (${envs:singlequote}) SAMPLE BY $__sampleByInterval", "no variable envs")]
    [InlineData("SELECT timestamp AS time, count() FROM t WHERE $__timeFilter(timestamp) AND env = '$env' SAMPLE BY $__sampleByInterval", "wants IN")]
    [InlineData("SELECT timestamp AS time, count() FROM t WHERE $__timeFilter(timestamp) AND env IN (${env}) SAMPLE BY $__sampleByInterval", "wants IN")]
    [InlineData("SELECT timestamp AS time, count() FROM t WHERE $__timeFilter(timestamp) AND env LIKE '${env:raw}' SAMPLE BY $__sampleByInterval", "wants IN")]
    [InlineData("SELECT timestamp AS time, value FROM t WHERE $__timeFilter(timestamp)", "wants SAMPLE BY")]
    [InlineData("", "is empty")]
    public void Faults_QueryOfWrongForm_IsOne(string sql, string fault) => Finds(fault, json => Panel(json, 3)["targets"]![0]!["rawSql"] = sql);

    [Fact]
    public void Faults_VariableOfWrongForm_IsOne() => Finds("variable env has no $__timeFilter", json => json["templating"]!["list"]![1]!["query"] = "SELECT DISTINCT env FROM t");

    [Fact]
    public void Faults_AnnotationOfWrongForm_IsOne() => Finds("annotation restarts has no $__timeFilter", json => json["annotations"]!["list"] =
        JsonNode.Parse("""[{"name":"restarts","target":{"rawSql":"SELECT timestamp AS time FROM t"}}]"""));

    [Fact]
    public void Faults_PanelsOverEachOther_IsOne() => Finds("overlaps panel 2", json => Panel(json, 3)["gridPos"]!["y"] = 1);

    [Fact]
    public void Faults_PanelBesideTheGrid_IsOne() => Finds("does not fit the grid", json => Panel(json, 3)["gridPos"]!["x"] = 20);

    [Theory]
    [InlineData("https://example.org", "not of the form")]
    [InlineData("/d/nowhere", "a dashboard that does not exist")]
    [InlineData("/d/right?viewPanel=99", "a panel that does not exist")]
    [InlineData("/d/right?viewPanel=3&var-venue=x", "a choice that its dashboard does not have")]
    public void Faults_LinkToNowhere_IsOne(string url, string fault) =>
        Finds(fault, json => Panel(json, 3)["fieldConfig"]!["defaults"]!["links"] = new JsonArray(new JsonObject { ["url"] = url }));

    [Fact]
    public void Faults_LinkToNowhereInCollapsedRow_IsOne() =>
        Finds("a dashboard that does not exist", json => json["panels"]![3]!["panels"]![0]!["links"] = new JsonArray(new JsonObject { ["url"] = "/d/nowhere" }));

    private static void Finds(string fault, Action<JsonNode> change) =>
        Assert.Contains(fault, string.Join('\n', FaultsAfter(change)), StringComparison.Ordinal);

    private static IReadOnlyList<string> FaultsAfter(Action<JsonNode> change)
    {
        JsonNode json = JsonNode.Parse(Right)!;
        change(json);
        return DashboardRules.Faults(new DashboardFile("broken", json), [new DashboardFile("right", JsonNode.Parse(Right)!)]);
    }

    private static JsonNode Panel(JsonNode json, int id) => json["panels"]!.AsArray().First(panel => (int)panel!["id"]! == id)!;

    private const string Right = """
        {
          "uid": "right", "title": "Right", "editable": false, "graphTooltip": 1, "timezone": "browser",
          "time": {"from": "now-1h", "to": "now"}, "links": [{"type": "dashboards"}], "annotations": {"list": []},
          "templating": {"list": [
            {"name": "datasource", "type": "datasource", "query": "questdb-questdb-datasource"},
            {"name": "env", "type": "query", "query": "SELECT DISTINCT env FROM t WHERE $__timeFilter(timestamp)"}
          ]},
          "panels": [
            {"id": 1, "type": "text", "title": "About", "description": "d", "gridPos": {"x": 0, "y": 0, "w": 12, "h": 4}, "options": {}},
            {"id": 2, "type": "stat", "title": "Newest row", "description": "d", "gridPos": {"x": 12, "y": 0, "w": 12, "h": 4},
             "fieldConfig": {"defaults": {"unit": "s", "noValue": "No rows"}},
             "targets": [{"refId": "A", "format": 1, "datasource": {"type": "questdb-questdb-datasource", "uid": "${datasource}"},
                          "rawSql": "SELECT max(timestamp) FROM t WHERE $__timeFilter(timestamp) AND env IN (${env:singlequote})"}],
             "options": {"reduceOptions": {"calcs": ["lastNotNull"]}}},
            {"id": 3, "type": "timeseries", "title": "Line", "description": "d", "interval": "30s", "gridPos": {"x": 12, "y": 4, "w": 12, "h": 8},
             "fieldConfig": {"defaults": {"unit": "suffix: /h", "noValue": "No rows", "links": [{"url": "/d/right?var-env=x&viewPanel=panel-3"}],
                                          "custom": {"spanNulls": false, "stacking": {"mode": "none"}}}},
             "targets": [{"refId": "A", "format": 0, "datasource": {"type": "questdb-questdb-datasource", "uid": "${datasource}"},
                          "rawSql": "SELECT timestamp AS time, sum(x) * 1000.0 / ${__interval_ms} FROM t WHERE $__timeFilter(timestamp) AND $__conditionalAll(env IN (${env:singlequote}), $env) SAMPLE BY $__sampleByInterval"}],
             "options": {"legend": {"calcs": ["max"]}}},
            {"id": 4, "type": "row", "title": "Details", "collapsed": true, "gridPos": {"x": 0, "y": 12, "w": 24, "h": 1}, "panels": [
              {"id": 5, "type": "alertlist", "title": "Alerts", "description": "d", "gridPos": {"x": 0, "y": 13, "w": 24, "h": 8}, "options": {}}
            ]}
          ]
        }
        """;
}
