using System.Text.Json;
using Collector.IntegrationTests.Support;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;
using Collector.Stores.QuestDb;
using Microsoft.Extensions.Logging.Abstractions;
using QuestDbOptions = Collector.Stores.QuestDb.QuestDbOptions;

namespace Collector.IntegrationTests.Stores;

[Collection(SharedQuestDb.Collection)]
public sealed class QuestDbConformanceTests(SharedQuestDb database) : StoreConformance
{
    protected override void SkipWithoutStore() => Skip.IfNot(QuestDb.Available(out string reason), reason);

    private protected override IStore Open() =>
        new QuestDbStore(new QuestDbOptions { Url = database.Url }, TimeProvider.System, NullLogger<QuestDbStore>.Instance);

    private protected override async Task<IReadOnlyList<object?[]>> ReadAsync(Table table)
    {
        string columns = string.Join(", ", table.Columns.Select(column => column.Type == ColumnType.Timestamp ? $"{column}::long" : column.Name));
        QuestDbAnswer answer = await database.Client.ExecAsync($"SELECT {table.TimestampName}::long, {columns} FROM {table}");
        return [.. answer.Rows.Select(row => (object?[])[row[0].GetInt64(), .. table.Columns.Select(column => Value(column, row[column.Ordinal + 1]))])];
    }

    private static object? Value(Column column, JsonElement value) => (value.ValueKind, column.Type) switch
    {
        (JsonValueKind.Null, _) => null,
        (_, ColumnType.Boolean) => value.GetBoolean(),
        (_, ColumnType.Long or ColumnType.Timestamp) => value.GetInt64(),
        (_, ColumnType.Double) => value.GetDouble(),
        _ => value.GetString(),
    };
}
