#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# slo-eval: verdicts, exit codes, messages, and the defects of other evaluators
# that must not come back.
# shellcheck shell=bash disable=SC2030,SC2031,SC2154

load helper

# 22:13:20; the hour that is over at HOUR has the events of most tests, and MINUTE is a whole one.
NOW=1700000000000
HOUR=$((NOW + 2800000))
MINUTE=$((NOW - 20000))
# Named by all tests but one, so that a further pack changes nothing here.
PACK=$ROOT/schema/slo/downloads.yaml

setup() {
	export TEL_NOW_MS=$NOW
	cd "$BATS_TEST_TMPDIR" || return 1
	DB=$BATS_TEST_TMPDIR/t.db
	make_db "$DB"
}

# An empty store, made of the tables alone: no other program is needed.
make_db() {
	sqlite3 "$1" <"$ROOT/schema/out/events.sql"
	sqlite3 "$1" <"$ROOT/schema/store.sql"
	sqlite3 "$1" 'PRAGMA application_id = 1952803956; PRAGMA user_version = 1'
}

# put TABLE COUNT COLUMNS VALUES: COUNT rows of run r1 in the last hour. i counts
# from 1. AGE_MS (1000) is the time between them, RUN the run.
put() {
	sql "$DB" "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $2)
		INSERT INTO $1 (ts_ms, run_id, $3)
		SELECT $NOW - i * ${AGE_MS:-1000}, '${RUN:-r1}', $4 FROM n"
}

downloads() { # COUNT OUTCOME [TTFP_MS]
	put downloads "$1" 'artifact_id, outcome, ttfp_ms' "'$2' || i, '$2', ${3:-NULL}"
}

requests() { # COUNT HOST STATUS [ROLE [FROM_CACHE [RATE_DELAY_MS]]]
	put http_events "$1" 'host, role, method, status, from_cache, rate_delay_ms' \
		"'$2', '${4:-artifact}', 'GET', $3, ${5:-0}, ${6:-NULL}"
}

opens() { # COUNT HOST [OLD NEW]
	put breaker_transitions "$1" 'host, scope, old_state, new_state' \
		"'$2', 'host', '${3:-closed}', '${4:-open}'"
}

# Each puts an event before all windows, so that they are full: then a miss is accounting,
# and no question of evidence.
old_download() {
	AGE_MS=40000000000 RUN=old downloads 1 success 1
}

old_request() { # HOST [ROLE]
	AGE_MS=40000000000 RUN=old requests 1 "$1" 200 "${2:-artifact}" 0 1
}

# A run that meets every objective.
healthy() {
	downloads 100 success 800
	requests 60 meta.example 200 metadata 1
	requests 20 meta.example 200 metadata 0 100
	requests 100 files.example 200 artifact 0 500
}

# field SLO NAME: of the line(s) of that SLO in $output.
field() {
	jq -r "select(.slo == \"$1\") | .$2" <<<"$output"
}

judge() {
	case " $* " in
	*' --slo '*) run --separate-stderr slo-eval --db "$DB" "$@" ;;
	*) run --separate-stderr slo-eval --slo "$PACK" --db "$DB" "$@" ;;
	esac
}

# slo EVENT SPEC [TARGET [REST]]: prints an SLO of one ratio.
slo() {
	printf '%s\n' 'apiVersion: openslo/v1' 'kind: SLO' \
		"metadata: {name: ${NAME:-mine}}" 'spec:' '  service: s' \
		"  budgetingMethod: ${METHOD:-Occurrences}" \
		"  timeWindow: [{duration: ${WINDOW:-30d}, isRolling: true}]" \
		'  indicator:' '    spec:' \
		"      ${METRIC:-ratioMetric}: {metricSource: {type: teltools, spec: {event: $1, $2}}}" \
		"  objectives: [{target: ${3:-0.5}${4:+, $4}}]"
}

mine() { # SPEC-arguments: judges an SLO of its own
	slo "$@" >mine.yaml
	judge --slo mine.yaml
}

# ---- verdicts and exit codes

@test "a healthy run passes: exit 0, nothing on stderr" {
	healthy
	judge --at $HOUR
	[ "$status" -eq 0 ]
	[ "$stderr" = "" ]
	[ "$(jq -r .verdict <<<"$output" | sort | uniq -c | tr -s ' ')" = " 11 pass" ]
	# While the hour is not over, nothing is known of breakers, and that is no failure.
	judge
	[ "$status" -eq 0 ]
	[ "$stderr" = "" ]
	[ "$(jq -r .verdict <<<"$output" | sort | uniq -c | tr -s ' ' | tr '\n' ,)" = " 2 no_data, 9 pass," ]
	[ "$(field breaker-opens verdict | sort -u)" = no_data ]
	judge --run r1
	[ "$status" -eq 0 ]
	[ "$(jq -r .verdict <<<"$output" | sort -u)" = pass ]
}

@test "an empty store: every objective is no_data, exit 2" {
	judge
	[ "$status" -eq 2 ]
	[ "$(jq -r .verdict <<<"$output" | sort -u)" = no_data ]
	[ "$(field yield sli)" = null ]
	[ "$(field yield budget_consumed_ratio)" = null ]
	[ "$(field yield reason)" = no_events ]
	[ "$(field yield coverage_ratio)" = 0 ]
}

@test "a missed objective is a breach: exit 1, even when another has no data" {
	old_download
	downloads 84 success 100
	downloads 16 miss
	judge
	[ "$status" -eq 1 ]
	[ "$(field yield verdict)" = breach ]
	[ "$(field yield good)" = 84 ]
	[ "$(field yield bad)" = 16 ]
	[ "$(field yield sli)" = 0.84 ]
	[ "$(field http-429 verdict)" = no_data ]
}

@test "a share exactly on target meets it, with no budget left: warn, exit 0" {
	mine download "good: outcome = 'success'" 0.85
	[ "$status" -eq 2 ]
	downloads 85 success
	downloads 15 miss
	judge --slo mine.yaml
	[ "$status" -eq 0 ]
	[ "$(field mine verdict)" = warn ]
	[ "$(field mine reason)" = budget_low ]
	[ "$(field mine sli)" = "$(field mine target)" ]
	[ "$(field mine budget_consumed_ratio)" = 1 ]
	[ "$(field mine budget_remaining_ratio)" = 0 ]
}

@test "a quarter of the budget left is not a warning yet" {
	downloads 97 success
	downloads 3 miss
	mine download "good: outcome = 'success'" 0.96
	[ "$(field mine verdict)" = pass ]
	[ "$(field mine budget_remaining_ratio)" = 0.25 ]
	mine download "good: outcome = 'success'" 0.9601
	[ "$(field mine verdict)" = warn ]
}

@test "fewer than min_events is insufficient, regardless of their ratio" {
	downloads 9 success
	mine download "good: outcome = 'success', min_events: 10"
	[ "$status" -eq 2 ]
	[ "$(field mine verdict)" = insufficient ]
	[ "$(field mine reason)" = few_events ]
	downloads 1 miss
	judge --slo mine.yaml
	[ "$status" -eq 0 ]
}

@test "fewer bad events than min_bad_events are not a breach" {
	old_download
	downloads 2 success
	mine download "good: outcome = 'success', min_bad_events: 2" 0.9
	[ "$(field mine verdict)" = pass ]
	downloads 1 miss
	judge --slo mine.yaml
	[ "$(field mine verdict)" = insufficient ]
	downloads 1 miss
	judge --slo mine.yaml
	[ "$(field mine verdict)" = breach ]
}

@test "min_coverage: too small a part of the window gives insufficient" {
	downloads 100 success
	mine download "good: outcome = 'success', min_coverage: 0.5"
	[ "$status" -eq 2 ]
	[ "$(field mine reason)" = low_coverage ]
	AGE_MS=$((86400 * 200)) downloads 100 success
	WINDOW=1d mine download "good: outcome = 'success', min_coverage: 0.1"
	[ "$(field mine verdict)" = pass ]
}

@test "target 1: one bad event is a breach and there is no budget to divide by" {
	downloads 1000 success
	mine download "bad: outcome = 'corrupt'" 1
	[ "$(field mine verdict)" = pass ]
	[ "$(field mine budget_consumed_ratio)" = 0 ]
	[ "$(field mine budget_remaining_ratio)" = 1 ]
	downloads 1 corrupt
	judge --slo mine.yaml
	[ "$status" -eq 1 ]
	[ "$(field mine budget_consumed_ratio)" = null ]
	[ "$(field mine budget_remaining_ratio)" = null ]
	[ "$(field mine 'burn | length')" = 0 ]
}

@test "optional: without events there is no line; with an unknown run no_data" {
	healthy
	judge
	[ "$(field http-429-wayback verdict)" = "" ]
	judge --run nope
	[ "$(field http-429-wayback verdict)" = no_data ]
	requests 100 web.archive.org 429
	judge
	[ "$(field http-429-wayback verdict)" = breach ]
	mine job "bad: result_code = 'ERROR', optional: true"
	[ "$status" -eq 2 ]
	[ "$output" = "" ]
}

# ---- exactness

@test "targets are compared as decimals, not as doubles" {
	old_download
	downloads 7 success
	downloads 3 miss
	for target in 0.7 0.70 0.700000000; do
		mine download "good: outcome = 'success'" $target
		[ "$(field mine verdict)" = warn ]
		[ "$(field mine target)" = 0.7 ]
	done
	mine download "good: outcome = 'success'" 0.700000001
	[ "$(field mine verdict)" = breach ]
}

@test "a share just below the target is never printed as the target" {
	old_download
	put downloads 100000 'artifact_id, outcome' "i, CASE WHEN i <= 3 THEN 'miss' ELSE 'success' END"
	mine download "good: outcome = 'success'" 0.99998
	[ "$(field mine verdict)" = breach ]
	[ "$(field mine sli)" = 0.99997 ]
	run slo-eval --db "$DB" --slo mine.yaml --format table
	[[ "$output" == *" 99.99  "* ]]
}

@test "targetPercent is the same as target" {
	downloads 1 success
	slo download "good: outcome = 'success'" 0.999 >a.yaml
	sed 's/target: 0.999/targetPercent: 99.9/' a.yaml >b.yaml
	grep -q targetPercent b.yaml
	[ "$(slo-eval --db "$DB" --slo a.yaml)" = "$(slo-eval --db "$DB" --slo b.yaml)" ]
}

# ---- the eight objectives: what other evaluators got wrong

@test "yield: 90 stored and 10 missed items meet it and count no corruption" {
	downloads 90 success 100
	downloads 10 miss
	judge
	[ "$(field yield verdict)" = pass ]
	[ "$(field yield sli)" = 0.9 ]
	[ "$(field corruption verdict)" = pass ]
	[ "$(field corruption total)" = 100 ]
	downloads 1 corrupt
	judge
	[ "$(field corruption verdict)" = breach ]
	[ "$status" -eq 1 ]
}

@test "yield: skipped items are excluded and counted" {
	downloads 85 success 1
	downloads 15 error
	downloads 40 skipped
	judge
	[ "$(field yield excluded)" = 40 ]
	[ "$(field yield total)" = 100 ]
	[ "$(field yield verdict)" = warn ]
}

@test "ttfp: it is measured from the start of the work" {
	downloads 90 success 25000
	judge
	[ "$(field ttfp-p50 verdict)" = breach ]
	[ "$(field ttfp-p95 verdict)" = breach ]
	[ "$(field ttfp-p50 good)" = 0 ]
}

@test "ttfp: items that were never stored count as bad" {
	old_download
	downloads 40 success 100
	downloads 60 miss
	judge
	[ "$(field ttfp-p50 verdict)" = breach ]
	[ "$(field ttfp-p50 bad)" = 60 ]
	downloads 30 skipped
	judge
	[ "$(field ttfp-p50 bad)" = 60 ]
	[ "$(field ttfp-p50 excluded)" = 30 ]
}

@test "ttfp: the limit itself is met" {
	old_download
	downloads 1 success 3000
	judge
	[ "$(field ttfp-p50 verdict)" = pass ]
	downloads 2 success 3001
	judge
	[ "$(field ttfp-p50 verdict)" = breach ]
}

@test "429s: answers from the cache are not requests, and no 429 is lost" {
	old_request a.example
	requests 60 a.example 429 artifact 1
	requests 100 a.example 200
	judge
	[ "$(field http-429 total)" = 100 ]
	[ "$(field http-429 bad)" = 0 ]
	requests 3 a.example 429
	judge
	[ "$(field http-429 verdict)" = breach ]
	[ "$(field http-429 total)" = 103 ]
}

@test "429s: each one that was retried counts" {
	old_request a.example
	requests 98 a.example 200
	put http_events 4 'host, role, method, status, retry_count, attempt' \
		"'a.example', 'artifact', 'GET', CASE WHEN i < 4 THEN 429 ELSE 200 END, i - 1, i"
	judge
	[ "$(field http-429 bad)" = 3 ]
	[ "$(field http-429 verdict)" = breach ]
}

@test "429s are judged per host: a busy host hides no other" {
	requests 5000 busy.example 200
	requests 80 slow.example 200
	AGE_MS=10000 requests 20 slow.example 429
	judge
	[ "$(field http-429 'group.host' | tr '\n' ' ')" = "busy.example slow.example " ]
	[ "$(field http-429 verdict | tr '\n' ' ')" = "pass breach " ]
}

@test "429s: 2 % meets the objective, one more breaches it; a request without an answer is not a 429" {
	old_request a.example
	requests 98 a.example 200
	requests 2 a.example 429
	judge
	[ "$(field http-429 verdict)" = warn ]
	requests 1 a.example 429
	judge
	[ "$(field http-429 verdict)" = breach ]
	requests 100 b.example NULL
	judge
	[ "$(jq -r 'select(.slo == "http-429" and .group.host == "b.example").bad' <<<"$output")" = 0 ]
}

@test "429s: one of three requests is too few to tell" {
	healthy
	requests 2 tiny.example 200
	requests 1 tiny.example 429
	judge
	[ "$status" -eq 2 ]
	[ "$(jq -r 'select(.slo == "http-429" and .group.host == "tiny.example").verdict' <<<"$output")" = insufficient ]
}

@test "429s: the Wayback Machine may answer 5 %" {
	old_request web.archive.org
	requests 96 web.archive.org 200
	requests 4 web.archive.org 429
	judge
	[ "$(field http-429-wayback verdict)" = warn ]
	[ "$(field http-429 verdict)" = no_data ]
	requests 2 web.archive.org 429
	judge
	[ "$(field http-429-wayback verdict)" = breach ]
}

@test "percentiles are by nearest rank" {
	# p50 of two values is the smaller, p95 of 20 values is the 19th.
	old_download
	old_request a.example metadata
	downloads 1 success 3000
	downloads 1 success 9999
	judge
	[ "$(field ttfp-p50 'sli')" = 0.5 ]
	[ "$(field ttfp-p50 'bad')" = 1 ]
	[ "$(field ttfp-p50 'budget_remaining_ratio')" = 0 ]
	[ "$(field ttfp-p50 'verdict')" = warn ]
	requests 19 a.example 200 metadata 0 250
	requests 1 a.example 200 metadata 0 999
	judge
	[ "$(field rate-delay-metadata verdict)" = warn ]
	requests 1 a.example 200 metadata 0 999
	judge
	[ "$(field rate-delay-metadata verdict)" = breach ]
}

@test "no data is neither 0 nor a pass" {
	downloads 10 success 100
	judge
	[ "$status" -eq 2 ]
	[ "$(field http-429 verdict)" = no_data ]
	[ "$(field http-429 sli)" = null ]
	# Those that a plain user has no data for have no line, and are no_data where they do.
	for slo in metadata-cache-hit rate-delay-metadata rate-delay-artifact breaker-opens; do
		[ "$(field $slo verdict)" = "" ]
	done
	sed '/optional: true/d' "$PACK" >mine.yaml
	judge --slo mine.yaml
	[ "$status" -eq 2 ]
	for slo in metadata-cache-hit rate-delay-metadata rate-delay-artifact http-429 breaker-opens; do
		[ "$(field $slo verdict)" = no_data ]
		[ "$(field $slo sli)" = null ]
	done
}

@test "rate delay: per host and role; unmeasured requests are excluded and counted" {
	requests 100 a.example 200 metadata 0 10
	requests 100 b.example 200 metadata 0 251
	requests 100 b.example 200 artifact 0 2000
	requests 30 a.example 200 metadata 0 NULL
	judge
	[ "$(field rate-delay-metadata verdict | tr '\n' ' ')" = "pass breach " ]
	[ "$(field rate-delay-metadata excluded | tr '\n' ' ')" = "30 0 " ]
	[ "$(field rate-delay-artifact verdict)" = pass ]
	requests 5 c.example 200 metadata
	judge
	[ "$(jq -r 'select(.slo == "rate-delay-metadata" and .group.host == "c.example") | "\(.verdict) \(.excluded)"' <<<"$output")" = "no_data 5" ]
}

@test "rate delay: of two hosts, one request of three is too few to tell; the reason is evidence" {
	requests 100 a.example 200 metadata 0 10
	requests 2 b.example 200 metadata 0 10
	requests 1 b.example 200 metadata 0 251
	judge
	[ "$(jq -r 'select(.slo == "rate-delay-metadata" and .group.host == "b.example") | "\(.verdict) \(.reason)"' <<<"$output")" = "insufficient evidence" ]
}

@test "metadata cache hit: of metadata requests only" {
	old_request a.example metadata
	requests 60 a.example 200 metadata 1
	requests 40 a.example 200 metadata
	requests 500 a.example 200 artifact
	judge
	[ "$(field metadata-cache-hit total)" = 100 ]
	[ "$(field metadata-cache-hit verdict)" = warn ]
	requests 1 a.example 200 metadata
	judge
	[ "$(field metadata-cache-hit verdict)" = breach ]
}

@test "breaker openings: 12 in an hour pass, 13 do not" {
	requests 20 a.example 200
	opens 12 a.example
	judge --at $HOUR
	[ "$(field breaker-opens verdict)" = pass ]
	[ "$(field breaker-opens counted)" = slices ]
	opens 1 a.example
	judge
	[ "$(field breaker-opens verdict)" = no_data ]
	judge --at $((HOUR - 1))
	[ "$(field breaker-opens verdict)" = no_data ]
	judge --at $HOUR
	[ "$(field breaker-opens verdict)" = breach ]
	[ "$status" -eq 1 ]
}

@test "breaker openings: from closed or half_open to open, and nothing else" {
	requests 20 a.example 200
	opens 50 a.example closed half_open
	opens 50 a.example half_open closed
	opens 50 a.example open half_open
	judge --at $HOUR
	[ "$(field breaker-opens verdict)" = pass ]
	opens 13 a.example half_open open
	judge --at $HOUR
	[ "$(field breaker-opens verdict)" = breach ]
}

@test "breaker openings: per host; an hour without requests has no data" {
	AGE_MS=360000 requests 20 a.example 200
	AGE_MS=360000 requests 20 b.example 200
	AGE_MS=10 opens 7 a.example
	AGE_MS=10 opens 7 b.example
	judge --at $HOUR
	[ "$(field breaker-opens verdict | tr '\n' ' ')" = "pass pass " ]
	# 20 requests 6 minutes apart, beginning 6 minutes ago: NOW is 22:13:20.
	[ "$(field breaker-opens total | tr '\n' ' ')" = "3 3 " ]
	judge
	[ "$(field breaker-opens total | tr '\n' ' ')" = "2 2 " ]
}

@test "breaker openings: only those of the host's own breaker count" {
	requests 20 a.example 200
	opens 7 a.example
	put breaker_transitions 7 'host, scope, old_state, new_state' "'a.example', 'resolver', 'closed', 'open'"
	judge --at $HOUR
	[ "$(field breaker-opens verdict)" = pass ]
	opens 6 a.example
	judge --at $HOUR
	[ "$(field breaker-opens verdict)" = breach ]
}

@test "breaker openings: an hour with answers of the cache only has no data" {
	requests 20 a.example 200 metadata 1
	judge --at $HOUR
	[ "$(field breaker-opens verdict)" = "" ]
	sed '/optional: true/d' "$PACK" >mine.yaml
	judge --slo mine.yaml --at $HOUR
	[ "$(field breaker-opens verdict)" = no_data ]
	requests 1 a.example 200
	judge --at $HOUR
	[ "$(field breaker-opens verdict)" = pass ]
}

@test "sli and target are ratios, and good and bad add up to total" {
	healthy
	judge --at $HOUR
	[ "$(jq -s 'all(.[]; (.sli | tonumber) <= 1 and (.target | tonumber) <= 1)' <<<"$output")" = true ]
	[ "$(jq -s 'all(.[]; .good + .bad == .total)' <<<"$output")" = true ]
}

# ---- output

@test "a line has its keys in a fixed order" {
	healthy
	judge --run r1
	[ "$(head -1 <<<"$output" | jq -c 'keys_unsorted')" = '["slo","objective","group","verdict","good","bad","excluded","total","sli","target","coverage_ratio","budget_consumed_ratio","budget_remaining_ratio","burn","unknown","empty","evidence","silent_s","window","reason","counted","run_id"]' ]
	[ "$(head -1 <<<"$output" | jq -c '[.sli, .target] | map(type)')" = '["string","string"]' ]
	[ "$(field yield 'evidence | keys_unsorted | join(" ")')" = "n bad bad_needed bad_minutes alpha p" ]
	judge
	[ "$(field yield 'burn[0] | keys_unsorted | join(" ")')" = \
		"long short factor long_burn short_burn n bad bad_needed bad_minutes firing severity" ]
	[ "$(field yield 'burn | map(.severity) | join(" ")')" = "page page ticket ticket" ]
	[ "$(field yield 'window | keys_unsorted | join(" ")')" = "from_ms until_ms" ]
	[ "$(field http-429 'group | tojson')" = "$(printf '{"host":"files.example"}\n{"host":"meta.example"}')" ]
	[ "$(field yield 'group | tojson')" = '{}' ]
}

@test "--format json is one array of the same lines" {
	healthy
	[ "$(slo-eval --slo "$PACK" --db "$DB" --format json | jq -c '.[]')" = "$(slo-eval --slo "$PACK" --db "$DB" | jq -c .)" ]
}

@test "--format table: what it says to look at can be asked of sqlite3" {
	healthy
	old_download
	downloads 30 miss
	AGE_MS=30000 requests 60 o\'\'hara.example 429 artifact 0 1
	run slo-eval --slo "$PACK" --db "$DB" --format table
	[ "$status" -eq 1 ]
	count=0
	while IFS= read -r line; do
		[[ "$line" == "  Look at: "* ]] || continue
		[ -n "$(sql "$DB" "${line#  Look at: }")" ]
		count=$((count + 1))
	done <<<"$output"
	# Each breach and each firing pair has a statement; here are three and four.
	[ "$(grep -cE '^(breach|  page|  ticket): ' <<<"$output")" -eq 7 ]
	[ "$count" -eq 7 ]
	[[ "$output" == *"breach: http-429 host=o'hara.example: 60 of 60 events are bad and 1 may be (fewer than "* ]]
}

@test "--format table: it fits COLUMNS, or 80; groups that pass are one row" {
	old_request a.example
	for host in a b c d; do
		requests 10 $host.example.with.a.long.name.that.nobody.can.read 200
	done
	slo http 'bad: status >= 500, group: host' 0.9 >mine.yaml
	run slo-eval --db "$DB" --slo mine.yaml --format table
	[ "$(grep -c 'pass .* 4 groups ' <<<"$output")" -eq 1 ]
	AGE_MS=30000 requests 90 b.example.with.a.long.name.that.nobody.can.read 500
	for width in 50 80 200; do
		COLUMNS=$width run slo-eval --db "$DB" --slo mine.yaml --format table
		[ "$(sed -n '3,6s/…/./gp' <<<"$output" | awk -v width=$width 'length > width' | wc -l)" -eq 0 ]
		[[ "${lines[2]}" == breach* ]]
	done
	[[ "${lines[2]}" == *b.example.with.a.long.name.that.nobody.can.read* ]]
	[ "$(slo-eval --db "$DB" --slo mine.yaml --format table)" = \
		"$(COLUMNS=80 slo-eval --db "$DB" --slo mine.yaml --format table)" ]
}

@test "--format table: wide characters take two columns" {
	requests 10 日本語日本語日本語日本語日本語日本語.example 200
	requests 10 a.example 200
	slo http 'bad: status >= 500, group: host' 0.9 >mine.yaml
	COLUMNS=60 run slo-eval --db "$DB" --slo mine.yaml --format table
	[[ $output = *'  host=a.exam…  100.00    0  '*'  host=日本語…  100.00    0  '* ]] ||
		{ echo "$output" && return 1; }
}

@test "the table has no colour in a pipe; NO_COLOR wins on a terminal" {
	need_terminal
	healthy
	[[ "$(slo-eval --slo "$PACK" --db "$DB" --format table)" != *$'\033'* ]]
	[[ "$(script -qec "slo-eval --slo $PACK --db $DB --format table" /dev/null)" == *$'\033[32mpass'* ]]
	[[ "$(NO_COLOR=1 script -qec "slo-eval --slo $PACK --db $DB --format table" /dev/null)" != *$'\033'* ]]
}

@test "control characters of a host do not reach the terminal" {
	requests 100 $'evil\033[2J' 200
	run slo-eval --slo "$PACK" --db "$DB" --format table
	[[ "$output" == *'host=evil\x1b[2J'* ]]
}

@test "control characters: not in the statement, not in messages" {
	RUN=$'r\033]0;x\a\nfake' requests 100 $'evil\xc2\x9b2J\n' 429
	run --separate-stderr slo-eval --slo "$PACK" --db "$DB" --run latest --format table
	[[ "$output" != *$'\033'* && "$output" != *$'\xc2\x9b'* && "$output" != *$'\a'* ]]
	[[ "$output" == 'Run r\x1b]0;x\x07\x0afake, '* ]]
	statement=$(grep -m 1 -A 3 'http-429' <<<"${output#*$'\n\n'*$'\n\n'}" | sed -n 's/^  Look at: //p')
	[ "$(sql "$DB" "$statement" | grep -c 'evil')" -eq 100 ]
	run --separate-stderr slo-eval --slo "$PACK" --db "$DB" --run $'no\033[2J\nrun é'
	[ "$stderr" = "slo-eval: warning: $DB: run no\\x1b[2J\\x0arun é: no such run; the newest are r\\x1b]0;x\\x07\\x0afake" ]
	TEL_LOG=events run --separate-stderr slo-eval --slo "$PACK" --db "$DB" --run $'no\033'
	[ "$(jq -r .message <<<"$stderr" | grep -c $'run no\033:')" -eq 1 ]
}

@test "a description of several lines keeps them, indented" {
	slo download "good: outcome = 'success'" 0.99 | sed 's/^spec:/&\n  description: "one\\n\\etwo"/' >mine.yaml
	downloads 10 miss
	run slo-eval --db "$DB" --slo mine.yaml --format table
	[[ "$output" == *$'\n  one\n  \\x1btwo\n'* ]]
}

@test "the same input gives the same bytes" {
	healthy
	requests 5 z.example 429
	judge
	first=$output
	for _ in 1 2 3; do
		judge
		[ "$output" = "$first" ]
	done
	for format in json table; do
		[ "$(slo-eval --slo "$PACK" --db "$DB" --format $format)" = "$(slo-eval --slo "$PACK" --db "$DB" --format $format)" ]
	done
}

@test "a full disk is exit 74, a closed pipe is quiet" {
	healthy
	run --separate-stderr bash -c "slo-eval --slo $PACK --db $DB >/dev/full"
	[ "$status" -eq 74 ]
	[[ "$stderr" == *"standard output"* ]]
	run --separate-stderr bash -c "set -o pipefail; slo-eval --slo $PACK --db $DB | true"
	[ "$stderr" = "" ]
}

# ---- time

@test "rolling windows: from from_ms, a whole minute, up to until_ms, with both" {
	sql "$DB" "INSERT INTO downloads (ts_ms, artifact_id, outcome) VALUES
		($NOW, 'a', 'success'), ($NOW + 1, 'b', 'success'),
		($MINUTE - 86400001, 'c', 'success'), ($MINUTE - 86400000, 'd', 'success')"
	WINDOW=1d mine download "good: outcome = 'success'"
	[ "$(field mine total)" = 2 ]
	[ "$(field mine window.until_ms)" = $NOW ]
	[ "$(field mine window.from_ms)" = $((MINUTE - 86400000)) ]
	judge --slo mine.yaml --at $MINUTE
	[ "$(field mine total) $(field mine window.from_ms)" = "1 $((MINUTE - 86400000))" ]
	judge --slo mine.yaml --at $((MINUTE - 1))
	[ "$(field mine total) $(field mine window.from_ms)" = "2 $((MINUTE - 86460000))" ]
	judge --slo mine.yaml --window 2d
	[ "$(field mine total)" = 3 ]
	judge --slo mine.yaml --at $((NOW + 1))
	[ "$(field mine total)" = 3 ]
	judge --slo mine.yaml --at -1d
	[ "$(field mine total)" = 2 ]
	judge --slo mine.yaml --at 2023-11-14T22:13:20.001Z
	[ "$(field mine window.until_ms)" = $((NOW + 1)) ]
}

@test "windows of an SLO: M is a month, m a minute, and a short one is warned of" {
	for pair in 30d:2592000000 1M:2592000000 4w:2419200000 1Q:7776000000 1Y:31536000000 90m:5400000; do
		WINDOW=${pair%:*} slo download "good: outcome = 'success'" >mine.yaml
		judge --slo mine.yaml --at $MINUTE
		[ "$(jq '.window.until_ms - .window.from_ms' <<<"$output")" = "${pair#*:}" ]
		[ "$stderr" = "" ]
	done
	WINDOW=1m mine download "good: outcome = 'success'"
	[[ "$stderr" == *"mine.yaml: line 1: SLO mine: a window of less than an hour; 1m is a minute, 1M a month"* ]]
}

@test "no data: the newest event and the --at that would judge it; events after --at are counted" {
	DB=ingested.db
	jq -nc --argjson now $NOW '(range(1; 101) | {type: "download", ts_ms: ($now - . * 40000000),
		artifact_id: "a\(.)", outcome: "success"}), {type: "http", ts_ms: $now, host: "h", status: 200}' |
		tel-ingest -q --db $DB >/dev/null
	WINDOW=1h mine download "good: outcome = 'success'"
	[ "$status" -eq 2 ]
	[ "$stderr" = "slo-eval: warning: $DB: no download event in the windows; the newest is of 2023-11-14T11:06:40.000Z, and --at 2023-11-14T11:06:40.000Z would judge it" ]
	judge --slo mine.yaml --at 2023-11-14T11:06:40.000Z
	[ "$status" -eq 0 ] && [ "$(field mine total)" = 1 ] && [ -z "$stderr" ]
	judge --slo mine.yaml --at 2023-11-14T11:06:39.999Z
	[[ $'\n'$stderr$'\n' = *$'\n'"slo-eval: warning: $DB: 1 download event later than 2023-11-14T11:06:39.999Z, the end of the windows, is not judged"$'\n'* ]]
	{ echo '{"type":"download","ts_ms":'$NOW',"artifact_id":"a","outcome":"success"}'
	echo '{"type":"download","ts_ms":'$((NOW + 5))',"artifact_id":"b","outcome":"success"}'; } >ahead
	run --separate-stderr slo-eval --db - --slo mine.yaml <ahead
	[ "$stderr" = "slo-eval: warning: standard input: 1 download event later than 2023-11-14T22:13:20.000Z, the end of the windows, is not judged" ]
}

@test "coverage_ratio is the part of the window between the first and last event" {
	sql "$DB" "INSERT INTO downloads (ts_ms, artifact_id, outcome) VALUES
		($MINUTE, 'a', 'success'), ($MINUTE - 6 * 3600000, 'b', 'success')"
	WINDOW=1d slo download "good: outcome = 'success'" >mine.yaml
	judge --slo mine.yaml --at $MINUTE
	[ "$(field mine coverage_ratio)" = 0.25 ]
}

@test "--run judges all of one run and nothing else" {
	RUN=old AGE_MS=2000 downloads 10 miss
	downloads 20 success 1
	judge --run r1
	[ "$(field yield total)" = 20 ]
	[ "$(field yield run_id)" = r1 ]
	[ "$(field yield coverage_ratio)" = 1 ]
	[ "$(field yield window.from_ms)" = $((NOW - 20000)) ]
	[ "$(field yield window.until_ms)" = $((NOW - 1000)) ]
	judge --run old
	[ "$(field yield verdict)" = breach ]
	judge
	[ "$(field yield total)" = 30 ]
	[ "$(field yield run_id)" = null ]
}

@test "--run finds the events of a run among others, and reads the same as from all rows" {
	local run
	cd "$BATS_TEST_TMPDIR"
	# Three runs in turn in one input, one of them in a second input and by a producer too.
	jq -nc --argjson now $NOW 'range(1; 301) | {type: "download", ts_ms: ($now - . * 10), run_id: "r\(. % 3)",
		artifact_id: "a\(.)", outcome: (if . % 7 > 0 then "success" else "corrupt" end)}' >events
	tel-ingest -q --db runs.db events >/dev/null
	sed 's/"run_id":"r[12]"/"run_id":"r0"/; s/:"a/:"b/' events | tel-ingest -q --db runs.db >/dev/null
	sed 's/^{/{"producer":"p","seq":'"1"',/; s/"run_id":"r1"/"run_id":"r2"/' <(head -n 1 events) |
		tel-ingest -q --db runs.db >/dev/null
	for run in r0 r1 r2 latest; do
		slo-eval --db runs.db --slo "$PACK" --run $run >$run.places || true
	done
	[ "$(jq -s '.[0].total' r0.places)" = 400 ]
	[ "$(jq -s '.[0].total' r1.places)" = 100 ]
	[ "$(jq -s '.[0].total' r2.places)" = 101 ]
	sql runs.db 'DELETE FROM run_sources'
	for run in r0 r1 r2 latest; do
		slo-eval --db runs.db --slo "$PACK" --run $run >$run.rows || true
		cmp $run.places $run.rows
	done
}

@test "--run with --at: what came later does not count" {
	downloads 20 success 1
	judge --run r1 --at $((NOW - 11000))
	[ "$(field yield total)" = 10 ]
}

@test "--run: slices are the hours of the clock; those that the run cuts are over" {
	# 9 openings from 21:34:20 on and 4 from 22:01:20 on.
	AGE_MS=180000 requests 20 a.example 200
	AGE_MS=180000 opens 13 a.example
	judge --run r1
	[ "$(field breaker-opens verdict)" = pass ]
	[ "$(field breaker-opens total)" = 2 ]
	[ "$(field breaker-opens window.until_ms)" -lt $HOUR ]
	AGE_MS=1000 opens 9 a.example
	judge --run r1
	[ "$(field breaker-opens verdict)" = breach ]
	[ "$(field breaker-opens bad)" = 1 ]
}

@test "--run latest: the last that ended, else that of the newest event" {
	RUN=first AGE_MS=5000 requests 3 a.example 200
	RUN=second AGE_MS=3000 requests 3 a.example 200
	judge --run latest
	[ "$(field http-429 run_id)" = second ]
	RUN=third AGE_MS=2000 downloads 3 success
	judge --run latest
	[ "$(field yield run_id)" = third ]
	judge --run latest --at $((NOW - 2500))
	[ "$(field http-429 run_id)" = second ]
	sql "$DB" "INSERT INTO run_summary (ts_ms, run_id) VALUES ($NOW, 'first'), ($NOW - 9, 'older')"
	judge --run latest
	[ "$(field http-429 run_id)" = first ]
}

@test "--run latest: of runs that overlap, that of the newest event up to --at, as SQL finds it" {
	db=$BATS_TEST_TMPDIR/overlap.db
	# Five runs whose events come from two producers, in no order, and some at one time.
	awk -v now="$NOW" 'BEGIN { srand(7); for (i = 0; i < 400; i++) {
		run = int(rand() * 5)
		printf "{\"type\":\"download\",\"ts_ms\":%.0f,\"producer\":\"p%d\",\"seq\":%d,\"run_id\":\"r%d\",\"artifact_id\":\"a\",\"outcome\":\"success\"}\n",
			now - 100000 + run * 9000 + int(rand() * 300) * 100, i % 2, int(i / 2) + 1, run } }' |
		tel-ingest -q --db "$db" >/dev/null
	for at in $(seq $((NOW - 100000)) 1700 $((NOW - 20000))); do
		run --separate-stderr slo-eval --slo "$PACK" --db "$db" --run latest --at "$at"
		[ "$(jq -r '.run_id // ""' <<<"$output" | sort -u)" = "$(sqlite3 "$db" "SELECT run_id FROM downloads
			WHERE ts_ms <= $at ORDER BY ts_ms DESC, id DESC LIMIT 1")" ]
	done
	# A name that no event has is told as soon.
	run --separate-stderr slo-eval --slo "$PACK" --db "$db" --run r9
	[ "$status" -eq 2 ]
	[[ $stderr = *'run r9: no such run; the newest are r4, r3, r2, r1, r0' ]]
}

@test "an unknown run: no_data, exit 2, and the known runs are listed" {
	RUN=one AGE_MS=5000 downloads 3 success
	RUN=two downloads 3 success
	judge --run nope
	[ "$status" -eq 2 ]
	[ "$(jq -r .verdict <<<"$output" | sort -u)" = no_data ]
	[ "$(jq -r .slo <<<"$output" | wc -l)" -eq 10 ]
	[[ "$stderr" == "slo-eval: warning: $DB: run nope: no such run; the newest are two, one" ]]
	judge --run two --at $((NOW - 4000))
	[[ "$stderr" == *": run two: no such run up to $(date -u -d @$(((NOW - 4000) / 1000)) +%FT%T).000Z; the newest are one" ]]
	sql "$DB" "INSERT INTO run_summary (ts_ms, run_id) VALUES ($NOW - 9000, 'one'), ($NOW - 9000, 'zero')"
	judge --run nope
	[[ "$stderr" == *"; the newest are zero, one, two" ]]
	make_db empty.db
	run --separate-stderr slo-eval --slo "$PACK" --db empty.db --run latest
	[ "$status" -eq 2 ]
	[[ "$stderr" == *"run latest: no such run; the database has no events of any run" ]]
}

# ---- burn rates

# steady BAD_PERCENT HOURS: a request every 36 s for HOURS, BAD_PERCENT of them bad.
steady() {
	put http_events $(($2 * 100)) 'host, role, method, status' \
		"'a.example', 'artifact', 'GET', CASE WHEN i % 100 < $1 THEN 500 ELSE 200 END"
}

burn() { # LONG KEY
	jq -r ".burn[] | select(.long == \"$1\") | .$2" <<<"$output"
}

@test "burn rates: the table of the workbook for 30 days" {
	mine http 'bad: status >= 500' 0.999
	[ "$(jq -c '.burn | map([.long, .short, .factor])' <<<"$output")" = \
		'[["1h","5m",14.4],["6h","30m",6],["1d","2h",3],["3d","6h",1]]' ]
}

@test "burn rates: scaled to other windows; pairs that would fire within the budget are left out" {
	WINDOW=28d mine http 'bad: status >= 500' 0.999
	[ "$(jq -c '.burn | map(.factor)' <<<"$output")" = '[13.44,5.6,2.8,1]' ]
	WINDOW=7d mine http 'bad: status >= 500' 0.999
	[ "$(jq -c '.burn | map([.long, .factor])' <<<"$output")" = '[["1h",3.36],["6h",1.4]]' ]
	WINDOW=1d mine http 'bad: status >= 500' 0.999
	[ "$(jq -c .burn <<<"$output")" = '[]' ]
}

@test "burn rates are exact, and a pair fires only above its factor" {
	AGE_MS=36000 steady 2 100
	slo http 'bad: status >= 500' 0.999 >mine.yaml
	judge --slo mine.yaml --at $MINUTE
	[ "$(burn 1h long_burn)" = 20 ]
	[ "$(burn 6h long_burn)" = 20 ]
	[ "$(burn 6h firing)" = true ]
	# 2 of 100 are no evidence.
	[ "$(burn 1h bad_needed)" = 4 ]
	[ "$(burn 1h firing)" = false ]
	[ "$(burn 3d long_burn)" = 20 ]
	[ "$(field mine verdict)" = breach ]
	slo http 'bad: status >= 500' 0.98 >mine.yaml
	judge --slo mine.yaml --at $MINUTE
	[ "$(burn 3d long_burn)" = 1 ]
	[ "$(burn 3d firing)" = false ]
}

@test "a page pair that fires is exit 1, whatever the verdict; --fail-on says otherwise" {
	AGE_MS=36000 steady 0 700
	sql "$DB" "UPDATE http_events SET status = 500 WHERE ts_ms > $NOW - 3600000 AND id % 4 = 0"
	mine http 'bad: status >= 500' 0.995
	[ "$(field mine verdict)" = warn ]
	[ "$(field mine reason)" = burning ]
	[ "$(burn 1h firing)" = true ]
	[ "$(burn 1h severity)" = page ]
	[ "$status" -eq 1 ]
	while read -r on code; do
		judge --slo mine.yaml --fail-on "$on"
		[ "$status" -eq "$code" ] || { echo "$on: $status" && false; }
	done <<-'END'
		breach 0
		page 1
		warn 1
	END
	# Insufficient, and pages.
	sed -i 's/bad: status/min_events: 1000000, bad: status/' mine.yaml
	judge --slo mine.yaml
	[ "$(field mine reason)" = few_events ] && [ "$status" -eq 1 ]
	judge --slo mine.yaml --fail-on breach
	[ "$status" -eq 2 ]
	judge --slo mine.yaml --fail-on nothing
	[ "$status" -eq 64 ]
	[[ "$stderr" == *"--fail-on: 'nothing' is not breach, page or warn"* ]]
}

@test "a ticket and a low budget are exit 0, and 1 with --fail-on warn" {
	old_request a.example
	AGE_MS=36000 steady 0 700
	sql "$DB" "UPDATE http_events SET status = 500 WHERE ts_ms > $NOW - 172800000 AND id % 25 < 2"
	mine http 'bad: status >= 500' 0.98
	[ "$(jq -c '.burn | map(select(.firing).severity)' <<<"$output")" = '["ticket","ticket"]' ]
	[ "$(field mine reason)" = burning ] && [ "$status" -eq 0 ]
	judge --slo mine.yaml --fail-on warn
	[ "$status" -eq 1 ]
	mine http 'bad: status >= 500' 0.9998
	judge --slo mine.yaml --fail-on breach
	[ "$status" -eq 1 ] && [ "$(field mine verdict)" = breach ]
}

# ---- evidence

@test "evidence: one failure at one request a minute fires nothing" {
	AGE_MS=60000 put http_events 4320 'host, role, method, status' \
		"'a.example', 'artifact', 'GET', CASE WHEN i = 2 THEN 500 ELSE 200 END"
	mine http 'bad: status >= 500' 0.999
	[ "$status" -eq 0 ]
	[ "$(field mine reason)" = met ]
	[ "$(burn 1h long_burn)" = 16.666666666666 ] || [ "$(burn 1h long_burn)" = 16.949152542372 ]
	[ "$(burn 1h short_burn)" -ge 200 ]
	[ "$(jq -c '.burn | map([.bad, .bad_needed, .bad_minutes, .firing])' <<<"$output")" = \
		'[[1,3,1,false],[1,5,1,false],[1,9,1,false],[1,15,1,false]]' ]
}

@test "evidence: a miss of a window that began before the first event needs it, a full one does not" {
	requests 58 a.example 200
	requests 2 a.example 500
	mine http 'bad: status >= 500' 0.999
	[ "$status" -eq 2 ]
	[ "$(field mine verdict) $(field mine reason)" = "insufficient evidence" ]
	[ "$(field mine 'evidence | tojson')" = '{"n":60,"bad":2,"bad_needed":3,"bad_minutes":1,"alpha":0.0001,"p":0.001703}' ]
	old_request a.example
	judge --slo mine.yaml
	[ "$status" -eq 1 ]
	[ "$(field mine verdict) $(field mine reason)" = "breach missed" ]
}

@test "evidence: half of 18 requests of the first 3 minutes is a breach, and pages" {
	AGE_MS=10000 put http_events 18 'host, role, method, status' \
		"'a.example', 'artifact', 'GET', CASE WHEN i % 2 = 0 THEN 500 ELSE 200 END"
	mine http 'bad: status >= 500' 0.99
	[ "$status" -eq 1 ]
	[ "$(field mine verdict)" = breach ]
	[ "$(jq -c '.burn | map(.firing)' <<<"$output")" = '[true,true,true,true]' ]
}

@test "evidence: retries within two minutes are one failure, unless min_bad_minutes says otherwise" {
	AGE_MS=100 requests 50 a.example 500
	mine http 'bad: status >= 500' 0.99
	[ "$(field mine reason)" = evidence ]
	[ "$(jq '.evidence.bad_needed < .evidence.bad' <<<"$output")" = true ]
	mine http 'bad: status >= 500, min_bad_minutes: 1' 0.99
	[ "$(field mine verdict)" = breach ]
	bad_spec 'good: status = 200, min_bad_minutes: 0' "'min_bad_minutes'"
	# A run has no rule of minutes.
	mine http 'bad: status >= 500' 0.99
	judge --slo mine.yaml --run r1
	[ "$(field mine verdict)" = breach ]
}

@test "evidence: a group among several needs it, in a run too, and shares alpha" {
	requests 58 a.example 200
	requests 2 a.example 500
	mine http 'bad: status >= 500, group: host' 0.999
	judge --slo mine.yaml --run r1
	[ "$(field mine verdict)" = breach ]
	requests 60 b.example 200
	judge --slo mine.yaml --run r1
	[ "$(jq -r '"\(.verdict) \(.reason) \(.evidence.alpha == 0.00005)"' <<<"$output")" = \
		"$(printf '%s\n' 'insufficient evidence true' 'pass met true')" ]
	[ "$status" -eq 2 ]
}

@test "max_silence: without a newer event it is insufficient; silent_s is always there" {
	AGE_MS=3600000 downloads 5 success
	mine download "good: outcome = 'success', max_silence: 1h"
	[ "$status" -eq 0 ]
	[ "$(field mine silent_s)" = 3600 ]
	judge --slo mine.yaml --at $((NOW + 1500))
	[ "$status" -eq 2 ]
	[ "$(field mine verdict) $(field mine reason) $(field mine silent_s)" = "insufficient silent 3601.5" ]
	bad_spec 'good: status = 200, max_silence: 30s' "'max_silence'"
	mine job "bad: result_code = 'ERROR'"
	[ "$(field mine silent_s)" = null ]
	[ "$(field mine evidence)" = null ]
}

# ---- SLO files

# bad_file WORDS: the file mine.yaml is refused with exit 78 and these words.
bad_file() {
	judge --slo mine.yaml
	[ "$status" -eq 78 ] || { echo "status $status: $output" && return 1; }
	[ "$output" = "" ]
	[[ "$stderr" == *"$1"* ]] || { echo "$stderr" && return 1; }
}

bad_spec() { # SPEC WORDS
	slo http "$1" >mine.yaml
	bad_file "$2"
}

# good_of_total WHERE: writes mine.yaml, with the answers 200 of the requests WHERE.
good_of_total() {
	cat >mine.yaml <<-END
		apiVersion: openslo/v1
		kind: SLO
		metadata: {name: mine}
		spec:
		  service: s
		  budgetingMethod: Occurrences
		  timeWindow: [{duration: 30d, isRolling: true}]
		  indicator:
		    spec:
		      ratioMetric:
		        counter: true
		        good: {metricSource: {type: teltools, spec: {event: http, where: status = 200}}}
		        total: {metricSource: {type: teltools, spec: {event: http, where: "$1"}}}
		  objectives: [{target: 0.5}]
	END
}

@test "good and total, bad and total: good events are those of total" {
	requests 90 a.example 200
	requests 10 a.example 500
	requests 50 a.example 200 metadata
	good_of_total "role = 'artifact'"
	judge --slo mine.yaml
	[ "$(field mine good)" = 90 ]
	[ "$(field mine total)" = 100 ]
	[ "$(field mine objective)" = "target 0.5" ]
	sed -i 's/good:/bad:/' mine.yaml
	judge --slo mine.yaml
	[ "$(field mine bad)" = 90 ]
	sed -i 's/event: http, where: status = 200/event: download, where: status = 200/' mine.yaml
	bad_file "mine.yaml: line 12: counts events of another kind than 'total' does"
	sed -i 's/event: download, where: status = 200/event: http/' mine.yaml
	bad_file "'where' is missing: all of 'total' would be bad"
}

@test "thresholdMetric: op and value of the objective" {
	requests 3 a.example 200 artifact 0 10
	requests 1 a.example 200 artifact 0 20
	for op in lte:3 lt:0 gte:4 gt:1; do
		METRIC=thresholdMetric mine http 'value: rate_delay_ms' 0.25 "op: ${op%:*}, value: 10"
		[ "$(field mine good)" = "${op#*:}" ]
	done
	METRIC=thresholdMetric mine http 'value: rate_delay_ms / 3' 0.25 'op: lte, value: 3.34'
	[ "$(field mine good)" = 3 ]
	METRIC=thresholdMetric mine http 'good: status = 200'
	[ "$(field mine good)" = 4 ]
}

@test "Timeslices of a ratio: a slice is good by its own share" {
	requests 100 a.example 200
	AGE_MS=36000 requests 100 a.example 500
	METHOD=Timeslices mine http 'bad: status >= 500' 0.5 'timeSliceTarget: 0.9, timeSliceWindow: 1m'
	[ "$(field mine good)" = 2 ]
	judge --slo mine.yaml --at $((MINUTE + 60000))
	[ "$(field mine good)" = 3 ]
	[ "$(field mine bad)" = 58 ]
	[ "$(field mine counted)" = slices ]
	[ "$(field mine verdict)" = breach ]
}

@test "group: by several columns; a missing value is null" {
	put fallback_attempts 2 'tier, source, host, outcome' "'t', 's' || i, CASE WHEN i = 1 THEN 'h' END, 'success'"
	mine fallback "good: outcome = 'success', group: [source, host]"
	[ "$(jq -c .group <<<"$output")" = "$(printf '{"source":"s1","host":"h"}\n{"source":"s2","host":null}')" ]
}

@test "references: SLI, DataSource, from other files of a folder; order of lines by file" {
	downloads 4 success
	mkdir dir
	NAME=second slo download "good: outcome = 'success'" >dir/b.yaml
	cat >dir/a.json <<-'END'
		[{"apiVersion": "openslo/v1", "kind": "SLO", "metadata": {"name": "first"},
		  "spec": {"service": "s", "budgetingMethod": "Occurrences",
		  "timeWindow": [{"duration": "30d", "isRolling": true}], "indicatorRef": "shared",
		  "objectives": [{"target": 0.5, "displayName": "half"}, {"target": 0.9, "displayName": "most"}]}},
		 {"apiVersion": "openslo/v1", "kind": "DataSource", "metadata": {"name": "store"},
		  "spec": {"type": "teltools", "connectionDetails": {}}}]
	END
	cat >dir/c.yml <<-'END'
		---
		apiVersion: openslo/v1
		kind: SLI
		metadata: {name: shared}
		spec: {ratioMetric: {metricSource: {metricSourceRef: store, spec: {event: download, good: "outcome = 'success'"}}}}
		---
		apiVersion: openslo/v1
		kind: AlertCondition
		metadata: {name: c}
		spec: {severity: page, condition: {kind: burnrate, op: gte, threshold: 2, lookbackWindow: 1h}}
	END
	echo 'not read: [' >dir/readme.txt
	judge --slo dir
	[ "$status" -eq 0 ]
	[ "$(jq -r '.slo + " " + .objective' <<<"$output" | tr '\n' ',')" = "first half,first most,second target 0.5," ]
	rm dir/c.yml
	judge --slo dir
	[ "$status" -eq 78 ]
	[[ "$stderr" == *"dir/a.json: line 3: there is no SLI 'shared' in the files read"* ]]
	judge --slo dir/b.yaml --slo dir/b.yaml
	[ "$status" -eq 78 ]
	[[ "$stderr" == *"there is another SLO 'second' in dir/b.yaml, line 1"* ]]
}

@test "unknown fields are errors with their line, and the nearest is named" {
	slo download "good: outcome = 'success'" | sed 's/budgetingMethod/budgetingMethd/' >mine.yaml
	bad_file "mine.yaml: line 6: the spec of SLO has no field 'budgetingMethd'; did you mean 'budgetingMethod'?"
	slo download "good: outcome = 'success'" | sed 's/kind: SLO/kind: SLO\nlabels: 1/' >mine.yaml
	bad_file "line 3: an OpenSLO document has no field 'labels'; it may have apiVersion, kind, metadata or spec"
	bad_spec "good: status = 200, groups: host" "has no field 'groups'; did you mean 'group'?"
	slo download "good: outcome = 'success'" | sed 's/kind: SLO/kind: SLOO/' >mine.yaml
	bad_file "line 2: 'kind' is 'SLOO', not SLO, SLI, Service"
	slo download "good: outcome = 'success'" | sed 's,openslo/v1,openslo/v2,' >mine.yaml
	bad_file "apiVersion is 'openslo/v2', not openslo/v1"
	slo download "good: outcome = 'success'" | sed 's/name: mine/name: Mine/' >mine.yaml
	bad_file "line 3: the name 'Mine' has to be"
	slo download "good: outcome = 'success'" | sed 's,name: mine,name: mine\, annotations: {teltools/min_events: 3},' >mine.yaml
	bad_file "belong in metricSource.spec"
}

@test "wrong objectives" {
	for target in 1.1 -0.1 abc 0.9999999999 1e-1 .5 ''; do
		slo http 'good: status = 200' "'$target'" >mine.yaml
		bad_file "'target'"
	done
	slo http 'good: status = 200' 0.5 'targetPercent: 50' >mine.yaml
	bad_file "one of 'target' (0.99) and 'targetPercent' (99)"
	slo http 'good: status = 200' 0.5 'op: lte, value: 3' >mine.yaml
	bad_file "'op' and 'value'"
	METRIC=thresholdMetric slo http 'value: status' >mine.yaml
	bad_file "needs 'op' and 'value'"
	METRIC=thresholdMetric slo http 'value: status' 0.5 "op: lte, value: '3 OR 1'" >mine.yaml
	bad_file "'3 OR 1' is not a plain decimal"
	METRIC=thresholdMetric slo http 'where: status = 200' 0.5 'op: lte, value: 3' >mine.yaml
	bad_file "'value' is missing"
	slo http 'good: status = 200' 0.5 'timeSliceWindow: 1h' >mine.yaml
	bad_file "go with budgetingMethod Timeslices"
	METHOD=RatioTimeslices slo http 'good: status = 200' >mine.yaml
	bad_file "'budgetingMethod' is 'RatioTimeslices', not Occurrences or Timeslices"
	METHOD=Timeslices METRIC=thresholdMetric slo http 'where: status = 200' 0.5 \
		'op: lte, value: 3, timeSliceWindow: 1h, timeSliceTarget: 1' >mine.yaml
	bad_file "'presence' is missing"
	slo http 'good: status = 200' 0.5 'compositeWeight: 2' >mine.yaml
	bad_file "composite objectives"
	for window in 30 30s 0d 1.5h 999999Y d; do
		WINDOW=$window slo http 'good: status = 200' >mine.yaml
		bad_file "not a duration"
	done
	slo http 'good: status = 200' | sed 's/isRolling: true/isRolling: false/' >mine.yaml
	bad_file "only rolling windows"
	slo http 'good: status = 200' | sed 's/type: teltools/type: prometheus/' >mine.yaml
	bad_file "only sources of type 'teltools' can be judged here, not 'prometheus'"
	slo http 'good: status = 200' | sed '/objectives/d' >mine.yaml
	bad_file "'objectives' has to be a list"
	slo http 'good: status = 200' | sed 's/target: 0.5}/target: 0.5}, {target: 0.5}/' >mine.yaml
	bad_file "two objectives are called 'target 0.5'"
}

@test "expressions: an unknown column is named, and the nearest" {
	bad_spec 'good: statsu = 200' "event http has no column 'statsu'; did you mean 'status'?"
	bad_spec 'good: zzzzzz = 200' "event http has no column 'zzzzzz'; tel-events(5) lists them"
	bad_spec 'good: status = 200, group: hots' "group: event http has no column 'hots'; did you mean 'host'?"
	slo htpp 'good: status = 200' >mine.yaml
	bad_file "there is no event 'htpp'; did you mean 'http'?"
	bad_spec "good: role = 'metdata'" "role is never 'metdata'; it is one of metadata|landing|artifact"
	bad_spec "good: \"role IN ('landing', 'x')\"" "role is never 'x'"
	bad_spec 'good: status = 200, group: ts_ms' "ts_ms is another one in every event"
}

# With SQLite's own types each of these would be a condition that always or never holds.
@test "expressions: a text or a number is no condition, and they are not compared" {
	for spec in 'good: host' 'bad: host' 'where: host, good: stale' 'exclude: host, good: stale'; do
		bad_spec "$spec" "mine.yaml: line 10: ${spec%%:*}: 'host': character 1: host is a text, not a condition; compare it: host = 'example.org'"
	done
	bad_spec 'bad: method' "compare it: method = 'GET'"
	bad_spec 'bad: NOT method' "character 5: method is a text, not a condition"
	bad_spec 'bad: status' "status is a number, not a condition; compare it: status >= 500"
	bad_spec "bad: status = 'abc'" "character 10: status is a number and 'abc' is a text; compare it: status >= 500"
	bad_spec "bad: host > 5" "host is a text and 5 is a number; write '5' with quotes"
	bad_spec "bad: stale = 2" "stale is a boolean and 2 is a number; compare it: stale = TRUE"
	bad_spec "bad: \"coalesce(status, 'none') = 'none'\"" "coalesce takes values of one type"
	bad_spec "bad: \"'x' IN (host, role)\"" "role is never 'x'"
	METRIC=thresholdMetric slo http 'value: host' 0.5 'op: gt, value: 5' >mine.yaml
	bad_file "value: 'host': character 1: host is a text, not a number"
	METRIC=thresholdMetric slo http 'value: from_cache' 0.5 'op: gt, value: 5' >mine.yaml
	bad_file "from_cache is a boolean, not a number; a condition belongs into 'good' or 'bad'"
	sed 's/where: from_cache != 1/where: host/' "$PACK" >mine.yaml
	bad_file "where: 'host': character 1: host is a text"
	good_of_total role
	bad_file "where: 'role': character 1: role is a text, not a condition; compare it: role = 'metadata'"
}

@test "expressions: nothing but the shared part of SQL" {
	while IFS='~' read -r expression words; do
		printf '%s\n' "  $expression" >expression
		slo http 'good: "@"' | awk 'NR == FNR { e = e substr($0, 3); next }
			{ at = index($0, "@"); if (at) $0 = substr($0, 1, at - 1) e substr($0, at + 1); print }' \
			expression - >mine.yaml
		bad_file "$words"
	done <<-'END'
		1) OR (1~expected AND, OR or the end
		1; DROP TABLE http_events~one condition, without a semicolon
		status = 200 -- x~comments are not allowed
		status /* x */ = 200~comments are not allowed
		(SELECT 1)~queries are not allowed
		status IN (SELECT 1)~queries are not allowed
		load_extension('x')~the only function allowed is coalesce
		abs(status) = 1~the only function allowed is coalesce
		EXISTS (SELECT 1)~queries are not allowed
		status == 200~equality is written with one =
		status = NULL~write IS NULL
		host LIKE '%x'~character 6, 'LIKE': not allowed; a text is compared as a whole
		host NOT GLOB 'x'~character 10, 'GLOB': not allowed
		status BETWEEN 1 AND 2~character 8, 'BETWEEN': not allowed; write two comparisons
		status % 2 = 0~character 8, '%': not allowed; there are + - * and /
		host || 'x' = 'y'~not allowed; texts are not joined
		host = 'x~has no closing quote
		status = 0x10~a number is digits and a point
		status = 1e3~a number is digits and a point
		status = ?1~not part of an expression
		status = :x~not part of an expression
		status = @x~not part of an expression
		http_events.status = 1~no column 'http_events'
		status = ~at its end
		status IN ()~expected a column
		status IS 200~expected NULL, TRUE or FALSE after IS
		CASE WHEN 1 THEN 1 END~character 1, 'CASE': not allowed; conditions are combined with
		[status] = 1~a column has none
		rowid = 1~no column 'rowid'
	END
	slo http "good: \"$(printf '(%.0s' {1..60})status$(printf ')%.0s' {1..60})\"" >mine.yaml
	bad_file "too much within each other"
	slo http "good: \"$(printf 'NOT %.0s' {1..60})status = 1\"" >mine.yaml
	bad_file "too much within each other"
	slo http "good: status = 1$(printf ' + 1%.0s' {1..300})" >mine.yaml
	bad_file "the expression is too long"
}

@test "expressions: each allowed form has its documented result" {
	sql "$DB" "INSERT INTO http_events (ts_ms, host, role, method, status, elapsed_ms, bytes) VALUES
		($NOW, 'a', 'metadata', 'GET', 200, 7, 2), ($NOW, 'it''s', 'landing', 'GET', NULL, NULL, NULL)"
	while IFS='|' read -r expression good; do
		slo http "good: \"$expression\"" >mine.yaml
		judge --slo mine.yaml
		[ "$(field mine good)" = "$good" ] || { echo "$expression: $output $stderr" && false; }
	done <<-'END'
		status = 200|1
		status <> 200|0
		status != 500|1
		NOT status = 200|0
		not (status = 200 or status is not null)|0
		status IS NULL|1
		coalesce(status, 0) < 100|1
		host = 'it''s'|1
		role IN ('metadata', 'landing')|2
		role NOT IN ('metadata')|1
		elapsed_ms / bytes = 3.5|1
		elapsed_ms - - 1 = 8|1
		-elapsed_ms * 2 + bytes <= -12|1
		(status = 200) IS NOT TRUE|1
		from_cache = FALSE|2
		TRUE|2
		from_cache|0
		NOT from_cache|2
	END
}

@test "hostile YAML: refused with a line, or read for what it is" {
	printf 'a: &a [1, *a]\n' >mine.yaml
	bad_file "mine.yaml: line 1: alias *a: within the node that it names"
	printf 'a: *a\n' >mine.yaml
	bad_file "alias *a: no such anchor before it"
	printf 'a: 1\nb: 2\na: 3\n' >mine.yaml
	bad_file "mine.yaml: line 3: 'a' is given twice"
	printf '[%.0s' {1..5000} >mine.yaml
	bad_file "mine.yaml: line 1: "
	printf 'kind: SLO\n\tspec: 1\n' >mine.yaml
	bad_file "mine.yaml: line 1: not YAML"
	printf 'a: !!binary aGVsbG8=\n' >mine.yaml
	bad_file "tags such as !!binary"
	printf 'a: "x\\0y"\n' >mine.yaml
	bad_file "NUL"
	printf 'a: \000\n' >mine.yaml
	bad_file "NUL"
	printf 'b: 1\na: "\xff\xfe"\n' >mine.yaml
	bad_file "mine.yaml: line 2: not UTF-8"
	# libfyaml never comes back from this one.
	printf 'a: 1\n%%b: \xff\n' >mine.yaml
	bad_file "mine.yaml: line 2: not UTF-8"
	printf '{a: 1\n' >mine.yaml
	bad_file "not YAML"
	printf -- '- [a]: b\n' >mine.yaml
	bad_file "a key is plain text"
	: >mine.yaml
	bad_file "mine.yaml: no document of kind SLO"
	printf 'just text\n' >mine.yaml
	bad_file "expected fields"
	head -c 1100000 /dev/zero | tr '\0' x >mine.yaml
	bad_file "larger than"
	{ printf '['; printf 'a,%.0s' {1..30000}; printf ']'; } >mine.yaml
	bad_file "too many values"
}

@test "hostile YAML: a bomb of aliases costs nothing" {
	{
		echo 'a0: &a0 [x, x, x, x, x, x, x, x, x]'
		for i in {1..30}; do
			echo "a$i: &a$i [*a$((i - 1)), *a$((i - 1)), *a$((i - 1)), *a$((i - 1)), *a$((i - 1)), *a$((i - 1))]"
		done
	} >mine.yaml
	bad_file "an OpenSLO document has no field 'a0'"
}

@test "anchors and aliases may be used" {
	downloads 3 success
	NAME=one slo download "good: &g outcome = 'success', where: *g" >mine.yaml
	judge --slo mine.yaml
	[ "$status" -eq 0 ]
	[ "$(field one total)" = 3 ]
}

# ---- command line

@test "--check reads the SLO files only" {
	run --separate-stderr slo-eval --check
	[ "$status" -eq 0 ]
	[ "$output" = "" ]
	printf 'a: 1\n' >mine.yaml
	run --separate-stderr slo-eval --check --slo mine.yaml
	[ "$status" -eq 78 ]
}

@test "the built-in pack is schema/slo: the objectives of downloads" {
	healthy
	[ "$(slo-eval --db "$DB")" = "$(slo-eval --db "$DB" --slo "$ROOT/schema/slo")" ]
	# http-429-wayback is optional and has no events here.
	slo-eval --db "$DB" | jq -r .slo | sort -u | diff - <(printf '%s\n' \
		breaker-opens corruption http-429 metadata-cache-hit \
		rate-delay-artifact rate-delay-metadata ttfp-p50 ttfp-p95 yield) || {
		echo 'the list in this test has the objectives of schema/slo'
		return 1
	}
}

@test "TEL_DB names the database" {
	need_terminal
	healthy
	TEL_DB=$DB run slo-eval --slo "$PACK"
	[ "$status" -eq 0 ]
	run script -qec "slo-eval --slo $PACK" /dev/null
	[ "$status" -eq 64 ]
	[[ "$output" == *"give --db FILE or set TEL_DB"* ]]
	run --separate-stderr slo-eval --slo - <"$ROOT/schema/slo/downloads.yaml"
	[ "$status" -eq 64 ]
}

@test "databases that cannot be judged" {
	run --separate-stderr slo-eval --slo "$PACK" --db nope.db
	[ "$status" -eq 66 ]
	[[ "$stderr" == *"nope.db: No such file"* ]]
	[ ! -e nope.db ]
	run --separate-stderr slo-eval --slo "$PACK" --db .
	[ "$status" -eq 66 ]
	head -c 8192 /dev/urandom >noise.db
	run --separate-stderr slo-eval --slo "$PACK" --db noise.db
	[ "$status" -eq 65 ]
	sqlite3 other.db 'CREATE TABLE t (x)'
	run --separate-stderr slo-eval --slo "$PACK" --db other.db
	[ "$status" -eq 65 ]
	[[ "$stderr" == *"not one of teltools"* ]]
}

@test "SLO files that cannot be read" {
	judge --slo nope.yaml
	[ "$status" -eq 66 ]
	[[ "$stderr" == *"nope.yaml: No such file"* ]]
	mkdir dir
	judge --slo dir
	[ "$status" -eq 78 ]
	[[ "$stderr" == *"dir: no *.yaml, *.yml or *.json in this folder"* ]]
}

@test "wrong command lines are exit 64" {
	while IFS='|' read -r arguments words; do
		# shellcheck disable=SC2086
		judge $arguments
		[ "$status" -eq 64 ]
		[[ "$stderr" == *"$words"* ]] || { echo "$stderr" && false; }
	done <<-'END'
		--format xml|--format: 'xml' is not jsonl, json or table
		--at yesterday|--at: 'yesterday' is not a time
		--run r1 --window 1d|--window does not go with it
		--window nonsense|window
		operand|unexpected operand 'operand'; the database is given with --db, SLO files with --slo
		--nope|nope
	END
}

@test "-q silences warnings; --help and --version go to stdout" {
	judge -q --run nope
	[ "$status" -eq 2 ]
	[ "$stderr" = "" ]
	run --separate-stderr slo-eval --help
	[ "$status" -eq 0 ]
	[[ "$output" == *"--slo FILE-or-DIR     objectives, OpenSLO v1; may be repeated (default:"$'\n'"                            those built in)"$'\n'* ]]
	for program in "$BIN"/*; do
		[ "$("$program" --help | wc -l)" -gt 5 ]
		"$program" --help | awk 'length > 80 { print; found = 1 } END { exit found }'
	done
	run --separate-stderr slo-eval --version
	[ "$status" -eq 0 ]
}

@test "the database is only read" {
	healthy
	before=$(sha256sum <"$DB")
	chmod 444 "$DB"
	judge
	[ "$status" -eq 0 ]
	[ "$(sha256sum <"$DB")" = "$before" ]
}

@test "the examples of the page work" {
	requests 150 a.example 200
	awk '/^apiVersion/ { take = 1 } /^\.Ed/ { take = 0 } take' "$ROOT/cmd/slo-eval.1" >mine.yaml
	judge --slo mine.yaml
	[ "$status" -eq 0 ]
	[ "$(jq -r '"\(.slo) \(.total) \(.objective)"' <<<"$output")" = "api-success 150 answers >= 99.9 %" ]
	AGE_MS=60000 requests 10 a.example NULL
	judge --slo mine.yaml
	[ "$(jq -r 'select(.verdict == "breach") | "\(.slo) \(.group)"' <<<"$output")" = 'api-success {"host":"a.example"}' ]
}

@test "events on stdin are judged as those in a database" {
	local events=$BATS_TEST_TMPDIR/events
	jq -nc --argjson now "$TEL_NOW_MS" 'range(200) | {type: "download", ts_ms: ($now - . - 1), run_id: "r",
		artifact_id: "a\(.)", outcome: (if . < 190 then "success" else "miss" end), ttfp_ms: 5}' >"$events"
	tel-ingest --db stdin.db "$events"
	run --separate-stderr slo-eval --slo "$PACK" --run r --db stdin.db
	[ "$status" -eq 2 ]
	local from_database=$output
	run --separate-stderr slo-eval --slo "$PACK" --run r <"$events"
	[ "$status" -eq 2 ]
	[ "$output" = "$from_database" ]
	[ "$(jq -r 'select(.slo == "yield") | "\(.verdict) \(.good) \(.bad)"' <<<"$output")" = "pass 190 10" ]
	run --separate-stderr slo-eval --slo "$PACK" --run r < <(cat "$events"; echo nonsense)
	[ "$stderr" = "slo-eval: warning: standard input: 1 of 201 lines refused; tel-ingest says why" ]
	TEL_DB=stdin.db run --separate-stderr slo-eval --slo "$PACK" --run r </dev/null
	[ "$output" = "$from_database" ]
	TEL_DB=$DB run --separate-stderr slo-eval --slo "$PACK" --run r <"$events"
	[ "$(jq -r .verdict <<<"$output" | sort -u)" = no_data ]
	TEL_DB=$DB run --separate-stderr slo-eval --slo "$PACK" --db - --run r <"$events"
	[ "$output" = "$from_database" ]
	run --separate-stderr slo-eval --db - --slo - <"$events"
	[ "$status" -eq 64 ]
	[ "$stderr" = "slo-eval: --db - and --slo -: standard input cannot be both" ]
}

@test "a damaged stored file that was replaced counts as corruption and as yield" {
	downloads 99 success
	put downloads 1 'artifact_id, outcome, reason' "'d', 'success', 'object_damaged'"
	run --separate-stderr slo-eval --slo "$PACK" --db "$DB" --run r1
	[ "$status" -eq 1 ]
	[ "$(jq -r 'select(.slo == "corruption") | "\(.verdict) \(.bad)"' <<<"$output")" = "breach 1" ]
	[ "$(jq -r 'select(.slo == "yield") | "\(.verdict) \(.good)"' <<<"$output")" = "pass 100" ]
}
