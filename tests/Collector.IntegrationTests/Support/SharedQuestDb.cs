using System.Diagnostics.CodeAnalysis;

namespace Collector.IntegrationTests.Support;

/// <summary>
/// The QuestDB that test classes of this collection share: the one at <c>QUESTDB_URL</c>, else one that is started
/// once. Each test makes tables of names of its own.
/// </summary>
/// <example><code>
/// [Collection(SharedQuestDb.Collection)]
/// public sealed class SomeTests(SharedQuestDb database)
/// {
///     [SkippableFact]
///     public async Task Some_Thing_Happens()
///     {
///         Skip.IfNot(QuestDb.Available(out string reason), reason);
///         await database.Client.ExecAsync("…");
///     }
/// }
/// </code></example>
[SuppressMessage("Design", "CA1001", Justification = "DisposeAsync of IAsyncLifetime disposes of them.")]
public sealed class SharedQuestDb : IAsyncLifetime
{
    public const string Collection = "shared QuestDB";
    private QuestDbServer? _started;
    private QuestDbClient? _client;

    /// <summary>Address of ingestion and queries.</summary>
    public Uri Url => Client.Url;

    /// <summary>SQL on it. Only after <see cref="QuestDb.Available"/> has said that there is one.</summary>
    public QuestDbClient Client =>
        _client ?? throw new InvalidOperationException("There is no QuestDB: skip the test with QuestDb.Available.");

    public async Task InitializeAsync()
    {
        if (!QuestDb.Available(out _))
        {
            return;
        }

        if (QuestDb.GivenUrl is null)
        {
            _started = await QuestDbServer.StartAsync();
        }

        _client = new QuestDbClient(QuestDb.GivenUrl ?? _started!.Url);
    }

    public async Task DisposeAsync()
    {
        _client?.Dispose();
        if (_started is not null)
        {
            await _started.DisposeAsync();
        }
    }

    /// <summary>A table's name that no other test uses.</summary>
    public static string UniqueName(string prefix) => $"{prefix}_{Guid.NewGuid():N}";
}

/// <summary>Ties the classes of the collection to the one fixture.</summary>
[CollectionDefinition(SharedQuestDb.Collection)]
public sealed class SharedQuestDbDefinition : ICollectionFixture<SharedQuestDb>;
