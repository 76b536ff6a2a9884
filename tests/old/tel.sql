PRAGMA page_size = 8192;
PRAGMA application_id = 1952803956;
PRAGMA user_version = 1;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE http_events (
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
INSERT INTO http_events VALUES(2199023255553,1767996000000,'run-old-2','host0.example.org','artifact','GET',200,NULL,0,0,0,NULL,NULL,NULL,NULL,NULL,80,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'canary',NULL);
INSERT INTO http_events VALUES(2199023255554,1767996001000,'run-old-2','host1.example.org','artifact','GET',200,NULL,1,0,0,NULL,NULL,NULL,NULL,NULL,91,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'canary',NULL);
INSERT INTO http_events VALUES(2199023255555,1767996002000,'run-old-2','host0.example.org','artifact','GET',200,NULL,0,0,0,NULL,NULL,NULL,NULL,NULL,102,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'canary',NULL);
INSERT INTO http_events VALUES(2199023255556,1767996003000,'run-old-2','host1.example.org','artifact','GET',200,NULL,1,0,0,NULL,NULL,NULL,NULL,NULL,113,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'canary',NULL);
INSERT INTO http_events VALUES(2199023255557,1767996004000,'run-old-2','host0.example.org','artifact','GET',200,NULL,0,0,0,NULL,NULL,NULL,NULL,NULL,124,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'canary',NULL);
INSERT INTO http_events VALUES(2199023255558,1767996005000,'run-old-2','host1.example.org','artifact','GET',200,NULL,1,0,0,NULL,NULL,NULL,NULL,NULL,135,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'canary',NULL);
CREATE TABLE rate_events (
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
INSERT INTO rate_events VALUES(2199023255559,1767996007000,'run-old-2','host0.example.org','artifact','block',20,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE breaker_transitions (
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
INSERT INTO breaker_transitions VALUES(2199023255560,1767996007100,'run-old-2','host1.example.org','host','closed','open',NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE fallback_attempts (
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
INSERT INTO fallback_attempts VALUES(2199023255561,1767996007200,'run-old-2',NULL,NULL,'direct_oa','repository',NULL,'no_pdf',NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO fallback_attempts VALUES(2199023255562,1767996007300,'run-old-2',NULL,NULL,'direct_oa','publisher',NULL,'success',NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE downloads (
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
INSERT INTO downloads VALUES(2199023255563,1767996008000,'run-old-2','b0','success',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO downloads VALUES(2199023255564,1767996009000,'run-old-2','b1','success',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO downloads VALUES(2199023255565,1767996010000,'run-old-2','b2','error',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO downloads VALUES(2199023255566,1767996011000,'run-old-2','b3','success',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO downloads VALUES(2199023255567,1767996012000,'run-old-2','b4','success',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE run_summary (
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
INSERT INTO run_summary VALUES(2199023255572,1767996020300,'run-old-2',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'{"colour":"blue","retries_left":3}');
CREATE TABLE job_events (
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
INSERT INTO job_events VALUES(2199023255569,1767996020000,'run-old-2','job_planned',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE observations (
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
INSERT INTO observations VALUES(3298534883428,1767996030000,NULL,'queue_depth',7.0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO observations VALUES(3298534883572,1767996032000,NULL,'note',1.0,NULL,NULL,NULL,NULL,NULL,'{"author":"1af415261b61d6a0dffd9a49eab5c9b84df172f1ab735aaef5d367e4f7be5b83"}');
INSERT INTO observations VALUES(3298534883727,1767996000000,NULL,'no_time',1.0,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE spans (
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
INSERT INTO spans VALUES(2199023255570,1767996020100,'run-old-2','fetch',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'0af7651916cd43dd8448eb211c80319c','b7ad6b7169203331',NULL,NULL);
CREATE TABLE log_events (
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
INSERT INTO log_events VALUES(4398046511104,1767996040000,NULL,'info',NULL,'started',NULL,NULL,NULL,NULL,NULL);
INSERT INTO log_events VALUES(4398046511176,1767996041000,NULL,'warning',NULL,'disk is nearly full',NULL,NULL,NULL,NULL,NULL);
INSERT INTO log_events VALUES(4398046511263,1767996042000,NULL,'info',NULL,'stopped',NULL,NULL,NULL,NULL,NULL);
CREATE TABLE archive_events (
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
INSERT INTO archive_events VALUES(2199023255571,1767996020200,NULL,'pack','success',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE sources (
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
  taken_ms INTEGER,                -- when that was known, by the clock of files
  tail_bytes INTEGER,              -- before taken_bytes, at most 1 KiB
  tail_sha256 TEXT,
  device INTEGER,                  -- NULL for all but files; for people, since it
  inode INTEGER,                   -- may change when a machine starts anew
  UNIQUE (kind, name, fingerprint)
) STRICT;
INSERT INTO sources VALUES(1,'producer','dl-1','','run-old-1',1768039200000,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO sources VALUES(2,'producer','dl-2','','run-old-2',1768039200000,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO sources VALUES(3,'stream','collector','673-81cf723e7b9a061c99e991fcb920a15299815c61d83823b8d64acdf090639280',NULL,1768039200000,673,'81cf723e7b9a061c99e991fcb920a15299815c61d83823b8d64acdf090639280',610,'71544f97239e7f66027a27e952fa5db89293027a9a50bc08a8638f045f73683f',NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO sources VALUES(4,'file','app.log','65024-11005763-231-a2b8e8338d6a3e9626b920fbad3cef4ee2fa5b5934ff1ffd3c7158cb36d7cb7a',NULL,1768039200000,231,'a2b8e8338d6a3e9626b920fbad3cef4ee2fa5b5934ff1ffd3c7158cb36d7cb7a',231,'a2b8e8338d6a3e9626b920fbad3cef4ee2fa5b5934ff1ffd3c7158cb36d7cb7a',231,3,1795834019701,231,'a2b8e8338d6a3e9626b920fbad3cef4ee2fa5b5934ff1ffd3c7158cb36d7cb7a',65024,11005763);
CREATE TABLE followed_files (
  path TEXT PRIMARY KEY,           -- absolute, the links of its folder resolved
  first_ms INTEGER NOT NULL,       -- when it was first followed
  taken_ms INTEGER                 -- when something of it was last taken
) STRICT, WITHOUT ROWID;
INSERT INTO followed_files VALUES('/var/log/app.log',1795834019679,1795834019701);
CREATE TABLE source_ranges (
  source_no INTEGER NOT NULL REFERENCES sources (no),
  from_position INTEGER NOT NULL,
  until_position INTEGER NOT NULL CHECK (until_position > from_position),
  PRIMARY KEY (source_no, from_position)
) STRICT, WITHOUT ROWID;
INSERT INTO source_ranges VALUES(1,1,14);
INSERT INTO source_ranges VALUES(2,1,16);
INSERT INTO source_ranges VALUES(2,17,21);
INSERT INTO source_ranges VALUES(3,0,610);
INSERT INTO source_ranges VALUES(4,0,231);
CREATE TABLE batches (
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
  row_count INTEGER NOT NULL,      -- a map may make several rows of one line;
                                   -- below 0: rows that went into an archive
  line_bytes INTEGER NOT NULL,
  committed_ms INTEGER NOT NULL,
  resolved_count INTEGER NOT NULL DEFAULT 0, -- dead letters that left: replayed,
                                   -- dropped, or of a line that was completed
  redaction TEXT NOT NULL DEFAULT 'off' CHECK (redaction = 'on' OR redaction = 'off'),
  redacted_count INTEGER NOT NULL DEFAULT 0, -- values hidden, lines all counted
  CHECK (line_count = inserted_count + duplicate_count + filtered_count + dead_count)
) STRICT;
INSERT INTO batches VALUES(1,1,2,1,21,1767996000000,1767996020301,19,19,0,0,0,19,3045,1768039200000,0,'on',0);
INSERT INTO batches VALUES(2,1,1,1,14,1767571200000,1767571220001,13,13,0,0,0,13,2095,1768039200000,0,'on',0);
INSERT INTO batches VALUES(3,2,3,0,673,1767571230000,1767996032001,9,4,0,0,5,4,673,1768039200000,0,'on',1);
INSERT INTO batches VALUES(4,3,4,0,231,1767996040000,1767996042001,3,3,0,0,0,3,231,1768039200000,0,'on',0);
INSERT INTO batches VALUES(5,4,3,525,526,NULL,NULL,0,0,0,0,0,0,0,1768039200000,1,'off',0);
INSERT INTO batches VALUES(6,5,3,399,449,1767996000000,1767996000001,1,1,0,0,0,1,50,1768039200000,1,'on',0);
INSERT INTO batches VALUES(7,6,1,1,9,NULL,NULL,0,0,0,0,0,-8,0,1768039200000,0,'off',0);
INSERT INTO batches VALUES(8,7,1,9,13,NULL,NULL,0,0,0,0,0,-4,0,1768039200000,0,'off',0);
INSERT INTO batches VALUES(9,8,1,13,14,NULL,NULL,0,0,0,0,0,-1,0,1768039200000,0,'off',0);
INSERT INTO batches VALUES(10,9,3,0,1,NULL,NULL,0,0,0,0,0,-1,0,1768039200000,0,'off',0);
CREATE TABLE dead_letters (
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
INSERT INTO dead_letters VALUES(3298534883668,2,'collector',340,5,1,NULL,'not_json','A string is opened, but never closed.',X'7b2274797065223a226f62736572766174696f6e222c2274735f6d73223a313736373939363030303030302c226e616d65223a2262726f6b656e',59);
INSERT INTO dead_letters VALUES(3298534883777,2,'collector',449,7,31,'ts_ms','type_mismatch','ts_ms: must be a whole number, is "1767996000000"',X'7b2274797065223a226f62736572766174696f6e222c2274735f6d73223a2231373637393936303030303030222c226e616d65223a22746578745f74696d65222c2276616c7565223a317d',76);
INSERT INTO dead_letters VALUES(3298534883938,2,'collector',610,9,NULL,NULL,'truncated','the input ends within this line: no newline behind it',X'7b2274797065223a226f62736572766174696f6e222c2274735f6d73223a313736373939363033333030302c226e616d65223a22756e66696e697368656422',63);
CREATE TABLE other_events (
  id INTEGER PRIMARY KEY,
  ts_ms INTEGER NOT NULL,
  run_id TEXT,
  type TEXT NOT NULL,
  trace_id TEXT,
  span_id TEXT,
  cohort TEXT,
  body TEXT NOT NULL               -- the JSON object as it came
) STRICT;
INSERT INTO other_events VALUES(3298534883504,1767996031000,NULL,'weather',NULL,NULL,NULL,'{"type":"weather","ts_ms":1767996031000,"sky":"clear","degrees":-3}');
CREATE TABLE unknown_keys (
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
INSERT INTO unknown_keys VALUES('observation','author',1,0,0,1,0,0,0);
INSERT INTO unknown_keys VALUES('run','colour',1,0,0,1,0,0,0);
INSERT INTO unknown_keys VALUES('run','retries_left',1,1,0,0,0,0,0);
CREATE TABLE store_schema (
  hash INTEGER NOT NULL
) STRICT;
INSERT INTO store_schema VALUES(4438958617791892602);
CREATE INDEX sources_by_prefix
  ON sources (kind, prefix_bytes, prefix_sha256) WHERE prefix_bytes IS NOT NULL;
CREATE VIEW source_gaps AS
SELECT sources.no AS source_no, sources.name AS producer,
       previous_until AS first_missing, from_position - 1 AS last_missing
  FROM (SELECT source_no, from_position,
               lag(until_position, 1, 1) OVER
                 (PARTITION BY source_no ORDER BY from_position) AS previous_until
          FROM source_ranges)
  JOIN sources ON sources.no = source_no
 WHERE sources.kind = 'producer' AND from_position > previous_until;
COMMIT;
