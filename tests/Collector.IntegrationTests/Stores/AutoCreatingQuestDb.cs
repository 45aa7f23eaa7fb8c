using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Stores;

/// <summary>A server as its makers ship it: it makes tables and columns out of any line, and keeps its telemetry.</summary>
public sealed class AutoCreatingQuestDb : IAsyncLifetime
{
    public const string Collection = "QuestDB that makes tables";

    private QuestDbServer? _server;

    public QuestDbServer Server
    {
        get
        {
            Skip.IfNot(QuestDb.OwnAvailable(out string reason), reason);
            return _server!;
        }
    }

    public async Task InitializeAsync()
    {
        if (QuestDb.OwnAvailable(out _))
        {
            _server = await QuestDbServer.StartAsync(new QuestDbOptions
            {
                Settings = new Dictionary<string, string?>(StringComparer.Ordinal)
                {
                    ["QDB_LINE_AUTO_CREATE_NEW_TABLES"] = "true",
                    ["QDB_LINE_AUTO_CREATE_NEW_COLUMNS"] = "true",
                    ["QDB_TELEMETRY_ENABLED"] = "true",
                },
            });
        }
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}

[CollectionDefinition(AutoCreatingQuestDb.Collection)]
#pragma warning disable CA1711 // xunit wants a class for it.
public sealed class AutoCreatingQuestDbCollection : ICollectionFixture<AutoCreatingQuestDb>;
#pragma warning restore CA1711
