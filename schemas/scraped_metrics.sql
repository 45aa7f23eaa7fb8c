-- Samples of other programs' /metrics pages, as they were found.
-- Never shown again at /metrics: whoever wants them there scrapes their source.
CREATE TABLE IF NOT EXISTS scraped_metrics (
    timestamp TIMESTAMP,  -- When the page was read, UTC; or the timestamp that the sample carries.
    job       SYMBOL,     -- The job, as configured.
    instance  SYMBOL,     -- Host and port of the page, unless configured.
    name      SYMBOL,     -- The metric's name.
    labels    SYMBOL,     -- Its other labels, sorted, as they stand on a page: code="200",method="get". At most 4 KiB.
    value     DOUBLE      -- The sample. NaN and the infinities are left out, and counted.
) TIMESTAMP(timestamp) PARTITION BY DAY TTL 30 DAYS WAL
DEDUP UPSERT KEYS(timestamp, job, instance, name, labels);
