using System.Text;
using System.Text.Json;
using Collector.Lines;
using Collector.Sources.Gaps;
using Collector.Sources.Http;

namespace Collector.Sources.Pipeline;

/// <summary>What a daemon tells of one series. A field that is missing, null, or of another type is null.</summary>
/// <param name="Count">Records since the daemon's start.</param>
/// <param name="Bytes">Bytes since the daemon's start.</param>
/// <param name="LastAt">When the last record came, by the daemon's clock.</param>
internal sealed record PipelineNumbers(DataSeries Series, long? Count, long? Bytes, double? LatencyMs, DateTimeOffset? LastAt)
{
    /// <summary>Whether they tell that records come: a latency alone does not.</summary>
    public bool ShowRecords => (Count ?? Bytes) is not null || LastAt is not null;
}

/// <summary>
/// The pipeline's object in a daemon's answer:
/// <code>
/// {"exchanges": {"binance": {"oi": {"count": 812, "bytes": 40960, "latency_ms": 35.5, "symbols": [
///     "BTC",                                                                                      only a name: no numbers
///     {"symbol": "ETH", "count": 406, "bytes": 20480, "latency_ms": 31, "last_at": "2026-01-02T03:04:05Z"}]}}}}
/// </code>
/// Numbers beside <c>symbols</c> are the exchange's, and are put on no symbol.
/// </summary>
internal sealed class PipelineAnswer
{
    /// <summary>Series that are read of a page at the most.</summary>
    public const int MostSeries = GapLedger.Most;

    private readonly Dictionary<DataSeries, PipelineNumbers> _numbers = [];
    private readonly Problems _problems = new();
    private readonly Reading _reading;

    /// <param name="pipeline">The object itself.</param>
    /// <param name="reading">Counts what is left out.</param>
    public PipelineAnswer(JsonElement pipeline, Reading reading)
    {
        _reading = reading;
        if (JsonValue.Member(pipeline, "exchanges") is not { } exchanges)
        {
            Note("exchanges is missing from the pipeline");
            return;
        }

        foreach ((string exchange, JsonElement types) in Members(exchanges, "exchanges"))
        {
            foreach ((string type, JsonElement numbers) in Members(types, exchange))
            {
                ReadType(exchange, type, numbers);
            }
        }
    }

    public IReadOnlyCollection<PipelineNumbers> Numbers => _numbers.Values;

    /// <summary>What is wrong with the page, the first few of it in words; null where nothing is.</summary>
    public string? Problem => _problems.Count == 0 ? null : _problems.ToString();

    /// <summary>Takes down something that is wrong.</summary>
    public void Note(string problem) => _problems.Add(problem);

    private void ReadType(string exchange, string type, JsonElement numbers)
    {
        var series = new DataSeries(exchange, "", type);
        if (numbers.ValueKind != JsonValueKind.Object)
        {
            Note($"{series} is {JsonValue.Shown(numbers)}, not an object");
            return;
        }

        Add(series, numbers);
        if (JsonValue.Member(numbers, "symbols") is not { ValueKind: not JsonValueKind.Null } symbols)
        {
            return;
        }

        if (symbols.ValueKind != JsonValueKind.Array)
        {
            Note($"{series} symbols is {JsonValue.Shown(symbols)}, not a list");
            return;
        }

        foreach (JsonElement item in symbols.EnumerateArray())
        {
            ReadSymbol(series, item);
        }
    }

    private void ReadSymbol(DataSeries exchange, JsonElement item)
    {
        bool isObject = item.ValueKind == JsonValueKind.Object;
        string? symbol = (isObject ? JsonValue.Member(item, "symbol") : item) is { } name ? JsonValue.Text(name) : null;
        if (string.IsNullOrEmpty(symbol))
        {
            Note($"{exchange} symbols has {JsonValue.Shown(item)}, which names none");
        }
        else if (IsTooLong(symbol))
        {
            Note($"{exchange} symbols has a name of more than {LineLimits.KeyBytes} bytes");
        }
        else if (isObject)
        {
            Add(exchange with { Symbol = symbol }, item);
        }
    }

    private void Add(DataSeries series, JsonElement from)
    {
        var fields = new JsonFields(from, _reading, owner: series.ToString());
        var numbers = new PipelineNumbers(series, fields.Count("count"), fields.Count("bytes"), fields.Amount("latency_ms"), fields.Time("last_at"));
        foreach (string problem in fields.Problems)
        {
            Note($"{series} {problem}");
        }

        if (!numbers.ShowRecords && numbers.LatencyMs is null)
        {
            return;
        }

        if (_numbers.Count == MostSeries)
        {
            Note($"there are more than {MostSeries} series; {series} is left out");
        }
        else if (!_numbers.TryAdd(series, numbers))
        {
            Note($"{series} is there twice; the first counts");
        }
    }

    private IEnumerable<(string Name, JsonElement Value)> Members(JsonElement element, string place)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            Note($"{place} is {JsonValue.Shown(element)}, not an object");
            yield break;
        }

        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (JsonValue.Name(member) is not { Length: > 0 } name)
            {
                Note($"{place} has a name that is no text");
            }
            else if (IsTooLong(name))
            {
                Note($"{place} has a name of more than {LineLimits.KeyBytes} bytes");
            }
            else
            {
                yield return (name, member.Value);
            }
        }
    }

    private static bool IsTooLong(string name) => Encoding.UTF8.GetByteCount(name) > LineLimits.KeyBytes;
}
