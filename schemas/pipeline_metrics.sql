-- A stream of data on its way to storage: how much of it arrived in the interval, how late, and is some missing.
-- One row an interval and series; without numbers where none could be read.
CREATE TABLE IF NOT EXISTS pipeline_metrics (
    timestamp            TIMESTAMP,  -- When the counts were read, UTC.
    exchange             SYMBOL,     -- The exchange or venue; empty where the number is for all of them.
    symbol               SYMBOL,     -- The instrument; empty where the number is for the whole exchange.
    data_type            SYMBOL,     -- oi, funding, liquidation, ...
    host                 SYMBOL,     -- The machine of the pipeline.
    env                  SYMBOL,     -- Environment: prod, demo, ...
    records_count        LONG,       -- Records in the interval. [gauge pipeline_records]
    bytes_written        LONG,       -- Bytes written in the interval. [gauge pipeline_written_bytes, unit bytes]
    latency_ms           DOUBLE,     -- From fetch to storage. [gauge pipeline_latency_seconds, unit ms]
    gap_duration_seconds DOUBLE,     -- Length of the open gap; absent while there is none. [gauge pipeline_gap_duration_seconds, unit s]
    gap_detected         BOOLEAN     -- A gap is open: silent for longer than 1.5 expected intervals. [gauge pipeline_gap_detected]
) TIMESTAMP(timestamp) PARTITION BY DAY TTL 90 DAYS WAL
DEDUP UPSERT KEYS(timestamp, exchange, symbol, data_type, host, env);
