-- Data files on disk: how many, how large, how new.
-- One row an interval, data set and series.
CREATE TABLE IF NOT EXISTS storage_usage (
    timestamp TIMESTAMP,  -- When the files were looked at, UTC.
    dataset   SYMBOL,     -- The catalog, as configured.
    exchange  SYMBOL,     -- The exchange or venue.
    symbol    SYMBOL,     -- The instrument.
    data_type SYMBOL,     -- oi, funding, liquidation, ...
    host      SYMBOL,     -- The machine that holds the files.
    env       SYMBOL,     -- Environment: prod, demo, ...
    bytes     LONG,       -- Size of all files. [gauge storage_bytes, unit bytes]
    files     LONG,       -- How many files. [gauge storage_files]
    newest_at TIMESTAMP,  -- When the newest file was last written. [gauge storage_newest_timestamp_seconds]
    oldest_at TIMESTAMP   -- When the oldest file was last written. [gauge storage_oldest_timestamp_seconds]
) TIMESTAMP(timestamp) PARTITION BY DAY TTL 90 DAYS WAL
DEDUP UPSERT KEYS(timestamp, dataset, exchange, symbol, data_type, host, env);
