namespace Collector.Sources.Gaps;

/// <summary>One row of <c>data_gaps</c>.</summary>
/// <param name="Id">The same in all rows of a gap, over restarts too.</param>
/// <param name="State">open, closed or retired.</param>
/// <param name="OpenedAt">The last record before it; or when the watch began, where none was seen.</param>
/// <param name="Expected">How often a record was expected; for types that come with events how long a peer counts as active.</param>
/// <param name="Missing">Records that the gap swallowed by the expected interval; null where nobody can tell.</param>
internal sealed record GapReport(
    string Id, DataSeries Series, string State, DateTimeOffset OpenedAt, DateTimeOffset? ClosedAt, TimeSpan Duration, TimeSpan Expected, long? Missing);
