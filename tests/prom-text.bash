# SPDX-License-Identifier: ISC
# What prom-text.bats and prom-text-packs.bats share: a store, rows for it, and
# ways to look at what is printed.
# shellcheck shell=bash disable=SC2154 # status and stderr are set by run

setup() {
	db=$BATS_TEST_TMPDIR/tel.db
	pack=$BATS_TEST_TMPDIR/pack
	PROMTOOL=${PROMTOOL:-$ROOT/build/judges/promtool}
	tel-ingest --db "$db" </dev/null >/dev/null
}

# --- rows ------------------------------------------------------------------

next_id=1

# download RUN OUTCOME [TTFP_MS [SAVED_BYTES]]
download() {
	sql "$db" "INSERT INTO downloads (id, ts_ms, run_id, artifact_id, outcome,
	    ttfp_ms, saved_bytes) VALUES ($next_id, 1000, '$1', 'a$next_id', '$2',
	    ${3:-NULL}, ${4:-NULL})"
	next_id=$((next_id + 1))
}

# http RUN HOST ROLE STATUS FROM_CACHE [RATE_DELAY_MS]
http() {
	sql "$db" "INSERT INTO http_events (id, ts_ms, run_id, host, role, method,
	    status, from_cache, rate_delay_ms) VALUES ($next_id, 1000, '$1', '$2',
	    '$3', 'GET', $4, $5, ${6:-NULL})"
	next_id=$((next_id + 1))
}

# breaker RUN HOST OLD NEW
breaker() {
	sql "$db" "INSERT INTO breaker_transitions (id, ts_ms, run_id, host, scope,
	    old_state, new_state) VALUES ($next_id, 1000, '$1', '$2', 'host', '$3',
	    '$4')"
	next_id=$((next_id + 1))
}

# run_end RUN TS_MS
run_end() {
	sql "$db" "INSERT INTO run_summary (id, ts_ms, run_id)
	    VALUES ($next_id, $2, '$1')"
	next_id=$((next_id + 1))
}

# ttfp RUN COUNT: that many items, stored after 100, 200, 300 ... ms
ttfp() {
	sql "$db" "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL
	    SELECT i + 1 FROM n WHERE i < $2)
	    INSERT INTO downloads (id, ts_ms, run_id, artifact_id, outcome, ttfp_ms)
	    SELECT $next_id + i, 1000, '$1', 'a' || i, 'success', 100 * i FROM n"
	next_id=$((next_id + $2 + 1))
}

# --- what is printed -------------------------------------------------------

# samples [OPTION]...: the output without HELP and TYPE
samples() {
	prom-text --db "$db" "$@" | grep -v '^#'
}

# has LINE: a line of $output is this one
has() {
	grep -qxF -- "$1" <<<"$output" || { echo "no line '$1' in:"; echo "$output"; return 1; }
}

# lacks TEXT: $output does not have it anywhere
lacks() {
	[[ $output != *"$1"* ]] || { echo "'$1' in:"; echo "$output"; return 1; }
}

# definition NAME TYPE SQL: a file of the pack
definition() {
	mkdir -p "$pack"
	printf -- '-- metric: %s\n-- type: %s\n-- help: Words.\n%s\n' \
		"$1" "$2" "$3" >"$pack/$1.sql"
}

# refuses NAME TEXT: the pack is refused with 78, by a message that names the
# file and has the text, and nothing is printed
refuses() {
	run --separate-stderr prom-text --db "$db" --run r1 --metrics "$pack"
	echo "$status: $output / $stderr"
	[ "$status" -eq 78 ]
	[ -z "$output" ]
	[[ $stderr == "prom-text: $pack/$1.sql: "* ]]
	[[ $stderr == *"$2"* ]]
	rm -r "$pack"
}

# bad TYPE SQL TEXT: a definition m_x with that is refused, on line 4 where its
# SELECT begins
bad() {
	definition m_x "$1" "$2"
	refuses m_x "$3"
	[[ $stderr == *": line 4: "* ]]
}

# leaves_out TYPE SQL COUNT TEXT [LINE]...: of a definition m_x with that, COUNT samples
# are left out, which a warning says with the text, and the others are these lines
leaves_out() {
	definition m_x "$1" "$2"
	run --separate-stderr samples --metrics "$pack"
	echo "$status: $output / $stderr"
	[[ $stderr == "prom-text: warning: samples left out: $3; the first: \
$pack/m_x.sql: line 4: $4" ]]
	[ "$output" = "$(shift 4 && printf '%s\n' "$@")" ]
	rm -r "$pack"
}
