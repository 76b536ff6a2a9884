#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
load helper

setup() {
	FAULT=${FAULT:-$ROOT/build/release/tests/fault/fault.so}
	cd "$BATS_TEST_TMPDIR" || return 1
	export TEL_NOW_MS=1793700000000 # 2026-11-03T10:00:00Z
	DAY_MS=1793491200000            # 2026-11-01T00:00:00Z
}

teardown() {
	[ -z "${LOCK_PID:-}" ] || kill "$LOCK_PID" 2>/dev/null || true
	[ -z "${MOUNTED:-}" ] || umount "$MOUNTED"
}

# http_events COUNT [STEP_MS [FIRST_SEQ [START_MS]]]: events of one producer, in
# order of time.
http_events() {
	awk -v count="$1" -v step="${2:-1000}" -v first="${3:-1}" \
		-v start="${4:-$DAY_MS}" 'BEGIN {
		for (i = 0; i < count; i++)
			printf "{\"type\":\"http\",\"ts_ms\":%.0f,\"producer\":\"p\"," \
			    "\"seq\":%d,\"run_id\":\"run-%d\",\"host\":\"host%d.example.org\"," \
			    "\"role\":\"artifact\",\"method\":\"GET\",\"status\":%d," \
			    "\"elapsed_ms\":%d}\n", start + i * step, first + i, i % 3,
			    i * 7919 % 13, i % 50 ? 200 : 429, i * 7907 % 2000
	}'
}

# The events on stdin, of no run: a run with later events would stay whole.
of_no_run() {
	sed 's/"run_id":"[^"]*",//'
}

# store DB: a database of the events on stdin.
store() {
	tel-ingest --db "$1" --quiet >/dev/null
}

pack() {
	tel-archive pack --archive arc --db tel.db "$@"
}

# Rows of all event tables of a database.
rows_of() {
	local table
	for table in $(sql "$1" "SELECT t.name FROM pragma_table_list AS t WHERE schema = 'main'
	    AND type = 'table' AND EXISTS (SELECT 1 FROM pragma_table_info(t.name)
	    WHERE name = 'ts_ms')"); do
		echo "$table"
		sqlite3 -batch "$1" '.mode quote' "SELECT * FROM $table ORDER BY id"
	done
}

row_count() {
	sql "$1" "SELECT count(*) FROM http_events"
}

# flip FILE OFFSET: changes one bit.
flip() {
	local byte
	byte=$(od -An -tu1 -j "$2" -N 1 "$1")
	# shellcheck disable=SC2059
	printf "$(printf '\\%03o' $((byte ^ 4)))" |
		dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

PART=arc/warm/http_events/dt=2026-11-01/part-0001.jsonl.zst

# An event of every type, with what is hard to keep.
every_event() {
	cat <<-'JSON'
	{"type":"http","ts_ms":1793491200000,"producer":"p","seq":1,"run_id":"r \"1\"","host":"h","role":"landing","method":"GET","status":404,"from_cache":true,"stale":1,"bytes":9223372036854775807,"error":"a\u0000b\tc\u0001 \u00e4\ud83d\ude00 \\ \"","trace_id":"0123456789abcdef0123456789abcdef","span_id":"0123456789abcdef","cohort":"canary"}
	{"type":"http","ts_ms":1793491200001,"producer":"p","seq":2,"host":"h","role":"artifact","method":"GET","small":-9223372036854775808,"nested":{"a":[1,{"b":null}],"big":18446744073709551615},"real":1e300}
	{"type":"rate","ts_ms":1793491200002,"producer":"p","seq":3,"host":"h","role":"metadata","action":"block","delay_ms":17}
	{"type":"breaker","ts_ms":1793491200003,"producer":"p","seq":4,"host":"h","scope":"host","old_state":"closed","new_state":"open"}
	{"type":"fallback","ts_ms":1793491200004,"producer":"p","seq":5,"tier":"direct","source":"pdf","outcome":"no_pdf"}
	{"type":"download","ts_ms":1793491200005,"producer":"p","seq":6,"artifact_id":"a","outcome":"success","avg_write_mibps":0.1,"resumed":false}
	{"type":"run","ts_ms":1793491200006,"producer":"p","seq":7,"started_at":1793491200.123456,"yield_pct":-0.0,"http_429_ratio":5e-324,"dedupe_saved_mb":1.7976931348623157e308,"cache_hit_pct":33.333333333333336}
	{"type":"job","ts_ms":1793491200007,"producer":"p","seq":8,"event":"job_planned","job_id":"j"}
	{"type":"observation","ts_ms":1793491200008,"producer":"p","seq":9,"name":"n","value":3,"labels":{"k":"v","n":[1,2,{"x":1.50}]}}
	{"type":"span","ts_ms":1793491200009,"producer":"p","seq":10,"name":"s","duration_ms":0.30000000000000004,"attributes":{}}
	{"type":"log","ts_ms":1793491200010,"producer":"p","seq":11,"level":"info","message":""}
	{"type":"archive","ts_ms":1793491200011,"producer":"p","seq":12,"action":"pack","outcome":"success"}
	{"type":"weather","ts_ms":1793491200012,"producer":"p","seq":13,"source":"x","origins":7,"degrees":[-1.0e-2, 12345678901234567890]}
	JSON
}

@test "tel-archive: events packed and ingested again are the same, bit for bit" {
	every_event >in.jsonl
	store tel.db <in.jsonl
	rows_of tel.db >before
	[ "$(grep -c , before)" -eq 13 ]
	run -0 --separate-stderr pack
	[ "${#lines[@]}" -eq 12 ]
	tel-archive cat --archive arc >out.jsonl
	[ "$(wc -l <out.jsonl)" -eq 13 ]
	# The database knows them all; an empty one gets the same rows.
	run -0 --separate-stderr tel-ingest --db tel.db out.jsonl
	[[ "$output" == *'"inserted":0,"duplicate":13,'* ]]
	store again.db <out.jsonl
	rows_of again.db >after
	cmp before after
	run ! grep -q , <(rows_of tel.db)
}

# again: what the archive holds, taken into a new database, is what was there.
again() {
	rows_of tel.db >before
	run -0 --separate-stderr pack
	tel-archive cat --archive arc >out.jsonl
	run -0 --separate-stderr tel-ingest --db again.db out.jsonl
	rows_of again.db >after
	cmp before after
}

@test "tel-archive: a member of extra with the name of a field changes nothing" {
	store tel.db <<-'JSON'
	{"type":"log","ts_ms":1793491200000,"producer":"p","seq":1,"level":"info","message":"m","extra":{"producer":"q","seq":9,"message":"other","type":"http","ts_ms":1,"origin":"file:a:b","position":3,"run_id":"r"}}
	{"type":"log","ts_ms":1793491200001,"producer":"p","seq":2,"level":"info","message":"m","extra":{"b": 1}}
	{"type":"log","ts_ms":1793491200002,"producer":"p","seq":3,"level":"info","message":"m","b":1,"extra":{"c":[ ]},"extra_":{}}
	{"type":"log","ts_ms":1793491200003,"producer":"p","seq":4,"level":"info","message":"m","extra":"text"}
	JSON
	again
	[ "$(wc -l <out.jsonl)" -eq 4 ]
	grep -q '"extra":{"b": 1}}$' out.jsonl
	grep -q '"extra":{"b":1,"c":\[ \],"extra_":{}}}$' out.jsonl
}

@test "tel-archive: an archive that has members of extra beside the fields is read" {
	store again.db <<-'JSON'
	{"type":"log","ts_ms":1793491200001,"producer":"p","seq":2,"level":"info","message":"m","b":1,"c":{"d":2}}
	JSON
	[ "$(sql again.db 'SELECT extra FROM log_events')" = '{"b":1,"c":{"d":2}}' ]
}

@test "tel-archive: whole numbers that only a double holds come back" {
	store tel.db <<-'JSON'
	{"type":"observation","ts_ms":1793491200000,"producer":"p","seq":1,"name":"n","value":12345678901234568.0}
	{"type":"observation","ts_ms":1793491200001,"producer":"p","seq":2,"name":"n","value":9007199254740994.0}
	{"type":"observation","ts_ms":1793491200002,"producer":"p","seq":3,"name":"n","value":-9.9e16}
	{"type":"observation","ts_ms":1793491200003,"producer":"p","seq":4,"name":"n","value":3}
	JSON
	again
	grep -q "'n',12345678901234568.0," after
}

@test "tel-archive pack: JSON by hand that would come back as something else stays" {
	for seq in 1 2 3 4 5; do
		printf '{"type":"observation","ts_ms":%s,"producer":"p","seq":%s,"name":"n","labels":{}}\n' "$DAY_MS" $seq
	done | store tel.db
	# Each closes the object around it and goes on with keys of its own.
	sql tel.db "UPDATE observations SET extra = '{\"a\":1},\"seq\":7,\"b\":{}' WHERE id & 0xff = 1;
	    UPDATE observations SET extra = '{\"a\":1},\"name\":\"x\",\"b\":{}' WHERE id & 0xff = 2;
	    UPDATE observations SET labels = '{},\"name\":\"x\"' WHERE id & 0xff = 3;
	    UPDATE observations SET labels = '5' WHERE id & 0xff = 4"
	run -1 --separate-stderr pack
	[ "$(sql tel.db 'SELECT count(*) FROM observations')" -eq 4 ]
	[[ "$stderr" == *"column extra: not one JSON object or array without blanks around it"* ]]
	[[ "$stderr" == *"column labels: not one JSON object or array without blanks around it"* ]]
	[[ "$(tel-archive cat --archive arc)" == *'"seq":5,'* ]]
}

@test "tel-archive pack: rows whose source cannot be written as an origin stay" {
	http_events 3 | sed 's/"producer":"p","seq":[0-9]*,//' | store tel.db
	sql tel.db "UPDATE sources SET fingerprint = 'a:b'"
	run -1 --separate-stderr pack
	[[ "$stderr" == *"its source 1 has the kind 'stream' and the fingerprint 'a:b', which cannot be written as the origin of an event"* ]]
	[ "$(row_count tel.db)" -eq 3 ]
}

@test "tel-archive: slashes after the archive's name change nothing" {
	http_events 5 | store tel.db
	run -0 --separate-stderr tel-archive pack --archive arc// --db tel.db
	run -0 --separate-stderr tel-archive verify --archive arc/ $PART
	[ "${#lines[@]}" -eq 1 ]
	run -0 --separate-stderr tel-archive verify --archive arc "arc//${PART#arc/}"
	run -0 --separate-stderr tel-archive verify --archive arc/ "${PART#arc/}"
	run -66 --separate-stderr tel-archive verify --archive arc/// no/part
	[ "$stderr" = "tel-archive: no/part: not in the catalog of arc; tel-archive ls shows what is" ]
}

@test "tel-archive pack: the folders above a new archive are made durable too" {
	command -v strace >/dev/null || skip "no strace"
	http_events 5 | store tel.db
	strace -f -y -e trace=fsync -o trace tel-archive pack --archive a/b/arc --db tel.db >/dev/null
	for folder in "" /a /a/b /a/b/arc /a/b/arc/warm /a/b/arc/warm/http_events; do
		grep -q "fsync([0-9]*<$PWD$folder>) *= 0" trace
	done
}

@test "tel-archive: events without a producer keep their identity" {
	every_event | sed 's/"producer":"p","seq":[0-9]*,//' >in.jsonl
	store tel.db <in.jsonl
	pack >/dev/null
	tel-archive cat --archive arc >out.jsonl
	[ "$(grep -c '"origin":"[a-z]*:[^"]*:[^"]*","position":' out.jsonl)" -eq 13 ]
	run -0 --separate-stderr tel-ingest --db tel.db out.jsonl
	[[ "$output" == *'"inserted":0,"duplicate":13,'* ]]
}

@test "tel-archive: every field of every line is as it came" {
	http_events 50 >in.jsonl
	store tel.db <in.jsonl
	pack >/dev/null
	tel-archive cat --archive arc |
		jq -cS 'del(.from_cache, .revalidated, .stale)' >out
	jq -cS . in.jsonl | cmp - out
}

@test "tel-archive pack: an event for each partition, counts that add up" {
	http_events 300 1000000 | of_no_run >in.jsonl
	store tel.db <in.jsonl
	run -0 --separate-stderr pack --before 2026-11-04 --verbose
	[ "${#lines[@]}" -eq 3 ]
	[ "$(jq -s 'map(.row_count) | add' <<<"$output")" -gt 258 ]
	[ "$(jq -r '[.type, .action, .outcome, .table_name, .day] | join(" ")' <<<"${lines[1]}")" = \
		"archive pack success http_events 2026-11-02" ]
	packed=$(jq -s 'map(.row_count) | add' <<<"$output")
	[ $((packed + $(row_count tel.db))) -eq 300 ]
	[[ "$stderr" == "tel-archive: packed $packed rows into 3 partitions, "*"; deleted $packed rows from tel.db" ]]
	# The events are events.
	tel-ingest --db tel.db <<<"$output" | grep -q '"inserted":3,'
	for event in "${lines[@]}"; do
		file=arc/$(jq -r .path <<<"$event")
		[ "$(sha256sum "$file" | cut -d' ' -f1)" = "$(jq -r .sha256 <<<"$event")" ]
		[ "$(stat -c %s "$file")" = "$(jq -r .file_bytes <<<"$event")" ]
		[ "$(zstd -dcq "$file" | wc -l)" = "$(jq -r .row_count <<<"$event")" ]
	done
}

@test "tel-archive pack: by default the days before today" {
	http_events 2 1 1 1793663999999 | store tel.db
	pack >/dev/null
	[ "$(sql tel.db 'SELECT ts_ms FROM http_events')" = 1793664000000 ]
}

@test "tel-archive pack --before takes ages and now" {
	http_events 3 3600000 1 1793690000000 | store tel.db
	pack --before -1h >/dev/null
	[ "$(row_count tel.db)" -eq 1 ]
	pack --before now >/dev/null
	[ "$(row_count tel.db)" -eq 0 ]
}

@test "tel-archive pack: a second run packs nothing" {
	http_events 10 | store tel.db
	pack >/dev/null
	cp arc/catalog.jsonl before
	run -0 --separate-stderr pack
	[ -z "$output" ] && [ -z "$stderr" ]
	cmp before arc/catalog.jsonl
}

@test "tel-archive pack --keep deletes nothing, and no row is packed twice" {
	http_events 10 | store tel.db
	pack --keep >/dev/null
	[ "$(row_count tel.db)" -eq 10 ]
	http_events 5 1000 11 | store tel.db
	run -0 --separate-stderr pack --keep
	[ "$(jq .row_count <<<"$output")" -eq 5 ]
	run -0 --separate-stderr pack -v
	[ -z "$output" ]
	[[ "$stderr" == *"15 rows were there already; deleted 15 rows from tel.db" ]]
	tel-archive cat --archive arc >out
	[ "$(jq .seq out | sort -nu | wc -l)" -eq 15 ]
	[ "$(wc -l <out)" -eq 15 ]
}

@test "tel-archive pack --dry-run tells and changes nothing" {
	http_events 10 | store tel.db
	run -0 --separate-stderr pack --dry-run
	[ "$output" = '{"table":"http_events","day":"2026-11-01","row_count":10}' ]
	[ ! -e arc ]
	[ "$(row_count tel.db)" -eq 10 ]
	pack --keep >/dev/null
	run -0 --separate-stderr pack --dry-run
	[ -z "$output" ]
}

@test "tel-archive pack --table packs only that table" {
	every_event | store tel.db
	run -0 --separate-stderr pack --table log_events --table http_events
	[ "$(jq -r .table_name <<<"$output" | sort | xargs)" = "http_events log_events" ]
	[ "$(sql tel.db 'SELECT count(*) FROM spans')" -eq 1 ]
}

@test "tel-archive pack: late events make a second partition; cat merges both" {
	http_events 100 1000 | store tel.db
	pack >/dev/null
	http_events 100 1000 101 $((DAY_MS + 500)) | store tel.db
	pack >/dev/null
	[ -e "${PART/0001/0002}" ]
	tel-archive cat --archive arc >out
	jq .ts_ms out >ts_ms
	[ "$(wc -l <ts_ms)" -eq 200 ]
	sort -nc ts_ms
	tel-archive verify --archive arc >/dev/null
}

@test "tel-archive pack: a row that cannot be written as a line stays, and is named" {
	http_events 3 | store tel.db
	sql tel.db "UPDATE http_events SET error = CAST(x'ff41' AS TEXT) WHERE id & 3 = 2"
	sql tel.db "INSERT INTO http_events (id, ts_ms, host, role, method) VALUES
	    (99 << 40, $DAY_MS, 'h', 'landing', 'GET'), (1 << 40 | 9, -5, 'h', 'landing', 'GET')"
	sql tel.db "INSERT INTO observations (id, ts_ms, name, labels) VALUES
	    (1 << 40 | 10, $DAY_MS, 'n', '{\"a\":'), (1 << 40 | 11, $DAY_MS, 'n', '{}' || char(10))"
	sql tel.db "INSERT INTO observations (id, ts_ms, name, value) VALUES (1 << 40 | 12, $DAY_MS, 'n', 9e999)"
	sql tel.db "INSERT INTO other_events (id, ts_ms, type, body) VALUES
	    (1 << 40 | 13, $DAY_MS, 'x', '[1]'), (1 << 40 | 14, $DAY_MS, 'x', '{\"ts_ms\":1}')"
	run -1 --separate-stderr pack
	[[ "$stderr" == *"tel-archive: warning: tel.db: http_events: the row with id 1099511627778 stays in the database: column error: the text is not UTF-8"* ]]
	[[ "$stderr" == *"its source 99 is not in the table sources"* ]]
	[[ "$stderr" == *"ts_ms -5 is not within the years 1970 to 9999"* ]]
	[[ "$stderr" == *"column labels: the JSON has a newline in it"* ]]
	[[ "$stderr" == *"id 1099511627786 stays in the database: byte "* ]]
	[[ "$stderr" == *"column value: JSON has no infinite numbers"* ]]
	[[ "$stderr" == *"column body: not a JSON object"* ]]
	[[ "$stderr" == *"its text says ts_ms 1, its column $DAY_MS"* ]]
	[[ "$stderr" == *"tel-archive: tel.db: 8 rows could not be packed and were kept" ]]
	[ "$(row_count tel.db)" -eq 3 ]
	[ "$(tel-archive cat --archive arc | wc -l)" -eq 2 ]
	tel-archive verify --archive arc >/dev/null
}

@test "tel-archive pack: a column that it does not know is not thrown away" {
	http_events 3 | store tel.db
	sql tel.db "ALTER TABLE http_events ADD COLUMN from_the_future TEXT"
	run -65 --separate-stderr pack
	[ "$stderr" = "tel-archive: table http_events has a column 'from_the_future' that this program does not know and would lose; use the teltools that made it" ]
	[ "$(row_count tel.db)" -eq 3 ]
}

@test "tel-archive pack: another event of the same identity stops it" {
	http_events 3 | store tel.db
	pack >/dev/null
	http_events 3 | sed 's/GET/PUT/' | store other.db
	# By its id it is the same database.
	sql other.db "UPDATE store_identity SET id = '$(sql tel.db 'SELECT id FROM store_identity')'"
	run -65 --separate-stderr tel-archive pack --archive arc --db other.db
	[ "$stderr" = "tel-archive: $PART: frame 0: line 1: the row with id 1099511627777 of the database has the same identity and another content; is this the archive of another database?" ]
	[ "$(row_count other.db)" -eq 3 ]
}

@test "tel-archive pack: an archive is that of one database, and the database remembers it" {
	local id
	http_events 3 | store tel.db
	http_events 3 | sed 's/"p"/"q"/' | store other.db
	pack >/dev/null
	id=$(sql tel.db 'SELECT id FROM store_identity')
	[ "$(jq -r .store arc/catalog.jsonl)" = "$id" ]
	[ "$(sql tel.db 'SELECT archive FROM store_identity')" = "$PWD/arc" ]
	# The head is a chain of digests over the lines.
	[ "$(sql tel.db 'SELECT archive_bytes, archive_head FROM store_identity')" = \
		"$(stat -c %s arc/catalog.jsonl)|$(sha256sum <arc/catalog.jsonl | cut -c -64)" ]
	run -78 --separate-stderr tel-archive pack --archive arc --db other.db
	[[ "$stderr" == "tel-archive: arc: the archive of another database (its id is $id, that of other.db is "*"; give each database an archive of its own" ]]
	[ "$(sql other.db 'SELECT count(*) FROM http_events')" -eq 3 ]
	TEL_ARCHIVE=$PWD/arc run -78 tel-archive pack --db other.db
	[ "$(TEL_ARCHIVE=arc tel-archive ls --format jsonl | wc -l)" -eq 1 ]
	# A copy of the database is the same one.
	cp tel.db copy.db
	http_events 3 1 10 | store copy.db
	tel-archive pack --archive arc --db copy.db >/dev/null
	[ "$(tel-archive cat --archive arc | wc -l)" -eq 6 ]
	[ "$(sql copy.db 'SELECT archive_head FROM store_identity')" = "$( {
		printf %s "$(head -n 1 arc/catalog.jsonl | sha256sum | cut -c -64)"
		tail -n 1 arc/catalog.jsonl; } | sha256sum | cut -c -64)" ]
	tel-archive verify --archive arc >/dev/null
	sed -i '2s/"store":"[0-9a-f]*"/"store":"00000000000000000000000000000000"/' arc/catalog.jsonl
	run -65 --separate-stderr tel-archive ls --archive arc
	[[ "$stderr" == "tel-archive: arc/catalog.jsonl: line 2: store: 0"*", but an earlier line has $id; an archive is that of one database" ]]
}

@test "tel-archive pack: a restored database does not put its rows there again" {
	http_events 20 | store tel.db
	cp tel.db backup.db
	pack >/dev/null
	rm -f tel.db*
	cp backup.db tel.db
	run -0 --separate-stderr pack -v
	[[ "$stderr" == *" 20 rows were there already; deleted 20 rows"* ]]
	[ "$(tel-archive cat --archive arc | wc -l)" -eq 20 ]
}

# after_fault: the next pack ends well, and each event is there once. All of it
# is one list, since within `after_fault ||` no single command ends the test.
after_fault() {
	pack >/dev/null &&
		[ "$(sql tel.db 'SELECT (SELECT count(*) FROM http_events) +
		    (SELECT count(*) FROM log_events)')" -eq 0 ] &&
		tel-archive cat --archive arc | LC_ALL=C sort | cmp - expected &&
		tel-archive verify --archive arc >/dev/null
}

two_tables() {
	http_events 40 4000000
	printf '{"type":"log","ts_ms":%s,"producer":"p","seq":99,"level":"info","message":"m"}\n' "$DAY_MS"
}

# strike HOW: every place where the disk is written to, one after the other.
strike() {
	two_tables | store base.db
	cp base.db tel.db
	LD_PRELOAD=$FAULT FAULT_COUNT=count pack --before now >/dev/null
	tel-archive cat --archive arc | LC_ALL=C sort >expected
	[ "$(wc -l <expected)" -eq 41 ]
	for ((at = 1; at <= $(cat count); at++)); do
		rm -rf arc tel.db*
		cp base.db tel.db
		status=0
		LD_PRELOAD=$FAULT FAULT_AT=$at FAULT_HOW=$1 pack --before now \
			>/dev/null 2>err || status=$?
		[ "$2" = any ] || [ "$status" -eq "$2" ] || [ "$status" -eq 0 ] || {
			echo "call $at: exit $status: $(cat err)"
			return 1
		}
		after_fault || { echo "after call $at of $(cat count)"; return 1; }
	done
	# It struck: most calls cannot fail unseen.
	[ "$at" -gt 30 ]
}

@test "tel-archive pack: killed at any write, it loses no row and packs none twice" {
	[ -e "$FAULT" ] || skip "no $FAULT"
	TEL_NOW_MS=1793900000000 strike kill 137
}

@test "tel-archive pack: a disk that is full at any write loses nothing" {
	[ -e "$FAULT" ] || skip "no $FAULT"
	TEL_NOW_MS=1793900000000 strike ENOSPC any
}

@test "tel-archive pack: a full disk is exit 74 and leaves the database as it was" {
	mkdir full
	mount -t tmpfs -o size=16k tmpfs full 2>/dev/null || skip "cannot mount a tmpfs"
	MOUNTED=full
	http_events 8000 | store tel.db
	run -74 --separate-stderr tel-archive pack --archive full --db tel.db
	[[ "$stderr" == "tel-archive: full/warm/http_events/dt=2026-11-01/part-0001.jsonl.zst."*".tmp: No space left on device" ]]
	[ "$(row_count tel.db)" -eq 8000 ]
	[ -z "$(find full -name 'part*')" ]
}

@test "tel-archive: an archive on a read-only disk can be read, not packed into" {
	mkdir disk
	mount -t tmpfs tmpfs disk 2>/dev/null || skip "cannot mount a tmpfs"
	MOUNTED=disk
	http_events 10 | of_no_run | store tel.db
	tel-archive pack --archive disk --db tel.db --before 2026-11-01T00:00:05 >/dev/null
	mount -o remount,ro disk
	[ "$(tel-archive cat --archive disk | wc -l)" -eq 5 ]
	tel-archive verify --archive disk >/dev/null
	tel-archive ls --archive disk >/dev/null
	run -73 --separate-stderr tel-archive pack --archive disk --db tel.db
	[ "$stderr" = "tel-archive: disk/catalog.lock: Read-only file system" ]
	[ "$(row_count tel.db)" -eq 5 ]
}

@test "tel-archive pack: a complete file that is missing in the catalog is entered" {
	http_events 10 | store tel.db
	pack --keep >/dev/null
	rm arc/catalog.jsonl
	run -0 --separate-stderr pack
	[ -z "$output" ]
	[ "$(row_count tel.db)" -eq 0 ]
	tel-archive verify --archive arc >/dev/null
	[ "$(tel-archive cat --archive arc | wc -l)" -eq 10 ]
}

@test "tel-archive pack: a damaged file that the catalog does not know is left alone" {
	http_events 10 | store tel.db
	pack --keep >/dev/null
	rm arc/catalog.jsonl
	flip $PART 20
	cp $PART damaged
	run -0 --separate-stderr pack
	[[ "$stderr" == "tel-archive: warning: $PART: offset 0: frame 0 is "*"; it is not in the catalog either and is left alone" ]]
	cmp $PART damaged
	[ "$(jq -r .path <<<"$output")" = "warm/http_events/dt=2026-11-01/part-0002.jsonl.zst" ]
}

@test "tel-archive pack: the unfinished file of a pack that was killed goes away" {
	http_events 10 | store tel.db
	pack >/dev/null
	touch $PART.123.tmp
	run -0 --separate-stderr tel-archive verify --archive arc
	[ "$stderr" = "tel-archive: warning: $PART.123.tmp: left behind by a pack that was killed; the next pack removes it" ]
	pack
	[ ! -e $PART.123.tmp ]
}

@test "tel-archive pack: the second of two waits for its turn" {
	http_events 10 | store tel.db
	mkdir arc
	mkfifo ready
	# The lock goes with the process that holds it.
	(exec 9>arc/catalog.lock && flock 9 && echo >ready && exec tail -f /dev/null) 3>&- &
	LOCK_PID=$!
	read -r _ <ready
	run -75 --separate-stderr pack
	[ "$stderr" = "tel-archive: arc/catalog: another process has been writing for 4000 ms; try again" ]
	# One that ends in time is waited for.
	pack >/dev/null &
	kill "$LOCK_PID"
	wait "$LOCK_PID" || true
	LOCK_PID=
	wait $!
	[ "$(row_count tel.db)" -eq 0 ]
}

@test "tel-archive cat: a slice is what jq finds in the whole" {
	http_events 20000 3000 >in.jsonl
	store tel.db <in.jsonl
	pack >/dev/null
	tel-archive cat --archive arc >whole
	for slice in "$DAY_MS $((DAY_MS + 3000))" "$((DAY_MS + 1)) $((DAY_MS + 6001))" \
	    "$((DAY_MS + 30000000)) $((DAY_MS + 30300000))" "100000000 $DAY_MS" \
	    "$((DAY_MS + 59997000)) 1893700000000"; do
		# shellcheck disable=SC2086
		set -- $slice
		tel-archive cat --archive arc --from "$1" --to "$2" >slice
		jq -c "select(.ts_ms >= $1 and .ts_ms < $2)" whole | cmp - slice
	done
	run -0 tel-archive cat --archive arc --run run-1
	[ "$output" = "$(grep '"run_id":"run-1"' whole)" ]
}

@test "tel-archive cat: a slice reads only the frames that it needs" {
	http_events 20000 3000 | store tel.db
	pack >/dev/null
	[ "$(jq .frame_count arc/catalog.jsonl)" -gt 3 ]
	flip $PART 100
	tel-archive cat --archive arc --from "$((DAY_MS + 50000000))" | tail -1 | grep -q '"seq":20000,'
	run -65 --separate-stderr tel-archive cat --archive arc
	[[ "$stderr" == "tel-archive: $PART: offset 0: frame 0 is damaged: "* ]]
}

@test "tel-archive cat --table and --type" {
	every_event | store tel.db
	pack >/dev/null
	[ "$(tel-archive cat --archive arc --type weather | jq -r .type)" = weather ]
	[ "$(tel-archive cat --archive arc --type http --type log | wc -l)" -eq 3 ]
	[ "$(tel-archive cat --archive arc --table spans | jq -r .type)" = span ]
	[ -z "$(tel-archive cat --archive arc --table spans --type http)" ]
	[ -z "$(tel-archive cat --archive arc --type nothing)" ]
}

@test "tel-archive cat into a closed pipe is quiet; into a full disk it is not" {
	http_events 20000 | store tel.db
	pack >/dev/null
	run -0 bash -c 'tel-archive cat --archive arc | head -1 >/dev/null'
	[ -z "$output" ]
	run -74 --separate-stderr bash -c 'tel-archive cat --archive arc >/dev/full'
	[[ "$stderr" == "tel-archive: standard output: "* ]]
}

@test "tel-archive ls lines up and adds up" {
	every_event | store tel.db
	pack >/dev/null
	tel-archive ls --archive arc >list
	[ "$(awk '{ print index($0, "warm/") }' list | grep -vx 0 | sort -u | wc -l)" -eq 1 ]
	[ "$(awk 'NR > 1 && $1 != "total" { n += $3 } $1 == "total" { print n == $2 }' list)" -eq 1 ]
	[ "$(head -1 list | xargs)" = "TABLE DAY ROWS BYTES COMPRESSED RATIO PATH" ]
	[ "$(tel-archive ls --archive arc --format jsonl | jq -s 'map(.row_count) | add')" -eq 13 ]
	[ "$(tel-archive ls --archive arc --format jsonl --table spans | jq -r .table)" = spans ]
	[ "$(tel-archive ls --archive arc --table spans | wc -l)" -eq 3 ]
}

@test "tel-archive: zstd unpacks, lists and tests the files" {
	http_events 5000 | store tel.db
	pack >/dev/null
	zstd -tq $PART
	zstd -l $PART | grep -q jsonl.zst
	zstd -dcq $PART | cmp - <(tel-archive cat --archive arc)
}

@test "tel-archive verify: one bit changed anywhere is found" {
	http_events 2 | store tel.db
	pack >/dev/null
	run -0 --separate-stderr tel-archive verify --archive arc -v
	[ "$(jq -r '[.action, .outcome, .row_count] | join(" ")' <<<"$output")" = "verify success 2" ]
	[ "$stderr" = "tel-archive: verified 1 partitions, 2 rows, $(stat -c %s $PART) bytes; 0 failures" ]
	cp $PART good
	for ((at = 0; at < $(stat -c %s good); at++)); do
		cp good $PART
		flip $PART "$at"
		run -1 --separate-stderr tel-archive verify --archive arc
		[[ "$stderr" == "tel-archive: $PART: "* ]]
		[ "$(jq -r .outcome <<<"$output")" = failure ]
	done
}

@test "tel-archive verify: a file cut short at any length is found" {
	http_events 2 | store tel.db
	pack >/dev/null
	cp $PART good
	for ((len = 0; len < $(stat -c %s good); len++)); do
		head -c "$len" good >$PART
		run -1 --separate-stderr tel-archive verify --archive arc
		[[ "$stderr" == "tel-archive: $PART: "* ]]
	done
}

@test "tel-archive verify: missing files, strange files, files outside the catalog" {
	http_events 3 | store tel.db
	pack >/dev/null
	cp $PART "${PART/0001/0007}"
	echo hello >arc/warm/http_events/README
	mv $PART moved
	run -1 --separate-stderr tel-archive verify --archive arc
	[ "$(jq -r .reason <<<"$output" | xargs)" = "missing not_in_catalog stranger" ]
	mapfile -t said <<<"$stderr"
	[ "${said[0]}" = "tel-archive: $PART: No such file or directory" ]
	[[ "${said[1]}" == "tel-archive: ${PART/0001/0007}: not in the catalog; "* ]]
	[ "${said[2]}" = "tel-archive: arc/warm/http_events/README: not a file of an archive" ]
	mkfifo $PART
	run -1 --separate-stderr tel-archive verify --archive arc
	mapfile -t said <<<"$stderr"
	[ "${said[0]}" = "tel-archive: $PART: not a regular file" ]
}

@test "tel-archive verify: an edited catalog is found" {
	http_events 3 | store tel.db
	pack >/dev/null
	cp arc/catalog.jsonl good
	for edit in 's/"row_count":3/"row_count":2/' 's/"from_ts_ms":\([0-9]*\)0/"from_ts_ms":\11/' \
	    's/"raw_sha256":"./"raw_sha256":"x/' 's/"sha256":"./"sha256":"x/' \
	    's/"file_bytes":/&1/' 's/"raw_bytes":/&1/' 's/"until_ts_ms":17934912020/"until_ts_ms":17934912021/'; do
		sed "$edit" good >arc/catalog.jsonl
		run ! cmp -s good arc/catalog.jsonl
		run -1 --separate-stderr tel-archive verify --archive arc
		[[ "$stderr" == *", the catalog says "* ]]
	done
}

@test "tel-archive: a hostile catalog opens nothing and does no harm" {
	http_events 3 | store tel.db
	pack >/dev/null
	cp arc/catalog.jsonl good
	for edit in 's|"warm/|"../../warm/|' 's|"path":"|&/etc/|' 's|/dt=2026-11-01/|/dt=2026-13-01/|' \
	    's|part-0001|part-1|' 's|part-0001|part-0000|' 's|part-0001|part-99999999|' \
	    's/{/[/' 's/}$//' 's/"row_count":3/"row_count":-3/' 's/"row_count":3/"row_count":"3"/' \
	    's/"row_count":3,//' 's/"sha256":"/&00/' 's/"until_ts_ms":1/"until_ts_ms":9/'; do
		sed "$edit" good >arc/catalog.jsonl
		run ! cmp -s good arc/catalog.jsonl
		run -65 --separate-stderr tel-archive ls --archive arc
		[[ "$stderr" == "tel-archive: arc/catalog.jsonl: line 1: "* ]]
		run -1 --separate-stderr tel-archive verify --archive arc
		run -65 --separate-stderr tel-archive cat --archive arc
		http_events 1 1 50 | store new.db
		run -65 --separate-stderr tel-archive pack --archive arc --db new.db
	done
	head -c 20000 /dev/zero | tr '\0' x >arc/catalog.jsonl
	echo >>arc/catalog.jsonl
	run -65 --separate-stderr tel-archive ls --archive arc
	[[ "$stderr" == *"line 1: too long, or a NUL byte in it" ]]
}

@test "tel-archive: the torn last line of a catalog is ignored, then removed" {
	http_events 3 | store tel.db
	pack >/dev/null
	printf '{"path":"warm/ht' >>arc/catalog.jsonl
	run -0 --separate-stderr tel-archive ls --archive arc --format jsonl
	[ "${#lines[@]}" -eq 1 ]
	[ "$stderr" = "tel-archive: warning: arc/catalog.jsonl: the last line is incomplete and was skipped" ]
	http_events 3 1 10 | store tel.db
	pack >/dev/null
	run -0 --separate-stderr tel-archive verify --archive arc
	[ "${#lines[@]}" -eq 2 ] && [ -z "$stderr" ]
	jq -c . arc/catalog.jsonl | cmp - arc/catalog.jsonl
}

@test "tel-archive verify PATH reads only that partition" {
	every_event | store tel.db
	pack >/dev/null
	run -0 --separate-stderr tel-archive verify --archive arc warm/spans/dt=2026-11-01/part-0001.jsonl.zst $PART
	[ "$(jq -r .table_name <<<"$output" | xargs)" = "spans http_events" ]
	run -66 --separate-stderr tel-archive verify --archive arc warm/spans/dt=2026-11-09/part-0001.jsonl.zst
	[ "$stderr" = "tel-archive: warm/spans/dt=2026-11-09/part-0001.jsonl.zst: not in the catalog of arc; tel-archive ls shows what is" ]
	run -66 tel-archive verify --archive arc ../../etc/passwd
}

# usage MESSAGE ARGUMENT...: exit 64 and the message.
usage() {
	local message=$1
	shift
	run -64 --separate-stderr tel-archive "$@"
	[ "$stderr" = "tel-archive: $message" ] || { echo "it says: $stderr"; return 1; }
}

@test "tel-archive: usage errors" {
	usage "which verb? pack, cat, ls or verify; see tel-archive --help"
	usage "unknown verb 'verfy'; did you mean verify?" verfy
	usage "unknown verb 'extract'; give pack, cat, ls or verify; see tel-archive --help" extract
	usage "unknown option '--hlep'; did you mean --help?" --hlep
	usage "cat: --run: the value is empty" cat --archive arc --run ''
	usage "the verb comes first: tel-archive VERB --archive DIR [OPTION]... [OPERAND]..." --archive x pack
	usage "which archive? give --archive DIR or set TEL_ARCHIVE" ls
	TEL_ARCHIVE='' usage "which archive? give --archive DIR or set TEL_ARCHIVE" ls
	usage "which database? give --db FILE or set TEL_DB" pack --archive arc
	usage "pack takes no operands: 'x'" pack --archive arc x
	usage "pack: unknown option '--keeep'; did you mean --keep?" pack --keeep
	usage "cat: unknown option '--dry-run'; it belongs to pack" cat --dry-run
	usage "pack: --before: 'soon' is not a time, such as 2026-11-01, 2026-11-01T10:05:00Z, -7d or now" \
		pack --archive arc --db tel.db --before soon
	http_events 1 | store tel.db
	usage "'http_event' is not a table of events; did you mean http_events?" \
		pack --archive arc --db tel.db --table http_event
	pack >/dev/null
	usage "cat: --from: 'x' is not a time, such as 2026-11-01, 2026-11-01T10:05:00Z, -7d or now" cat --archive arc --from x
	usage "cat: --to: 'x' is not a time, such as 2026-11-01, 2026-11-01T10:05:00Z, -7d or now" cat --archive arc --to x
	usage "ls: --format: 'xml' is not jsonl or table" ls --archive arc --format xml
	usage "'sources' is not a table of events" ls --archive arc --table sources
	usage "'sources' is not a table of events" cat --archive arc --table sources
}

@test "tel-archive: inputs that are not there" {
	run -66 --separate-stderr tel-archive ls --archive nowhere
	[ "$stderr" = "tel-archive: nowhere: No such file or directory" ]
	mkdir empty
	run -66 --separate-stderr tel-archive verify --archive empty
	[ "$stderr" = "tel-archive: empty: no catalog.jsonl in it, so it is not an archive" ]
	run -66 --separate-stderr tel-archive cat --archive "$ROOT/README.md"
	run -66 --separate-stderr pack --db nowhere.db
	[ "$stderr" = "tel-archive: nowhere.db: No such file or directory" ]
	[ ! -e nowhere.db ]
	sqlite3 strange.db 'CREATE TABLE t (x)'
	run -65 --separate-stderr pack --db strange.db
}

@test "tel-archive: TEL_DB names the database; short options work" {
	http_events 2 | store tel.db
	TEL_DB=tel.db tel-archive pack -a arc -b 2026-11-02 -t http_events -n | grep -q '"row_count":2'
	TEL_DB=tel.db tel-archive pack -a arc -k >/dev/null
	[ "$(tel-archive cat -a arc --from 2026-11-01 --to 2026-11-02 -T http -r run-1 | wc -l)" -eq 1 ]
	tel-archive ls -a arc -F jsonl | grep -q path
}

@test "tel-archive: --help of all and of each verb, --version" {
	run -0 --separate-stderr tel-archive --help
	[ -z "$stderr" ] && [[ "$output" == "usage: tel-archive VERB --archive DIR "* ]]
	for verb in pack cat ls verify; do
		[[ "$output" == *$'\n'"  $verb "* ]]
	done
	for option in archive db before keep dry-run table type from to run format; do
		[[ "$output" == *"--$option"* ]]
	done
	run -0 tel-archive verify --help
	[[ "$output" == *"--archive"* && "$output" != *"--table"* ]]
	run -0 tel-archive --version
	[[ "$output" == "tel-archive "* ]]
}
