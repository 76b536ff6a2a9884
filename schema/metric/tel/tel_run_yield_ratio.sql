-- metric: tel_run_yield_ratio
-- type: gauge
-- help: Items stored, of all items of the run but the skipped ones.
-- rows: run
SELECT 1.0 * count(*) FILTER (WHERE outcome = 'success')
       / nullif(count(*), 0) AS value
  FROM downloads
 WHERE run_id = :run_id AND outcome <> 'skipped';
