-- Profit and loss, equity, worst drawdown and orders of each strategy, a row a day.
SELECT timestamp AS day, strategy, symbol, venue, last(pnl) AS pnl, last(unrealized_pnl) AS unrealized_pnl, last(equity) AS equity,
       max(drawdown_pct) AS worst_drawdown_pct, sum(orders_placed_delta) AS orders_placed, sum(orders_filled_delta) AS orders_filled
FROM trading_metrics WHERE $__timeFilter(timestamp) AND state = 'live'
SAMPLE BY 1d ORDER BY day, strategy, symbol, venue
