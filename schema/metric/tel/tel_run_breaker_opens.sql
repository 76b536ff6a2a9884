-- metric: tel_run_breaker_opens
-- type: gauge
-- help: Times in the run that the host's own circuit breaker opened: from closed or from half open. 0 for a host that was asked and whose breaker never opened.
-- rows: run
-- A gauge, as it counts one run: it falls with the next, where increase() would
-- take it for a restart. Counted as the SLO breaker-opens does.
WITH counted (host, opened) AS (
  SELECT host, 0 FROM http_events
   WHERE run_id = :run_id AND from_cache != 1
  UNION ALL
  SELECT host, 1 FROM breaker_transitions
   WHERE run_id = :run_id AND scope = 'host'
     AND old_state IN ('closed', 'half_open') AND new_state = 'open'
)
SELECT host, sum(opened) AS value
  FROM counted
 GROUP BY host
 ORDER BY host;
