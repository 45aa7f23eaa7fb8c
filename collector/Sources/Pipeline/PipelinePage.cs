using System.Text.Json;
using Collector.Sources.Gaps;

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
internal sealed class PipelinePage
{
    /// <summary>Series that are read of a page at the most.</summary>
    public const int MostSeries = GapLedger.Most;

    private const int MostProblems = 5;

    private readonly Dictionary<DataSeries, PipelineNumbers> _numbers = [];
    private readonly List<string> _problems = [];
    private int _moreProblems;

    /// <param name="pipeline">The object itself.</param>
    public PipelinePage(JsonElement pipeline)
    {
        if (pipeline.ValueKind != JsonValueKind.Object || !pipeline.TryGetProperty("exchanges", out JsonElement exchanges))
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
    public string? Problem => _problems.Count == 0 ? null : string.Join("; ", _problems) + (_moreProblems > 0 ? $"; and {_moreProblems} more" : "");

    /// <summary>Takes down something that is wrong.</summary>
    public void Note(string problem)
    {
        if (_problems.Count < MostProblems)
        {
            _problems.Add(problem);
        }
        else
        {
            _moreProblems++;
        }
    }

    private void ReadType(string exchange, string type, JsonElement numbers)
    {
        var series = new DataSeries(exchange, "", type);
        if (numbers.ValueKind != JsonValueKind.Object)
        {
            Note($"{series} is {JsonValue.Shown(numbers)}, not an object");
            return;
        }

        Add(series, numbers);
        if (!numbers.TryGetProperty("symbols", out JsonElement symbols) || symbols.ValueKind == JsonValueKind.Null)
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
        string? symbol = isObject ? item.TryGetProperty("symbol", out JsonElement name) ? JsonValue.Text(name) : null : JsonValue.Text(item);
        if (string.IsNullOrEmpty(symbol))
        {
            Note($"{exchange} symbols has {JsonValue.Shown(item)}, which names none");
        }
        else if (isObject)
        {
            Add(exchange with { Symbol = symbol }, item);
        }
    }

    private void Add(DataSeries series, JsonElement from)
    {
        var numbers = new PipelineNumbers(
            series,
            Field(series, from, "count", JsonValue.Count, "a whole number from 0"),
            Field(series, from, "bytes", JsonValue.Count, "a whole number from 0"),
            Field<double>(series, from, "latency_ms", value => JsonValue.Number(value) is >= 0 and var number ? number : null, "a number from 0"),
            Field(series, from, "last_at", JsonValue.Time, "a time as ISO 8601"));
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

    private T? Field<T>(DataSeries series, JsonElement from, string field, Func<JsonElement, T?> read, string wanted)
        where T : struct
    {
        if (!from.TryGetProperty(field, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        T? found = read(value);
        if (found is null)
        {
            Note($"{series} {field} is {JsonValue.Shown(value)}, not {wanted}");
        }

        return found;
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
            if (NameOf(member) is { Length: > 0 } name)
            {
                yield return (name, member.Value);
            }
            else
            {
                Note($"{place} has a name that is no text");
            }
        }
    }

    private static string? NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null; // half of a surrogate pair
        }
    }
}
