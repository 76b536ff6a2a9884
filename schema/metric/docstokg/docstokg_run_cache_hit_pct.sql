-- metric: docstokg_run_cache_hit_pct
-- type: gauge
-- help: Requests for metadata that the cache answered, of 100.
-- rows: run
SELECT run_id,
       100.0 * count(*) FILTER (WHERE from_cache = 1) / count(*) AS value
  FROM http_events
 WHERE run_id = :run_id AND role = 'metadata'
 GROUP BY run_id;
