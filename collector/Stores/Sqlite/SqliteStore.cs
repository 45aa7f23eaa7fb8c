using System.Collections.Concurrent;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Collector.Stores.Sqlite;

/// <summary>
/// One SQLite file: nothing to install for first steps and small operations. A batch is one transaction. One connection
/// writes at a time; readers of other programs are not in its way (https://sqlite.org/wal.html).
/// </summary>
public sealed partial class SqliteStore(SqliteOptions options, TimeProvider clock, ILogger<SqliteStore> log) : IStore
{
    private static readonly TimeSpan EvictEvery = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, long> _evictedAt = new(NameComparer.Instance);
    private readonly ConcurrentDictionary<string, long> _evicted = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _writer = new(1);
    private SqliteSession? _session;

    public string Description { get; } = $"SQLite in {options.Path}";

    public IEnumerable<(string Table, long Rows)> Evicted => _evicted.Select(table => (table.Key, table.Value));

    public Task<Outcome> ReachAsync(CancellationToken cancellationToken) =>
        AloneAsync(_ => Outcome.Accepted.Instance, cancellationToken);

    public async Task<StorePlan> PlanAsync(IReadOnlyCollection<Table> tables, CancellationToken cancellationToken)
    {
        var changes = new List<SchemaChange>();
        Outcome outcome = await AloneAsync(
            session =>
            {
                changes.AddRange(tables.SelectMany(table => SqliteSchema.Plan(session, table)));
                return Outcome.Accepted.Instance;
            },
            cancellationToken);
        return new StorePlan(changes, outcome is Outcome.Accepted ? null : outcome);
    }

    public Task<Outcome> PrepareAsync(Table table, CancellationToken cancellationToken) =>
        AloneAsync(session => Prepare(session, table), cancellationToken);

    public Task<Outcome> WriteAsync(Batch batch, CancellationToken cancellationToken) => AloneAsync(
        session =>
        {
            Outcome outcome = Insert(session, batch);
            if (outcome is Outcome.Accepted && batch.Table.Ttl is not null)
            {
                Evict(session, batch.Table);
            }

            return outcome;
        },
        cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _writer.WaitAsync();
        _session?.Dispose();
        _session = null;
        _writer.Dispose();
    }

    private async Task<Outcome> AloneAsync(Func<SqliteSession, Outcome> work, CancellationToken cancellationToken)
    {
        await _writer.WaitAsync(cancellationToken);
        try
        {
            return work(Session());
        }
        catch (SqliteException exception)
        {
            Close();
            return SqliteFailure.Of(exception, Description);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Close();
            return new Outcome.Retry($"{Description} cannot be opened: {exception.Message} Check that its folder is there and who may write it");
        }
        catch
        {
            Close();
            throw;
        }
        finally
        {
            _writer.Release();
        }
    }

    /// <summary>The open file. One that was deleted or moved under us would go on taking rows that nobody finds again.</summary>
    private SqliteSession Session()
    {
        if (_session is not null && !File.Exists(options.Path))
        {
            Close();
        }

        if (_session is null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(options.Path))!);
            _session = new SqliteSession(options);
        }

        return _session;
    }

    private void Close()
    {
        _session?.Dispose();
        _session = null;
    }

    private Outcome Prepare(SqliteSession session, Table table)
    {
        foreach (SchemaChange change in SqliteSchema.Plan(session, table))
        {
            if (change.IsRefused)
            {
                return new Outcome.Halted($"the schema of {Description} has to be mended by hand: {change}");
            }

            session.Execute(change.Statement!);
            LogApplied(table.Name, change.Description);
        }

        return Outcome.Accepted.Instance;
    }

    private static Outcome Insert(SqliteSession session, Batch batch)
    {
        SqliteInsert insert = session.InsertInto(batch.Table);
        session.Execute("BEGIN IMMEDIATE");
        LineFault? fault = insert.Run(batch.Lines);
        session.Execute(fault is null ? "COMMIT" : "ROLLBACK");
        return fault is null
            ? Outcome.Accepted.Instance
            : new Outcome.Rejected($"a row of {batch.Table} cannot be read: {fault.Message}", fault.Line);
    }

    private void Evict(SqliteSession session, Table table)
    {
        long now = clock.GetTimestamp();
        if (_evictedAt.TryGetValue(table.Name, out long last) && clock.GetElapsedTime(last, now) < EvictEvery)
        {
            return;
        }

        _evictedAt[table.Name] = now;
        try
        {
            string name = SqliteSchema.Quoted(table), timestamp = SqliteSchema.Quoted(table.TimestampName);
            using SqliteCommand newest = session.Command($"SELECT max({timestamp}) FROM {name}");
            if (newest.ExecuteScalar() is long micros && Retention.Cutoff(table, micros, clock.GetUtcNow()) is { } cutoff)
            {
                session.Execute($"DELETE FROM {name} WHERE {timestamp} < {cutoff}");
                _evicted.AddOrUpdate(table.Name, static (_, rows) => rows, static (_, before, rows) => before + rows, (long)session.Changes);
            }
        }
        catch (SqliteException exception)
        {
            LogNotEvicted(table.Name, exception.Message);
        }
    }

    [LoggerMessage(4003, LogLevel.Information, "Schema of {Table}: {Change}")]
    private partial void LogApplied(string table, string change);

    [LoggerMessage(4004, LogLevel.Warning, "Rows of {Table} that outlived its TTL could not be deleted, and are tried again in a minute; the file grows meanwhile: {Reason}")]
    private partial void LogNotEvicted(string table, string reason);
}
