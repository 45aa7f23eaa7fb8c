namespace Collector.Lines;

/// <summary>
/// How far one table's log is part of the baselines: all its records up to this one are. What stands behind it in the spool
/// tells a later start where the counters went after the baselines were last saved.
/// </summary>
public sealed class CounterProgress(string table)
{
    private ulong _record;

    public string Table { get; } = table;

    /// <summary>The last record whose rows' baselines were kept; 0 when none were. Moves with the log, under its lock.</summary>
    public ulong Record
    {
        get => Volatile.Read(ref _record);
        set => Volatile.Write(ref _record, value);
    }

    /// <summary>What of it was saved last. The saver's own.</summary>
    public ulong Saved { get; set; }
}
