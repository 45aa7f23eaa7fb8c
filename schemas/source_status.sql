-- The collector's sources: does each still read, and how long does it take.
-- One row per source and interval.
-- Not shown at /metrics, where the same stands live.
CREATE TABLE IF NOT EXISTS source_status (
    timestamp        TIMESTAMP,  -- When the source ended its last run, UTC.
    collector        SYMBOL,     -- The collector's name in its configuration.
    source           SYMBOL,     -- The source's name in its configuration.
    host             SYMBOL,     -- The machine the collector runs on.
    env              SYMBOL,     -- Environment: prod, demo, ...
    up               BOOLEAN,    -- Its last run brought a reading.
    duration_seconds DOUBLE,     -- How long its last run took. [unit s]
    readings         LONG,       -- Readings since its start.
    readings_delta   LONG,       -- Increase of readings since the last reading, proof against resets.
    errors           LONG,       -- Runs that failed since its start.
    errors_delta     LONG,       -- Increase of errors since the last reading, proof against resets.
    last_error       VARCHAR     -- Why the last run that failed did so.
) TIMESTAMP(timestamp) PARTITION BY DAY TTL 90 DAYS WAL
DEDUP UPSERT KEYS(timestamp, collector, source, host, env);
