#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The maps of examples/maps: what they make of real input. jq, grep and python3 check
# the results independently.

load helper

setup() {
	DB=$BATS_TEST_TMPDIR/tel.db
	IN=$BATS_TEST_TMPDIR/in
}

teardown() {
	stop_origin
}

# take MAP [FILE]: ingests the input and fails if a line is refused.
take() {
	tel-ingest --db "$DB" --strict --map "$ROOT/examples/maps/$1" "${2:-$IN}"
}

# How it is used is run by examples.bats.
@test "maps: each compiles" {
	for map in "$ROOT"/examples/maps/*.jq; do
		run -0 tel-ingest --db "$DB" --map "$map" /dev/null
	done
}

@test "combined-log: every line of a real log is read, with the sums that awk finds" {
	need_data apache_access.log
	take combined-log.jq "$DATA/apache_access.log"
	[ "$(sql "$DB" 'SELECT count(*), sum(bytes) FROM http_events')" = \
		"10000|$(sed 's/^[^"]*"\([^"\\]\|\\.\)*" //' "$DATA/apache_access.log" |
			awk '{ sum += $2 } END { printf "%.0f", sum }')" ]
	[ "$(sql "$DB" 'SELECT status, count(*) FROM http_events GROUP BY 1 ORDER BY 1')" = \
		"$(sed 's/^[^"]*"\([^"\\]\|\\.\)*" //' "$DATA/apache_access.log" |
			awk '{ n[$1]++ } END { for (s in n) print s "|" n[s] }' | sort)" ]
}

@test "combined-log: unusual lines of nginx and Apache are read" {
	cat >"$IN" <<'EOT'
2001:db8::1 - - [22/Nov/2026:18:00:00 +0100] "GET / HTTP/2.0" 200 612 "-" "curl/7.88.1" "203.0.113.7, 10.0.0.1"
10.0.0.1 - al ice [22/Nov/2026:17:00:00 +0000] "POST /a\x22b\"c HTTP/1.1" 499 0 "http://x/?q=\"[1]\"" "a \"b\" c" "-"
10.0.0.2 - - [22/Nov/2026:17:00:00 +0000] "\x16\x03\x01\x02" 400 157 "-" "-"
10.0.0.3 - - [22/Nov/2026:17:00:00 +0000] "" 400 0 "-" "-"
10.0.0.4 - - [22/Nov/2026:17:00:00 +0000] "-" 408 - "-" "-"
10.0.0.5 - - [22/Nov/2026:17:00:00 +0000] "GET /hi HTTP/1.1" 000 0 "-" "-"
www.example.org:80 10.0.0.6 - - [22/Nov/2026:17:00:00 +0000] "HEAD / HTTP/1.0" 304 -
EOT
	take combined-log.jq
	[ "$(sql "$DB" 'SELECT ts_ms, host, method, status, bytes FROM http_events ORDER BY id')" = \
"1795366800000|2001:db8::1|GET|200|612
1795366800000|10.0.0.1|POST|499|0
1795366800000|10.0.0.2|-|400|157
1795366800000|10.0.0.3|-|400|0
1795366800000|10.0.0.4|-|408|0
1795366800000|10.0.0.5|GET||0
1795366800000|www.example.org:80|HEAD|304|0" ]
}

@test "nginx-status: sums of real documents are those that jq finds" {
	need_data nginx_plus_status.jsonl
	take nginx-status.jq "$DATA/nginx_plus_status.jsonl"
	sum() { sql "$DB" "SELECT printf('%d', sum(value)) FROM observations WHERE $1"; }
	judge() { jq -n "[inputs | $1] | add" "$DATA/nginx_plus_status.jsonl"; }
	[ "$(sum "name = 'nginx_requests_total'")" = "$(judge .requests.total)" ]
	[ "$(sum "name = 'nginx_zone_responses_total' AND labels ->> 'class' = '5xx'")" = \
		"$(judge '.server_zones[].responses["5xx"]')" ]
	[ "$(sum "name = 'nginx_peer_up'")" = \
		"$(judge '.upstreams[].peers[] | if .state == "up" then 1 else 0 end')" ]
	[ "$(sum "name = 'nginx_stream_peer_connections_total'")" = \
		"$(judge '.stream.upstreams[].peers[].connections')" ]
	[ "$(sum "name = 'nginx_cache_responses_total' AND labels ->> 'status' = 'hit'")" = \
		"$(judge '.caches[].hit.responses')" ]
	[ "$(sql "$DB" 'SELECT min(ts_ms), max(ts_ms), count(DISTINCT ts_ms) FROM observations')" = \
		"$(jq -nr '[inputs.timestamp] | "\(min)|\(max)|\(unique | length)"' \
			"$DATA/nginx_plus_status.jsonl")" ]
	[ "$(sql "$DB" 'SELECT count(*), count(DISTINCT ts_ms || name || labels) FROM observations')" = \
		"115500|115500" ]
}

@test "nginx-status: a sparse document is read, a document of another kind is refused" {
	cat >"$IN" <<'EOT'
{"version":5,"timestamp":1446249499322,"requests":{"total":7},"connections":{},"upstreams":{"old":[{"server":"10.0.0.1:80","state":"draining","response_time":null}]}}
EOT
	take nginx-status.jq
	[ "$(sql "$DB" 'SELECT name, value, outcome, labels FROM observations ORDER BY id')" = \
'nginx_requests_total|7.0||{}
nginx_peer_up|0.0|draining|{"upstream":"old","peer":"10.0.0.1:80"}' ]
	tel-ingest -q --db "$DB" --map "$ROOT/examples/maps/nginx-status.jq" <<<'{"requests":{"total":7}}'
	[ "$(sql "$DB" 'SELECT reason, detail FROM dead_letters')" = \
		"map_error|not a status document of NGINX Plus: no timestamp" ]
}

@test "curl-write-out: output of curl is read, with a time and without" {
	curl -so /dev/null -w '{"ts_ms":1764000000000,"run_id":"r","curl":%{json}}\n' \
		http://Nobody:secret@127.0.0.1:1/private >"$IN" || [ $? -eq 7 ]
	curl -so /dev/null -w '%{json}\n' "file://$ROOT/README.md" >>"$IN"
	TEL_NOW_MS=1 take curl-write-out.jq
	[ "$(sql "$DB" "SELECT ts_ms, run_id, host, role, method, status IS NULL, error, bytes, ttfb_ms IS NULL
		FROM http_events ORDER BY id LIMIT 1")" = \
		"1764000000000|r|127.0.0.1|artifact|GET|1|connect|0|1" ]
	[ "$(sql "$DB" 'SELECT host, bytes, error IS NULL, ts_ms > 1764000000000
		FROM http_events ORDER BY id LIMIT 1 OFFSET 1')" = \
		"-|$(wc -c <"$ROOT/README.md")|1|1" ]
	# Neither the URL nor a part of it is stored.
	[ "$(sql "$DB" .dump | grep -c 'Nobody\|:secret\|/private')" = 0 ]
}

@test "curl-write-out: a response of the test origin is read" {
	[ -x "$ORIGIN" ] || skip "no test origin"
	start_origin
	curl -so "$BATS_TEST_TMPDIR/body" -w '{"ts_ms":1764000000000,"curl":%{json}}\n' \
		"$ORIGIN_URL/bytes/3000" >"$IN"
	take curl-write-out.jq
	[ "$(sql "$DB" 'SELECT host, method, status, bytes, error IS NULL, elapsed_ms >= ttfb_ms FROM http_events')" = \
		"127.0.0.1|GET|$(jq .curl.http_code "$IN")|$(wc -c <"$BATS_TEST_TMPDIR/body")|1|1" ]
}

@test "curl-write-out: times, retries, hosts and faults are read" {
	cat >"$IN" <<'EOT'
{"ts_ms":1,"role":"metadata","cohort":"canary","curl":{"exitcode":0,"http_code":200,"method":"HEAD","num_retries":2,"size_download":0,"time_starttransfer":0.1014,"time_total":0.1236,"url_effective":"https://EXAMPLE.org:8443?a@b/c"}}
{"ts_ms":2,"curl":{"exitcode":28,"http_code":0,"size_download":10,"time_starttransfer":0,"time_total":30.0004,"url_effective":"http://[::1]:80/"}}
{"ts_ms":3,"curl":{"exitcode":99,"http_code":999,"size_download":10,"time_total":0,"url_effective":"example.org/x"}}
EOT
	take curl-write-out.jq
	[ "$(sql "$DB" 'SELECT host, role, method, status, elapsed_ms, ttfb_ms, retry_count, attempt, error, cohort
		FROM http_events ORDER BY id')" = \
"example.org|metadata|HEAD|200|124|101|2|3||canary
[::1]|artifact|GET||30000||||timeout|
example.org|artifact|GET||0||||curl_99|" ]
	tel-ingest -q --db "$DB" --map "$ROOT/examples/maps/curl-write-out.jq" <<<'{"a":1}'
	[ "$(sql "$DB" 'SELECT detail FROM dead_letters')" = "not what curl writes for %{json}" ]
}

# span ATTRIBUTE...: prints an OTLP line of one span with these members.
span() {
	local IFS=,
	echo '{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeSpans":[{"scope":{"name":"lib"},"spans":[{'"$*"'}]}]}]}'
}

@test "otlp-traces: times are exact to the nanosecond, ids may be in upper or lower case" {
	span '"traceId":"5B8EFFF798038103D269B633813FC60C"' '"spanId":"EEE19B7EC3C1B174"' \
		'"parentSpanId":"Eee19B7EC3C1B173"' '"name":"pay"' '"kind":2' \
		'"startTimeUnixNano":"1544712660123456789"' \
		'"endTimeUnixNano":"1544712661123456790"' \
		'"status":{"code":2,"message":"bad"}' '"unknownField":1' >"$IN"
	take otlp-traces.jq
	[ "$(sql "$DB" 'SELECT ts_ms, trace_id, span_id, parent_span_id, name, kind, service, scope,
		printf("%.6f", duration_ms), status, status_message, attributes IS NULL, extra IS NULL FROM spans')" = \
		"1544712660123|5b8efff798038103d269b633813fc60c|eee19b7ec3c1b174|eee19b7ec3c1b173|pay|server|shop|lib|1000.000001|error|bad|1|1" ]
}

@test "otlp-traces: durations are those that python3 finds" {
	/usr/bin/python3 - "$IN" "$BATS_TEST_TMPDIR/expected" <<'EOT'
import json, random, sys
from decimal import Decimal
random.seed(1)
with open(sys.argv[1], "w") as lines, open(sys.argv[2], "w") as expected:
    for i in range(300):
        start = random.choice([0, 5, 999999, 10**9 - 1, random.randrange(253402300800 * 10**9)])
        end = start + random.choice([1, 999, 10**9, random.randrange(1, 10**13)])
        lines.write(json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [
            {"startTimeUnixNano": str(start), "endTimeUnixNano": str(end)}]}]}]}) + "\n")
        expected.write(f"{start // 10**6}|{Decimal(end - start) / 10**6:.6f}\n")
EOT
	take otlp-traces.jq
	sql "$DB" "SELECT ts_ms, printf('%.6f', duration_ms) FROM spans ORDER BY id" >"$BATS_TEST_TMPDIR/got"
	diff "$BATS_TEST_TMPDIR/expected" "$BATS_TEST_TMPDIR/got"
}

@test "otlp-traces: attributes of every kind become a plain object" {
	span '"attributes":[
{"key":"text","value":{"stringValue":"a"}},{"key":"yes","value":{"boolValue":true}},
{"key":"small","value":{"intValue":"-42"}},{"key":"big","value":{"intValue":"9223372036854775807"}},
{"key":"real","value":{"doubleValue":1.5}},{"key":"nan","value":{"doubleValue":"NaN"}},
{"key":"list","value":{"arrayValue":{"values":[{"intValue":"1"},{"kvlistValue":{"values":[{"key":"k","value":{"boolValue":false}}]}},{}]}}},
{"key":"none","value":{}},{"key":"empty","value":{"arrayValue":{}}},{"key":"bytes","value":{"bytesValue":"AAE="}}]' \
		'"events":[{"timeUnixNano":"1544712660300000000","name":"thrown","attributes":[{"key":"e","value":{"stringValue":"x"}}]}]' \
		'"links":[{"traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"EEE19B7EC3C1B175"}]' |
		tr -d '\n' | sed 's/"shop"}}/&,{"key":"host.name","value":{"stringValue":"h"}}/' >"$IN"
	echo >>"$IN"
	take otlp-traces.jq
	sql "$DB" 'SELECT attributes FROM spans' | jq -e '. == {
		text: "a", yes: true, small: -42, big: "9223372036854775807", real: 1.5, nan: "NaN",
		list: [1, {k: false}, null], none: null, empty: [], bytes: "AAE=",
		resource: {"host.name": "h"},
		"span.events": [{name: "thrown", ts_ms: 1544712660300, attributes: {e: "x"}}],
		"span.links": [{trace_id: "5b8efff798038103d269b633813fc60c", span_id: "eee19b7ec3c1b175", attributes: {}}]}'
}

@test "otlp-traces: omitted fields have their defaults; anything but a trace is refused" {
	span '"traceId":""' '"parentSpanId":""' >"$IN"
	{
		span '"kind":99' '"status":{"code":77}' '"flags":257'
		span '"kind":"SPAN_KIND_CONSUMER"' '"status":{"code":"STATUS_CODE_OK"}'
		printf '{}\n{"resourceSpans":[]}\n{"resourceSpans":[{"scopeSpans":[{}]}]}\n'
	} >>"$IN"
	take otlp-traces.jq | jq -e '.inserted == 3 and .filtered == 3'
	[ "$(sql "$DB" 'SELECT ts_ms, trace_id IS NULL, name, kind, duration_ms IS NULL, status FROM spans ORDER BY id')" = \
"0|1||unspecified|1|unset
0|1||unspecified|1|unset
0|1||consumer|1|ok" ]
	{
		echo '{"resourceLogs":[]}'
		span '"traceId":"W47/95gDgQPSabYzgT/GDA=="'
		span '"startTimeUnixNano":1544712660123456789'
	} | tel-ingest -q --db "$DB" --map "$ROOT/examples/maps/otlp-traces.jq"
	[ "$(sql "$DB" 'SELECT reason, detail FROM dead_letters ORDER BY id')" = \
"map_error|not TracesData: no resourceSpans
map_error|traceId: must be 32 hexadecimal digits
number_precision|an integer beyond 2^53 would change its value in the map" ]
}

@test "journald: fields and priorities of an entry are read" {
	for priority in 0 1 2 3 4 5 6 7; do
		echo '{"__REALTIME_TIMESTAMP":"1446249499322999","__MONOTONIC_TIMESTAMP":"1","__CURSOR":"s=1","PRIORITY":"'$priority'","MESSAGE":"hello","SYSLOG_IDENTIFIER":"sshd","_COMM":"x","_PID":"12","_SYSTEMD_UNIT":"ssh.service"}'
	done >"$IN"
	echo '{"__REALTIME_TIMESTAMP":"0","_COMM":"kernel","BIG":null}' >>"$IN"
	take journald.jq
	[ "$(sql "$DB" 'SELECT group_concat(level, " ") FROM (SELECT level FROM log_events ORDER BY id)')" = \
		"error error error error warning info info debug info" ]
	[ "$(sql "$DB" 'SELECT DISTINCT ts_ms, program, message, attributes FROM log_events ORDER BY id LIMIT 1')" = \
		'1446249499322|sshd|hello|{"_COMM":"x","_PID":"12","_SYSTEMD_UNIT":"ssh.service"}' ]
	[ "$(sql "$DB" 'SELECT ts_ms, program, message, attributes FROM log_events ORDER BY id DESC LIMIT 1')" = \
		'0|kernel||{"_COMM":"kernel","BIG":null}' ]
}

@test "journald: messages of bytes are decoded as python3 decodes them" {
	/usr/bin/python3 - "$IN" "$BATS_TEST_TMPDIR/expected" <<'EOT'
import json, random, sys
random.seed(2)
def entry(message):
    return json.dumps({"__REALTIME_TIMESTAMP": "1446249499322999", "MESSAGE": message}) + "\n"
with open(sys.argv[1], "w") as lines, open(sys.argv[2], "w") as expected:
    for i in range(200):
        text = "".join(chr(random.choice([27, 65, 0x7f, 0xe4, 0x7ff, 0x800, 0x20ac, 0xd7ff, 0xe000,
            0xffff, 0x10000, 0x1f600, 0x10ffff])) for _ in range(1 + i % 50))
        lines.write(entry(list(text.encode())))
        expected.write(json.dumps(text) + "\n")
    for broken in ([255], [0x41, 0xc3], [0xe2, 0x82, 0x41], [0xc0, 0x80], [0xed, 0xa0, 0x80],
                   [0xf4, 0x90, 0x80, 0x80], [0x80, 0x80]):
        lines.write(entry(broken))
        expected.write(json.dumps("broken") + "\n")
    for message, text in ((None, ""), (["a", "b"], "a\nb"), ([[65], "b"], "A\nb"), ("x", "x")):
        lines.write(entry(message))
        expected.write(json.dumps(text) + "\n")
EOT
	take journald.jq
	sql "$DB" "SELECT json_quote(message) FROM log_events ORDER BY id" |
		jq -c 'if contains("\ufffd") then "broken" else . end' >"$BATS_TEST_TMPDIR/got"
	jq -c . "$BATS_TEST_TMPDIR/expected" | diff - "$BATS_TEST_TMPDIR/got"
}

@test "journald: a line that is not an entry is refused" {
	printf '{"MESSAGE":"x"}\nNov 22 18:00:00 host sshd: x\n' |
		tel-ingest -q --db "$DB" --map "$ROOT/examples/maps/journald.jq"
	[ "$(sql "$DB" 'SELECT DISTINCT reason, detail FROM dead_letters')" = \
		"map_error|not an entry of journalctl -o json: no __REALTIME_TIMESTAMP" ]
}
