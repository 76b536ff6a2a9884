#!/usr/bin/env bats
# The test origin itself: what other tests take for granted.
# shellcheck disable=SC2030,SC2031

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir root
	printf 'hello' >root/file
	start_origin --root root
	U=$ORIGIN_URL
}

teardown() {
	stop_origin
}

# head_of CURL-ARGUMENT...: the head of the answer, without CR.
head_of() {
	curl -s -o body -D - "$@" | tr -d '\r'
}

@test "bytes are the same for the same seed, and only then" {
	curl -s "$U/bytes/5000" >a
	curl -s "$U/bytes/5000?seed=0" >b
	curl -s "$U/bytes/5000?seed=1" >c
	curl -s "$U/bytes/5000?corrupt=1" >d
	[ "$(stat -c %s a)" -eq 5000 ]
	cmp a b
	run -1 cmp -s a c
	[ "$(cmp -l a d | wc -l)" -eq 1 ]
	[ "$(curl -s "$U/bytes/10?prefix=abc" | head -c 3)" = abc ]
}

@test "files of the root, and of nowhere else" {
	[ "$(curl -s "$U/file/file")" = hello ]
	for p in none ../origin.log %2e%2e/origin.log /etc/passwd ""; do
		[ "$(curl -s --path-as-is -o /dev/null -w '%{http_code}' "$U/file/$p")" = 404 ]
	done
}

@test "ranges: 206, 416, and the whole body when If-Range does not match" {
	curl -s "$U/bytes/100" >whole
	head_of -r 10-19 "$U/bytes/100" | grep -qx 'Content-Range: bytes 10-19/100'
	cmp body <(tail -c +11 whole | head -c 10)
	head_of -r 90- "$U/bytes/100" | grep -qx 'Content-Range: bytes 90-99/100'
	head_of -r -5 "$U/bytes/100" | grep -qx 'Content-Range: bytes 95-99/100'
	head_of -r 95-300 "$U/bytes/100" | grep -qx 'Content-Range: bytes 95-99/100'
	head_of -r 100- "$U/bytes/100" >got
	grep -q '^HTTP/1.1 416' got
	grep -qx 'Content-Range: bytes \*/100' got
	etag=$(head_of "$U/bytes/100" | sed -n 's/^ETag: //p')
	head_of -r 5- -H "If-Range: $etag" "$U/bytes/100" | grep -q '^HTTP/1.1 206'
	head_of -r 5- -H 'If-Range: "other"' "$U/bytes/100" | grep -q '^HTTP/1.1 200'
	weak=$(head_of "$U/bytes/100?etag=weak" | sed -n 's/^ETag: //p')
	[[ $weak == W/* ]]
	head_of -r 5- -H "If-Range: $weak" "$U/bytes/100?etag=weak" | grep -q '^HTTP/1.1 200'
	head_of -r 5- "$U/bytes/100?ranges=0" | grep -q '^HTTP/1.1 200'
}

@test "conditions: 304" {
	etag=$(head_of "$U/bytes/100" | sed -n 's/^ETag: //p')
	head_of -H "If-None-Match: $etag" "$U/bytes/100" | grep -q '^HTTP/1.1 304'
	head_of -H 'If-None-Match: "x"' "$U/bytes/100" | grep -q '^HTTP/1.1 200'
	head_of -H 'If-Modified-Since: Sun, 17 May 2015 10:05:03 GMT' "$U/bytes/100" | grep -q '^HTTP/1.1 304'
	head_of -H 'If-Modified-Since: Sun, 17 May 2015 10:05:02 GMT' "$U/bytes/100" | grep -q '^HTTP/1.1 200'
	head_of "$U/bytes/100?etag=none" >got
	run -1 grep '^ETag' got
}

@test "the first requests with a key fail, then no more" {
	for want in 429 429 200 200; do
		[ "$(head_of "$U/bytes/5?fail=429&times=2&retry_after=7" | sed -n '1s/.* \([0-9]*\) .*/\1/p')" = "$want" ]
	done
	head_of "$U/bytes/5?fail=503&key=other&retry_after=7" | grep -qx 'Retry-After: 7'
}

@test "bodies that are cut, chunked, redirects" {
	run -18 curl -s -o body "$U/bytes/500?cut=99"
	[ "$(stat -c %s body)" -eq 99 ]
	run -18 curl -s -o body "$U/bytes/500?cut=99&chunked=1"
	head_of "$U/bytes/500?chunked=1" | grep -qx 'Transfer-Encoding: chunked'
	[ "$(curl -sL -w '%{num_redirects} %{size_download}' -o /dev/null "$U/redirect?to=/bytes/7&times=4")" = "4 7" ]
	run -47 curl -sL "$U/redirect?loop=1"
	head_of "$U/bytes/9?type=application/pdf" | grep -qx 'Content-Type: application/pdf'
	[ "$(curl -s "$U/bytes/3?drip_ms=1" | wc -c)" -eq 3 ]
}

@test "the log has a line for each request" {
	curl -s -o /dev/null -r 1-2 "$U/bytes/9?a=%22b" -H 'Host: x.example'
	[ "$(jq -rc '[.method,.path,.query,.host,.range,.status]' origin.log)" = \
	    '["GET","/bytes/9","a=%22b","x.example","bytes=1-2",206]' ]
	jq -e '.ns / 1e6 - .ms | . >= 0 and . < 1' origin.log
}

@test "it ends at once, also while it waits" {
	curl -s -o /dev/null "$U/bytes/9?hold=1" 3>&- &
	until grep -q hold origin.log 2>/dev/null; do :; done
	kill "$ORIGIN_PID"
	wait "$ORIGIN_PID"
	ORIGIN_PID=
	wait
}

@test "wrong usage" {
	run -64 "$ORIGIN" --port x
	run -64 "$ORIGIN" --nonsense
	run -64 "$ORIGIN" operand
}
