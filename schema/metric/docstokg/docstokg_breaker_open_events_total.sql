-- metric: docstokg_breaker_open_events_total
-- type: counter
-- help: Times in the run that the host's own circuit breaker opened: from closed or from half open.
-- rows: run
-- The name and the type are the documents'; its label run_id gives each run a
-- series of its own. The older exporter also counted the breakers of resolvers
-- that name the host. The documents' limit, 12 an hour, is for a host's breaker,
-- and with both the alert would fire at half of it: only scope host counts.
WITH counted (host, opened) AS (
  SELECT host, 0 FROM http_events
   WHERE run_id = :run_id AND from_cache != 1
  UNION ALL
  SELECT host, 1 FROM breaker_transitions
   WHERE run_id = :run_id AND scope = 'host'
     AND old_state IN ('closed', 'half_open') AND new_state = 'open'
)
SELECT :run_id AS run_id, host, sum(opened) AS value
  FROM counted
 GROUP BY host
 ORDER BY host;
