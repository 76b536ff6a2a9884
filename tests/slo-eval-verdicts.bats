#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# slo-eval: true answers where other evaluators are known to give wrong ones, and where
# there are too few events, none, or none that is known.
# shellcheck shell=bash disable=SC2030,SC2031,SC2154

load helper
load slo-eval

ERRORS='bad: status >= 500'

# ---- what other evaluators get wrong

@test "uneven traffic: 3000 of 61380, not 0.2 % as a mean over time has it" {
	slo 0.999 30d "$ERRORS" >mine.yaml
	{ requests 60000 60 'i % 20 ? 200 : 500'; requests 1380 60000 200 3600000; } >events
	judge
	is breach missed 3000 61380
	[ "$(field sli)" = 0.951124144672 ]
	[ "$(field budget_consumed_ratio)" = 48.875855327468 ]
	[ "$status" -eq 1 ]
}

@test "idle minutes: 0 of 0 is no number, and spoils no other" {
	slo 0.999 30d "$ERRORS" >mine.yaml
	requests 700 60000 200 1200000 >events
	judge
	is pass met 0 700
	[ "$(field '|[.sli, .budget_remaining_ratio, .burn[0].long_burn, .burn[0].short_burn]')" = '["1",1,0,null]' ]
	[[ ${output,,} != *nan* && ${output,,} != *inf* ]]
	# Nothing at all for hours.
	requests 700 60000 200 30000000 >events
	judge
	is pass met 0 700
	[ "$(field '|[.burn[] | .long_burn, .short_burn]')" = '[null,null,null,null,0,null,0,null]' ]
	METHOD=Timeslices slo 0.999 30d "$ERRORS" 'timeSliceTarget: 1, timeSliceWindow: 1m' >mine.yaml
	requests 700 60000 'i < 350 ? 200 : 500' 1200000 >events
	judge
	is breach missed 350 700
}

@test "the first burst of errors is counted, and that of a label that is new" {
	slo 0.999 30d "$ERRORS" >mine.yaml
	{ requests 60 60000 200; requests 50 3000 500 1; } >events
	judge
	is breach missed 50 110
	[ "$(firing)" = '1h 6h 1d 3d' ]
	slo 0.999 30d "$ERRORS, group: host" >mine.yaml
	{ requests 60 60000 200; requests 50 3000 500 1 new; } >events
	judge
	[ "$(field '|[.group.host, .verdict, .bad, .total] | join(" ")')" = $'a pass 0 60\nnew breach 50 50' ]
	[ "$(firing | tail -n 1)" = '1h 6h 1d 3d' ]
}

@test "a service three minutes old: 1 % of errors pages nobody, 100 % does" {
	slo 0.999 30d "$ERRORS" >mine.yaml
	requests 300 600 'i % 100 ? 200 : 500' 1 >events
	judge
	is insufficient evidence 3 300
	[ "$(firing)" = '' ]
	[ "$status" -eq 2 ]
	requests 300 600 500 1 >events
	judge
	is breach missed 300 300
	[ "$(firing)" = '1h 6h 1d 3d' ]
	[ "$status" -eq 1 ]
	# Half of 18 requests.
	slo 0.99 30d "$ERRORS" >mine.yaml
	requests 18 10000 'i % 2 ? 500 : 200' >events
	judge
	is breach missed 9 18
	[ "$(firing)" = '1h 6h 1d 3d' ]
	# The first request of all.
	http 500 1 >events
	judge
	is insufficient evidence 1 1
	[ "$(firing)" = '' ]
}

@test "one failure pages nobody: at a request a minute, at one an hour, at 99.999 %" {
	requests 4320 60000 'i == 2 ? 500 : 200' >events
	slo 0.999 30d "$ERRORS" >mine.yaml
	judge
	is pass met 1 4320
	[ "$(firing)" = '' ]
	[ "$status" -eq 0 ]
	[ "$(field '|[.burn[] | .n, .bad, .bad_needed] | join(" ")')" = '61 1 3 361 1 5 1441 1 9 4320 1 15' ]
	slo 0.99999 30d "$ERRORS" >mine.yaml
	judge
	is insufficient evidence 1 4320
	[ "$(firing)" = '' ]
	# 30 days, with limits for verdicts: they do not touch pairs, which need none.
	requests 43200 60000 'i == 2 ? 500 : 200' >events
	slo 0.999 30d "$ERRORS, min_bad_events: 2, min_events: 100" >mine.yaml
	judge
	is pass met 1 43200
	[ "$(firing)" = '' ]
	requests 720 3600000 'i ? 200 : 500' >events
	slo 0.99 30d "$ERRORS" >mine.yaml
	judge
	is pass met 1 720
	[ "$(firing)" = '' ]
}

@test "decimals are exact: 20 times, 14.4 and no more, 0.7 of 10" {
	slo 0.999 30d "$ERRORS" >mine.yaml
	requests 6000 600 'i % 100 < 2 ? 500 : 200' 1 >events
	judge
	[ "$(field '|[.sli, .target, .budget_consumed_ratio] | join(" ")')" = '0.98 0.999 20' ]
	[ "$(field '|.burn[0] | [.factor, .long_burn, .short_burn] | join(" ")')" = '14.4 20 20' ]
	[[ $output != *000000* && $output != *999999* ]]
	# A rate that is exactly the factor does not exceed it.
	requests 1250 200 'i % 69 ? 200 : 500' 1 >events
	[ "$(grep -c 500 events)" -eq 19 ]
	sed -i '1s/500/200/' events
	judge
	[ "$(field '|.burn[0] | [.long_burn, .short_burn, .firing] | join(" ")')" = '14.4 14.4 false' ]
	http 500 2 >>events
	judge
	[ "$(field '|.burn[0].firing')" = true ]
	requests 10 60000 'i < 3 ? 500 : 200' >events
	slo 0.7 30d "$ERRORS" >mine.yaml
	judge
	is warn budget_low 3 10
}

# ---- pairs and windows

@test "an old event does not make a window full; 3 of 19 at 90 % are no evidence" {
	slo 0.9 30d "$ERRORS" >mine.yaml
	{ http 200 345600000; requests 18 10000 'i % 6 ? 200 : 500'; } >events
	judge
	is insufficient evidence 3 19
	[ "$(firing)" = '' ]
	[[ $output != *covered* ]]
}

@test "28 days at 0.96 of the allowed rate do not burn too fast" {
	slo 0.99 28d "$ERRORS" >mine.yaml
	requests 40319 60000 'i % 104 ? 200 : 500' >events
	judge
	is warn budget_low 388 40319
	[ "$(firing)" = '' ]
	[ "$status" -eq 0 ]
}

@test "ten minutes of failures only are exit 1, whatever the 30 days before; --fail-on" {
	slo 0.999 30d "$ERRORS" >mine.yaml
	requests 43200 60000 'i < 10 ? 500 : 200' >events
	judge
	is warn burning 10 43200
	[ "$(firing)" = '1h 6h 1d' ]
	[ "$status" -eq 1 ]
	judge --fail-on page
	[ "$status" -eq 1 ]
	judge --fail-on breach
	[ "$status" -eq 0 ]
	judge --fail-on warn
	[ "$status" -eq 1 ]
	# It ended: only the slow pairs, which are no page.
	requests 43200 60000 'i >= 100 && i < 130 ? 500 : 200' >events
	judge
	is warn burning 30 43200
	[ "$(field '|[.burn[] | select(.firing).severity] | unique | join(" ")')" = ticket ]
	[ "$status" -eq 0 ]
	judge --fail-on warn
	[ "$status" -eq 1 ]
}

# ---- what is unknown, or cannot be judged

@test "requests without an answer are unknown, whichever way the condition is written" {
	for condition in 'bad: status >= 500' 'good: status < 500'; do
		slo 0.9 30d "$condition" >mine.yaml
		for age in 1 2 3 4 5; do http - $age; done >events
		http 200 3000000000 >>events
		judge
		[ "$(field '|[.verdict, .reason, .good, .bad, .unknown, .sli] | join(" ")')" = 'no_data unknown 0 0 5 ' ]
		[ "$status" -eq 2 ]
		# 95 of 100: 90 have to be good, so that the 5 decide nothing.
		requests 95 1000 200 10 >>events
		judge
		is pass met 0 95
		[ "$(field '|[.unknown, .evidence.n, .sli] | join(" ")')" = '5 100 1' ]
		# Nor here, where 80 are, and now they do.
		requests 15 20000 500 10 >>events
		requests 10 20000 200 11 >>events
		judge
		[ "$(field '|[.verdict, .good, .bad, .unknown] | join(" ")')" = 'breach 105 15 5' ]
		slo 0.86 30d "$condition" >mine.yaml
		judge
		[ "$(field '|[.verdict, .reason, .sli] | join(" ")')" = 'insufficient unknown 0.875' ]
		[ "$status" -eq 2 ]
	done
	slo 0.86 30d 'bad: status >= 500 OR status IS NULL' >mine.yaml
	judge
	[ "$(field '|[.good, .bad, .unknown] | join(" ")')" = '105 20 0' ]
}

@test "a condition that could never hold is refused, and so is a value that is none" {
	http 500 1 >events
	for condition in host method "status = 'abc'" 'NOT method'; do
		slo 0.9 30d "bad: \"$condition\"" >mine.yaml
		judge
		[ "$status" -eq 78 ] && [ "$output" = "" ]
	done
	METRIC=thresholdMetric slo 0.9 30d 'value: host' 'op: gt, value: 5' >mine.yaml
	judge
	[ "$status" -eq 78 ] && [ "$output" = "" ]
	[[ $stderr = *"host is a text, not a number"* ]]
}

@test "what is out of scope says so: composite objectives, seconds, unknown runs" {
	http 200 1 >events
	slo 0.9 30d "$ERRORS" >mine.yaml
	judge --at $((NOW / 1000))
	[ "$status" -eq 64 ] && [ "$output" = "" ]
	[[ $stderr = *"--at: '1780012800' looks like seconds since the epoch; write ms, 1780012800000"* ]]
	judge --run nope
	[ "$status" -eq 2 ]
	[ "$(field '|[.verdict, .window, .run_id]')" = '["no_data",null,"nope"]' ]
	[[ $stderr = *'no such run'* ]]
	cat >mine.yaml <<-'END'
		apiVersion: openslo/v1
		kind: SLO
		metadata: {name: mine}
		spec:
		  service: s
		  budgetingMethod: Occurrences
		  timeWindow: [{duration: 7d, isRolling: true}]
		  objectives: [{target: 0.9, indicatorRef: one, compositeWeight: 1}]
	END
	judge --check
	[ "$status" -eq 78 ]
	[[ $stderr = *'composite objectives (with an indicator or a weight each) cannot be judged'* ]]
}

@test "no data names the newest event; events after the end are counted" {
	slo 0.9 30d "$ERRORS" >mine.yaml
	http 500 3456000000 >events
	judge
	is no_data no_events 0 0
	[[ $stderr = *'no http event in the windows; the newest is of 2026-04-19T00:00:00.000Z, and --at 2026-04-19T00:00:00.000Z would judge it' ]]
	{ http 200 1; requests 5 1 500 -86400000; } >events
	judge
	is pass met 0 1
	[[ $stderr = *'5 http events later than 2026-05-29T00:00:00.000Z, the end of the windows, are not judged' ]]
}

# ---- groups, and choosing SLOs

@test "max_groups: the groups with the most events, and the sum of the others" {
	slo 0.9 30d "$ERRORS, group: host, max_groups: 2" >mine.yaml
	{ requests 30 60000 200 0 busy; requests 20 60000 200 0 second
	requests 3 60000 500 0 c; requests 3 60000 500 0 d; requests 4 60000 500 0 b; } >events
	judge
	[ "$(field '|[.group.host, .other_groups // 0, .verdict, .bad, .total] | join(" ")')" = \
		$'busy 0 pass 0 30\nsecond 0 pass 0 20\nother 3 breach 10 10' ]
	[ "$stderr" = "slo-eval: warning: SLO mine: target 0.9: 3 groups past the first 2 are judged as one, 'other'; max_groups says how many have a line" ]
	# c, d and b fail in the same minutes, of which there are four.
	[ "$(field evidence.bad_minutes | tail -n 1)" -eq 4 ]
	[ "$(jq '.evidence.alpha * 3 - 0.0001 | fabs < 1e-9' <<<"$output" | sort -u)" = true ]
	[ "$status" -eq 1 ]
	sed -i 's/max_groups: 2/max_groups: 5/' mine.yaml
	judge
	[ "$stderr" = "" ]
	[ "$(field group.host | tr '\n' ' ')" = 'b busy c d second ' ]
	sed -i 's/max_groups: 5/max_groups: 0/' mine.yaml
	judge
	[ "$status" -eq 78 ]
	[[ $stderr = *"'max_groups'"* ]]
	# 100 are the limit where none is given.
	slo 0.9 30d "$ERRORS, group: host" >mine.yaml
	for host in {1..103}; do http 200 1 | sed "s/\"a\"/\"h$host\"/"; done >events
	judge
	[ "$(wc -l <<<"$output")" -eq 101 ]
	[ "$(tail -n 1 <<<"$output" | jq -c '[.group.host, .other_groups, .total]')" = '["other",3,3]' ]
	# The breakers of 103 hosts, none of which ever opened.
	run -0 --separate-stderr slo-eval --db - --only breaker-opens <events
	[ "$(tail -n 1 <<<"$output" | jq -c '[.group.host, .other_groups, .bad]')" = '["other",3,0]' ]
}

@test "--only judges one SLO of many, and names the nearest to a slip" {
	{ NAME=first slo 0.9 30d "$ERRORS"; NAME=second slo 0.9 30d "$ERRORS"
	NAME=third slo 0.9 30d "$ERRORS, min_events: 5"; } >mine.yaml
	http 200 1 >events
	judge
	[ "$(field slo | tr '\n' ' ')" = 'first second third ' ]
	[ "$status" -eq 2 ]
	judge --only second
	[ "$(field slo)" = second ]
	[ "$status" -eq 0 ]
	judge --only third --only first
	[ "$(field slo | tr '\n' ' ')" = 'first third ' ]
	judge --only secnd
	[ "$status" -eq 64 ] && [ "$output" = "" ]
	[[ $stderr = *secnd*"did you mean 'second'?"* ]]
	judge --only nothing-like-it
	[ "$status" -eq 64 ] && [[ $stderr = *nothing-like-it* ]]
}

@test "silent_s speaks of events before the window too; null when none ever came" {
	http 200 864000000 >events
	for spec in "$ERRORS" "$ERRORS, group: host"; do
		slo 0.9 7d "$spec" >mine.yaml
		judge
		is no_data no_events 0 0
		[ "$(field silent_s)" = 864000 ]
	done
	slo 0.9 7d "where: host = 'b', $ERRORS" >mine.yaml
	judge
	[ "$(field silent_s)" = null ]
}
