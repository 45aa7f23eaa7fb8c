-- Every reading at which a daemon's count of errors had grown, with the text.
SELECT timestamp AS time, daemon, host, env, error_count_delta AS errors, last_error
FROM daemon_metrics WHERE $__timeFilter(timestamp) AND error_count_delta > 0 ORDER BY time, daemon
