namespace Collector.Sources;

/// <summary>
/// One thing watched. A source does one thing: it takes a reading when it is asked. The schedule, the time-out and the
/// accounts are the <see cref="SourceRunner"/>'s, and alike for all.
/// </summary>
internal interface ISource
{
    /// <summary>
    /// Takes one reading. A value that cannot be read is left out; nothing is put in its place. Rows that were ended count
    /// even when the method then throws.
    /// </summary>
    /// <exception cref="SourceException">The reading, or a part of it, could not be taken.</exception>
    Task ReadAsync(Reading reading, CancellationToken cancellationToken);
}
