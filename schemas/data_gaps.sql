-- Gaps in the data: one row when one opens, one a minute while it is open, one when it closes.
-- A row never changes; the state of a gap is its latest row, by gap_id. Each source that watches a series tells gaps of its own. None of it is shown at /metrics. [events]
CREATE TABLE IF NOT EXISTS data_gaps (
    timestamp                 TIMESTAMP,  -- When the gap was seen in this state, UTC.
    gap_id                    SYMBOL,     -- Tells this gap from every other; begins with the source that saw it.
    exchange                  SYMBOL,     -- The exchange or venue.
    symbol                    SYMBOL,     -- The instrument.
    data_type                 SYMBOL,     -- oi, funding, liquidation, ...
    host                      SYMBOL,     -- The machine that looks for gaps.
    env                       SYMBOL,     -- Environment: prod, demo, ...
    opened_at                 TIMESTAMP,  -- The last record before the gap; where none was seen, the beginning of the watch.
    closed_at                 TIMESTAMP,  -- The first record behind it; absent while it is open.
    duration_seconds          DOUBLE,     -- From opened_at to closed_at, or up to this row. [unit s]
    expected_interval_seconds DOUBLE,     -- How often a record was expected; for types that come with events, how long a peer counts as active. [unit s]
    missing_records           LONG,       -- Records that the gap swallowed, by the expected interval; absent where nobody can tell.
    state                     SYMBOL      -- open or closed; retired: given up, or no longer watched, before a record came.
) TIMESTAMP(timestamp) PARTITION BY DAY TTL 365 DAYS WAL
DEDUP UPSERT KEYS(timestamp, gap_id, exchange, symbol, data_type, host, env);
