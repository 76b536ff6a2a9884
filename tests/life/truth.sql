-- SPDX-License-Identifier: ISC
--
-- What prom-text has to print of counters, histograms and the ledger: each line is a series
-- and its value, U+001F between. Written by hand from what the pages say, for the tables of a
-- database and the table `archived`, whose lines tel-archive cat printed.

-- JSON operators end a text at NUL.
CREATE TEMP TABLE lines AS SELECT replace(line, '\u0000', char(0xfffd)) AS line FROM archived;

-- NUL, which is the last of a host where it has one, is shown as U+FFFD.
CREATE TEMP VIEW http AS
SELECT CASE instr(CAST(host AS BLOB), x'00') WHEN 0 THEN host ELSE CAST(substr(CAST(host AS BLOB), 1,
       instr(CAST(host AS BLOB), x'00') - 1) AS TEXT) || char(0xfffd) END AS host, role, status, coalesce(from_cache, 0) AS from_cache,
       elapsed_ms, bytes, rate_delay_ms FROM http_events
UNION ALL
SELECT line ->> 'host', line ->> 'role', line ->> 'status', coalesce(line ->> 'from_cache', 0),
       line ->> 'elapsed_ms', line ->> 'bytes', line ->> 'rate_delay_ms'
  FROM lines WHERE line ->> 'type' = 'http';

CREATE TEMP VIEW breaker AS
SELECT CASE instr(CAST(host AS BLOB), x'00') WHEN 0 THEN host ELSE CAST(substr(CAST(host AS BLOB), 1,
       instr(CAST(host AS BLOB), x'00') - 1) AS TEXT) || char(0xfffd) END AS host, scope, old_state, new_state FROM breaker_transitions
UNION ALL
SELECT line ->> 'host', line ->> 'scope', line ->> 'old_state', line ->> 'new_state'
  FROM lines WHERE line ->> 'type' = 'breaker';

CREATE TEMP VIEW observation AS
SELECT ts_ms, name, value, outcome, labels ->> 'job' AS job FROM observations
UNION ALL
SELECT line ->> 'ts_ms', line ->> 'name', line ->> 'value', line ->> 'outcome', line ->> '$.labels.job'
  FROM lines WHERE line ->> 'type' = 'observation';

CREATE TEMP VIEW download AS
SELECT outcome, tier, ttfp_ms, coalesce(resumed, 0) AS resumed, reason FROM downloads
UNION ALL
SELECT line ->> 'outcome', line ->> 'tier', line ->> 'ttfp_ms', coalesce(line ->> 'resumed', 0),
       line ->> 'reason'
  FROM lines WHERE line ->> 'type' = 'download';

CREATE TEMP VIEW every_ts AS
SELECT ts_ms FROM http_events UNION ALL SELECT ts_ms FROM breaker_transitions
UNION ALL SELECT ts_ms FROM observations UNION ALL SELECT ts_ms FROM downloads
UNION ALL SELECT ts_ms FROM rate_events UNION ALL SELECT ts_ms FROM run_summary
UNION ALL SELECT ts_ms FROM log_events UNION ALL SELECT ts_ms FROM spans
UNION ALL SELECT ts_ms FROM other_events UNION ALL SELECT line ->> 'ts_ms' FROM lines;

-- Of each set of labels a row with each number; label1 to label3 are in the order of the
-- series.
CREATE TEMP TABLE truth (
  family TEXT, suffix TEXT,
  name1 TEXT, label1 TEXT, name2 TEXT, label2 TEXT, name3 TEXT, label3 TEXT, le TEXT,
  value NUMERIC
);

INSERT INTO truth SELECT 'tel_http_requests_total', '', 'host', host, 'role', role, 'status_class',
  CASE WHEN status IS NOT NULL THEN substr(status, 1, 1) || 'xx' END, '', count(*)
  FROM http WHERE from_cache = 0 GROUP BY 4, 6, 8;
INSERT INTO truth SELECT 'tel_http_received_bytes_total', '', 'host', host, 'role', role, '', '', '',
  coalesce(sum(bytes), 0)
  FROM http WHERE from_cache = 0 GROUP BY 4, 6;

CREATE TEMP TABLE edges (name TEXT, edge REAL, le TEXT);
INSERT INTO edges VALUES
  ('http', 10, '0.01'), ('http', 25, '0.025'), ('http', 50, '0.05'), ('http', 100, '0.1'),
  ('http', 250, '0.25'), ('http', 500, '0.5'), ('http', 1000, '1.0'), ('http', 2500, '2.5'),
  ('http', 5000, '5.0'), ('http', 10000, '10.0'), ('http', 30000, '30.0'), ('http', 60000, '60.0'),
  ('http', 9e999, '+Inf'), ('took', 0.1, '0.1'), ('took', 0.5, '0.5'), ('took', 1, '1.0'),
  ('took', 2.5, '2.5'), ('took', 9e999, '+Inf');
INSERT INTO truth SELECT 'tel_http_request_duration_seconds', '_bucket', 'host', host, 'role', role,
  'status_class', CASE WHEN status IS NOT NULL THEN substr(status, 1, 1) || 'xx' END, le,
  count(*) FILTER (WHERE elapsed_ms <= edge)
  FROM http JOIN edges ON name = 'http' WHERE from_cache = 0 GROUP BY 4, 6, 8, le;
INSERT INTO truth SELECT 'tel_http_request_duration_seconds', '_sum', 'host', host, 'role', role,
  'status_class', CASE WHEN status IS NOT NULL THEN substr(status, 1, 1) || 'xx' END, '',
  total(elapsed_ms) / 1000
  FROM http WHERE from_cache = 0 GROUP BY 4, 6, 8;
INSERT INTO truth SELECT 'tel_http_request_duration_seconds', '_count', 'host', host, 'role', role,
  'status_class', CASE WHEN status IS NOT NULL THEN substr(status, 1, 1) || 'xx' END, '',
  count(elapsed_ms)
  FROM http WHERE from_cache = 0 GROUP BY 4, 6, 8;

INSERT INTO truth SELECT 'tel_breaker_transitions_total', '', 'host', host, 'scope', scope, 'new_state',
  new_state, '', count(*) FROM breaker GROUP BY 4, 6, 8;

INSERT INTO truth SELECT 'tel_observation_events_total', '', 'name', name, 'outcome', outcome, '', '', '',
  count(*) FROM observation GROUP BY 4, 6;
INSERT INTO truth SELECT 'tel_observation_last_timestamp_seconds', '', 'name', name, '', '', '', '', '',
  max(ts_ms) / 1000.0 FROM observation GROUP BY 4;
-- Of two that are equally new either may be the last.
INSERT INTO truth SELECT 'tel_observation_last_value', '', 'name', name, '', '', '', '', '', min(value)
  FROM observation AS one WHERE value IS NOT NULL AND ts_ms =
    (SELECT max(ts_ms) FROM observation WHERE name = one.name AND value IS NOT NULL)
  GROUP BY 4 HAVING count(DISTINCT value) = 1;

INSERT INTO truth SELECT 'life_took_seconds', '_bucket', 'job_name', job, 'outcome', outcome, '', '', le,
  count(*) FILTER (WHERE value <= edge)
  FROM observation JOIN edges ON edges.name = 'took'
 WHERE observation.name = 'took' AND job IS NOT NULL GROUP BY 4, 6, le;
INSERT INTO truth SELECT 'life_took_seconds', '_sum', 'job_name', job, 'outcome', outcome, '', '', '',
  total(value) FROM observation WHERE name = 'took' AND job IS NOT NULL GROUP BY 4, 6;
INSERT INTO truth SELECT 'life_took_seconds', '_count', 'job_name', job, 'outcome', outcome, '', '', '',
  count(value) FROM observation WHERE name = 'took' AND job IS NOT NULL GROUP BY 4, 6;
INSERT INTO truth SELECT 'life_worth_total', '', '', '', '', '', '', '', '', total(value) FROM observation;
INSERT INTO truth SELECT 'life_items_total', '', 'outcome', outcome, 'tier', tier, '', '', '', count(*)
  FROM download WHERE resumed = 0 GROUP BY 4, 6;
INSERT INTO truth SELECT 'life_runs_total', '', '', '', '', '', '', '', '',
  (SELECT count(*) FROM run_summary) + (SELECT count(*) FROM lines WHERE line ->> 'type' = 'run');

-- The ledger. Each row came from one line.
INSERT INTO truth SELECT 'tel_store_lines_total', '', 'fate', 'inserted', '', '', '', '', '', count(*)
  FROM every_ts;
INSERT INTO truth SELECT 'tel_store_dead_letters', '', 'reason', reason, '', '', '', '', '', count(*)
  FROM dead_letters GROUP BY 4;
INSERT INTO truth SELECT 'tel_store_gap_events', '', '', '', '', '', '', '', '',
  coalesce(sum(last_missing - first_missing + 1), 0) FROM source_gaps;
INSERT INTO truth SELECT 'tel_store_last_event_timestamp_seconds', '', '', '', '', '', '', '', '',
  max(ts_ms) / 1000.0 FROM every_ts HAVING count(*) > 0;
INSERT INTO truth VALUES ('tel_up', '', '', '', '', '', '', '', '', 1);

-- Objectives: what each event is. fate is good, bad, unknown or excluded.
CREATE TEMP VIEW judged AS
SELECT 'downloads' AS service, 'yield' AS slo, 'stored >= 85 %' AS objective, 'host' AS grouped,
       NULL AS label, CASE outcome WHEN 'skipped' THEN 'excluded' WHEN 'success' THEN 'good' ELSE 'bad' END
       AS fate FROM download
UNION ALL
SELECT 'downloads', 'ttfp-p50', 'p50 <= 3000 ms', 'host', NULL, CASE
       WHEN outcome = 'skipped' OR (outcome = 'success' AND ttfp_ms IS NULL) THEN 'excluded'
       WHEN outcome = 'success' AND ttfp_ms <= 3000 THEN 'good' ELSE 'bad' END FROM download
UNION ALL
SELECT 'downloads', 'ttfp-p95', 'p95 <= 20000 ms', 'host', NULL, CASE
       WHEN outcome = 'skipped' OR (outcome = 'success' AND ttfp_ms IS NULL) THEN 'excluded'
       WHEN outcome = 'success' AND ttfp_ms <= 20000 THEN 'good' ELSE 'bad' END FROM download
UNION ALL
SELECT 'downloads', 'metadata-cache-hit', 'from cache >= 60 %', 'host', NULL,
       CASE from_cache WHEN 1 THEN 'good' ELSE 'bad' END FROM http WHERE role = 'metadata'
UNION ALL
SELECT 'downloads', 'rate-delay-metadata', 'p95 <= 250 ms', 'host', host, CASE
       WHEN rate_delay_ms IS NULL THEN 'excluded' WHEN rate_delay_ms <= 250 THEN 'good' ELSE 'bad' END
  FROM http WHERE role = 'metadata' AND from_cache = 0
UNION ALL
SELECT 'downloads', 'rate-delay-artifact', 'p95 <= 2000 ms', 'host', host, CASE
       WHEN rate_delay_ms IS NULL THEN 'excluded' WHEN rate_delay_ms <= 2000 THEN 'good' ELSE 'bad' END
  FROM http WHERE role = 'artifact' AND from_cache = 0
UNION ALL
SELECT 'downloads', 'http-429', '429 <= 2 %', 'host', host,
       CASE WHEN status = 429 THEN 'bad' ELSE 'good' END
  FROM http WHERE from_cache = 0 AND host NOT IN ('web.archive.org', 'archive.org')
UNION ALL
SELECT 'downloads', 'http-429-wayback', '429 <= 5 %', 'host', host,
       CASE WHEN status = 429 THEN 'bad' ELSE 'good' END
  FROM http WHERE from_cache = 0 AND host IN ('web.archive.org', 'archive.org')
UNION ALL
SELECT 'downloads', 'breaker-opens', 'opens <= 12 an hour', 'host', host, 'good'
  FROM breaker WHERE scope = 'host' AND old_state <> 'open' AND new_state = 'open'
UNION ALL
SELECT 'downloads', 'corruption', 'corrupt = 0', 'host', NULL,
       CASE WHEN outcome = 'corrupt' OR reason = 'object_damaged' THEN 'bad' ELSE 'good' END FROM download
UNION ALL
SELECT 'life', 'small', 'small', 'name', name, CASE WHEN outcome = 'skipped' THEN 'excluded'
       WHEN value IS NULL THEN 'unknown' WHEN value <= 1 THEN 'good' ELSE 'bad' END FROM observation;

CREATE TEMP TABLE fates (fate TEXT);
INSERT INTO fates VALUES ('good'), ('bad'), ('unknown'), ('excluded');

-- Writes a label as the text format does, with a comma.
CREATE TEMP TABLE printed (series TEXT, value NUMERIC);
WITH parts AS (
  SELECT family || suffix AS name, value,
         CASE WHEN coalesce(label1, '') <> '' THEN name1 || '="' || replace(replace(replace(label1,
           '\', '\\'), '"', '\"'), char(10), '\n') || '",' ELSE '' END ||
         CASE WHEN coalesce(label2, '') <> '' THEN name2 || '="' || replace(replace(replace(label2,
           '\', '\\'), '"', '\"'), char(10), '\n') || '",' ELSE '' END ||
         CASE WHEN coalesce(label3, '') <> '' THEN name3 || '="' || label3 || '",' ELSE '' END ||
         CASE WHEN le <> '' THEN 'le="' || le || '",' ELSE '' END AS labels
    FROM truth
)
INSERT INTO printed SELECT name || CASE labels WHEN '' THEN '' ELSE
  '{' || substr(labels, 1, length(labels) - 1) || '}' END, value FROM parts;
INSERT INTO printed
SELECT 'tel_slo_' || fates.fate || '_events_total{service="' || service || '",slo="' || slo ||
       '",objective="' || objective || '"' || CASE WHEN coalesce(label, '') <> '' THEN ',' || grouped ||
       '="' || replace(replace(replace(label, '\', '\\'), '"', '\"'), char(10), '\n') || '"' ELSE '' END
       || '}', count(*) FILTER (WHERE judged.fate = fates.fate)
  FROM judged JOIN fates GROUP BY service, slo, objective, coalesce(label, ''), fates.fate;
-- Of which hosts have a series of their own depends on which came first.
INSERT INTO printed SELECT 'all of life_bounded_total', count(*) FROM http;

.mode list
.separator "\037"
-- Sets of labels that look the same are one.
SELECT series, printf('%!.17g', sum(value)) FROM printed GROUP BY series;
