# SPDX-License-Identifier: ISC
# shellcheck shell=sh
#
# The subject `judge` of scripts/bench: slo-eval on 30 days of events, BENCH_COUNT and ten
# times as many, and DuckDB's full scan that counts the same.

# shellcheck source=tests/bench/month.sh
. "$root/tests/bench/month.sh"

# 14 objectives: without groups, with about 100 groups in all, and with 96 for each.
judge_forms='plain groups many'
many_columns='host, role, method, waited_for'

# judge_objectives DB: writes the objectives and, for the window of the database, the SQL
# that counts the same; and what it counts, unless that is known from another time.
judge_objectives() {
	until_ms=$(cat "$month/$1.until")
	from_ms=$((until_ms - until_ms % 60000 - 30 * 86400000))
	for form in $judge_forms; do
		columns=
		[ "$form" != groups ] || columns=own
		[ "$form" != many ] || columns=$many_columns
		awk -v form=slo -v groups="$columns" -f "$root/tests/bench/objectives.awk" \
			"$root/tests/bench/objectives.txt" >"$work/$form.yaml"
		awk -v form=sql -v groups="$columns" -v from="$from_ms" -v until="$until_ms" \
			-f "$root/tests/bench/objectives.awk" \
			"$root/tests/bench/objectives.txt" >"$work/new.sql"
		if ! cmp -s "$work/new.sql" "$work/$1.$form.sql"; then
			say "counting the events of $1.db by sqlite3, for $form.yaml"
			sqlite3 -batch -readonly "$month/$1.db" <"$work/new.sql" \
				>"$work/$1.$form.counts"
			mv "$work/new.sql" "$work/$1.$form.sql"
		fi
	done
}

# Prints what slo-eval counted as objectives.awk does: good, bad and unknown of each
# objective, without slices that are empty and therefore good.
judge_counts() {
	jq -rn 'reduce inputs as $line ({}; .[$line.slo] |= [.[0] + $line.good - $line.empty,
	    .[1] + $line.bad, .[2] + $line.unknown]) | [.[] | .[]] | join("|")' "$work/output"
}

# judge_check NAME: compares what slo-eval counted with what sqlite3 did.
judge_check() {
	got=$(judge_counts) wanted=$(cat "$work/$db.$form.counts")
	[ "$got" = "$wanted" ] || broken "$1 counted wrong: $got instead of $wanted"
}

# duckdb_check NAME: the same for DuckDB.
duckdb_check() {
	got=$(cat "$work/output") wanted=$(cat "$work/$db.$form.counts")
	[ "$got" = "$wanted" ] || broken "$1 counted wrong: $got instead of $wanted"
}

# run_check NAME: all events of the run were counted, by the objective without `where`.
run_check() {
	got=$(jq -r 'select(.slo == "availability") | .good + .bad + .unknown' "$work/output")
	[ "$got" = "$run_events" ] ||
		broken "$1 counted $got events of the run, which has $run_events"
}

# row NAME DB RUNS AIM COMMAND: measures a row of the table, of the database DB. AIM is
# SECONDS, RATE/s for the events of the database, or ''. With $reads_all, it has a rate.
row() {
	db=$2 row_runs=$3 row_warmup=$warmup aim=$4
	[ "$row_runs" -gt 1 ] || row_warmup=0
	[ -z "$smoke" ] || aim=
	measure "$1" "$row_runs" "$row_warmup" "$5" >"$work/row.json"
	jq -c --arg aim "$aim" --arg reads_all "$reads_all" --argjson events "$(cut -d ' ' -f 1 "$month/$db.made")" '
		. + {events: $events} |
		if $reads_all != "" then .rows_per_second = $events / .seconds else . end |
		if $aim | endswith("/s") then .aim_rate = ($aim[:-2] | tonumber) |
		    .met = (.rows_per_second >= .aim_rate)
		elif $aim != "" then .aim_seconds = ($aim | tonumber) |
		    .met = (.seconds <= .aim_seconds)
		else . end' "$work/row.json" >>"$work/rows.jsonl"
}

# judge NAME DB FORM RUNS AIM [OPTION]...: a row of slo-eval.
judge() {
	name=$1 db=$2 form=$3 row_runs=$4 aim=$5
	shift 5
	row "$name" "$db" "$row_runs" "$aim" "slo-eval --db $month/$db.db \
	    --slo $work/$form.yaml $*"
}

# The rows that count all events; the file of counts is deleted before each.
judge_first() {
	prepare="rm -f $month/large.db.counts" check=judge_check reads_all=yes
	judge 'first count' large plain "$few" 1000000/s --at "$1"
	judge 'first count, 100 groups' large groups "$few" '' --at "$1"
	judge 'first count, 96 groups each' large many 1 '' --at "$1"
	prepare=
	judge '--no-counts' large plain "$few" '' --no-counts --at "$1"
	reads_all=
}

# The rows that find nothing new. The newest event is the end of the window, but for a
# past moment, the middle of a minute whose events have to be read again.
judge_warm() {
	check=judge_check
	judge 'nothing new, a tenth' small plain "$runs" '' --at "$(cat "$month/small.until")"
	judge 'nothing new' large plain "$runs" 0.05 --at "$1"
	judge 'nothing new, 100 groups' large groups "$runs" 0.05 --at "$1"
	judge 'nothing new, 96 groups each' large many "$runs" '' --at "$1"
	check=
	judge 'nothing new, yesterday' large plain "$runs" 0.05 \
		--at "$(($1 - $1 % 60000 - 86400000 + 29500))"
	check=run_check
	judge 'a run' large plain "$runs" 0.05 --run "$run"
}

judge_duckdb() {
	check=duckdb_check form=plain reads_all=yes
	if [ -n "$duckdb" ]; then
		row 'DuckDB, full scan' large "$few" '' \
			"$duckdb read $month/large.duck $work/large.plain.sql"
	else
		skip 'DuckDB, full scan' 'no @duckdb/node-api; scripts/deps bench installs it'
	fi
}

# Prints the table and writes judge.json.
judge_finish() {
	jq -s --argjson machine "$(machine)" --arg smoke "$smoke" '
		(map(select(.seconds)) | INDEX(.program)) as $rows |
		($rows | map(select(.program | startswith("DuckDB") | not).peak_bytes) |
		    max) as $peak |
		$rows["nothing new"].seconds as $warm |
		def ratio(of; aim; met): {ratio: of, aim: aim,
		    met: (if $smoke != "" or of == null then null else met end)};
		{subject: "judge", machine: $machine,
		 peak: {bytes: $peak, aim: 64000000, met: ($peak <= 64000000)},
		 growth: ($warm / $rows["nothing new, a tenth"].seconds |
		    ratio(.; 1.3; . <= 1.3)),
		 duckdb: (($rows["DuckDB, full scan"].seconds // null) |
		    if . then . / $warm else . end | ratio(.; 20; . >= 20)),
		 rows: .}' "$work/rows.jsonl" >"$bench/judge.json"
	print_machine "$bench/judge.json"
	jq -r "$fixed"'
		(["", "events", "seconds", "+-", "events/s", "aim", "met", "peak MiB"],
		 (.rows[] | if .skipped then [.program, (range(7) | "-")] else
		    [.program, (.events | tostring), (.seconds | fixed(3)),
		     (if .deviation then .deviation | fixed(3) else "-" end),
		     (if .rows_per_second then .rows_per_second | fixed(0) else "-" end),
		     (if .aim_rate then ">= \(.aim_rate)/s"
		      elif .aim_seconds then "<= \(.aim_seconds) s" else "-" end),
		     (if .met == null then "-" elif .met then "yes" else "no" end),
		     (.peak_bytes / 1048576 | fixed(1))] end) | @tsv)' "$bench/judge.json" |
		awk -F '\t' '{ printf "%-28s %9s %8s %7s %11s %12s %4s %9s\n",
		    $1, $2, $3, $4, $5, $6, $7, $8 }'
	echo
	jq -r "$fixed"'
		def met: if . == null then "-" elif . then "met" else "not met" end;
		"Nothing new, of ten times the events: \(.growth.ratio | fixed(2)) times " +
		    "the time, aim <= \(.growth.aim): \(.growth.met | met).",
		(if .duckdb.ratio then
		    "DuckDB takes \(.duckdb.ratio | fixed(0)) times that time, aim >= " +
		    "\(.duckdb.aim): \(.duckdb.met | met)." else empty end)' "$bench/judge.json"
	print_peak "$bench/judge.json"
}

bench_judge() {
	need make-events tel-ingest slo-eval awk
	few=$runs
	[ "$few" -lt 3 ] || few=3
	# A miss, or too little data, is no failure here. These commands need no shell, which
	# would take as long as they do.
	most_code=2 shell=none
	month_make
	month_duckdb
	judge_objectives small
	judge_objectives large
	run=$(sqlite3 -batch -readonly "$month/large.db" 'SELECT run_id FROM run_sources
	    ORDER BY run_id LIMIT 1 OFFSET (SELECT count(*) FROM run_sources) / 2')
	until_ms=$(cat "$month/large.until")
	judge_first "$until_ms"
	judge_warm "$until_ms"
	judge_duckdb
	judge_finish
}
