#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# prom-text check, definitions that clash or are slow, values with odd bytes, many hosts.

load helper
load prom-text

NOW=1780012800000

# file NAME LINE...: a file of the folder pack.
file() {
	mkdir -p "$pack"
	printf '%s\n' "${@:2}" >"$pack/$1"
}

# checked STATUS WANT: `check` of the folder ends so, and says that of its files.
checked() {
	run --separate-stderr prom-text check "$pack"
	echo "$status: $output / $stderr"
	[ "$status" -eq "$1" ]
	[ -z "$stderr" ]
	[ "${output//$pack\//}" = "$2" ]
	rm -r "$pack"
}

@test "check: what is built in, and no pack at all" {
	run --separate-stderr prom-text check
	[ "$status" -eq 0 ] && [ -z "$output$stderr" ]
	run --separate-stderr prom-text check tel slo applylens
	[ "$status" -eq 0 ] && [ -z "$output$stderr" ]
	run --separate-stderr prom-text -v check applylens
	[ "$status" -eq 0 ] && [ "$stderr" = 'prom-text: 3 metrics, 0 complaints' ]
	run --separate-stderr prom-text check nosuch
	[ "$status" -eq 66 ]
	# The names of the older exporter, and nothing else of it.
	run prom-text check docstokg
	[ "$status" -eq 1 ]
	[ "$(sed 's|^schema/metric/docstokg/||; s/: line [0-9]*: metric [a-z_0-9]*//' <<<"$output")" = \
'docstokg_run_cache_hit_pct.sql: pct is no base unit; better docstokg_run_cache_hit_ratio
docstokg_run_corruption_count.sql: the suffix _count is reserved for samples of histograms, summaries and counters
docstokg_run_dedupe_saved_mb.sql: mb is no base unit; better docstokg_run_dedupe_saved_bytes
docstokg_run_rate_delay_p95_ms.sql: ms is no base unit; better docstokg_run_rate_delay_p95_seconds
docstokg_run_ttfp_ms.sql: ms is no base unit; better docstokg_run_ttfp_seconds
docstokg_run_ttfp_ms.sql: line 5: label quantile: belongs to summaries
docstokg_run_yield_pct.sql: pct is no base unit; better docstokg_run_yield_ratio' ]
}

@test "check: a folder of good files of each type is silent" {
	file app_jobs_total.yaml 'metric: app_jobs_total' 'type: counter' 'help: Jobs.' \
		"source: {event: observation, where: name = 'job'}" 'labels: {job_name: labels.job}'
	file app_age_seconds.yaml 'metric: app_age_seconds' 'type: gauge' 'help: Age.' \
		'source: {event: http}' 'value: elapsed_ms' 'labels: {class: class(status)}' 'max_series: 3'
	file app_size_bytes.yaml 'metric: app_size_bytes' 'type: histogram' 'help: Size.' \
		'source: {event: http}' 'value: bytes' 'buckets: [1, 1e3, 1000000]'
	definition app_info info "SELECT 'x' AS version, 1 AS value"
	definition app_state stateset "SELECT 'on' AS app_state, 1 AS value"
	definition app_wait_seconds summary "SELECT 0.5 AS quantile, 1 AS value"
	definition app_odd untyped 'SELECT 1 AS value'
	checked 0 ''
}

@test "check: each bad YAML file by its line, in a folder with others that are good" {
	file a_total.yaml 'metric: a_total' 'type: counter' 'help: x' 'source: {event: http}'
	file b.yaml 'metric: b' 'type: counter' 'help: x' 'source: {event: http}' 'bucket: [1]'
	file c_total.yaml 'metric: c_total' 'type: gauge' 'help: x' 'source: {event: http}' 'value: bytes'
	file d.yaml 'metric: [d'
	file e_total.yaml '# words' 'metric: e_total' 'type: counter' 'help: x' 'source: {event: htp}'
	file f_total.yaml 'metric: f_total' 'type: counter' 'help: x' 'source: {event: http}' 'labels:' '  a: host' '  b: hst'
	file g.yaml 'metric: g' 'type: histogram' 'help: x' 'source: {event: http}' 'value: bytes' 'buckets: [2, 1]'
	file h_total.yaml 'metric: h_total' 'type: counter' 'help: x' 'source: {event: http}' 'max_series: 0'
	checked 1 "b.yaml: line 5: a metric has no field 'bucket'; did you mean 'buckets'?
c_total.yaml: line 1: metric: c_total; a name that ends in _total is that of a counter
d.yaml: line 2: not YAML: flow sequence without a closing bracket
e_total.yaml: line 5: there is no event 'htp'; did you mean 'http'?
f_total.yaml: line 7: label b: event http has no column 'hst'; did you mean 'host'?
g.yaml: line 6: 'buckets' must rise, and 1 does not
h_total.yaml: line 5: 'max_series' is '0', not an integer from 1 to 100000"
}

@test "check: each bad SQL file by its line" {
	definition aa gauge 'SELECT nosuch AS value FROM downloads'
	definition bb gauge $'\n\nSELECT 1 AS value FROM nosuch'
	definition cc gauge 'DELETE FROM downloads'
	definition dd_total gauge 'SELECT 1 AS value'
	definition ee gauge 'SELECT 1 AS number'
	definition ff guage 'SELECT 1 AS value'
	definition gg gauge $'SELECT 1 AS value;\nSELECT 2 AS value'
	definition hh gauge 'SELECT 1 AS value, :run AS l'
	definition ii_ms gauge "SELECT 1 AS value, host AS instance, role AS hostRole FROM http_events"
	definition jj gauge 'SELECT 1 AS value WHERE'
	file kk.sql '-- metric: kk' '-- help: x' 'SELECT 1 AS value'
	checked 1 "cc.sql: line 4: a definition is one SELECT (or WITH ... SELECT), not DELETE
dd_total.sql: line 1: metric dd_total: a name that ends in _total is that of a counter; the type is gauge
ff.sql: line 2: the type must be one of counter, gauge, histogram, summary, info, stateset, unknown
gg.sql: line 5: a definition is one SELECT; after its ';' there is more: SELECT
hh.sql: line 4: the only parameter is :run_id, not :run
kk.sql: line 1: the comments that the file begins with lack a line -- type: TYPE
aa.sql: line 4: no such column: nosuch
bb.sql: line 6: no such table: nosuch
ee.sql: line 4: no column is named value
ii_ms.sql: line 4: metric ii_ms: ms is no base unit; better ii_seconds
ii_ms.sql: line 4: label instance: a scrape sets this label and renames ours to exported_instance; better instance_name
ii_ms.sql: line 4: label hostRole: write snake_case, not camelCase
jj.sql: line 4: incomplete input"
}

@test "check: it needs no database, and makes none" {
	cd "$BATS_TEST_TMPDIR"
	definition xx gauge 'SELECT count(*) AS value FROM downloads WHERE run_id = :run_id'
	find . >../before
	TEL_DB=nosuch.db run -0 prom-text check ./pack
	find . | diff ../before -
}

# --- names that clash --------------------------------------------------------

@test "names that clash in one of the formats are refused" {
	local one two
	while read -r one two; do
		definition "${one%:*}" "${one#*:}" 'SELECT 1 AS value'
		definition "${two%:*}" "${two#*:}" 'SELECT 1 AS value'
		run -78 --separate-stderr prom-text --db "$db" --metrics "$pack"
		[[ $stderr == "prom-text: $pack/${two%:*}.sql: line 1: metric ${two%:*} cannot stand beside ${one%:*} of $pack/${one%:*}.sql: "* ]]
		[ -z "$output" ]
		rm -r "$pack"
	done <<-'END'
		xx:gauge xx_total:counter
		xx:gauge xx_info:info
		xx:summary xx_count:gauge
		xx:counter xx_created:gauge
	END
	# Of two gauges neither has more than its name.
	definition xx gauge 'SELECT 1 AS value'
	definition xx_count gauge 'SELECT 1 AS value'
	definition xx_sum gauge 'SELECT 1 AS value'
	[ "$(samples --metrics "$pack" | wc -l)" -eq 3 ]
}

@test "names that the program has itself are refused, also where they would stand alone" {
	local name words
	for name in tel_up tel_evaluation_timestamp_seconds tel_dropped_series \
		tel_slo_target_ratio tel_slo_verdict; do
		definition "$name" gauge 'SELECT 1 AS value'
		words="$pack/$name.sql: line 1: metric $name cannot stand beside $name, which is printed without a file"
		run -78 --separate-stderr prom-text --db "$db" --metrics "$pack"
		[ "$stderr" = "prom-text: $words" ]
		run -1 prom-text check "$pack"
		[ "${lines[0]}" = "$words" ]
		rm -r "$pack"
	done
	definition tel_up gauge 'SELECT 1 AS value'
	run -78 prom-text --db "$db" --metrics "$pack" --listen 127.0.0.1:0
	file app_total.yaml 'metric: app_total' 'type: counter' 'help: x' 'source: {event: http}'
	definition app_corrected_total counter 'SELECT 1 AS value'
	run -78 prom-text --db "$db" --metrics "$pack"
	[[ $output == *'app_total.yaml: line 1: metric app_total cannot stand beside app_corrected_total of '* ]]
}

# --- a slow definition -------------------------------------------------------

@test "a slow SQL metric is left out at its limit, counted and named, and all others are there" {
	definition xx_after gauge 'SELECT 3 AS value'
	definition xx_first gauge 'SELECT 1 AS value'
	definition xx_slow gauge 'WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n)
		SELECT max(i) AS value FROM n'
	run --separate-stderr prom-text --db "$db" --metrics "$pack" --metrics tel
	echo "$status $stderr"
	[ "$status" -eq 0 ]
	[ "$stderr" = "prom-text: warning: samples left out: 1; the first: $pack/xx_slow.sql: line 4: \
$db: the statement took longer than 5000 ms" ]
	has 'xx_after 3'
	has 'xx_first 1'
	has 'tel_up 1'
	lacks xx_slow
}

# --- odd values --------------------------------------------------------------

# events LINE...: stores them.
events() {
	printf '%b\n' "$@" | TEL_NOW_MS=$NOW tel-ingest -q --db "$db" >/dev/null
}

@test "odd bytes in hosts, names and labels come out as OpenMetrics has them" {
	file app_jobs_total.yaml 'metric: app_jobs_total' 'type: counter' 'help: x' \
		'source: {event: observation}' 'labels: {job_name: labels.job}'
	local odd='q\\"b\\\\\\\\n\\n\xc3\xa9\xf0\x9f\x98\x80' nul='n\\u0000l' line
	for line in "$odd" "$nul"; do
		events "{\"type\":\"http\",\"ts_ms\":$NOW,\"run_id\":\"r\",\"host\":\"$line\",\"role\":\"metadata\",\"method\":\"GET\",\"status\":429}" \
			"{\"type\":\"observation\",\"ts_ms\":$NOW,\"name\":\"$line\",\"value\":1,\"labels\":{\"job\":\"$line\"}}"
	done
	run samples --metrics tel --metrics "$pack"
	odd=$'q\\"b\\\\\\\\n\\n\xc3\xa9\xf0\x9f\x98\x80'
	for line in "$odd" $'n\xef\xbf\xbdl'; do
		has "tel_http_requests_total{host=\"$line\",role=\"metadata\",status_class=\"4xx\"} 1"
		has "tel_host_http_429_ratio{host=\"$line\"} 1"
		has "tel_observation_last_value{name=\"$line\"} 1"
	done
	has "app_jobs_total{job_name=\"$odd\"} 1"
	[ -x "$PROMTOOL" ] || return 0
	prom-text --db "$db" | "$PROMTOOL" check metrics
}

@test "bytes that are not UTF-8: tel-ingest refuses them; a row that has them blinds no other" {
	printf '{"type":"http","ts_ms":1,"host":"b\xff","role":"metadata","method":"GET"}\n' |
		tel-ingest -q --db "$db" >/dev/null
	run samples
	has 'tel_store_dead_letters{reason="bad_utf8"} 1'
	http r1 good.org metadata 200 0
	http r1 bad metadata 429 0
	http r1 bad2 metadata 200 0
	sql "$db" "UPDATE http_events SET host = CAST(x'62ff' AS TEXT) WHERE host = 'bad';
		UPDATE http_events SET host = CAST(x'62fe' AS TEXT) WHERE host = 'bad2'"
	run --separate-stderr samples --metrics tel
	has 'tel_host_http_429_ratio{host="good.org"} 0'
	[ "$(grep -c $'^tel_host_http_429_ratio{host="b\xef\xbf\xbd"}' <<<"$output")" -eq 1 ]
	# Both would have one name: the second is left out of each metric, and that is said.
	[[ $stderr == 'prom-text: warning: samples left out: '*'; the first: schema/metric/tel/'*'occurs twice'* ]]
}

@test "10,000 hosts are 500 series and other, and the folded are counted" {
	awk -v now="$NOW" 'BEGIN { for (i = 1; i <= 10000; i++) printf "{\"type\":\"http\",\"ts_ms\":%.0f,\"producer\":\"p\",\"seq\":%d,\"host\":\"h%d\",\"role\":\"metadata\",\"method\":\"GET\",\"status\":200,\"elapsed_ms\":7,\"bytes\":10}\n", now - i, i, i }' |
		tel-ingest -q --db "$db" >/dev/null
	export TEL_NOW_MS=$NOW
	run --separate-stderr prom-text --db "$db" --metrics tel
	[ "$status" -eq 0 ]
	for name in tel_http_requests_total tel_http_received_bytes_total tel_http_request_duration_seconds_count; do
		[ "$(grep -c "^$name{" <<<"$output")" -eq 501 ]
	done
	has 'tel_http_requests_total{host="other",role="other",status_class="other"} 9500'
	has 'tel_http_received_bytes_total{host="other",role="other"} 95000'
	has 'tel_http_request_duration_seconds_count{host="other",role="other",status_class="other"} 9500'
	has 'tel_dropped_series{family="tel_http_requests_total"} 9500'
	has 'tel_dropped_series{family="tel_http_received_bytes_total"} 9500'
	[ "$stderr" = "prom-text: warning: 28500 label sets are past max_series and share the series \
'other'; tel_dropped_series says of which metric" ]
	cd "$BATS_TEST_TMPDIR"
	# The same hosts keep their series when more come, and the sum is that of all events.
	grep -o '^tel_http_requests_total{host="h[0-9]*"' <<<"$output" | sort >before
	rm "$db.counts"
	prom-text -q --db "$db" --metrics tel | tee all | grep -o '^tel_http_requests_total{host="h[0-9]*"' | sort | cmp - before
	[ "$(awk '/^tel_http_requests_total/ { sum += $2 } END { print sum }' all)" -eq 10000 ]
	# A bound of one's own.
	sed 's/^labels:.*/labels: { host: host }\nmax_series: 3/; s/^metric: .*/metric: my_total/' \
		"$ROOT/schema/metric/tel/tel_http_requests_total.yaml" >my_total.yaml
	run samples --metrics ./my_total.yaml
	has 'my_total{host="other"} 9997'
	has 'tel_dropped_series{family="my_total"} 9997'
}
