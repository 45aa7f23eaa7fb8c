-- Share of the time that each daemon ran and each exchange was connected, a row a day.
SELECT day, kind, name, readings, well_percent FROM (
  SELECT timestamp AS day, 'daemon' AS kind, daemon AS name, count() AS readings, 100.0 * sum(CASE WHEN running THEN 1 ELSE 0 END) / count() AS well_percent
  FROM daemon_metrics WHERE $__timeFilter(timestamp) AND state != 'retired' SAMPLE BY 1d
  UNION ALL
  SELECT timestamp, 'exchange', exchange, count(), 100.0 * sum(CASE WHEN connected THEN 1 ELSE 0 END) / count()
  FROM exchange_status WHERE $__timeFilter(timestamp) AND state != 'retired' SAMPLE BY 1d
) ORDER BY day, kind, name
