#!/usr/bin/env bats
# SPDX-License-Identifier: ISC

load helper

setup() {
	DB=$BATS_TEST_TMPDIR/tel.db
	LOGS=$BATS_TEST_TMPDIR/logs
	LOG=$LOGS/app.log
	OUT=$BATS_TEST_TMPDIR/out
	ERR=$BATS_TEST_TMPDIR/err
	FAULT=${FAULT:-$ROOT/build/release/tests/fault/fault.so}
	FOLLOW_PID=
	mkdir "$LOGS"
}

teardown() {
	[ -z "$FOLLOW_PID" ] || { kill -KILL "$FOLLOW_PID" && wait "$FOLLOW_PID"; } 2>/dev/null || true
}

# observations FROM UNTIL [NAME [PRODUCER]]: prints events with the values FROM to
# UNTIL - 1; they are stamped if a producer is named.
observations() {
	jq -nc --argjson from "$1" --argjson until "$2" --arg name "${3:-n}" --arg producer "${4:-}" '
		range($from; $until)
		| {type: "observation", ts_ms: (1764000000000 + .), name: $name, value: .}
		  + if $producer == "" then {} else {producer: $producer, seq: (. + 1)} end'
}

# follow [OPTION]... FILE...: follows the files in the background; sets FOLLOW_PID.
follow() {
	tel-ingest --db "$DB" --follow "$@" >"$OUT" 2>"$ERR" <"${INPUT:-/dev/null}" 3>&- 8>&- &
	FOLLOW_PID=$!
}

# until_sql QUERY ANSWER: waits until the query gives the answer.
until_sql() {
	local got='' turn
	for ((turn = 0; turn < 400; turn++)); do
		got=$(sqlite3 -readonly -batch -cmd '.timeout 2000' "$DB" "$1" 2>/dev/null) || got=
		[ "$got" != "$2" ] || return 0
		kill -0 "$FOLLOW_PID" 2>/dev/null || break
		read -rt 0.05 <> <(:) || true
	done
	printf 'expected\n%s\ngot\n%s\nfrom %s\n' "$2" "$got" "$1"
	cat "$ERR"
	return 1
}

# until_rows N: waits until there are N observations.
until_rows() {
	until_sql 'SELECT count(*) FROM observations' "$1"
}

# until_followed: waits until the files are followed, so that the next write is seen.
until_followed() {
	until_sql 'SELECT count(*) > 0 FROM followed_files' 1
}

# stop [SIGNAL]: ends the follower by a signal; it must exit with 0.
stop() {
	local code=0
	kill "-${1:-TERM}" "$FOLLOW_PID"
	wait "$FOLLOW_PID" || code=$?
	FOLLOW_PID=
	[ "$code" -eq 0 ]
}

crash() {
	kill -KILL "$FOLLOW_PID"
	wait "$FOLLOW_PID" 2>/dev/null || true
	FOLLOW_PID=
}

# whole N: fails unless the values 0 to N - 1 are stored once each and the audit agrees.
whole() {
	[ "$(sql "$DB" 'SELECT count(*), count(DISTINCT value), min(value), max(value) FROM observations')" = "$1|$1|0.0|$(($1 - 1)).0" ]
	[ "$(sql "$DB" 'SELECT count(*) FROM dead_letters')" = 0 ]
	tel-ingest audit --db "$DB" >"$BATS_TEST_TMPDIR/audit"
}

@test "tel-ingest --follow: nothing is lost when a file is renamed once or twice, written late or deleted" {
	local name
	for name in renamed blink late deleted; do
		observations 0 40 $name >"$LOGS/$name.log"
	done
	follow "$LOGS/renamed.log" "$LOGS/blink.log" "$LOGS/late.log" "$LOGS/deleted.log"
	until_rows 160

	observations 40 50 renamed >>"$LOGS/renamed.log"
	mv "$LOGS/renamed.log" "$LOGS/renamed.log.1"
	observations 50 60 renamed >"$LOGS/renamed.log"

	mv "$LOGS/blink.log" "$LOGS/blink.log.2"
	observations 40 50 blink >"$LOGS/blink.log"
	mv "$LOGS/blink.log" "$LOGS/blink.log.1"
	observations 50 60 blink >"$LOGS/blink.log"

	exec 8>>"$LOGS/late.log"
	mv "$LOGS/late.log" "$LOGS/late.log.1"
	observations 45 60 late >"$LOGS/late.log"
	observations 40 45 late >&8
	exec 8>&-

	observations 40 50 deleted >>"$LOGS/deleted.log"
	rm "$LOGS/deleted.log"
	observations 50 60 deleted >"$LOGS/deleted.log"

	until_rows 240
	stop
	[ "$(sql "$DB" "SELECT name, count(*), count(DISTINCT value), max(value) FROM observations GROUP BY name ORDER BY name")" = \
		"blink|60|60|59.0
deleted|60|60|59.0
late|60|60|59.0
renamed|60|60|59.0" ]
	# The old file is read to its end before the new one.
	[ "$(sql "$DB" "SELECT (SELECT max(no) FROM batches WHERE source_no = old.id >> 40) < (SELECT min(no) FROM batches WHERE source_no = new.id >> 40)
		FROM observations old, observations new WHERE old.name = 'renamed' AND old.value = 49 AND new.name = 'renamed' AND new.value = 50")" = 1 ]
	jq -e '.lines == 240 and .inserted == 240 and .dead == 0' "$OUT"
	tel-ingest audit --db "$DB"
}

@test "tel-ingest --follow: copied and truncated, both read and unread" {
	observations 0 40 >"$LOG"
	follow "$LOG"
	until_rows 40
	cp "$LOG" "$LOG.1"
	: >"$LOG"
	observations 40 50 >>"$LOG"
	until_rows 50
	# The follower has no time to read these before the truncation.
	observations 50 90 >>"$LOG"
	cp "$LOG" "$LOG.2"
	: >"$LOG"
	observations 90 95 >>"$LOG"
	until_rows 95
	stop
	whole 95
}

@test "tel-ingest --follow: truncated and at once longer than before" {
	observations 0 40 >"$LOG"
	follow "$LOG"
	until_rows 40
	observations 40 200 >"$BATS_TEST_TMPDIR/new"
	cp "$LOG" "$LOG.1"
	dd if="$BATS_TEST_TMPDIR/new" of="$LOG" bs=1M status=none
	until_rows 200
	stop
	whole 200
}

@test "tel-ingest --follow: many files, some missing at first, one empty" {
	local i
	: >"$LOGS/5.log"
	follow "$LOGS"/{0..19}.log
	until_followed
	for ((i = 0; i < 20; i++)); do
		observations $((i * 10)) $((i * 10 + 5)) >>"$LOGS/$i.log"
	done
	for ((i = 19; i >= 0; i--)); do
		observations $((i * 10 + 5)) $((i * 10 + 10)) >>"$LOGS/$i.log"
	done
	until_rows 200
	stop
	whole 200
	[ "$(sql "$DB" 'SELECT count(*) FROM sources')" = 20 ]
}

@test "tel-ingest --follow: a missing folder is an error and does not wait" {
	run -66 --separate-stderr timeout 20 tel-ingest --db "$DB" --follow "$LOGS/none/app.log"
	[ "$stderr" = "tel-ingest: $LOGS/none/app.log: its folder: No such file or directory" ]
	run -66 --separate-stderr timeout 20 tel-ingest --db "$DB" --follow "$LOGS"
	[ "$stderr" = "tel-ingest: $LOGS: Is a directory" ]
}

@test "tel-ingest --follow: a file with three names is followed once" {
	ln -s app.log "$LOGS/link.log"
	observations 0 30 >"$LOG"
	follow "$LOG" "$LOGS/../logs/app.log" "$LOGS/link.log"
	until_rows 30
	observations 30 40 >>"$LOG"
	until_rows 40
	stop
	whole 40
	jq -e '.lines == 40' "$OUT"
	[ "$(sql "$DB" 'SELECT count(*) FROM sources')" = 1 ]
}

@test "tel-ingest --follow: an incomplete last line waits for its rest, even until the next run" {
	observations 0 31 >"$BATS_TEST_TMPDIR/lines"
	head -c -20 "$BATS_TEST_TMPDIR/lines" >"$LOG"
	follow "$LOG"
	until_rows 30
	tail -c 20 "$BATS_TEST_TMPDIR/lines" | head -c 10 >>"$LOG"
	tail -c 10 "$BATS_TEST_TMPDIR/lines" >>"$LOG"
	until_rows 31
	observations 31 33 | head -c -7 >>"$LOG"
	until_rows 32
	stop
	jq -e '.lines == 32 and .dead == 0' "$OUT"
	[ "$(sql "$DB" 'SELECT count(*) FROM dead_letters')" = 0 ]
	observations 32 33 | tail -c 7 >>"$LOG"
	follow "$LOG"
	until_rows 33
	stop
	jq -e '.inserted == 1' "$OUT"
	whole 33
}

@test "tel-ingest --follow: resumes after a kill although files were rotated and compressed" {
	observations 0 100 >"$LOG"
	follow "$LOG"
	until_rows 100
	crash
	observations 100 150 >>"$LOG"
	mv "$LOG" "$LOG.1"
	observations 150 170 >"$LOG"
	gzip "$LOG.1"
	mv "$LOG" "$LOG-20251124"
	observations 170 180 >"$LOG"
	follow "$LOG"
	until_rows 180
	stop
	jq -e '.inserted == 80' "$OUT"
	whole 180
	# They are stored in the order in which they were written.
	[ "$(sql "$DB" 'SELECT count(*) FROM observations a JOIN observations b ON b.id > a.id AND b.value < a.value')" = 0 ]
	follow "$LOG"
	observations 180 181 >>"$LOG"
	until_rows 181
	stop
	jq -e '.inserted == 1' "$OUT"
	whole 181
}

@test "tel-ingest --follow: a file is rotated between two runs before anything was stored" {
	: >"$LOG"
	follow "$LOG"
	until_followed
	crash
	observations 0 20 >>"$LOG"
	mv "$LOG" "$LOG.1"
	observations 20 30 >"$LOG"
	follow "$LOG"
	until_rows 30
	stop
	whole 30
}

@test "tel-ingest --follow: rotated files from before the first run are not read" {
	observations 900 910 >"$LOG.1"
	touch -d '2025-01-01' "$LOG.1"
	observations 0 5 >"$LOG"
	follow "$LOG"
	until_rows 5
	stop
	whole 5
}

@test "tel-ingest --follow: another spelling of the path is the same file" {
	cd "$BATS_TEST_TMPDIR"
	ln -s logs also
	observations 0 20 >"$LOG"
	follow logs/app.log
	until_rows 20
	crash
	observations 20 30 >>"$LOG"
	mv "$LOG" "$LOG.1"
	observations 30 40 >"$LOG"
	follow ./also/../logs//app.log
	until_rows 40
	stop
	whole 40
	observations 40 50 >>"$LOG"
	mv "$LOG" "$LOG.2"
	observations 50 60 >"$LOG"
	follow "$BATS_TEST_TMPDIR/also/app.log"
	until_rows 60
	stop
	whole 60
}

@test "tel-ingest --follow: lines stored without it are not stored again, and vice versa" {
	observations 0 20 >"$LOG"
	tel-ingest --db "$DB" "$LOG"
	follow "$LOG"
	observations 20 40 >>"$LOG"
	until_rows 40
	stop
	run -0 --separate-stderr tel-ingest --db "$DB" "$LOG"
	jq -e '.lines == 40 and .duplicate == 40' <<<"$output"
	whole 40
}

@test "tel-ingest --follow: several named pipes are read without end" {
	mkfifo "$LOGS/one" "$LOGS/two"
	follow "$LOGS/one" "$LOGS/two"
	observations 0 20 n p >"$LOGS/one"
	until_rows 20
	observations 20 30 n p >"$LOGS/two"
	observations 30 50 n p >"$LOGS/one"
	until_rows 50
	# Lines without a stamp: the pipe is recognised by its first KiB.
	observations 50 100 >"$LOGS/two"
	until_rows 100
	stop
	whole 100
}

@test "tel-ingest --follow: ends at the end of standard input" {
	run -0 --separate-stderr tel-ingest --db "$DB" --follow < <(observations 0 5)
	jq -e '.inserted == 5 and (has("interrupted") | not)' <<<"$output"
	run -0 --separate-stderr tel-ingest --db "$DB" --follow - < <(observations 0 7)
	jq -e '.lines == 7 and .dead == 0' <<<"$output"
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	observations 10 13 n p >"$BATS_TEST_TMPDIR/stamped"
	exec 8<>"$BATS_TEST_TMPDIR/pipe"
	INPUT=$BATS_TEST_TMPDIR/pipe follow -
	cat "$BATS_TEST_TMPDIR/stamped" >&8
	until_sql 'SELECT count(*) FROM observations WHERE value >= 10' 3
	exec 8>&-
	wait "$FOLLOW_PID"
	FOLLOW_PID=
	jq -e '.inserted == 3' "$OUT"
}

@test "tel-ingest --follow: SIGTERM and SIGINT end it cleanly" {
	local signal n=0
	: >"$LOG"
	for signal in TERM INT; do
		# The shell makes its background jobs ignore SIGINT.
		env --default-signal=INT tel-ingest --db "$DB" --follow "$LOG" >"$OUT" 2>"$ERR" 3>&- &
		FOLLOW_PID=$!
		observations $n $((n + 10)) >>"$LOG"
		n=$((n + 10))
		until_rows $n
		stop $signal
		jq -e '.inserted == 10 and .interrupted' "$OUT"
		[ ! -s "$ERR" ]
		[ ! -e "$DB-wal" ]
	done
	whole 20
}

@test "tel-ingest --follow: stamped and unstamped lines are stored once through a rotation" {
	{ observations 0 20; observations 20 40 n p; echo 'no event'; } >"$LOG"
	follow "$LOG"
	until_rows 40
	mv "$LOG" "$LOG.1"
	# The producer repeats events from before the rotation.
	{ observations 30 60 n p; observations 60 80; } >"$LOG"
	until_rows 80
	stop
	jq -e '.lines == 91 and .inserted == 80 and .duplicate == 10 and .dead == 1' "$OUT"
	[ "$(sql "$DB" 'SELECT count(DISTINCT value) FROM observations')" = 80 ]
	[ "$(sql "$DB" 'SELECT reason, line FROM dead_letters')" = "not_json|41" ]
	grep -q "1 of 91 lines was refused" "$ERR"
}

@test "tel-ingest --follow: lines go through a map, also after a crash" {
	echo 'split(" ") | .[0] as $n | range(.[1] | tonumber) | {type: "observation", ts_ms: (. + 1), name: $n, value: .}' >"$BATS_TEST_TMPDIR/map.jq"
	printf 'first-line 3\nsecond-line 0\nthird-line 2\n' >"$LOG"
	follow --map "$BATS_TEST_TMPDIR/map.jq" "$LOG"
	until_rows 5
	crash
	printf 'fourth-line 2\n' >>"$LOG"
	mv "$LOG" "$LOG.1"
	printf 'fifth-line 1\nsixth' >"$LOG"
	follow --map "$BATS_TEST_TMPDIR/map.jq" "$LOG"
	until_rows 8
	printf -- '-line 2\n' >>"$LOG"
	until_rows 10
	stop
	[ "$(sql "$DB" 'SELECT group_concat(name || value, " ") FROM (SELECT * FROM observations ORDER BY id)')" = \
		"first-line0.0 first-line1.0 first-line2.0 third-line0.0 third-line1.0 fourth-line0.0 fourth-line1.0 fifth-line0.0 sixth-line0.0 sixth-line1.0" ]
	tel-ingest audit --db "$DB"
}

@test "tel-ingest --follow: killed at any call while files rotate, it stores each event once" {
	[ -e "$FAULT" ] || skip "no $FAULT; make check builds it"
	local at n=0 run=0 kills=0
	follow "$LOG"
	until_followed
	crash
	for at in 1 2 4 6 8 11 14 17 20 25; do
		run=$((run + 1))
		observations $n $((n + 30)) >>"$LOG"
		n=$((n + 30))
		FAULT_AT=$at FAULT_HOW=kill LD_PRELOAD=$FAULT follow "$LOG"
		# Waits until it is dead or has stored all.
		until_rows $n || true
		kill -0 "$FOLLOW_PID" 2>/dev/null || kills=$((kills + 1))
		crash 2>/dev/null || true
		observations $n $((n + 10)) >>"$LOG"
		n=$((n + 10))
		mv "$LOG" "$LOG.$run"
		[ $((run % 2)) = 0 ] || gzip "$LOG.$run"
	done
	observations $n $((n + 1)) >>"$LOG"
	follow "$LOG"
	until_rows $((n + 1))
	stop
	whole $((n + 1))
	echo "$kills kills"
	[ "$kills" -ge 5 ]
}

@test "tel-ingest --follow: a rotated file not yet recognised is read by the next run" {
	observations 0 10 >"$LOG"
	follow "$LOG"
	until_rows 10
	crash
	# Makes that two hours ago. An hour ago, the file was rotated again and compressed.
	sql "$DB" 'UPDATE followed_files SET first_ms = first_ms - 7200000, taken_ms = taken_ms - 7200000'
	sql "$DB" 'UPDATE sources SET taken_ms = taken_ms - 7200000'
	mv "$LOG" "$LOG.2"
	observations 10 20 >"$LOG.1"
	gzip "$LOG.1"
	touch -d '2 hours ago' "$LOG.2"
	touch -d '1 hour ago' "$LOG.1.gz"
	observations 20 30 >"$LOG"
	follow "$LOG"
	until_sql 'SELECT count(*) >= 20 FROM observations' 1
	crash
	follow "$LOG"
	until_rows 30
	stop
	whole 30
}

# until_read FILE BYTES: waits until the follower has read FILE to that byte.
until_read() {
	local descriptor place turn
	for ((turn = 0; turn < 400; turn++)); do
		for descriptor in "/proc/$FOLLOW_PID/fd"/*; do
			[ "$descriptor" -ef "$1" ] || continue
			place=$(sed -n 's/^pos:[[:space:]]*//p' "/proc/$FOLLOW_PID/fdinfo/${descriptor##*/}")
			[ "$place" != "$2" ] || return 0
		done
		read -rt 0.05 <> <(:) || true
	done
	echo "$1 was not read to byte $2"
	return 1
}

# truncate_unseen BYTES LINES: a follower has read BYTES bytes of the file. Before it
# checks again, the file grows to LINES lines, is copied and truncated, and grows again.
truncate_unseen() {
	observations 0 5000 >"$BATS_TEST_TMPDIR/all"
	head -c "$1" "$BATS_TEST_TMPDIR/all" >"$LOG"
	follow "$LOG"
	until_read "$LOG" "$1"
	kill -STOP "$FOLLOW_PID"
	head -n "$2" "$BATS_TEST_TMPDIR/all" | tail -c "+$(($1 + 1))" >>"$LOG"
	cp "$LOG" "$LOG.1"
	: >"$LOG"
	tail -n "+$(($2 + 1))" "$BATS_TEST_TMPDIR/all" >>"$LOG"
	kill -CONT "$FOLLOW_PID"
	until_rows 5000
	stop
	whole 5000
}

@test "tel-ingest --follow: copytruncate goes unseen after part of the first line" {
	truncate_unseen 50 2
}

@test "tel-ingest --follow: copytruncate goes unseen after some lines and a part" {
	truncate_unseen 500 20
}

@test "tel-ingest --follow: copytruncate goes unseen after more than the prefix that identifies a file" {
	truncate_unseen 100000 2000
}
