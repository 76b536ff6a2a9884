#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# A Prometheus scrapes prom-text by the configuration in examples/prometheus: what it then
# knows is what SQL finds.
# shellcheck shell=bash disable=SC2154

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	PROMETHEUS=$ROOT/build/judges/prometheus
	[ -x "$PROMETHEUS" ] || skip "no Prometheus; scripts/deps test unpacks it"
	command -v curl >/dev/null || skip "no curl"
}

teardown() {
	for pid in ${PROMETHEUS_PID:-} ${SERVER_PID:-}; do
		{ kill "$pid" && wait "$pid"; } 2>/dev/null || true
	done
}

# serve [OPTION]...: starts prom-text on a free port, and sets SERVER_PID and PORT.
serve() {
	mkfifo said
	prom-text --db tel.db --listen 127.0.0.1:0 --poll 200ms -v "$@" 2>said 3>&- &
	SERVER_PID=$!
	exec 8<said
	while read -r line <&8; do
		[[ $line = *'serving on '* ]] && PORT=${line##*:} && break
	done
	cat <&8 >chat 3>&- &
}

# Starts Prometheus with the example, which scrapes more often here.
start_prometheus() {
	local line
	sed "s/9108/$PORT/; s/15s/1s/" "$ROOT"/examples/prometheus/prometheus.yml >prometheus.yml
	cp "$ROOT"/examples/prometheus/tel-alerts.yml .
	mkfifo log
	"$PROMETHEUS" --config.file=prometheus.yml --storage.tsdb.path=tsdb \
		--web.listen-address=127.0.0.1:0 2>log 3>&- &
	PROMETHEUS_PID=$!
	exec 9<log
	while read -r line <&9; do
		[[ $line = *'Listening on'*'address='* ]] && API=http://${line##*address=} && break
	done
	cat <&9 >prometheus.log 3>&- &
}

# ask QUERY: the values that Prometheus answers, each with its labels.
ask() {
	curl -sf --get "$API/api/v1/query" --data-urlencode "query=$1" |
		jq -c '.data.result[] | [.metric, .value[1]]'
}

# until_answer QUERY JQ: waits until a value of the query meets the condition.
until_answer() {
	for _ in {1..2000}; do
		[ -z "$(ask "$1" | jq "select(.[1] | tonumber | $2)")" ] || return 0
	done
	echo "$1: $(ask "$1")" && return 1
}

events() {
	jq -nc --argjson now "$(date +%s%3N)" --argjson from "$1" --argjson until "$2" 'range($from; $until)
		| {type: "http", ts_ms: ($now - . * 10), producer: "p", seq: (. + 1), run_id: "r", host: "h\(. % 3)",
			role: "metadata", method: "GET", status: (if . % 10 == 0 then 500 else 200 end), elapsed_ms: .}' |
		tel-ingest -q --db tel.db >/dev/null
}

@test "Prometheus: scraped by the example; every metric answers; counters are what SQL finds" {
	events 0 300
	serve
	start_prometheus
	until_answer 'up{job="teltools"}' '. == 1'
	until_answer 'tel_up' '. == 1'
	# Every metric of the page is there; OpenMetrics has _created beside them.
	curl -sf "http://127.0.0.1:$PORT/metrics" >page
	until_answer 'count({__name__=~"tel_.*",__name__!~".*_created"})' ". == $(grep -c '^tel_' page)"
	for name in $(sed -n 's/^\([a-z_0-9]*\)[{ ].*/\1/p' page | sort -u); do
		[ "$(ask "$name" | wc -l)" -eq "$(grep -cE "^${name}[{ ]" page)" ] ||
			{ echo "$name" && return 1; }
	done
	# More events come: the increase that Prometheus sees ends at what SQL finds.
	events 300 900
	until_answer 'sum(tel_http_requests_total)' '. == 900'
	for host in h0 h1 h2; do
		[ "$(ask "sum(tel_http_requests_total{host=\"$host\",status_class=\"5xx\"})" | jq -r '.[1]')" -eq \
			"$(sql tel.db "SELECT count(*) FROM http_events WHERE host = '$host' AND status >= 500")" ]
	done
	[ "$(ask 'sum(tel_http_request_duration_seconds_bucket{le="0.1"})' | jq -r '.[1]')" -eq 101 ]
	[ "$(ask 'tel_run_info' | jq -r '.[0].run_id')" = r ]
	# The alerts of the example are evaluated.
	curl -sf "$API/api/v1/rules" | jq -e '[.data.groups[].rules[] | select(.health == "err")] == []'
}

@test "serving: pages, readiness, a database that goes away and comes back" {
	events 0 10
	serve --max-age 1h
	get() { curl -s -o body -w '%{http_code}' "http://127.0.0.1:$PORT$1"; }
	until_ready() {
		for _ in {1..1000}; do [ "$(get /ready)" = "$1" ] && return; done
		cat body && return 1
	}
	until_ready 200
	[ "$(get /healthz) $(get /live) $(get /nope)" = '200 200 404' ]
	[ "$(get /metrics)" = 200 ] && grep -qx 'tel_up 1' body
	mv tel.db away
	until_ready 503
	[[ $(jq -r .reason body) = *'tel.db: No such file or directory' ]]
	# The numbers of before stay, and say so.
	get /metrics && grep -qx 'tel_up 0' body && grep -q '^tel_http_requests_total' body
	mv away tel.db
	until_ready 200
	kill "$SERVER_PID"
	wait "$SERVER_PID"
	SERVER_PID=
}

@test "serving: old events, other addresses" {
	events 0 1
	run -78 --separate-stderr prom-text --db tel.db --listen 0.0.0.0:0
	[[ $stderr = *'others than this machine reach it; --web-config FILE says who may read, --insecure lets everybody' ]]
	run -64 prom-text --db tel.db --listen 127.0.0.1:0 --textfile x.prom
	run -64 prom-text --db tel.db --insecure
	serve --max-age 1s
	for _ in {1..2000}; do
		code=$(curl -s -o body -w '%{http_code}' "http://127.0.0.1:$PORT/ready")
		grep -q 'newest event' body && break
	done
	[ "$code" = 503 ]
	[[ $(<body) = '{"status":"not_ready","reason":"the newest event is '*' s old, and 1 s are allowed"}' ]]
}
