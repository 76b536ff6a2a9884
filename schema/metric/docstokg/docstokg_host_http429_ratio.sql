-- metric: docstokg_host_http429_ratio
-- type: gauge
-- help: Requests that the host answered 429, of 100 that went out to it. A percentage, in spite of its name.
-- rows: run
SELECT run_id, host,
       100.0 * count(*) FILTER (WHERE status = 429) / count(*) AS value
  FROM http_events
 WHERE run_id = :run_id AND from_cache != 1
 GROUP BY run_id, host
 ORDER BY host;
