#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What pages show works when it is pasted, and so does every file of examples/.

load helper

setup() {
	cd "$ROOT" || return 1
	[ -x "$ORIGIN" ] || skip "no test origin"
	start_origin
	export ORIGIN_URL
}

teardown() {
	stop_origin
}

# A copy of what the scripts need, to be changed at will; it becomes the folder of work.
copy_tree() {
	mkdir "$BATS_TEST_TMPDIR/tree"
	cp -r cmd examples scripts schema tests "$BATS_TEST_TMPDIR/tree"
	cp README.md "$BATS_TEST_TMPDIR/tree"
	cd "$BATS_TEST_TMPDIR/tree" || return 1
}

# page TEXT: makes the page cmd/new.1 with the text as its examples.
page() {
	printf '%s\n' '.Dd November 22, 2026' '.Dt NEW 1' '.Os teltools' '.Sh NAME' '.Nm new' \
		'.Nd a page' '.Sh EXAMPLES' "$1" >cmd/new.1
}

@test "pages: README, CONTRIBUTING: each command does what it says" {
	scripts/examples README.md CONTRIBUTING.md
}

@test "pages: cmd: each command does what it says" {
	scripts/examples cmd/*.[157]
}

@test "programs: each example of --help does what it says" {
	scripts/examples cmd/*.c
}

@test "examples: the first comment of each file says how it is used, and that works" {
	scripts/examples examples/*/*
}

@test "examples: each file is tested" {
	scripts/example-files examples/*/*
}

@test "pages: the check fires: an exit code, a page and its command are named" {
	copy_tree
	page '.Bd -literal
echo first
slo-eval --db nosuch.db --format table
.Ed'
	run scripts/examples cmd/new.1
	[ "$status" -eq 1 ]
	[[ $output = 'cmd/new.1: "slo-eval --db nosuch.db --format table ": exit code 66 instead of 0: '* ]]
	[[ $output != *first* ]]
}

@test "pages: the check fires: a command that is wrapped into two" {
	copy_tree
	page '.Dl tel-archive verify --archive arc >verified.jsonl || mail -s archive root'
	run scripts/examples cmd/new.1
	[ "$status" -eq 1 ]
	[[ $output = *'"root ": exit code 127 instead of 0: '* ]]
}

@test "pages: the check fires: a prompt, a line that is too wide, a file that is not there" {
	copy_tree
	page ".Bd -literal -offset indent
\$ prom-text --db tel.db
$(printf 'echo %080d' 0)
jq -c . nosuch.jsonl
.Ed"
	run scripts/examples cmd/new.1
	[ "$status" -eq 1 ]
	[[ $output = *'"$ prom-text --db tel.db '*'exit code 127'* ]]
	[[ $output = *'000": is wider than 80 columns'* ]]
	[[ $output = *'nosuch.jsonl: No such file'* ]]
}

@test "pages: the check fires: a command that prints nothing is in the table" {
	copy_tree
	page '.Dl tel-archive cat --archive arc --run nosuch'
	run scripts/examples cmd/new.1
	[ "$status" -eq 1 ]
	[[ $output = *'": prints nothing' ]]
	echo "expect new.1 'tel-archive cat' silent" >>tests/examples/table.sh
	scripts/examples cmd/new.1
}

@test "pages: the check fires: a row of the table that matches no example" {
	copy_tree
	page '.Dl echo text'
	echo "expect new.1 'echo other' silent" >>tests/examples/table.sh
	run scripts/examples cmd/new.1
	[ "$status" -eq 1 ]
	[ "$output" = 'cmd/new.1: "echo other": no example of the page begins like this' ]
}

@test "pages: the check fires: text that groff renders differently, and its warnings" {
	command -v groff >/dev/null || skip 'no groff'
	copy_tree
	page ".Bd -literal -offset indent
echo a\\(aqb\\(aq \\*[nosuch]
.Ed"
	run scripts/examples cmd/new.1
	[ "$status" -eq 1 ]
	[[ $output = *'groff warns: '*nosuch* ]]
}

@test "examples: the check fires: a file without a test, or of no kind" {
	copy_tree
	cp examples/maps/journald.jq examples/maps/new.jq
	mkdir examples/awk
	touch examples/awk/new.awk
	run scripts/example-files examples/maps/new.jq examples/awk/new.awk
	[ "$status" -eq 1 ]
	[ "${lines[0]}" = 'examples/maps/new.jq: has no test; put input for it into tests/examples/maps/new.in' ]
	[ "${lines[1]}" = 'examples/awk/new.awk: is of no kind that scripts/example-files can test' ]
	[ "${#lines[@]}" -eq 2 ]
	run scripts/examples examples/awk/new.awk
	[ "$output" = 'examples/awk/new.awk: "": does not say how it is used' ]
}

@test "examples: the check fires: other output, a line of cron, a unit" {
	copy_tree
	sed -i 's/type: "log"/type: "logs"/' examples/maps/journald.jq
	sed -i 's/count(\*) AS requests/1 AS requests/' examples/sql/requests-per-hour.sql
	sed -i 's/verify --archive/verfy --archive/; s/^17 3 /17 /' examples/cron/teltools
	sed -i 's/^Restart=/Restarts=/; s/--follow/--folow/' examples/systemd/tel-follow.service
	run scripts/example-files examples/*/{journald.jq,requests-per-hour.sql,teltools,tel-follow.service}
	[ "$status" -eq 1 ]
	[[ $output = *'examples/maps/journald.jq: --- '*'+{"type":"logs"'* ]]
	[[ $output = *'+2026-11-22 17:00|1|2'* ]]
	[[ $output = *'teltools: 17 * * * teltools set -o pipefail; '*': is not a line of a crontab'* ]]
	[[ $output = *'teltools: tel-archive verfy '*': exit code 64: '* ]]
	[[ $output = *'tel-follow.service: { /usr/local/bin/tel-ingest '*': exit code 64: '* ]]
	! command -v systemd-analyze >/dev/null || [[ $output = *"Unknown key"*"Restarts"* ]]
}
