-- Gaps in the data: one row when one opens, one a minute while it is open, one when it closes.
-- A row never changes; the state of a gap is its latest row, by gap_id. None of it is shown at /metrics. [events]
CREATE TABLE IF NOT EXISTS data_gaps (
    timestamp                 TIMESTAMP,  -- When the gap was seen in this state, UTC.
    gap_id                    SYMBOL,     -- Tells this gap from every other.
    exchange                  SYMBOL,     -- The exchange or venue.
    symbol                    SYMBOL,     -- The instrument.
    data_type                 SYMBOL,     -- oi, funding, liquidation, ...
    host                      SYMBOL,     -- The machine that looks for gaps.
    env                       SYMBOL,     -- Environment: prod, demo, ...
    opened_at                 TIMESTAMP,  -- The last record before the gap.
    closed_at                 TIMESTAMP,  -- The first record behind it; absent while it is open.
    duration_seconds          DOUBLE,     -- From opened_at to closed_at, or up to this row. [unit s]
    expected_interval_seconds DOUBLE,     -- How often a record was expected. [unit s]
    missing_records           LONG,       -- Records that the gap swallowed, by the expected interval.
    state                     SYMBOL      -- open or closed.
) TIMESTAMP(timestamp) PARTITION BY DAY TTL 365 DAYS WAL
DEDUP UPSERT KEYS(timestamp, gap_id, exchange, symbol, data_type, host, env);
