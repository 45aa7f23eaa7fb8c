using System.Diagnostics.CodeAnalysis;
using Collector.IntegrationTests.Demo;
using Collector.IntegrationTests.Pipeline;
using Collector.IntegrationTests.Support;
using Npgsql;

namespace Collector.IntegrationTests.Grafana;

/// <summary>The demonstration over a QuestDB of its own, in its first minute: it goes on while the tests ask.</summary>
[SuppressMessage("Design", "CA1001", Justification = "DisposeAsync of IAsyncLifetime disposes of them.")]
public sealed class Demonstration : IAsyncLifetime
{
    /// <summary>How long after the first reading every panel has something to show.</summary>
    private static readonly TimeSpan Shown = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();
    private QuestDbServer? _server;
    private NpgsqlDataSource? _wire;
    private ChildProcess? _demo;
    private CollectorProcess? _collector;

    public async Task InitializeAsync()
    {
        if (!QuestDb.OwnAvailable(out _))
        {
            return;
        }

        _server = await QuestDbServer.StartAsync();
        _wire = OperationDatabase.Connect(_server.PgPort);
        int port = FreePort.Next();
        _collector = new CollectorProcess(CollectorProcess.QuestDb(_server.Url), DemoConfiguration.Sources(port, _folder.Path));
        _demo = ChildProcess.StartProgram(
            "demo", "demo",
            ["--port", $"{port}", "--speed", "60", "--catalog", _folder.Path, "--push", $"http://127.0.0.1:{_collector.GatewayPort}/write"]);
        await _demo.WaitForHttpAsync(new Uri($"http://127.0.0.1:{port}/status"), CollectorProcess.Soon);
        await _collector.StartReadyAsync();
        await _server.ExecUntilAsync(
            $"SELECT 1 FROM (SELECT min(timestamp) AS first, max(timestamp) AS last FROM trading_metrics) WHERE datediff('s', first, last) >= {Shown.TotalSeconds}",
            answer => answer.Rows.Count == 1, Shown + CollectorProcess.Soon);
    }

    public async Task DisposeAsync()
    {
        if (_collector is not null)
        {
            await _collector.DisposeAsync();
        }

        if (_demo is not null)
        {
            await _demo.DisposeAsync();
        }

        if (_wire is not null)
        {
            await _wire.DisposeAsync();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _folder.Dispose();
    }

    internal async Task<NpgsqlConnection> ConnectAsync()
    {
        Skip.IfNot(QuestDb.OwnAvailable(out string reason), reason);
        return await _wire!.OpenConnectionAsync();
    }
}
