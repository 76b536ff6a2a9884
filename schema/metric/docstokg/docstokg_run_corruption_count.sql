-- metric: docstokg_run_corruption_count
-- type: gauge
-- help: Items whose stored bytes disagree with their digest; an item that was not found is not corrupt.
SELECT run_id, count(*) FILTER (WHERE outcome = 'corrupt') AS value
  FROM downloads
 WHERE run_id = :run_id
 GROUP BY run_id;
