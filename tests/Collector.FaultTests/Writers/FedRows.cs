using System.Text.Json;
using Collector.FaultTests.Feeding;
using Collector.FaultTests.Oracle;
using Collector.IntegrationTests.Support;

namespace Collector.FaultTests.Writers;

/// <summary>Rows of <see cref="FedTable"/>s, as they are found in bytes and in the database.</summary>
internal static class FedRows
{
    public static RowFinder Finder() => new(@"(?<series>fed_\w+),writer=w ", @"[ ,]number=(?<number>\d+)i[ ,]");

    public static async Task<IReadOnlyCollection<StoredNumber>> StoredAsync(QuestDbServer database, IEnumerable<string> tables)
    {
        var stored = new List<StoredNumber>();
        foreach (string table in tables)
        {
            QuestDbAnswer answer = await database.ExecAsync($"SELECT number, cast(value AS DOUBLE) value, note, newlines FROM {table}");
            stored.AddRange(answer.Rows.GroupBy(row => row[0].GetInt64()).Select(rows => new StoredNumber(table, rows.Key, rows.Count(), rows.All(IsWhole))));
        }

        return stored;
    }

    private static bool IsWhole(JsonElement row) =>
        row[1].GetDouble() == FedTable.Value(row[0].GetInt64())
        && row[2].GetString() == FedTable.Note(row[0].GetInt64())
        && row[3].GetDouble() != 0;
}
