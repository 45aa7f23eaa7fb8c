-- A strategy at one venue: what it earns, holds and risks.
-- One row per poll, or per line that a strategy pushes.
CREATE TABLE IF NOT EXISTS trading_metrics (
    timestamp           TIMESTAMP,  -- When the strategy was read, UTC.
    strategy            SYMBOL,     -- The strategy.
    symbol              SYMBOL,     -- The instrument; empty where the numbers are for all of them.
    venue               SYMBOL,     -- The exchange or venue; empty where the numbers are for all of them.
    host                SYMBOL,     -- The machine it runs on.
    env                 SYMBOL,     -- Environment: prod, demo, ...
    pnl                 DOUBLE,     -- Realised profit and loss. [gauge trading_pnl, unit quote]
    unrealized_pnl      DOUBLE,     -- Profit and loss of the open position. [gauge trading_unrealized_pnl, unit quote]
    equity              DOUBLE,     -- Account value. [gauge trading_equity, unit quote]
    position_size       DOUBLE,     -- Open position, negative when short. [gauge trading_position_size, unit contracts]
    exposure            DOUBLE,     -- Value of the open position. [gauge trading_exposure, unit quote]
    drawdown_pct        DOUBLE,     -- Fall of equity from its peak. [gauge trading_drawdown_ratio, unit percent]
    fill_rate           DOUBLE,     -- Orders filled of those placed, 0 to 1. [gauge trading_fill_ratio, unit ratio]
    orders_placed       LONG,       -- Orders placed since its start. [counter trading_orders_placed_total]
    orders_placed_delta LONG,       -- Increase of orders_placed since the last reading, proof against resets.
    orders_filled       LONG,       -- Orders filled since its start. [counter trading_orders_filled_total]
    orders_filled_delta LONG,       -- Increase of orders_filled since the last reading, proof against resets.
    open_orders         LONG,       -- Orders in the book. [gauge trading_open_orders]
    state               SYMBOL      -- live, stale or retired.
) TIMESTAMP(timestamp) PARTITION BY DAY TTL 365 DAYS WAL
DEDUP UPSERT KEYS(timestamp, strategy, symbol, venue, host, env);
