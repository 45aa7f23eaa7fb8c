using System.Diagnostics;
using System.Reflection;
using Collector.Pipe.Delivery;
using Collector.Pipe.Spool;
using Collector.Sources.Running;
using Collector.Web.Exposition;

namespace Collector.Capabilities.Status;

/// <summary>What is said of the collector that does not change while it runs.</summary>
/// <param name="Edition">Another one for another edition of the page's files.</param>
public sealed record Reported(string Collector, string Edition, TimeSpan Interval, SpoolOptions Spool, QuarantineOptions Quarantine, IReadOnlyList<PageLink> Pages);

/// <summary>Takes the collector's state at one moment, from those who know its parts.</summary>
public sealed class StatusReader(
    Reported reported, Health health, SourceMetrics sources,
    Lanes lanes, SpoolDirectory spool, SpoolForecast forecast, StoreConnection store, StoreWatch watch, Quarantine quarantine, QuarantineDigest digest, TimeProvider clock)
{
    private static readonly string Version = (typeof(StatusReader).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "").Split('+')[0];

    private readonly DateTimeOffset _startedAt = Started();

    public CollectorState Read()
    {
        IReadOnlyList<PartState> parts = health.Look();
        IReadOnlyList<SourceState> read = Sources();
        IReadOnlyList<TableState> tables = Tables();
        SpoolState disk = Spool(tables);
        QuarantineState bad = Quarantined();
        DatabaseState database = Database();
        return new CollectorState(
            reported.Collector, Version, reported.Edition, clock.GetUtcNow(), _startedAt, reported.Interval.TotalSeconds, parts.All(part => part.Because is null), parts,
            AttentionItem.Of(parts, read, disk, tables, bad, database), read, disk, tables, bad, database, reported.Pages);
    }

    public IReadOnlyList<SourceState> Sources() => [.. sources.Statuses.OrderBy(status => status.Name, StringComparer.Ordinal).Select(status => new SourceState(
        status.Name,
        status.Up switch { true => "up", false => "down", null => "waiting" },
        status.Interval.TotalSeconds,
        status.ReadAt,
        status.Up is null ? null : status.Duration.TotalSeconds,
        status.Readings,
        status.Errors,
        status.LastError,
        status.FailedAt))];

    private IReadOnlyList<TableState> Tables()
    {
        var halted = lanes.Halted.ToDictionary(table => table.Table, table => table.Reason, StringComparer.Ordinal);
        var pending = spool.Logs.ToDictionary(log => log.Table, log => log.Counts().PendingBytes, StringComparer.Ordinal);
        return [.. lanes.Ledger.OrderBy(books => books.Table, StringComparer.Ordinal).Select(Table)];

        TableState Table(LedgerEntry books)
        {
            string? suspended = store.Suspensions.Of(books.Table);
            string? because = suspended ?? halted.GetValueOrDefault(books.Table);
            return new TableState(
                books.Table, suspended is not null ? "suspended" : because is null ? "ok" : "halted", because,
                books.Accepted, books.Recovered, books.Replayed, books.Delivered, books.Pending, pending.GetValueOrDefault(books.Table),
                books.Quarantined, books.Dropped,
                new Dictionary<string, long>(StringComparer.Ordinal)
                {
                    ["oldest"] = books.DroppedOldest,
                    ["corrupt"] = books.DroppedCorrupt,
                    ["quarantine_full"] = books.DroppedUnkept,
                },
                books.Remainder);
        }
    }

    private SpoolState Spool(IReadOnlyList<TableState> tables)
    {
        long left = spool.BytesLeft;
        (SpoolTrend trend, TimeSpan? untilFull) = forecast.Look(spool.PendingBytes, left);
        return new SpoolState(
            tables.Sum(table => table.Pending), tables.Sum(table => table.PendingBytes), spool.TotalBytes, reported.Spool.MaxBytes.Bytes, left, trend, untilFull?.TotalSeconds,
            reported.Spool.WhenFull == WhenFull.Refuse ? "refuse" : "drop_oldest");
    }

    private QuarantineState Quarantined()
    {
        IReadOnlyList<QuarantinedTable> tables = digest.Look();
        return new QuarantineState(
            quarantine.Bytes,
            reported.Quarantine.MaxBytes.Bytes,
            tables.Aggregate<QuarantinedTable, long?>(0, (sum, table) => sum + table.Rows),
            [.. tables.Select(table => new QuarantineTableState(
                table.Table, table.Bytes, table.Rows,
                [.. table.Latest.Select(entry => new QuarantineReason(entry.Time, entry.Reason, entry.Source))],
                $"collector spool inspect {ShellWord.Of(table.Table)} --quarantine"))]);
    }

    private DatabaseState Database()
    {
        StoreLook? seen = watch.Latest;
        (TimeSpan Took, DateTimeOffset At)? visible = watch.UntilVisible;
        return new DatabaseState(
            store.Description, watch.State, store.Problem, watch.IsWatching, watch.LatestAt, seen is not null, seen?.Version, seen?.ClockSkew?.TotalSeconds,
            visible?.Took.TotalSeconds, visible?.At, Sum(table => table.LagTransactions), Sum(table => table.PendingRows),
            [.. store.Suspensions.All.Select(table => new SuspendedTable(table.Key, table.Value))],
            watch.Differences.ToDictionary(difference => difference.Table, difference => difference.Rows, StringComparer.Ordinal));

        long? Sum(Func<TableLook, long?> value) => seen?.Tables.Values.Select(value).Where(known => known is not null).DefaultIfEmpty(null).Aggregate((sum, known) => sum + known);
    }

    private static DateTimeOffset Started()
    {
        using var process = Process.GetCurrentProcess();
        return new DateTimeOffset(process.StartTime.ToUniversalTime());
    }
}
