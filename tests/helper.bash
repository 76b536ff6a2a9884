# SPDX-License-Identifier: ISC
# Functions and variables for every bats file. BIN is the folder of the programs, ORIGIN
# the test origin, BUILD the folder of the build; `make check` sets them. promtool is in
# the PATH when scripts/deps has unpacked it.
# shellcheck shell=bash

bats_require_minimum_version 1.5.0

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BIN=${BIN:-$ROOT/build/release/bin}
BUILD=${BUILD:-$(dirname "$BIN")}
ORIGIN=${ORIGIN:-$ROOT/build/release/tests/origin/origin}
DATA=${DATA:-$ROOT/../shared/data}
PATH=$BIN:$PATH:$ROOT/build/judges
export PATH ROOT BIN BUILD ORIGIN DATA
unset TEL_DB TEL_ARCHIVE TEL_ENABLE TEL_LOG TEL_NOW_MS TEL_HASH_KEY_FILE http_proxy https_proxy all_proxy

# need_data FILE: skips the test unless the file of foreign data exists.
need_data() {
	[ -e "$DATA/$1" ] || skip "no $1 in the folder of foreign data"
}

# Skips the test where no terminal can be made, as in a bare chroot.
need_terminal() {
	script -qec true /dev/null >/dev/null 2>&1 || skip "no terminal can be made"
}

# start_origin [OPTION]...: starts the test origin and waits until it prints its port.
# Sets ORIGIN_URL and ORIGIN_PID. The log is $BATS_TEST_TMPDIR/origin.log.
start_origin() {
	mkfifo "$BATS_TEST_TMPDIR/origin.port"
	"$ORIGIN" --log "$BATS_TEST_TMPDIR/origin.log" "$@" \
		>"$BATS_TEST_TMPDIR/origin.port" 3>&- &
	ORIGIN_PID=$!
	read -r ORIGIN_PORT <"$BATS_TEST_TMPDIR/origin.port"
	ORIGIN_URL=http://127.0.0.1:$ORIGIN_PORT
}

stop_origin() {
	[ -z "${ORIGIN_PID:-}" ] || { kill "$ORIGIN_PID" && wait "$ORIGIN_PID"; } 2>/dev/null || true
	ORIGIN_PID=
}

# sql DB QUERY: prints the result by the sqlite3 shell.
sql() {
	sqlite3 -batch "$1" "$2"
}
