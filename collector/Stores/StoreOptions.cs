using Collector.Settings;
using Collector.Stores.QuestDb;
using Collector.Stores.Sqlite;

namespace Collector.Stores;

public enum StoreType
{
    /// <summary>One file, within the collector.</summary>
    Sqlite,

    /// <summary>A QuestDB server, 9.0 or newer.</summary>
    Questdb,
}

/// <summary>Where rows end up.</summary>
public sealed record StoreOptions : IFileOptions
{
    /// <summary>The kind of store. Default <c>sqlite</c>.</summary>
    public StoreType Type { get; init; } = StoreType.Sqlite;

    /// <summary>The SQLite store; counts with <c>type: sqlite</c>.</summary>
    public SqliteOptions Sqlite { get; init; } = new();

    /// <summary>The QuestDB store; counts with <c>type: questdb</c>.</summary>
    [Named("questdb")]
    public QuestDbOptions QuestDb { get; init; } = new();

    public object Resolved(Func<string, string> path) => this with { QuestDb = QuestDb with { Ca = QuestDb.Ca is { } ca ? path(ca) : null } };

    public IEnumerable<(string Key, string Problem)> FileFaults() =>
        QuestDb.Ca is { } ca && TrustedRoots.Problem(ca) is { } problem ? [("questdb.ca", problem)] : [];
}
