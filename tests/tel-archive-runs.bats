#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Runs that have events on both sides of the time before which tel-archive packs.
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	export TEL_NOW_MS=1793700000000 # 2026-11-03T10:00:00Z
	DAY_MS=86400000
	EDGE_MS=1793664000000           # 2026-11-03, before which pack packs
}

# event RUN HOURS [PRODUCER [TYPE]]: of that many hours after the edge, which may be
# negative and a fraction. Numbers of a producer go on from call to call.
event() {
	local seq producer=${3:-$1}
	touch "$producer.seq"
	seq=$(<"$producer.seq")
	echo $((++seq)) >"$producer.seq"
	jq -nc --arg run "$1" --argjson hours "$2" --arg producer "$producer" --arg type "${4:-observation}" \
		--argjson seq "$seq" --argjson edge "$EDGE_MS" \
		'{type: $type, ts_ms: ($edge + $hours * 3600000 | round), run_id: $run, producer: $producer, seq: $seq}
		+ if $type == "http" then {host: "h", role: "landing", method: "GET"} else {name: "n"} end'
}

store() {
	tel-ingest --db tel.db --quiet >/dev/null
}

pack() {
	run --separate-stderr tel-archive pack --archive arc --db tel.db "$@"
	[ "$status" -eq 0 ] || { echo "exit $status: $stderr"; false; }
}

# remains TEXT: how many rows each run has in the database: "a 2 b 1".
remains() {
	local found
	found=$(sql tel.db "SELECT run_id, count(*) FROM (SELECT run_id FROM observations UNION ALL
		SELECT run_id FROM http_events UNION ALL SELECT run_id FROM other_events) GROUP BY 1 ORDER BY 1" | tr '|\n' '  ')
	[ "${found% }" = "$1" ] || { echo "remains: $found"; false; }
}

is_sound() {
	tel-ingest audit --db tel.db --quiet
	tel-archive verify --archive arc >/dev/null
}

@test "runs: one with later events stays whole until all of it can leave" {
	{ event night -2; event night -1; event night 0; event past -3; event past -0.001; event today 1; } | store
	echo '{"type":"observation","ts_ms":1793600000000,"name":"n"}' | store
	pack --verbose
	remains 'night 3 today 1'
	[[ $stderr = *'packed 3 rows into '*$'\n''tel-archive: runs with later events: 1 kept whole, with 2 rows of before; 0 cut' ]]
	is_sound
	TEL_NOW_MS=$((TEL_NOW_MS + DAY_MS)) pack
	remains ''
	[ -z "$stderr" ]
	is_sound
	[ "$(tel-archive cat --archive arc | jq -r 'select(.run_id == "night") | .ts_ms' | wc -l)" -eq 3 ]
}

@test "runs: its later event is in another table, of another source" {
	{ event a -2; event a 1 other http; event b -2; event b 1 b weather; event c -2 c weather; event c 1; } | store
	pack
	remains 'a 2 b 2 c 2'
	pack --table observations --table other_events
	remains 'a 2 b 2 c 2'
	[ -z "$output" ]
}

@test "runs: only rows of the tables that are packed count as kept or cut" {
	{ event a -200 a http; event a -2; event a 1; event b -2; event b 1; } | store
	pack --table http_events --dry-run --verbose
	[ "$output" = '{"table":"http_events","day":"2026-10-25","row_count":1}' ]
	[[ $stderr = *'run a spans 9 days and is cut at 2026-11-03: '*'0 kept whole, with 0 rows of before; 1 cut' ]]
	pack --table other_events --verbose
	[[ $stderr != *cut* ]]
	pack --table observations --verbose
	[[ $stderr = *'1 kept whole, with 1 rows of before; 1 cut' ]]
	remains 'a 2 b 2'
}

@test "runs: --run-days: as long as that is kept, longer is cut and named" {
	{ event edge -100; event edge 68; event long -100.001; event long 68; } | store
	pack
	[ "$stderr" = "tel-archive: warning: tel.db: run long spans 8 days and is cut at 2026-11-03: it is not judged as a whole any more; --run-days 8 keeps it" ]
	remains 'edge 2 long 1'
	is_sound
	pack --run-days 6 --before 2026-11-03T06:00
	[ "$stderr" = "tel-archive: warning: tel.db: run edge spans 7 days and is cut at 2026-11-03T06:00:00.000Z: it is not judged as a whole any more; --run-days 7 keeps it" ]
	remains 'edge 1 long 1'
	# What left is part of its span.
	event long 70 | store
	pack --before 2026-11-05T21:00
	[[ $stderr = *': run long spans 8 days and is cut at '* ]]
	remains 'long 1'
	is_sound
}

@test "runs: the advice of the message keeps the run" {
	{ event a -289; event a 1; } | store
	pack --dry-run
	[[ $stderr =~ '--run-days '([0-9]+)' keeps it' ]]
	pack --run-days "${BASH_REMATCH[1]}"
	[ -z "$stderr" ]
	remains 'a 2'
}

@test "runs: --run-days 0 keeps none" {
	{ event a -0.5; event a 0.5; event b -1; } | store
	pack --run-days 0
	[[ $stderr = *': run a spans 1 day and is cut at 2026-11-03: '*'; --run-days 1 keeps it' ]]
	remains 'a 1'
}

@test "runs: a stray event of the far future makes a run long" {
	{ event a -2; event a -1; event a 60000000; event b -2; event b 100; } | store
	pack
	[[ $stderr = *': run a spans 2500001 days and is cut at '*'; --run-days 2500001 keeps it' ]]
	remains 'a 1 b 2'
	pack --run-days 2500001 --before 2026-11-04
	[ -z "$stderr" ]
}

@test "runs: --keep and --dry-run leave kept runs out, --keep cuts none" {
	{ event a -2; event a 1; event long -300; event long 1; event b -2; } | store
	pack --dry-run
	[ "$(jq -s 'map(.row_count) | add' <<<"$output")" = 2 ]
	[[ $stderr = *': run long spans 13 days and '* ]]
	[ ! -e arc ]
	pack --keep
	[ -z "$stderr" ]
	[ "$(tel-archive cat --archive arc | jq -r .run_id | xargs)" = 'long b' ]
	remains 'a 2 b 1 long 2'
	pack
	remains 'a 2 long 1'
	is_sound
}

@test "runs: ten of those that are cut are named, the others counted" {
	for i in {01..12}; do
		event "r$i" "-2$i"
		event "r$i" 1
	done | store
	pack
	[ "$(grep -c ' is cut at ' <<<"$stderr")" -eq 10 ]
	[ "$(tail -n 1 <<<"$stderr")" = 'tel-archive: warning: tel.db: 2 more runs are cut' ]
	[ "$(wc -l <<<"$stderr")" -eq 11 ]
	[[ $stderr = *': run r12 spans 9 days '*': run r11 spans '* ]]
}

# unlisted RUN...: one transaction of many runs, so that those are not listed by name: an
# event of each, two hours before the edge.
unlisted() {
	{ jq -nc --argjson edge "$EDGE_MS" 'range(1000) | {type: "observation", name: "n", run_id: "x\(.)",
			producer: "many", seq: (. + 1), ts_ms: ($edge - 7200000)}'
		echo 1000 >many.seq
		for name; do event "$name" -2 many; done; } >in.jsonl
	store <in.jsonl
}

@test "runs: those that run_sources does not list by name stay whole too" {
	unlisted a b c
	{ event a 1; event c -1; event x1 1; } | store
	event c 2 many | store
	[ "$(sql tel.db "SELECT count(*) FROM run_sources WHERE run_id IN ('a', 'b', 'c') AND source_no = 1")" = 1 ]
	pack --verbose
	remains 'a 2 c 3 x1 2'
	[[ $stderr = *'3 kept whole, with 4 rows of before; 0 cut' ]]
	is_sound
	TEL_NOW_MS=$((TEL_NOW_MS + DAY_MS)) pack
	remains ''
	is_sound
}

@test "runs: those not listed by name are listed when they are cut" {
	unlisted a b
	{ event a -199 many; event a -1 many; event a 1 many; event b 1 many; } | store
	{ jq -nc 'range(1001) | {type: "log", level: "info", message: "m", run_id: "y\(.)", ts_ms: 1, producer: "q", seq: (. + 1)}'
		echo 1001 >q.seq; event d -200 q; event d 1 q http; } >in.jsonl
	store <in.jsonl
	[ "$(sql tel.db "SELECT count(*) FROM run_sources WHERE run_id = 'd'")" = 0 ]
	pack --run-days 1
	[[ $stderr = *'run d spans 9 days '*$'\n'*'run a spans 9 days '* ]]
	[ "$(sql tel.db "SELECT until_position - from_position, row_count IS NULL FROM run_sources WHERE run_id = 'd'")" = '2|1' ]
	remains 'a 1 b 2 d 1'
	is_sound
	run -2 --separate-stderr prom-text --db tel.db --run d
	[[ $stderr = *": run 'd' is not whole: at most "*" of its events left for $PWD/arc" ]]
	run -0 --separate-stderr prom-text --db tel.db --run b
}

@test "runs: a file of an older version, which lists none, only read and then written" {
	{ event a -2; event a 1; event long -300; event long 1; event b -2; } | store
	sqlite3 tel.db 'DROP TABLE run_sources; DROP TABLE batch_pieces; DROP TABLE departures;
		DROP TABLE store_identity; DROP TABLE other_events; DELETE FROM store_schema; PRAGMA user_version = 1'
	cp tel.db old.db
	pack --dry-run
	[ "$(jq -s 'map(.row_count) | add' <<<"$output")" = 2 ]
	[[ $stderr = *': run long spans 13 days and '* ]]
	pack
	remains 'a 2 long 1'
	[ "$(sql tel.db "SELECT run_id, row_count IS NULL FROM run_sources ORDER BY 1")" = '|1
|1
|1
long|1' ]
	run -2 --separate-stderr prom-text --db tel.db --run long
	[[ $stderr = *"run 'long' is not whole: at most 1 of its events left for $PWD/arc" ]]
	run -0 --separate-stderr prom-text --db tel.db --run a
}

@test "runs: a run of which a part left has no samples in prom-text" {
	{ event night -200 night http; event night -1 night http; event night 1 night http; event whole 2 whole http; } | store
	prom-text --db tel.db --run night | grep -qxF 'tel_host_http_attempts{host="h"} 3'
	pack
	remains 'night 1 whole 1'
	run -2 --separate-stderr prom-text --db tel.db --run night --textfile tel.prom
	[ "$stderr" = "prom-text: tel.db: no data: run 'night' is not whole: 2 of its events left for $PWD/arc" ]
	run ! grep -q '^tel_run\|^tel_host' tel.prom
	grep -q '^tel_store_lines_total' tel.prom
	prom-text --db tel.db --run whole | grep -qxF 'tel_host_http_attempts{host="h"} 1'
	# The newest is not another because it is not whole; one that is gone is still known.
	TEL_NOW_MS=$((TEL_NOW_MS + DAY_MS)) pack
	run -2 --separate-stderr prom-text --db tel.db --run night
	[[ $stderr = *"run 'night' is not whole: 3 of its events left for $PWD/arc" ]]
	run -2 --separate-stderr prom-text --db tel.db --run never
	[ "$stderr" = "prom-text: tel.db: no data: no event of run 'never'" ]
	# Nobody asked for a run, and the other numbers are what they were.
	run -0 --separate-stderr prom-text --db tel.db
	[ -z "$stderr" ] && [[ $output != *tel_run_* && $output = *tel_store_lines_total* ]]
}

@test "runs: late events of a run that has left make it a part" {
	event a -30 | store
	pack
	event a -1 | store
	run -2 --separate-stderr prom-text --db tel.db --run a
	[[ $stderr = *"run 'a' is not whole: 1 of its events left for "* ]]
}

@test "runs: --run-days takes a whole number of days" {
	for value in -1 x 1.5 7d 99999999999999999999; do
		run -64 --separate-stderr tel-archive pack --archive arc --db tel.db --run-days "$value"
		[[ $stderr = "tel-archive: pack: --run-days: '$value' is not a whole number"* ]] || { echo "$stderr"; false; }
	done
	run -64 --separate-stderr tel-archive ls --archive arc --run-days 7
}
