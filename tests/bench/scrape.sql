-- SPDX-License-Identifier: ISC
-- The samples of prom-text about requests, by one query over the rows: what an exporter
-- without counts runs at each scrape.
SELECT host, role, status / 100 AS status_class, count(*) AS requests,
       sum(bytes) AS received_bytes, count(elapsed_ms) AS durations,
       sum(elapsed_ms) AS duration_ms,
       count(*) FILTER (WHERE elapsed_ms <= 10) AS le_10,
       count(*) FILTER (WHERE elapsed_ms <= 25) AS le_25,
       count(*) FILTER (WHERE elapsed_ms <= 50) AS le_50,
       count(*) FILTER (WHERE elapsed_ms <= 100) AS le_100,
       count(*) FILTER (WHERE elapsed_ms <= 250) AS le_250,
       count(*) FILTER (WHERE elapsed_ms <= 500) AS le_500,
       count(*) FILTER (WHERE elapsed_ms <= 1000) AS le_1000,
       count(*) FILTER (WHERE elapsed_ms <= 2500) AS le_2500,
       count(*) FILTER (WHERE elapsed_ms <= 5000) AS le_5000,
       count(*) FILTER (WHERE elapsed_ms <= 10000) AS le_10000,
       count(*) FILTER (WHERE elapsed_ms <= 30000) AS le_30000,
       count(*) FILTER (WHERE elapsed_ms <= 60000) AS le_60000
  FROM http_events
 WHERE from_cache IS NOT TRUE
 GROUP BY host, role, status_class;
