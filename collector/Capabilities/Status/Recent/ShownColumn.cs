using System.Text.Json;
using Collector.Lines.Tables;

namespace Collector.Capabilities.Status.Recent;

/// <summary>A column as the page shows it. Keys are told apart, and an increase belongs to its counter.</summary>
/// <param name="Ring">The place of its numbers among the lines; -1 for text, flags and times.</param>
internal sealed record ShownColumn(Column Column, int Ring)
{
    /// <summary>Columns of a table that are shown, the first ones: with the bound on series they bound the memory.</summary>
    public const int Most = 64;

    public static ShownColumn[] Of(Table table)
    {
        int rings = 0;
        return [.. table.Columns.Where(column => !column.IsKey).Take(Most).Select(column =>
            new ShownColumn(column, column.Type is ColumnType.Long or ColumnType.Double ? rings++ : -1))];
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("name", Column.Name);
        json.WriteString("type", Column.Type.ToString().ToLowerInvariant());
        json.WriteString("unit", Column.Unit);
        json.WriteString("help", Column.Help);
        if (Column.Delta is { } delta)
        {
            json.WriteString("delta", delta.Name);
        }

        json.WriteEndObject();
    }
}
