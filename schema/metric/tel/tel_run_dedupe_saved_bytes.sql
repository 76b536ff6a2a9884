-- metric: tel_run_dedupe_saved_bytes
-- type: gauge
-- help: Bytes that did not have to be stored again, because the store had them.
-- rows: run
SELECT total(saved_bytes) AS value
  FROM downloads
 WHERE run_id = :run_id
HAVING count(*) > 0;
