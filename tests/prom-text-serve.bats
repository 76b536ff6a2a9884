#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# prom-text --listen: what it answers while its database is counted, broken or gone. The
# HTTP server itself is tested in serve.bats, and with a Prometheus in prometheus.bats.
# shellcheck shell=bash disable=SC2154

load helper

setup() {
	command -v curl >/dev/null || skip "no curl"
	FAULT=$BUILD/tests/fault/fault.so
	cd "$BATS_TEST_TMPDIR" || return 1
}

teardown() {
	[ -z "${SERVER_PID:-}" ] || { kill -KILL "$SERVER_PID" && wait "$SERVER_PID"; } 2>/dev/null || true
}

# events FROM UNTIL: stores http events with these numbers.
events() {
	jq -nc --argjson from "$1" --argjson until "$2" 'range($from; $until) | {type: "http",
		ts_ms: (1700000000000 + .), producer: "p", seq: (. + 1), run_id: "r", host: "h",
		role: "metadata", method: "GET", status: 200, elapsed_ms: .}' |
		tel-ingest -q --db tel.db >/dev/null
}

# serve [OPTION]...: starts prom-text on a free port; sets SERVER_PID and URL. Its messages
# are in chat.
serve() {
	: >chat
	prom-text --db tel.db --listen 127.0.0.1:0 --poll 100ms -v "$@" 2>chat 3>&- &
	SERVER_PID=$!
	until grep -q 'serving on ' chat; do kill -0 "$SERVER_PID"; done
	URL=http://$(sed -n 's/.*serving on //p' chat)
}

# Asks the server to end, which it does with exit code 0.
ends() {
	local code=0
	kill "$SERVER_PID"
	wait "$SERVER_PID" || code=$?
	SERVER_PID=
	[ "$code" -eq 0 ]
}

# get PATH [CURL-OPTION]...: prints the status; the page is in body.
get() {
	curl -s -o body -w '%{http_code}' --max-time 60 "${@:2}" "$URL$1"
}

# until_page PATTERN: until a line of /metrics matches.
until_page() {
	for _ in {1..3000}; do
		[ "$(get /metrics)" = 200 ] && grep -qE "$1" body && return
	done
	cat body chat
	return 1
}

@test "a first evaluation that takes long: systemd and scrapers are answered all the while" {
	events 0 10
	cat >manager.py <<-'END'
		import os, re, signal, socket, subprocess, sys, urllib.error, urllib.request
		notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		notify.bind("notify")
		notify.settimeout(60)
		# The evaluation hangs at its first write to the file of counts.
		program = subprocess.Popen(["prom-text", "--db", "tel.db", "--listen", "127.0.0.1:0", "-v"],
		    stderr=subprocess.PIPE, text=True, env={**os.environ, "LD_PRELOAD": sys.argv[1],
		    "FAULT_AT": "1", "FAULT_HOW": "hang", "WATCHDOG_USEC": "20000",
		    "NOTIFY_SOCKET": os.path.abspath("notify")})
		try:
		    states = [notify.recv(100) for i in range(6)]
		    assert states == [b"READY=1"] + 5 * [b"WATCHDOG=1"], states
		    url = "http://" + re.search(r"serving on (\S+)", program.stderr.readline())[1]
		    page = urllib.request.urlopen(url + "/metrics", timeout=60).read().decode()
		    assert "\ntel_up 0\n" in page
		    assert "tel_evaluation" not in page and "tel_store" not in page, page
		    try:
		        urllib.request.urlopen(url + "/ready", timeout=60)
		        assert False
		    except urllib.error.HTTPError as answer:
		        assert answer.code == 503
		        assert answer.read() == (b'{"status":"not_ready","reason":'
		            b'"the first evaluation has not ended"}\n')
		    program.send_signal(signal.SIGTERM)
		    while (state := notify.recv(100)) == b"WATCHDOG=1":
		        pass
		    assert state == b"STOPPING=1"
		    assert program.wait(60) == 0
		    assert program.stderr.read() == ""
		finally:
		    program.kill()
	END
	python3 manager.py "$FAULT"
	# Nothing was left that harms.
	[ "$(prom-text --db tel.db | sed -n 's/^tel_http_requests_total{.*} //p')" = 10 ]
}

@test "a warning is told once, not with each evaluation" {
	events 0 10
	cat >m_x.sql <<-'END'
		-- metric: m_x
		-- type: gauge
		-- help: Words.
		SELECT 'text' AS value;
	END
	ln -s . tel.db.counts
	serve --metrics tel --metrics m_x.sql
	# Several evaluations.
	for _ in 1 2 3; do
		until_page '^tel_http_requests_total.* 10$'
		stamp=$(grep '^tel_evaluation_timestamp' body)
		until get /metrics && ! grep -qxF "$stamp" body; do :; done
	done
	[ "$(grep -c 'samples left out: 1; the first: m_x.sql' chat)" -eq 1 ]
	[ "$(grep -c 'the rows are counted without it' chat)" -eq 1 ]
	ends
}

@test "the web configuration: tel_web_config_ok, and a word" {
	events 0 10
	serve
	until_page '^tel_up 1'
	run -1 grep web_config body
	ends
	echo '{}' >web.yml
	serve --web-config web.yml
	until_page '^tel_up 1'
	grep -qx 'tel_web_config_ok 1' body
	echo 'nonsense: 1' >web.yml
	until_page '^tel_web_config_ok 0'
	[ "$(grep -c "web.yml: line 1: .*'nonsense'" chat)" -eq 1 ]
	# What was in use stays.
	[ "$(get /metrics)" = 200 ]
	echo '{}' >web.yml
	until_page '^tel_web_config_ok 1'
	ends
}

@test "a full disk, or a broken one, does not let counters fall" {
	local at how calls
	events 0 10
	prom-text --db tel.db >/dev/null
	tel-archive pack -q --archive arc --db tel.db --before now >/dev/null
	prom-text --db tel.db >/dev/null
	mv arc away
	events 10 12
	cp tel.db.counts before
	FAULT_COUNT=calls LD_PRELOAD=$FAULT prom-text --db tel.db 2>&1 | cat >/dev/null
	calls=$(<calls)
	[ "$calls" -gt 5 ]
	for ((at = 1; at <= calls; at += 3)); do
		rm -f tel.db.counts*
		cp before tel.db.counts
		how=$([ $((at % 2)) -eq 0 ] && echo EIO || echo ENOSPC)
		# Where the database itself cannot be read, nothing is printed. Standard output
		# is a pipe, which no fault reaches.
		{ FAULT_AT=$at FAULT_HOW=$how LD_PRELOAD=$FAULT prom-text --db tel.db 2>chat || true; } | cat >page
		[ ! -s page ] || [ "$(sed -n 's/^tel_http_requests_total{.*} //p' page)" = 12 ] ||
			{ echo "$how at $at of $calls:"; cat page chat; return 1; }
	done
	# Most of these runs print.
	[ -s page ]
}

@test "serving needs the name of a database, and for other machines TLS or users" {
	run -64 --separate-stderr timeout 60 prom-text --listen 127.0.0.1:0
	[ "$stderr" = 'prom-text: which database? give --db FILE or set TEL_DB' ]
	echo '{}' >web.yml
	run -78 --separate-stderr timeout 60 prom-text --db tel.db --listen 0.0.0.0:0 --web-config web.yml
	[ "$stderr" = "prom-text: --listen 0.0.0.0:0: others than this machine reach it, and web.yml has \
neither TLS nor users; --insecure lets everybody read" ]
	# shellcheck disable=SC2016 # dollars of the hash
	echo 'basic_auth_users: {me: $2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a}' >web.yml
	# Nobody else can read while this runs.
	serve --listen 0.0.0.0:0 --web-config web.yml
	grep -q 'web.yml: without TLS, passwords can be read on their way to 0.0.0.0:' chat
	[ "$(get /healthz) $(get /healthz -u me:secret)" = '401 200' ]
	ends
}

@test "a database that comes later" {
	serve
	for _ in {1..3000}; do grep -q 'No such file' chat && break; done
	[ "$(get /ready)" = 503 ]
	[[ $(<body) = *'tel.db: No such file or directory'* ]]
	get /metrics
	grep -qx 'tel_up 0' body
	run -1 grep tel_evaluation_timestamp body
	events 0 3
	until_page '^tel_http_requests_total.* 3$'
	ends
}
