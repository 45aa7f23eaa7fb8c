using System.Globalization;
using System.Text;

namespace Collector.Lines.Tables;

/// <summary>The reference page of a table, as Markdown, from its schema file alone.</summary>
internal static class TableDocs
{
    public static string Page(Table table)
    {
        var page = new StringBuilder();
        page.Append($"<!-- Generated from schemas/{table.Name}.sql; change that file. -->\n\n# {table.Name}\n\n");
        if (table.Help.Length > 0)
        {
            page.Append($"{Escaped(table.Help)}\n\n");
        }

        page.Append(table.Ttl is { } ttl ? $"Rows are kept for {ttl.ToString().ToLowerInvariant()}" : "Rows are kept for ever");
        page.Append($", in partitions by {table.PartitionBy.ToLowerInvariant()}. ");
        page.Append(table.Keys.Length == 0
            ? "The table has no keys: a row is stored at least once.\n\n"
            : $"Rows are told apart by `{table.TimestampName}`{string.Concat(table.Keys.Select(key => $", `{key}`"))}: of two rows that agree in all of them the later one is kept.\n\n");

        if (table.HoldsEvents)
        {
            page.Append("Each row is an event of its own.\n\n");
        }

        foreach (View view in table.Views)
        {
            page.Append($"The materialized view `{view.Name}` is made of it ([its file](../../schemas/views/{view.Name}.sql)): {Escaped(view.Help)}\n\n");
        }

        page.Append("| Column | Type | Key | Unit | Metric | Meaning |\n|---|---|---|---|---|---|\n");
        page.Append($"| `{table.TimestampName}` | TIMESTAMP | {(table.Keys.Length > 0 ? "yes" : "")} | | | {Escaped(table.TimestampHelp)} |\n");
        foreach (Column column in table.Columns)
        {
            page.Append($"| `{column}` | {column.TypeName} | {(column.IsKey ? "yes" : "")} | {column.Unit} | {Metric(column)} | {Escaped(column.Help)} |\n");
        }

        return page.ToString();
    }

    /// <summary>A page that lists the others.</summary>
    public static string Index(IEnumerable<Table> tables)
    {
        var page = new StringBuilder("<!-- Generated from the schema files; change those. -->\n\n# Tables\n\n| Table | Kept | Holds |\n|---|---|---|\n");
        foreach (Table table in tables)
        {
            page.Append($"| [{table}]({table}.md) | {table.Ttl?.ToString().ToLowerInvariant() ?? "for ever"} | {Escaped(table.Help)} |\n");
        }

        return page.ToString();
    }

    private static string Metric(Column column) => column.Metric switch
    {
        null => "",
        { Scale: 1 } metric => $"`{metric.Name}` ({metric.Kind.ToString().ToLowerInvariant()})",
        { } metric => $"`{metric.Name}` ({metric.Kind.ToString().ToLowerInvariant()}, × {metric.Scale.ToString("0.######", CultureInfo.InvariantCulture)})",
    };

    private static string Escaped(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
