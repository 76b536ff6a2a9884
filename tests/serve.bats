#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The HTTP server, lib/io/serve, by a program that serves fixed pages: tests/serve/page.c.
# shellcheck shell=bash disable=SC2154

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	new_certificate server /CN=localhost DNS:localhost,IP:127.0.0.1
	new_certificate other /CN=other DNS:localhost
	new_certificate ca /CN=roots DNS:ca
	signed_certificate client DNS:scraper.example,IP:10.0.0.1
	signed_certificate stranger DNS:stranger.example
	signed_certificate servers-only DNS:scraper.example serverAuth
	new_certificate self /CN=self DNS:scraper.example
}

setup() {
	load helper
	PAGE=$BUILD/tests/serve/page
	trap '' PIPE # a server may close while we write
	cd "$BATS_TEST_TMPDIR" || return 1
	cp "$BATS_FILE_TMPDIR"/*.pem .
	# The hash of "secret".
	# shellcheck disable=SC2016 # dollars of the hash
	HASH='$2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a'
	TLS='tls_server_config: {cert_file: server.pem, key_file: server.key.pem'
}

teardown() {
	stop_page || true
}

# new_certificate NAME SUBJECT SANS: NAME.pem and NAME.key.pem, signed by itself.
new_certificate() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
		-keyout "$1.key.pem" -out "$1.pem" -subj "$2" -addext "subjectAltName=$3" 2>/dev/null
}

# signed_certificate NAME SANS [USE]: the same, signed by ca.
signed_certificate() {
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key.pem" \
		-subj "/CN=$1" -out "$1.csr" 2>/dev/null
	openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key.pem -CAcreateserial -days 2 \
		-out "$1.pem" 2>/dev/null -extfile <(printf 'subjectAltName=%s\nextendedKeyUsage=%s\n' \
		"$2" "${3:-clientAuth}")
}

# start_page [OPTION]...: starts the server and waits until it prints its address. Sets
# PAGE_PID, PORT and A, the address.
start_page() {
	rm -f page.out
	mkfifo page.out
	"$PAGE" "$@" "${ADDRESS:-127.0.0.1:0}" >page.out 2>page.err 3>&- &
	PAGE_PID=$!
	exec {page_out}<page.out
	read -r A KIND <&"$page_out"
	PORT=${A##*:}
}

# stop_page: ends the server; each answer was released, and it ended well.
stop_page() {
	local words
	[ -n "${PAGE_PID:-}" ] || return 0
	kill "$PAGE_PID"
	read -r words <&"$page_out"
	exec {page_out}<&-
	wait "$PAGE_PID" || return 1
	PAGE_PID=
	# shellcheck disable=SC2086 # words
	set -- $words
	[ "$2" = "$4" ] || { echo "$words"; return 1; }
	[ ! -s page.err ] || { cat page.err; return 1; }
}

# config LINE...: writes web.yml.
config() {
	printf '%s\n' "$@" >web.new
	mv web.new web.yml
}

# raw TEXT: sends what printf makes of a text, and prints the answer without CR. A server
# that closes before it has read everything may cut its answer: that is no failure here.
raw() {
	local connection code=0
	exec {connection}<>"/dev/tcp/127.0.0.1/$PORT"
	# shellcheck disable=SC2059 # the escapes of the text
	{ printf "$1" >&"$connection" || true; } 2>/dev/null
	timeout 60 tr -d '\r\0' <&"$connection" 2>/dev/null || code=$?
	exec {connection}<&-
	[ $code -ne 124 ]
}

# status CURL-ARGUMENT...: the status, 000 for none.
status() {
	curl -s -o body -w '%{http_code}' --max-time 60 "$@" || true
}

secure() {
	status --cacert server.pem "$@"
}

@test "a page, its headers, and HEAD without a body" {
	start_page
	[ "$KIND" = loopback ]
	curl -s -D head -o body "http://$A/metrics"
	[ "$(stat -c %s body)" -eq 9390 ]
	tr -d '\r' <head | grep -v '^Date: ' | diff - <(cat <<-'END'
		HTTP/1.1 200 OK
		Content-Type: text/plain; version=0.0.4; charset=utf-8
		Vary: Accept, Accept-Encoding
		Content-Length: 9390

	END
	)
	curl -sI "http://$A/metrics" | diff <(grep -v '^Date: ' head) <(grep -v '^Date: ' -)
	[ "$(raw 'HEAD /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' | sed '1,/^$/d' | wc -c)" -eq 0 ]
	[ "$(status "http://$A/metrics?name=value")" = 200 ]
	[ "$(status "http://$A/fail")" = 500 ]
	stop_page
}

@test "formats are negotiated" {
	local om='application/openmetrics-text'
	start_page
	curl -s -D head -o body "http://$A/metrics" -H "Accept: $om;version=1.0.0,$om;version=0.0.1\
;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
	tr -d '\r' <head | grep -qx "Content-Type: $om; version=1.0.0; charset=utf-8"
	[ "$(tail -n 1 body)" = '# EOF' ]
	# Two lines are one list.
	curl -s -D head -o body "http://$A/metrics" -H 'Accept: text/plain;q=0.5' -H "accept: $om"
	[ "$(tail -n 1 body)" = '# EOF' ]
	curl -s -D head -o body "http://$A/metrics" -H 'Accept: image/png'
	tr -d '\r' <head | grep -qx 'Content-Type: text/plain; version=0.0.4; charset=utf-8'
	[ "$(curl -s "http://$A/budget")" = -1 ]
	[ "$(curl -s -H 'X-Prometheus-Scrape-Timeout-Seconds: 0.8' "http://$A/budget")" = 720 ]
	stop_page
}

@test "gzip: for those who accept it, made by the server or ready" {
	local path
	start_page
	curl -s "http://$A/metrics" >plain
	for path in metrics packed; do
		curl -s -D head -H 'Accept-Encoding: gzip' "http://$A/$path" >packed
		tr -d '\r' <head | grep -qx 'Content-Encoding: gzip'
		tr -d '\r' <head | grep -qx "Content-Length: $(stat -c %s packed)"
		[ "$(stat -c %s packed)" -lt 2000 ]
		gunzip <packed | cmp - plain
		curl -s -H 'Accept-Encoding: gzip;q=0, *' "http://$A/$path" | cmp - plain
		curl -sI -H 'Accept-Encoding: gzip' "http://$A/$path" |
			diff <(grep -v ^Date: head) <(grep -v ^Date: -)
	done
	# A line of text is not worth it, and neither is what is no page.
	curl -s -D head -H 'Accept-Encoding: gzip' "http://$A/budget" >/dev/null
	run ! grep -q '^Content-Encoding' head
	stop_page
}

@test "methods: GET and HEAD only, also with a body" {
	local method
	start_page
	for method in POST PUT DELETE OPTIONS PATCH TRACE get; do
		[ "$(status -X "$method" -D head "http://$A/metrics")" = 405 ]
		tr -d '\r' <head | grep -qx 'Allow: GET, HEAD'
	done
	head -c 1000000 /dev/zero >zeros
	[ "$(status -T zeros "http://$A/metrics")" = 405 ]
	[ "$(status -X GET --data-binary @zeros "http://$A/metrics")" = 200 ]
	stop_page
}

@test "paths are bytes: nothing is decoded, and a NUL byte is refused" {
	start_page
	[ "$(curl -s --path-as-is "http://$A/metrics%00x")" = 'no page: /metrics%00x' ]
	[ "$(curl -s --path-as-is "http://$A/%6detrics")" = 'no page: /%6detrics' ]
	[ "$(curl -s --path-as-is "http://$A/a/../metrics")" = 'no page: /a/../metrics' ]
	[ "$(curl -s --path-as-is "http://$A//metrics")" = 'no page: //metrics' ]
	[ "$(raw 'GET /a\377 HTTP/1.0\r\n\r\n' | tail -n 1 | od -An -tx1 | tr -d ' ')" = \
		"$(printf 'no page: /a\377\n' | od -An -tx1 | tr -d ' ')" ]
	local line
	for line in '/metrics\0x' '/metrics\0' '/metrics?a\0b' '\0'; do
		raw "GET $line HTTP/1.1\r\nHost: x\r\n\r\n" >got
		run ! grep -qE 'line 0 of a page|^HTTP/1.1 [235]' got
	done
	stop_page
}

@test "broken requests are refused, and the server goes on" {
	local request
	start_page --deadline-ms 1000
	for request in 'GET /metrics HTTP/1.1\r\n\r\n' \
		'GET /metrics HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n' \
		'GET /metrics HTTP/1.1\r\nHost : a\r\n\r\n' \
		'GET /metrics HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n' \
		'GET /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab' \
		'GET /metrics\r\n\r\n' 'GET /metrics HTTP/9.9\r\nHost: a\r\n\r\n' \
		'\026\003\001\002\000\001\000\001\374\003\003\r\n\r\n' \
		'\r\n\r\n\r\n\r\n\0\0\0\r\n\r\n' 'GET /a /metrics HTTP/1.1\r\nHost: a\r\n\r\n'; do
		raw "$request" >got
		run -1 grep '^HTTP/1.1 2' got
		[ "$(status "http://$A/metrics")" = 200 ]
	done
	stop_page
}

@test "huge heads: 431 and 414" {
	start_page
	printf -v long '%020000d' 0
	local i many=
	for i in {1..3000}; do many+="A$i: b\r\n"; done
	for i in 1 2 3; do
		got=$(raw "GET /metrics HTTP/1.1\r\nHost: x\r\nX: $long\r\n\r\n")
		[[ $got = '' || $got = 'HTTP/1.1 431 '* ]]
		got=$(raw "GET /$long HTTP/1.1\r\nHost: x\r\n\r\n")
		[[ $got = '' || $got = 'HTTP/1.1 414 '* ]]
		got=$(raw "GET /metrics HTTP/1.1\r\nHost: x\r\n$many\r\n")
		[[ $got = '' || $got = 'HTTP/1.1 431 '* ]]
	done
	[ "$(status "http://$A/metrics")" = 200 ]
	stop_page
}

# trickle TEXT: sends a text byte by byte until the server cuts the connection; fails
# when it never does.
trickle() {
	local connection i
	exec {connection}<>"/dev/tcp/127.0.0.1/$PORT"
	for i in {0..2000}; do
		{ printf %s "${1:i % ${#1}:1}" >&"$connection" || break; } 2>/dev/null
		IFS= read -r -t 0.05 -N 1 -u "$connection" && continue
		# More than 128 is the time that is over; 1 the end of the stream.
		[ $? -gt 128 ] || break
	done
	exec {connection}<&-
	[ "$i" -lt 2000 ]
}

@test "a client that sends a byte now and then is cut" {
	start_page --deadline-ms 300
	trickle 'GET /metrics HTTP/1.1XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX'
	[ "$(status "http://$A/metrics")" = 200 ]
	stop_page
	config "$TLS}"
	start_page --deadline-ms 300 --web-config web.yml
	# The head of a record of TLS, and a bit of what should follow.
	trickle $'\026\003\001\002x\001\001\001\374\003\003xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'
	[ "$(secure "https://localhost:$PORT/metrics")" = 200 ]
	stop_page
}

@test "a connection that is kept alive, and then silent or slow, is cut" {
	local connection
	start_page --deadline-ms 60000 --idle-ms 300
	exec {connection}<>"/dev/tcp/127.0.0.1/$PORT"
	printf 'GET /budget HTTP/1.1\r\nHost: x\r\n\r\n' >&"$connection"
	# Reads to the end of the stream, which the server makes.
	timeout 60 cat <&"$connection" >got
	[ "$(tail -n 1 got)" = -1 ]
	exec {connection}<&-
	stop_page
}

@test "a client that does not take its answer is cut" {
	local connection
	start_page --deadline-ms 300
	exec {connection}<>"/dev/tcp/127.0.0.1/$PORT"
	printf 'GET /big HTTP/1.1\r\nHost: x\r\n\r\n' >&"$connection"
	# Nothing is read until the server has given up, which it counts.
	stop=$PAGE_PID
	until [ "$(ls "/proc/$stop/fd" | wc -l)" -le "${idle_fds:=$(count_idle_fds)}" ]; do :; done
	[ "$(timeout 60 cat <&"$connection" | wc -c)" -lt 33554432 ]
	exec {connection}<&-
	stop_page
}

# The descriptors of a server without connections.
count_idle_fds() {
	local pid
	"$PAGE" 127.0.0.1:0 >idle.out 3>&- &
	pid=$!
	until [ -s idle.out ]; do :; done
	ls "/proc/$pid/fd" | wc -l
	kill "$pid"
	wait "$pid" || true
}

@test "200 connections at once: those that say nothing make room for those that ask" {
	local connection i
	start_page --pressed-ms 200
	for i in {1..200}; do
		exec {connection}<>"/dev/tcp/127.0.0.1/$PORT"
	done
	[ "$(status "http://$A/metrics")" = 200 ]
	stop_page
}

@test "200 requests at once are all answered" {
	local i
	start_page
	for i in {1..200}; do
		printf 'url = "http://%s/metrics"\noutput = "got.%d"\n' "$A" "$i"
	done >urls
	curl -s --parallel --parallel-immediate --parallel-max 200 --max-time 60 -K urls
	cat got.* | wc -l | grep -qx 100000
	stop_page
}

@test "TLS 1.2 and 1.3, nothing older, and no plain text" {
	local version
	config "$TLS}"
	start_page --web-config web.yml
	for version in 1.2 1.3; do
		[ "$(secure --tlsv$version --tls-max $version "https://localhost:$PORT/metrics")" = 200 ]
	done
	run ! openssl s_client -connect "$A" -tls1_1 -cipher DEFAULT@SECLEVEL=0 </dev/null
	[ "$(status "http://$A/metrics")" = 000 ]
	[ "$(status --cacert other.pem "https://localhost:$PORT/metrics")" = 000 ]
	stop_page
}

@test "TLS: versions, ciphers and curves are those of the configuration" {
	config "$TLS, min_version: TLS13}"
	start_page --web-config web.yml
	[ "$(secure --tls-max 1.2 "https://localhost:$PORT/metrics")" = 000 ]
	[ "$(secure "https://localhost:$PORT/metrics")" = 200 ]
	# A change holds for the next connection.
	config "$TLS, max_version: TLS12, curve_preferences: [CurveP384]," \
		"  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]}"
	openssl s_client -connect "$A" </dev/null >got 2>/dev/null || true
	grep -q 'Cipher is ECDHE-ECDSA-AES256-GCM-SHA384' got
	grep -q 'Server Temp Key: ECDH, secp384r1' got
	run ! openssl s_client -connect "$A" -cipher ECDHE-ECDSA-AES128-GCM-SHA256 </dev/null
	run ! openssl s_client -connect "$A" -curves X25519 </dev/null
	config "$TLS, cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]}"
	[ "$(secure --tlsv1.3 "https://localhost:$PORT/metrics")" = 200 ]
	stop_page
}

@test "TLS: a new certificate is used at once, a wrong one never" {
	config "$TLS}"
	start_page --web-config web.yml
	[ "$(secure "https://localhost:$PORT/metrics")" = 200 ]
	# Certificate and key are replaced one after the other; in between they do not match.
	cp server.pem old.pem
	cp other.pem new.pem && mv new.pem server.pem
	[ "$(status --cacert old.pem "https://localhost:$PORT/problem")" = 200 ]
	grep -q '^web.yml: line 1: tls_server_config: certificate and key: .*do not match' body
	cp other.key.pem new.pem && mv new.pem server.key.pem
	[ "$(status --cacert other.pem "https://localhost:$PORT/problem")" = 200 ]
	[ "$(cat body)" = '' ]
	[ "$(status --cacert old.pem "https://localhost:$PORT/problem")" = 000 ]
	echo broken >server.pem
	[ "$(status --cacert other.pem "https://localhost:$PORT/metrics")" = 200 ]
	config 'basic_auth_users: {}'
	[ "$(status --cacert other.pem "https://localhost:$PORT/problem")" = 200 ]
	grep -q 'TLS is switched on or off by a new start only' body
	stop_page
}

@test "TLS: a connection of the old certificate goes on after a new one has come" {
	config "$TLS}"
	start_page --web-config web.yml
	mkfifo asked
	openssl s_client -quiet -connect "$A" <asked >got 2>/dev/null &
	client=$!
	exec {ask}>asked
	printf 'GET /budget HTTP/1.1\r\nHost: x\r\n\r\n' >&"$ask"
	until grep -qx -- -1 got; do :; done
	cp other.pem server.pem && cp other.key.pem server.key.pem
	[ "$(status --cacert other.pem "https://localhost:$PORT/metrics")" = 200 ]
	# One more answer, and then it is closed, since its client was judged by the old rules.
	printf 'GET /budget?2 HTTP/1.1\r\nHost: x\r\n\r\n' >&"$ask"
	wait "$client"
	exec {ask}>&-
	[ "$(grep -cx -- -1 got)" -eq 2 ]
	stop_page
}

@test "TLS: client certificates, and the names that they must have" {
	local url
	config "$TLS, client_ca_file: ca.pem, client_auth_type: RequireAndVerifyClientCert}"
	start_page --web-config web.yml
	url=https://localhost:$PORT/metrics
	client() {
		secure --cert "$1.pem" --key "$1.key.pem" "${@:2}" "$url"
	}
	[ "$(client client)" = 200 ] && [ "$(client stranger)" = 200 ]
	[ "$(client client --tls-max 1.2)" = 200 ]
	[ "$(client self)" = 000 ] && [ "$(client servers-only)" = 000 ]
	[ "$(secure "$url")" = 000 ] && [ "$(secure --tls-max 1.2 "$url")" = 000 ]
	local san
	for san in scraper.example 10.0.0.1; do
		config "$TLS, client_ca_file: ca.pem, client_auth_type: RequireAndVerifyClientCert," \
			"  client_allowed_sans: [other.example, $san]}"
		[ "$(client client)" = 200 ]
		[ "$(client stranger)" = 000 ]
		[ "$(client self)" = 000 ]
	done
	config "$TLS, client_ca_file: ca.pem, client_auth_type: VerifyClientCertIfGiven}"
	[ "$(client client)" = 200 ] && [ "$(client self)" = 000 ] && [ "$(secure "$url")" = 200 ]
	# Other roots.
	config "$TLS, client_ca_file: self.pem, client_auth_type: RequireAndVerifyClientCert}"
	[ "$(client client)" = 000 ] && [ "$(client self)" = 200 ]
	stop_page
}

@test "users: right, wrong, unknown, none" {
	config 'basic_auth_users:' "  me: $HASH" "  \"a b\": $HASH"
	start_page --web-config web.yml
	local i
	for i in 1 2; do
		[ "$(status -u me:secret "http://$A/metrics")" = 200 ]
		[ "$(status -u 'a b:secret' "http://$A/none")" = 404 ]
		[ "$(status -u me:Secret "http://$A/metrics")" = 401 ]
		[ "$(status -u you:secret "http://$A/metrics")" = 401 ]
		[ "$(status -u me: "http://$A/metrics")" = 401 ]
		[ "$(status -D head "http://$A/none")" = 401 ]
		tr -d '\r' <head | grep -qx 'WWW-Authenticate: Basic realm="teltools", charset="UTF-8"'
		tr -d '\r' <head | grep -qx 'Connection: close'
		[ "$(status -X POST "http://$A/none")" = 401 ]
		[ "$(status -u me:secret -X POST "http://$A/none")" = 405 ]
	done
	[ "$(status -H 'authorization: bAsIc bWU6c2VjcmV0' "http://$A/metrics")" = 200 ]
	[ "$(status -H 'Authorization: Bearer bWU6c2VjcmV0' "http://$A/metrics")" = 401 ]
	[ "$(status -u me:secret -H 'Authorization: Basic bWU6c2VjcmV0' \
		-H 'Authorization: Basic bWU6c2VjcmV0' "http://$A/metrics")" = 401 ]
	printf -v long '%0100d' 0
	[ "$(status -u "me:$long" "http://$A/metrics")" = 401 ]
	# Another file, other users; a broken one changes nothing.
	config 'basic_auth_users:' "  you: $HASH"
	[ "$(status -u me:secret "http://$A/metrics")" = 401 ]
	[ "$(status -u you:secret "http://$A/metrics")" = 200 ]
	config 'basic_auth_users:' '  me: secret'
	[ "$(status -u you:secret "http://$A/problem")" = 200 ]
	grep -q "^web.yml: line 2: user 'me': it is not a bcrypt hash" body
	stop_page
}

@test "users: while many guess, a user whose password was right before does not wait" {
	# Each of these hashes takes a second or so to compute.
	# shellcheck disable=SC2016 # dollars of the hash
	config 'basic_auth_users:' "  me: $HASH" \
		'  slow: $2b$14$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a'
	start_page --web-config web.yml
	[ "$(status -u me:secret "http://$A/metrics")" = 200 ]
	local i guesses=()
	for i in {1..20}; do
		status -u "slow:$i" "http://$A/metrics" >"guess.$i" &
		guesses+=($!)
	done
	# Two are refused without being computed before the first is told.
	until grep -q 503 guess.*; do :; done
	for i in {1..20}; do
		[ "$(status -u me:secret "http://$A/metrics")" = 200 ]
	done
	kill "${guesses[@]}" 2>/dev/null || true
	wait "${guesses[@]}" || true
	stop_page
}

@test "headers and rate limit of the configuration" {
	config 'http_server_config: {headers: {X-Frame-Options: deny, X-Content-Type-Options: nosniff}}' \
		'rate_limit: {interval: 12h, burst: 3}'
	start_page --web-config web.yml
	curl -s -D head -o body "http://$A/metrics"
	tr -d '\r' <head | grep -qx 'X-Frame-Options: deny'
	tr -d '\r' <head | grep -qx 'X-Content-Type-Options: nosniff'
	[ "$(status "http://$A/none")" = 404 ]
	[ "$(status "http://$A/none")" = 404 ]
	[ "$(status -D head "http://$A/metrics")" = 429 ]
	tr -d '\r' <head | grep -qx 'Retry-After: 1'
	config ''
	[ "$(status "http://$A/metrics")" = 200 ]
	stop_page
}

@test "addresses: all of them, IPv6, one that is taken, and one that is none" {
	ADDRESS=:0 start_page
	[ "$KIND" = open ]
	[ "$(status "http://127.0.0.1:$PORT/metrics")" = 200 ]
	run -73 "$PAGE" "127.0.0.1:$PORT"
	[[ $output = "page: cannot listen on 127.0.0.1:$PORT: Address already in use" ]]
	stop_page
	run -64 "$PAGE" 127.0.0.1
	[ -e /proc/net/if_inet6 ] && grep -q ' lo$' /proc/net/if_inet6 || return 0
	ADDRESS='[::1]:0' start_page
	[ "$KIND" = loopback ]
	[ "$(status "http://[::1]:$PORT/metrics")" = 200 ]
	stop_page
}

@test "systemd: a socket that was passed, READY and STOPPING" {
	cat >manager.py <<-'END'
		import os, socket, subprocess, sys
		notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		notify.bind("notify")
		if sys.argv[2] == "unix":
		    web = socket.socket(socket.AF_UNIX)
		    web.bind("web")
		    name = b"a UNIX socket"
		else:
		    web = socket.socket()
		    web.bind(("127.0.0.1", 0))
		    name = b"127.0.0.1:%d" % web.getsockname()[1]
		web.listen()
		def before():
		    os.dup2(web.fileno(), 3)
		    os.environ["LISTEN_PID"] = str(os.getpid())
		page = subprocess.Popen(["/bin/sh", "-c", 'LISTEN_PID=$$ exec "$0" 127.0.0.1:0',
		    sys.argv[1]], preexec_fn=before, close_fds=False, stdout=subprocess.PIPE,
		    env={"LISTEN_FDS": "1", "NOTIFY_SOCKET": os.path.abspath("notify"),
		         "PATH": os.environ["PATH"]})
		assert notify.recv(100) == b"READY=1"
		client = socket.socket(web.family)
		client.connect(web.getsockname())
		client.sendall(b"GET /budget HTTP/1.0\r\n\r\n")
		assert client.makefile("rb").read().endswith(b"\r\n\r\n-1\n")
		assert page.stdout.readline() == name + b" loopback\n"
		page.terminate()
		assert notify.recv(100) == b"STOPPING=1"
		assert page.wait() == 0
	END
	python3 manager.py "$PAGE" inet
	rm notify
	python3 manager.py "$PAGE" unix
}

@test "2000 requests leave no memory and no descriptor" {
	local before fds i
	start_page
	for i in {1..1000}; do
		printf 'url = "http://%s/metrics"\noutput = "body"\nheader = "Accept-Encoding: gzip"\n' "$A"
	done >urls
	curl -s -K urls
	[ "$(status -H 'Connection: close' "http://$A/metrics")" = 200 ]
	before=$(awk '/^VmRSS/ { print $2 }' "/proc/$PAGE_PID/status")
	fds=$(ls "/proc/$PAGE_PID/fd" | wc -l)
	curl -s -K urls
	[ "$(status -H 'Connection: close' "http://$A/metrics")" = 200 ]
	[ "$(ls "/proc/$PAGE_PID/fd" | wc -l)" -le $((fds + 1)) ]
	# AddressSanitizer keeps memory that was freed.
	[[ $BUILD = */asan ]] ||
		[ "$(awk '/^VmRSS/ { print $2 }' "/proc/$PAGE_PID/status")" -le $((before + 2048)) ]
	stop_page
}
