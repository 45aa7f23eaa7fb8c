using System.Text.Json.Nodes;

namespace Collector.Dashboards;

/// <summary>What the data source is asked.</summary>
internal static class Query
{
    /// <summary>The QuestDB plugin's id.</summary>
    public const string DataSourceType = "questdb-questdb-datasource";

    /// <summary>The uid that <c>provisioning/datasources</c> gives.</summary>
    public const string DataSourceUid = "questdb";

    /// <summary>What the dashboard's variable names.</summary>
    public static JsonObject DataSource() => new() { ["type"] = DataSourceType, ["uid"] = "${datasource}" };

    /// <param name="isTable">Rows as they are; else series: the first column is <c>time</c>, texts are labels, rows are in order.</param>
    public static JsonObject Json(string refId, string sql, bool isTable) => new()
    {
        ["refId"] = refId,
        ["datasource"] = DataSource(),
        ["queryType"] = "sql",
        ["format"] = isTable ? 1 : 0,
        ["selectedFormat"] = isTable ? 1 : 0,
        ["rawSql"] = sql,
    };
}
