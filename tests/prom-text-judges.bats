#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Each page of prom-text, as others read it: every pack in both formats, without events,
# with random ones, and with many odd ones. exposition.bats shows that these judges tell
# good pages from bad ones.

load helper

PYTHON=/usr/bin/python3
NOW=1780012800000

setup() {
	export TEL_NOW_MS=$NOW
	cd "$BATS_TEST_TMPDIR" || return 1
	tel-ingest -q --db tel.db </dev/null >/dev/null
}

need_client() {
	"$PYTHON" -c 'import prometheus_client' 2>/dev/null || skip 'no python3-prometheus-client'
}

need_promtool() {
	command -v promtool >/dev/null || skip 'no promtool'
}

# events: a run of everything that any pack shows, prints each type.
events() {
	jq -nc --argjson now "$NOW" '
		def odd: ["a.org", "b\"c\\d\ne", "é€😀", "x,y={z} # 1", "n\u0000l", "\r\t\u2028"];
		range(1; 2000) as $n | ($n / 4 | floor) as $i | odd[$i % 6] as $odd | {ts_ms: ($now - $n * 100), producer: "p",
			run_id: (if $i % 2 == 0 then "r" else "s\"\n\\" end)} + (
		[{type: "http", host: $odd, role: (["metadata", "landing", "artifact"][$i % 7 % 3]), method: "GET",
			status: ([200, 304, 404, 429, 503, null][$i % 11 % 6]), elapsed_ms: ($i * $i), bytes: $i,
			from_cache: ($i % 5 == 0), rate_delay_ms: ($i % 40)},
		{type: "download", artifact_id: "a\($i)", outcome: (["success", "miss", "corrupt", "skipped"][$i % 4]),
			ttfp_ms: $i, saved_bytes: ($i * 10)},
		{type: "breaker", host: $odd, scope: "host", old_state: "closed", new_state: "open"},
		{type: "observation", name: (["applylens_risk_requests", "applylens_backfill_duration_seconds",
			"applylens_risk_batch_duration_seconds", $odd][$i % 4]), outcome: (["ok", "failed", null, $odd][$i % 4]),
			value: ($i / 7), labels: {job: $odd}}][$n % 4]) + {seq: $n}
		| del(.. | nulls)'
	jq -nc --argjson now "$NOW" '{type: "run", ts_ms: $now, producer: "p", seq: 2000, run_id: "s\"\n\\"}'
	echo '{"type": "http"}'
}

fill() {
	events | tel-ingest -q --db tel.db >/dev/null
	[ "$(sqlite3 tel.db 'SELECT count(*) FROM dead_letters')" -eq 1 ]
	[ "$(sqlite3 tel.db 'SELECT count(*) FROM http_events')" -gt 90 ]
}

# pages FOLDER: each pack alone, and all of them, in both formats.
pages() {
	local pack
	mkdir "$1"
	for pack in tel slo docstokg applylens; do
		prom-text -q --db tel.db --metrics "$pack" >"$1/$pack.text"
		prom-text -q --db tel.db --metrics "$pack" --openmetrics >"$1/$pack.open"
	done
	set -- "$1" --metrics tel --metrics slo --metrics docstokg --metrics applylens
	prom-text -q --db tel.db "${@:2}" >"$1/all.text"
	prom-text -q --db tel.db "${@:2}" --openmetrics >"$1/all.open"
	prom-text -q --db tel.db "${@:2}" --label $'db="a\\b\nc' --openmetrics >"$1/label.open"
	prom-text -q --db tel.db "${@:2}" --label $'db="a\\b\nc' >"$1/label.text"
	prom-text -q --db tel.db "${@:2:8}" --runs 2 --openmetrics >"$1/runs.open"
	prom-text -q --db tel.db "${@:2:8}" --runs 2 >"$1/runs.text"
}

# Objectives of which one has groups by odd values, and events that went away with a copy.
group_objectives() {
	cat >slo.yaml <<-'END'
		apiVersion: openslo/v1
		kind: SLO
		metadata: {name: jobs}
		spec:
		  service: app
		  budgetingMethod: Occurrences
		  timeWindow: [{duration: 30d, isRolling: true}]
		  objectives: [{displayName: "most \"of\" them\\", target: 0.9}]
		  indicator:
		    metadata: {name: i}
		    spec:
		      ratioMetric:
		        metricSource:
		          type: teltools
		          spec: {event: observation, good: "outcome = 'ok'", group: [name, labels.job]}
	END
	export TEL_SLO=slo.yaml
}

# client FOLDER COUNT: python3-prometheus-client reads all pages, which have the same
# samples in both formats, at least so many in all, but for _created, of OpenMetrics alone.
client() {
	"$PYTHON" - "$@" <<-'END'
		import glob, math, sys
		from prometheus_client import parser
		from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_open
		def read(path):
		    with open(path, newline="\n", encoding="utf-8") as file:
		        return file.read()
		def samples(families, drop):
		    out = {}
		    names = set()
		    for family in families:
		        assert family.name not in names, family.name
		        names.add(family.name)
		        assert family.documentation, family.name
		        for s in family.samples:
		            key = (s.name, tuple(sorted(s.labels.items())))
		            assert key not in out, key
		            assert s.timestamp is None, s
		            out[key] = s.value
		    return {k: v for k, v in out.items() if not k[0].startswith(drop)}
		count = 0
		for path in sorted(glob.glob(sys.argv[1] + "/*.open")):
		    drop = ("tel_evaluation_", "tel_counts_since_", "tel_store_size_")
		    opened = samples(read_open(read(path)), drop)
		    created = {k for k in opened if k[0].endswith("_created")}
		    for key in created:
		        assert opened.pop(key) > 1e9, key
		        base = key[0][:-8]
		        assert (base + "_total", key[1]) in opened or (base + "_count", key[1]) in opened, key
		    assert created or "tel_observation_events_total{" not in read(path), path
		    text = samples(parser.text_string_to_metric_families(read(path[:-4] + "text")), drop)
		    if "docstokg_breaker_open_events_total" in read(path):
		        assert any(k[0] == "docstokg_breaker_open_events_total" for k in opened)
		    assert opened.keys() == text.keys(), opened.keys() ^ text.keys()
		    for key, value in opened.items():
		        assert value == text[key] or math.isnan(value), key
		    count += len(opened)
		print(count)
		assert count >= int(sys.argv[2]), count
	END
}

# What promtool says of the names of docstokg, which its users have.
DOCSTOKG='docstokg_run_corruption_count non-histogram and non-summary metrics should not have "_count" suffix
docstokg_run_dedupe_saved_mb metric names should not contain abbreviated units
docstokg_run_rate_delay_p95_ms metric names should not contain abbreviated units
docstokg_run_ttfp_ms metric names should not contain abbreviated units
docstokg_run_ttfp_ms non-summary metrics should not have "quantile" label'

# tool FOLDER COMPLAINTS: promtool complains of nothing but that.
tool() {
	local page
	for page in "$1"/*.text; do
		run promtool check metrics <"$page"
		echo "$page: $status $output"
		case $page in
		*/docstokg.text | */all.text | */label.text | */runs.text) [ "$(sort -u <<<"$output")" = "$2" ] ;;
		*) [ "$status" -eq 0 ] && [ -z "$output" ] ;;
		esac
	done
}

@test "pages without events: both formats, every pack" {
	need_client
	pages empty
	client empty 200
}

@test "pages with events of all kinds and odd bytes: both formats, every pack" {
	need_client
	group_objectives
	fill
	pages full
	client full 2000
}

@test "pages after an older copy of the database came back: corrections are read too" {
	need_client
	group_objectives
	sqlite3 tel.db '.backup old.db'
	fill
	prom-text -q --db tel.db --metrics tel --metrics slo --metrics applylens >/dev/null
	rm tel.db*-*
	cp old.db tel.db
	pages back
	grep -q '^tel_http_requests_corrected_total' back/tel.text
	grep -q '^tel_slo_good_events_corrected_total' back/slo.text
	grep -q '^applylens_backfill_duration_seconds_corrected_total' back/applylens.text
	client back 300
	need_promtool
	tool back ''
}

@test "promtool: pages without events, every pack" {
	need_promtool
	pages empty
	tool empty ''
}

@test "promtool: pages with events, every pack; of docstokg what its names are known for" {
	need_promtool
	group_objectives
	fill
	pages full
	tool full "$DOCSTOKG"
}

@test "OpenMetrics: it ends in one EOF, and text 0.0.4 has neither that nor UNIT" {
	fill
	pages full
	local page
	for page in full/*.open; do
		[ "$(tail -n 1 "$page")" = '# EOF' ]
		[ "$(grep -c '^# EOF' "$page")" -eq 1 ]
	done
	cat full/*.text >all
	run ! grep -E '^# (EOF|UNIT)' all
	# No sample of either has a timestamp, no line is empty, none ends in a blank.
	cat full/*.open >>all
	run ! grep -E '^$|[[:space:]]$' all
	run ! grep -vE '^# |^[a-z_0-9]+(\{.*\})? [^ ]+$' all
}
