using Collector.Lines.Tables;

namespace Collector.App.Copy;

/// <summary>What became of one table's rows.</summary>
internal sealed record TableReport(Table Table)
{
    /// <summary>Rows that the database took; in a rehearsal those that it would be sent.</summary>
    public long Copied { get; init; }

    /// <summary>Rows older than the table keeps any: the database would delete them at once.</summary>
    public long TooOld { get; init; }

    /// <summary>Rows that cannot be stored, each told by itself.</summary>
    public long Bad { get; init; }

    /// <summary>Rows that the database shows from the first one copied to the last; null where that was not asked.</summary>
    public long? Found { get; init; }

    /// <summary>The time of the last row that the database took, in microseconds: where to go on after a break.</summary>
    public long? Last { get; init; }

    /// <summary>Why the table was not copied to its end; null when it was.</summary>
    public string? Failure { get; init; }

    public bool IsWhole => Failure is null && Bad == 0 && (Found is null || Found >= Copied);
}
