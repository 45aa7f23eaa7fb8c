-- Every time that a connection to an exchange was lost: when, for how long, why.
SELECT disconnected_at AS lost, exchange, channel, host, env, max(downtime_seconds) AS seconds, last(error) AS reason
FROM exchange_status WHERE $__timeFilter(timestamp) AND disconnected_at IS NOT NULL
GROUP BY disconnected_at, exchange, channel, host, env ORDER BY lost, exchange, channel
