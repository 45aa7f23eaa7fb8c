using System.Text.Json.Nodes;

namespace Collector.Dashboards;

/// <summary>A choice at the top of a dashboard.</summary>
/// <param name="Name">Its name, which is that of the column it chooses from.</param>
/// <param name="Sql">One column: the values to choose from. Null: the data source.</param>
internal sealed record Variable(string Name, string Label, string? Sql)
{
    /// <summary>Which QuestDB is asked.</summary>
    public static readonly Variable DataSource = new("datasource", "Data source", null);

    /// <summary>
    /// The data source, and a choice for each of <paramref name="columns"/>, which narrows those behind it. What was retired, or has
    /// been silent for a day at the end of the range, is no choice, where the table can say so.
    /// </summary>
    /// <param name="table">Where the values are found.</param>
    /// <param name="keys">The table's keys, which make a series; null where its rows have no state.</param>
    public static Variable[] Of(string table, string? keys, params string[] columns) =>
        [DataSource, .. columns.Select((column, i) => new Variable(column, Heading(column), Values(table, keys, column, columns[..i])))];

    public JsonObject Json() => Sql is null
        ? new()
        {
            ["name"] = Name,
            ["label"] = Label,
            ["type"] = "datasource",
            ["query"] = Query.DataSourceType,
            ["current"] = new JsonObject { ["text"] = "QuestDB", ["value"] = Query.DataSourceUid },
        }
        : new()
        {
            ["name"] = Name,
            ["label"] = Label,
            ["type"] = "query",
            ["datasource"] = Query.DataSource(),
            ["query"] = Sql,
            ["definition"] = Sql,
            ["refresh"] = 2, // when the time range changes
            ["sort"] = 1,
            ["multi"] = true,
            ["includeAll"] = true,
            ["current"] = new JsonObject { ["text"] = new JsonArray("All"), ["value"] = new JsonArray("$__all") },
        };

    private static string Values(string table, string? keys, string column, string[] before)
    {
        string rows = Fragments.Rows(before);
        return keys is null
            ? $"SELECT DISTINCT {column} FROM {table} WHERE {rows} AND {column} != '' ORDER BY {column}"
            : $"SELECT DISTINCT {column} FROM {Fragments.Current(table, keys, rows)} WHERE state != 'retired' AND {column} != '' ORDER BY {column}";
    }

    private static string Heading(string column) => column switch
    {
        "env" => "Environment",
        "data_type" => "Data type",
        _ => char.ToUpperInvariant(column[0]) + column[1..],
    };
}
