-- Meters that only grow.
CREATE TABLE IF NOT EXISTS meters (
    timestamp   TIMESTAMP,  -- When it was read, UTC.
    place       SYMBOL,     -- Where it is.
    total       LONG,       -- What it has counted. [counter meters_total]
    total_delta LONG        -- Increase of total since the last reading.
) TIMESTAMP(timestamp) PARTITION BY DAY WAL
DEDUP UPSERT KEYS(timestamp, place);
