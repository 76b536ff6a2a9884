#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# slo-eval: slices of time, those without events, and those that nobody can judge.
# shellcheck shell=bash disable=SC2030,SC2031,SC2154

load helper
load slo-eval

ERRORS='bad: status >= 500'
MINUTES='timeSliceTarget: 0.95, timeSliceWindow: 1m'

@test "slices without events are good: 101 minutes of a week with a request, 5 of them bad" {
	METHOD=Timeslices slo 0.9995 1w "$ERRORS" "$MINUTES" >mine.yaml
	# OpenSLO's own example: 5.04 of 10080 minutes may be bad.
	{ requests 101 6000000 '(i > 95) ? 500 : 200' 60000; http 200 604800000; } >events
	judge
	is warn budget_low 5 10080
	[ "$(field '|[.good, .empty] | join(" ")')" = '10075 9978' ]
	sed -i 's/bad: /empty_slices: exclude, bad: /' mine.yaml
	judge
	is breach missed 5 102
	[ "$(field '|[.excluded, .empty] | join(" ")')" = '9978 9978' ]
	sed -i 's/exclude/bad/' mine.yaml
	judge
	is breach missed 9983 10080
	sed -i 's/empty_slices: bad/empty_slices: none/' mine.yaml
	judge
	[ "$status" -eq 78 ]
	[[ $stderr = *"'empty_slices' is 'none', not good, bad or exclude"* ]]
	slo 0.9 1w "$ERRORS, empty_slices: bad" >mine.yaml
	judge
	[ "$status" -eq 78 ]
	[[ $stderr = *"'empty_slices' goes with budgetingMethod Timeslices"* ]]
}

@test "a slice that the window cuts, or that is not over, is not judged" {
	METHOD=Timeslices slo 0.5 1h "$ERRORS" "$MINUTES" >mine.yaml
	NOW=$((NOW - 20000))
	# The minute in which the window would begin, were it not for whole minutes, is 95 %
	# good; and the last one is bad as far as it goes.
	{ requests 95 1 200 3619900; requests 5 1 500 3590000; http 200 1800000; http 500 10; } >events
	judge
	[ "$(field window.from_ms)" -eq $((NOW - 3640000)) ]
	[ "$(field '|[.verdict, .good, .bad, .unknown] | join(" ")')" = 'pass 60 0 0' ]
	METHOD=Timeslices slo 0.5 1h "$ERRORS" 'timeSliceTarget: 0.95, timeSliceWindow: 7m' >mine.yaml
	judge
	[ "$(field total)" -eq 8 ]
	METHOD=Timeslices slo 0.95 1h "$ERRORS" "$MINUTES" >mine.yaml
	NOW=$((NOW + 20010))
	{ requests 10 60000 200 60010; http 500 5; } >events
	judge
	[ "$(field '|[.verdict, .good, .bad] | join(" ")')" = 'pass 10 0' ]
}

@test "slices: a window of days from the first millisecond on is covered by its share" {
	NOW=777600000
	METHOD=Timeslices slo 0.9 10d "$ERRORS" 'timeSliceTarget: 1, timeSliceWindow: 1h' >mine.yaml
	{ http 200 777600000; http 200 345600000; http 200 259200000; } >events
	judge
	[ "$(field coverage_ratio)" = 0.6 ]
}

@test "slices with presence are those in which there was anything to count" {
	cat >mine.yaml <<-'END'
		apiVersion: openslo/v1
		kind: SLO
		metadata: {name: mine}
		spec:
		  service: s
		  budgetingMethod: Timeslices
		  timeWindow: [{duration: 7d, isRolling: true}]
		  indicator:
		    spec:
		      thresholdMetric:
		        metricSource:
		          type: teltools
		          spec: {event: breaker, group: host, presence: {event: http}}
		  objectives: [{op: lte, value: 12, target: 0.9, timeSliceTarget: 1, timeSliceWindow: 1h}]
	END
	printf '{"type":"breaker","ts_ms":%d,"host":"a","scope":"host","old_state":"closed","new_state":"open"}\n' \
		$((NOW - 18000000)) >events
	http 200 36000000 >>events
	judge
	is pass met 0 1
}

@test "a dead producer does not pass: slices after the newest event are unknown" {
	METHOD=Timeslices slo 0.99 1d "$ERRORS" "$MINUTES" >mine.yaml
	requests 1440 60000 200 1 >events
	judge
	is pass met 0 1440
	# It died an hour ago, with an empty minute before.
	requests 1380 60000 200 3600001 >events
	sed -i 2d events
	judge
	is insufficient unknown 0 1380
	[ "$(field '|[.unknown, .empty, .silent_s] | join(" ")')" = '60 1 3600.001' ]
	[ "$status" -eq 2 ]
	# Bad minutes before are enough for a breach, whatever the others were.
	requests 1380 60000 '(i < 60) ? 500 : 200' 3600001 >events
	judge
	is breach missed 60 1380
	# An objective of events speaks of those that came, and says how long none did;
	slo 0.99 1d "$ERRORS" >mine.yaml
	requests 1380 60000 200 3600001 >events
	judge
	is pass met 0 1380
	[ "$(field silent_s)" = 3600.001 ]
	# unless it asks for newer ones.
	slo 0.99 1d "$ERRORS, max_silence: 1h" >mine.yaml
	judge
	is insufficient silent 0 1380
	[ "$status" -eq 2 ]
	http 200 3600000 >>events
	judge
	is pass met 0 1381
}

@test "no data of slices: the --at that is named is the end of the newest one" {
	METHOD=Timeslices slo 0.5 7d 'bad: status >= 500' 'timeSliceTarget: 1, timeSliceWindow: 1h' >mine.yaml
	http 200 $((800 * 3600000 + 1000)) >events
	judge
	is no_data unknown 0 0
	[[ $stderr = *'the newest is of 2026-04-25T15:59:59.000Z, and --at 2026-04-25T16:00:00.000Z would judge it' ]]
	judge --at 2026-04-25T16:00:00.000Z
	is pass met 0 1
	[ "$stderr" = "" ]
}
