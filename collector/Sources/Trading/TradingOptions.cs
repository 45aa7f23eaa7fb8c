using System.ComponentModel.DataAnnotations;
using Collector.Settings;
using Collector.Sources.Http;

namespace Collector.Sources.Trading;

/// <summary>Strategies: those that a page tells of, or those that push their own rows to the gateway.</summary>
internal sealed record TradingOptions : HttpSourceOptions, IChecked
{
    private static readonly string[] FieldNames =
    [
        "symbol", "venue", "pnl", "unrealized_pnl", "equity", "position_size", "exposure", "drawdown", "orders_placed", "orders_filled", "open_orders",
    ];

    public TradingOptions() => Interval = TimeSpan.FromSeconds(1);

    /// <summary>The page of strategies, answering <c>GET</c> with JSON: an http or https address. Either this or <c>push</c>.</summary>
    public Uri? Url { get; init; }

    /// <summary>
    /// Whether this source watches the strategies that push lines of <c>trading_metrics</c> to the gateway, and tells those that
    /// fall silent. Default false; one source of the kind is enough.
    /// </summary>
    public bool Push { get; init; }

    /// <summary>Where the page holds the object of strategies, as a JSON pointer (RFC 6901): <c>/data/strategies</c>. Default: the whole answer.</summary>
    [MayBeEmpty]
    public string Strategies { get; init; } = "";

    /// <summary>
    /// Where a strategy's object holds each field, as JSON pointers (RFC 6901): <c>pnl: /results/realised</c>. Default: each field
    /// under its own name. The fields: symbol, venue, pnl, unrealized_pnl, equity, position_size, exposure, drawdown, orders_placed,
    /// orders_filled, open_orders.
    /// </summary>
    public IReadOnlyDictionary<string, string> Fields { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The unit of <c>drawdown</c> on the page. Default <c>ratio</c>; a number beyond the unit is left out and told.</summary>
    public DrawdownUnit DrawdownUnit { get; init; } = DrawdownUnit.Ratio;

    /// <summary>Time without a reading of a strategy after which it is stale, from 1 s to 1 day. Default 10 s.</summary>
    [Between("1s", "1d")]
    public TimeSpan StaleAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time for which a strategy is stale before it is retired and its peak of equity forgotten, from 1 min to 365 days. Default 1 day.</summary>
    [Between("1m", "365d")]
    public TimeSpan RetireAfter { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Strategies that are watched, stale ones among them, from 1 to 10,000. Default 1,000; for one more the longest stale one is retired, and where none is stale it is left out and told.</summary>
    [Range(1, 10_000)]
    public int MaxStrategies { get; init; } = 1_000;

    /// <summary>Bytes of an answer that are read at the most; a longer one is a fault. Default 1 MiB, from 1 KiB to 64 MiB.</summary>
    [Between("1KiB", "64MiB")]
    public ByteSize MaxBytes { get; init; } = ByteSize.MiB(1);

    public IEnumerable<(string Key, string Problem)> Check()
    {
        if (Push == (Url is not null))
        {
            yield return Push
                ? ("push", "does not go with url: strategies that push tell themselves what a page would; make two sources of it")
                : ("url", "is missing; give the page of strategies, or set push: true for strategies that push to the gateway");
        }

        if (Push && (Strategies.Length > 0 || Fields.Count > 0 || DrawdownUnit != DrawdownUnit.Ratio))
        {
            yield return ("push", "does not go with strategies, fields or drawdown_unit, which are of a page: a pushed line is stored as it comes");
        }

        if (Push && HasCredentials)
        {
            yield return ("push", "does not go with token, username or password, which are of a page: what pushes shows the gateway's token");
        }

        foreach ((string, string) fault in CredentialFaults())
        {
            yield return fault;
        }

        if (JsonPointer.Problem(Strategies) is { } problem)
        {
            yield return ("strategies", problem);
        }

        foreach ((string, string) fault in JsonFields.Check(Fields, FieldNames, "a strategy"))
        {
            yield return fault;
        }
    }
}

internal enum DrawdownUnit
{
    /// <summary>0.05 is five percent: from 0 to 1.</summary>
    Ratio,

    /// <summary>5 is five percent: from 0 to 100.</summary>
    Percent,
}
