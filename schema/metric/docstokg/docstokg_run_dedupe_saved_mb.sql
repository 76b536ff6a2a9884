-- metric: docstokg_run_dedupe_saved_mb
-- type: gauge
-- help: MiB (1048576 bytes) that did not have to be stored again.
-- rows: run
SELECT run_id, total(saved_bytes) / 1048576 AS value
  FROM downloads
 WHERE run_id = :run_id
 GROUP BY run_id;
