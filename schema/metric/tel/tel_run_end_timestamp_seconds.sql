-- metric: tel_run_end_timestamp_seconds
-- type: gauge
-- help: When the run ended, since the epoch; absent while it is going on.
-- rows: run
SELECT max(ts_ms) / 1000.0 AS value
  FROM run_summary
 WHERE run_id = :run_id;
