#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# prom-text: values against numbers worked out by hand and by other programs, every
# option, every exit code. prom-text-packs.bats has the metric definitions.

load helper
load prom-text

# --- the eight metrics -----------------------------------------------------

@test "yield: stored, of all but the skipped" {
	download r1 success
	download r1 success
	download r1 success
	download r1 miss
	download r1 skipped
	run samples
	has 'tel_run_yield_ratio 0.75'
	download r1 corrupt
	download r1 error
	download r1 deferred
	run samples
	has 'tel_run_yield_ratio 0.42857142857142855'
	has 'tel_run_items{outcome="success"} 3'
	has 'tel_run_items{outcome="miss"} 1'
	has 'tel_run_items{outcome="corrupt"} 1'
	has 'tel_run_items{outcome="error"} 1'
	has 'tel_run_items{outcome="skipped"} 1'
	has 'tel_run_items{outcome="deferred"} 1'
}

@test "yield and ttfp: nothing but skipped items is no data, not 0" {
	download r1 skipped
	run samples
	lacks tel_run_yield_ratio
	lacks tel_run_ttfp_seconds
	has 'tel_run_corrupt_items 0'
	has 'tel_run_items{outcome="skipped"} 1'
	run samples --metrics docstokg
	lacks docstokg_run_yield_pct
	lacks docstokg_run_ttfp_ms
}

@test "ttfp: nearest rank where the share of items is a whole number" {
	ttfp r1 20
	run samples
	has 'tel_run_ttfp_seconds{quantile="0.5"} 1'
	has 'tel_run_ttfp_seconds{quantile="0.95"} 1.9'
}

@test "ttfp: nearest rank one item further" {
	ttfp r1 21
	run samples
	has 'tel_run_ttfp_seconds{quantile="0.5"} 1.1'
	has 'tel_run_ttfp_seconds{quantile="0.95"} 2'
}

@test "ttfp: one item, two items" {
	download r1 success 300
	run samples
	has 'tel_run_ttfp_seconds{quantile="0.5"} 0.3'
	has 'tel_run_ttfp_seconds{quantile="0.95"} 0.3'
	download r1 success 100
	run samples
	has 'tel_run_ttfp_seconds{quantile="0.5"} 0.1'
	has 'tel_run_ttfp_seconds{quantile="0.95"} 0.3'
}

@test "ttfp: an item never stored counts as +Inf, a skipped one not at all" {
	ttfp r1 19
	download r1 skipped
	download r1 miss
	run samples
	has 'tel_run_ttfp_seconds{quantile="0.5"} 1'
	has 'tel_run_ttfp_seconds{quantile="0.95"} 1.9'
	download r1 corrupt 5
	run samples
	has 'tel_run_ttfp_seconds{quantile="0.95"} +Inf'
}

@test "ttfp: an item stored without a time is left out" {
	download r1 success 200
	download r1 success
	run samples
	has 'tel_run_ttfp_seconds{quantile="0.95"} 0.2'
}

@test "cache hits: requests for metadata only" {
	http r1 a.org artifact 200 1
	run samples
	lacks tel_run_metadata_cache_hit_ratio
	http r1 a.org metadata 200 1
	http r1 a.org metadata 200 0
	http r1 a.org metadata 304 0
	http r1 a.org metadata NULL 0
	run samples
	has 'tel_run_metadata_cache_hit_ratio 0.25'
}

@test "rate delay: per role, nearest rank, NULL is not 0" {
	for delay in $(seq 10 10 200); do http r1 a.org metadata 200 0 "$delay"; done
	http r1 a.org metadata 200 0
	http r1 a.org metadata 200 1 9000
	http r1 a.org artifact 200 0 1500
	http r1 a.org landing 200 0
	run samples
	has 'tel_run_rate_delay_seconds{role="metadata",quantile="0.95"} 0.19'
	has 'tel_run_rate_delay_seconds{role="artifact",quantile="0.95"} 1.5'
	lacks landing
}

@test "429: per host, of the requests on the wire" {
	http r1 a.org metadata 429 0
	http r1 a.org metadata 200 0
	http r1 a.org artifact NULL 0
	http r1 a.org artifact 200 0
	http r1 a.org metadata 200 1
	http r1 b.org metadata 200 0
	http r1 cached.org metadata 429 1
	run samples
	has 'tel_host_http_429_ratio{host="a.org"} 0.25'
	has 'tel_host_http_429_ratio{host="b.org"} 0'
	has 'tel_host_http_attempts{host="a.org"} 4'
	lacks 'ratio{host="cached.org"}'
}

@test "breaker: closed and half open to open, nothing else; 0 for a quiet host" {
	http r1 quiet.org metadata 200 0
	http r1 a.org metadata 200 0
	breaker r1 a.org closed open
	breaker r1 a.org open half_open
	breaker r1 a.org half_open open
	breaker r1 a.org closed half_open
	breaker r1 a.org half_open closed
	breaker r1 a.org open open
	breaker r1 silent.org half_open closed
	breaker r1 unasked.org closed open
	breaker r2 a.org closed open
	run samples --run r1
	has 'tel_run_breaker_opens{host="a.org"} 2'
	has 'tel_run_breaker_opens{host="quiet.org"} 0'
	has 'tel_run_breaker_opens{host="unasked.org"} 1'
	lacks silent.org
}

@test "breaker: only the host's own counts; a host answered by the cache alone has none" {
	http r1 a.org metadata 200 0
	http r1 cached.org metadata 200 1
	breaker r1 a.org closed open
	sql "$db" "INSERT INTO breaker_transitions (id, ts_ms, run_id, host, scope,
	    resolver, old_state, new_state) VALUES (91, 1000, 'r1', 'a.org', 'resolver',
	    'mirror', 'closed', 'open'), (92, 1000, 'r1', 'b.org', 'resolver', 'mirror',
	    'closed', 'open')"
	run samples --metrics tel --metrics docstokg
	has 'tel_run_breaker_opens{host="a.org"} 1'
	has 'docstokg_breaker_open_events_total{run_id="r1",host="a.org"} 1'
	lacks cached.org
	lacks b.org
}

@test "what counts one run is not a counter, nor are there counters in summaries" {
	mixed_run
	run prom-text --db "$db"
	[ "$(grep -cE '^# TYPE (tel_run|tel_host)_.* counter$' <<<"$output")" -eq 0 ]
	has '# TYPE tel_run_breaker_opens gauge'
	has '# TYPE tel_run_ttfp_seconds summary'
	lacks tel_run_ttfp_seconds_sum
	lacks tel_run_rate_delay_seconds_count
}

@test "dedupe: saved_bytes, with or without a content length" {
	download r1 success 10 1048576
	download r1 success 10 24
	download r1 success 10
	run samples
	has 'tel_run_dedupe_saved_bytes 1048600'
}

@test "dedupe: sums beyond 64 bits are not an error" {
	download r1 success 10 9223372036854775807
	download r1 success 10 9223372036854775807
	run samples
	has 'tel_run_dedupe_saved_bytes 1.8446744073709552e+19'
}

@test "corrupt items: a miss is not corrupt" {
	download r1 success 10
	download r1 miss
	run samples
	has 'tel_run_corrupt_items 0'
	has 'tel_run_dedupe_saved_bytes 0'
	download r1 corrupt
	run samples
	has 'tel_run_corrupt_items 1'
}

@test "a run without downloads has no yield, and no 0 in its place" {
	http r1 a.org metadata 200 0
	run samples
	lacks tel_run_yield_ratio
	lacks tel_run_items
	lacks tel_run_corrupt_items
	lacks tel_run_dedupe_saved_bytes
	lacks tel_run_ttfp_seconds
	has 'tel_run_info{run_id="r1"} 1'
	has 'tel_host_http_429_ratio{host="a.org"} 0'
}

@test "a family without samples has no HELP and no TYPE" {
	http r1 a.org artifact 200 0
	run prom-text --db "$db"
	lacks tel_run_yield_ratio
	lacks tel_run_rate_delay_seconds
}

@test "the store: newest event, last commit, lines by fate" {
	run samples
	has 'tel_store_lines_total{fate="inserted"} 0'
	has 'tel_store_lines_total{fate="dead"} 0'
	lacks tel_store_last
	sql "$db" "INSERT INTO sources (no, kind, name, fingerprint, first_seen_ms)
	    VALUES (1, 'producer', 'p', '', 1);
	    INSERT INTO batches (transaction_no, source_no, from_position,
	    until_position, from_ts_ms, until_ts_ms, line_count, inserted_count,
	    duplicate_count, filtered_count, dead_count, row_count, line_bytes,
	    committed_ms) VALUES
	    (1, 1, 1, 11, 1700000000000, 1700000000124, 10, 4, 3, 2, 1, 4, 99,
	    1700000005500),
	    (2, 1, 11, 12, NULL, NULL, 1, 0, 0, 0, 1, 0, 9, 1700000006000)"
	run samples
	has 'tel_store_lines_total{fate="inserted"} 4'
	has 'tel_store_lines_total{fate="duplicate"} 3'
	has 'tel_store_lines_total{fate="filtered"} 2'
	has 'tel_store_lines_total{fate="dead"} 2'
	has 'tel_store_last_event_timestamp_seconds 1700000000.123'
	has 'tel_store_last_commit_timestamp_seconds 1700000006'
}

# --- runs ------------------------------------------------------------------

@test "the newest run that ended is shown" {
	download r1 success 10
	download r2 miss
	run_end r2 1700000000250
	run_end r1 1600000000000
	run samples
	has 'tel_run_info{run_id="r2"} 1'
	has 'tel_run_yield_ratio 0'
	has 'tel_run_end_timestamp_seconds 1700000000.25'
	run samples --run r1
	has 'tel_run_info{run_id="r1"} 1'
	has 'tel_run_yield_ratio 1'
}

@test "of two runs that ended in the same ms, the one ingested last" {
	run_end r1 1000
	run_end r2 1000
	run samples
	has 'tel_run_info{run_id="r2"} 1'
}

@test "no run has ended: uses the run of the newest event with a run_id" {
	download r1 success 10
	http r2 a.org metadata 200 0
	run samples
	has 'tel_run_info{run_id="r2"} 1'
	lacks tel_run_end
	sql "$db" "UPDATE downloads SET ts_ms = 2000"
	run samples
	has 'tel_run_info{run_id="r1"} 1'
	sql "$db" "INSERT INTO http_events (id, ts_ms, host, role, method)
	    VALUES (99, 3000, 'a.org', 'metadata', 'GET')"
	run samples
	has 'tel_run_info{run_id="r1"} 1'
	sql "$db" "INSERT INTO observations (id, ts_ms, run_id, name)
	    VALUES (99, 4000, 'r3', 'n')"
	run samples
	has 'tel_run_info{run_id="r3"} 1'
}

@test "slo-eval and prom-text call the same run the newest" {
	same() { # RUN
		run samples
		has "tel_run_info{run_id=\"$1\"} 1"
		[ "$(slo-eval --db "$db" --run latest | jq -r .run_id | sort -u)" = "$1" ]
	}
	http r1 a.org metadata 200 0
	same r1
	sql "$db" "INSERT INTO downloads (id, ts_ms, run_id, artifact_id, outcome)
	    VALUES (98, 5000, 'r2', 'x', 'miss')"
	same r2
	sql "$db" "INSERT INTO observations (id, ts_ms, run_id, name)
	    VALUES (99, 6000, 'r3', 'n')"
	same r3
	run_end r1 1000
	same r1
	run_end r0 1000
	same r0
}

@test "rows of other runs and of no run do not count" {
	download r1 success 100
	sql "$db" "INSERT INTO downloads (id, ts_ms, artifact_id, outcome)
	    VALUES (99, 1, 'x', 'miss')"
	download r2 miss
	run samples --run r1
	has 'tel_run_yield_ratio 1'
	has 'tel_run_ttfp_seconds{quantile="0.95"} 0.1'
}

@test "no run at all: what needs no run is printed, and that is no error" {
	run --separate-stderr prom-text --db "$db"
	[ "$status" -eq 0 ]
	[ "$stderr" = "" ]
	has 'tel_store_lines_total{fate="inserted"} 0'
	lacks tel_run
}

@test "an unknown run: exit 2, and its name" {
	download r1 success 10
	run --separate-stderr prom-text --db "$db" --run r9
	[ "$status" -eq 2 ]
	[ "$stderr" = "prom-text: $db: no data: no event of run 'r9'" ]
	has 'tel_store_lines_total{fate="inserted"} 0'
	lacks tel_run
}

@test "a run known by its breaker only is a run" {
	breaker r1 a.org closed open
	run --separate-stderr prom-text --db "$db" --run r1
	[ "$status" -eq 0 ]
	has 'tel_run_breaker_opens{host="a.org"} 1'
}

@test "metrics that do not use a run need none" {
	definition m_one gauge 'SELECT 1 AS value'
	run --separate-stderr prom-text --db "$db" --metrics "$pack"
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	has 'm_one 1'
	run prom-text --db "$db" --metrics "$pack" --run r9
	[ "$status" -eq 2 ]
	definition m_two gauge 'SELECT count(*) AS value FROM downloads WHERE run_id = :run_id'
	run --separate-stderr prom-text --db "$db" --metrics "$pack"
	[ "$status" -eq 0 ]
	has 'm_one 1'
	lacks m_two
}

# --- the metrics of DocsToKG ------------------------------------------------

@test "docstokg: names, types, labels and units are those of DocsToKG" {
	ttfp r1 19
	download r1 miss
	download r1 corrupt
	download r1 skipped
	sql "$db" "UPDATE downloads SET saved_bytes = 1572864 WHERE ttfp_ms = 100"
	http r1 a.org metadata 429 0 250
	http r1 a.org metadata 200 0 50
	http r1 a.org metadata 200 1
	http r1 a.org artifact 200 0 2000
	http r1 a.org landing 200 0 7
	breaker r1 a.org half_open open
	breaker r1 a.org closed half_open
	run samples --metrics docstokg
	has 'docstokg_run_yield_pct{run_id="r1"} 90.47619047619048'
	has 'docstokg_run_ttfp_ms{run_id="r1",quantile="p50"} 1100'
	has 'docstokg_run_ttfp_ms{run_id="r1",quantile="p95"} +Inf'
	has 'docstokg_run_cache_hit_pct{run_id="r1"} 33.333333333333336'
	has 'docstokg_run_rate_delay_p95_ms{run_id="r1",role="metadata"} 250'
	has 'docstokg_run_rate_delay_p95_ms{run_id="r1",role="artifact"} 2000'
	has 'docstokg_host_http429_ratio{run_id="r1",host="a.org"} 25'
	has 'docstokg_breaker_open_events_total{run_id="r1",host="a.org"} 1'
	has 'docstokg_run_dedupe_saved_mb{run_id="r1"} 1.5'
	has 'docstokg_run_corruption_count{run_id="r1"} 1'
	[ "${#lines[@]}" -eq 10 ]
	run prom-text --db "$db" --metrics docstokg
	has '# TYPE docstokg_breaker_open_events_total counter'
	[ "$(grep -c '^# TYPE .* gauge$' <<<"$output")" -eq 7 ]
}

# --- other judges ----------------------------------------------------------

# A run of 1,000 items and 3,000 requests with everything mixed.
mixed_run() {
	sql "$db" "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL
	    SELECT i + 1 FROM n WHERE i < 3000)
	    INSERT INTO http_events (id, ts_ms, run_id, host, role, method, status,
	    from_cache, rate_delay_ms)
	    SELECT i, 1000 + i, 'run ' || (i % 2), 'h' || (i * i % 13) || '.org',
	    CASE i * 7 % 5 WHEN 0 THEN 'artifact' WHEN 1 THEN 'landing'
	    ELSE 'metadata' END, 'GET', CASE WHEN i % 17 = 0 THEN 429
	    WHEN i % 19 = 0 THEN NULL ELSE 200 END, i % 3 = 0,
	    CASE WHEN i % 11 < 9 THEN i * i % 977 END FROM n;
	    WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL
	    SELECT i + 1 FROM n WHERE i < 1000)
	    INSERT INTO downloads (id, ts_ms, run_id, artifact_id, outcome, ttfp_ms,
	    saved_bytes)
	    SELECT i, 1000 + i, 'run ' || (i % 2), 'a' || i,
	    CASE WHEN i % 50 = 1 THEN 'miss' WHEN i % 60 = 1 THEN 'skipped'
	    WHEN i % 300 = 7 THEN 'corrupt' ELSE 'success' END, i * i % 9973,
	    CASE WHEN i % 7 = 0 THEN i * 1000 END FROM n;
	    INSERT INTO breaker_transitions (id, ts_ms, run_id, host, scope,
	    old_state, new_state)
	    SELECT id, ts_ms, run_id, host, CASE id % 5 WHEN 0 THEN 'resolver' ELSE 'host' END,
	    CASE id % 3 WHEN 0 THEN 'closed' WHEN 1 THEN 'half_open' ELSE 'open' END,
	    CASE id % 4 WHEN 0 THEN 'closed' WHEN 1 THEN 'half_open' ELSE 'open' END
	    FROM http_events WHERE id % 11 = 0;"
}

@test "promtool: the pack tel is clean, syntax and lint" {
	[ -x "$PROMTOOL" ] || skip "no promtool"
	mixed_run
	prom-text --db "$db" >"$BATS_TEST_TMPDIR/out"
	"$PROMTOOL" check metrics <"$BATS_TEST_TMPDIR/out"
}

@test "promtool: its only complaints about docstokg are about the names of DocsToKG" {
	[ -x "$PROMTOOL" ] || skip "no promtool"
	mixed_run
	prom-text --db "$db" --metrics docstokg >"$BATS_TEST_TMPDIR/out"
	run "$PROMTOOL" check metrics <"$BATS_TEST_TMPDIR/out"
	[ "$status" -eq 3 ]
	[ "$(sort -u <<<"$output")" = \
'docstokg_run_corruption_count non-histogram and non-summary metrics should not have "_count" suffix
docstokg_run_dedupe_saved_mb metric names should not contain abbreviated units
docstokg_run_rate_delay_p95_ms metric names should not contain abbreviated units
docstokg_run_ttfp_ms metric names should not contain abbreviated units
docstokg_run_ttfp_ms non-summary metrics should not have "quantile" label' ]
}

# asks FILE: the client library of Prometheus reads FILE; each of its samples
# must be what the Python code on stdin says, from rows that the shell reads.
asks() {
	/usr/bin/python3 -c 'import prometheus_client' 2>/dev/null ||
		skip "no python3-prometheus-client"
	cat >"$BATS_TEST_TMPDIR/judge.py"
	sqlite3 -json "$db" "SELECT * FROM downloads WHERE run_id = 'run 1'" >"$1.downloads"
	sqlite3 -json "$db" "SELECT * FROM http_events WHERE run_id = 'run 1'" >"$1.http"
	sqlite3 -json "$db" "SELECT * FROM breaker_transitions WHERE run_id = 'run 1'" >"$1.breaker"
	/usr/bin/python3 "$BATS_TEST_TMPDIR/judge.py" "$1"
}

@test "an independent count in Python agrees on every sample of both packs" {
	mixed_run
	local name counted=()
	# By name: a further metric needs a count of its own, here or in another test.
	for name in host_http_429_ratio host_http_attempts run_breaker_opens run_corrupt_items \
		run_dedupe_saved_bytes run_info run_items run_metadata_cache_hit_ratio \
		run_rate_delay_seconds run_ttfp_seconds run_yield_ratio; do
		counted+=(--metrics "$ROOT/schema/metric/tel/tel_$name.sql")
	done
	prom-text --db "$db" --run 'run 1' "${counted[@]}" --metrics docstokg \
		>"$BATS_TEST_TMPDIR/out"
	asks "$BATS_TEST_TMPDIR/out" <<-'PYTHON'
	import json, math, sys
	from prometheus_client.parser import text_string_to_metric_families
	def rows(kind): return json.load(open(sys.argv[1] + "." + kind))
	got = {}
	for family in text_string_to_metric_families(open(sys.argv[1]).read()):
	    for s in family.samples:
	        key = (s.name, tuple(sorted(s.labels.items())))
	        assert key not in got, key
	        got[key] = s.value
	def key(name, **labels): return (name, tuple(sorted(labels.items())))
	def rank(values, q): return sorted(values)[-(-len(values) * q // 100) - 1]
	run = dict(run_id="run 1")
	want = {key("tel_run_info", **run): 1}
	items = rows("downloads")
	for o in "success miss corrupt error skipped deferred".split():
	    want[key("tel_run_items", outcome=o)] = sum(i["outcome"] == o for i in items)
	tried = [i for i in items if i["outcome"] != "skipped"]
	good = sum(i["outcome"] == "success" for i in tried) / len(tried)
	want[key("tel_run_yield_ratio")] = good
	want[key("docstokg_run_yield_pct", **run)] = 100 * good
	times = [i["ttfp_ms"] if i["outcome"] == "success" else math.inf for i in tried]
	for q, p in ((50, "p50"), (95, "p95")):
	    want[key("tel_run_ttfp_seconds", quantile=str(q / 100))] = rank(times, q) / 1000
	    want[key("docstokg_run_ttfp_ms", quantile=p, **run)] = rank(times, q)
	corrupt = sum(i["outcome"] == "corrupt" for i in items)
	want[key("tel_run_corrupt_items")] = corrupt
	want[key("docstokg_run_corruption_count", **run)] = corrupt
	saved = sum(i["saved_bytes"] or 0 for i in items)
	want[key("tel_run_dedupe_saved_bytes")] = saved
	want[key("docstokg_run_dedupe_saved_mb", **run)] = saved / 1048576
	http = rows("http")
	cached = [h["from_cache"] for h in http if h["role"] == "metadata"]
	want[key("tel_run_metadata_cache_hit_ratio")] = sum(cached) / len(cached)
	want[key("docstokg_run_cache_hit_pct", **run)] = 100 * sum(cached) / len(cached)
	for role in "metadata landing artifact".split():
	    ms = [h["rate_delay_ms"] for h in http
	          if h["role"] == role and h["rate_delay_ms"] is not None and not h["from_cache"]]
	    want[key("tel_run_rate_delay_seconds", role=role, quantile="0.95")] = rank(ms, 95) / 1000
	    if role != "landing":
	        want[key("docstokg_run_rate_delay_p95_ms", role=role, **run)] = rank(ms, 95)
	for host in {h["host"] for h in http}:
	    sent = [h["status"] for h in http if h["host"] == host and not h["from_cache"]]
	    opens = sum(b["host"] == host and b["scope"] == "host" and (b["old_state"], b["new_state"]) in
	                (("closed", "open"), ("half_open", "open")) for b in rows("breaker"))
	    want[key("tel_host_http_attempts", host=host)] = len(sent)
	    want[key("tel_host_http_429_ratio", host=host)] = sent.count(429) / len(sent)
	    want[key("docstokg_host_http429_ratio", host=host, **run)] = 100 * sent.count(429) / len(sent)
	    want[key("tel_run_breaker_opens", host=host)] = opens
	    want[key("docstokg_breaker_open_events_total", host=host, **run)] = opens
	assert got.keys() == want.keys(), got.keys() ^ want.keys()
	for name in want:
	    a, b = got[name], want[name]
	    assert a == b or abs(a - b) <= 1e-12 * abs(b), (name, a, b)
	assert len(want) > 55 and corrupt > 0 and math.inf in times
	PYTHON
}

@test "a metric definition runs in the sqlite3 shell as it is" {
	ttfp r1 20
	for file in "$ROOT"/schema/metric/*/*.sql; do
		sqlite3 -batch -cmd ".param set :run_id \"'r1'\"" \
			"$db" ".read $file" >>"$BATS_TEST_TMPDIR/out"
	done
	grep -qxF '0.95|1.9' "$BATS_TEST_TMPDIR/out"
	grep -qxF 'r1|p95|1900' "$BATS_TEST_TMPDIR/out"
}

@test "each built-in metric is in a file of its name" {
	for file in "$ROOT"/schema/metric/*/*.{sql,yaml}; do
		name=$(basename "${file%.*}")
		prom-text --list | cut -f 2 | grep -qxF "$name"
	done
	[ "$(prom-text --list --metrics tel --metrics docstokg --metrics applylens | grep -vc '	tel_\(up\|evaluation\|build\|counts\|dropped\|store_pending\|web_config\)')" -eq \
		"$(find "$ROOT"/schema/metric -type f | wc -l)" ]
}

# --- --list, --textfile, the common options --------------------------------

@test "--list: pack, name, type, help; no database is needed" {
	run prom-text --list --metrics tel
	[ "$status" -eq 0 ]
	has $'tel\ttel_run_yield_ratio\tgauge\tItems stored, of all items of the run but the skipped ones.'
	lacks docstokg
	run prom-text --list
	[[ $output == *docstokg_run_ttfp_ms* && $output == *tel_run_ttfp_seconds* ]]
	definition m_x counter 'SELECT 1 AS value'
	run prom-text --list --metrics "$pack"
	[ "$output" = "$pack"$'\tm_x\tcounter\tWords.' ]
	definition m_y counter 'DROP TABLE downloads'
	run prom-text --list --metrics "$pack"
	[ "$status" -eq 78 ]
}

@test "--textfile: the same text, readable by all, no temporary file" {
	download r1 success 10
	prom-text --db "$db" | grep -v '^tel_evaluation_' >"$BATS_TEST_TMPDIR/want"
	mkdir "$BATS_TEST_TMPDIR/textfile"
	umask 077
	run --separate-stderr prom-text --db "$db" --textfile "$BATS_TEST_TMPDIR/textfile/tel.prom"
	[ "$status" -eq 0 ]
	[ -z "$output" ] && [ -z "$stderr" ]
	grep -v '^tel_evaluation_' "$BATS_TEST_TMPDIR/textfile/tel.prom" | cmp - "$BATS_TEST_TMPDIR/want"
	[ "$(stat -c %a "$BATS_TEST_TMPDIR/textfile/tel.prom")" = 644 ]
	[ "$(ls "$BATS_TEST_TMPDIR/textfile")" = tel.prom ]
	run ! grep -E '^[^#"]*( .*){2}' "$BATS_TEST_TMPDIR/textfile/tel.prom"
}

@test "--textfile: after a failure the old file is as it was" {
	file=$BATS_TEST_TMPDIR/textfile/tel.prom
	mkdir "$BATS_TEST_TMPDIR/textfile"
	echo old >"$file"
	definition m_x gauge 'SELECT 1 AS number'
	run prom-text --db "$db" --metrics "$pack" --textfile "$file"
	[ "$status" -eq 78 ]
	[ "$(cat "$file")" = old ]
	definition m_x gauge "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL
	    SELECT i + 1 FROM n WHERE i < 20000) SELECT i AS l, i AS value FROM n"
	run bash -c "trap '' XFSZ; ulimit -f 100
	    prom-text --db '$db' --metrics '$pack' --textfile '$file'"
	[ "$status" -eq 74 ]
	[[ $output == *"File too large"* ]]
	[ "$(cat "$file")" = old ]
	[ "$(ls "$BATS_TEST_TMPDIR/textfile")" = tel.prom ]
}

@test "--textfile: without a run the file no longer shows the old run" {
	echo 'tel_run_yield_ratio 1' >"$BATS_TEST_TMPDIR/tel.prom"
	run prom-text --db "$db" --textfile "$BATS_TEST_TMPDIR/tel.prom"
	[ "$status" -eq 0 ]
	run ! grep tel_run_yield_ratio "$BATS_TEST_TMPDIR/tel.prom"
	grep -q tel_store_lines_total "$BATS_TEST_TMPDIR/tel.prom"
}

@test "--textfile: a name that node_exporter does not read is warned of" {
	download r1 success 10
	run --separate-stderr prom-text --db "$db" --textfile "$BATS_TEST_TMPDIR/tel.txt"
	[ "$status" -eq 0 ]
	[ "$stderr" = "prom-text: warning: $BATS_TEST_TMPDIR/tel.txt: node_exporter reads only files named *.prom" ]
	run --separate-stderr prom-text -q --db "$db" --textfile "$BATS_TEST_TMPDIR/tel.txt"
	[ -z "$stderr" ]
}

@test "--textfile: where no file can be made" {
	run prom-text --db "$db" --textfile "$BATS_TEST_TMPDIR/no/tel.prom"
	[ "$status" -eq 73 ]
	[[ $output == "prom-text: $BATS_TEST_TMPDIR/no/tel.prom"*": No such file or directory" ]]
	mkdir "$BATS_TEST_TMPDIR/d.prom"
	run prom-text --db "$db" --textfile "$BATS_TEST_TMPDIR/d.prom"
	[ "$status" -eq 73 ]
	[[ $output == *"$BATS_TEST_TMPDIR/d.prom: not a regular file" ]]
	[ -z "$(find "$BATS_TEST_TMPDIR" -name '*.tmp')" ]
}

@test "wrong command lines" {
	run --separate-stderr prom-text --db "$db" operand
	[ "$status" -eq 64 ]
	[ "$stderr" = "prom-text: unexpected operand 'operand'; the database is given with --db FILE" ]
	run --separate-stderr prom-text --db "$db" --run ''
	[ "$status" -eq 64 ]
	[ "$stderr" = "prom-text: --run: the value is empty" ]
	run --separate-stderr prom-text --db "$db" --textfile ''
	[ "$status" -eq 64 ]
	[ "$stderr" = "prom-text: --textfile: the value is empty" ]
	run --separate-stderr prom-text --db "$db" --textfile -
	[ "$status" -eq 64 ]
	[ "$stderr" = "prom-text: --textfile: needs a file; without the option standard output is used" ]
	run --separate-stderr prom-text --metric tel --nosuch
	[ "$status" -eq 64 ]
	run --separate-stderr prom-text
	[ "$status" -eq 64 ]
	[ "$stderr" = "prom-text: which database? give --db FILE or set TEL_DB" ]
}

@test "TEL_DB names the database, --db goes before it" {
	download r1 success 10
	TEL_DB=$db run prom-text
	[ "$status" -eq 0 ]
	TEL_DB=/nonexistent run prom-text --db "$db"
	[ "$status" -eq 0 ]
}

@test "--help, --version, -v, -q" {
	run prom-text --help
	[ "$status" -eq 0 ]
	[[ $output == "usage: prom-text [OPTION]..."* ]]
	run prom-text --version
	[ "$status" -eq 0 ]
	[[ $output == "prom-text "[0-9]* ]]
	download r1 success 10
	run --separate-stderr prom-text -v --db "$db" --metrics docstokg
	[ "$stderr" = "prom-text: run r1: 4 metrics, 5 samples" ]
	run --separate-stderr prom-text --verbose --db "$db" --metrics docstokg
	[ "$stderr" = "prom-text: run r1: 4 metrics, 5 samples" ]
	run --separate-stderr prom-text --quiet --db "$db" --run r9
	[ "$status" -eq 2 ]
	[[ $stderr == *"no data"* ]]
}

# --- databases -------------------------------------------------------------

@test "files that are not databases" {
	run prom-text --db "$BATS_TEST_TMPDIR/nosuch.db"
	[ "$status" -eq 66 ]
	[ "$output" = "prom-text: $BATS_TEST_TMPDIR/nosuch.db: No such file or directory" ]
	run prom-text --db "$BATS_TEST_TMPDIR"
	[ "$status" -eq 66 ]
	printf 'this is a text, long enough to be looked at by SQLite %0999d' 1 >"$BATS_TEST_TMPDIR/text"
	run prom-text --db "$BATS_TEST_TMPDIR/text"
	[ "$status" -eq 65 ]
	sql "$BATS_TEST_TMPDIR/other.db" 'CREATE TABLE t (a)'
	run prom-text --db "$BATS_TEST_TMPDIR/other.db"
	[ "$status" -eq 65 ]
	[[ $output == *"not one of teltools"* ]]
	: >"$BATS_TEST_TMPDIR/empty.db"
	run prom-text --db "$BATS_TEST_TMPDIR/empty.db"
	[ "$status" -eq 65 ]
}

@test "a database that another process locks exclusively is 75" {
	sql "$db" 'PRAGMA journal_mode = DELETE' >/dev/null
	mkfifo "$BATS_TEST_TMPDIR/in" "$BATS_TEST_TMPDIR/out"
	sqlite3 -batch "$db" <"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out" 3>&- &
	keeper=$!
	exec 8>"$BATS_TEST_TMPDIR/in" 9<"$BATS_TEST_TMPDIR/out"
	echo 'BEGIN EXCLUSIVE; SELECT 1;' >&8
	read -r _ <&9
	run --separate-stderr prom-text --db "$db"
	exec 8>&- 9<&-
	wait "$keeper"
	[ "$status" -eq 75 ]
	[ -z "$output" ]
	[[ $stderr == *"try again"* ]]
}

@test "reading leaves the database as it was" {
	download r1 success 10
	before=$(sha256sum <"$db")
	prom-text --db "$db" >/dev/null
	[ "$(sha256sum <"$db")" = "$before" ]
}

# without_rights COMMAND...: root, too, may then write only what modes allow
without_rights() {
	[ "$(id -u)" -eq 0 ] || { "$@"; return; }
	command -v setpriv >/dev/null || skip "no setpriv"
	setpriv --inh-caps=-all --bounding-set=-dac_override,-dac_read_search "$@"
}

@test "a read-only file and folder, while a writer has the database open" {
	download r1 success 10
	folder=$BATS_TEST_TMPDIR/readonly
	mkdir "$folder"
	cp "$db" "$folder/tel.db"
	# The files of the write-ahead log are there while a writer is.
	mkfifo "$BATS_TEST_TMPDIR/in" "$BATS_TEST_TMPDIR/out"
	sqlite3 -batch "$folder/tel.db" <"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out" 3>&- &
	keeper=$!
	exec 8>"$BATS_TEST_TMPDIR/in" 9<"$BATS_TEST_TMPDIR/out"
	echo 'UPDATE downloads SET ttfp_ms = 20; SELECT 1;' >&8
	read -r _ <&9
	chmod 444 "$folder"/tel.db*
	chmod 555 "$folder"
	run --separate-stderr without_rights prom-text --db "$folder/tel.db"
	exec 8>&- 9<&-
	wait "$keeper"
	chmod 755 "$folder"
	echo "$stderr"
	[ "$status" -eq 0 ]
	has 'tel_run_ttfp_seconds{quantile="0.5"} 0.02'
}

@test "a file that may not be read" {
	chmod 000 "$db"
	run --separate-stderr without_rights prom-text --db "$db"
	[ "$status" -eq 66 ]
	[ "$stderr" = "prom-text: $db: Permission denied" ]
}

@test "standard output that cannot be written is 74" {
	[ -c /dev/full ] || skip "no /dev/full"
	run --separate-stderr bash -c "prom-text --db '$db' --run r1 --metrics tel >/dev/full"
	[ "$status" -eq 74 ]
	[[ $stderr == *"standard output"* ]]
	run bash -c 'prom-text --list >/dev/full'
	[ "$status" -eq 74 ]
}

@test "corruption counts a stored file that was found damaged and replaced" {
	download r1 success 1
	download r1 corrupt
	sql "$db" "UPDATE downloads SET reason = 'object_damaged' WHERE outcome = 'success'"
	run samples
	has 'tel_run_corrupt_items 2'
	run samples --metrics docstokg
	has 'docstokg_run_corruption_count{run_id="r1"} 2'
}
