using System.Globalization;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;

namespace Collector.Stores.QuestDb;

/// <summary>
/// Asks QuestDB how it fares: <c>tables()</c> (https://questdb.com/docs/reference/function/meta/#tables) for rows, replaced
/// and pending ones, <c>wal_tables()</c> for the lag and the error, its clock, and <c>/settings</c> for whether it takes rows.
/// Columns that a version lacks read as not known.
/// </summary>
internal sealed class QuestDbWatch(QuestDbClient client, QuestDbSql sql, TimeProvider clock)
{
    /// <summary>A clock that took longer to read is told to nobody: half of this is its error.</summary>
    private static readonly TimeSpan LongestClockRead = TimeSpan.FromSeconds(2);

    /// <summary>The time of the server's start tells one run from the next; a version without it is asked for the time alone.</summary>
    private bool _tellsStart = true;

    public async Task<StoreLook> LookAsync(IReadOnlyCollection<Table> tables, CancellationToken cancellationToken)
    {
        SqlResult ofTables = await sql.RunAsync("SELECT * FROM tables()", cancellationToken);
        SqlResult ofWals = ofTables.Failure is null ? await sql.RunAsync("SELECT * FROM wal_tables()", cancellationToken) : ofTables;
        if (ofWals.Failure is { } failure)
        {
            return new StoreLook { Failure = failure };
        }

        (TimeSpan? skew, string? run) = await ClockAsync(cancellationToken);
        string? settings = await ServerSettings.ReadAsync(client, cancellationToken);
        return new StoreLook
        {
            Tables = Tables(tables, ofTables.Rows, ofWals.Rows),
            ClockSkew = skew,
            Run = run,
            IsReadOnly = settings is null ? null : ServerSettings.IsReadOnly(settings),
            Version = settings is null ? null : ServerSettings.Version(settings),
        };
    }

    public async Task<bool?> IsVisibleAsync(Table table, long micros, CancellationToken cancellationToken)
    {
        SqlResult result = await sql.RunAsync($"SELECT count() found FROM {QuestDbSql.Name(table.Name)} WHERE {QuestDbSql.Name(table.TimestampName)} = {micros}", cancellationToken);
        return result.Failure is null && result.Rows is [var only] ? only.Long("found") > 0 : null;
    }

    internal static Dictionary<string, TableLook> Tables(IEnumerable<Table> ours, IReadOnlyList<SqlRow> tables, IReadOnlyList<SqlRow> wals)
    {
        Dictionary<string, SqlRow> rows = ByName(tables, "table_name");
        Dictionary<string, SqlRow> logs = ByName(wals, "name");
        var looks = new Dictionary<string, TableLook>(StringComparer.Ordinal);
        foreach (Table table in ours)
        {
            if (rows.TryGetValue(table.Name, out SqlRow row))
            {
                looks[table.Name] = Look(table, row, logs.TryGetValue(table.Name, out SqlRow log) ? log : null);
            }
        }

        return looks;
    }

    private static TableLook Look(Table table, SqlRow row, SqlRow? log)
    {
        long? accepted = log?.Long("sequencerTxn");
        return new TableLook
        {
            Id = row.Long("id"),
            IsChanged = !table.IsMade && ((table.Keys.Length > 0 && row.Boolean("dedup") == false)
                || (row.Long("ttlValue") is not null && !SchemaPlan.SameTtl(QuestDbSchema.TtlOf(row), table.Ttl))),
            IsSuspended = log?.Boolean("suspended") ?? row.Boolean("table_suspended"),
            Cause = string.Join(": ", new[] { log?.Text("errorTag"), log?.Text("errorMessage") }.Where(text => !string.IsNullOrWhiteSpace(text))),
            Remedy = $"ALTER TABLE {(table.Name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') ? table.Name : QuestDbSql.Name(table.Name))} RESUME WAL",
            LagTransactions = accepted - log?.Long("writerTxn"),
            PendingRows = row.Long("wal_pending_row_count"),

            // Before its first transaction a table has no count of its rows.
            Rows = row.Long("table_row_count") ?? (accepted == 0 ? 0 : null),
            DedupRows = row.Long("wal_dedup_row_count_since_start"),
            Transactions = row.Long("wal_tx_count"),
            Earliest = Time(row.Text("table_min_timestamp")),
        };
    }

    private async Task<(TimeSpan? Skew, string? Run)> ClockAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset before = clock.GetUtcNow();
        long began = clock.GetTimestamp();
        SqlResult result = await sql.RunAsync(_tellsStart ? "SELECT now() now, pg_postmaster_start_time() started" : "SELECT now() now", cancellationToken);
        TimeSpan took = clock.GetElapsedTime(began);
        _tellsStart &= result.Failure is not Outcome.Halted;
        if (result.Failure is not null || result.Rows is not [var row])
        {
            return (null, null);
        }

        return (took <= LongestClockRead ? Time(row.Text("now")) - (before + (took / 2)) : null, row.Text("started"));
    }

    private static Dictionary<string, SqlRow> ByName(IReadOnlyList<SqlRow> rows, string column) =>
        rows.Where(row => row.Text(column) is not null).ToDictionary(row => row.Text(column)!, NameComparer.Instance);

    /// <summary>An empty table has a time of the year 294247, which is none.</summary>
    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;
}
