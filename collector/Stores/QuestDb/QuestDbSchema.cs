using Collector.Delivery;
using Collector.Tables;

namespace Collector.Stores.QuestDb;

/// <summary>Reads the tables of a QuestDB, compares them with their schema files, and mends what <see cref="SchemaPlan"/> mends.</summary>
internal sealed class QuestDbSchema(QuestDbSql sql)
{
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
                (live, Outcome? failure) = await DescribeAsync(row, table.Keys.Length > 0, cancellationToken);
                if (failure is not null)
                {
                    return new StorePlan(changes, failure);
                }
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
            return new TableAnswer(found.Failure is null, null);
        }

        (LiveTable? live, Outcome? failure) = await DescribeAsync(row, countsRows: false, cancellationToken);
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

        Dictionary<string, SqlRow> live = found.Rows.Where(row => row.Text("view_name") is not null)
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

    private static Ttl? TtlOf(SqlRow row) =>
        row.Long("ttlValue") is > 0 and { } value && Enum.TryParse(row.Text("ttlUnit"), ignoreCase: true, out TtlUnit unit) ? new Ttl((int)value, unit) : null;

    private static Dictionary<string, SqlRow> ByName(SqlResult tables) => tables.Rows.Where(row => row.Text("table_name") is not null)
        .ToDictionary(row => row.Text("table_name")!, StringComparer.OrdinalIgnoreCase);

    /// <param name="countsRows">Whether it matters that the table is empty.</param>
    private async Task<(LiveTable? Live, Outcome? Failure)> DescribeAsync(SqlRow row, bool countsRows, CancellationToken cancellationToken)
    {
        string name = row.Text("table_name")!;
        SqlResult columns = await sql.RunAsync($"SELECT * FROM table_columns({QuestDbSql.Text(name)})", cancellationToken);
        if (columns.Failure is not null)
        {
            return (null, columns.Failure);
        }

        bool isTable = row.Boolean("matView") != true && row.Text("table_type") is null or "T";
        bool isEmpty = false;
        if (isTable && countsRows && row.Boolean("dedup") == false && row.Long("wal_pending_row_count") is null or 0)
        {
            SqlResult count = await sql.RunAsync($"SELECT count() rows FROM {QuestDbSql.Name(name)}", cancellationToken);
            isEmpty = count.Rows is [var only] && only.Long("rows") == 0;
        }

        return (new LiveTable
        {
            Name = name,
            IsTable = isTable,
            Timestamp = row.Text("designatedTimestamp"),
            PartitionBy = row.Text("partitionBy") ?? "NONE",
            IsWal = row.Boolean("walEnabled") != false,
            Ttl = TtlOf(row),
            IsSuspended = row.Boolean("table_suspended") == true,
            IsEmpty = isEmpty,
            Columns = [.. columns.Rows.Select(c => new LiveColumn(c.Text("column") ?? "", c.Text("type") ?? "", c.Boolean("upsertKey") == true))],
        }, null);
    }
}
