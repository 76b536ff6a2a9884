-- metric: tel_run_info
-- type: info
-- help: Always 1; the label names the run that the other tel_run and tel_host metrics are about.
-- rows: run
-- The id of a run is a label here and nowhere else: as a label of every metric
-- it would make new series for each run, for ever.
SELECT :run_id AS run_id, 1 AS value
 WHERE :run_id IS NOT NULL;
