-- metric: tel_run_corrupt_items
-- type: gauge
-- help: Items whose stored file disagrees with its digest, also when it was found damaged and replaced; an item that was not found is not corrupt.
-- rows: run
SELECT count(*) FILTER (WHERE outcome = 'corrupt' OR reason = 'object_damaged') AS value
  FROM downloads
 WHERE run_id = :run_id
HAVING count(*) > 0;
