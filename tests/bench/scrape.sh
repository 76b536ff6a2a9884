# SPDX-License-Identifier: ISC
# shellcheck shell=sh
#
# The subject `scrape` of scripts/bench: what a scrape of prom-text takes, with BENCH_COUNT
# events in the database and ten times as many, also while it counts all of them anew; and
# the query over the rows that an exporter without counts would run each time.

# shellcheck source=tests/bench/month.sh
. "$root/tests/bench/month.sh"

server=
trap '[ -z "$server" ] || kill "$server"' EXIT

# wait_until COMMAND...: until it succeeds, but not for ever.
wait_until() {
	left=1200
	until "$@" >"$work/waited" 2>&1; do
		kill -0 "$server" 2>/dev/null || broken "prom-text: $(tail -n 1 "$work/server")"
		left=$((left - 1))
		[ "$left" -gt 0 ] || broken "in vain: $*"
		sleep 0.05
	done
}

# start DB: serves that database, and waits for the first evaluation.
start() {
	prom-text -v --db "$month/$1.db" --listen 127.0.0.1:0 --poll 1s 2>"$work/server" &
	server=$!
	wait_until grep -q 'serving on' "$work/server"
	url=$(sed -n 's/.*serving on //p' "$work/server")
	wait_until curl -sf "http://$url/ready"
}

# Ends it, after noting the most memory that it had.
stop() {
	sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\) kB/\1/p' "/proc/$server/status" >>"$work/peaks"
	kill "$server"
	wait "$server" || broken "prom-text: $(tail -n 1 "$work/server")"
	server=
}

# scrapes NUMBER [OPTION]...: adds the seconds of so many scrapes on one connection to
# $work/times, and leaves the last page in $work/page.
scrapes() {
	last=$1
	shift
	curl --silent --show-error --fail --output "$work/page" --write-out '%{time_total}\n' \
		"$@" "http://$url/metrics?[1-$last]" >>"$work/times" 2>"$work/errors" ||
		broken "a scrape failed: $(tail -n 1 "$work/errors")"
}

# evaluated: the time of the evaluation that the last page is of.
evaluated() {
	sed -n 's/^tel_evaluation_timestamp_seconds //p' "$work/page"
}

# query DB: what the query over the rows says, kept from another time.
query() {
	id=$(cat "$month/$1.made" "$root/tests/bench/scrape.sql" | cksum)
	[ "$(cat "$work/$1.id" 2>/dev/null)" != "$id" ] || return 0
	say "asking the rows of $1.db by sqlite3"
	sqlite3 -batch -readonly "$month/$1.db" <"$root/tests/bench/scrape.sql" >"$work/$1.rows"
	echo "$id" >"$work/$1.id"
}

# page_check NAME: the page has as many requests, and as many that took at most 1 s, as
# the query found.
page_check() {
	wanted=$(awk -F '|' '{ all += $4; fast += $14 } END { print all, fast + 0 }' \
		"$work/$db.rows")
	got=$(awk '/^tel_http_requests_total{/ { all += $NF }
	    /^tel_http_request_duration_seconds_bucket{.*le="1(\.0)?"/ { fast += $NF }
	    END { print all, fast + 0 }' "$work/page")
	[ "$got" = "$wanted" ] || broken "$1 shows $got instead of $wanted"
}

# scrape_row NAME AIM: the row of what is in $work/times.
scrape_row() {
	jq -cs --arg program "$1" --arg aim "$2" --arg smoke "$smoke" \
		--argjson events "$(cut -d ' ' -f 1 "$month/$db.made")" \
		--argjson series "$(zcat -f "$work/page" | grep -vc '^#')" '
		sort | . as $times | {program: $program, events: $events, series: $series,
		    scrapes: length, seconds: .[length / 2 | floor],
		    slow_seconds: .[length * 99 / 100 | floor], slowest_seconds: .[-1]} |
		if $aim != "" and $smoke == "" then .aim_seconds = ($aim | tonumber) |
		    .met = (.slow_seconds <= .aim_seconds) else . end' "$work/times" \
		>>"$work/rows.jsonl"
	: >"$work/times"
}

# scrape NAME AIM [OPTION]...: a row of so many scrapes, one after another.
scrape() {
	name=$1 aim=$2
	shift 2
	say "$name"
	scrapes 10 "$@"
	: >"$work/times"
	scrapes "$scrape_count" "$@"
	scrape_row "$name" "$aim"
}

# Scrapes while all events are counted anew, because the file of counts was deleted. Only
# those that came before the end of that count are in the row.
scrape_counting() {
	say 'catching up'
	before=$(evaluated)
	rm -f "$month/$db.db.counts"
	wait_until [ -e "$month/$db.db.counts" ]
	cp "$work/times" "$work/sure"
	while [ "$(wc -l <"$work/sure")" -lt "$scrape_count" ]; do
		scrapes 20
		[ "$(evaluated)" = "$before" ] || break
		cp "$work/times" "$work/sure"
	done
	cp "$work/sure" "$work/times"
	if [ -s "$work/times" ]; then
		scrape_row 'while it catches up' 0.01
	else
		skip 'while it catches up' 'it was over before a scrape'
	fi
}

# evaluation NAME DB RUNS: a row of prom-text that prints once.
evaluation() {
	db=$2
	measure "$1" "$3" 0 "prom-text --db $month/$db.db" >"$work/row.json"
	jq -c --argjson events "$(cut -d ' ' -f 1 "$month/$db.made")" \
		'. + {events: $events}' "$work/row.json" >>"$work/rows.jsonl"
}

scrape_evaluations() {
	check=evaluation_check
	evaluation 'evaluation, a tenth' small "$runs"
	evaluation 'evaluation' large "$runs"
	prepare="rm -f $month/large.db.counts"
	evaluation 'evaluation, first count' large "$few"
	prepare=
	check=
	measure 'query over the rows' "$few" 0 \
		"sqlite3 -batch -readonly $month/large.db '.read $root/tests/bench/scrape.sql'" \
		>"$work/row.json"
	jq -c --argjson events "$(cut -d ' ' -f 1 "$month/large.made")" \
		'. + {events: $events}' "$work/row.json" >>"$work/rows.jsonl"
}

evaluation_check() {
	cp "$work/output" "$work/page"
	page_check "$1"
}

# Prints the table and writes scrape.json.
scrape_finish() {
	jq -s --argjson machine "$(machine)" --arg smoke "$smoke" \
		--argjson served "$(sort -n "$work/peaks" | tail -n 1)" '
		(map(select(.seconds)) | INDEX(.program)) as $rows |
		([$rows[] | select(.program | startswith("evaluation")).peak_bytes] +
		    [$served * 1024] | max) as $peak |
		def ratio(of; aim; met): {ratio: of, aim: aim,
		    met: (if $smoke != "" then null else met end)};
		{subject: "scrape", machine: $machine,
		 peak: {bytes: $peak, aim: 64000000, met: ($peak <= 64000000)},
		 served: {bytes: ($served * 1024)},
		 growth: ($rows["nothing new"].seconds /
		    $rows["nothing new, a tenth"].seconds | ratio(.; 1.3; . <= 1.3)),
		 query: ($rows["query over the rows"].seconds / $rows["nothing new"].seconds |
		    ratio(.; null; null)),
		 rows: .}' "$work/rows.jsonl" >"$bench/scrape.json"
	print_machine "$bench/scrape.json"
	jq -r "$fixed"'
		(["", "events", "series", "median ms", "99 % ms", "slowest ms", "aim", "met",
		  "peak MiB"],
		 (.rows[] | if .skipped then [.program, (range(8) | "-")] else
		    [.program, (.events | tostring), (.series // "-" | tostring),
		     (.seconds * 1000 | fixed(1)),
		     (if .slow_seconds then .slow_seconds * 1000 | fixed(1) else "-" end),
		     (if .slowest_seconds then .slowest_seconds * 1000 | fixed(1) else "-" end),
		     (if .aim_seconds then "<= \(.aim_seconds * 1000)" else "-" end),
		     (if .met == null then "-" elif .met then "yes" else "no" end),
		     (if .peak_bytes then .peak_bytes / 1048576 | fixed(1) else "-" end)]
		  end) | @tsv)' "$bench/scrape.json" |
		awk -F '\t' '{ printf "%-24s %9s %7s %10s %9s %11s %6s %4s %9s\n",
		    $1, $2, $3, $4, $5, $6, $7, $8, $9 }'
	echo
	jq -r "$fixed"'
		def met: if . == null then "-" elif . then "met" else "not met" end;
		"A scrape of ten times the events: \(.growth.ratio | fixed(2)) times " +
		    "the time, aim <= \(.growth.aim): \(.growth.met | met).",
		"The query over the rows takes \(.query.ratio | fixed(0)) times as long."' \
		"$bench/scrape.json"
	print_peak "$bench/scrape.json"
}

bench_scrape() {
	need make-events tel-ingest prom-text awk curl
	few=$runs scrape_count=1000
	[ -z "$smoke" ] || scrape_count=20
	[ "$few" -lt 3 ] || few=3
	shell=none
	: >"$work/peaks"
	: >"$work/times"
	month_make
	query small
	query large
	db=small
	start small
	scrape 'nothing new, a tenth' ''
	page_check 'the page'
	stop
	db=large
	start large
	scrape 'nothing new' 0.01
	page_check 'the page'
	scrape 'nothing new, gzip' 0.01 --header 'Accept-Encoding: gzip'
	scrape 'nothing new, OpenMetrics' 0.01 \
		--header 'Accept: application/openmetrics-text;version=1.0.0'
	scrape_counting
	stop
	scrape_evaluations
	scrape_finish
}
