-- metric: tel_run_rate_delay_seconds
-- type: summary
-- help: Time that the rate limiter held requests back, by role. Requests without a measured delay and answers of the cache do not count.
-- rows: run
-- Nearest rank, and quantiles only, as in tel_run_ttfp_seconds.
WITH ranked AS (
  SELECT role, rate_delay_ms AS ms,
         row_number() OVER (PARTITION BY role ORDER BY rate_delay_ms) AS place,
         count(*) OVER (PARTITION BY role) AS total
    FROM http_events
   WHERE run_id = :run_id AND from_cache != 1 AND rate_delay_ms IS NOT NULL
)
SELECT role, '0.95' AS quantile, ms / 1000.0 AS value
  FROM ranked WHERE place = (total * 95 + 99) / 100
 ORDER BY role;
