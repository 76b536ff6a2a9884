# SPDX-License-Identifier: ISC
# shellcheck shell=sh
#
# The subject `ingest` of scripts/bench: events into a database, by tel-ingest, by a bare
# loop of inserts, and by what else does that.

# row NAME EVENTS AIM COMMAND: measures a row of the table. COMMAND makes $work/db;
# EVENTS is the file that it reads (or from which its rows were made), AIM the ratio of
# rows/s that ours should reach, or ''. Each run begins after a sync: otherwise a program
# that waits for its own writes, as ours does, would also wait for those of the run before.
row() {
	events=$2 aim=$3
	row_runs=$runs row_warmup=$warmup
	[ -z "$smoke" ] || aim=
	[ "$events" != "$work/tenth.jsonl" ] || row_runs=1 row_warmup=0
	prepare="rm -rf $work/db*; sync" check=ingest_check
	measure "$1" "$row_runs" "$row_warmup" "$4" >"$work/row.json"
	jq -c --argjson aim "${aim:-null}" --argjson events "$(wc -l <"$events")" \
		--argjson bytes "$(wc -c <"$events")" '
		. + {events: $events, bytes: $bytes, rows_per_second: ($events / .seconds),
		    bytes_per_second: ($bytes / .seconds), aim: $aim}' \
		"$work/row.json" >>"$work/rows.jsonl"
}

# finish SUBJECT OURS: prints the table and writes SUBJECT.json. OURS is the row that
# the others are compared with; it begins with the name of our program.
finish() {
	jq -s --arg subject "$1" --arg ours "$2" --argjson machine "$(machine)" '
		(map(select(.program == $ours))[0].rows_per_second) as $speed |
		(map(select(.program | contains($ours | split(" ")[0])) |
		    .peak_bytes) | max) as $peak |
		{subject: $subject, machine: $machine,
		 peak: {bytes: $peak, aim: 64000000, met: ($peak <= 64000000)},
		 rows: map(
		    if .skipped then . else
		        .ratio = $speed / .rows_per_second |
		        .met = (if .aim then .ratio >= .aim else null end)
		    end)}' "$work/rows.jsonl" >"$bench/$1.json"
	print_machine "$bench/$1.json"
	jq -r "$fixed"'
		(["program", "events", "seconds", "+-", "rows/s", "MB/s", "ours/it", "aim",
		  "met", "peak MiB"],
		 (.rows[] | if .skipped then [.program, (range(9) | "-")] else
		    [.program, (.events | tostring), (.seconds | fixed(3)),
		     (if .deviation then .deviation | fixed(3) else "-" end),
		     (.rows_per_second | fixed(0)), (.bytes_per_second / 1000000 | fixed(1)),
		     (.ratio | fixed(2)), (if .aim then ">= \(.aim)" else "-" end),
		     (if .met == null then "-" elif .met then "yes" else "no" end),
		     (.peak_bytes / 1048576 | fixed(1))] end) | @tsv)' "$bench/$1.json" |
		awk -F '\t' '{ printf "%-34s %8s %8s %7s %9s %8s %8s %8s %4s %9s\n",
		    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 }'
	printf '\n%s\n%s\n' 'ours/it: rows/s of the first row divided by those of this row.' \
		'Rows with fewer events are of slow programs, which ran once.'
	print_peak "$bench/$1.json"
}

# Sums of columns that the tables of all programs have; some tables have them as text.
sums='SELECT count(*), CAST(sum(ts_ms - 1767225600000) AS BIGINT),
    CAST(sum(status) AS BIGINT), CAST(sum(elapsed_ms) AS BIGINT),
    CAST(sum(bytes) AS BIGINT), sum(length(host)), sum(length(url_hash)),
    sum(length(request_id)) FROM http_events'
# The columns, for programs that need a list.
columns='ts_ms run_id host role method status url_hash from_cache revalidated stale
retry_count retry_after_s rate_delay_ms breaker_state breaker_recorded elapsed_ms
error request_id attempt bytes ttfb_ms waited_for'

ingest_made() {
	if [ -e "$work/db.duck" ]; then
		$duckdb ask "$work/db.duck" "$sums"
	else
		sqlite3 -batch -readonly "$work/db" "$sums"
	fi
}

# ingest_check NAME: compares the rows that were made with the events.
ingest_check() {
	got=$(ingest_made)
	[ "$got" = "$(ingest_expected "$events")" ] ||
		broken "$1 made wrong rows: $got instead of $(ingest_expected "$events")"
}

# Computes the same sums from the events by jq. Keeps them, because that is slow.
ingest_expected() {
	[ -e "$1.sums" ] || jq -rn 'reduce inputs as $e ([0, 0, 0, 0, 0, 0, 0, 0];
	    [.[0] + 1, .[1] + $e.ts_ms - 1767225600000, .[2] + $e.status,
	     .[3] + $e.elapsed_ms, .[4] + $e.bytes, .[5] + ($e.host | length),
	     .[6] + ($e.url_hash | length), .[7] + ($e.request_id | length)]) |
	    join("|")' "$1" >"$1.sums"
	cat "$1.sums"
}

ingest_events() {
	if [ "$(cat "$work/made" 2>/dev/null)" = "$count" ] &&
		[ -n "$(find "$work/events.jsonl" -newer "$build/make-events")" ]; then
		return
	fi
	rm -f "$work"/*.sums "$work/made"
	say "making $count events"
	make-events --count "$count" >"$work/events.jsonl"
	head -n "$((count / 10))" "$work/events.jsonl" >"$work/tenth.jsonl"
	echo "$count" >"$work/made"
}

ingest_others() {
	if [ -n "$duckdb" ]; then
		row 'DuckDB read_json' "$events" 1.5 \
			"$duckdb load $events $work/db.duck"
	else
		skip 'DuckDB read_json' 'no @duckdb/node-api; scripts/deps bench installs it'
	fi
	if have sqlite-utils; then
		row 'sqlite-utils insert --nl --alter' "$tenth" 20 \
			"sqlite-utils insert $work/db http_events $tenth --nl --alter"
	else
		skip 'sqlite-utils insert --nl --alter' 'not installed'
	fi
	names=$(echo "$columns" | tr -s ' \n' ',' | sed 's/,$//')
	import="sqlite3 $work/db 'CREATE TABLE http_events ($names)' \
	    '.import --csv /dev/stdin http_events'"
	row 'jq @csv | sqlite3 .import' "$tenth" 10 \
		"jq -r '[.$(echo "$names" | sed 's/,/,./g')] | @csv' $tenth | $import"
	if have mlr; then
		row 'mlr --ocsv | sqlite3 .import' "$tenth" '' "mlr --ijsonl --ocsv \
		    --headerless-csv-output template --fill-with '' -f $names then \
		    cut -f $names $tenth | $import"
	else
		skip 'mlr --ocsv | sqlite3 .import' 'not installed'
	fi
}

bench_ingest() {
	events=$work/events.jsonl tenth=$work/tenth.jsonl
	ours="tel-ingest -q --db $work/db"
	need make-events bench-insert tel-ingest
	ingest_events
	row 'tel-ingest FILE' "$events" '' "$ours $events"
	bench-insert dump "$work/db" "$work/rows" || broken 'bench-insert failed'
	row 'cat FILE | tel-ingest' "$events" '' "cat $events | $ours"
	case $(tel-ingest --help) in
	*--redact*) row 'tel-ingest --redact=off FILE' "$events" '' \
		"$ours --redact=off $events" ;;
	esac
	row 'bare loop' "$events" 0.85 "bench-insert run $work/rows $work/db"
	row 'bare loop, no constraints, no WAL' "$events" '' \
		"bench-insert plain $work/rows $work/db"
	ingest_others
	finish ingest 'tel-ingest FILE'
}

