#!/usr/bin/env bats
# SPDX-License-Identifier: ISC

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	DB=tel.db
	export TEL_NOW_MS=1764000000000
}

# stamped PRODUCER SEQ...
stamped() {
	local producer=$1 seq
	shift
	for seq; do
		echo '{"type":"observation","ts_ms":1763000000000,"name":"n","producer":"'"$producer"'","seq":'"$seq"'}'
	done
}

# A file with lines of every fate, and a producer without gaps.
store() {
	{
		echo '{"type":"http","ts_ms":1763000000000,"host":"h","role":"landing","method":"GET"}'
		echo '{"type":"weather","ts_ms":1763000000001,"wind":3}'
		echo nonsense
		stamped p 1 2 3
	} >in.jsonl
	tel-ingest -q --db "$DB" in.jsonl
	tel-ingest -q --db "$DB" in.jsonl
}

# audit_is CODE: runs it, keeps output and stderr.
audit_is() {
	run --separate-stderr tel-ingest audit --db "$DB"
	[ "$status" -eq "$1" ] || { echo "exit $status: $output $stderr"; false; }
}

# planted SQL FAULT MESSAGE: after the SQL the audit finds that fault of a source
# and says it in these words.
planted() {
	sqlite3 "$DB" "PRAGMA ignore_check_constraints = ON; $1"
	audit_is 1
	jq -se --arg fault "$2" 'any(.[]; .faults | arrays | index($fault) != null)
		and (map(select(has("source")) | .ok) | all | not)
		and (last | .ok == false and .faults > 0)' <<<"$output" || { echo "$output"; false; }
	[[ $'\n'$stderr$'\n' == *$'\n'"tel-ingest: tel.db: source $3"$'\n'* ]] || { echo "$stderr"; false; }
}

@test "audit: a sound store, source by source and in total" {
	store
	audit_is 0
	[ -z "$stderr" ]
	[ "${#lines[@]}" -eq 3 ]
	jq -se '.[0] == {source: "in.jsonl", kind: "file", no: .[0].no, lines: .[0].lines, inserted: 2,
			duplicate: .[0].duplicate, filtered: 0, dead: 1, rows: 2, archived: 0, dead_letters: 1, resolved: 0,
			gaps: 0, lost: 0, ok: true, faults: []}
		or .[1] == {source: "in.jsonl", kind: "file", no: .[1].no, lines: .[1].lines, inserted: 2,
			duplicate: .[1].duplicate, filtered: 0, dead: 1, rows: 2, archived: 0, dead_letters: 1, resolved: 0,
			gaps: 0, lost: 0, ok: true, faults: []}' <<<"$output"
	jq -se 'last == {sources: 2, lines: 12, inserted: 5, duplicate: 6, filtered: 0, dead: 1, rows: 5, archived: 0,
		dead_letters: 1, resolved: 0, gaps: 0, lost: 0, faults: 0, ok: true}' <<<"$output" || { echo "$output"; false; }
	jq -se '(.[:-1] | all(.lines == .inserted + .duplicate + .filtered + .dead))
		and (last.lines == (.[:-1] | map(.lines) | add))' <<<"$output"
}

@test "audit: an empty store is sound" {
	tel-ingest --db "$DB" </dev/null
	audit_is 0
	jq -e '.sources == 0 and .ok' <<<"$output"
}

@test "audit: gaps of a producer, first and last seq, are exit 1" {
	{ stamped p 3 7 8; stamped q 1 2; stamped r 2; } | tel-ingest --db "$DB"
	audit_is 1
	[ "$stderr" = "tel-ingest: tel.db: 6 events never arrived, in 3 gaps" ]
	[ "$(jq -c 'select(has("gap"))' <<<"$output")" = '{"gap":"p","first_seq":1,"last_seq":2,"lost":2}
{"gap":"p","first_seq":4,"last_seq":6,"lost":3}
{"gap":"r","first_seq":1,"last_seq":1,"lost":1}' ]
	[ "$(jq -r 'select(.gap) | "\(.gap)|\(.first_seq)|\(.last_seq)"' <<<"$output")" = "$(sql "$DB" \
		'SELECT producer, first_missing, last_missing FROM source_gaps ORDER BY source_no, first_missing')" ]
	jq -se 'last | .gaps == 3 and .lost == 6 and .faults == 0 and .ok == false' <<<"$output"
	jq -se 'map(select(.source == "p"))[0] | .gaps == 2 and .lost == 5 and .ok == false and .faults == ["gaps"]' <<<"$output"
	{ stamped p 1 2 4 5 6; stamped r 1; } | tel-ingest --db "$DB"
	audit_is 0
	stamped q 4 | tel-ingest --db "$DB"
	audit_is 1
	[ "$stderr" = "tel-ingest: tel.db: 1 event never arrived, in 1 gap" ]
}

@test "audit: the positions of a file may have holes" {
	store
	echo '{"type":"observation","ts_ms":1,"name":"n"}' >>in.jsonl
	tel-ingest --db "$DB" in.jsonl
	audit_is 0
}

@test "audit: a missing row, and a row too many" {
	store
	planted 'DELETE FROM observations WHERE id = (SELECT min(id) FROM observations)' rows_missing \
		"$(sql "$DB" "SELECT no FROM sources WHERE name = 'p'") p: 2 rows in the tables, but the batches count 3"
	sqlite3 "$DB" "UPDATE batches SET row_count = 1 WHERE row_count = 3"
	planted '' rows_extra "$(sql "$DB" "SELECT no FROM sources WHERE name = 'p'") p: 2 rows in the tables, but the batches count 1"
}

@test "audit: a row of an unknown type is counted like any" {
	store
	planted 'DELETE FROM other_events' rows_missing \
		"$(sql "$DB" "SELECT no FROM sources WHERE name = 'in.jsonl'") in.jsonl: 1 row in the tables, but the batches count 2"
}

@test "audit: a sum of a batch that does not hold" {
	store
	local source
	source=$(sql "$DB" "SELECT sources.no || ' ' || name FROM batches JOIN sources ON source_no = sources.no WHERE batches.no = 1")
	planted 'UPDATE batches SET duplicate_count = duplicate_count + 1 WHERE no = 1' batch_sum \
		"$source: 1 of its batches: the number of lines is not inserted + duplicate + filtered + dead"
}

@test "audit: two wrong batches do not make a right one" {
	store
	[ "$(sql "$DB" "SELECT count(*) FROM batches JOIN sources ON sources.no = source_no WHERE name = 'in.jsonl'")" = 2 ]
	sqlite3 "$DB" "PRAGMA ignore_check_constraints = ON;
		UPDATE batches SET line_count = line_count + iif(dead_count > 0, 1, -1)
		WHERE source_no = (SELECT no FROM sources WHERE name = 'in.jsonl')"
	audit_is 1
	jq -se 'any(.[]; .faults == ["batch_sum"])' <<<"$output"
}

@test "audit: positions that were never taken, of rows and of dead letters" {
	store
	local no
	no=$(sql "$DB" "SELECT no FROM sources WHERE name = 'in.jsonl'")
	planted "DELETE FROM source_ranges WHERE source_no = $no" rows_untaken \
		"$no in.jsonl: 2 rows at positions outside of source_ranges"
	planted '' dead_letters_untaken "$no in.jsonl: 1 dead letter at positions outside of source_ranges"
}

@test "audit: the edges of ranges: the first and the last position" {
	stamped p 1 2 3 | tel-ingest --db "$DB"
	sqlite3 "$DB" 'UPDATE source_ranges SET until_position = 3'
	audit_is 1
	jq -se '.[0].faults == ["rows_untaken"]' <<<"$output"
	[[ $stderr == *" 1 row at positions outside of source_ranges"* ]]
	sqlite3 "$DB" 'UPDATE source_ranges SET until_position = 4, from_position = 2'
	audit_is 1
	jq -se '.[0].faults == ["rows_untaken", "gaps"] and .[0].lost == 1' <<<"$output"
}

@test "audit: ranges that touch each other" {
	stamped p 1 2 3 | tel-ingest --db "$DB"
	sqlite3 "$DB" 'UPDATE source_ranges SET until_position = 2; INSERT INTO source_ranges SELECT source_no, 2, 4 FROM source_ranges'
	planted '' bad_ranges "1 p: 1 of its source_ranges: overlapping or touching the range before"
}

@test "audit: dead letters deleted or added without the ledger" {
	store
	local no
	no=$(sql "$DB" "SELECT no FROM sources WHERE name = 'in.jsonl'")
	planted "DELETE FROM dead_letters" dead_letters_missing "$no in.jsonl: 0 dead letters in the table, but the batches count 1"
	sqlite3 "$DB" "UPDATE batches SET resolved_count = 1 WHERE dead_count = 1"
	audit_is 0
	planted "UPDATE batches SET resolved_count = 2 WHERE dead_count = 1" dead_letters_extra \
		"$no in.jsonl: 0 dead letters in the table, but the batches count -1"
}

@test "audit: rows and batches of a source that does not exist" {
	store
	planted "INSERT INTO rate_events (id, ts_ms, host, role, action) VALUES (99 << 40 | 5, 1, 'h', 'landing', 'block')" \
		unknown_source "99 (unknown): not in the table sources"
	jq -se 'map(select(.no == 99))[0] | .source == null and .rows == 1
		and .faults == ["unknown_source", "rows_extra", "rows_untaken", "rows_unbatched"]' <<<"$output"
	sqlite3 "$DB" "DELETE FROM rate_events; INSERT INTO source_ranges VALUES (98, 1, 2)"
	planted '' unknown_source "98 (unknown): not in the table sources"
}

# event RUN PRODUCER SEQ
event() {
	echo '{"type":"observation","ts_ms":176300000000'"$3"',"name":"n","run_id":"'"$1"'","producer":"'"$2"'","seq":'"$3"'}'
}

@test "audit: pieces: what was new in each batch, whatever came between" {
	# Late, twice, a dead letter that is mended later, two producers in turn.
	{ stamped p 1 2 6; stamped q 1; stamped p 7; echo '{"type":"http","ts_ms":1,"producer":"p","seq":4}'; } |
		tel-ingest -q --db "$DB"
	{ stamped p 5 6 3; stamped q 1 2; } | tel-ingest -q --db "$DB"
	[ "$(sql "$DB" "SELECT transaction_no, from_position, until_position FROM batch_pieces
		JOIN sources ON no = source_no WHERE name = 'p' ORDER BY 1, 2" | xargs)" = '1|1|3 1|6|8 2|3|4 2|5|6' ]
	echo '. + {host: "h", role: "landing", method: "GET"}' >mend.jq
	tel-ingest dead replay --db "$DB" --map mend.jq --all >/dev/null
	audit_is 0
	# Each row is in one piece; a batch without pieces has rows in all of its hull.
	[ "$(sql "$DB" "WITH piece AS (SELECT transaction_no, source_no, from_position, until_position FROM batch_pieces
		UNION ALL SELECT transaction_no, source_no, from_position, until_position FROM batches WHERE row_count > 0
		AND (transaction_no, source_no) NOT IN (SELECT transaction_no, source_no FROM batch_pieces)),
		event AS (SELECT id FROM observations UNION ALL SELECT id FROM http_events)
		SELECT count(*), count(DISTINCT id) FROM event JOIN piece ON id >> 40 = source_no
		AND (id & 0xffffffffff) >= from_position AND (id & 0xffffffffff) < until_position")" = '9|9' ]
}

@test "audit: wrong pieces" {
	{ stamped p 1 2 5; stamped q 1 2; } | tel-ingest -q --db "$DB"
	stamped p 3 4 | tel-ingest -q --db "$DB"
	audit_is 0
	cp "$DB" sound.db
	planted 'DELETE FROM batch_pieces WHERE from_position = 5' rows_unbatched \
		'1 p: 1 row at positions that were new in no batch'
	cp sound.db "$DB"
	planted 'INSERT INTO batch_pieces VALUES (2, 1, 2, 5)' bad_pieces '1 p: 1 range that were new in two batches'
}

@test "audit: runs: their hulls in each source, and what lies elsewhere" {
	{ event one p 1; event one p 2; event two p 3; event two q 1; event one p 4; } | tel-ingest -q --db "$DB"
	event two q 2 | tel-ingest -q --db "$DB"
	[ "$(sql "$DB" 'SELECT run_sources.run_id, name, from_position, until_position, from_ts_ms % 10, until_ts_ms % 10
		FROM run_sources JOIN sources ON no = source_no ORDER BY 1, 2' | xargs)" = \
		'one|p|1|5|1|5 two|p|3|4|3|4 two|q|1|3|1|3' ]
	audit_is 0
	cp "$DB" sound.db
	planted "UPDATE run_sources SET from_position = 2 WHERE run_id = 'one'" rows_unlisted \
		'1 p: 1 row of runs that run_sources does not place there'
	cp sound.db "$DB"
	planted "UPDATE run_sources SET until_ts_ms = until_ts_ms - 1 WHERE run_id = 'two'" rows_unlisted \
		'2 q: 1 row of runs that run_sources does not place there'
	planted "DELETE FROM run_sources" rows_unlisted '1 p: 4 rows of runs that run_sources does not place there'
}

@test "audit: more runs in a transaction than are listed" {
	seq 1 1500 | jq -c '{type: "observation", ts_ms: ., name: "n", run_id: "run-\(.)"}' |
		tel-ingest -q --db "$DB"
	[ "$(sql "$DB" "SELECT count(*), sum(run_id = '') FROM run_sources")" = '1001|1' ]
	audit_is 0
}

@test "audit: runs: how many rows they had" {
	{ event one p 1; event one p 2; event two p 3; event one q 1; } | tel-ingest -q --db "$DB"
	# Rows of later transactions, of dead letters and of unknown types count as well.
	jq -c '.ts_ms |= tostring' <(event two p 4) | tel-ingest -q --db "$DB"
	event two p 5 | jq -c '.type = "weather"' | tel-ingest -q --db "$DB"
	tel-ingest dead replay --db "$DB" --map <(echo '.ts_ms |= tonumber') --all >/dev/null
	event one p 1 | tel-ingest -q --db "$DB"
	says() {
		[ "$(sql "$DB" "SELECT run_sources.run_id, name, row_count FROM run_sources JOIN sources ON no = source_no
			ORDER BY 1, 2" | xargs)" = "$1" ]
	}
	says 'one|p|2 one|q|1 two|p|3'
	audit_is 0
	cp "$DB" sound.db
	planted "UPDATE run_sources SET row_count = 2 WHERE run_id = 'two'" run_rows_extra \
		'1 p: 1 row of runs more than run_sources counts'
	cp sound.db "$DB"
	planted "UPDATE run_sources SET row_count = row_count + 2 WHERE source_no = 1" run_rows_missing \
		'1 p: 4 rows of runs that run_sources counts missing, but 0 archived'
	# What left is not missing, but no more than that.
	cp sound.db "$DB"
	tel-archive pack --db "$DB" --archive arc/ --table observations >/dev/null
	says 'one|p|2 one|q|1 two|p|3'
	audit_is 0
	planted "UPDATE run_sources SET row_count = row_count + 1 WHERE run_id = 'one'" run_rows_missing \
		'1 p: 5 rows of runs that run_sources counts missing, but 4 archived'
	# A count that is not known says nothing.
	sqlite3 "$DB" 'UPDATE run_sources SET row_count = NULL'
	audit_is 0
	sqlite3 "$DB" 'ALTER TABLE run_sources DROP COLUMN row_count'
	audit_is 0
}

@test "audit: runs that are listed, and have other rows that are not" {
	event one p 1 | tel-ingest -q --db "$DB"
	{ seq 2 1100 | jq -c '{type: "observation", ts_ms: ., name: "n", run_id: "run-\(.)", producer: "p", seq: .}'
		event one p 1101 | jq -c '.ts_ms = 5'; } >in.jsonl
	tel-ingest -q --db "$DB" <in.jsonl
	event one p 1102 | jq -c '.ts_ms = 6' | tel-ingest -q --db "$DB"
	[ "$(sql "$DB" "SELECT from_position, until_position, row_count FROM run_sources WHERE run_id = 'one'")" = '1|1103|2' ]
	audit_is 0
}

@test "audit: departures: what left, by table and day" {
	{
		jq -nc '{type: "observation", name: "n", ts_ms: (1762992000000 + range(3))}'
		jq -nc '{type: "observation", name: "n", ts_ms: 1763078400000}'
		jq -nc '{type: "log", message: "m", level: "info", ts_ms: 1762992000009}'
	} | tel-ingest -q --db "$DB"
	tel-archive pack --db "$DB" --archive arc/ >/dev/null
	[ "$(sql "$DB" 'SELECT table_name, day, row_count, from_ts_ms, until_ts_ms, archive FROM departures
		ORDER BY from_ts_ms' | xargs)" = "observations|2025-11-13|3|1762992000000|1762992000003|$PWD/arc log_events|2025-11-13|1|1762992000009|1762992000010|$PWD/arc observations|2025-11-14|1|1763078400000|1763078400001|$PWD/arc" ]
	audit_is 0
	sqlite3 "$DB" 'DELETE FROM departures WHERE row_count = 3'
	audit_is 1
	[ "$stderr" = 'tel-ingest: tel.db: 2 rows in departures, but the batches count 5 archived ones' ]
	jq -se 'last | .ok == false and .faults == 1' <<<"$output"
}

@test "audit: a truncated last line that is completed later is not a fault" {
	printf 'nonsense\n{"type":"observation","ts' >in.jsonl
	tel-ingest -q --db "$DB" in.jsonl
	audit_is 0
	jq -se 'last.dead_letters == 2' <<<"$output"
	printf '_ms":1,"name":"n"}\n' >>in.jsonl
	tel-ingest -q --db "$DB" in.jsonl
	audit_is 0
	jq -se 'last | .dead_letters == 1 and .resolved == 1 and .rows == 1' <<<"$output" || { echo "$output"; false; }
}

@test "audit: a map that makes none, one or many events of a line, stamped or not" {
	cat >map.jq <<-'EOT'
		if . == "none" then empty
		elif . == "stamped" then range(1; 4) | {type: "observation", ts_ms: 1, name: "n", producer: "m", seq: .}
		else range(3) | {type: "observation", ts_ms: 1, name: "n"} end
	EOT
	printf '%s\n' none many stamped >in
	tel-ingest --db "$DB" --map map.jq in
	audit_is 0
	jq -se 'last | .rows == 6 and .filtered == 1 and .sources == 2' <<<"$output" || { echo "$output"; false; }
}

@test "audit: rows that tel-archive packed are counted, not missing" {
	store
	stamped q 1 2 | jq -c '.ts_ms = 1764000000000' | tel-ingest --db "$DB"
	tel-archive pack --archive arc --db "$DB" >/dev/null
	audit_is 0
	jq -se 'last | .archived == 5 and .rows == 2 and .inserted == 7' <<<"$output" || { echo "$output"; false; }
	jq -se 'map(select(.source == "p"))[0] | .archived == 3 and .rows == 0 and .ok' <<<"$output"
	# The archive taken again is all duplicates, and changes nothing of that.
	tel-archive cat --archive arc | tel-ingest --db "$DB"
	audit_is 0
	sqlite3 "$DB" "DELETE FROM observations WHERE ts_ms = 1764000000000"
	audit_is 1
	[[ $stderr == *"0 rows in the tables, but the batches count 2" ]]
}

@test "audit: as a table" {
	{ stamped p 2; printf 'x\033y\n'; } | tel-ingest -q --source $'a\tb' --db "$DB"
	run -1 --separate-stderr tel-ingest audit --db "$DB" --format table
	[ "${lines[0]}" = "STATE      NO      LINES   INSERTED  DUPLICATE  FILTERED     DEAD       ROWS   ARCHIVED  LETTERS   LOST  SOURCE" ]
	printf '%s\n' "${lines[@]}" | grep -qx 'ok          .          1          0          0         0        1          0          0        1      0  a\\x09b'
	printf '%s\n' "${lines[@]}" | grep -qx 'gaps        .          1          1          0         0        0          1          0        0      1  p'
	printf '%s\n' "${lines[@]}" | grep -qx 'gap   seq 1 to 1: 1 lost'
	[ "${lines[-1]}" = "gaps                   2          1          0         0        1          1          0        1      1  total" ]
	sqlite3 "$DB" 'DELETE FROM observations'
	run -1 --separate-stderr tel-ingest audit --db "$DB" -F table
	printf '%s\n' "${lines[@]}" | grep -q '^FAULT .* p$'
	[[ ${lines[-1]} == FAULT* ]]
	run -1 --separate-stderr tel-ingest audit --db "$DB" --format jsonl
	jq -es 'last.ok == false' <<<"$output"
}

@test "audit: prints at most ten faults, counts all" {
	for ((i = 1; i <= 12; i++)); do stamped "p$i" 1; done | tel-ingest --db "$DB"
	sqlite3 "$DB" 'DELETE FROM observations'
	audit_is 1
	[ "$(grep -c 'rows in the tables' <<<"$stderr")" -eq 10 ]
	[ "${stderr_lines[-1]}" = "tel-ingest: tel.db: and 2 more faults" ]
	jq -es 'last.faults == 12' <<<"$output"
}

@test "audit: many sources and ranges, compared with plain SQL" {
	jq -nc 'range(3000) | {type: (if . % 3 == 0 then "weather" else "observation" end), ts_ms: 1, name: "n",
		producer: "p\(. % 40)", seq: (. / 40 | floor * 2 + 1)}' | tel-ingest --db "$DB"
	audit_is 1
	[ "$(jq -r 'select(.source) | "\(.source)|\(.rows)|\(.gaps)|\(.lost)"' <<<"$output")" = "$(sql "$DB" "
		SELECT name, (SELECT count(*) FROM observations WHERE id >> 40 = no) + (SELECT count(*) FROM other_events WHERE id >> 40 = no),
		(SELECT count(*) FROM source_gaps WHERE source_no = no),
		(SELECT sum(last_missing - first_missing + 1) FROM source_gaps WHERE source_no = no) FROM sources ORDER BY no")" ]
}

@test "audit: reads only, and needs no right to write" {
	store
	chmod 444 "$DB"
	cp "$DB" before
	audit_is 0
	cmp "$DB" before
}

@test "audit: what it cannot read" {
	run -66 tel-ingest audit --db none.db
	[ "$output" = "tel-ingest: none.db: No such file or directory" ]
	[ ! -e none.db ]
	echo "hello, this is text and long enough to be looked at" >text
	run -65 tel-ingest audit --db text
	[ "$output" = "tel-ingest: text: file is not a database" ]
	sqlite3 other.db 'CREATE TABLE t (x)'
	run -65 tel-ingest audit --db other.db
	[[ $output == *"not one of teltools"* ]]
	sqlite3 empty.db 'PRAGMA user_version = 0; VACUUM'
	run -65 tel-ingest audit --db empty.db
	[[ $output == *"an empty database"* ]]
}

@test "audit: a store of an older program says how to bring it up to date" {
	store
	sqlite3 "$DB" 'ALTER TABLE batches DROP COLUMN resolved_count; UPDATE store_schema SET hash = 7'
	audit_is 65
	[ "$stderr" = "tel-ingest: tel.db: made by an older teltools, or incomplete; \`tel-ingest --db tel.db </dev/null\` adds what its tables lack" ]
	tel-ingest --db tel.db </dev/null
	audit_is 0
}

@test "audit: a long writer is waited for no longer than --wait" {
	store
	# Keeps readers out too, as no program of ours does.
	exec 8> >(exec sqlite3 "$DB" >locked 2>&1)
	printf '%s\n' 'PRAGMA locking_mode = EXCLUSIVE;' 'BEGIN EXCLUSIVE;' 'DELETE FROM unknown_keys;' "SELECT 'held';" >&8
	for ((i = 0; i < 100000; i++)); do grep -q held locked && break; done
	run -75 tel-ingest audit --wait 20ms --db "$DB"
	exec 8>&-
	[ "$output" = "tel-ingest: tel.db: in use by another process (waited 20 ms); try again" ] || { echo "$output"; false; }
}

@test "audit: usage errors" {
	run -64 tel-ingest audit
	[ "$output" = "tel-ingest: which database? give --db FILE or set TEL_DB" ]
	run -64 tel-ingest audit --db "$DB" x
	[ "$output" = "tel-ingest: audit takes no operands: 'x'" ]
	run -64 tel-ingest audit --db "$DB" --format xml
	[ "$output" = "tel-ingest: audit: --format: 'xml' is not jsonl or table" ]
	run -64 tel-ingest audit --strict
	[ "$output" = "tel-ingest: audit: unknown option '--strict'; it belongs to tel-ingest without a verb" ]
	run -64 tel-ingest --db "$DB" audit
	[ "$output" = "tel-ingest: the verb comes first: tel-ingest audit; a file of that name is ./audit" ]
	run -64 tel-ingest --format table
	[ "$output" = "tel-ingest: unknown option '--format'; it belongs to audit, drift and dead ls" ]
}

@test "audit: TEL_DB names the database, and a file may be called audit" {
	store
	TEL_DB=$DB run -0 tel-ingest audit
	stamped q 1 >audit
	run -0 tel-ingest --db "$DB" ./audit
	jq -e '.inserted == 1' <<<"$output"
	run -0 tel-ingest --db "$DB" in.jsonl audit
	jq -e '.duplicate == 7' <<<"$output"
}

@test "tel-ingest: --help of all, and of each verb" {
	run -0 --separate-stderr tel-ingest --help
	[ -z "$stderr" ]
	for word in audit drift 'dead ls' 'dead show' 'dead replay' 'dead drop' --map --strict --format --reason --input --limit --all; do
		[[ $output == *"$word"* ]] || { echo "$word"; false; }
	done
	run -0 tel-ingest audit --help
	[ "${lines[0]}" = "usage: tel-ingest audit --db FILE [OPTION]..." ]
	[[ $output == *--format* && $output != *--strict* ]]
	run -0 tel-ingest dead drop --help
	[[ $output == "usage: tel-ingest dead drop --db FILE "* && $output != *--limit* ]]
	run -0 tel-ingest dead --help
	[[ ${lines[0]} == "usage: tel-ingest dead ls "* && ${lines[3]} == *"dead drop "* ]]
	run -0 tel-ingest --db x --help
	[[ $output == "usage: tel-ingest [OPTION]... [FILE]..."* && $output == *--limit* ]]
	run -0 tel-ingest audit --version
	[[ $output =~ ^tel-ingest\ [0-9]+\.[0-9]+\.[0-9]+(\ \([^ ()]+\))?$ ]]
}

@test "audit: output that cannot be written is exit 74" {
	store
	[ -e /dev/full ] || skip "no /dev/full"
	run -74 --separate-stderr bash -c 'tel-ingest audit --db "$1" >/dev/full' - "$DB"
	[ "$stderr" = "tel-ingest: standard output: No space left on device" ]
}
