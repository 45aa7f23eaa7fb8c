using System.Text.Json;
using System.Text.Json.Serialization;
using Collector.Pipe.Delivery;
using Collector.Pipe.Replay;
using Collector.Pipe.Spool;

namespace Collector.App.Commands;

/// <summary>What <c>collector spool ls</c> tells.</summary>
/// <param name="CollectorPid">The process that holds the spool; null where none does.</param>
/// <param name="WaitingReplays">Replays that were handed over and not taken yet.</param>
internal sealed record SpoolListing(
    string Directory, int? CollectorPid, long Bytes, long MaxBytes, long QuarantineBytes, long QuarantineMaxBytes, int WaitingReplays,
    IReadOnlyList<TableListing> Tables)
{
    public static SpoolListing Of(SpoolView spool, CollectorOptions options, string quarantine, Action<long> read, CancellationToken cancellation)
    {
        var tables = new List<TableListing>();
        var logs = spool.Tables.ToDictionary(table => table.Table, StringComparer.Ordinal);
        foreach (string table in logs.Keys.Union(QuarantineFile.Tables(quarantine), StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            tables.Add(TableListing.Of(table, logs.GetValueOrDefault(table), quarantine, read, cancellation));
        }

        return new SpoolListing(
            options.Spool.Directory, spool.Holder, tables.Sum(table => table.Bytes), options.Spool.MaxBytes.Bytes,
            tables.Sum(table => table.QuarantineBytes), options.Quarantine.MaxBytes.Bytes,
            ReplayFolder.Tables(options.Spool.Directory).Sum(table => ReplayFolder.Waiting(table.Folder).Count), tables);
    }

    public string ToJson() => JsonSerializer.Serialize(this, ListingJson.Default.SpoolListing);
}

/// <summary>One table of it.</summary>
/// <param name="Bytes">Of the segment files.</param>
/// <param name="DeliveredRows">Rows that are delivered and whose segment is not given up yet.</param>
/// <param name="Oldest">When the oldest record was appended; null where there is none.</param>
internal sealed record TableListing(
    string Table, int Segments, long Bytes, long Records, long PendingRows, long DeliveredRows, DateTimeOffset? Oldest, DateTimeOffset? Newest,
    int SetAsideFiles, long SetAsideBytes, long QuarantinedRows, long QuarantineBytes)
{
    public static TableListing Of(string table, TableView? log, string quarantine, Action<long> read, CancellationToken cancellation)
    {
        var segments = new List<SegmentView>();
        foreach (SegmentView segment in log?.Look() ?? [])
        {
            cancellation.ThrowIfCancellationRequested();
            segments.Add(segment);
            read(segment.Bytes);
        }

        SegmentTotals[] filled = [.. segments.Select(segment => segment.Totals).Where(totals => totals.Records > 0)];
        FileInfo[] aside = [.. (log?.SetAside ?? []).Select(path => new FileInfo(path)).Where(file => file.Exists)];
        return new TableListing(
            table, segments.Count, segments.Sum(segment => segment.Bytes), filled.Sum(totals => totals.Records),
            segments.Sum(segment => segment.PendingRows), segments.Sum(segment => segment.DeliveredRows),
            filled.Length == 0 ? null : Time(filled.Min(totals => totals.OldestMicros)),
            filled.Length == 0 ? null : Time(filled.Max(totals => totals.NewestMicros)),
            aside.Length, aside.Sum(file => file.Length),
            QuarantineFile.Read(quarantine, table).Sum(kept => (long)kept.Entry.Rows), QuarantineFile.Bytes(quarantine, table));
    }

    public static DateTimeOffset Time(long micros) => DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(SpoolListing))]
internal sealed partial class ListingJson : JsonSerializerContext;
