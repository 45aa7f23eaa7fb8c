using Collector.Lines.Tables;
using Collector.Sources.Running;

namespace Collector.Sources;

/// <summary>
/// One thing watched. A source does one thing: it takes a reading when it is asked. The schedule, the time-out and the
/// accounts are the <see cref="SourceRunner"/>'s, and alike for all.
/// </summary>
public interface ISource
{
    /// <summary>
    /// Takes one reading. A value that cannot be read is left out; nothing is put in its place. Rows that were ended count
    /// even when the method then throws.
    /// </summary>
    /// <exception cref="SourceException">The reading, or a part of it, could not be taken.</exception>
    Task ReadAsync(Reading reading, CancellationToken cancellationToken);

    /// <summary>
    /// Whether the configuration still names a series that a source of this name wrote, in this run or one before. What it
    /// no longer names is retired at the start, and when its source changes or goes; not while the source is read. By default
    /// as long as there is a source of the name.
    /// </summary>
    /// <param name="keys">The values of the table's keys, in their order.</param>
    bool Names(Table table, IReadOnlyList<string> keys) => true;
}
