using System.Text.Json.Serialization;
using Collector.Pipe.Delivery;
using Collector.Web.Exposition;

namespace Collector.Capabilities.Status;

/// <summary>Everything that the collector knows of itself at one moment: <c>GET /api/status</c>. Null is what it does not know.</summary>
/// <param name="Page">Another one for another edition of the page's files.</param>
/// <param name="IntervalSeconds">Time between two events.</param>
/// <param name="Pages">All pages of this collector, for the menu.</param>
/// <param name="Attention">What somebody should look at, the gravest first. Empty: all is well.</param>
public sealed record CollectorState(
    string Collector, string Version, string Page, DateTimeOffset Now, DateTimeOffset StartedAt, double IntervalSeconds, bool Ready,
    IReadOnlyList<PartState> Parts, IReadOnlyList<AttentionItem> Attention, IReadOnlyList<SourceState> Sources, SpoolState Spool,
    IReadOnlyList<TableState> Tables, QuarantineState Quarantine, DatabaseState Database, IReadOnlyList<PageLink> Pages);

/// <param name="State"><c>up</c>, <c>down</c>, or <c>waiting</c> for its first reading.</param>
/// <param name="LastReadingAt">The last reading that was taken wholly.</param>
/// <param name="LastError">Of the last reading that failed, at <paramref name="LastErrorAt"/>; it may be long over.</param>
public sealed record SourceState(
    string Name, string State, double IntervalSeconds, DateTimeOffset? LastReadingAt, double? DurationSeconds, long Readings, long Errors,
    string? LastError, DateTimeOffset? LastErrorAt);

/// <param name="LeftBytes">What can still be appended: up to <c>spool.max_bytes</c>, or to what has to stay free on the disk.</param>
/// <param name="SecondsToFull">Only while it fills.</param>
public sealed record SpoolState(
    long PendingRows, long PendingBytes, long Bytes, long LimitBytes, long LeftBytes, SpoolTrend Trend, double? SecondsToFull, string WhenFull);

/// <summary>One table's books since the start; <c>accepted + recovered + replayed = delivered + pending + quarantined + dropped + remainder</c>.</summary>
/// <param name="State"><c>ok</c>, <c>halted</c> or <c>suspended</c>.</param>
public sealed record TableState(
    string Table, string State, string? Because, long Accepted, long Recovered, long Replayed, long Delivered, long Pending, long PendingBytes,
    long Quarantined, long Dropped, IReadOnlyDictionary<string, long> DroppedBy, long Remainder);

/// <param name="Rows">Null where a file is too large to be counted.</param>
public sealed record QuarantineState(long Bytes, long LimitBytes, long? Rows, IReadOnlyList<QuarantineTableState> Tables);

/// <param name="Latest">Newest first.</param>
/// <param name="Command">Shows more, as it may be pasted into a shell.</param>
public sealed record QuarantineTableState(string Table, long Bytes, long? Rows, IReadOnlyList<QuarantineReason> Latest, string Command);

/// <param name="Source">Who sent the row; null for one that the store turned away.</param>
public sealed record QuarantineReason(DateTimeOffset Time, string Reason, string? Source);

/// <param name="State"><c>ok</c>, <c>unreachable</c>, <c>suspended</c> or <c>read_only</c>, as <c>collector_status</c> has it.</param>
/// <param name="IsWatched">False for a store that shows at once what it accepts; what follows is null then.</param>
/// <param name="LookedAt">When it was last looked at with success; the values below are of then.</param>
public sealed record DatabaseState(
    string Description, string State, string? Problem, bool IsWatched, DateTimeOffset? LookedAt, bool IsSeen, string? Version, double? ClockSkewSeconds,
    double? WriteToVisibleSeconds, DateTimeOffset? WriteToVisibleAt, long? LagTransactions, long? LagRows, IReadOnlyList<SuspendedTable> Suspended,
    IReadOnlyDictionary<string, long> AuditDifferences);

public sealed record SuspendedTable(string Table, string Because);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(CollectorState))]
[JsonSerializable(typeof(IReadOnlyList<SourceState>))]
internal sealed partial class StatusJson : JsonSerializerContext;
