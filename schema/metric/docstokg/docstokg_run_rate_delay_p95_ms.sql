-- metric: docstokg_run_rate_delay_p95_ms
-- type: gauge
-- help: 95th percentile, nearest rank, of the time in ms that the rate limiter held requests back, for the roles metadata and artifact.
-- rows: run
WITH ranked AS (
  SELECT role, rate_delay_ms,
         row_number() OVER (PARTITION BY role ORDER BY rate_delay_ms) AS place,
         count(*) OVER (PARTITION BY role) AS total
    FROM http_events
   WHERE run_id = :run_id AND from_cache != 1 AND rate_delay_ms IS NOT NULL
     AND role IN ('metadata', 'artifact')
)
SELECT :run_id AS run_id, role, rate_delay_ms AS value
  FROM ranked
 WHERE place = (total * 95 + 99) / 100
 ORDER BY role DESC;
