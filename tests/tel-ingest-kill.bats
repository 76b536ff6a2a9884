# SPDX-License-Identifier: ISC
# tel-ingest, killed: the short version of `make kills`, by the same script.
# KILL_SEED repeats what a failure names.

load helper

# proves WAY COUNT ROWS: a few kills over COUNT lines; the rows, dead letters and
# unknown keys that were compared are counted, so that nothing is not enough.
proves() {
	run --separate-stderr env KILL_DIR="$BATS_TEST_TMPDIR" KILL_COUNT=6 KILL_LINES="$2" \
		"$ROOT/scripts/kill-proof" "$1"
	printf '%s\n' "$output" "$stderr"
	[ "$status" -eq 0 ]
	[[ $output == "$1: "?*" kills, "?*" rounds of $3 rows and dead letters, "* ]]
}

setup() {
	[ -x "$BUILD/tests/kill/rotate" ] || skip "no tests/kill/rotate; make check builds it"
}

@test "killed: a file" {
	proves file 5000 5001
}

@test "killed: a file that gzip compressed" {
	proves gz 5000 5001
}

@test "killed: a file that zstd compressed" {
	proves zst 5000 5001
}

@test "killed: a pipe that is written again from its beginning" {
	proves pipe 5000 5001
}

@test "killed: a pipe of stamped events, from its beginning" {
	proves stamped 5000 5001
}

@test "killed: a pipe of stamped events, resumed after what --ack-fd acknowledged" {
	proves acked 5000 5001
}

@test "killed: a log that is followed through all rotations" {
	proves follow 5000 5001
}

@test "killed: a map that makes none, one and several events of a line" {
	proves map 20000 2909
}
