-- metric: tel_store_last_commit_timestamp_seconds
-- type: gauge
-- help: When events were last taken into the store, since the epoch.
SELECT max(committed_ms) / 1000.0 AS value
  FROM batches
 WHERE line_count > 0;
