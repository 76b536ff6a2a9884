#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# A database and an archive of an older version (tests/old/README) serve on: nothing
# of them is lost, changed or taken twice.
# shellcheck shell=bash

setup() {
	load helper
	OLD=$ROOT/tests/old
	cd "$BATS_TEST_TMPDIR" || return 1
	export TEL_NOW_MS=1768125600000 # 2026-01-11T10:00:00Z
	old_database tel.db <"$OLD/tel.sql"
	cp tel.db before.db
	cp -R "$OLD/archive" .
}

# old_database FILE: as the old version left it, of the SQL on stdin.
old_database() {
	sqlite3 -bail "$1"
	sqlite3 "$1" 'PRAGMA journal_mode = WAL' >/dev/null
}

# lacking DB: the tables of before.db, and how many of their rows DB lacks.
lacking() {
	local table columns
	for table in $(sql before.db "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'store_schema'"); do
		columns=$(sql before.db "SELECT group_concat(name) FROM pragma_table_info('$table')")
		sqlite3 -batch "$1" "ATTACH 'before.db' AS old; SELECT '$table', count(*) FROM
			(SELECT $columns FROM old.$table EXCEPT SELECT $columns FROM main.$table)"
	done
}

# is_whole [TABLE]...: tel.db lacks no row of the old one, but of these tables.
is_whole() {
	local table count
	while IFS='|' read -r table count; do
		[[ $count = 0 || " $* " = *" $table "* ]] || { echo "$table lacks $count rows"; return 1; }
	done < <(lacking tel.db)
	[ "$(sql tel.db 'PRAGMA integrity_check')" = ok ]
}

# Whether the audit on stdin says all that the old version's said.
agrees() {
	jq -se --slurpfile old "$OLD/audit.jsonl" '. as $new | ($new | length) == ($old | length) and
		all(range($old | length); . as $i | $old[$i] | to_entries | all($new[$i][.key] == .value))' >/dev/null
}

# The sum of rows in all tables of events.
row_count() {
	sql "$1" "$(sql "$1" "SELECT 'SELECT ' || group_concat('(SELECT count(*) FROM ' || name || ')', ' + ')
		FROM sqlite_schema WHERE type = 'table' AND sql LIKE '% ts_ms INTEGER NOT NULL%'")"
}

@test "old database: it is intact, and the helpers of this test notice a loss" {
	[ "$(row_count tel.db)" = 26 ]
	is_whole
	[ "$(grep -c 'CHECK (\(kind\|redaction\|reason\) ' "$OLD/tel.sql")" = 3 ]
	[ "$(sql tel.db 'SELECT count(*) FROM dead_letters')" = 3 ]
	for table in followed_files unknown_keys other_events; do
		[ "$(sql tel.db "SELECT count(*) > 0 FROM $table")" = 1 ]
	done
	sql tel.db "UPDATE batches SET line_bytes = line_bytes + 1 WHERE no = 3"
	run is_whole
	[ "$output" = 'batches lacks 1 rows' ]
	sed 's/"lines":19/"lines":18/' "$OLD/audit.jsonl" >wrong
	run ! agrees <wrong
}

@test "old database: it is read as it is: audit, drift, dead letters, verdicts, metrics" {
	tel-ingest audit --db tel.db >audit || [ $? -eq 1 ]
	agrees <audit
	tel-ingest drift --db tel.db | jq -se 'any(.key == "retries_left")'
	tel-ingest dead ls --db tel.db | jq -se 'map(.reason) == ["not_json", "type_mismatch", "truncated"]'
	run -1 slo-eval --db tel.db --slo "$ROOT/schema/slo/downloads.yaml" --run run-old-2
	jq -se 'any(.slo == "yield" and .good == 4 and .bad == 1 and .verdict == "breach")' <<<"$output"
	prom-text --db tel.db --run run-old-2 | grep -qxF 'tel_run_breaker_opens{host="host1.example.org"} 1'
	is_whole
	[ "$(sql tel.db .schema)" = "$(sql before.db .schema)" ]
}

@test "old database: the first writer brings it up to date and changes no row" {
	tel-ingest -q --db tel.db </dev/null
	is_whole
	[ "$(sql tel.db "SELECT group_concat(name) FROM sqlite_schema WHERE sql LIKE '%CHECK (reason%'
		OR sql LIKE '%CHECK (kind%' OR sql LIKE '%CHECK (redaction%' OR name = 'store_rebuilt'")" = '' ]
	# What else the tables ask for stays, and so does their order of columns.
	run -19 sqlite3 tel.db "INSERT INTO batches SELECT NULL, 1, 1, 1, 2, NULL, NULL, 5, 1, 1, 1, 1, 1, 1, 1, 1, 'off', 0"
	[[ $output = *'CHECK constraint failed: line_count = '* ]]
	run -19 sqlite3 tel.db "INSERT INTO sources (kind, name, fingerprint, first_seen_ms) VALUES ('producer', 'dl-1', '', 1)"
	[[ $output = *'UNIQUE constraint failed'* ]]
	[ "$(sql tel.db "SELECT count(*) FROM sqlite_schema WHERE name = 'sources_by_prefix'")" = 1 ]
	tel-ingest audit --db tel.db >audit || [ $? -eq 1 ]
	agrees <audit
	# Once: the next writer has nothing to do.
	sql tel.db 'PRAGMA schema_version' >version
	tel-ingest -q --db tel.db </dev/null
	sql tel.db 'PRAGMA schema_version' | cmp - version
	[ "$(sql tel.db 'PRAGMA application_id; PRAGMA user_version; PRAGMA journal_mode' | paste -sd ' ')" = '1952803956 3 wal' ]
}

@test "old database: it gets an id, and tells of departures and runs what it can" {
	tel-ingest -q --db tel.db </dev/null
	[ "$(sql tel.db "SELECT length(id), pieces_since = (SELECT max(transaction_no) FROM batches) FROM store_identity")" = '32|1' ]
	[ "$(sql tel.db "SELECT table_name, day IS NULL, row_count = (SELECT -sum(row_count) FROM batches WHERE row_count < 0),
		from_ts_ms IS NULL, archive FROM departures")" = '|1|1|1|' ]
	[ "$(sql tel.db "SELECT count(*) FROM run_sources WHERE run_id = ''")" = \
		"$(sql tel.db 'SELECT count(DISTINCT source_no) FROM source_ranges')" ]
	# The id stays.
	sql tel.db 'SELECT id FROM store_identity' >id
	tel-ingest -q --db tel.db <"$OLD/producers.jsonl"
	sql tel.db 'SELECT id FROM store_identity' | cmp - id
	tel-ingest audit --db tel.db >audit || [ $? -eq 1 ]
	jq -se 'last.faults == 0' audit
}

@test "old database: columns, indexes and triggers of users stay" {
	sqlite3 -bail tel.db "
		ALTER TABLE dead_letters ADD COLUMN note TEXT;
		UPDATE dead_letters SET note = 'of ' || input WHERE reason = 'not_json';
		ALTER TABLE sources ADD COLUMN \"in \"\"words\"\"\" TEXT GENERATED ALWAYS AS (kind || ' ' || name);
		CREATE VIEW letters AS SELECT name, reason, note FROM dead_letters JOIN sources ON no = id >> 40;
		CREATE INDEX batches_by_source ON batches (source_no);
		CREATE TABLE dropped (id INTEGER);
		CREATE TRIGGER keep_id AFTER DELETE ON Dead_Letters BEGIN INSERT INTO dropped VALUES (old.id); END"
	# The SQL of these keeps its comment, because no semicolon ends it.
	sqlite3 -bail tel.db 'CREATE INDEX letters_by_reason ON dead_letters (reason) -- of "dead ls"'
	sqlite3 -bail tel.db 'CREATE INDEX sources_by_name ON SOURCES (name) -- mine'
	tel-ingest -q --db tel.db </dev/null
	is_whole
	[ "$(sql tel.db "SELECT count(*) FROM dropped")" = 0 ]
	tel-ingest dead drop --db tel.db --reason type_mismatch
	[ "$(sql tel.db "SELECT id & 0xffffffffff FROM dropped")" = 449 ]
	[ "$(sql tel.db "SELECT * FROM letters WHERE reason = 'not_json'")" = 'collector|not_json|of collector' ]
	[ "$(sql tel.db "SELECT \"in \"\"words\"\"\" FROM sources WHERE no = 4")" = 'file app.log' ]
	sql tel.db 'EXPLAIN QUERY PLAN SELECT * FROM batches WHERE source_no = 3' | grep -q batches_by_source
	[ "$(sql tel.db "SELECT count(*) FROM sqlite_schema WHERE name IN ('letters_by_reason', 'sources_by_name')")" = 2 ]
}

@test "old database: a writer that fails leaves it as it was" {
	# The name that is needed for a moment is taken.
	sqlite3 tel.db 'CREATE TABLE store_rebuilt (x)'
	run -65 tel-ingest --db tel.db <"$OLD/producers.jsonl"
	[ "$output" = "tel-ingest: tel.db: store_rebuilt, a name that is needed to bring it up to date, is taken; rename it" ]
	is_whole
	[ "$(sql tel.db "SELECT count(*) FROM sqlite_schema WHERE sql LIKE '%CHECK (reason%'")" = 1 ]
}

@test "old database: a reason that its CHECK does not know becomes a dead letter" {
	rm tel.db*
	sed "s/'bad_enum',//" "$OLD/tel.sql" | old_database tel.db
	cp tel.db before.db
	run -19 sqlite3 tel.db "UPDATE dead_letters SET reason = 'bad_enum'"
	[[ $output = *'CHECK constraint failed: reason'* ]]
	run -0 --separate-stderr tel-ingest --db tel.db <<<'{"type":"log","ts_ms":1,"level":"loud","message":"m"}'
	jq -e '.dead == 1' <<<"$output"
	[ "$(sql tel.db "SELECT reason, field FROM dead_letters WHERE input = '-'")" = 'bad_enum|level' ]
	is_whole
}

@test "old database: its events stay duplicates, stored, archived, dropped and refused ones" {
	run -0 tel-ingest -q --db tel.db "$OLD/producers.jsonl"
	jq -e '.lines == 32 and .duplicate == 32' <<<"$output"
	run -0 tel-ingest -q --db tel.db --source collector <"$OLD/stream.jsonl"
	jq -e '.lines == 9 and .duplicate == 9' <<<"$output"
	[ "$(row_count tel.db)" = 26 ]
	# The line that was cut off comes whole, and the event that was missing comes.
	{ cat "$OLD/stream.jsonl"; echo '}'; } >whole
	run -0 tel-ingest -q --db tel.db --source collector <whole
	jq -e '.lines == 9 and .duplicate == 8 and .inserted == 1' <<<"$output"
	echo '{"type":"observation","ts_ms":1767996019000,"producer":"dl-2","seq":16,"name":"late"}' |
		tel-ingest -q --db tel.db
	[ "$(sql tel.db 'SELECT count(*) FROM source_gaps')" = 0 ]
	[ "$(sql tel.db 'SELECT group_concat(reason) FROM dead_letters')" = not_json,type_mismatch ]
	is_whole dead_letters source_ranges sources
	tel-ingest audit --db tel.db | jq -se 'last.ok and last.faults == 0'
}

@test "old database: new events, a followed file and new counts of keys" {
	mkfifo ack
	cp "$OLD/followed.jsonl" app.log
	tel-ingest --db tel.db --follow --ack-fd 3 app.log 3>ack >out 2>err &
	pid=$!
	head -n 1 ack >first
	kill -TERM "$pid"
	wait "$pid"
	jq -e '.lines == 3 and .inserted == 3' out
	[ "$(sql tel.db 'SELECT count(*) FROM followed_files WHERE taken_ms > 0')" = 2 ]
	echo '{"type":"run","ts_ms":1768000000000,"producer":"dl-3","seq":1,"run_id":"run-new","retries_left":2}' |
		tel-ingest -q --db tel.db
	[ "$(sql tel.db "SELECT seen_count, integer_count FROM unknown_keys WHERE key = 'retries_left'")" = '2|2' ]
	[ "$(sql tel.db 'SELECT max(transaction_no) = count(DISTINCT transaction_no) FROM batches')" = 1 ]
	is_whole unknown_keys
	tel-ingest audit --db tel.db >audit || [ $? -eq 1 ]
	jq -se 'last.faults == 0 and last.gaps == 1' audit
	slo-eval --db tel.db --slo "$ROOT/schema/slo/downloads.yaml" --run run-old-2 >verdicts || [ $? -eq 1 ]
	jq -se 'any(.slo == "yield" and .good == 4 and .bad == 1)' verdicts
	prom-text --db tel.db --run run-old-2 | grep -qxF 'tel_run_breaker_opens{host="host1.example.org"} 1'
}

@test "old database: its dead letters are replayed and dropped" {
	echo '.ts_ms |= tonumber' >map.jq
	run -0 tel-ingest dead replay --db tel.db --reason type_mismatch --map map.jq
	jq -e '.inserted == 1' <<<"$output"
	[ "$(sql tel.db "SELECT ts_ms FROM observations WHERE name = 'text_time'")" = 1767996000000 ]
	run -0 tel-ingest dead drop --db tel.db --reason not_json
	[ "$output" = '{"dropped":1}' ]
	is_whole dead_letters
	tel-ingest audit --db tel.db >audit || [ $? -eq 1 ]
	jq -se 'last.faults == 0 and last.resolved == 4 and last.dead_letters == 1' audit
}

@test "old database: counts are those of its rows, with a file of counts and without" {
	cat >any.yaml <<-'EOF'
		apiVersion: openslo/v1
		kind: SLO
		metadata: { name: any }
		spec:
		  service: tests
		  budgetingMethod: Occurrences
		  timeWindow: [{ duration: 30d, isRolling: true }]
		  objectives: [{ displayName: any, target: 0.5 }]
		  indicator:
		    metadata: { name: any }
		    spec:
		      ratioMetric:
		        total: { metricSource: { type: teltools, spec: { event: observation } } }
		        good: { metricSource: { type: teltools, spec: { event: observation, where: value >= 0 } } }
	EOF
	good() { slo-eval --db tel.db --slo any.yaml "$@" | jq '.good + .bad'; }
	before=$(good)
	[ "$before" = "$(sql tel.db 'SELECT count(*) FROM observations')" ]
	[ ! -e tel.db.counts ]
	# The row of a dead letter lies between rows of the old version.
	echo '.ts_ms |= tonumber' >map.jq
	tel-ingest dead replay --db tel.db --reason type_mismatch --map map.jq
	[ "$(good)" = $((before + 1)) ]
	[ -s tel.db.counts ]
	[ "$(good --no-counts)" = $((before + 1)) ]
	[ "$(good --recount)" = $((before + 1)) ]
}

@test "old archive: it is verified, and packed into" {
	tel-archive verify --archive archive >out
	tel-archive cat --archive archive | wc -l >lines
	[ "$(<lines)" -eq 14 ]
	tel-archive pack --archive archive --db tel.db >out
	[ "$(row_count tel.db)" = 0 ]
	tel-archive verify --archive archive >out
	tel-archive cat --archive archive >all
	[ "$(wc -l <all)" -eq 40 ]
	# All of it is known to the database that it came from, and new to another.
	run -0 tel-ingest -q --db tel.db all
	jq -e '.lines == 40 and .duplicate == 40' <<<"$output"
	run -0 tel-ingest -q --db new.db all
	jq -e '.lines == 40 and .inserted == 40' <<<"$output"
	tel-ingest audit --db tel.db >audit || [ $? -eq 1 ]
	jq -se 'last.faults == 0 and last.archived == 40 and last.rows == 0' audit
}
