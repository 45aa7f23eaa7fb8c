using Collector.Delivery;
using Collector.Tables;
using Microsoft.Extensions.Logging;

namespace Collector.Stores.QuestDb;

/// <summary>
/// QuestDB over line protocol and HTTP (https://questdb.com/docs/ingestion/ilp/overview/). A request holds rows of one
/// table and is stored wholly or not at all. What it answers is <see cref="WriteOutcome"/>'s to judge.
/// </summary>
internal sealed partial class QuestDbStore : IStore
{
    private readonly QuestDbClient _client;
    private readonly QuestDbSchema _schema;
    private readonly ILogger<QuestDbStore> _log;

    public QuestDbStore(QuestDbOptions options, TimeProvider clock, ILogger<QuestDbStore> log)
    {
        _client = new QuestDbClient(options, clock);
        _schema = new QuestDbSchema(new QuestDbSql(_client));
        _log = log;
    }

    public string Description => _client.Place;

    public async Task<Outcome> ReachAsync(CancellationToken cancellationToken) =>
        await ServerSettings.CheckAsync(_client, cancellationToken) ?? Outcome.Accepted.Instance;

    public async Task<Outcome> PrepareAsync(Table table, CancellationToken cancellationToken)
    {
        SchemaPlanned plan = await _schema.PlanAsync([table], cancellationToken);
        Outcome? failure = plan.Failure
            ?? await _schema.ApplyAsync(plan.Changes, change => LogApplied(change.Table, change.Description), cancellationToken);
        return failure switch
        {
            null => Outcome.Accepted.Instance,
            Outcome.Halted halted when plan.Failure is null => new Outcome.Halted($"the schema of {Description} has to be mended by hand: {halted.Reason}"),
            _ => failure,
        };
    }

    public async Task<Outcome> WriteAsync(Batch batch, CancellationToken cancellationToken)
    {
        Exchange exchange = await _client.PostAsync("write", batch.Lines, cancellationToken);
        return exchange.Reply is { } reply ? WriteOutcome.Of(reply, batch, Description) : exchange.Failure!;
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Schema of {Table}: {Change}")]
    private partial void LogApplied(string table, string change);
}
