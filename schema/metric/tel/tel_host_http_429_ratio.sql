-- metric: tel_host_http_429_ratio
-- type: gauge
-- help: Requests that the host answered 429 (too many requests), of all that went out to it; retries count, answers of the cache do not.
-- rows: run
SELECT host,
       1.0 * count(*) FILTER (WHERE status = 429) / count(*) AS value
  FROM http_events
 WHERE run_id = :run_id AND from_cache != 1
 GROUP BY host
 ORDER BY host;
