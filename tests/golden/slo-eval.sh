# The table of a run with something of everything, and the same as JSON.
sqlite3 t.db <"$ROOT/schema/out/events.sql"
sqlite3 t.db <"$ROOT/schema/store.sql"
sqlite3 t.db <<END
PRAGMA application_id = 1952803956; PRAGMA user_version = 1;
CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS
  (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) SELECT * FROM n;
INSERT INTO downloads (ts_ms, run_id, artifact_id, outcome, ttfp_ms)
  SELECT $TEL_NOW_MS - i * 1000, 'r1', 'a' || i,
    CASE WHEN i <= 30 THEN 'miss' WHEN i <= 31 THEN 'corrupt'
      WHEN i <= 40 THEN 'skipped' ELSE 'success' END,
    CASE WHEN i > 40 THEN i * 50 END FROM n;
INSERT INTO http_events (ts_ms, run_id, host, role, method, status, from_cache, rate_delay_ms)
  SELECT $TEL_NOW_MS - i * 1000, 'r1', 'meta.example', 'metadata', 'GET', 200,
    i % 3 > 0, CASE WHEN i % 3 = 0 THEN i END FROM n
  UNION ALL
  SELECT $TEL_NOW_MS - i * 1000, 'r1', 'files.example', 'artifact', 'GET',
    CASE WHEN i % 20 = 0 THEN 429 ELSE 200 END, 0, i * 5 FROM n
  UNION ALL
  SELECT $TEL_NOW_MS - i * 1000, 'r1', 'tiny.example', 'artifact', 'GET',
    CASE WHEN i = 1 THEN 429 ELSE 200 END, 0, NULL FROM n WHERE i <= 3;
INSERT INTO breaker_transitions (ts_ms, run_id, host, scope, old_state, new_state)
  SELECT $TEL_NOW_MS - i * 1000, 'r1', 'files.example', 'host',
    CASE WHEN i % 2 = 0 THEN 'closed' ELSE 'half_open' END, 'open' FROM n WHERE i <= 13;
END
pack=$ROOT/schema/slo/downloads.yaml
slo-eval --slo "$pack" --db t.db --format table --run latest
echo "exit code $?"
slo-eval --slo "$pack" --db t.db
