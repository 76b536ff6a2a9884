-- Requests and errors per hour, newest hour first. An error is an answer of 500 or
-- more, or none at all.
--
--   sqlite3 -box tel.db </usr/local/share/teltools/sql/requests-per-hour.sql
SELECT strftime('%Y-%m-%d %H:00', ts_ms / 1000, 'unixepoch') AS hour,
       count(*) AS requests,
       sum(status IS NULL OR status >= 500) AS errors
  FROM http_events
 GROUP BY hour
 ORDER BY hour DESC;
