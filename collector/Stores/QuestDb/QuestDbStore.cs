using System.Globalization;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;
using Microsoft.Extensions.Logging;

namespace Collector.Stores.QuestDb;

/// <summary>
/// QuestDB over line protocol and HTTP (https://questdb.com/docs/ingestion/ilp/overview/). A request holds rows of one
/// table and is stored wholly or not at all. What it answers is <see cref="WriteOutcome"/>'s to judge.
/// </summary>
public sealed partial class QuestDbStore : IStore, IStoreWatch
{
    private readonly QuestDbClient _client;
    private readonly QuestDbSql _sql;
    private readonly QuestDbSchema _schema;
    private readonly QuestDbWatch _watch;
    private readonly ILogger<QuestDbStore> _log;

    public QuestDbStore(QuestDbOptions options, TimeProvider clock, ILogger<QuestDbStore> log)
    {
        _client = new QuestDbClient(options, clock);
        _sql = new QuestDbSql(_client);
        _schema = new QuestDbSchema(_sql, clock);
        _watch = new QuestDbWatch(_client, _sql, clock);
        _log = log;
        Interval = options.WatchInterval;
    }

    public string Description => _client.Place;

    public TimeSpan Interval { get; }

    public async Task<Outcome> ReachAsync(CancellationToken cancellationToken)
    {
        if (await ServerSettings.CheckAsync(_client, cancellationToken) is { } unfit)
        {
            return unfit;
        }

        // The settings are open to everyone; a query shows whether the login is taken.
        return (await _sql.RunAsync("SELECT 1", cancellationToken)).Failure ?? Outcome.Accepted.Instance;
    }

    public Task<StorePlan> PlanAsync(IReadOnlyCollection<Table> tables, CancellationToken cancellationToken) =>
        _schema.PlanAsync(tables, cancellationToken);

    public async Task<TableAnswer> DescribeAsync(string table, CancellationToken cancellationToken) =>
        await _schema.DescribeAsync(table, cancellationToken);

    public async Task<Outcome> PrepareAsync(Table table, CancellationToken cancellationToken)
    {
        StorePlan plan = await _schema.PlanAsync([table], cancellationToken);
        Outcome? failure = plan.Failure
            ?? await _schema.ApplyAsync(plan.Changes, change => LogApplied(change.Table, change.Description), (change, reason) => LogLeft(change.Table, change.Description, reason), cancellationToken);
        return failure switch
        {
            null => Outcome.Accepted.Instance,
            Outcome.Halted halted when plan.Failure is null => new Outcome.Halted($"the schema of {Description} has to be mended by hand: {halted.Reason}"),
            _ => failure,
        };
    }

    public async Task<Outcome> WriteAsync(Batch batch, CancellationToken cancellationToken)
    {
        Exchange exchange = await _client.PostAsync("write", batch.Lines, cancellationToken);
        return exchange.Reply is { } reply ? WriteOutcome.Of(reply, batch, Description) : exchange.Failure!;
    }

    public Task<StoreLook> LookAsync(IReadOnlyCollection<Table> tables, CancellationToken cancellationToken) =>
        _watch.LookAsync(tables, cancellationToken);

    public Task<bool?> IsVisibleAsync(Table table, long micros, CancellationToken cancellationToken) =>
        _watch.IsVisibleAsync(table, micros, cancellationToken);

    /// <summary>Rows from one time to another, both included, as a query sees them now; null when that cannot be asked now.</summary>
    public async Task<long?> CountAsync(Table table, long fromMicros, long toMicros, CancellationToken cancellationToken)
    {
        string timestamp = QuestDbSql.Name(table.TimestampName);
        SqlResult result = await _sql.RunAsync($"SELECT count() rows FROM {QuestDbSql.Name(table.Name)} WHERE {timestamp} >= {fromMicros} AND {timestamp} <= {toMicros}", cancellationToken);
        return result.Failure is null && result.Rows is [var only] ? only.Long("rows") : null;
    }

    /// <summary>The settings by which it makes tables and columns out of any line, those of them that are on; none where it does not tell.</summary>
    public async Task<IReadOnlyList<string>> AutoCreateAsync(CancellationToken cancellationToken)
    {
        SqlResult result = await _sql.RunAsync("SELECT property_path, value FROM (SHOW PARAMETERS) WHERE property_path LIKE 'line.auto.create.new.%'", cancellationToken);
        return [.. result.Rows.Where(row => row.Text("value") == "true").Select(row => row.Text("property_path")!).Order(StringComparer.Ordinal)];
    }

    /// <summary>
    /// Bytes of disk that each column of a table takes before its first row, by the settings of the pages in a table and in its
    /// log, with those settings as the server has them; null where it does not tell.
    /// </summary>
    public async Task<(long Bytes, string Settings)?> ColumnBytesAsync(CancellationToken cancellationToken)
    {
        SqlResult result = await _sql.RunAsync("SELECT property_path, value FROM (SHOW PARAMETERS) WHERE property_path IN ('cairo.writer.data.append.page.size', 'cairo.wal.writer.data.append.page.size')", cancellationToken);
        long bytes = 0;
        foreach (SqlRow row in result.Rows)
        {
            if (!long.TryParse(row.Text("value"), NumberStyles.None, CultureInfo.InvariantCulture, out long size))
            {
                return null;
            }

            bytes += size;
        }

        return result.Rows.Count == 2 ? (bytes, string.Join(", ", result.Rows.Select(row => $"{row.Text("property_path")}={row.Text("value")}"))) : null;
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [LoggerMessage(4001, LogLevel.Warning, "Schema of {Table}: cannot {Change}; {Reason}. Rows are taken without it; queries that name it fail")]
    private partial void LogLeft(string table, string change, string reason);

    [LoggerMessage(4002, LogLevel.Information, "Schema of {Table}: {Change}")]
    private partial void LogApplied(string table, string change);
}
