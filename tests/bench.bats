#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What measures: the events that it makes are the same each time, and it does
# not count the time of a program that made wrong rows. No time decides here.
# shellcheck shell=bash

setup() {
	load helper
	MAKE=$BUILD/make-events
	BENCH=$BATS_TEST_TMPDIR/bench
	export BENCH
	unset BENCH_COUNT RUNS
}

digest() {
	"$MAKE" "$@" | sha256sum
}

# Skips the test where the programs that measure are not installed.
needs_timers() {
	command -v hyperfine >/dev/null && command -v /usr/bin/time >/dev/null ||
		skip 'no hyperfine or time'
}

# instead_of PROGRAM: makes BIN a folder of our programs in which standard input, a shell
# script, stands in for that one.
instead_of() {
	mkdir "$BATS_TEST_TMPDIR/bin"
	ln -s "$BIN"/* "$BATS_TEST_TMPDIR/bin"
	rm "$BATS_TEST_TMPDIR/bin/$1"
	cat >"$BATS_TEST_TMPDIR/bin/$1"
	chmod +x "$BATS_TEST_TMPDIR/bin/$1"
	BIN=$BATS_TEST_TMPDIR/bin
	export BIN
}

# without TOOL: a folder with all programs but that one, as PATH.
without() {
	local folder path
	mkdir -p "$BATS_TEST_TMPDIR/path"
	IFS=: read -ra path <<<"$PATH"
	for folder in "${path[@]}"; do
		[ ! -d "$folder" ] ||
			find "$folder/" -maxdepth 1 ! -type d -executable \
				-exec ln -sf -t "$BATS_TEST_TMPDIR/path" {} + 2>/dev/null || true
	done
	rm -f "$BATS_TEST_TMPDIR/path/$1"
	echo "$BATS_TEST_TMPDIR/path"
}

@test "make-events: the same seed makes the same bytes, on any machine" {
	[ "$(digest --count 500)" = "$(digest --count 500 --seed 1)" ]
	[ "$(digest --count 500)" != "$(digest --count 500 --seed 2)" ]
	# Change it only with the generator itself.
	[ "$(digest --count 500)" = "0bcc4d3870c97feadace5825a62ed2a7549675c8b26e4f086be49c2714b4893f  -" ]
}

@test "make-events: the number of lines asked for, of about 436 bytes" {
	[ -z "$("$MAKE" --count 0)" ]
	"$MAKE" --count 10000 >"$BATS_TEST_TMPDIR/events"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/events")" -eq 10000 ]
	bytes=$(wc -c <"$BATS_TEST_TMPDIR/events")
	[ "$bytes" -gt 4200000 ] && [ "$bytes" -lt 4520000 ]
}

@test "make-events: hosts are skewed, few answers fail, times are long-tailed" {
	"$MAKE" --count 10000 | jq -cn '[inputs] | {
		host: (map(select(.host == "api.example.org")) | length),
		fail: (map(select((.status // 599) >= 400)) | length),
		cache: (map(select(.from_cache)) | length),
		times: (map(select(.from_cache | not) | .elapsed_ms) | sort |
		    [.[length / 2 | floor], .[length * 99 / 100 | floor]]),
		ordered: (map(.ts_ms) | . == sort),
		hash: all(.url_hash | test("^[0-9a-f]{64}$"))}' >"$BATS_TEST_TMPDIR/facts"
	cat "$BATS_TEST_TMPDIR/facts"
	jq -e '.host > 3000 and .host < 3800 and .fail > 150 and .fail < 500 and
		.cache > 1500 and .cache < 2100 and .ordered and .hash and
		.times[1] > 5 * .times[0]' "$BATS_TEST_TMPDIR/facts"
}

@test "make-events: tel-ingest takes every line, stamped or not" {
	"$MAKE" --count 5000 --producers 3 >"$BATS_TEST_TMPDIR/stamped"
	run --separate-stderr tel-ingest --strict --db "$BATS_TEST_TMPDIR/s.db" \
		"$BATS_TEST_TMPDIR/stamped"
	[ "$status" -eq 0 ]
	[ "$(jq -c '[.lines, .inserted, .dead]' <<<"$output")" = '[5000,5000,0]' ]
	[ "$(sql "$BATS_TEST_TMPDIR/s.db" "SELECT count(*) FROM sources
		WHERE kind = 'producer'")" = 3 ]
	[ "$(sql "$BATS_TEST_TMPDIR/s.db" 'SELECT count(*) FROM source_gaps')" = 0 ]
	[ "$(sql "$BATS_TEST_TMPDIR/s.db" 'SELECT count(*) FROM http_events
		WHERE extra IS NOT NULL')" = 0 ]
	"$MAKE" --count 5000 --producers 3 --unstamped >"$BATS_TEST_TMPDIR/unstamped"
	run ! grep -qE '"(producer|seq)"' "$BATS_TEST_TMPDIR/unstamped"
	run --separate-stderr tel-ingest --strict --db "$BATS_TEST_TMPDIR/u.db" \
		"$BATS_TEST_TMPDIR/unstamped"
	[ "$(jq -c '[.lines, .inserted, .dead]' <<<"$output")" = '[5000,5000,0]' ]
	# Nothing but the stamp is missing.
	cmp <(jq -cS 'del(.producer, .seq)' "$BATS_TEST_TMPDIR/stamped") \
		<(jq -cS . "$BATS_TEST_TMPDIR/unstamped")
}

@test "make-events: a run ends and another begins, each with its own sequence" {
	"$MAKE" --count 100002 | tail -n 3 | jq -c '[.seq, .run_id[-4:]]' \
		>"$BATS_TEST_TMPDIR/last"
	[ "$(cat "$BATS_TEST_TMPDIR/last")" = '[100000,"0001"]
[1,"0002"]
[2,"0002"]' ]
}

@test "make-events: what it does not know is refused" {
	run --separate-stderr "$MAKE" --type rate
	[ "$status" -eq 64 ]
	[ "$stderr" = "make-events: makes events of type http and takes no operands" ]
	run --separate-stderr "$MAKE" file
	[ "$status" -eq 64 ]
}

@test "bench-insert: the same rows, and a table of the same definition" {
	cd "$BATS_TEST_TMPDIR"
	"$MAKE" --count 3000 | tel-ingest --db a.db >one
	"$BUILD/bench-insert" dump a.db rows
	"$BUILD/bench-insert" run rows b.db
	cmp <(sql a.db 'SELECT * FROM http_events') <(sql b.db 'SELECT * FROM http_events')
	[ "$(sql a.db '.schema http_events')" = "$(sql b.db '.schema http_events')" ]
	for pragma in page_size journal_mode; do
		[ "$(sql a.db "PRAGMA $pragma")" = "$(sql b.db "PRAGMA $pragma")" ]
	done
	"$BUILD/bench-insert" plain rows c.db
	cmp <(sql a.db 'SELECT * FROM http_events') <(sql c.db 'SELECT * FROM http_events')
}

@test "bench-insert: what cannot be used is named" {
	cd "$BATS_TEST_TMPDIR"
	run --separate-stderr "$BUILD/bench-insert" run none x.db
	[ "$status" -eq 66 ]
	[ "$stderr" = 'bench-insert: none: No such file or directory' ]
	echo 'this is not a file of rows, but long enough' >wrong
	run --separate-stderr "$BUILD/bench-insert" run wrong x.db
	[ "$status" -eq 65 ]
	[ "$stderr" = 'bench-insert: wrong: not a file of rows' ]
	run --separate-stderr "$BUILD/bench-insert" walk
	[ "$status" -eq 64 ]
}

@test "bench --smoke: every row that this machine can measure, and its JSON" {
	needs_timers
	run --separate-stderr "$ROOT/scripts/bench" --smoke ingest
	[ "$status" -eq 0 ] || { echo "$stderr"; false; }
	[[ $output = *'tel-ingest FILE'*'bare loop'*'sqlite-utils'*'jq @csv'* ]]
	jq -e '.subject == "ingest" and .machine.cores >= 1 and
		(.rows | length) >= 7 and
		all(.rows[]; .skipped or (.seconds > 0 and .peak_bytes > 0)) and
		.rows[0].ratio == 1' "$BENCH/ingest.json"
}

@test "bench --smoke judge: every row, its counts compared with those of sqlite3" {
	needs_timers
	run --separate-stderr "$ROOT/scripts/bench" --smoke judge
	[ "$status" -eq 0 ] || { echo "$stderr"; false; }
	[[ $output = *'first count'*'--no-counts'*'nothing new'*'a run'*'DuckDB'* ]]
	jq -e '.subject == "judge" and (.rows | length) == 11 and
		all(.rows[]; .skipped or (.seconds > 0 and .peak_bytes > 0)) and
		.growth.ratio > 0 and .growth.met == null' "$BENCH/judge.json"
	# The data is made once, and again when it would be other data.
	echo 'other data' >"$BENCH/month/small.made"
	run --separate-stderr "$ROOT/scripts/bench" --smoke judge
	[ "$status" -eq 0 ]
	[[ $stderr = *'making 1000 events'* && $stderr != *'making 10000 events'* ]]
}

@test "bench judge: wrong counts are reported, 1, and not measured" {
	needs_timers
	instead_of slo-eval <<-END
		#!/bin/sh
		"$BIN/slo-eval" "\$@" | jq -c '.bad += 1'
	END
	run --separate-stderr "$ROOT/scripts/bench" --smoke judge
	[ "$status" -eq 1 ]
	[[ $stderr = *'first count counted wrong: '*' instead of '* ]]
}

@test "bench --smoke scrape: every row, its page compared with the rows" {
	needs_timers
	run --separate-stderr "$ROOT/scripts/bench" --smoke scrape
	[ "$status" -eq 0 ] || { echo "$stderr"; false; }
	[[ $output = *'nothing new, gzip'*'evaluation, first count'*'query over the rows'* ]]
	jq -e '.subject == "scrape" and (.rows | length) == 9 and
		all(.rows[]; .skipped or .seconds > 0) and .peak.bytes > 0 and
		.served.bytes > 0 and .growth.met == null' "$BENCH/scrape.json"
	# A page that shows other numbers than the rows is not measured.
	instead_of prom-text <<-END
		#!/bin/sh
		exec "$BIN/prom-text" --metrics "$ROOT/schema/metric/docstokg" "\$@"
	END
	run --separate-stderr "$ROOT/scripts/bench" --smoke scrape
	[ "$status" -eq 1 ]
	[[ $stderr = *'the page shows '*' instead of '* ]]
}

@test "bench: a program whose rows differ is reported, 1, and not measured" {
	needs_timers
	instead_of tel-ingest <<-END
		#!/bin/sh
		"$BIN/tel-ingest" "\$@" && sqlite3 "\$3" 'DELETE FROM http_events WHERE id % 1000 = 7'
	END
	run --separate-stderr "$ROOT/scripts/bench" --smoke ingest
	[ "$status" -eq 1 ]
	[[ $stderr = *'tel-ingest FILE made wrong rows: 999|'*' instead of 1000|'* ]]
}

@test "bench: a missing tool is named with the remedy, 69" {
	PATH=$(without hyperfine) run --separate-stderr "$ROOT/scripts/bench" --smoke
	[ "$status" -eq 69 ]
	[ "$stderr" = 'scripts/bench: no hyperfine here; scripts/deps bench installs what the bench needs' ]
}

@test "bench: an unknown subject is refused, 64" {
	run --separate-stderr "$ROOT/scripts/bench" weather
	[ "$status" -eq 64 ]
	[ "$stderr" = "scripts/bench: unknown subject 'weather'; subjects are: ingest judge scrape" ]
}
