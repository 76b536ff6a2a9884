#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# slo-eval: the file of counts, which is right whatever happened to it and to the database.
# shellcheck shell=bash disable=SC2030,SC2031,SC2154

load helper
load slo-eval

# Objectives whose counts are of three kinds, and events of ten days.
prepare() {
	{
		slo 0.9 30d 'bad: status >= 500, group: host'
		NAME=slices METHOD=Timeslices slo 0.5 2d 'bad: status >= 500' 'timeSliceTarget: 1, timeSliceWindow: 5m'
		NAME=age METHOD=Timeslices METRIC=thresholdMetric slo 0.5 1d 'aggregate: age' \
			'op: lte, value: 2h, timeSliceTarget: 1, timeSliceWindow: 1h'
	} >mine.yaml
	{ requests 300 2880000 '(i % 7) ? 200 : 500'; requests 40 1800000 200 700000 b; } | store
}

# store [OPTION]...: takes the events of stdin.
store() {
	tel-ingest -q --db tel.db "$@" >/dev/null || [ $? -eq 1 ]
}

# counted [OPTION]...: judges with the file of counts.
counted() {
	run --separate-stderr slo-eval --db tel.db --slo mine.yaml "$@"
}

# is_right [OPTION]...: whether what counted says is what the rows say.
is_right() {
	local code=0
	slo-eval -q --db tel.db --slo mine.yaml --no-counts "$@" >rows || code=$?
	counted "$@"
	[ "$status" -eq "$code" ] || { echo "exit $status, not $code: $stderr" && return 1; }
	diff rows - <<<"$output"
}

# newly NUMBER: whether the last judgement counted so many rows beside the file.
newly() {
	counted -v
	[[ $stderr = *"tel.db: $1 events were counted in "*" ms, the others are in the file of counts"* ]] ||
		{ echo "$stderr" && return 1; }
}

# holding LOCK COMMAND...: runs the command while a shell of SQLite has the file of counts.
holding() {
	local shell
	mkfifo commands
	sqlite3 tel.db.counts <commands >held &
	shell=$!
	exec 9>commands
	printf '%s;\nSELECT count(*) FROM count_definitions;\n' "$1" >&9
	while ! [ -s held ]; do read -rt 0.02 <> <(:) || true; done
	"${@:2}" || return 1
	exec 9>&-
	wait "$shell"
	rm commands
}

@test "counts: made beside the database, with its mode and owner; --no-counts makes none" {
	prepare
	chmod 640 tel.db
	[ "$(id -u)" -ne 0 ] || chown nobody tel.db
	counted --no-counts
	[ ! -e tel.db.counts ]
	is_right
	[ "$(stat -c '%a %U' tel.db.counts)" = "$(stat -c '%a %U' tel.db)" ]
	[ "$stderr" = "" ]
	[ ! -e tel.db.counts-journal ] && [ ! -e tel.db.counts-wal ]
	# Of a link the file lies beside the database itself, with its name.
	mkdir links
	ln -s ../tel.db links/other.db
	counted
	run slo-eval --db links/other.db --slo mine.yaml
	[ "$(ls links)" = other.db ]
	# With --counts it lies elsewhere.
	rm tel.db.counts
	counted --counts links/here
	[ -s links/here ] && [ ! -e tel.db.counts ]
	counted --recount --counts links/here
	[ "$stderr" = "" ]
}

@test "counts: only what is new is counted, and -v says so" {
	prepare
	counted -v
	[[ $stderr = *'tel.db: 340 events were counted in '*' ms, the others are in the file of counts' ]]
	newly 0
	requests 3 1000 500 5000 | store
	newly 3
	newly 0
	counted --no-counts -v
	[[ $stderr = *'tel.db: 343 events were counted in '*' ms, without a file of counts' ]]
	requests 2 1000 500 5000 >events
	judge -v
	[[ $stderr = *'standard input: 2 events were counted in '*' ms, without a file of counts' ]]
	# A run needs no counts.
	http 200 1 '"run_id":"r"' | store
	counted --run r -v
	[[ $stderr = *'tel.db: 1 events were counted in '*' ms, without a file of counts' ]]
	newly 1
}

@test "counts: deleted while nobody looks, they are made again" {
	prepare
	is_right
	cp tel.db.counts kept
	rm tel.db.counts
	is_right
	newly 0
	# An older one is brought up to date.
	requests 5 1000 500 5000 | store
	is_right
	mv kept tel.db.counts
	newly 5
	is_right
}

@test "counts: late events, duplicates and replayed dead letters are counted once" {
	prepare
	is_right
	# Days late, in minutes that are counted already.
	requests 50 14400000 500 3600000 >late.jsonl
	store late.jsonl
	is_right
	[ "$(jq -s 'map(select(.group.host == "a"))[0].bad' <<<"$output")" -eq 93 ]
	store late.jsonl
	store --source again <late.jsonl
	store --source again <late.jsonl
	is_right
	[ "$(jq -s 'map(select(.group.host == "a"))[0].bad' <<<"$output")" -eq 143 ]
	# Two producers in turn, with a gap that is filled.
	for seq in 1 2 4 5 3; do
		for producer in p q; do http 500 $((seq * 90000)) "\"producer\":\"$producer\",\"seq\":$seq"; done | store
		is_right
	done
	# Refused lines, that come in by a map.
	http 500 100 | sed 's/"ts_ms":[0-9]*,//' >refused.jsonl
	cat refused.jsonl refused.jsonl | store --source refused
	is_right
	echo ".ts_ms = $((NOW - 100))" >mend.jq
	tel-ingest dead replay --db tel.db --all --map mend.jq >/dev/null
	newly 2
	is_right
	[ "$(jq -s 'map(select(.group.host == "a"))[0].bad' <<<"$output")" -eq 155 ]
	counted --recount
	[ "$stderr" = "" ]
}

@test "counts: --at in the past, between minutes, and other windows" {
	prepare
	requests 30 700 '(i % 3) ? 200 : 500' 100000 | store
	for at in $((NOW - 110500)) $((NOW - 3333333)) $((NOW - 864000000)) $((NOW + 90000)) 1000000000000; do
		is_right --at $at
	done
	is_right --window 90m
	is_right --window 25h --at $((NOW - 1))
}

@test "counts: --recount compares them with the rows" {
	prepare
	is_right
	counted --recount
	[ "$stderr" = "" ]
	diff rows - <<<"$output"
	code=$status
	# A number that was changed: it is noticed anyway, and this makes it exit code 1.
	sql tel.db.counts 'UPDATE count_days SET good = good + 1 WHERE day = (SELECT min(day) + 1 FROM count_days)'
	counted
	[ "$status" -eq "$code" ]
	[[ $stderr = *'tel.db.counts: is damaged, or was changed by hand: '*'; delete it; the rows are counted without it' ]]
	diff rows - <<<"$output"
	counted --recount
	[ "$status" -eq 1 ] && [ "$code" -ne 1 ]
	[[ $stderr = *'tel.db.counts: is damaged, or was changed by hand: '*'; delete it' ]]
	diff rows - <<<"$output"
	# A row that is not there is noticed by nobody else.
	rm tel.db.counts
	is_right
	sql tel.db.counts 'DELETE FROM count_days WHERE day = (SELECT min(day) + 1 FROM count_days)'
	counted
	[ "$output" != "$(<rows)" ]
	counted --recount
	[ "$status" -eq 1 ]
	[[ $stderr = *'tel.db: counts and rows differ: on 2026-05-20 the counts have 0 events, the rows '*http_events* ]]
	diff rows - <<<"$output"
	counted --recount --no-counts
	[ "$status" -eq 64 ]
	counted --counts x --no-counts
	[ "$status" -eq 64 ]
}

# uncompared WORDS: whether --recount says so, and judges what the rows say.
uncompared() {
	counted --recount
	[ "$status" -eq 1 ]
	[[ $stderr = "slo-eval: warning: "*"$1" ]] || { echo "$stderr" && return 1; }
	diff rows - <<<"$output"
	cp whole tel.db.counts
}

@test "counts: --recount of a file that cannot be compared is exit 1" {
	prepare
	is_right
	[ "$status" -ne 1 ]
	cp tel.db.counts whole
	sql tel.db.counts "UPDATE count_groups SET key = 'nonsense' || no"
	uncompared '/tel.db.counts: malformed JSON'
	sql tel.db.counts 'DROP TABLE count_hours'
	uncompared '/tel.db.counts: no such table: count_hours; the rows are counted without it'
	truncate -s 9000 tel.db.counts
	uncompared '/tel.db.counts: database disk image is malformed; the rows are counted without it'
	echo 'my notes' >tel.db.counts
	uncompared '/tel.db.counts: file is not a database; the rows are counted without it'
}

# ---- files that are not what they should be

# without WORDS: whether the file of counts is done without, which is told, and stays as
# it is.
without() {
	local before
	before=$(stat -c '%F %s %Y' tel.db.counts; [ ! -f tel.db.counts ] || sha256sum <tel.db.counts)
	is_right
	[[ $stderr = "slo-eval: warning: "*$1"; the rows are counted without it" ]] ||
		{ echo "$stderr" && return 1; }
	[ "$(stat -c '%F %s %Y' tel.db.counts; [ ! -f tel.db.counts ] || sha256sum <tel.db.counts)" = "$before" ]
	rm -rf tel.db.counts
}

@test "counts: a text, noise, a file of something else, a folder, a FIFO are left alone" {
	prepare
	echo 'my notes' >tel.db.counts
	without '/tel.db.counts: file is not a database'
	head -c 9000 /dev/urandom >tel.db.counts
	without '/tel.db.counts: file is not a database'
	sqlite3 tel.db.counts 'CREATE TABLE t (x)'
	without '/tel.db.counts: a SQLite database, but no file of counts'
	cp tel.db tel.db.counts
	without '/tel.db.counts: a SQLite database, but no file of counts'
	mkdir tel.db.counts
	without '/tel.db.counts: is a directory; name a database file in it'
	mkfifo tel.db.counts
	without '/tel.db.counts: is not a regular file'
	ln -s nowhere/x tel.db.counts
	is_right
	[ -L tel.db.counts ] && [ ! -e nowhere ]
	rm tel.db.counts
	# An empty one is one that nobody has begun.
	: >tel.db.counts
	is_right
	[ "$stderr" = "" ]
	newly 0
}

@test "counts: events on standard input have none" {
	for option in '--counts other' --recount; do
		# shellcheck disable=SC2086
		run -64 --separate-stderr slo-eval --db - $option <<<''
		[ "$stderr" = "slo-eval: ${option%% *}: events on standard input have no file of counts" ]
	done
	unset TEL_DB
	run -64 --separate-stderr slo-eval --counts other <<<''
}

@test "counts: a damaged file is left alone" {
	prepare
	counted
	cp tel.db.counts whole
	truncate -s 9000 tel.db.counts
	without '/tel.db.counts: database disk image is malformed'
	cp whole tel.db.counts
	for ((at = 4096; at < $(stat -c %s whole); at += 4096)); do
		printf 'no page of SQLite' | dd of=tel.db.counts bs=1 seek=$at conv=notrunc status=none
	done
	without '/tel.db.counts: database disk image is malformed'
	cp whole tel.db.counts
	sql tel.db.counts 'UPDATE count_days SET good = good + 1'
	without '; delete it'
	cp whole tel.db.counts
	sql tel.db.counts "UPDATE count_days SET good = -5, hours = x'ffff'; UPDATE count_hours SET minutes = x'ffff'"
	without '; delete it'
	cp whole tel.db.counts
	sql tel.db.counts "UPDATE count_groups SET key = 'nonsense' || no"
	without ''
	cp whole tel.db.counts
	is_right
	[ "$stderr" = "" ]
}

@test "counts: those of another database are made afresh, but not where --counts names them" {
	prepare
	counted
	cp tel.db.counts other.counts
	mkdir other
	requests 9 1000 200 5000 | tel-ingest -q --db other/tel.db >/dev/null
	cd other
	cp ../mine.yaml .
	cp ../other.counts tel.db.counts
	is_right
	[ "$stderr" = "" ]
	newly 0
	before=$(sha256sum <../other.counts)
	counted --counts ../other.counts
	[ "$status" -eq 78 ] && [ "$output" = "" ]
	[[ $stderr = *'other.counts: the counts of another database than tel.db; --counts names a file of this one' ]]
	[ "$(sha256sum <../other.counts)" = "$before" ]
	# So for --recount.
	counted --counts ../other.counts --recount
	[ "$status" -eq 78 ]
	counted --counts nowhere/counts
	[ "$status" -eq 2 ] || [ "$status" -eq 1 ]
	[[ $stderr = *'nowhere/counts'*'are counted without it' ]]
}

@test "counts: a file, or a folder, that may not be written is read, and completed from rows" {
	prepare
	counted
	requests 3 1000 500 5000 | store
	before=$(sha256sum <tel.db.counts)
	slo-eval -q --db tel.db --slo mine.yaml --no-counts >rows || true
	chmod 444 tel.db.counts
	run --separate-stderr without_rights slo-eval -v --db tel.db --slo mine.yaml
	diff rows - <<<"$output"
	[[ $stderr = *'tel.db: 3 events were counted in '*', which is not written' ]]
	chmod 644 tel.db.counts
	chmod 555 .
	run --separate-stderr without_rights slo-eval -v --db tel.db --slo mine.yaml
	diff rows - <<<"$output"
	[[ $stderr = *'tel.db: 3 events were counted in '*', which is not written' ]]
	[ "$(sha256sum <tel.db.counts)" = "$before" ]
	chmod 755 .
	rm tel.db.counts
	chmod 555 .
	run --separate-stderr without_rights slo-eval -v --db tel.db --slo mine.yaml
	diff rows - <<<"$output"
	[[ $stderr = *'tel.db: 343 events were counted in '*', without a file of counts' ]]
	chmod 755 .
}

@test "counts: held by another program: read where it can be, else done without in a second" {
	prepare
	counted
	requests 3 1000 500 5000 | store
	holding 'BEGIN IMMEDIATE' is_right -v
	[[ $stderr = *'3 events were counted in '*', which is not written' ]]
	holding 'BEGIN' is_right -v
	[[ $stderr = *' which is not written' ]]
	holding 'BEGIN EXCLUSIVE' is_right -v
	[[ $stderr = *'tel.db.counts: in use by another process (waited 1000 ms); try again; the rows are counted without it'* ]]
	newly 3
}

@test "counts: several judge at once, while events come" {
	prepare
	for i in 1 2 3; do
		(slo-eval -q --db tel.db --slo mine.yaml >"out.$i" 2>"err.$i" || true) &
	done
	requests 500 1000 500 5000 >events
	store events
	wait
	[ "$(cat err.*)" = "" ]
	is_right
	[ "$stderr" = "" ]
	newly 0
	counted --recount
	[ "$stderr" = "" ]
}

@test "counts: definitions of several files are kept side by side" {
	prepare
	counted
	{ NAME='more' slo 0.9 30d 'bad: status >= 400'; NAME=same slo 0.5 7d 'bad: status >= 500, group: host'; } >more.yaml
	slo-eval --db tel.db --slo more.yaml >first || true
	[ "$(sql tel.db.counts 'SELECT count(*) FROM count_definitions')" -eq 4 ]
	newly 0
	diff first <(slo-eval --db tel.db --slo more.yaml --no-counts)
	# One that nobody asks for is dropped after 30 days.
	TEL_NOW_MS=$((NOW + 31 * 86400000)) counted
	[ "$(sql tel.db.counts 'SELECT count(*) FROM count_definitions')" -eq 3 ]
	is_right
}

@test "counts: a database that was put back, or replaced, is counted afresh" {
	prepare
	sql tel.db 'PRAGMA wal_checkpoint(TRUNCATE)'
	cp tel.db old.db
	requests 20 1000 500 5000 | store
	is_right
	cp tel.db new.db
	rm -f tel.db-*
	cp old.db tel.db
	is_right
	newly 0
	# As many transactions as before, of other events and at another time.
	requests 20 1000 200 5000 b | TEL_NOW_MS=$((NOW + 1)) store
	is_right
	rm -f tel.db-*
	cp new.db tel.db
	is_right
	counted --recount
	[ "$stderr" = "" ]
}
