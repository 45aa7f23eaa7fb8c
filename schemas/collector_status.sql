-- The collector itself: what went through it, what waits, how it and its database fare.
-- While this table is silent, no other can be trusted to speak.
-- Not shown at /metrics, where the same stands live.
CREATE TABLE IF NOT EXISTS collector_status (
    timestamp                TIMESTAMP,  -- When the collector looked at itself, UTC.
    collector                SYMBOL,     -- The collector's name in its configuration.
    host                     SYMBOL,     -- The machine it runs on.
    env                      SYMBOL,     -- Environment: prod, demo, ...
    ready                    BOOLEAN,    -- It takes rows and delivers them.
    database                 SYMBOL,     -- ok, unreachable, read_only or suspended.
    accepted                 LONG,       -- Rows taken into the spool since its start.
    accepted_delta           LONG,       -- Increase of accepted since the last reading, proof against resets.
    delivered                LONG,       -- Rows that the database has taken since its start.
    delivered_delta          LONG,       -- Increase of delivered since the last reading, proof against resets.
    quarantined              LONG,       -- Rows put aside with a reason since its start.
    quarantined_delta        LONG,       -- Increase of quarantined since the last reading, proof against resets.
    dropped                  LONG,       -- Rows given up since its start, where the configuration allows it.
    dropped_delta            LONG,       -- Increase of dropped since the last reading, proof against resets.
    pending                  LONG,       -- Rows on disk that the database has not taken yet.
    remainder                LONG,       -- What the books lack: rows in, minus delivered, pending, quarantined and dropped. Always 0, or something is wrong.
    spool_bytes              LONG,       -- Bytes that the spool holds. [unit bytes]
    spool_limit_bytes        LONG,       -- Bytes that the spool may hold. [unit bytes]
    memory_bytes             LONG,       -- Resident memory. [unit bytes]
    seconds_to_full          DOUBLE,     -- Time until the spool is full at the pace of the last minute; absent while what waits does not grow, or would take more than 30 days. [unit s]
    write_to_visible_seconds DOUBLE,     -- From writing a row to reading it back. [unit s]
    clock_skew_seconds       DOUBLE,     -- The database's clock minus this machine's. [unit s]
    cpu_percent              DOUBLE      -- Processor time used since the last row; 100 is one core. [unit percent]
) TIMESTAMP(timestamp) PARTITION BY DAY TTL 90 DAYS WAL
DEDUP UPSERT KEYS(timestamp, collector, host, env);
