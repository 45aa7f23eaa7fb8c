using Collector.IntegrationTests.Support;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;
using Collector.Stores.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Collector.IntegrationTests.Stores;

public sealed class SqliteConformanceTests : StoreConformance, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => _folder.Combine("collector.db");

    public void Dispose() => _folder.Dispose();

    protected override void SkipWithoutStore()
    {
        // It is always to be had.
    }

    private protected override IStore Open() =>
        new SqliteStore(new SqliteOptions { Path = File }, TimeProvider.System, NullLogger<SqliteStore>.Instance);

    private protected override Task<IReadOnlyList<object?[]>> ReadAsync(Table table)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False;Mode=ReadOnly");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Names of this test's own table.
        command.CommandText = $"SELECT {table.TimestampName}, {string.Join(", ", table.Columns.AsEnumerable())} FROM {table}";
#pragma warning restore CA2100
        using SqliteDataReader reader = command.ExecuteReader();
        var rows = new List<object?[]>();
        while (reader.Read())
        {
            rows.Add([reader.GetInt64(0), .. table.Columns.Select(column => Value(reader, column))]);
        }

        return Task.FromResult<IReadOnlyList<object?[]>>(rows);
    }

    private static object? Value(SqliteDataReader reader, Column column) => (reader.GetValue(column.Ordinal + 1), column.Type) switch
    {
        (DBNull, _) => null,
        (long flag, ColumnType.Boolean) => flag != 0,
        (var value, _) => value,
    };
}
