using System.Text.Json;
using Collector.Pipe.Delivery;

namespace Collector.Stores.QuestDb;

/// <summary>What a statement answered: rows, or why there are none.</summary>
internal sealed class SqlResult
{
    private SqlResult(IReadOnlyList<SqlRow> rows, Outcome? failure) => (Rows, Failure) = (rows, failure);

    /// <summary>Empty for a statement that answers no rows, such as DDL.</summary>
    public IReadOnlyList<SqlRow> Rows { get; }

    /// <summary>Halted where the server refuses the statement, Retry where it cannot be asked now; null when all went well.</summary>
    public Outcome? Failure { get; }

    public static SqlResult Failed(Outcome failure) => new([], failure);

    public static SqlResult From(JsonElement answer)
    {
        var columns = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        if (answer.TryGetProperty("columns", out JsonElement names))
        {
            foreach (JsonElement column in names.EnumerateArray())
            {
                columns[column.GetProperty("name").GetString()!] = columns.Count;
            }
        }

        return new SqlResult(
            answer.TryGetProperty("dataset", out JsonElement rows)
                ? [.. rows.EnumerateArray().Select(row => new SqlRow(columns, row.Clone()))]
                : [],
            null);
    }
}

/// <summary>One row. A column that this version of QuestDB does not have reads as null.</summary>
internal readonly struct SqlRow(IReadOnlyDictionary<string, int> columns, JsonElement values)
{
    public string? Text(string column) => Value(column) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public long? Long(string column) => Value(column) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out long number) ? number : null;

    public double? Double(string column) => Value(column) is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : null;

    public bool? Boolean(string column) => Value(column)?.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    private JsonElement? Value(string column) => columns.TryGetValue(column, out int index) ? values[index] : null;
}
