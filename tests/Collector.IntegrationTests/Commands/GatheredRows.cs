using System.Globalization;
using Collector.IntegrationTests.Pipeline;
using Collector.IntegrationTests.Support;
using Collector.Lines.Tables;
using Collector.Stores.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Collector.IntegrationTests.Commands;

/// <summary>
/// A SQLite file with a table that the store made and rows that the test put there by SQL: no line writer or reader has
/// touched them, so that the copy alone is tried. Beside it a configuration that names the file and a QuestDB.
/// </summary>
internal sealed class GatheredRows : IDisposable
{
    private static readonly string[] Texts = ["plain", "", "a b,c=d\\e\"f", "line\nfeed", "Größe 日本 \U0001F600", "null"];
    private static readonly double[] Doubles = [0, -0.0, 1.5, double.Epsilon, double.MaxValue, -1e-300, 0.1, BitConverter.Int64BitsToDouble(0x0A0A0A0A0A0A0A0A)];
    private readonly TemporaryFolder _folder = new();

    public GatheredRows(Uri questDb, bool withKeys = true)
    {
        Directory.CreateDirectory(_folder.Combine("schemas"));
        string statement = $"""
            CREATE TABLE {Name} (ts TIMESTAMP, venue SYMBOL, side SYMBOL, up BOOLEAN, state SYMBOL, n LONG, n_delta LONG, x DOUBLE, at TIMESTAMP, note VARCHAR)
            TIMESTAMP(ts) PARTITION BY DAY TTL 90 DAYS WAL {(withKeys ? "DEDUP UPSERT KEYS(ts, venue, side)" : "")}
            """;
        File.WriteAllText(_folder.Combine("schemas", $"{Name}.sql"), statement);
        foreach (string own in new[] { "collector_status.sql", "source_status.sql" })
        {
            File.Copy(RepositoryRoot.Combine("schemas", own), _folder.Combine("schemas", own));
        }

        Table = SchemaReader.Read("t.sql", statement, [])!;
        File.WriteAllText(ConfigFile, $"""
            schemas_dir: schemas
            store:
              questdb:
                url: {questDb}
            """);
    }

    public string Name { get; } = SharedQuestDb.UniqueName("copied");

    public Table Table { get; }

    public string ConfigFile => _folder.Combine("collector.yaml");

    public string Database => _folder.Combine("data", "collector.db");

    /// <summary>The timestamps begin here, a second apart.</summary>
    public long Begin { get; } = ((TimeProvider.System.GetUtcNow().AddDays(-3) - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond) + 7;

    public async Task FillAsync(int rows)
    {
        await using var store = new SqliteStore(new SqliteOptions { Path = Database }, TimeProvider.System, NullLogger<SqliteStore>.Instance);
        await store.PrepareAsync(Table, default);
        using SqliteConnection file = Open();
        using SqliteTransaction all = file.BeginTransaction();
        for (int i = 0; i < rows; i++)
        {
            Insert(file, Begin + (i * 1_000_000L), Texts[i % Texts.Length], i % 5 == 0 ? "" : $"s{i % 7}", i);
        }

        await all.CommitAsync();
    }

    /// <summary>One row more, of which a test says what is wrong with it.</summary>
    public void Add(long micros, string venue, double x)
    {
        using SqliteConnection file = Open();
        Insert(file, micros, venue, "added", 1, x);
    }

    /// <summary>Every row with every value, as text, in the order of time and keys.</summary>
    public List<string> Shown() => [.. new SqliteRows(Database).Query(
        $"SELECT ts, venue, side, up, state, n, n_delta, x, at, note FROM {Name}").Select(row => string.Join(" | ", row.Select((value, i) => Shown(i == 3 ? (long)value! == 1 : value)))).Order(StringComparer.Ordinal)];

    /// <summary>The same of the table in QuestDB.</summary>
    public async Task<List<string>> ShownAsync(QuestDbClient database)
    {
        QuestDbAnswer answer = await database.ExecAsync($"SELECT ts::long, venue, side, up, state, n, n_delta, x, at::long, note FROM {Name}");
        return [.. answer.Rows.Select(row => string.Join(" | ", row.EnumerateArray().Select((value, i) => Shown(value.ValueKind switch
        {
            System.Text.Json.JsonValueKind.Null => null,
            System.Text.Json.JsonValueKind.True => true,
            System.Text.Json.JsonValueKind.False => false,
            System.Text.Json.JsonValueKind.String => value.GetString(),
            _ => i == 7 ? (object)value.GetDouble() : value.GetInt64(),
        })))).Order(StringComparer.Ordinal)];
    }

    public async Task<ChildProcess> CopyAsync(params string[] arguments) => await CollectorCommand.RunAsync(["copy", "--config", ConfigFile, .. arguments]);

    public void Dispose() => _folder.Dispose();

    private static string Shown(object? value) => value switch
    {
        null => "(null)",
        double number => $"double {BitConverter.DoubleToInt64Bits(number):x}",
        string text => $"\"{text}\"",
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };

    private SqliteConnection Open()
    {
        var file = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Database, Pooling = false }.ToString());
        file.Open();
        return file;
    }

    private void Insert(SqliteConnection file, long micros, string venue, string side, int i, double? x = null)
    {
        using SqliteCommand command = file.CreateCommand();
#pragma warning disable CA2100 // the test's own name
        command.CommandText = $"INSERT INTO {Name} VALUES ($ts, $venue, $side, $up, $state, $n, $delta, $x, $at, $note)";
#pragma warning restore CA2100
        command.Parameters.AddWithValue("$ts", micros);
        command.Parameters.AddWithValue("$venue", venue);
        command.Parameters.AddWithValue("$side", side);
        command.Parameters.AddWithValue("$up", i % 2);
        command.Parameters.AddWithValue("$state", i % 3 == 0 ? DBNull.Value : Texts[(i + 1) % Texts.Length]);
        command.Parameters.AddWithValue("$n", i % 4 == 0 ? DBNull.Value : long.MaxValue - i);
        command.Parameters.AddWithValue("$delta", i % 6 == 0 ? DBNull.Value : i % 11); // no increase of n: to be copied as it is
        command.Parameters.AddWithValue("$x", (object?)x ?? (i % 9 == 8 ? DBNull.Value : Doubles[i % Doubles.Length]));
        command.Parameters.AddWithValue("$at", i % 10 == 0 ? DBNull.Value : (i % 10 == 1 ? 0 : micros - 1));
        command.Parameters.AddWithValue("$note", i % 8 == 0 ? DBNull.Value : Texts[(i + 2) % Texts.Length]);
        command.ExecuteNonQuery();
    }
}
