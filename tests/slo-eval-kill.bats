# SPDX-License-Identifier: ISC
# The counts of slo-eval, when all who work on a database are killed: the short version of
# `make kills WAYS=counts`, by the same script. KILL_SEED repeats what a failure names.

load helper

setup() {
	[ -x "$BUILD/tests/fault/fault.so" ] || skip "no tests/fault; make check builds it"
	slo-eval --help | grep -q -- --recount || skip 'slo-eval keeps no counts'
}

@test "killed: readers, writers and packers at once; the counts are those of the rows" {
	run --separate-stderr env KILL_DIR="$BATS_TEST_TMPDIR" KILL_COUNT=12 KILL_LINES=4000 \
		"$ROOT/scripts/kill-counts"
	printf '%s\n' "$output" "$stderr"
	[ "$status" -eq 0 ]
	[[ $output == 'counts: '?*' kills, '?*' databases of 4000 lines, '* ]]
}
