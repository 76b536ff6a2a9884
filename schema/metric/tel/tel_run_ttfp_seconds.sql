-- metric: tel_run_ttfp_seconds
-- type: summary
-- help: Time to first payload: from the start of work on an item until it was stored. An item that was never stored counts as +Inf; skipped items do not count.
-- Nearest rank: the quantile q of n times is the one at place ceil(q * n), so
-- "p95 <= T" is the same as "at least 95 % of the items took <= T". An item
-- that was stored without a time is not known and does not count. The sum of
-- times of which one is not known is not known either, and left out.
WITH items AS (
  SELECT CASE outcome WHEN 'success' THEN ttfp_ms ELSE 9e999 END AS ms
    FROM downloads
   WHERE run_id = :run_id AND outcome <> 'skipped'
     AND (outcome <> 'success' OR ttfp_ms IS NOT NULL)
),
ranked AS (
  SELECT ms, row_number() OVER (ORDER BY ms) AS place, count(*) OVER () AS total
    FROM items
)
SELECT '0.5' AS quantile, '' AS suffix, ms / 1000.0 AS value
  FROM ranked WHERE place = (total * 50 + 99) / 100
UNION ALL
SELECT '0.95', '', ms / 1000.0
  FROM ranked WHERE place = (total * 95 + 99) / 100
UNION ALL
SELECT NULL, '_sum', total(ms) / 1000.0
  FROM items HAVING count(*) > 0 AND max(ms) < 9e999
UNION ALL
SELECT NULL, '_count', count(*)
  FROM items HAVING count(*) > 0;
