# SPDX-License-Identifier: ISC
# slo-eval against another judge, on random events and objectives: the short version of
# `make property`, by the same script. `make property SEED=N` repeats what a failure names.

load helper

setup() {
	[ -x "$BUILD/tests/property/property" ] ||
		skip "no tests/property/property; make check builds it"
	slo-eval --help | grep -q -- --no-counts || skip 'slo-eval keeps no counts'
}

# agree FIRST COUNT: these seeds agree.
agree() {
	run env PROPERTY_DIR="$BATS_TEST_TMPDIR" FIRST="$1" SEEDS="$2" "$ROOT/tests/property/run"
	printf '%s\n' "$output"
	[ "$status" -eq 0 ]
	[ "${lines[-1]}" = "$2 seeds agree: $1 .. $(($1 + $2 - 1))" ]
}

@test "20 random worlds are judged as an independent judge does, in all ways" {
	agree 1 20
}
