using Collector.FaultTests.Oracle;
using Collector.IntegrationTests.Support;

namespace Collector.FaultTests.Writers;

/// <summary>
/// A process that takes numbered rows in by one of the collector's ways in, and lets the oracle see which of them it
/// acknowledged. Another way in is another writer: the rest of the oracle does not know which one it has.
/// </summary>
internal interface IWriter : IAsyncDisposable
{
    /// <summary>What it is, for the report.</summary>
    string Name { get; }

    /// <summary>Everything it keeps; a small disk may stand here. Empty before the first start.</summary>
    string Folder { get; }

    /// <summary>Finds its rows in bytes.</summary>
    RowFinder Finder { get; }

    /// <summary>The way refuses its bad rows; else the database does by itself.</summary>
    bool IsRefusedOnTheWay { get; }

    /// <summary>Its clock can be set.</summary>
    bool HasClock { get; }

    /// <summary>Warnings and errors of all its lives.</summary>
    string Log { get; }

    /// <summary>This row is bad.</summary>
    bool IsBad(string series, long number);

    /// <summary>Starts a life on what the last one left, and does not wait for it to be ready.</summary>
    Task StartAsync(Memory memory, Uri store);

    /// <summary>SIGKILL. What was acknowledged before it is in the memory when this returns.</summary>
    Task KillAsync();

    /// <summary>Ends it in order.</summary>
    Task StopAsync();

    /// <summary>Sets its clock, for this life and those to come.</summary>
    Task SetClockAsync(TimeSpan ahead);

    /// <summary>Takes nothing more in, and waits until all of it is delivered or the time is over.</summary>
    Task SettleAsync(TimeSpan within);

    /// <summary>Its rows in the database.</summary>
    Task<IReadOnlyCollection<StoredNumber>> StoredAsync(QuestDbServer database);
}
