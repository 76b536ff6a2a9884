-- metric: tel_store_gap_events
-- type: gauge
-- help: Events that producers numbered and that never came, before the newest that did.
WITH gaps AS (
  SELECT from_position - lag(until_position, 1, 1)
           OVER (PARTITION BY source_no ORDER BY from_position) AS gap
    FROM source_ranges JOIN sources ON sources.no = source_no
   WHERE kind = 'producer'
)
SELECT coalesce(sum(gap), 0) AS value FROM gaps WHERE gap > 0;
