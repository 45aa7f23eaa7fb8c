-- Round trip and feed delay of each exchange: median and 99th percentile, a row an interval (--every).
SELECT timestamp AS time, exchange, channel, count() AS readings,
       approx_percentile(latency_ms, 0.5, 3) AS round_trip_p50_ms, approx_percentile(latency_ms, 0.99, 3) AS round_trip_p99_ms,
       avg(feed_delay_ms) AS feed_delay_ms, avg(clock_error_ms) AS clock_error_ms
FROM exchange_status WHERE $__timeFilter(timestamp) AND latency_ms IS NOT NULL
SAMPLE BY $__sampleByInterval ORDER BY time, exchange, channel
