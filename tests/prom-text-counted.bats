#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# prom-text: what is counted of all events, against SQL, and never falling.
# shellcheck shell=bash disable=SC2030,SC2031,SC2154

load helper

NOW=1780012800000

setup() {
	export TEL_NOW_MS=$NOW
	cd "$BATS_TEST_TMPDIR" || return 1
}

# requests COUNT SEED: prints that many, of some hosts, of the last 30 days.
requests() {
	awk -v now="$NOW" -v count="$1" -v seed="$2" 'BEGIN { srand(seed); split("200 200 200 304 404 429 503", status, " ")
		for (i = 1; i <= count; i++) {
			printf "{\"type\":\"http\",\"ts_ms\":%.0f,\"producer\":\"p%d\",\"seq\":%d,\"host\":\"%s\",\"role\":\"metadata\",\"method\":\"GET\"",
				now - int(rand() * 30 * 86400) * 1000, seed, i, substr("abc", 1 + int(rand() * 3), 1)
			if (rand() < 0.9) printf ",\"status\":%d,\"elapsed_ms\":%d", status[1 + int(rand() * 7)], int(exp(rand() * 11))
			print "}" } }'
}

store() {
	tel-ingest -q --db tel.db >/dev/null
}

# samples [OPTION]...: the lines of samples, without those about the evaluation.
samples() {
	prom-text --db tel.db "$@" | grep -v '^#' | grep -v '^tel_evaluation'
}

sql() {
	sqlite3 -readonly tel.db "$1"
}

@test "counted: requests and their durations are those that SQL finds" {
	requests 3000 1 | store
	samples >out
	sql "SELECT 'tel_http_requests_total{host=\"' || host || '\",role=\"' || role || '\"' ||
		coalesce(',status_class=\"' || (status / 100) || 'xx\"', '') || '} ' || count(*)
		FROM http_events GROUP BY host, role, status / 100" >want
	[ "$(wc -l <want)" -eq 15 ]
	[ "$(sort want)" = "$(grep '^tel_http_requests_total' out | sort)" ]
	for edge in 0.01:10 0.1:100 1.0:1000 60.0:60000 +Inf:99999999; do
		[ "$(grep "_duration_seconds_bucket.*host=\"a\".*status_class=\"2xx\".*le=\"${edge%:*}\"" out | cut -d ' ' -f 2)" -eq \
			"$(sql "SELECT count(*) FROM http_events WHERE host = 'a' AND status / 100 = 2 AND elapsed_ms <= ${edge#*:}")" ]
	done
	[ "$(grep '_duration_seconds_sum.*host="b".*"4xx"' out | cut -d ' ' -f 2)" = \
		"$(sql "SELECT rtrim(rtrim(printf('%.3f', sum(elapsed_ms) / 1000.0), '0'), '.') FROM http_events WHERE host = 'b' AND status / 100 = 4")" ]
}

@test "counted: each number is the same after packing, from rows and from the archive" {
	requests 2000 1 | store
	samples --metrics tel --metrics slo | grep '_total{\|_bucket\|_sum\|_count' >before
	tel-archive pack -q -a arc -d tel.db -b -14d >/dev/null
	[ "$(sql 'SELECT count(*) FROM http_events')" -lt 2000 ]
	samples --metrics tel --metrics slo | grep '_total{\|_bucket\|_sum\|_count' >after
	diff <(grep -v '^tel_store' before) <(grep -v '^tel_store' after)
	rm tel.db.counts
	samples --metrics tel --metrics slo | grep '_total{\|_bucket\|_sum\|_count' >after
	diff <(grep -v '^tel_store' before) <(grep -v '^tel_store' after)
}

# falls: names the counters of the file `last` that have less, or are not there, in `now`.
falls() {
	awk '{ key = $0; sub(/ [^ ]*$/, "", key); value = $NF }
		NR == FNR { last[key] = value; next }
		{ now[key] = value }
		END { for (key in last) if (!(key in now) || now[key] + 0 < last[key] + 0) print key, last[key], now[key] }' last now
}

counters() {
	samples --metrics tel --metrics slo | grep -E '^tel_(http|slo|observation)[a-z_]*(_total|_bucket|_count|_sum)[{ ]'
}

@test "counted: counters do not fall by late events, replays, packing, and an older copy that comes back" {
	requests 500 1 | store
	counters >last
	for step in 1 2 3 4 5 6 7 8; do
		case $step in
		1) requests 300 2 | store ;;
		2) requests 300 2 | store ;;
		3) tel-archive pack -q -a arc -d tel.db -b -20d >/dev/null && sqlite3 tel.db '.backup copy.db' ;;
		4) requests 900 3 | store ;;
		5) rm tel.db tel.db-*; cp copy.db tel.db ;;
		6) requests 50 4 | store ;;
		7) requests 900 3 | store ;;
		8) tel-archive pack -q -a arc -d tel.db -b -5d >/dev/null ;;
		esac
		counters >now
		[ "$(falls)" = "" ] || { echo "step $step:" && falls && return 1; }
		cp now last
	done
	# What went away with the copy is named.
	[ "$(grep '^tel_http_requests_corrected_total' now | awk '{ sum += $2 } END { print sum }')" -eq 900 ]
}

@test "counted: 600 hosts end in other at the bound, with the count of what was folded" {
	awk -v now="$NOW" 'BEGIN { for (i = 1; i <= 600; i++) for (k = 0; k < 2; k++)
		printf "{\"type\":\"http\",\"ts_ms\":%.0f,\"host\":\"h%d\",\"role\":\"metadata\",\"method\":\"GET\",\"status\":200}\n", now - i, i }' | store
	run --separate-stderr prom-text --db tel.db --metrics tel
	[ "$(grep -c '^tel_http_requests_total' <<<"$output")" -eq 501 ]
	[[ $output = *'tel_http_requests_total{host="other",role="other",status_class="other"} 200'* ]]
	[[ $output = *'tel_dropped_series{family="tel_http_requests_total"} 100'* ]]
	[[ $stderr = *'label sets are past max_series'* ]]
}

@test "counted: groups whose labels look alike are one series" {
	printf '{"type":"observation","ts_ms":%d,"name":"%s"%s,"value":1}\n' \
		"$NOW" a '' "$NOW" a ',"outcome":""' "$NOW" 'n\u0000' '' "$NOW" 'n\ufffd' '' | store
	cat >m_total.yaml <<-'END'
		metric: m_total
		type: counter
		help: All.
		source: { event: observation }
		labels: { name: name, outcome: outcome }
	END
	run --separate-stderr samples --metrics ./m_total.yaml
	[ "$output" = $'m_total{name="a"} 2\nm_total{name="n\xef\xbf\xbd"} 2' ]
	[ "$stderr" = '' ]
	# One that is named as the series that others share is that.
	printf '{"type":"observation","ts_ms":%d,"name":"%s","outcome":"other"}\n' "$NOW" other "$NOW" x | store
	echo 'max_series: 5' >>m_total.yaml
	run --separate-stderr samples --metrics ./m_total.yaml
	[[ $output = *'m_total{name="other",outcome="other"} 2'* ]]
	[[ $stderr != *twice* ]]
}

@test "counted: observations: the newest value, its time, and a histogram of one's own" {
	cat >app_seconds.yaml <<-'END'
		metric: app_seconds
		type: histogram
		help: How long it took.
		source: { event: observation, where: name = 'took' }
		value: value
		buckets: [0.5, 1, 2.5]
		labels: { job_name: labels.job }
	END
	printf '{"type":"observation","ts_ms":%d,"name":"took","value":%s,"labels":{"job":"%s"}}\n' \
		$((NOW - 3000)) 0.5 a $((NOW - 1000)) 3 a $((NOW - 2000)) 1 a $((NOW - 9000)) 0.75 b | store
	run samples --metrics tel
	[[ $output = *'tel_observation_last_value{name="took"} 3'* ]]
	[[ $output = *"tel_observation_last_timestamp_seconds{name=\"took\"} $((NOW / 1000 - 1))"* ]]
	run samples --metrics ./app_seconds.yaml
	[ "$output" = 'app_seconds_bucket{job_name="a",le="0.5"} 1
app_seconds_bucket{job_name="a",le="1.0"} 2
app_seconds_bucket{job_name="a",le="2.5"} 2
app_seconds_bucket{job_name="a",le="+Inf"} 3
app_seconds_sum{job_name="a"} 4.5
app_seconds_count{job_name="a"} 3
app_seconds_bucket{job_name="b",le="0.5"} 0
app_seconds_bucket{job_name="b",le="1.0"} 1
app_seconds_bucket{job_name="b",le="2.5"} 1
app_seconds_bucket{job_name="b",le="+Inf"} 1
app_seconds_sum{job_name="b"} 0.75
app_seconds_count{job_name="b"} 1' ]
}

@test "counted: what labels do not tell apart is one series, and nothing of it is lost" {
	printf '%s\n' 'metric: o_total' 'type: counter' 'help: x' 'source: {event: observation}' 'labels: {name: name}' 'max_series: 2' >o_total.yaml
	printf '{"type":"observation","ts_ms":1,"value":1,"name":"%s"%s}\n' a '' a ',"outcome":""' other '' c '' d '' | store
	run --separate-stderr samples --metrics tel
	[ "$stderr" = '' ]
	[[ $output = *'tel_observation_events_total{name="a"} 2'* ]]
	run --separate-stderr samples --metrics ./o_total.yaml
	[[ $stderr = *': 2 label sets are past max_series '* ]]
	[ "$output" = $'o_total{name="a"} 2\no_total{name="other"} 3\ntel_dropped_series{family="o_total"} 2' ]
}

@test "counted: groups of an objective have labels of their own, and those past the bound are counted" {
	cat >slo.yaml <<-'END'
		apiVersion: openslo/v1
		kind: SLO
		metadata: { name: s }
		spec:
		  service: v
		  indicator:
		    metadata: { name: i }
		    spec:
		      ratioMetric:
		        metricSource: { type: teltools, spec: { event: other, type: note, good: x = 1, group: [slo, body.a, body_a, 'body."9-c"'] } }
		  timeWindow: [{ duration: 1d, isRolling: true }]
		  budgetingMethod: Occurrences
		  objectives: [{ target: 0.9 }]
	END
	awk 'BEGIN { for (i = 1; i <= 502; i++) printf "{\"type\":\"note\",\"ts_ms\":%d,\"x\":1,\"slo\":\"s\",\"a\":\"%d\",\"body_a\":\"z\",\"9-c\":\"y\"}\n", i, i }' | store
	run --separate-stderr samples --metrics slo --slo slo.yaml
	[ "$status" -eq 0 ] || { echo "$stderr" && return 1; }
	[[ $output = *'tel_slo_good_events_total{service="v",slo="s",objective="target 0.9",group_slo="s",body_a="1",group_body_a="z",body_9_c="y"} 1'* ]]
	[[ $output = *'tel_dropped_series{family="tel_slo_good_events_total"} 2'* ]]
	[[ $stderr = *': 2 label sets are past max_series '* ]]
}

@test "counted: who has a series keeps it, whichever definition saw a group first" {
	printf '%s\n' 'metric: app_requests_total' 'type: counter' 'help: x' 'source: {event: http}' 'labels: {host: host}' 'max_series: 4' >app_requests_total.yaml
	printf '%s\n' 'metric: app_opens_total' 'type: counter' 'help: x' 'source: {event: breaker}' 'labels: {host: host}' >app_opens_total.yaml
	show() {
		samples --metrics ./app_opens_total.yaml --metrics ./app_requests_total.yaml
	}
	request() {
		printf '{"type":"http","ts_ms":1,"host":"%s","role":"metadata","method":"GET","status":200,"from_cache":false}\n' "$@" | store
	}
	echo '{"type":"breaker","ts_ms":1,"host":"zz","scope":"host","old_state":"closed","new_state":"open"}' | store
	show
	request a b c d e
	[[ $(show) = *'{host="a"} 1'*'{host="b"} 1'*'{host="c"} 1'*'{host="d"} 1'*'{host="other"} 1'* ]]
	request zz
	show
	[[ $(show) = *'{host="a"} 1'*'{host="b"} 1'*'{host="c"} 1'*'{host="d"} 1'*'{host="other"} 2'* ]]
}

@test "counted: long values of labels are cut at a character, and equal ones are joined" {
	long=$(printf 'x%.0s' {1..255})
	for tail in 'éa' 'éb' 'c' 'c'; do
		printf '{"type":"http","ts_ms":1,"host":"%s","role":"metadata","method":"GET","status":200,"from_cache":false}\n' "$long$tail"
	done | store
	run samples --metrics tel_http_requests_total
	[ "$output" = "tel_http_requests_total{host=\"$long\",role=\"metadata\",status_class=\"2xx\"} 2
tel_http_requests_total{host=\"${long}c\",role=\"metadata\",status_class=\"2xx\"} 2" ]
}

@test "counted: a sum past the largest number stays infinite, and its buckets count on" {
	printf '%s\n' 'metric: app_size' 'type: histogram' 'help: x' 'source: {event: observation}' 'value: value' 'buckets: [1]' >app_size.yaml
	printf '{"type":"observation","ts_ms":1,"name":"n","value":%s}\n' 1e308 1e308 0.5 | store
	run samples --metrics ./app_size.yaml
	printf '{"type":"observation","ts_ms":2,"name":"n","value":0.5}\n' | store
	run samples --metrics ./app_size.yaml
	[ "$output" = $'app_size_bucket{le="1.0"} 2\napp_size_bucket{le="+Inf"} 4\napp_size_sum +Inf\napp_size_count 4' ]
}

@test "counted: a negative value does not let a counter fall, nor the sum of a histogram" {
	printf '%s\n' 'metric: app_total' 'type: counter' 'help: x' 'source: {event: observation}' 'value: value' >app_total.yaml
	printf '%s\n' 'metric: app_size' 'type: histogram' 'help: x' 'source: {event: observation}' 'value: value' 'buckets: [1]' >app_size.yaml
	printf '%s\n' 'metric: app_level' 'type: histogram' 'help: x' 'source: {event: observation}' 'value: value' 'buckets: [-1, 1]' >app_level.yaml
	printf '{"type":"observation","ts_ms":1,"name":"n","value":%s}\n' 5 -3 0.5 | store
	run samples --metrics ./app_total.yaml --metrics ./app_size.yaml --metrics ./app_level.yaml
	[[ $output = *'app_total 5.5'* ]]
	[[ $output = *'app_size_sum 5.5'*'app_size_count 2'* ]]
	[[ $output = *'app_level_bucket{le="-1.0"} 1'*'app_level_sum 2.5'*'app_level_count 3'* ]]
}

@test "counted: definitions that are wrong name file and line" {
	wrong() {
		printf '%s\n' 'metric: m_x' "$@" >m_x.yaml
		run -78 --separate-stderr prom-text --db tel.db --metrics ./m_x.yaml
		echo "$stderr"
	}
	: | store
	[[ $(wrong 'type: gauge' 'help: x' 'source: {event: http}') = *"m_x.yaml: line 1: 'value' is missing: a gauge"* ]]
	[[ $(wrong 'type: counter' 'help: x' 'source: {event: htp}') = *"m_x.yaml: line 4: there is no event 'htp'; did you mean 'http'?"* ]]
	[[ $(wrong 'type: counter' 'help: x' 'source: {event: http}' 'labels: {host: hst}') = *"m_x.yaml: line 5: label host: "* ]]
	[[ $(wrong 'type: counter' 'help: x' 'source: {event: http}' 'value: elapsed_ms') = *"line 5: 'value' is in ms"* ]]
	[[ $(wrong 'type: histogram' 'help: x' 'source: {event: http}' 'value: bytes' 'buckets: [1, 1]') = *"line 6: 'buckets' must rise"* ]]
	[[ $(wrong 'type: histogram' 'help: x' 'source: {event: http}' 'value: bytes' 'buckets: [1]' 'labels: {le: host}') = *"line 7: label le: belongs to histograms and summaries"* ]]
	[[ $(wrong 'type: counter' 'help: x' 'unit: seconds' 'source: {event: http}') = *"line 4: 'unit' must be a base unit that the name"* ]]
	[[ $(wrong 'type: counter' 'help: x' 'source: {event: http}' 'labels: {a: host, a: role}') = *"m_x.yaml: line 5: "* ]]
	[[ $(wrong 'type: counter' 'help: x' 'source: {event: http}' 'bucket: [1]') = *"did you mean 'buckets'?"* ]]
}

@test "check: names, units, labels, and columns that do not exist" {
	run prom-text check tel
	[ "$status" -eq 0 ] && [ "$output" = "" ]
	mkdir pack
	printf '%s\n' '# Jobs.' 'metric: app_job_ms' 'type: counter' 'help: x' 'source: {event: observation}' 'labels: {job: labels.job}' >pack/app_job_ms.yaml
	printf '%s\n' '-- metric: app_x' '-- type: gauge' '-- help: x' 'SELECT nosuch AS value FROM downloads' >pack/app_x.sql
	run prom-text check ./pack
	[ "$status" -eq 1 ]
	[[ $output = *'pack/app_job_ms.yaml: line 2: '*'ms is no base unit'* ]]
	[[ $output = *'pack/app_job_ms.yaml: line 2: label job'* ]]
	[[ $output = *'pack/app_x.sql: line 4: '*'no such column: nosuch'* ]]
}
