-- metric: tel_host_http_attempts
-- type: gauge
-- help: Requests of the run that went out to the host; retries count, answers of the cache do not.
-- rows: run
SELECT host, count(*) AS value
  FROM http_events
 WHERE run_id = :run_id AND from_cache != 1
 GROUP BY host
 ORDER BY host;
