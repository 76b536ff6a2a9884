-- metric: tel_store_last_event_timestamp_seconds
-- type: gauge
-- help: Time of the newest event that was ever taken into the store, since the epoch; it may have been archived since.
SELECT (max(until_ts_ms) - 1) / 1000.0 AS value
  FROM batches;
