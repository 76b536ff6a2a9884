-- metric: tel_run_items
-- type: gauge
-- help: Items of the run that reached their end, by outcome.
-- rows: run
WITH outcomes (outcome, place) AS (
  VALUES ('success', 1), ('miss', 2), ('corrupt', 3), ('error', 4),
         ('skipped', 5), ('deferred', 6)
),
counts AS (
  SELECT outcome, count(*) AS item_count
    FROM downloads
   WHERE run_id = :run_id
   GROUP BY outcome
)
SELECT outcomes.outcome AS outcome, coalesce(item_count, 0) AS value
  FROM outcomes LEFT JOIN counts ON counts.outcome = outcomes.outcome
 WHERE EXISTS (SELECT 1 FROM counts)
 ORDER BY place;
