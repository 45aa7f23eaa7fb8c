using System.Text;
using System.Text.Json;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Sources.Http;

namespace Collector.Sources.Trading;

/// <summary>
/// Polls a page of strategies, <c>{id: {symbol, venue, pnl, ...}}</c>, and writes one row of <c>trading_metrics</c> for each a
/// reading. What the page leaves out is left out; drawdown and fill rate are worked out where their parts are given.
/// </summary>
internal sealed class TradingSource : ISource, IDisposable
{
    private readonly TradingOptions _options;
    private readonly SourceContext _context;
    private readonly JsonClient _client;
    private readonly StrategyRoster _roster;
    private readonly Table _table;

    public TradingSource(TradingOptions options, SourceContext context)
    {
        (_options, _context) = (options, context);
        _table = context.Table("trading_metrics", "strategy", "symbol", "venue", "host", "env");
        _roster = new StrategyRoster(_table, options, context);
        _client = new JsonClient(options.Url!, options.MaxBytes.Bytes, options);
    }

    public void Dispose() => _client.Dispose();

    public bool Names(Table table, IReadOnlyList<string> keys) => _roster.Has(new SeriesKeys(table, [.. keys]));

    public async Task ReadAsync(Reading reading, CancellationToken cancellationToken)
    {
        var problems = new Problems();
        try
        {
            using JsonDocument answer = await _client.GetAsync(cancellationToken);
            Write(reading, Page(answer.RootElement), problems);
        }
        finally
        {
            _roster.TellAbsent(reading);
        }

        if (problems.Count > 0)
        {
            throw new SourceException(SourceError.Format, $"{_client.Shown} answers with {problems}");
        }
    }

    private JsonElement Page(JsonElement root) => JsonPointer.Find(root, _options.Strategies) is { ValueKind: JsonValueKind.Object } page
        ? page
        : throw new SourceException(SourceError.Format, $"{_client.Shown} answers without an object of strategies at {_options.Strategies} (strategies)");

    private void Write(Reading reading, JsonElement page, Problems problems)
    {
        DateTimeOffset now = _context.Clock.GetUtcNow();
        var written = new HashSet<string>(StringComparer.Ordinal);
        int left = 0;
        foreach (JsonProperty member in page.EnumerateObject())
        {
            if (Id(member) is not { } id)
            {
                problems.Add($"a strategy without a name that is kept: 1 to {LineLimits.KeyBytes} bytes of text");
            }
            else if (member.Value.ValueKind != JsonValueKind.Object)
            {
                problems.Add($"{id}, which is no object");
            }
            else if (!written.Add(id))
            {
                problems.Add($"{id} a second time; the first is taken");
            }
            else
            {
                var fields = new JsonFields(member.Value, reading, _options.Fields, id);
                left += Write(reading, id, fields, now) ? 0 : 1;
                foreach (string problem in fields.Problems)
                {
                    problems.Add($"{id}: {problem}");
                }
            }
        }

        if (left > 0)
        {
            problems.Add($"{left} strategies beyond the {_options.MaxStrategies} that are watched (max_strategies)");
        }
    }

    /// <returns>False where there is no room for the strategy.</returns>
    private bool Write(Reading reading, string id, JsonFields fields, DateTimeOffset now)
    {
        // A key of another type would make another series of it.
        (string? symbol, string? venue) = (Key(fields, "symbol"), Key(fields, "venue"));
        if (fields.Problems.Count > 0)
        {
            return true;
        }

        string?[] keys = [id, symbol, venue, _context.Host, _context.Env];
        if (_roster.See(new SeriesKeys(_table, keys), reading) is not { } strategy)
        {
            return false;
        }

        double? equity = fields.Number("equity");
        long? placed = fields.Count("orders_placed"), filled = fields.Count("orders_filled");
        LineWriter row = reading.Begin(_table, keys);
        row.Set(_table["state"], "live");
        row.Set(_table["pnl"], fields.Number("pnl"));
        row.Set(_table["unrealized_pnl"], fields.Number("unrealized_pnl"));
        row.Set(_table["equity"], equity);
        row.Set(_table["position_size"], fields.Number("position_size"));
        row.Set(_table["exposure"], fields.Number("exposure"));
        row.Set(_table["drawdown_pct"], DrawdownPercent(fields, strategy, equity));
        row.Set(_table["fill_rate"], filled <= placed && placed > 0 ? (double)filled / placed : null);
        row.Set(_table["orders_placed"], placed);
        row.Set(_table["orders_filled"], filled);
        row.Set(_table["open_orders"], fields.Count("open_orders"));
        reading.End(row, now);
        return true;
    }

    /// <summary>As the page gives it, with or without a minus; where it gives none, from the highest equity so far.</summary>
    private double? DrawdownPercent(JsonFields fields, Strategy strategy, double? equity)
    {
        double? fromPeak = equity is { } value ? strategy.DrawdownPercent(value) : null; // in any case: the peak goes on
        if (!fields.Has("drawdown"))
        {
            return fromPeak;
        }

        double one = _options.DrawdownUnit == DrawdownUnit.Ratio ? 1 : 100;
        if (fields.Number("drawdown") is not { } given)
        {
            return null;
        }

        if (Math.Abs(given) <= one)
        {
            return 100 * Math.Abs(given) / one;
        }

        fields.Report($"drawdown is {given}, not a {(one > 1 ? "percentage from 0 to 100" : "ratio from 0 to 1; if it is in percent, set drawdown_unit: percent")}");
        return null;
    }

    private static string? Key(JsonFields fields, string name)
    {
        string? key = fields.Text(name);
        if (key is not null && Encoding.UTF8.GetByteCount(key) > LineLimits.KeyBytes)
        {
            fields.Report($"{name} has more than {LineLimits.KeyBytes} bytes");
        }

        return key;
    }

    private static string? Id(JsonProperty member) =>
        JsonValue.Name(member) is { Length: > 0 } name && Encoding.UTF8.GetByteCount(name) <= LineLimits.KeyBytes ? name : null;
}
