#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# slo-eval: how old the newest event is, as of a backup that has to come every night.
# shellcheck shell=bash disable=SC2030,SC2031,SC2154

load helper
load slo-eval

EXAMPLE=$ROOT/examples/slo/backup-freshness.yaml
HOUR=3600000

# backup AGE_MS [OUTCOME [JOB]]: prints an event.
backup() {
	printf '{"type":"observation","ts_ms":%d,"name":"backup","outcome":"%s","labels":{"job":"%s"}}\n' \
		$((NOW - $1)) "${2:-ok}" "${3:-db}"
}

# age WINDOW SLICE [FIELDS [TARGET]]: prints an SLO of the age of events.
age() {
	METHOD=Timeslices METRIC=thresholdMetric EVENT=observation slo "${4:-1}" "$1" \
		"aggregate: age${3:+, $3}" "op: lte, value: 26h, timeSliceTarget: 1, timeSliceWindow: $2"
}

# fresh EXIT_CODE VERDICT REASON GOOD BAD SILENT_S
fresh() {
	[ "$status $(field '|[.verdict, .reason, .good, .bad, .silent_s // "never"] | join(" ")')" = "$*" ] ||
		{ printf '%s\n' "$status $output" "$stderr" && return 1; }
}

@test "freshness: a backup in the last 26 hours is 0; an older one, or none ever, is 1" {
	cp "$EXAMPLE" mine.yaml
	: >events
	judge
	fresh 1 breach missed 0 1 never
	[ "$stderr" = "" ]
	backup $((26 * HOUR)) >events
	judge
	fresh 0 pass met 1 0 93600
	backup $((26 * HOUR + 1)) >events
	judge
	fresh 1 breach missed 0 1 93600.001
	# Others do not count.
	{ backup $HOUR failed; backup $HOUR | sed 's/"backup"/"restore"/'; http 200 5; } >>events
	judge
	fresh 1 breach missed 0 1 93600.001
	# It came after all, and counts when its minute is over.
	backup -5 >>events
	NOW=$((NOW + 59990)) judge
	fresh 1 breach missed 0 1 59.985
	NOW=$((NOW + 60000)) judge
	fresh 0 pass met 1 0 59.995
	# One of the future is none of the past.
	backup -$HOUR >events
	judge
	fresh 1 breach missed 0 1 never
}

@test "freshness: each of its words says what to look at" {
	cp "$EXAMPLE" mine.yaml
	{ backup $((50 * HOUR)); backup $((30 * HOUR)); backup $HOUR failed; } >events
	judge --format table
	[[ $output = *'breach: backup-freshness: 1 of 1 slices are bad and 0 may be (the first is a breach); the newest event came 1d 6h before the end.'* ]]
	tel-ingest -q --db tel.db events >/dev/null
	[ "$(sql tel.db "$(sed -n 's/^  Look at: //p' <<<"$output")" | cut -d '|' -f 2)" = $((NOW - 30 * HOUR)) ]
	: >events
	judge --format table
	[[ $output = *'(the first is a breach); no event has ever come.'* ]]
	[ "$status" -eq 1 ]
}

@test "freshness: the same of a database, of its counts, and after years" {
	cp "$EXAMPLE" mine.yaml
	http 200 5 | tel-ingest -q --db tel.db >/dev/null
	for age in $((900 * 24 * HOUR)) $((27 * HOUR)) $((25 * HOUR)); do
		backup $age | tel-ingest -q --db tel.db >/dev/null
		for options in '' '--no-counts' '--recount'; do
			# shellcheck disable=SC2086 # no option, or one
			run --separate-stderr slo-eval --db tel.db --slo mine.yaml $options
			[ "$(field silent_s)" = $((age / 1000)) ]
			[ "$status" -eq $((age > 26 * HOUR)) ]
			[ "$stderr" = "" ]
		done
	done
}

@test "freshness: of groups, each that ever had an event has a line; without any there is one" {
	age 1m 1m "where: outcome = 'ok', group: labels.job" >mine.yaml
	{ backup $HOUR ok db; backup $((40 * 24 * HOUR)) ok mail; backup $HOUR failed web; } >events
	judge
	[ "$(field '|[.group["labels.job"], .verdict, .silent_s] | join(" ")')" = $'db pass 3600\nmail breach 3456000' ]
	[ "$status" -eq 1 ]
	backup $HOUR failed >events
	judge
	fresh 1 breach missed 0 1 never
	[ "$(field group)" = '{}' ]
}

@test "freshness: a fresh group does not stand for those past max_groups" {
	age 1m 1m "group: labels.job, max_groups: 1" >mine.yaml
	{ backup $HOUR ok db; backup $HOUR ok db; backup $((40 * HOUR)) ok mail; backup $HOUR ok web; } >events
	judge
	[ "$(field '|[.group["labels.job"], .verdict] | join(" ")')" = $'db pass\nmail breach\nweb pass' ]
	[ "$stderr" = "" ]
}

@test "freshness: of a month, with a budget of hours" {
	age 30d 1h "where: outcome = 'ok'" 0.95 >mine.yaml
	# Every night at 2, but one night 4 days ago: 22 hours are too late.
	for day in {0..35}; do [ $day -eq 4 ] || backup $((22 * HOUR + day * 24 * HOUR)); done >events
	judge
	[ "$(field '|[.verdict, .good, .bad, .total] | join(" ")')" = 'pass 698 22 720' ]
	sed -i 's/target: 0.95/target: 0.97/' mine.yaml
	judge
	[ "$(field '|[.verdict, .reason] | join(" ")')" = 'breach missed' ]
	# Before the first one of all, there was none either.
	backup $HOUR >events
	judge
	[ "$(field '|[.good, .bad] | join(" ")')" = '1 719' ]
}

@test "freshness: what left for an archive is unknown without it, unless a newer one is enough" {
	cp "$EXAMPLE" mine.yaml
	{ backup $((30 * HOUR)); backup $((25 * HOUR)); } | tel-ingest -q --db tel.db >/dev/null
	tel-archive pack -q -a arc -d tel.db -b now >/dev/null
	run --separate-stderr slo-eval --db tel.db --slo mine.yaml
	fresh 0 pass met 1 0 90000
	rm tel.db.counts
	mv arc away
	run --separate-stderr slo-eval --db tel.db --slo mine.yaml
	[ "$status" -eq 2 ]
	[ "$(field '|[.verdict, .reason, .unknown] | join(" ")')" = 'no_data archived 1' ]
	# Whatever left, it left long before.
	TEL_NOW_MS=$((NOW + 10 * 24 * HOUR)) run --separate-stderr slo-eval --db tel.db --slo mine.yaml
	[ "$status" -eq 1 ] && [ "$(field '|[.verdict, .bad] | join(" ")')" = 'breach 1' ]
	backup $HOUR | tel-ingest -q --db tel.db >/dev/null
	run --separate-stderr slo-eval --db tel.db --slo mine.yaml
	fresh 0 pass met 1 0 3600
}

@test "freshness: is no property of a run" {
	{ cat "$EXAMPLE"; slo 0.5 30d 'bad: status >= 500'; } >mine.yaml
	http 200 5 '"run_id":"r"' >events
	judge --run r
	[ "$status" -eq 0 ] && [ "$(field slo)" = mine ]
	judge --run r --only backup-freshness
	[ "$status" -eq 2 ] && [ "$output" = "" ]
}

# wrong WORDS: mine.yaml is refused with these words.
wrong() {
	judge --check
	[ "$status" -eq 78 ] && [[ $stderr = *"$1"* ]] || { echo "$status $stderr" && return 1; }
}

@test "freshness: files that are wrong" {
	: >events
	age 1m 1m | sed 's/value: 26h/value: soon/' >mine.yaml
	wrong "'soon' is neither a duration such as 26h nor a number of ms"
	age 1m 1m | sed 's/aggregate: age/aggregate: ages/' >mine.yaml
	wrong "'aggregate' is 'ages', not age"
	for field in 'value: value' 'exclude: TRUE' 'presence: {event: http}' 'empty_slices: bad'; do
		age 1m 1m "$field" >mine.yaml
		wrong "'${field%%:*}'"
	done
	age 1m 1m | sed 's/timeSliceTarget: 1/timeSliceTarget: 0.5/' >mine.yaml
	wrong "with 'aggregate: age' the objective's 'timeSliceTarget' has to be 1"
	age 1m 1m | sed 's/Timeslices/Occurrences/; s/, timeSliceTarget.*/}]/' >mine.yaml
	wrong "'aggregate: age' is that of the end of each slice, so it goes with budgetingMethod Timeslices"
	METHOD=Timeslices slo 1 1m 'aggregate: age, bad: TRUE' 'timeSliceTarget: 1, timeSliceWindow: 1m' >mine.yaml
	wrong "'value', 'presence' and 'aggregate' belong to a thresholdMetric without 'good' and 'bad'"
	# A window that may hold no whole slice is told of.
	age 1h 1h >mine.yaml
	judge --check
	[ "$status" -eq 0 ]
	[[ $stderr = *"its window does not always hold a whole 'timeSliceWindow'; one that is twice as long does" ]]
	age 2h 1h >mine.yaml
	judge --check
	[ "$stderr" = "" ]
}
