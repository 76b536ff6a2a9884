-- Made from schema/event.def and schema/store.sql by `make schema`; do not edit.

-- One HTTP request on the wire, or one answer of the cache.
CREATE TABLE IF NOT EXISTS http_events (
  id INTEGER PRIMARY KEY,
  ts_ms INTEGER NOT NULL,
  run_id TEXT,
  host TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role = 'metadata' OR role = 'landing' OR role = 'artifact'),
  method TEXT NOT NULL,
  status INTEGER,
  url_hash TEXT,
  from_cache INTEGER NOT NULL DEFAULT 0 CHECK (from_cache IN (0, 1)),
  revalidated INTEGER NOT NULL DEFAULT 0 CHECK (revalidated IN (0, 1)),
  stale INTEGER NOT NULL DEFAULT 0 CHECK (stale IN (0, 1)),
  retry_count INTEGER,
  retry_after_s INTEGER,
  rate_delay_ms INTEGER,
  breaker_state TEXT CHECK (breaker_state = 'closed' OR breaker_state = 'half_open' OR breaker_state = 'open'),
  breaker_recorded TEXT CHECK (breaker_recorded = 'success' OR breaker_recorded = 'failure' OR breaker_recorded = 'none'),
  elapsed_ms INTEGER,
  error TEXT,
  request_id TEXT,
  attempt INTEGER,
  bytes INTEGER,
  ttfb_ms INTEGER,
  waited_for TEXT CHECK (waited_for = 'none' OR waited_for = 'rate' OR waited_for = 'cooldown' OR waited_for = 'breaker' OR waited_for = 'slot' OR waited_for = 'budget'),
  trace_id TEXT,
  span_id TEXT,
  cohort TEXT,
  extra TEXT
) STRICT;

-- One decision of the rate limiter.
CREATE TABLE IF NOT EXISTS rate_events (
  id INTEGER PRIMARY KEY,
  ts_ms INTEGER NOT NULL,
  run_id TEXT,
  host TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role = 'metadata' OR role = 'landing' OR role = 'artifact'),
  action TEXT NOT NULL CHECK (action = 'acquire' OR action = 'block' OR action = 'head_skip'),
  delay_ms INTEGER,
  max_delay_ms INTEGER,
  trace_id TEXT,
  span_id TEXT,
  cohort TEXT,
  extra TEXT
) STRICT;

-- A circuit breaker changed its state.
CREATE TABLE IF NOT EXISTS breaker_transitions (
  id INTEGER PRIMARY KEY,
  ts_ms INTEGER NOT NULL,
  run_id TEXT,
  host TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope = 'host' OR scope = 'resolver'),
  old_state TEXT NOT NULL CHECK (old_state = 'closed' OR old_state = 'half_open' OR old_state = 'open'),
  new_state TEXT NOT NULL CHECK (new_state = 'closed' OR new_state = 'half_open' OR new_state = 'open'),
  reset_timeout_s INTEGER,
  resolver TEXT,
  reason TEXT,
  trace_id TEXT,
  span_id TEXT,
  cohort TEXT,
  extra TEXT
) STRICT;

-- One candidate of an item was tried.
CREATE TABLE IF NOT EXISTS fallback_attempts (
  id INTEGER PRIMARY KEY,
  ts_ms INTEGER NOT NULL,
  run_id TEXT,
  work_id TEXT,
  artifact_id TEXT,
  tier TEXT NOT NULL,
  source TEXT NOT NULL,
  host TEXT,
  outcome TEXT NOT NULL CHECK (outcome = 'success' OR outcome = 'retryable' OR outcome = 'nonretryable' OR outcome = 'timeout' OR outcome = 'skipped' OR outcome = 'error' OR outcome = 'no_pdf'),
  reason TEXT,
  status INTEGER,
  elapsed_ms INTEGER,
  trace_id TEXT,
  span_id TEXT,
  cohort TEXT,
  extra TEXT
) STRICT;

-- An item reached its end; exactly one for each item.
CREATE TABLE IF NOT EXISTS downloads (
  id INTEGER PRIMARY KEY,
  ts_ms INTEGER NOT NULL,
  run_id TEXT,
  artifact_id TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome = 'success' OR outcome = 'miss' OR outcome = 'corrupt' OR outcome = 'error' OR outcome = 'skipped' OR outcome = 'deferred'),
  work_id TEXT,
  tier TEXT,
  resolver TEXT,
  ttfp_ms INTEGER,
  elapsed_ms INTEGER,
  dedupe_action TEXT CHECK (dedupe_action = 'download' OR dedupe_action = 'hardlink' OR dedupe_action = 'copy' OR dedupe_action = 'skipped'),
  saved_bytes INTEGER,
  resumed INTEGER NOT NULL DEFAULT 0 CHECK (resumed IN (0, 1)),
  resumed_from_bytes INTEGER,
  sha256 TEXT,
  final_path TEXT,
  part_path TEXT,
  shard_prefix TEXT,
  content_length INTEGER,
  bytes_written INTEGER,
  content_type TEXT,
  etag TEXT,
  last_modified TEXT,
  fsync_ms INTEGER,
  avg_write_mibps REAL,
  url_hash TEXT,
  status INTEGER,
  attempt_count INTEGER,
  reason TEXT,
  trace_id TEXT,
  span_id TEXT,
  cohort TEXT,
  extra TEXT
) STRICT;

-- A run ended; its own view of what it did.
CREATE TABLE IF NOT EXISTS run_summary (
  id INTEGER PRIMARY KEY,
  ts_ms INTEGER NOT NULL,
  run_id TEXT,
  started_at REAL,
  finished_at REAL,
  artifacts_total INTEGER,
  artifacts_success INTEGER,
  yield_pct REAL,
  ttfp_p50_ms INTEGER,
  ttfp_p95_ms INTEGER,
  cache_hit_pct REAL,
  rate_delay_p95_ms INTEGER,
  http_429_ratio REAL,
  breaker_open_events INTEGER,
  dedupe_saved_mb REAL,
  corruption_count INTEGER,
  invalid_item_count INTEGER,
  trace_id TEXT,
  span_id TEXT,
  cohort TEXT,
  extra TEXT
) STRICT;

-- A step in the life of an idempotent job.
CREATE TABLE IF NOT EXISTS job_events (
  id INTEGER PRIMARY KEY,
  ts_ms INTEGER NOT NULL,
  run_id TEXT,
  event TEXT NOT NULL CHECK (event = 'job_planned' OR event = 'job_leased' OR event = 'job_state_changed' OR event = 'lease_renewed' OR event = 'lease_released' OR event = 'operation_started' OR event = 'operation_completed' OR event = 'crash_recovery_event' OR event = 'idempotency_replay'),
  job_id TEXT,
  work_id TEXT,
  artifact_id TEXT,
  canonical_url TEXT,
  url_hash TEXT,
  idempotency_key TEXT,
  owner TEXT,
  ttl_sec INTEGER,
  new_ttl_sec INTEGER,
  from_state TEXT CHECK (from_state = 'PLANNED' OR from_state = 'LEASED' OR from_state = 'HEAD_DONE' OR from_state = 'RESUME_OK' OR from_state = 'STREAMING' OR from_state = 'FINALIZED' OR from_state = 'INDEXED' OR from_state = 'DEDUPED' OR from_state = 'FAILED' OR from_state = 'SKIPPED_DUPLICATE'),
  to_state TEXT CHECK (to_state = 'PLANNED' OR to_state = 'LEASED' OR to_state = 'HEAD_DONE' OR to_state = 'RESUME_OK' OR to_state = 'STREAMING' OR to_state = 'FINALIZED' OR to_state = 'INDEXED' OR to_state = 'DEDUPED' OR to_state = 'FAILED' OR to_state = 'SKIPPED_DUPLICATE'),
  reason TEXT,
  op_key TEXT,
  op_type TEXT CHECK (op_type = 'HEAD' OR op_type = 'STREAM' OR op_type = 'FINALIZE' OR op_type = 'INDEX' OR op_type = 'DEDUPE' OR op_type = 'FALLBACK' OR op_type = 'RESOLUTION'),
  result_code TEXT CHECK (result_code = 'OK' OR result_code = 'RETRYABLE' OR result_code = 'NON_RETRYABLE' OR result_code = 'ERROR' OR result_code = 'ABANDONED'),
  elapsed_ms INTEGER,
  recovered_leases INTEGER,
  abandoned_ops INTEGER,
  reused_from_time REAL,
  trace_id TEXT,
  span_id TEXT,
  cohort TEXT,
  extra TEXT
) STRICT;

-- Anything that a user measures.
CREATE TABLE IF NOT EXISTS observations (
  id INTEGER PRIMARY KEY,
  ts_ms INTEGER NOT NULL,
  run_id TEXT,
  name TEXT NOT NULL,
  value REAL,
  outcome TEXT,
  labels TEXT,
  trace_id TEXT,
  span_id TEXT,
  cohort TEXT,
  extra TEXT
) STRICT;

-- One span of a trace; ts_ms is its start.
CREATE TABLE IF NOT EXISTS spans (
  id INTEGER PRIMARY KEY,
  ts_ms INTEGER NOT NULL,
  run_id TEXT,
  name TEXT NOT NULL,
  parent_span_id TEXT,
  kind TEXT CHECK (kind = 'unspecified' OR kind = 'internal' OR kind = 'server' OR kind = 'client' OR kind = 'producer' OR kind = 'consumer'),
  service TEXT,
  scope TEXT,
  duration_ms REAL,
  status TEXT CHECK (status = 'unset' OR status = 'ok' OR status = 'error'),
  status_message TEXT,
  attributes TEXT,
  trace_id TEXT,
  span_id TEXT,
  cohort TEXT,
  extra TEXT
) STRICT;

-- A message of a program.
CREATE TABLE IF NOT EXISTS log_events (
  id INTEGER PRIMARY KEY,
  ts_ms INTEGER NOT NULL,
  run_id TEXT,
  level TEXT NOT NULL CHECK (level = 'error' OR level = 'warning' OR level = 'info' OR level = 'debug'),
  program TEXT,
  message TEXT NOT NULL,
  attributes TEXT,
  trace_id TEXT,
  span_id TEXT,
  cohort TEXT,
  extra TEXT
) STRICT;

-- Something was done to an archive.
CREATE TABLE IF NOT EXISTS archive_events (
  id INTEGER PRIMARY KEY,
  ts_ms INTEGER NOT NULL,
  run_id TEXT,
  action TEXT NOT NULL CHECK (action = 'pack' OR action = 'verify' OR action = 'tier' OR action = 'prune' OR action = 'backup' OR action = 'drill' OR action = 'restore'),
  outcome TEXT NOT NULL CHECK (outcome = 'success' OR outcome = 'failure'),
  table_name TEXT,
  path TEXT,
  day TEXT,
  row_count INTEGER,
  file_bytes INTEGER,
  raw_bytes INTEGER,
  sha256 TEXT,
  elapsed_ms INTEGER,
  reason TEXT,
  trace_id TEXT,
  span_id TEXT,
  cohort TEXT,
  extra TEXT
) STRICT;

-- The tables that event.def does not describe: the ledger, the dead letters and
-- the events of unknown types. Event tables are made from event.def.
--
-- Every event has an identity: the number of its source and its position there
-- (a producer's seq, or the byte offset of its line). id is
-- source_no << 40 | position, so no other index is needed to take each event
-- exactly once.

-- Who events come from. A producer is known by its name. An input without
-- producers is known again by the SHA-256 of its first KiB (or of all of it, when
-- it is shorter; it gets a longer prefix when it has grown), and a file also by
-- its inode. That only finds it: what was taken of its first 64 KiB must be the
-- same too (check_bytes), or it is another input that begins alike. fingerprint
-- is what it was made from when first seen.
CREATE TABLE IF NOT EXISTS sources (
  no INTEGER PRIMARY KEY CHECK (no BETWEEN 1 AND 8388607),
  kind TEXT NOT NULL CHECK (kind IN ('producer', 'file', 'stream')),
  name TEXT NOT NULL,              -- the producer, the path, --source, or '-'
  fingerprint TEXT NOT NULL,       -- '' for a producer
  run_id TEXT,                     -- of its first event
  first_seen_ms INTEGER NOT NULL,
  prefix_bytes INTEGER,            -- NULL for a producer
  prefix_sha256 TEXT,
  check_bytes INTEGER,             -- of its beginning, taken and known
  check_sha256 TEXT,
  taken_bytes INTEGER,             -- of an input: all lines before are accounted
  taken_lines INTEGER,             -- for, so many; reading goes on there
  taken_ms INTEGER,                -- when that was known
  device INTEGER,                  -- NULL for all but files; for people, since it
  inode INTEGER,                   -- may change when a machine starts anew
  UNIQUE (kind, name, fingerprint)
) STRICT;

CREATE INDEX IF NOT EXISTS sources_by_prefix
  ON sources (kind, prefix_bytes, prefix_sha256) WHERE prefix_bytes IS NOT NULL;

-- Positions already taken, merged: from_position is the first, until_position
-- the first that is not. It outlives rows that were archived, and a gap in a
-- producer's ranges is a loss before the events reached us.
CREATE TABLE IF NOT EXISTS source_ranges (
  source_no INTEGER NOT NULL REFERENCES sources (no),
  from_position INTEGER NOT NULL,
  until_position INTEGER NOT NULL CHECK (until_position > from_position),
  PRIMARY KEY (source_no, from_position)
) STRICT, WITHOUT ROWID;

-- What each transaction took from each source. Every line has one fate.
CREATE TABLE IF NOT EXISTS batches (
  no INTEGER PRIMARY KEY,
  transaction_no INTEGER NOT NULL,
  source_no INTEGER NOT NULL REFERENCES sources (no),
  from_position INTEGER NOT NULL,  -- of the lines of this batch
  until_position INTEGER NOT NULL,
  from_ts_ms INTEGER,              -- of the rows inserted, NULL when there are none
  until_ts_ms INTEGER,             -- the last of them, plus 1
  line_count INTEGER NOT NULL,
  inserted_count INTEGER NOT NULL,
  duplicate_count INTEGER NOT NULL,
  filtered_count INTEGER NOT NULL,
  dead_count INTEGER NOT NULL,
  row_count INTEGER NOT NULL,      -- a map may make several rows of one line
  line_bytes INTEGER NOT NULL,
  committed_ms INTEGER NOT NULL,
  resolved_count INTEGER NOT NULL DEFAULT 0, -- dead letters that left: replayed,
                                   -- dropped, or of a line that was completed
  redaction TEXT NOT NULL DEFAULT 'off' CHECK (redaction = 'on' OR redaction = 'off'),
  redacted_count INTEGER NOT NULL DEFAULT 0, -- values hidden, lines all counted
  CHECK (line_count = inserted_count + duplicate_count + filtered_count + dead_count)
) STRICT;

-- Lines that could not be taken, whole, with what is wrong.
CREATE TABLE IF NOT EXISTS dead_letters (
  id INTEGER PRIMARY KEY,          -- source_no << 40 | position
  batch_transaction_no INTEGER NOT NULL,
  input TEXT NOT NULL,             -- the file, or '-'
  offset_bytes INTEGER NOT NULL,   -- of the line in the input
  line INTEGER NOT NULL,           -- its number there, from 1
  column INTEGER,                     -- byte within the line, from 1, when known
  field TEXT,                      -- the key that is wrong, when it is one
  reason TEXT NOT NULL CHECK (reason IN (
    'not_json', 'not_object', 'bad_utf8', 'too_deep', 'too_long', 'truncated',
    'missing_field', 'type_mismatch', 'out_of_range', 'bad_enum',
    'map_error', 'map_too_many', 'number_precision', 'refused_by_store')),
  detail TEXT NOT NULL,            -- in words
  raw BLOB NOT NULL,               -- the line without its newline, secrets hidden
  line_bytes INTEGER               -- of the line in the input, its newline included
) STRICT;

-- Events of types that event.def does not know, whole.
CREATE TABLE IF NOT EXISTS other_events (
  id INTEGER PRIMARY KEY,
  ts_ms INTEGER NOT NULL,
  run_id TEXT,
  type TEXT NOT NULL,
  trace_id TEXT,
  span_id TEXT,
  cohort TEXT,
  body TEXT NOT NULL               -- the JSON object as it came
) STRICT;

-- Keys that event.def does not know, by the type of event they came with.
CREATE TABLE IF NOT EXISTS unknown_keys (
  type TEXT NOT NULL,
  key TEXT NOT NULL,
  seen_count INTEGER NOT NULL,
  integer_count INTEGER NOT NULL DEFAULT 0, -- by the type of the values
  real_count INTEGER NOT NULL DEFAULT 0,
  text_count INTEGER NOT NULL DEFAULT 0,
  boolean_count INTEGER NOT NULL DEFAULT 0,
  nested_count INTEGER NOT NULL DEFAULT 0,  -- objects and arrays
  null_count INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (type, key)
) STRICT, WITHOUT ROWID;

-- Gaps in the sequence of a producer: events that were lost before they came.
DROP VIEW IF EXISTS source_gaps;
CREATE VIEW source_gaps AS
SELECT sources.no AS source_no, sources.name AS producer,
       previous_until AS first_missing, from_position - 1 AS last_missing
  FROM (SELECT source_no, from_position,
               lag(until_position, 1, 1) OVER
                 (PARTITION BY source_no ORDER BY from_position) AS previous_until
          FROM source_ranges)
  JOIN sources ON sources.no = source_no
 WHERE sources.kind = 'producer' AND from_position > previous_until;

-- FNV-1a of the text that these tables and views were made from: when a newer
-- program has another text it brings the file up to date.
CREATE TABLE IF NOT EXISTS store_schema (
  hash INTEGER NOT NULL
) STRICT;
