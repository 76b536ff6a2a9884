# SPDX-License-Identifier: ISC
# shellcheck shell=sh
#
# Databases with 30 days of events, for the subjects of scripts/bench that read: small.db
# with BENCH_COUNT events and large.db with ten times as many. They stay in the folder
# BENCH/month, about 2.5 GB for a million events; they are made again when the events
# would be others.

month=$bench/month
run_events=10000
[ -z "$smoke" ] || run_events=1000

# month_events EVENTS: prints events of 30 days, of runs of $run_events.
month_events() {
	make-events --count "$1" --span 30d --producers 4 --run-events "$run_events"
}

# month_database NAME EVENTS: makes NAME.db, and NAME.until with the time of its newest event.
month_database() {
	id="$2 $(month_events 1000 | cat - "$root/schema/store.sql" | cksum)"
	[ "$(cat "$month/$1.made" 2>/dev/null)" != "$id" ] || return 0
	say "making $2 events"
	rm -f "$month/$1".*
	month_events "$2" | tel-ingest -q --db "$month/$1.db" >"$work/output" ||
		broken 'tel-ingest failed'
	sqlite3 -batch -readonly "$month/$1.db" \
		'SELECT max(ts_ms) FROM http_events' >"$month/$1.until"
	echo "$id" >"$month/$1.made"
}

# month_make: makes both databases.
month_make() {
	mkdir -p "$month"
	month_database small "$count"
	month_database large "$((10 * count))"
}

# month_duckdb: makes large.duck, the events of large.db for DuckDB, if that is here.
month_duckdb() {
	[ -n "$duckdb" ] && [ ! -e "$month/large.duck" ] || return 0
	say 'loading them into DuckDB'
	month_events "$((10 * count))" | $duckdb load /dev/stdin "$month/large.new" ||
		broken 'DuckDB failed'
	mv "$month/large.new" "$month/large.duck"
}
