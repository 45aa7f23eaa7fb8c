-- Samples of other programs' /metrics pages, as they were found.
-- Never shown again at /metrics: whoever wants them there scrapes their source.
CREATE TABLE IF NOT EXISTS scraped_metrics (
    timestamp TIMESTAMP,  -- When the page was read, UTC.
    job       SYMBOL,     -- The job, as configured.
    instance  SYMBOL,     -- Host and port of the page.
    name      SYMBOL,     -- The metric's name.
    labels    SYMBOL,     -- Its other labels, sorted, as name=value pairs with commas.
    value     DOUBLE      -- The sample. NaN and the infinities are left out, and counted.
) TIMESTAMP(timestamp) PARTITION BY DAY TTL 30 DAYS WAL
DEDUP UPSERT KEYS(timestamp, job, instance, name, labels);
