-- metric: docstokg_run_yield_pct
-- type: gauge
-- help: Items stored, of 100 items of the run, the skipped ones left out.
-- rows: run
SELECT run_id,
       100.0 * count(*) FILTER (WHERE outcome = 'success') / count(*) AS value
  FROM downloads
 WHERE run_id = :run_id AND outcome <> 'skipped'
 GROUP BY run_id;
