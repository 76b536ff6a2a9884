-- metric: tel_run_ttfp_seconds
-- type: summary
-- help: Time to first payload: from the start of work on an item until it was stored. An item that was never stored counts as +Inf; skipped items do not count.
-- rows: run
-- Nearest rank: the quantile q of n times is the one at place ceil(q * n), so
-- "p95 <= T" is the same as "at least 95 % of the items took <= T". An item
-- that was stored without a time is not known and does not count. There is no
-- _sum and no _count: Prometheus takes them for counters over the life of a
-- process, and these would start anew with each run.
WITH ranked AS (
  SELECT ms, row_number() OVER (ORDER BY ms) AS place, count(*) OVER () AS total
    FROM (SELECT CASE outcome WHEN 'success' THEN ttfp_ms ELSE 9e999 END AS ms
            FROM downloads
           WHERE run_id = :run_id AND outcome <> 'skipped'
             AND (outcome <> 'success' OR ttfp_ms IS NOT NULL))
)
SELECT '0.5' AS quantile, ms / 1000.0 AS value
  FROM ranked WHERE place = (total * 50 + 99) / 100
UNION ALL
SELECT '0.95', ms / 1000.0
  FROM ranked WHERE place = (total * 95 + 99) / 100;
