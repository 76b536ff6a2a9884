# SPDX-License-Identifier: ISC
# Counters of prom-text in random lives of a store, and over many scrapes: the short
# version of `make lives` and `make scrapes`, by the same scripts. `make lives SEED=N`
# repeats what a failure names.

load helper

setup() {
	[ -x "$BUILD/tests/fault/fault.so" ] || skip "no tests/fault; make check builds it"
	command -v curl >/dev/null || skip "no curl"
}

@test "4 random lives of a store: no counter falls, each number is what SQL finds" {
	run env LIFE_DIR="$BATS_TEST_TMPDIR" SEEDS=4 STEPS=10 "$ROOT/tests/life/run"
	printf '%s\n' "$output"
	[ "$status" -eq 0 ]
	[ "${lines[-1]}" = '4 lives are right: 1 .. 4' ]
}

@test "50 scrapes of one process: nothing falls" {
	run env LIFE_DIR="$BATS_TEST_TMPDIR" SCRAPES=50 SCRAPES_GROWTH= "$ROOT/tests/life/scrapes"
	printf '%s\n' "$output"
	[ "$status" -eq 0 ]
	[[ ${lines[-1]} = *' scrapes, '*' nothing fell; '* ]]
}
