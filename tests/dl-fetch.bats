#!/usr/bin/env bats
# dl-fetch: every option, every exit code, every message.
# shellcheck disable=SC2030,SC2031,SC2154 # bats: tests are subshells; run sets stderr

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	start_origin --root "$BATS_TEST_TMPDIR"
	U=$ORIGIN_URL
}

teardown() {
	[ -z "${FETCH_PID:-}" ] || kill -9 "$FETCH_PID" 2>/dev/null || true
	stop_origin
}

# fetch [OPTION]...: runs dl-fetch into out/; events in ev, messages in msg.
fetch() {
	rc=0
	dl-fetch --out out "$@" >ev 2>msg || rc=$?
}

# of TYPE FILTER: a jq filter over the events of that type, one compact line each.
of() {
	jq -rc "select(.type == \"$1\") | $2" ev
}

# that TYPE CONDITION: there are events of that type, and it is true of each.
that() {
	jq -se "map(select(.type == \"$1\")) | length > 0 and all(.[]; $2)" ev >/dev/null
}

# wait_for COMMAND...: until it succeeds, ten seconds at most.
wait_for() {
	for _ in $(seq 500); do
		! "$@" || return 0
		read -r -t 0.02 <> <(:) || true
	done
	echo "never came true: $*" >&2
	return 1
}

# most_in MS: the most requests that the origin saw in any stretch of that length.
most_in() {
	jq -s --argjson w "$1" '[.[].ns / 1e6] | sort as $t |
	    [range($t | length) as $i | [$t[] | select(. >= $t[$i] and . < $t[$i] + $w)] | length] | max' \
		origin.log
}

sha() {
	printf '%s' "$1" | sha256sum | cut -d ' ' -f 1
}

# --- what it stores

@test "plain URLs become objects named by their content" {
	fetch < <(printf '%s\n' "$U/bytes/10" "" "  $U/bytes/0  " "$U/bytes/100000?seed=2")
	[ "$rc" -eq 0 ]
	[ "$(find out/objects -type f | wc -l)" -eq 3 ]
	for f in out/objects/*/*/*; do
		[ "$(sha256sum <"$f" | cut -d ' ' -f 1)" = "$(basename "$f")" ]
	done
	curl -s "$U/bytes/100000?seed=2" >want
	s=$(sha256sum <want | cut -d ' ' -f 1)
	cmp want "out/objects/${s:0:2}/${s:2:2}/$s"
	[ -z "$(ls out/staging)" ]
}

@test "the id of a plain URL is its SHA-256; the raw URL is in no event" {
	fetch < <(echo "$U/bytes/10?secret=1")
	[ "$(of download .artifact_id)" = "$(sha "$U/bytes/10?secret=1")" ]
	[ "$(of http .url_hash)" = "$(sha "$U/bytes/10?secret=1")" ]
	run -1 grep secret ev
}

@test "a download event has all that there is to know" {
	echo "{\"id\":\"a\",\"work_id\":\"w\",\"urls\":[{\"url\":\"$U/bytes/10?type=text/x\",\"tier\":\"t\",\"resolver\":\"r\"}]}" >list
	fetch --run-id R --cohort canary list
	s=$(curl -s "$U/bytes/10" | sha256sum | cut -d ' ' -f 1)
	[ "$(of download '[.artifact_id,.work_id,.tier,.resolver,.outcome,.run_id,.cohort]')" = '["a","w","t","r","success","R","canary"]' ]
	[ "$(of download '[.sha256,.final_path,.shard_prefix]')" = "[\"$s\",\"objects/${s:0:2}/${s:2:2}/$s\",\"${s:0:4}\"]" ]
	[ "$(of download '[.content_length,.bytes_written,.saved_bytes,.dedupe_action,.attempt_count,.status,.content_type,.resumed]')" = '[10,10,0,"download",1,200,"text/x",false]' ]
	that download '.ttfp_ms >= 0 and .elapsed_ms == .ttfp_ms and .fsync_ms >= 0 and .etag != null and .last_modified != null'
	[ "$(of fallback '[.artifact_id,.work_id,.tier,.source,.host,.outcome,.reason,.status]')" = '["a","w","t","r","127.0.0.1","success",null,200]' ]
}

@test "each request on the wire has an http event" {
	fetch < <(echo "$U/bytes/10")
	[ "$(of http '[.host,.role,.method,.status,.from_cache,.attempt,.retry_count,.bytes,.rate_delay_ms,.waited_for,.error]')" = \
	    '["127.0.0.1","artifact","GET",200,false,1,0,10,0,"none",null]' ]
	that http '.ttfb_ms >= 0 and .elapsed_ms >= .ttfb_ms and (.request_id | length > 4) and (has("breaker_state") | not)'
}

@test "events are stamped with producer and seq without gaps" {
	fetch < <(for i in $(seq 30); do echo "$U/bytes/$i"; done)
	[ "$(jq -s 'map(.seq) == [range(1; length + 1)]' ev)" = true ]
	[ "$(jq -r .producer ev | sort -u | wc -l)" -eq 1 ]
	[ "$(jq -r .run_id ev | sort -u | wc -l)" -eq 1 ]
	[ "$(tail -n 1 ev | jq -r .type)" = run ]
	[ "$(of http .request_id | sort -u | wc -l)" -eq 30 ]
}

@test "tel-ingest takes every event" {
	printf '%s\n' "$U/bytes/10" "$U/bytes/10?x" "$U/status/404" "$U/status/429?retry_after=7" "$U/bytes/9?cut=2" "$U/redirect?to=/bytes/3" >list
	fetch --rate 127.0.0.1=100/s list
	run -0 --separate-stderr tel-ingest --strict --db t.db ev
	[ "$(sql t.db 'SELECT count(*) FROM downloads')" -eq 6 ]
	[ "$(sql t.db 'SELECT count(*) FROM http_events')" -eq 7 ]
	[ "$(sql t.db 'SELECT count(*) FROM dead_letters')" -eq 0 ]
	[ "$(sql t.db 'SELECT count(*) FROM unknown_keys')" -eq 0 ]
}

@test "the same bytes are stored once" {
	fetch --workers 1 < <(printf '%s\n' "$U/bytes/50" "$U/bytes/50?again")
	[ "$rc" -eq 0 ]
	[ "$(find out/objects -type f | wc -l)" -eq 1 ]
	[ "$(of download '[.outcome,.dedupe_action,.saved_bytes,.bytes_written]' | sort | tr '\n' ' ')" = \
	    '["success","download",0,50] ["success","skipped",50,0] ' ]
	that run '.dedupe_saved_mb > 0'
}

@test "many at once, small and large, durable or not" {
	for i in $(seq 200); do echo "$U/bytes/$((i * 37))?seed=$i"; done >list
	fetch --workers 32 list
	[ "$rc" -eq 0 ]
	mv out one
	fetch --workers 32 --durability none list
	[ "$rc" -eq 0 ]
	that download '.fsync_ms == null'
	diff <(cd one/objects && find . -type f | sort) <(cd out/objects && find . -type f | sort)
	[ "$(find out/objects -type f | wc -l)" -eq 200 ]
}

@test "an object of the wrong length is replaced, with a warning" {
	fetch < <(echo "$U/bytes/50")
	f=$(find out/objects -type f)
	chmod u+w "$f"
	echo bad >"$f"
	fetch < <(echo "$U/bytes/50")
	[ "$rc" -eq 0 ]
	[ "$(sha256sum <"$f" | cut -d ' ' -f 1)" = "$(basename "$f")" ]
	[ "$(of download '[.outcome,.reason]')" = '["success","object_damaged"]' ]
	[ "$(of run .corruption_count)" = 1 ]
	grep -q 'warning: .*: the object .* had another length' msg
}

@test "what a killed run left in staging goes away" {
	mkdir -p out/staging
	echo x >out/staging/1-1.part
	fetch < <(echo "$U/bytes/5")
	[ -z "$(ls out/staging)" ]
}

# --- candidates

@test "candidates are tried in order until one has it" {
	echo "{\"id\":\"a\",\"urls\":[{\"url\":\"$U/status/404\",\"resolver\":\"one\"},{\"url\":\"$U/status/503\",\"resolver\":\"two\"},{\"url\":\"$U/bytes/5\",\"resolver\":\"three\"},{\"url\":\"$U/bytes/6\"}]}" >list
	fetch list
	[ "$rc" -eq 0 ]
	[ "$(of fallback '[.source,.outcome,.reason,.status]' | tr '\n' ' ')" = \
	    '["one","nonretryable","http_status",404] ["two","retryable","http_status",503] ["three","success",null,200] ' ]
	[ "$(of download '[.outcome,.resolver,.attempt_count]')" = '["success","three",3]' ]
	[ "$(grep -c . origin.log)" -eq 3 ]
}

@test "an item that no candidate has is a miss; exit 1" {
	echo "{\"id\":\"a\",\"urls\":[{\"url\":\"$U/status/404\"},{\"url\":\"$U/status/410\"}]}" >list
	fetch list
	[ "$rc" -eq 1 ]
	[ "$(of download '[.outcome,.reason,.status,.sha256,.final_path,.ttfp_ms]')" = '["miss","http_status",410,null,null,null]' ]
}

@test "429 and 503 say when to come back" {
	printf '%s\n' "$U/bytes/5?fail=429&times=2&retry_after=17" "$U/bytes/5?fail=503&key=k&retry_after=Thu,%2031%20Dec%202099%2000:00:00%20GMT" >list
	fetch list
	[ "$rc" -eq 1 ]
	[ "$(of http 'select(.status == 429) | .retry_after_s')" = 17 ]
	of http 'select(.status == 503) | .retry_after_s' | grep -q '^[0-9]\{9,\}$'
	[ "$(of fallback .outcome | sort -u)" = retryable ]
	[ "$(of run .http_429_ratio)" = 0.5 ]
}

@test "a cut body is a partial_body, announced or chunked, and never stored" {
	for q in "cut=100" "cut=100&chunked=1" "cut=0"; do
		echo "{\"id\":\"$q\",\"urls\":[{\"url\":\"$U/bytes/5000?$q\"}]}"
	done >list
	fetch list
	[ "$rc" -eq 1 ]
	[ "$(of download '[.outcome,.reason]' | sort -u)" = '["miss","partial_body"]' ]
	[ "$(of http .error | sort -u)" = partial_body ]
	[ "$(find out -type f | sort)" = out/manifest.jsonl ]
}

@test "a wrong digest is an error of the candidate, the next one is asked" {
	s=$(curl -s "$U/bytes/99" | sha256sum | cut -d ' ' -f 1)
	echo "{\"id\":\"a\",\"sha256\":\"${s^^}\",\"urls\":[{\"url\":\"$U/bytes/99?corrupt=1\"},{\"url\":\"$U/bytes/99\"}]}" >list
	fetch list
	[ "$rc" -eq 0 ]
	[ "$(of fallback '[.outcome,.reason]' | tr '\n' ' ')" = '["error","digest_mismatch"] ["success",null] ' ]
	[ "$(of download .sha256)" = "$s" ]
	[ "$(find out/objects -type f | wc -l)" -eq 1 ]
}

@test "a body that is not the promised PDF: the next candidate is tried" {
	q="prefix=%25PDF-1.4"
	echo "{\"id\":\"a\",\"kind\":\"pdf\",\"urls\":[{\"url\":\"$U/bytes/100000\"},{\"url\":\"$U/bytes/9\"},{\"url\":\"$U/bytes/0\"},{\"url\":\"$U/bytes/100000?$q\"}]}" >list
	echo "{\"id\":\"b\",\"kind\":\"PDF\",\"urls\":[{\"url\":\"$U/bytes/8?$q\"}]}" >>list
	echo "{\"id\":\"c\",\"kind\":\"html\",\"urls\":[{\"url\":\"$U/bytes/8\"}]}" >>list
	fetch --workers 1 list
	[ "$rc" -eq 0 ]
	[ "$(of fallback 'select(.artifact_id == "a") | [.outcome,.reason]' | tr '\n' ' ')" = \
	    '["no_pdf","no_pdf"] ["no_pdf","no_pdf"] ["no_pdf","no_pdf"] ["success",null] ' ]
	# The long one was stopped at once, the short ones came whole.
	[ "$(of http 'select(.error == "no_pdf") | .status')" = 200 ]
	[ "$(of http 'select(.error == "no_pdf") | .bytes < 100000')" = true ]
	[ "$(of download '[.artifact_id,.outcome]' | tr '\n' ' ')" = '["a","success"] ["b","success"] ["c","success"] ' ]
}

@test "size_max_bytes holds whether the length is announced or not" {
	for q in "" "?chunked=1"; do
		echo "{\"id\":\"over$q\",\"size_max_bytes\":99,\"urls\":[{\"url\":\"$U/bytes/100$q\"}]}"
		echo "{\"id\":\"just$q\",\"size_max_bytes\":100,\"urls\":[{\"url\":\"$U/bytes/100$q\"}]}"
	done >list
	fetch list
	[ "$rc" -eq 1 ]
	[ "$(of download 'select(.artifact_id | startswith("over")) | [.outcome,.reason]' | sort -u)" = '["miss","too_large"]' ]
	[ "$(of download 'select(.artifact_id | startswith("just")) | .outcome' | sort -u)" = success ]
	[ "$(of http .error | sort | uniq -c | tr -s ' ' | tr '\n' ';')" = " 2 null; 2 too_large;" ]
}

@test "redirects are followed by hops that are counted" {
	echo "$U/redirect?to=$U/bytes/7&times=3" | sed 's|to=http://|to=http%3A%2F%2F|' >list
	fetch list
	[ "$rc" -eq 0 ]
	[ "$(of http .status | tr '\n' ' ')" = "302 302 302 200 " ]
	[ "$(of http .url_hash | sort -u | wc -l)" -eq 4 ]
	[ "$(of download .attempt_count)" -eq 4 ]
	[ "$(of download .url_hash)" = "$(sha "$(cat list)")" ]
	[ "$(of fallback .outcome)" = success ]
}

@test "redirects end somewhere: a loop, another scheme, no target" {
	printf '%s\n' "$U/redirect?loop=1" "$U/redirect?to=ftp://127.0.0.1/x" "$U/redirect?to=file:///etc/passwd" "$U/status/302" >list
	fetch --workers 1 list
	[ "$rc" -eq 1 ]
	[ "$(of download .reason | tr '\n' ' ')" = "redirect_limit redirect_invalid redirect_invalid http_status " ]
	[ "$(grep -c loop origin.log)" -eq 11 ]
}

@test "a refused connection, an unknown name, a silence" {
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	printf '%s\n' "http://127.0.0.1:$port/" "$U/delay?ms=30000" "http://nobody.invalid/" >list
	no_proxy='*' fetch --workers 1 --timeout 300ms list
	[ "$rc" -eq 1 ]
	[ "$(of fallback '[.outcome,.reason]' | head -n 2 | tr '\n' ' ')" = '["retryable","connect"] ["timeout","timeout"] ' ]
	[ "$(of http 'select(.status == null) | .error' | head -n 2 | tr '\n' ' ')" = "connect timeout " ]
	[ "$(of download .outcome | sort -u)" = miss ]
}

@test "an answer that is not HTTP, or cut short, is not believed" {
	python3 - >port <<-'PY' 3>&- &
		import socket
		answers = [b"SSH-2.0-x\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
		    b"HTTP/1.1 302 Found\r\nLocation: /a\r\nLocation: /b\r\n\r\n", b""]
		s = socket.socket()
		s.bind(("127.0.0.1", 0))
		s.listen()
		print(s.getsockname()[1], flush=True)
		for a in answers:
		    c, _ = s.accept()
		    c.recv(65536)
		    c.sendall(a)
		    c.close()
	PY
	FETCH_PID=$!
	wait_for test -s port
	for i in 1 2 3 4; do echo "http://127.0.0.1:$(cat port)/$i"; done >list
	fetch --workers 1 list
	[ "$rc" -eq 1 ]
	[ "$(of download .reason | tr '\n' ' ')" = "bad_answer bad_answer bad_answer empty_answer " ]
}

# --- the list

@test "bad lines are named, counted, and stop nothing" {
	cat >list <<-END
		$U/bytes/1
		nonsense
		{"id":"x"}
		{"id":"x","urls":[]}
		{"id":"x","urls":"http://a/"}
		{"id":"x","urls":["http://a/"]}
		{"id":"x","urls":[{"resolver":"r"}]}
		{"id":"x","urls":[{"url":"http://a/"},{"url":"ftp://a/"}]}
		{"id":"x","urls":[{"url":"http://a/","role":"artefact"}]}
		{"id":"x","urls":[{"url":"http://a b/"}]}
		{"urls":[{"url":"http://a/"}]}
		{"id":7,"urls":[{"url":"http://a/"}]}
		{"id":"","urls":[{"url":"http://a/"}]}
		{"id":"a\u0000b","urls":[{"url":"http://a/"}]}
		{"id":"x","sha256":"12","urls":[{"url":"http://a/"}]}
		{"id":"x","size_max_bytes":0,"urls":[{"url":"http://a/"}]}
		{"id":"x","size_max_bytes":"9","urls":[{"url":"http://a/"}]}
		{"id":"x",
		[1]
		http://
		ftp://a/
	END
	printf '%s' "$U/bytes/2" >>list
	fetch --workers 1 list
	[ "$rc" -eq 1 ]
	[ "$(of download .outcome | tr '\n' ' ')" = "success success " ]
	[ "$(of run .invalid_item_count)" -eq 20 ]
	cut -d ' ' -f 2- msg >got
	cat >want <<-END
		list: line 2: neither a JSON object nor an http or https URL
		list: line 3: urls: is missing
		list: line 4: urls: empty
		list: line 5: urls: must be an array of objects such as {"url":"https://..."}
		list: line 6: urls[0]: must be an object such as {"url":"https://..."}
		list: line 7: urls[0]: url: is missing
		list: line 8: urls[1]: url: not an http or https URL
		list: line 9: urls[0]: role: 'artefact' is not metadata, landing or artifact
		list: line 10: urls[0]: url: a URL has no blanks; write %20
		list: line 11: id: is missing
		list: line 12: id: must be text
		list: line 13: id: must have 1 to 1024 bytes, has 0
		list: line 14: id: has a control character in it
		list: line 15: sha256: must be 64 hexadecimal digits
		list: line 16: size_max_bytes: must be a whole number of at least 1
		list: line 17: size_max_bytes: must be a whole number of at least 1
	END
	diff want <(head -n 16 got)
	grep -q '^list: line 18: byte ' got
	grep -q '^list: line 19: neither' got
	grep -q '^list: line 20: not a URL' got
	grep -q '^list: line 21: neither' got
}

@test "a line that is too long is named, the next one is read" {
	{ head -c 3000000 /dev/zero | tr '\0' x; echo; echo "$U/bytes/3"; } | fetch
	[ "$(of download .outcome)" = success ]
	{ head -c 3000000 /dev/zero | tr '\0' x; echo; echo "$U/bytes/3"; } >list
	fetch list
	[ "$rc" -eq 1 ]
	grep -q 'list: line 1: longer than 1048576 bytes' msg
	[ "$(grep -c . msg)" -eq 1 ]
	[ "$(of download .outcome)" = success ]
}

@test "an empty list is done at once" {
	fetch </dev/null
	[ "$rc" -eq 0 ]
	[ "$(jq -rc .type ev)" = run ]
	[ "$(of run '[.artifacts_total,.yield_pct,.ttfp_p50_ms,.http_429_ratio]')" = '[0,null,null,null]' ]
}

@test "the run event counts honestly" {
	printf '%s\n' "{\"id\":\"m\",\"urls\":[{\"url\":\"$U/bytes/1\",\"role\":\"metadata\"}]}" "$U/bytes/2" "$U/status/404" "$U/status/429" bad >list
	fetch list
	[ "$(of run '[.artifacts_total,.artifacts_success,.yield_pct,.cache_hit_pct,.http_429_ratio,.invalid_item_count,.corruption_count]')" = '[4,2,50,0,0.25,1,0]' ]
	# Half of the items were never stored: the 95th of 100 has no time.
	that run '.ttfp_p50_ms >= 0 and has("ttfp_p95_ms") == false and .started_at <= .finished_at and has("breaker_open_events") == false and .rate_delay_p95_ms == 0'
}

@test "the list is read as it comes, and events leave as they happen" {
	mkfifo in
	dl-fetch --out out <in >ev 2>msg 3>&- &
	FETCH_PID=$!
	exec 5>in
	echo "$U/bytes/1" >&5
	wait_for grep -q '"download"' ev
	echo "$U/bytes/2" >&5
	wait_for [ "$(grep -c . origin.log)" -ge 1 ]
	exec 5>&-
	wait "$FETCH_PID"
	FETCH_PID=
	[ "$(of download .outcome | wc -l)" -eq 2 ]
}

@test "--max N takes N items and leaves the rest of the list" {
	fetch --max 2 < <(for i in $(seq 10); do echo "$U/bytes/$i"; done)
	[ "$rc" -eq 0 ]
	[ "$(of download .outcome | wc -l)" -eq 2 ]
	[ "$(grep -c . origin.log)" -eq 2 ]
}

@test "--workers bounds the number of requests on the wire" {
	fetch --workers 2 < <(for i in $(seq 6); do echo "$U/bytes/$i?ms=60"; done)
	[ "$rc" -eq 0 ]
	[ "$(most_in 50)" -le 2 ]
}

# --- rates

@test "--rate: never more than that in any window" {
	fetch --workers 16 --rate 127.0.0.1=4/500ms,7/1s < <(for i in $(seq 16); do echo "$U/bytes/$i?ms=$((i * 7 % 40))"; done)
	[ "$rc" -eq 0 ]
	# Less than the windows, for what the machine adds on the way; that they
	# are exact is for tests/unit/fetch/rate.c.
	[ "$(most_in 400)" -le 4 ]
	[ "$(most_in 900)" -le 7 ]
	[ "$(grep -c . origin.log)" -eq 16 ]
	[ "$(of rate '[.host,.role,.action]' | sort -u)" = '["127.0.0.1","artifact","acquire"]' ]
	# A rate event for each request that waited, with the same delay.
	diff <(of rate .delay_ms | sort) <(of http 'select(.waited_for == "rate") | .rate_delay_ms' | sort)
	that http '(.waited_for == "none") == (.rate_delay_ms == 0)'
}

@test "--rate counts redirects, and only the role that it names" {
	printf '%s\n' "{\"id\":\"m\",\"urls\":[{\"url\":\"$U/redirect?to=/bytes/1&times=3\",\"role\":\"metadata\"}]}" >list
	for i in $(seq 20); do echo "$U/bytes/$i"; done >>list
	fetch --rate 127.0.0.1.metadata=1/150ms list
	[ "$rc" -eq 0 ]
	[ "$(of http 'select(.role == "metadata" and .waited_for == "rate") | .host' | wc -l)" -eq 3 ]
	[ "$(of http 'select(.role == "artifact" and .waited_for != "none")' | wc -l)" -eq 0 ]
	that run '.rate_delay_p95_ms > 0'
}

@test "--rate of one host holds up no other" {
	printf '%s\n' "$U/bytes/1" "$U/bytes/2" "${U/127.0.0.1/localhost}/bytes/3" >list
	fetch --rate 127.0.0.1=1/400ms list
	[ "$rc" -eq 0 ]
	[ "$(of http 'select(.host == "localhost") | .rate_delay_ms')" -eq 0 ]
}

@test "--rate that makes no sense" {
	for spec in x 127.0.0.1=3 127.0.0.1=3/fortnight 127.0.0.1=1/3SECOND =1/s h:80=1/s; do
		fetch --rate "$spec" </dev/null
		[ "$rc" -eq 64 ]
		grep -q "^dl-fetch: --rate: '$spec'" msg
	done
}

# --- resuming, manifest

@test "the manifest has one record an item, all with the same keys" {
	fetch < <(printf '%s\n' "$U/bytes/10" "$U/status/404")
	[ "$(jq -rc keys_unsorted out/manifest.jsonl | sort -u)" = '["record_type","schema_version","timestamp","run_id","work_id","artifact_id","outcome","sha256","path","content_length","etag","last_modified","content_type","url","resolver","tier","reason"]' ]
	[ "$(jq -r .outcome out/manifest.jsonl | sort | tr '\n' ' ')" = "miss success " ]
	[ "$(jq -r 'select(.outcome == "success") | .url' out/manifest.jsonl)" = "$U/bytes/10" ]
	[ -f "out/$(jq -r 'select(.outcome == "success") | .path' out/manifest.jsonl)" ]
	[ "$(stat -c %a out/manifest.jsonl)" = 600 ]
}

@test "--resume-from skips the stored items, and only those" {
	printf '%s\n' "$U/bytes/1" "$U/bytes/2" "$U/bytes/3" "$U/bytes/4?fail=404" >list
	fetch list
	[ "$rc" -eq 1 ]
	# One object is gone, one was cut short.
	rm "out/$(jq -r "select(.url == \"$U/bytes/2\") | .path" out/manifest.jsonl)"
	: >"out/$(jq -r "select(.url == \"$U/bytes/3\") | .path" out/manifest.jsonl)"
	fetch --resume-from out/manifest.jsonl list
	[ "$rc" -eq 0 ]
	[ "$(of download '[.outcome,.reason]' | sort | tr '\n' ' ')" = \
	    '["skipped","already_downloaded"] ["success","object_damaged"] ["success",null] ["success",null] ' ]
	that download '.outcome != "skipped" or (.sha256 != null and .attempt_count == 0 and .tier == null and .dedupe_action == null)'
	[ "$(of run '[.artifacts_total,.artifacts_success,.yield_pct]')" = '[4,3,100]' ]
	[ "$(grep -c . origin.log)" -eq 7 ]
	fetch --resume-from out/manifest.jsonl --max 1 list
	[ "$(of download .outcome | sort -u)" = skipped ]
}

@test "--resume-from a manifest of skipped items, and one torn by a crash" {
	fetch < <(echo "$U/bytes/1")
	fetch --resume-from out/manifest.jsonl < <(echo "$U/bytes/1")
	tail -n 1 out/manifest.jsonl >second
	printf '{"record_type":"mani' >>second
	fetch --resume-from second < <(echo "$U/bytes/1")
	[ "$(of download .outcome)" = skipped ]
	grep -q 'second: 1 lines are not JSON objects' msg
	# A torn manifest is continued on a line of its own.
	printf '{"record_type":"mani' >>out/manifest.jsonl
	fetch < <(echo "$U/bytes/1")
	tail -n 1 out/manifest.jsonl | jq -e .outcome
}

@test "--resume-from a file that is not a manifest" {
	fetch --resume-from nothing </dev/null
	[ "$rc" -eq 66 ]
	grep -q '^dl-fetch: --resume-from: nothing: No such file' msg
	echo '{"a":1}' >other
	fetch --resume-from other </dev/null
	[ "$rc" -eq 65 ]
	grep -q 'other: not a manifest' msg
	echo '{"record_type":"manifest","schema_version":9}' >newer
	fetch --resume-from newer </dev/null
	[ "$rc" -eq 65 ]
	grep -q 'newer: line 1: schema_version 9' msg
	: >empty
	fetch --resume-from empty </dev/null
	[ "$rc" -eq 0 ]
}

@test "--dry-run says what it would do, and does nothing" {
	fetch < <(echo "$U/bytes/1")
	: >origin.log
	printf '%s\n' "$U/bytes/1" bad "{\"id\":\"a\",\"urls\":[{\"url\":\"$U/x\"},{\"url\":\"$U/y\"}]}" "$U/z" >list
	find out | sort >before
	fetch --dry-run --resume-from out/manifest.jsonl --max 1 list
	[ "$rc" -eq 1 ]
	grep -q 'list: line 2' msg
	[ "$(jq -rc 'del(.artifact_id)' ev | tr '\n' ' ')" = "{\"would\":\"skip\",\"reason\":\"already_downloaded\"} {\"would\":\"fetch\",\"urls\":[\"$U/x\",\"$U/y\"]} " ]
	diff before <(find out | sort)
	[ ! -s origin.log ]
	run -0 --separate-stderr dl-fetch --dry-run < <(echo "$U/z")
	[ "$(jq -r .artifact_id <<<"$output")" = "$(sha "$U/z")" ]
}

# --- ends

@test "SIGTERM: items under way are deferred, stored ones stay" {
	{ echo "$U/bytes/1"; for i in $(seq 5); do echo "$U/bytes/5000?seed=$i&hold=1000"; done; } >list
	dl-fetch --out out --workers 3 list >ev 2>msg 3>&- &
	FETCH_PID=$!
	wait_for grep -q success ev
	wait_for [ "$(grep -c hold origin.log)" -ge 2 ]
	kill -TERM "$FETCH_PID"
	rc=0
	wait "$FETCH_PID" || rc=$?
	FETCH_PID=
	[ "$rc" -eq 75 ]
	[ "$(of download .outcome | sort -u | tr '\n' ' ')" = "deferred success " ]
	[ "$(of download 'select(.outcome == "deferred") | .reason' | sort -u)" = stopped ]
	[ "$(of http 'select(.error == "stopped") | .status' | sort -u)" = 200 ]
	[ "$(of fallback 'select(.outcome == "skipped") | .reason' | sort -u)" = stopped ]
	[ "$(tail -n 1 ev | jq -r .type)" = run ]
	[ -z "$(ls out/staging)" ]
	# What the run took, and nothing else, is in the manifest.
	[ "$(of download .artifact_id | sort)" = "$(jq -r .artifact_id out/manifest.jsonl | sort)" ]
}

@test "SIGTERM while it waits for the list" {
	mkfifo in
	dl-fetch --out out <in >ev 2>msg 3>&- &
	FETCH_PID=$!
	exec 5>in
	echo "$U/bytes/1" >&5
	wait_for grep -q '"download"' ev
	kill -TERM "$FETCH_PID"
	rc=0
	wait "$FETCH_PID" || rc=$?
	exec 5>&-
	FETCH_PID=
	[ "$rc" -eq 75 ]
	[ "$(tail -n 1 ev | jq -r .type)" = run ]
}

@test "a closed stdout ends dl-fetch quietly, and the manifest is complete" {
	for i in $(seq 2000); do echo "$U/bytes/$i"; done >list
	rc=0
	set +o pipefail
	{ dl-fetch --out out list 2>msg || echo $? >rc; } | head -n 1 >/dev/null
	[ "$(cat rc)" -eq 141 ]
	[ ! -s msg ]
	[ "$(find out/objects -type f | wc -l)" -lt 2000 ]
	[ -z "$(ls out/staging)" ]
}

@test "stdout that is full is an I/O error" {
	rc=0
	dl-fetch --out out >/dev/full 2>msg < <(echo "$U/bytes/1") || rc=$?
	[ "$rc" -eq 74 ]
	grep -q 'dl-fetch: standard output: ' msg
}

@test "a full disk: exit 74, a terminal event for every item taken" {
	command -v unshare >/dev/null || skip "no unshare"
	unshare --user --map-root-user --mount true 2>/dev/null || unshare --mount true 2>/dev/null || skip "no mounts here"
	mkdir small
	for i in $(seq 40); do echo "$U/bytes/100000?seed=$i"; done >list
	cat >run.sh <<-'END'
		mount -t tmpfs -o size=1m none small || exit 99
		dl-fetch --out small list >ev 2>msg
		rc=$?
		cp small/manifest.jsonl manifest 2>/dev/null
		find small -name '*.part' >parts
		exit $rc
	END
	rc=0
	if unshare --mount true 2>/dev/null; then
		unshare --mount sh run.sh || rc=$?
	else
		unshare --user --map-root-user --mount sh run.sh || rc=$?
	fi
	[ "$rc" -ne 99 ] || skip "no tmpfs here"
	[ "$rc" -eq 74 ]
	grep -q 'No space left on device' msg
	[ "$(of download 'select(.outcome == "error") | .reason' | sort -u)" = io_error ]
	[ "$(of download 'select(.outcome == "success") | .outcome' | wc -l)" -ge 1 ]
	[ "$(tail -n 1 ev | jq -r .type)" = run ]
	[ ! -s parts ]
}

@test "an --out that cannot be written" {
	: >file
	rc=0
	dl-fetch --out file/x </dev/null 2>msg >ev || rc=$?
	[ "$rc" -eq 73 ]
	grep -q '^dl-fetch: file' msg
	[ "$(id -u)" -ne 0 ] || return 0
	mkdir shut
	chmod 500 shut
	rc=0
	dl-fetch --out shut </dev/null 2>msg >ev || rc=$?
	[ "$rc" -eq 73 ]
}

@test "a list that cannot be opened or read" {
	fetch nothing
	[ "$rc" -eq 66 ]
	grep -q '^dl-fetch: nothing: No such file' msg
	fetch .
	[ "$rc" -eq 66 ]
	grep -q '^dl-fetch: \.: Is a directory' msg
}

# Whatever strikes at whichever call: no object is ever wrong, and the next run
# gets the rest.
sweep() {
	local at=0 struck=0

	FAULT=${FAULT:-$ROOT/build/release/tests/fault/fault.so}
	[ -e "$FAULT" ] || skip "no $FAULT; make check builds it"
	for i in 1 2 3; do echo "$U/bytes/$((i * 5000))?seed=$i"; done >list
	echo "$U/bytes/5000?seed=1&twin" >>list
	while [ "$struck" -eq 0 ]; do
		at=$((at + 1))
		rm -rf out
		rc=0
		LD_PRELOAD=$FAULT FAULT_AT=$at FAULT_HOW=$1 dl-fetch --out out list >ev 2>msg || rc=$?
		# Calls later than the last one strike nothing.
		[ "$rc" -ne 0 ] || struck=1
		[ "$rc" -eq 0 ] || [ "$rc" -eq "$2" ]
		for f in out/objects/*/*/*; do
			[ ! -e "$f" ] || [ "$(sha256sum <"$f" | cut -d ' ' -f 1)" = "$(basename "$f")" ]
		done
		[ "$rc" -eq 137 ] || [ -z "$(ls out/staging 2>/dev/null)" ]
		fetch list
		[ "$rc" -eq 0 ]
		[ -z "$(ls out/staging)" ]
		[ "$(find out/objects -type f | wc -l)" -eq 3 ]
	done
	[ "$at" -gt 10 ]
}

@test "killed at any call, nothing is lost, and the store stays correct" {
	sweep kill 137
}

@test "whatever write or sync fails is reported, and the store stays correct" {
	sweep ENOSPC 74
}

# --- environment

@test "TEL_ENABLE=0: no events, files are stored anyway" {
	TEL_ENABLE=0 fetch < <(printf '%s\n' "$U/bytes/1" "$U/status/404")
	[ "$rc" -eq 1 ]
	[ ! -s ev ]
	[ "$(grep -c . out/manifest.jsonl)" -eq 2 ]
}

@test "TEL_HASH_KEY_FILE: hashes with the key" {
	printf 'k3y\n' >key
	TEL_HASH_KEY_FILE=key fetch < <(echo "$U/bytes/1")
	want=$(printf '%s' "$U/bytes/1" | openssl dgst -sha256 -hmac k3y -r | cut -d ' ' -f 1)
	[ "$(of http .url_hash)" = "$want" ]
	[ "$(of download .artifact_id)" = "$want" ]
	[ "$(of download .url_hash)" = "$want" ]
}

@test "an unusable TEL_HASH_KEY_FILE ends dl-fetch before any request" {
	TEL_HASH_KEY_FILE=nothing fetch < <(echo "$U/bytes/1")
	[ "$rc" -eq 78 ]
	grep -q '^dl-fetch: key file: nothing: No such file' msg
	: >empty
	TEL_HASH_KEY_FILE=empty fetch < <(echo "$U/bytes/1")
	[ "$rc" -eq 78 ]
	grep -q 'key file: empty: empty' msg
	[ ! -s origin.log ]
	[ ! -e out ]
}

@test "TEL_NOW_MS sets the clock of the events" {
	TEL_NOW_MS=1431857103000 fetch < <(echo "$U/bytes/1")
	[ "$(jq -r .ts_ms ev | sort -u)" = 1431857103000 ]
	[ "$(jq -r .timestamp out/manifest.jsonl)" = 2015-05-17T10:05:03.000Z ]
}

# --- the command line

@test "-v reports each failure and a summary; -q only errors" {
	fetch -v < <(printf '%s\n' "$U/bytes/1" "$U/status/404")
	grep -q ': http_status (status 404)$' msg
	grep -q '^dl-fetch: 2 items: 1 stored, 0 skipped, 1 failed, 0 deferred; 2 requests' msg
	fetch < <(printf '%s\n' "$U/bytes/1" "$U/status/404")
	[ ! -s msg ]
	fetch --quiet < <(printf '%s\n' bad)
	grep -q 'stdin: line 1' msg
}

@test "a progress line is shown on a terminal and removed at the end" {
	need_terminal
	command -v script >/dev/null || skip "no script(1)"
	for i in 1 2 3; do echo "$U/bytes/$i?ms=500"; done >list
	script -qec "dl-fetch --workers 1 --out out list 2>&1 >ev" typed >/dev/null
	grep -q 'done, 0 failed' typed
	grep -q '3 items: 3 stored' typed
	script -qec "dl-fetch -q --workers 1 --out out list 2>&1 >ev" typed >/dev/null
	run -1 grep 'done, ' typed
}

@test "the command line is checked" {
	check() {
		local want=$1
		shift
		run -64 --separate-stderr dl-fetch "$@" </dev/null
		[ "$stderr" = "dl-fetch: $want" ]
	}
	check "--out DIR is needed, to know where to put the files"
	check "--out: the value is empty" --out ''
	check "--run-id: the value is empty" --out o --run-id ''
	check "unknown option '--wrokers'; did you mean --workers?" --wrokers 3
	check "unknown option '--ratte'; did you mean --rate?" --ratte x
	check "'b': only one work list, or none for stdin" --out o a b
	check "--durability: 'half' is not full or none" --out o --durability half
	check "--workers: '0' is not a whole number from 1 to 256" --out o --workers 0
	run -64 --separate-stderr dl-fetch --out o --max 0 </dev/null
	run -64 --separate-stderr dl-fetch --out o --timeout soon </dev/null
	[[ $stderr == *"--timeout: 'soon' is not a duration"* ]]
	run -64 --separate-stderr dl-fetch --out o --connect-timeout 0s </dev/null
	[ ! -e o ]
}

@test "--help and --version" {
	run -0 dl-fetch --help
	for o in out workers max rate resume-from dry-run durability timeout connect-timeout run-id cohort quiet verbose; do
		[[ $output == *"--$o"* ]]
	done
	run -0 dl-fetch --version
	[[ $output == "dl-fetch "* ]]
}

@test "http_proxy is heeded" {
	http_proxy=$ORIGIN_URL fetch < <(echo "http://example.invalid/status/404")
	[ "$rc" -eq 1 ]
	[ "$(jq -r .host origin.log)" = example.invalid ]
}

@test "too few open files for the workers is reported before anything is fetched" {
	run --separate-stderr bash -c 'ulimit -n 40; dl-fetch --out few --workers 50 </dev/null'
	[ "$status" -eq 64 ]
	[ "$stderr" = "dl-fetch: --workers 50: needs 132 open files, but only 40 are allowed (ulimit -n)" ]
	[ ! -e few ]
}

@test "a status that HTTP does not have is a bad answer, and tel-ingest accepts its event" {
	local port
	mkfifo port
	/usr/bin/python3 - >port 3>&- <<-'PYTHON' &
	import socket
	s = socket.socket()
	s.bind(("127.0.0.1", 0))
	s.listen(1)
	print(s.getsockname()[1], flush=True)
	c, _ = s.accept()
	c.recv(4096)
	c.sendall(b"HTTP/1.1 999 no\r\nContent-Length: 2\r\n\r\nno")
	c.close()
	PYTHON
	local server=$!
	read -r port <port
	echo "http://127.0.0.1:$port/" >list
	fetch list
	wait "$server"
	[ "$rc" -eq 1 ]
	[ "$(of http '[.status, .error]')" = '[null,"bad_answer"]' ]
	tel-ingest --strict --db taken.db <ev
}

@test "messages as events never hold a URL" {
	echo "$U/status/404?token=SECRET" >list
	TEL_LOG=events dl-fetch -v --out out list >ev 2>msg || true
	grep -q http_status msg
	! grep -q SECRET msg ev
}
