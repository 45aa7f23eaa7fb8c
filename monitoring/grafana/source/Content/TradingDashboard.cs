using static Collector.Dashboards.Fragments;

namespace Collector.Dashboards.Content;

internal static class TradingDashboard
{
    private const string Keys = "strategy, symbol, venue, host, env";
    private const string Name = "${__field.labels.strategy}";
    private const string Step = "5s";
    private static readonly string Chosen = Rows("env", "host", "strategy", "venue", "symbol");

    private const string HasOrders = " AND orders_placed_delta IS NOT NULL";

    /// <summary>A row a second is too many over weeks.</summary>
    private static readonly string[] Sources = [$"trading_metrics WHERE {Chosen} AND {WhileShort}", $"trading_metrics_1m WHERE {Chosen} AND {WhileLong}"];
    private static readonly string Now = Current("trading_metrics", Keys, Chosen);

    public static Dashboard Made { get; } = new("trading", "Trading", "What do the strategies earn, hold and risk?")
    {
        Refresh = "5s",
        Variables = Variable.Of("trading_metrics", Keys, "env", "host", "strategy", "venue", "symbol"),
        Rows =
        [
            new(0, "",
                Shared.About("""
                    **What do the strategies earn, hold and risk?** Money is in each account's own currency; sums are right only within one.
                    What is stale counts with what it last said.
                    """),
                Shared.Freshness("trading_metrics", Chosen)),
            new(100, "Now",
                Sum(10, "Realised", "Realised profit and loss, the sum of each strategy's last row.", "sum(pnl)", Thresholds.Profit),
                Sum(11, "Unrealised", "Profit and loss of the open positions.", "sum(unrealized_pnl)", Thresholds.Profit),
                Sum(12, "Total", "Realised and unrealised together.", "sum(pnl + unrealized_pnl)", Thresholds.Profit),
                Sum(13, "Exposure", "Value of the open positions, long and short added up without their sign.", "sum(abs(exposure))") with { Width = 3 },
                Sum(14, "Open orders", "Orders in the books.", "sum(open_orders)") with { Width = 3 },
                Sum(15, "Stale", "Strategies that no longer report.", "sum(CASE WHEN state = 'stale' THEN 1 ELSE 0 END)", Thresholds.NoneAllowed) with { Width = 2 },
                Sum(16, "Worst drawdown", "The deepest fall of a strategy's equity from its peak.", "max(drawdown_pct)", Limits.Drawdown) with
                {
                    Unit = Unit.Percent, Decimals = 1,
                }),
            new(101, "Profit and loss",
                Line(20, "Profit and loss", "Realised and unrealised together, of each strategy.", "pnl + unrealized_pnl", Unit.Quote) with { Width = 16, Height = 9 },
                Line(21, "Drawdown", "Fall of equity from its peak. The dashed lines are the limits of the alerts.", "drawdown_pct", Unit.Percent, Limits.Drawdown) with
                {
                    Height = 9, Min = 0,
                },
                Line(22, "Realised", "Profit and loss of what was closed.", "pnl", Unit.Quote),
                Line(23, "Unrealised", "Profit and loss of what is open.", "unrealized_pnl", Unit.Quote),
                Line(24, "Equity", "Value of the account.", "equity", Unit.Quote)),
            new(102, "Positions and orders",
                new TimeSeries(25, "Exposure by symbol", "Value of the open positions, the strategies' sum for each symbol.")
                {
                    Interval = Step, Unit = Unit.Quote, Decimals = 0, SeriesName = "${__field.labels.symbol}",
                    Sql =
                    [
                        $"""
                        SELECT time, symbol, sum(exposure) AS exposure FROM (
                        {Sampling(Keys, [("exposure", "last(exposure)")])}
                        ) GROUP BY time, symbol ORDER BY time, symbol
                        """,
                    ],
                },
                Orders(26, "Orders", "Orders placed a minute.", "orders_placed_delta"),
                new TimeSeries(27, "Fill rate", "Orders filled of those placed, in each bucket. Where none was placed there is none.")
                {
                    Interval = "5m", Unit = Unit.Ratio, Min = 0, SeriesName = Name, Thresholds = Limits.FillRate, Empty = "No order was placed in this range",
                    Sql =
                    [
                        Rates.Share(
                            Sampling("strategy", [("value", Rates.Share("orders_filled_delta", "orders_placed_delta"))], HasOrders),
                            $"trading_metrics WHERE {Chosen}{HasOrders}", "strategy", "orders_filled_delta", "orders_placed_delta"),
                    ],
                },
                new Table(30, "Strategies", "Each strategy by its last row.")
                {
                    Width = 24, Height = 6,
                    Overrides =
                    [
                        new("strategy") { Width = 130 },
                        new("state") { Coloured = true, Mappings = States.Texts, Width = 70 },
                        new("/realised|unrealised|total/") { Unit = Unit.Quote, Decimals = 2, Coloured = true, Thresholds = Thresholds.Profit },
                        new("/equity|exposure|position/") { Unit = Unit.Quote, Decimals = 2 },
                        new("drawdown") { Unit = Unit.Percent, Decimals = 1, Coloured = true, Thresholds = Limits.Drawdown },
                        new("fill_rate") { As = "fill rate", Unit = Unit.Ratio, Decimals = 0, Coloured = true, Thresholds = Limits.FillRate },
                        new("open_orders") { As = "open orders", Unit = Unit.Count },
                        new("seen") { As = "last seen", Unit = Unit.Ago, Width = 130 },
                    ],
                    Sql =
                    [
                        $"""
                        SELECT strategy, state, symbol, venue, pnl AS realised, unrealized_pnl AS unrealised, pnl + unrealized_pnl AS total, equity,
                               position_size AS position, exposure, drawdown_pct AS drawdown, fill_rate, open_orders, timestamp AS seen
                        FROM {Now} WHERE state != 'retired' ORDER BY strategy, symbol, venue
                        """,
                    ],
                }),
            new(103, "Details",
                Line(40, "Open orders over time", "Orders in the books.", "open_orders", Unit.Count) with { Min = 0 },
                Line(41, "Position", "Open position, negative when short.", "position_size", Unit.Count) with { Decimals = 2 },
                Orders(42, "Orders filled", "Orders filled a minute.", "orders_filled_delta"))
            {
                Collapsed = true,
            },
        ],
    };

    private static Stat Sum(int id, string title, string description, string value, Thresholds? limits = null) => new(id, title, description)
    {
        Width = 4,
        Height = 4,
        Unit = Unit.Quote,
        Decimals = 0,
        Thresholds = limits,
        Empty = "Not told",
        Sql = [$"SELECT {value} AS value FROM {Now} WHERE state != 'retired'"],
    };

    /// <summary>The last value of each series in a bucket, added up by strategy: a mean would show what never was.</summary>
    private static TimeSeries Line(int id, string title, string description, string value, Unit unit, Thresholds? limits = null) => new(id, title, description)
    {
        Interval = Step,
        Unit = unit,
        Decimals = unit == Unit.Percent ? 1 : 0,
        Thresholds = limits,
        SeriesName = Name,
        Sql =
        [
            $"""
            SELECT time, strategy, {(limits is null ? "sum" : "max")}(value) AS value FROM (
            {Sampling(Keys, [("value", $"last({value})")], $" AND {value} IS NOT NULL")}
            ) GROUP BY time, strategy ORDER BY time, strategy
            """,
        ],
    };

    /// <summary>The newest minutes are not in the view yet, so that the newest value is of the rows.</summary>
    private static TimeSeries Orders(int id, string title, string description, string increase) => new(id, title, description)
    {
        Interval = "1m",
        Unit = Unit.PerMinute,
        Min = 0,
        SeriesName = Name,
        Sql = [Rates.Of(Sampling("strategy", Rates.Sums(increase), HasOrders), $"trading_metrics WHERE {Chosen}{HasOrders}", "strategy", increase, Rates.PerMinute)],
    };

    /// <summary>Buckets of the rows or of the minutes.</summary>
    private static string Sampling(string labels, (string Name, string Of)[] values, string and = "") =>
        string.Join("\nUNION ALL\n", Sources.Select(source => $"SELECT * FROM ({Buckets(source + and, labels, values)})"));
}
