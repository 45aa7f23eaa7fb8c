-- Trading by the minute: the last of each value, the increase of each counter. The dashboards read it over ranges of days, a sixtieth of the rows.
CREATE MATERIALIZED VIEW IF NOT EXISTS trading_metrics_1m WITH BASE trading_metrics REFRESH EVERY 1m AS (
    SELECT timestamp, strategy, symbol, venue, host, env,
           last_not_null(pnl) AS pnl,
           last_not_null(unrealized_pnl) AS unrealized_pnl,
           last_not_null(equity) AS equity,
           last_not_null(position_size) AS position_size,
           last_not_null(exposure) AS exposure,
           last_not_null(drawdown_pct) AS drawdown_pct,
           max(drawdown_pct) AS drawdown_pct_max,
           last_not_null(open_orders) AS open_orders,
           sum(orders_placed_delta) AS orders_placed_delta,
           sum(orders_filled_delta) AS orders_filled_delta,
           sum(CASE WHEN state = 'stale' THEN 1 ELSE 0 END) AS rows_stale
    FROM trading_metrics WHERE state != 'retired' SAMPLE BY 1m
) PARTITION BY WEEK TTL 53 WEEKS;
