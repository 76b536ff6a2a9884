-- Median and 95th percentile (nearest rank) of the time of a request, by host, the
-- slowest host first.
--
--   sqlite3 -box tel.db </usr/local/share/teltools/sql/slow-hosts.sql
WITH ranked AS (
  SELECT host, elapsed_ms,
         row_number() OVER (PARTITION BY host ORDER BY elapsed_ms) AS place,
         count(*) OVER (PARTITION BY host) AS requests
    FROM http_events
   WHERE elapsed_ms IS NOT NULL AND from_cache = 0
)
-- The least value of which at least that share of the values is not greater.
SELECT host, requests,
       min(elapsed_ms) FILTER (WHERE place * 100 >= requests * 50) AS p50_ms,
       min(elapsed_ms) FILTER (WHERE place * 100 >= requests * 95) AS p95_ms
  FROM ranked
 GROUP BY host
 ORDER BY p95_ms DESC, host;
