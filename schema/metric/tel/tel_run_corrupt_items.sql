-- metric: tel_run_corrupt_items
-- type: gauge
-- help: Items whose stored bytes disagree with their digest; an item that was not found is not corrupt.
SELECT count(*) FILTER (WHERE outcome = 'corrupt') AS value
  FROM downloads
 WHERE run_id = :run_id
HAVING count(*) > 0;
