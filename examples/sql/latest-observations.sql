-- The newest value of each observation, by name and labels, with its time (UTC).
--
--   sqlite3 -box tel.db </usr/local/share/teltools/sql/latest-observations.sql
--
-- SQLite takes the other columns from the row that has the maximum.
SELECT name, labels, value, outcome,
       datetime(max(ts_ms) / 1000, 'unixepoch') AS time
  FROM observations
 GROUP BY name, labels
 ORDER BY name, labels;
