-- metric: tel_breaker_opens_total
-- type: counter
-- help: Times in the run that the circuit breaker of the host opened: from closed or from half open. 0 for a host that was asked and whose breaker never opened.
WITH hosts AS (
  SELECT host FROM http_events WHERE run_id = :run_id
  UNION
  SELECT host FROM breaker_transitions WHERE run_id = :run_id
),
opens AS (
  SELECT host, count(*) AS open_count
    FROM breaker_transitions
   WHERE run_id = :run_id AND new_state = 'open'
     AND old_state IN ('closed', 'half_open')
   GROUP BY host
)
SELECT hosts.host AS host, coalesce(open_count, 0) AS value
  FROM hosts LEFT JOIN opens ON opens.host = hosts.host
 ORDER BY hosts.host;
