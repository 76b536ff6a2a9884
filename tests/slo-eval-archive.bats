#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# slo-eval: events that have left for an archive are counted as before, or are unknown.
# shellcheck shell=bash disable=SC2030,SC2031,SC2154

load helper
load slo-eval

# 28 days of downloads, of which a third of the first half was missed; and a run that begins
# 14 days and 100 minutes ago, and misses the first half of its 200 items.
downloads() {
	jq -nc --argjson now "$NOW" '
		(range(2800) | {type: "download", ts_ms: ($now - 28 * 86400000 + . * 864000), producer: "d",
			seq: (. + 1), run_id: "r\(. / 200 | floor)", artifact_id: "a\(.)", ttfp_ms: 100,
			outcome: (if . < 1400 and . % 3 == 0 then "miss" else "success" end)}),
		(range(200) | {type: "download", ts_ms: ($now - 14 * 86400000 - 6000000 + . * 60000),
			producer: "h", seq: (. + 1), run_id: "night", artifact_id: "b\(.)", ttfp_ms: 100,
			outcome: (if . < 100 then "miss" else "success" end)})'
}

# Requests and openings of breakers of 28 days, some of which nobody answered.
others() {
	jq -nc --argjson now "$NOW" '
		range(1500) | . as $i | ($now - 28 * 86400000 + $i * 1600000) as $ts
		| {type: "http", ts_ms: $ts, host: ["a", "b", "c"][$i % 3], role: ["metadata", "artifact"][$i % 2],
			method: "GET", from_cache: ($i % 5 == 0), rate_delay_ms: ($i % 300)}
			+ if $i % 9 > 0 then {status: (if $i % 50 == 0 then 429 else 200 end)} else {} end,
		if $i % 40 == 0 then {type: "breaker", ts_ms: ($ts + 1), host: "a", scope: "host",
			old_state: "closed", new_state: "open"} else empty end'
}

store() {
	tel-ingest -q --db tel.db "$@" >/dev/null
}

pack() {
	tel-archive pack -q -a arc -d tel.db -b -14d "$@" >/dev/null
}

# yield [OPTION]...: judges the built-in objective.
yield() {
	run --separate-stderr slo-eval --db tel.db --only yield "$@"
}

# found EXIT_CODE VERDICT REASON GOOD BAD UNKNOWN
found() {
	[ "$status $(field '|[.verdict, .reason, .good, .bad, .unknown] | join(" ")')" = "$*" ] ||
		{ printf '%s\n' "$status $output" "$stderr" && return 1; }
}

@test "archive: the cron line of pack does not turn a breach into a pass" {
	downloads | store
	yield
	found 1 breach missed 2433 567 0
	before=$output
	pack
	[ "$(sql tel.db 'SELECT count(*) FROM downloads')" -eq 1600 ]
	yield
	[ "$status" -eq 1 ] && [ "$output" = "$before" ] && [ "$stderr" = "" ]
	# Without the counts, the archive that the database remembers is read.
	rm tel.db.counts
	yield -v
	[ "$output" = "$before" ]
	[[ $stderr = *': 3000 events were counted in '* ]]
	yield -v
	[ "$output" = "$before" ]
	[[ $stderr = *': 0 events were counted in '* ]]
	yield --no-counts
	[ "$output" = "$before" ]
	# With the counts, it is not.
	mv arc away
	yield
	[ "$output" = "$before" ] && [ "$stderr" = "" ]
	yield --recount
	[ "$status" -eq 1 ] && [ "$output" = "$before" ]
	[[ $stderr = *'14 days were not compared, because what left then is in no archive that can be read' ]]
}

@test "archive: hidden, what is in it is unknown, and nothing passes or is missed by it" {
	downloads | store
	pack
	mv arc away
	yield
	found 2 insufficient archived 1500 100 1400
	[[ $stderr = *'tel.db: events that left for an archive could not be counted, and 1 line cannot be judged without them; --archive names it, '* ]]
	yield --at -15d
	found 2 no_data archived 0 0 1400
	# What decides by itself needs no archive.
	slo 0.99 30d "good: outcome = 'success'" | sed 's/event: http/event: download/' >mine.yaml
	run --separate-stderr slo-eval --db tel.db --slo mine.yaml
	found 1 breach missed 1500 100 1400
	slo 0.5 30d "good: outcome = 'success'" | sed 's/event: http/event: download/' >mine.yaml
	run --separate-stderr slo-eval --db tel.db --slo mine.yaml
	found 0 pass met 1500 100 1400
	# Events of another type did not leave.
	http 200 1 | store
	run --separate-stderr slo-eval --db tel.db --only http-429
	found 0 pass met 1 0 0
	# Named, it is counted; by option, or by TEL_ARCHIVE, over which the option goes.
	yield --no-counts --archive away
	found 1 breach missed 2433 567 0
	export TEL_ARCHIVE=away
	yield --no-counts
	found 1 breach missed 2433 567 0
	export TEL_ARCHIVE=nowhere
	yield --no-counts
	[ "$status" -eq 66 ]
	[[ $stderr = *'nowhere: No such file or directory' ]]
	yield
	[ "$status" -eq 66 ]
	yield -a away
	found 1 breach missed 2433 567 0
	# Now the counts have it.
	yield
	found 1 breach missed 2433 567 0
}

@test "archive: that of another database is refused" {
	downloads >events
	store events
	pack
	mkdir other
	(cd other && http 200 2000000000 | store && pack)
	yield --archive other/arc
	[ "$status" -eq 78 ] && [ "$output" = "" ]
	[[ $stderr = *'other/arc: the archive of another database than tel.db' ]]
	yield --archive other/arc --no-counts
	[ "$status" -eq 78 ] && [ "$output" = "" ]
	# One that is only remembered, and was replaced, is as good as none.
	rm -r arc tel.db.counts
	cp -r other/arc arc
	yield
	found 2 insufficient archived 1500 100 1400
	# Of events of standard input there is none.
	TEL_ARCHIVE=nowhere run --separate-stderr slo-eval --db - --only yield <events
	found 1 breach missed 2433 567 0
}

@test "archive: a partition that is damaged or gone is unknown, until it is mended" {
	downloads | store
	pack
	cp -r arc kept
	part=$(cd arc && ls warm/downloads/*/* | tail -n 1)
	for damage in ': >arc/$part' 'rm arc/$part' 'printf x | dd of=arc/$part bs=1 seek=30 conv=notrunc status=none'; do
		rm -f tel.db.counts
		eval "$damage"
		yield --no-counts
		[ "$(field '|.unknown > 0 and .good + .bad + .unknown == 3000')" = true ]
		yield
		[ "$(field '|.unknown > 0 and .good + .bad + .unknown == 3000')" = true ]
		cp kept/"$part" arc/"$part"
		yield
		found 1 breach missed 2433 567 0
	done
}

@test "archive: an --at within a minute that was packed is as before" {
	# Ten events a minute, of which the first two miss: 20 days ago, and the minute of midnight.
	jq -nc --argjson now "$NOW" '(($now - 20 * 86400000) / 86400000 | floor * 86400000) as $day
		| range(7200) | {type: "download", ts_ms: ($day - 21600000 + . * 6000), producer: "d", seq: (. + 1),
			artifact_id: "a\(.)", ttfp_ms: 100, outcome: (if . % 10 < 2 then "miss" else "success" end)}' | store
	day=$(((NOW - 20 * 86400000) / 86400000 * 86400000))
	ends=("$day" "$((day - 1))" "$((day + 12000))" "$((day + 3600000 + 59999))" "$((day - 7200000 + 5999))")
	for at in "${ends[@]}"; do yield --at "$at"; echo "$status $output"; done >before
	grep -q '"good":2880,"bad":721,' before
	cp tel.db.counts counted
	pack
	[ "$(sql tel.db 'SELECT count(*) FROM downloads')" -eq 0 ]
	# Counted before it left; counted from the archive; and not stored.
	for counts in tel.db.counts counted new --no-counts; do
		[ "$counts" = --no-counts ] || counts="--counts $counts"
		for at in "${ends[@]}"; do
			# shellcheck disable=SC2086
			yield --at "$at" $counts
			echo "$status $output"
		done >after
		diff before after
	done
	# The minutes that a file of counts knows are not enough without the archive.
	mv arc away
	yield --at "$((day + 12000))"
	found 1 breach missed 2880 720 10
	yield --at "$((day + 59999))"
	found 1 breach missed 2888 722 0
}

@test "archive: what a file of counts that may not be written misses is read from it" {
	downloads | store
	pack
	mv arc away
	yield
	found 2 insufficient archived 1500 100 1400
	before=$(sha256sum <tel.db.counts)
	chmod 444 tel.db.counts
	run --separate-stderr without_rights slo-eval -v --db tel.db --only yield --archive away
	found 1 breach missed 2433 567 0
	[[ $stderr = *'tel.db: 1400 events were counted in '*', which is not written' ]]
	[ "$(sha256sum <tel.db.counts)" = "$before" ]
	mv away arc
	run --separate-stderr without_rights slo-eval --db tel.db --only yield
	found 1 breach missed 2433 567 0
	chmod 644 tel.db.counts
	yield
	found 1 breach missed 2433 567 0
}

@test "archive: a database that came back from a copy and left otherwise is counted afresh" {
	{ downloads && others; } | store
	sqlite3 tel.db ".backup copy.db"
	pack --table downloads
	mv arc away
	yield --counts kept
	found 2 insufficient archived 1500 100 1400
	# In the copy, which knows as many transactions, as many days of another table leave.
	rm tel.db tel.db-*
	mv copy.db tel.db
	TEL_NOW_MS=$((NOW + 1)) pack --table http_events
	[ "$(sql tel.db 'SELECT count(DISTINCT table_name) FROM departures')" -eq 1 ]
	yield --counts kept
	found 1 breach missed 2433 567 0
	yield --counts kept --recount
	[ "$status" -eq 1 ]
}

@test "archive: a run stays whole, or is not judged as whole" {
	downloads | store
	yield --run night
	found 1 breach missed 100 100 0
	before=$output
	pack
	yield --run night
	[ "$output" = "$before" ]
	# The same, of a run that was cut.
	rm -r arc tel.db*
	downloads | store
	pack --run-days 0 -v
	[ "$(sql tel.db "SELECT count(*) FROM downloads WHERE run_id = 'night'")" -eq 100 ]
	yield --run night
	found 2 insufficient archived 100 0 100
	[ "$(field coverage_ratio)" -eq 1 ]
	# And of one that has left as a whole.
	yield --run r0
	found 2 no_data archived 0 0 200
	[ "$(field '|.window | .from_ms < .until_ms')" = true ]
}

# all FILE [OPTION]...: all verdicts of the built-in pack and of mine.yaml, of several ends
# of the windows, and the exit codes.
all() {
	local at file=$1
	for at in now -10m -13d -20d; do
		slo-eval -q --db tel.db --slo "$ROOT/schema/slo" --slo mine.yaml --at $at "${@:2}" || echo "exit $?"
	done >"$file"
}

@test "archive: 30-day verdicts are the same bytes before and after a pack, however they are counted" {
	{ NAME=ratio slo 0.95 30d 'bad: status >= 400, group: [host, role]'
	NAME=few slo 0.95 30d 'bad: status >= 400, group: host, max_groups: 1'
	NAME=slices METHOD=Timeslices slo 0.9 30d 'bad: status >= 400' 'timeSliceTarget: 1, timeSliceWindow: 1h'
	NAME=age METHOD=Timeslices METRIC=thresholdMetric slo 0.9 30d 'aggregate: age, where: status = 429' \
		'op: lte, value: 36h, timeSliceTarget: 1, timeSliceWindow: 1d'; } >mine.yaml
	{ downloads; others; } | store
	all before --no-counts
	# Counted a while ago, and brought up to date by pack.
	tel-archive pack -q -a arc -d tel.db -b -20d >/dev/null
	all early
	diff before early
	cp tel.db.counts kept.counts
	# Late events of days that have left.
	{ downloads; others; } | sed 's/"run_id":"[^"]*",//; s/"producer":"./&late/' | head -n 900 | store
	all before --no-counts
	pack
	[ "$(sql tel.db 'SELECT count(*) < 4000 FROM http_events')" -eq 1 ]
	all after
	diff before after
	all rows --no-counts
	diff before rows
	rm tel.db.counts
	all again
	diff before again
	mv kept.counts tel.db.counts
	all behind
	diff before behind
	slo-eval -q --db tel.db --slo mine.yaml --recount >/dev/null 2>messages || [ $? -lt 3 ]
	[ ! -s messages ]
}

@test "archive: restored into another database, events are judged as before" {
	downloads | store
	yield
	before=$output
	pack
	# Back into the same one they are duplicates.
	tel-archive cat -a arc | store
	yield
	[ "$output" = "$before" ]
	mv tel.db packed.db
	mv tel.db.counts packed.counts
	tel-archive cat -a arc | store
	sqlite3 packed.db "SELECT json_object('type', 'download', 'ts_ms', ts_ms, 'artifact_id', artifact_id,
		'outcome', outcome) FROM downloads" | store
	yield
	[ "$output" = "$before" ]
}
