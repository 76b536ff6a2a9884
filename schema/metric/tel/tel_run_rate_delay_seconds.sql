-- metric: tel_run_rate_delay_seconds
-- type: summary
-- help: Time that the rate limiter held requests back, by role. Requests without a measured delay and answers of the cache do not count.
-- Nearest rank, as in tel_run_ttfp_seconds.
WITH delays AS (
  SELECT role, rate_delay_ms AS ms
    FROM http_events
   WHERE run_id = :run_id AND from_cache != 1 AND rate_delay_ms IS NOT NULL
),
ranked AS (
  SELECT role, ms,
         row_number() OVER (PARTITION BY role ORDER BY ms) AS place,
         count(*) OVER (PARTITION BY role) AS total
    FROM delays
)
SELECT role, '0.95' AS quantile, '' AS suffix, ms / 1000.0 AS value
  FROM ranked WHERE place = (total * 95 + 99) / 100
UNION ALL
SELECT role, NULL, '_sum', total(ms) / 1000.0 FROM delays GROUP BY role
UNION ALL
SELECT role, NULL, '_count', count(*) FROM delays GROUP BY role
 ORDER BY role, quantile DESC, suffix DESC;
