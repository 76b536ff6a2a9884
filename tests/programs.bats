#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What every program and every verb has in common. A new program or verb is tested
# without being named here, but for a normal run of a program.
# shellcheck shell=bash

setup() {
	load helper
	cd "$BATS_TEST_TMPDIR" || return 1
}

# each CHECK: runs it for each program, as $1. A check is not ended by the first
# command that fails, so it is a chain of &&.
each() {
	local source name
	for source in "$ROOT"/cmd/*.c; do
		name=$(basename "$source" .c)
		"$@" "$name" || { echo "$name: $*"; return 1; }
	done
}

# verbs_of PROGRAM: the verbs in its --help, one a line.
verbs_of() {
	"$1" --help | sed -n '/^Verbs:$/,/^$/ { s/^  //; t verb
		d; :verb
		s/  .*//p; }'
}

# each_verb CHECK: runs it for each verb of each program, as $1 and the words after it.
each_verb() {
	local source name verb words
	for source in "$ROOT"/cmd/*.c; do
		name=$(basename "$source" .c)
		while read -r verb; do
			read -ra words <<<"$verb"
			"$@" "$name" "${words[@]}" || { echo "$name $verb: $*"; return 1; }
		done < <(verbs_of "$name")
	done
}

help_is_product() {
	"$@" --help >help 2>err && [ ! -s err ] &&
		[[ $(head -n 1 help) = "usage: $* "* ]] &&
		"$@" -h 2>err | cmp -s - help && [ ! -s err ] || { cat help err; return 1; }
}

@test "every program and verb: --help and -h are on stdout, 0" {
	each help_is_product
	each_verb help_is_product
	[ "$(verbs_of tel-archive | head -n 2 | xargs)" = 'pack cat' ]
	tel-ingest dead -h | grep -q '^  dead show  '
}

help_is_narrow() {
	! "$@" --help | grep -E '.{81}'
}

@test "every program and verb: --help has at most 80 columns" {
	each help_is_narrow
	each_verb help_is_narrow
}

# Two examples of the program or verb, with no option that its help lacks.
has_two_examples() {
	local example options option count=0
	"$@" --help >help
	sed '/^Examples:$/,$d' help >options
	while IFS= read -r example; do
		count=$((count + 1))
		[[ $example = "  $* "* ]] || { echo "$example"; return 1; }
		example=${example%%|*} example=${example%%&&*}
		read -ra options < <(grep -oE -- '--[a-z-]+' <<<"$example" | xargs)
		for option in "${options[@]}"; do
			grep -qE -- "^ .* $option( |$)" options || { echo "$option"; return 1; }
		done
	done < <(sed '1,/^Examples:$/d' help)
	[ "$count" -eq 2 ]
}

@test "every program and verb: --help ends with two examples" {
	each has_two_examples
	each_verb has_two_examples
}

version_is_one_line() {
	[[ $("$@" --version) =~ ^$1\ [0-9]+\.[0-9]+\.[0-9]+(\ \([^ ()]+\))?$ ]]
}

@test "every program and verb: --version is one line" {
	each version_is_one_line
	each_verb version_is_one_line
}

wrong_option_is_usage() {
	local verb="${*:2}"
	run --separate-stderr "$@" --no-such-option
	[ "$status" -eq 64 ] && [ -z "$output" ] && [[ ${stderr-} = \
		"$1: ${verb:+$verb: }unknown option '--no-such-option'; see $* --help" ]]
}

@test "every program and verb: an unknown option is named, with the verb, 64" {
	each wrong_option_is_usage
	each_verb wrong_option_is_usage
}

near_option_is_named() {
	run --separate-stderr "$@" --hepl
	[ "$status" -eq 64 ] && [[ ${stderr-} = *'did you mean --help?' ]]
}

@test "every program and verb: a misspelt option gets a hint" {
	each near_option_is_named
	each_verb near_option_is_named
}

# A verb accepts the options that its own help lists, and of those of the program no
# other: what it does not take is an unknown option.
other_options_are_unknown() {
	local option
	"$1" --help | grep -oE '^ .{5}--[a-z-]+' | grep -oE -- '--.*' >all
	"$@" --help | grep -oE '^ .{5}--[a-z-]+' | grep -oE -- '--.*' >own
	[ -s own ] || return 1
	for option in $(grep -vxFf own all); do
		run --separate-stderr "$@" "$option"
		[ "$status" -eq 64 ] && [[ ${stderr-} = *"unknown option '$option'"* ]] ||
			{ echo "$option"; return 1; }
	done
}

@test "every verb: an option of another verb is unknown, 64" {
	each_verb other_options_are_unknown
}

make_inputs() {
	echo '{"type":"observation","ts_ms":1000,"run_id":"r1","name":"a","value":1}' |
		tel-ingest --db tel.db >/dev/null
	tel-archive pack --archive arc --db tel.db --keep >/dev/null
}

# normal_run PROGRAM: a run that prints something and has no error.
normal_run() {
	case $1 in
	dl-fetch) dl-fetch --out out </dev/null ;;
	prom-text) prom-text --db tel.db ;;
	slo-eval) slo-eval --db tel.db ;;
	tel-archive) tel-archive ls --archive arc ;;
	tel-ingest) tel-ingest --db tel.db </dev/null ;;
	*) echo "programs.bats: normal_run does not know $1" >&2 && return 99 ;;
	esac
}

runs_normally() {
	normal_run "$1" >product
	[ $? -le 2 ] && [ -s product ]
}

@test "every program: has a normal run here" {
	make_inputs
	each runs_normally
}

# full_disk_is_reported PROGRAM COMMAND...
full_disk_is_reported() {
	local name=$1 code=0
	shift
	"$@" 2>err >/dev/full || code=$?
	[ "$code" -eq 74 ] &&
		grep -qE "^$name: standard output: (No space left|.*is the disk full)" err ||
		{ cat err; return 1; }
}

full_disk_is_reported_always() {
	full_disk_is_reported "$1" "$1" --help &&
		full_disk_is_reported "$1" "$1" --version &&
		full_disk_is_reported "$1" normal_run "$1"
}

@test "every program: a full disk at stdout is reported, 74" {
	[ -c /dev/full ] || skip 'no /dev/full'
	make_inputs
	each full_disk_is_reported_always
}

full_disk_is_reported_by_verb() {
	full_disk_is_reported "$1" "$@" --help
}

@test "every verb: a full disk at stdout is reported, 74" {
	[ -c /dev/full ] || skip 'no /dev/full'
	each_verb full_disk_is_reported_by_verb
}

@test "a full disk at stdout is reported after another error too, 74" {
	[ -c /dev/full ] || skip 'no /dev/full'
	run -66 --separate-stderr tel-ingest --db tel.db no-such-file
	run -74 --separate-stderr bash -c 'tel-ingest --db tel.db no-such-file >/dev/full'
	[ "${stderr_lines[0]}" = 'tel-ingest: no-such-file: No such file or directory' ]
	[ "${stderr_lines[1]}" = 'tel-ingest: standard output: No space left on device' ]
}

closed_stdout_is_reported() {
	local code=0
	"$1" --version 2>err >&- || code=$?
	[ "$code" -eq 74 ] || return 1
	code=0
	normal_run "$1" 2>err >&- || code=$?
	[ "$code" -eq 74 ]
}

@test "every program: a closed stdout is reported, 74" {
	make_inputs
	each closed_stdout_is_reported
}

# gone_reader_is_quiet COMMAND...: its stdout is a pipe whose only reader is closed.
gone_reader_is_quiet() {
	local code=0 reader writer
	mkfifo pipe
	exec {reader}<>pipe {writer}>pipe {reader}>&-
	"$@" 2>err >&"$writer" {writer}>&- || code=$?
	exec {writer}>&-
	rm pipe
	[ "$code" -eq 141 ] && [ ! -s err ] || { echo "$code"; cat err; return 1; }
}

gone_reader_is_always_quiet() {
	gone_reader_is_quiet "$1" --help && gone_reader_is_quiet normal_run "$1"
}

@test "every program: ends quietly by SIGPIPE when its reader has gone" {
	make_inputs
	each gone_reader_is_always_quiet
}

# What a letter stands for in every program that has it.
letters='d db  a archive  F format  r run  f follow  n dry-run  s source  t table
	w wait  q quiet  v verbose  h help'

# letters_of PROGRAM: its options with a letter, one a line: letter, name, program.
letters_of() {
	"$1" --help | sed -nE "s/^  -(.), --([a-z0-9-]+).*/\1 \2 $1/p"
}

# strange_letters: of the lines of letters_of on stdin, those whose letter stands for
# something else: in $letters, or in another program.
strange_letters() {
	sort | awk -v letters="$letters" '
	BEGIN {
		n = split(letters, word)
		for (i = 1; i < n; i += 2) {
			name[word[i]] = word[i + 1]
			is_fixed[word[i]] = 1
		}
	}
	{
		line[NR] = $0
		letter[NR] = $1
		if (!($1 in name))
			name[$1] = $2
		else if (name[$1] != $2)
			strange[$1, is_fixed[$1] ? $2 : ""] = 1
	}
	END {
		for (i = 1; i <= NR; i++) {
			split(line[i], part, " ")
			if ((part[1], part[2]) in strange || (part[1], "") in strange)
				print line[i]
		}
	}'
}

@test "every program: a letter means the same everywhere" {
	# These break the rule. Who mends one takes it out of the list.
	cat >known <<-'END'
		a at slo-eval
		f format slo-eval
		f from tel-archive
		m map tel-ingest
		m max dl-fetch
		n limit tel-ingest
		r rate dl-fetch
		r reason tel-ingest
		s slo slo-eval
		t timeout dl-fetch
		w window slo-eval
		w workers dl-fetch
	END
	each letters_of | strange_letters >strange
	diff known strange
}

@test "a letter that means something else is noticed" {
	run strange_letters <<-'END'
		d db one
		d days two
		h host three
		k keep one
		k keep two
		x exact one
		x extra two
		y year one
	END
	[ "$(tr '\n' , <<<"$output")" = 'd days two,h host three,x exact one,x extra two,' ]
}
