-- metric: tel_run_metadata_cache_hit_ratio
-- type: gauge
-- help: Requests for metadata that the cache answered, of all of them.
-- rows: run
SELECT 1.0 * count(*) FILTER (WHERE from_cache = 1)
       / nullif(count(*), 0) AS value
  FROM http_events
 WHERE run_id = :run_id AND role = 'metadata';
