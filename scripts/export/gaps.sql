-- Every gap in the data, by its last row: which series, from when to when, how many records are missing.
SELECT gap_id, exchange, symbol, data_type, state, opened_at, closed_at, duration_seconds, missing_records
FROM (SELECT * FROM data_gaps WHERE $__timeFilter(timestamp) LATEST ON timestamp PARTITION BY gap_id) ORDER BY opened_at, gap_id
