# SPDX-License-Identifier: ISC
# Sourced by scripts/examples and scripts/example-files, which set root: scratch folders
# for the commands of examples. ORIGIN_URL names a test origin; without it, nothing is
# fetched.
# shellcheck shell=bash

BIN=${BIN:-$root/build/release/bin}
PATH=$BIN:$PATH
export BIN ROOT=$root PATH ORIGIN_URL
SERVE_PORT=${SERVE_PORT:-$((20000 + RANDOM % 10000))}
ORIGIN_URL=${ORIGIN_URL-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Makes what the examples need, in $work/filled.
fill_folder() {
	mkdir "$work/filled"
	(cd "$work/filled" && set -e && . "$root/tests/examples/setup.sh") >"$work/said" 2>&1
	# shellcheck disable=SC2181 # set -e has no effect within an if
	if [ $? -ne 0 ]; then
		printf 'tests/examples/setup.sh: %s\n' "$(cat "$work/said")"
		exit 1
	fi
}

# Sets scratch to a folder that is a copy of $work/filled.
fresh_folder() {
	scratch=$work/scratch
	rm -rf "$scratch"
	cp -a "$work/filled" "$scratch"
}

# Folders of the machine lie in the scratch folder, hosts are the test origin, and the
# port of prom-text is one that is probably free.
localise() {
	sed -e "s|/usr/local/|$scratch/usr/local/|g; s|\([^a-z]\)/var/|\1$scratch/var/|g" \
	    -e "s|https://example.org/|$ORIGIN_URL/bytes/1000|g" \
	    -e "s|127\.0\.0\.1:9108|127.0.0.1:$SERVE_PORT|g"
}

# answers PID URL: waits until the URL can be read, or the process that serves it ended.
answers() {
	local turn
	for ((turn = 0; turn < 400; turn++)); do
		! curl -fs "$2" >/dev/null || break
		kill -0 "$1" || break
		read -rt 0.05 <> <(:)
	done
}

# append PID DB LOG: appends a line to the log that the process follows, waits until it
# is stored, and asks the process to end.
append() {
	local turn query='SELECT total(line_count) FROM batches' before got
	before=$(sqlite3 -readonly "$2" "$query" 2>/dev/null)
	tail -n 1 "$3" | sed 's/192\.0\.2/198.51.100/' >>"$3"
	for ((turn = 0; turn < 400; turn++)); do
		got=$(sqlite3 -readonly -cmd '.timeout 2000' "$2" "$query" 2>/dev/null)
		[ "${got:-0.0}" = "${before:-0.0}" ] || break
		kill -0 "$1" || break
		read -rt 0.05 <> <(:)
	done
	kill -TERM "$1"
}
