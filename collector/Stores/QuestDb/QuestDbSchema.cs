using Collector.Lines.Tables;
using Collector.Pipe.Delivery;

namespace Collector.Stores.QuestDb;

/// <summary>Reads the tables of a QuestDB, compares them with their schema files, and mends what <see cref="SchemaPlan"/> mends.</summary>
internal sealed class QuestDbSchema(QuestDbSql sql, TimeProvider clock)
{
    /// <summary>Rows up to which a table is searched for two with equal keys: about a second's work.</summary>
    private const long MostSearched = 1_000_000;

    /// <summary>How long rows that are accepted and not applied yet are waited for before such a search, in steps.</summary>
    private const int Steps = 20;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    public async Task<StorePlan> PlanAsync(IReadOnlyCollection<Table> tables, CancellationToken cancellationToken)
    {
        SqlResult found = await sql.RunAsync("SELECT * FROM tables()", cancellationToken);
        if (found.Failure is not null)
        {
            return new StorePlan([], found.Failure);
        }

        var changes = new List<SchemaChange>();
        Dictionary<string, SqlRow> rows = ByName(found);
        foreach (Table table in tables)
        {
            LiveTable? live = null;
            if (rows.TryGetValue(table.Name, out SqlRow row))
            {
                (live, Outcome? failure) = await DescribeAsync(row, table, cancellationToken);
                if (failure is not null)
                {
                    return new StorePlan(changes, failure);
                }
            }
            else if (await IsSystemAsync(table.Name, cancellationToken))
            {
                live = System(table.Name);
            }

            changes.AddRange(SchemaPlan.Compare(table, live));
        }

        View[] views = [.. tables.SelectMany(table => table.Views)];
        return views.Length == 0 ? new StorePlan(changes) : await WithViewsAsync(views, rows, changes, cancellationToken);
    }

    /// <summary>A table as it is; names are case-insensitive.</summary>
    public async Task<TableAnswer> DescribeAsync(string table, CancellationToken cancellationToken)
    {
        SqlResult found = await sql.RunAsync("SELECT * FROM tables()", cancellationToken);
        if (found.Failure is not null || !ByName(found).TryGetValue(table, out SqlRow row))
        {
            return new TableAnswer(found.Failure is null, found.Failure is null && await IsSystemAsync(table, cancellationToken) ? System(table) : null);
        }

        (LiveTable? live, Outcome? failure) = await DescribeAsync(row, null, cancellationToken);
        return new TableAnswer(failure is null, live);
    }

    /// <summary>
    /// Runs the statements of a plan, table by table in their order. A table that a person has to decide about is left as it
    /// is; one whose statement is refused does not keep the others from theirs.
    /// </summary>
    /// <param name="applied">Told of each that was run.</param>
    /// <param name="left">Told of each view's that was refused, and why: its table takes rows all the same.</param>
    /// <returns>Null when every table is as its file says. Halted names each that is not; others tell why the server is away.</returns>
    public async Task<Outcome?> ApplyAsync(IReadOnlyList<SchemaChange> changes, Action<SchemaChange> applied, Action<SchemaChange, string> left, CancellationToken cancellationToken)
    {
        List<string> halted = [.. changes.Where(change => change.IsRefused).Select(change => change.ToString())];
        foreach (IGrouping<string, SchemaChange> table in changes.GroupBy(change => change.Table, NameComparer.Instance).Where(table => !table.Any(change => change.IsRefused)))
        {
            foreach (SchemaChange change in table.Where(change => change.Statement is not null))
            {
                Outcome? failure = (await sql.RunAsync(change.Statement!, cancellationToken)).Failure;
                if (failure is Outcome.Halted refused)
                {
                    if (change.IsOfView)
                    {
                        left(change, refused.Reason);
                        continue;
                    }

                    halted.Add($"{table.Key}: cannot {change.Description}; {refused.Reason}");
                    break;
                }

                if (failure is not null)
                {
                    return failure;
                }

                applied(change);
            }
        }

        return halted.Count == 0 ? null : new Outcome.Halted(string.Join(". ", halted));
    }

    private async Task<StorePlan> WithViewsAsync(
        IEnumerable<View> views, Dictionary<string, SqlRow> tables, List<SchemaChange> changes, CancellationToken cancellationToken)
    {
        SqlResult found = await sql.RunAsync("SELECT * FROM materialized_views()", cancellationToken);
        if (found.Failure is Outcome.Halted refused)
        {
            // The tables take rows all the same.
            changes.AddRange(views.Select(view => new SchemaChange(SchemaChangeKind.Note, view.Base, $"the view {view.Name} cannot be looked at", Advice: refused.Reason)));
            return new StorePlan(changes);
        }

        if (found.Failure is not null)
        {
            return new StorePlan(changes, found.Failure);
        }

        var live = found.Rows.Where(row => row.Text("view_name") is not null)
            .ToDictionary(row => row.Text("view_name")!, NameComparer.Instance);
        foreach (View view in views)
        {
            LiveView? known = live.TryGetValue(view.Name, out SqlRow row)
                ? new LiveView(
                    row.Text("view_sql") ?? "",
                    row.Text("view_status") == "invalid" ? row.Text("invalidation_reason") ?? "for no reason that it tells" : null,
                    tables.TryGetValue(view.Name, out SqlRow table) ? TtlOf(table) : null)
                : null;
            changes.AddRange(ViewPlan.Compare(view, known));
        }

        return new StorePlan(changes);
    }

    /// <summary>The TTL of a row of <c>tables()</c>; null where rows are kept for ever.</summary>
    public static Ttl? TtlOf(SqlRow row) =>
        row.Long("ttlValue") is > 0 and { } value && Enum.TryParse(row.Text("ttlUnit"), ignoreCase: true, out TtlUnit unit) ? new Ttl((int)value, unit) : null;

    private static Dictionary<string, SqlRow> ByName(SqlResult tables) => tables.Rows.Where(row => row.Text("table_name") is not null)
        .ToDictionary(row => row.Text("table_name")!, NameComparer.Instance);

    /// <param name="table">What it is to be; null where nothing says so.</param>
    private async Task<(LiveTable? Live, Outcome? Failure)> DescribeAsync(SqlRow row, Table? table, CancellationToken cancellationToken)
    {
        string name = row.Text("table_name")!;
        SqlResult columns = await sql.RunAsync($"SELECT * FROM table_columns({QuestDbSql.Text(name)})", cancellationToken);
        if (columns.Failure is not null)
        {
            return (null, columns.Failure);
        }

        bool isTable = row.Boolean("matView") != true && row.Text("table_type") is null or "T";
        bool lacksKeys = table is { Keys.Length: > 0 } && isTable && row.Boolean("dedup") == false && row.Boolean("table_suspended") != true;
        return (new LiveTable
        {
            Name = name,
            IsTable = isTable,
            Timestamp = row.Text("designatedTimestamp"),
            PartitionBy = row.Text("partitionBy") ?? "NONE",
            IsWal = row.Boolean("walEnabled") != false,
            Ttl = TtlOf(row),
            IsSuspended = row.Boolean("table_suspended") == true,
            HasDistinctKeys = lacksKeys && await HasDistinctKeysAsync(name, table!, columns.Rows, cancellationToken),
            Columns = [.. columns.Rows.Select(c => new LiveColumn(c.Text("column") ?? "", c.Text("type") ?? "", c.Boolean("upsertKey") == true))],
        }, null);
    }

    /// <summary>
    /// QuestDB's own tables are hidden from <c>tables()</c>, and <c>telemetry</c> is there or not as the server is configured. A
    /// table of somebody else's that was made this moment is a WAL table.
    /// </summary>
    private async Task<bool> IsSystemAsync(string name, CancellationToken cancellationToken) =>
        (await sql.RunAsync($"SELECT * FROM table_columns({QuestDbSql.Text(name)})", cancellationToken)).Rows.Count > 0
        && await sql.RunAsync($"SELECT name FROM wal_tables() WHERE name = {QuestDbSql.Text(name)}", cancellationToken) is { Failure: null, Rows.Count: 0 };

    private static LiveTable System(string name) => new() { Name = name, IsSystem = true, PartitionBy = "NONE", Columns = [] };

    /// <summary>Whether the keys of the schema file tell all rows apart that the table has. False where that is not known.</summary>
    private async Task<bool> HasDistinctKeysAsync(string name, Table table, IReadOnlyList<SqlRow> columns, CancellationToken cancellationToken)
    {
        // A key that the table lacks yet is the same in all its rows.
        string[] keys = [.. table.Keys.Select(key => key.Name).Prepend(table.TimestampName)
            .Where(key => columns.Any(column => string.Equals(column.Text("column"), key, StringComparison.OrdinalIgnoreCase))).Select(QuestDbSql.Name)];
        if (keys.Length == 0 || !await IsAppliedAsync(name, cancellationToken))
        {
            return false;
        }

        SqlResult count = await sql.RunAsync($"SELECT count() found FROM {QuestDbSql.Name(name)}", cancellationToken);
        if (count.Rows is not [var all] || all.Long("found") is not <= MostSearched)
        {
            return false;
        }

        SqlResult copies = await sql.RunAsync(
            $"SELECT count() found FROM (SELECT count() copies FROM {QuestDbSql.Name(name)} GROUP BY {string.Join(", ", keys)}) WHERE copies > 1", cancellationToken);
        return copies.Rows is [var only] && only.Long("found") == 0;
    }

    /// <summary>Waits, for two seconds at the most, until queries see all rows that were accepted.</summary>
    private async Task<bool> IsAppliedAsync(string name, CancellationToken cancellationToken)
    {
        for (int step = 0; step < Steps; step++)
        {
            SqlResult log = await sql.RunAsync($"SELECT writerTxn, sequencerTxn FROM wal_tables() WHERE name = {QuestDbSql.Text(name)}", cancellationToken);
            if (log.Rows is not [var row] || row.Long("writerTxn") == row.Long("sequencerTxn"))
            {
                return log.Rows.Count == 1;
            }

            await Task.Delay(Step, clock, cancellationToken);
        }

        return false;
    }
}
