using Collector.Lines.Tables;

namespace Collector.Sources.Trading;

/// <summary>
/// Watches the strategies that push their rows to the gateway, and tells those that fall silent. It writes no row of one that
/// does not: what a strategy pushed is stored as it came.
/// </summary>
internal sealed class PushedStrategies : ISource, IDisposable
{
    private readonly TradingOptions _options;
    private readonly StrategyRoster _roster;
    private readonly PushedSeries.Subscription _pushed;

    public PushedStrategies(TradingOptions options, SourceContext context)
    {
        _options = options;
        Table table = context.Table("trading_metrics", "strategy", "symbol", "venue", "host", "env");
        _roster = new StrategyRoster(table, options, context);
        _pushed = context.Shared.Of<PushedSeries>().Subscribe(table, context.Clock);
    }

    public void Dispose() => _pushed.Dispose();

    public bool Names(Table table, IReadOnlyList<string> keys) => _roster.Has(new SeriesKeys(table, [.. keys]));

    public Task ReadAsync(Reading reading, CancellationToken cancellationToken)
    {
        int left = 0;
        foreach (PushedRow row in _pushed.Take())
        {
            if (row.State == "retired")
            {
                _roster.Forget(row.Series);
            }
            else if (row.Age <= _options.StaleAfter && row.State != "stale" && _roster.See(row.Series, reading) is null)
            {
                left++; // a row that is old when it comes is a backlog's or an import's, and no sign of life
            }
        }

        _roster.TellAbsent(reading);
        return left == 0
            ? Task.CompletedTask
            : throw new SourceException(SourceError.Format, $"{left} strategies push beyond the {_options.MaxStrategies} that are watched (max_strategies)");
    }
}
