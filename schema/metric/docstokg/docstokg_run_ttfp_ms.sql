-- metric: docstokg_run_ttfp_ms
-- type: gauge
-- help: Time to first payload in ms, nearest rank: from the start of work on an item until it was stored. An item that was never stored counts as +Inf; skipped items do not count.
-- rows: run
WITH ranked AS (
  SELECT ms, row_number() OVER (ORDER BY ms) AS place, count(*) OVER () AS total
    FROM (SELECT CASE outcome WHEN 'success' THEN ttfp_ms ELSE 9e999 END AS ms
            FROM downloads
           WHERE run_id = :run_id AND outcome <> 'skipped'
             AND (outcome <> 'success' OR ttfp_ms IS NOT NULL))
)
SELECT :run_id AS run_id, 'p50' AS quantile, ms AS value
  FROM ranked WHERE place = (total * 50 + 99) / 100
UNION ALL
SELECT :run_id, 'p95', ms
  FROM ranked WHERE place = (total * 95 + 99) / 100;
