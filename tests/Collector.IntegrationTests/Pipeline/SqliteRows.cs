using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace Collector.IntegrationTests.Pipeline;

/// <summary>Queries on the file of the SQLite store, while the collector writes to it or after.</summary>
internal sealed class SqliteRows(string file)
{
    /// <summary>The rows of a query, each an array in the order of its columns, with null for NULL.</summary>
    [SuppressMessage("Security", "CA2100", Justification = "The tests' own literals.")]
    public List<object?[]> Query(string sql)
    {
        using var database = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        database.Open();
        using SqliteCommand command = database.CreateCommand();
        command.CommandText = sql;
        using SqliteDataReader reader = command.ExecuteReader();
        var rows = new List<object?[]>();
        while (reader.Read())
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : reader.GetValue(i))]);
        }

        return rows;
    }

    /// <summary>Keeps everybody else from writing to the file until it is disposed of.</summary>
    public IDisposable Lock()
    {
        var database = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        database.Open();
        using SqliteCommand command = database.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        command.ExecuteNonQuery();
        return database;
    }

    public IEnumerable<long> Numbers(string sql) => Query(sql).Select(row => (long)row[0]!);

    /// <summary>Repeats a query until its answer is as it should be; the file and its tables may not be there yet.</summary>
    public async Task<List<object?[]>> QueryUntilAsync(string sql, Func<List<object?[]>, bool> enough)
    {
        long began = TimeProvider.System.GetTimestamp();
        List<object?[]>? last = null;
        do
        {
            try
            {
                last = Query(sql);
                if (enough(last))
                {
                    return last;
                }
            }
            catch (SqliteException early) when (early.SqliteErrorCode is 1 or 14) // no such table, cannot open
            {
                last = null;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
        while (TimeProvider.System.GetElapsedTime(began) < CollectorProcess.Soon);

        string rows = last is null ? "no such table" : string.Join('\n', last.Select(row => string.Join(", ", row)));
        throw new TimeoutException($"'{sql}' on {file} did not answer as expected within {CollectorProcess.Soon.TotalSeconds} s; last:\n{rows}");
    }
}
