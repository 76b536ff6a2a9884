-- metric: tel_store_dead_letters
-- type: gauge
-- help: Lines that were refused and are kept, by the reason; tel-ingest dead shows them.
SELECT reason, count(*) AS value
  FROM dead_letters
 GROUP BY reason
 ORDER BY reason;
