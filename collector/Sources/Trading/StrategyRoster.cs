using System.Globalization;
using System.Text.Json;
using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Sources.Trading;

/// <summary>
/// The strategies that were seen, over a restart of the collector too. One that is seen no more is told as <c>stale</c>, so
/// that nobody takes its last numbers for present ones, then once a minute, and at last as <c>retired</c>.
/// </summary>
internal sealed class StrategyRoster
{
    /// <summary>In the source's memory: the strategies and, of stale ones, since when.</summary>
    private const string MemoryKey = "strategies";

    private static readonly TimeSpan TellPause = TimeSpan.FromMinutes(1);

    private readonly Dictionary<SeriesKeys, Strategy> _strategies = [];
    private readonly Table _table;
    private readonly TradingOptions _options;
    private readonly SourceContext _context;
    private bool _changed;

    public StrategyRoster(Table table, TradingOptions options, SourceContext context)
    {
        (_table, _options, _context) = (table, options, context);
        foreach ((SeriesKeys series, DateTimeOffset? staleSince) in Remembered(context.State.Get(MemoryKey)).Where(kept => IsOwn(kept.Series)))
        {
            _strategies[series] = new Strategy(series, context.State) { SeenAt = context.Clock.GetTimestamp(), StaleSince = staleSince };
        }
    }

    public bool Has(SeriesKeys series) => _strategies.ContainsKey(series);

    /// <summary>Takes note that a strategy is there.</summary>
    /// <returns>Null where there is no room for it, since all others are there too.</returns>
    public Strategy? See(SeriesKeys series, Reading reading)
    {
        if (!_strategies.TryGetValue(series, out Strategy? strategy))
        {
            if (_strategies.Count >= _options.MaxStrategies && !MakeRoom(reading))
            {
                return null;
            }

            _strategies[series] = strategy = new Strategy(series, _context.State);
            _changed = true;
        }

        _changed |= strategy.StaleSince is not null;
        (strategy.SeenAt, strategy.StaleSince, strategy.ToldAt) = (_context.Clock.GetTimestamp(), null, null);
        return strategy;
    }

    /// <summary>Lets go of a strategy that retired by itself.</summary>
    public void Forget(SeriesKeys series)
    {
        if (_strategies.Remove(series, out Strategy? strategy))
        {
            strategy.ForgetPeak();
            _changed = true;
        }
    }

    /// <summary>Ends a reading: writes a row for each strategy that is seen no more and whose turn it is.</summary>
    public void TellAbsent(Reading reading)
    {
        long now = _context.Clock.GetTimestamp();
        foreach (Strategy strategy in _strategies.Values.Where(strategy => _context.Clock.GetElapsedTime(strategy.SeenAt, now) >= _options.StaleAfter).ToList())
        {
            TellAbsent(strategy, reading, now);
        }

        if (_changed)
        {
            _context.State.Set(MemoryKey, JsonSerializer.Serialize(_strategies.Values.ToDictionary(
                strategy => strategy.Series.MemoryKey, strategy => strategy.StaleSince?.ToString("O", CultureInfo.InvariantCulture), StringComparer.Ordinal)));
            _changed = false;
        }
    }

    private void TellAbsent(Strategy strategy, Reading reading, long now)
    {
        DateTimeOffset time = _context.Clock.GetUtcNow();
        if (strategy.StaleSince is null)
        {
            (strategy.StaleSince, _changed) = (time, true);
        }

        if (time - strategy.StaleSince >= _options.RetireAfter)
        {
            Retire(strategy, reading);
        }
        else if (strategy.ToldAt is not { } told || _context.Clock.GetElapsedTime(told, now) >= TellPause)
        {
            strategy.ToldAt = now;
            Write(strategy, "stale", reading);
        }
    }

    /// <summary>Retires the strategy that is stale the longest.</summary>
    private bool MakeRoom(Reading reading)
    {
        Strategy? oldest = _strategies.Values.Where(strategy => strategy.StaleSince is not null).MinBy(strategy => strategy.StaleSince);
        if (oldest is not null)
        {
            Retire(oldest, reading);
        }

        return oldest is not null;
    }

    private void Retire(Strategy strategy, Reading reading)
    {
        Write(strategy, "retired", reading);
        Forget(strategy.Series);
    }

    private void Write(Strategy strategy, string state, Reading reading)
    {
        LineWriter row = reading.Begin(_table, strategy.Series.Keys);
        row.Set(_table["state"], state);
        reading.End(row, _context.Clock.GetUtcNow());
    }

    /// <summary>A page's strategies have the host and environment of the source, which may be others by now; those that push have their own.</summary>
    private bool IsOwn(SeriesKeys series) => series.Table == _table.Name && series.Keys.Length == _table.Keys.Length
        && (_options.Push || (series.Keys[^2] == _context.Host && series.Keys[^1] == _context.Env));

    private static IEnumerable<(SeriesKeys Series, DateTimeOffset? StaleSince)> Remembered(string? kept)
    {
        foreach ((string key, string? since) in Parsed(kept))
        {
            if (SeriesKeys.OfMemoryKey(key) is { } series)
            {
                yield return (series, DateTimeOffset.TryParse(since, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out DateTimeOffset time) ? time : null);
            }
        }
    }

    /// <summary>What cannot be read costs memory, and no start.</summary>
    private static Dictionary<string, string?> Parsed(string? kept)
    {
        try
        {
            return kept is null ? [] : JsonSerializer.Deserialize<Dictionary<string, string?>>(kept) ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
