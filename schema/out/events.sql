-- Made from schema/event.def and schema/store.sql by `make schema`; do not edit.

-- One HTTP request on the wire, or one answer of the cache.
CREATE TABLE IF NOT EXISTS http_events (
  id INTEGER PRIMARY KEY,
  ts_ms INTEGER NOT NULL,
  run_id TEXT,
  host TEXT NOT NULL,
  role TEXT NOT NULL,
  method TEXT NOT NULL,
  status INTEGER,
  url_hash TEXT,
  from_cache INTEGER NOT NULL DEFAULT 0 CHECK (from_cache IN (0, 1)),
  revalidated INTEGER NOT NULL DEFAULT 0 CHECK (revalidated IN (0, 1)),
  stale INTEGER NOT NULL DEFAULT 0 CHECK (stale IN (0, 1)),
  retry_count INTEGER,
  retry_after_s INTEGER,
  rate_delay_ms INTEGER,
  breaker_state TEXT,
  breaker_recorded TEXT,
  elapsed_ms INTEGER,
  error TEXT,
  request_id TEXT,
  attempt INTEGER,
  bytes INTEGER,
  ttfb_ms INTEGER,
  waited_for TEXT,
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
  role TEXT NOT NULL,
  action TEXT NOT NULL,
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
  scope TEXT NOT NULL,
  old_state TEXT NOT NULL,
  new_state TEXT NOT NULL,
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
  outcome TEXT NOT NULL,
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
  outcome TEXT NOT NULL,
  work_id TEXT,
  tier TEXT,
  resolver TEXT,
  ttfp_ms INTEGER,
  elapsed_ms INTEGER,
  dedupe_action TEXT,
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
  event TEXT NOT NULL,
  job_id TEXT,
  work_id TEXT,
  artifact_id TEXT,
  canonical_url TEXT,
  url_hash TEXT,
  idempotency_key TEXT,
  owner TEXT,
  ttl_sec INTEGER,
  new_ttl_sec INTEGER,
  from_state TEXT,
  to_state TEXT,
  reason TEXT,
  op_key TEXT,
  op_type TEXT,
  result_code TEXT,
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
  kind TEXT,
  service TEXT,
  scope TEXT,
  duration_ms REAL,
  status TEXT,
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
  level TEXT NOT NULL,
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
  action TEXT NOT NULL,
  outcome TEXT NOT NULL,
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
--
-- No CHECK lists the words of a column, because CREATE TABLE IF NOT EXISTS would
-- never bring a longer list to an old file: the programs store no other words.

-- Where events come from. A producer is identified by its name. An input without
-- producers is recognised by the SHA-256 of its first KiB (of the whole input when it
-- is shorter; the prefix grows with it), and a file also by its inode. That only finds
-- candidates: what was read of the first 64 KiB must be the same as well (check_bytes),
-- otherwise it is another input that begins alike. Before reading of a file goes on at
-- taken_bytes, the bytes before it are compared too (tail_bytes). The fingerprint was
-- made when the input was first seen.
CREATE TABLE IF NOT EXISTS sources (
  no INTEGER PRIMARY KEY CHECK (no BETWEEN 1 AND 8388607),
  kind TEXT NOT NULL,              -- producer, file or stream
  name TEXT NOT NULL,              -- the producer, the path, --source, or '-'
  fingerprint TEXT NOT NULL,       -- '' for a producer
  run_id TEXT,                     -- the run of its first event
  first_seen_ms INTEGER NOT NULL,
  prefix_bytes INTEGER,            -- NULL for a producer
  prefix_sha256 TEXT,
  check_bytes INTEGER,             -- how much of its beginning has that digest
  check_sha256 TEXT,
  taken_bytes INTEGER,             -- of an input: every line before is accounted for,
  taken_lines INTEGER,             -- this number of them; reading goes on there
  taken_ms INTEGER,                -- when that was written, by the clock of files
  tail_bytes INTEGER,              -- before taken_bytes, at most 1 KiB
  tail_sha256 TEXT,
  device INTEGER,                  -- NULL for all but files; for people, since it
  inode INTEGER,                   -- may change when a machine starts anew
  UNIQUE (kind, name, fingerprint)
) STRICT;

CREATE INDEX IF NOT EXISTS sources_by_prefix
  ON sources (kind, prefix_bytes, prefix_sha256) WHERE prefix_bytes IS NOT NULL;

-- Files that were ever followed, whose rotated successors are looked for. Times are by
-- the clock of files.
CREATE TABLE IF NOT EXISTS followed_files (
  path TEXT PRIMARY KEY,           -- absolute, the links of its folder resolved
  first_ms INTEGER NOT NULL,       -- when it was first followed
  taken_ms INTEGER                 -- when a line of it was last stored
) STRICT, WITHOUT ROWID;

-- Positions already taken, merged into ranges: from_position is the first one,
-- until_position the first one that is free. Ranges outlive rows that were archived. A
-- gap in the ranges of a producer means events that were lost on the way here.
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
  from_position INTEGER NOT NULL,  -- hull of the lines of this batch
  until_position INTEGER NOT NULL,
  from_ts_ms INTEGER,              -- of the rows inserted, NULL when there are none
  until_ts_ms INTEGER,             -- the last of them, plus 1
  line_count INTEGER NOT NULL,
  inserted_count INTEGER NOT NULL,
  duplicate_count INTEGER NOT NULL,
  filtered_count INTEGER NOT NULL,
  dead_count INTEGER NOT NULL,
  row_count INTEGER NOT NULL,      -- a map can make several rows of one line;
                                   -- negative: rows that were archived
  line_bytes INTEGER NOT NULL,
  committed_ms INTEGER NOT NULL,
  resolved_count INTEGER NOT NULL DEFAULT 0, -- dead letters that left: replayed,
                                   -- dropped, or of a line that was completed
  redaction TEXT NOT NULL DEFAULT 'off', -- on or off
  redacted_count INTEGER NOT NULL DEFAULT 0, -- values hidden, lines all counted
  CHECK (line_count = inserted_count + duplicate_count + filtered_count + dead_count)
) STRICT;

-- Which positions got rows in a batch, where that is not its whole hull: disjoint ranges
-- without the lines that were duplicates or refused, or that arrived in other
-- transactions. A batch without rows here that inserted rows did so in all of its hull.
-- The ranges of all transactions are disjoint, so that each row is new in one.
CREATE TABLE IF NOT EXISTS batch_pieces (
  transaction_no INTEGER NOT NULL,
  source_no INTEGER NOT NULL REFERENCES sources (no),
  from_position INTEGER NOT NULL,
  until_position INTEGER NOT NULL CHECK (until_position > from_position),
  PRIMARY KEY (transaction_no, source_no, from_position)
) STRICT, WITHOUT ROWID;

-- Where the events of a run are: the hull of their positions and times in each source,
-- so that a run is found without an index. Other events may lie between them. With the
-- run_id '' the hull is that of events of runs that are not listed by name. row_count
-- tells how many events the run had, when some have left since.
CREATE TABLE IF NOT EXISTS run_sources (
  run_id TEXT NOT NULL,
  source_no INTEGER NOT NULL REFERENCES sources (no),
  from_position INTEGER NOT NULL,
  until_position INTEGER NOT NULL CHECK (until_position > from_position),
  from_ts_ms INTEGER NOT NULL,
  until_ts_ms INTEGER NOT NULL,    -- the last of them, plus 1
  row_count INTEGER,               -- of the rows that were ever inserted; NULL: not
                                   -- known, as with the run_id ''
  PRIMARY KEY (run_id, source_no)
) STRICT, WITHOUT ROWID;

-- Rows that left for an archive.
CREATE TABLE IF NOT EXISTS departures (
  no INTEGER PRIMARY KEY,
  transaction_no INTEGER NOT NULL,
  table_name TEXT NOT NULL,        -- '': of several tables, before departures were kept
  day TEXT,                        -- UTC, NULL: not known
  row_count INTEGER NOT NULL CHECK (row_count > 0),
  from_ts_ms INTEGER,              -- NULL: not known
  until_ts_ms INTEGER,             -- the last of them, plus 1
  archive TEXT NOT NULL,           -- absolute path of its folder, '': not known
  committed_ms INTEGER NOT NULL,
  listed_batch_no INTEGER          -- rows of later batches are not among them, NULL: may be
) STRICT;

-- One row: who this file is, so that counts and archives made from it know it again;
-- since when batch_pieces and run_sources are complete; and where its archive is.
CREATE TABLE IF NOT EXISTS store_identity (
  id TEXT NOT NULL,                -- 128 random bits, in hex
  made_ms INTEGER NOT NULL,
  pieces_since INTEGER NOT NULL,   -- the last transaction before they were kept
  archive TEXT,                    -- absolute path of the folder, NULL: none yet
  archive_bytes INTEGER,           -- how much of its catalog this file knows, and
  archive_head TEXT                -- the digest of those lines, each with the one before
) STRICT;

-- Lines that were refused, each as it came, with the reason.
CREATE TABLE IF NOT EXISTS dead_letters (
  id INTEGER PRIMARY KEY,          -- source_no << 40 | position
  batch_transaction_no INTEGER NOT NULL,
  input TEXT NOT NULL,             -- the file, or '-'
  offset_bytes INTEGER NOT NULL,   -- of the line in the input
  line INTEGER NOT NULL,           -- its number there, from 1
  column INTEGER,                     -- byte within the line, from 1, when known
  field TEXT,                      -- the key that is wrong, when it is one
  reason TEXT NOT NULL,            -- a word of schema/reason.def
  detail TEXT NOT NULL,            -- in words
  raw BLOB NOT NULL,               -- the line without its newline, secrets hidden
  line_bytes INTEGER               -- of the line in the input, its newline included
) STRICT;

-- Events of types that event.def does not know, each as it came.
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

-- Keys that event.def does not know, by the type of their events.
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

-- Gaps in the sequence of a producer: events that were lost on the way here.
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
