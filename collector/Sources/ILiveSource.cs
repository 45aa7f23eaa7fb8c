namespace Collector.Sources;

/// <summary>
/// A source that lives between its readings, such as one that holds a connection. It starts what it needs at its first
/// reading and ends it when disposed; what happens meanwhile can ask for a reading before the next one is due.
/// </summary>
internal interface ILiveSource : ISource, IAsyncDisposable
{
    /// <summary>Raised when there is something that a row should tell at once.</summary>
    ReadingSignal Changed { get; }
}
