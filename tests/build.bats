#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What make notices, what it passes on, what it says. A copy of the tree is built
# once; each test changes a little of the copy and puts that back.
# shellcheck shell=bash

setup_file() {
	load helper
	export COPY=$BATS_FILE_TMPDIR/tree
	mkdir "$COPY"
	(cd "$ROOT" && cp -r --parents -t "$COPY" Makefile cmd lib schema scripts tests/tests.mk)
	run_make -j2
}

setup() {
	load helper
	cd "$COPY" || return 1
	B=build/release
}

# run_make [ARGUMENT]...: in the copy, whatever an outer make wants. Nothing is
# optimised; _FORTIFY_SOURCE would complain of that.
run_make() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u MODE -u V -u COMMIT -u CXXFLAGS -u LDFLAGS \
		make --no-print-directory -C "$COPY" CFLAGS=-O0 CPPFLAGS=-U_FORTIFY_SOURCE "$@" 2>&1
}

has_symbol() {
	nm "$1" 2>/dev/null | grep " T $2\$"
}

# extra_function NAME: a source that has it.
extra_function() {
	printf 'int %s(void);\nint\n%s(void)\n{\n\treturn 1;\n}\n' "$1" "$1"
}

# commands GOAL [ARGUMENT]...: what make would do for the goal, from nothing.
commands() {
	run_make -n B="$BATS_TEST_TMPDIR/none" "$BATS_TEST_TMPDIR/none/$1" "${@:2}"
}

@test "a second make has nothing to do" {
	run run_make
	[ "$output" = "make: Nothing to be done for 'all'." ] || { echo "$output"; false; }
	run_make -q
}

@test "an object that is missing is made again" {
	rm $B/lib/base/err.o
	run run_make
	[[ $output = *'CC   lib/base/err.c'* ]]
	[[ $output != *'CC   lib/base/mem.c'* ]]
	[ -e $B/lib/base/err.o ]
	[[ $output = *"LINK $B/bin/tel-archive"* ]]
}

@test "a source that was moved to another room is noticed, however old it is" {
	touch -d 2001-01-01 lib/archive/cleanup.c
	mv lib/archive/cleanup.c lib/base/
	run run_make $B/libtel.a
	[ "$status" -eq 0 ] && [[ $output = *'CC   lib/base/cleanup.c'* ]]
	[ ! -e $B/lib/archive/cleanup.o ] && [ ! -e $B/lib/archive/cleanup.d ]
	[ "$(ar t $B/libtel.a | grep -c '^cleanup.o$')" -eq 1 ]
	mv lib/base/cleanup.c lib/archive/
	run run_make
	[ "$status" -eq 0 ] && [[ $output = *'CC   lib/archive/cleanup.c'* ]]
	run_make -q
}

@test "a source that was removed leaves the library and the build" {
	extra_function extra_of_base >lib/base/extra.c
	run_make $B/libtel.a
	has_symbol $B/libtel.a extra_of_base
	rm lib/base/extra.c
	run_make
	run ! has_symbol $B/libtel.a extra_of_base
	[ ! -e $B/lib/base/extra.o ] && [ ! -e $B/lib/base/extra.d ]
}

@test "a removed file of a program is noticed, by that program alone" {
	mkdir cmd/dl-fetch
	extra_function extra_of_program >cmd/dl-fetch/extra.c
	run_make
	has_symbol $B/bin/dl-fetch extra_of_program
	rm -r cmd/dl-fetch
	run run_make
	[ "$status" -eq 0 ] || { echo "$output"; false; }
	[ "$(grep -c LINK <<<"$output")" -eq 1 ]
	run ! has_symbol $B/bin/dl-fetch extra_of_program
	[ ! -e $B/cmd/dl-fetch/extra.o ]
}

@test "a removed file of a tool is noticed, and one of the library" {
	mkdir tests/origin
	echo 'int main(void) { return 0; }' >tests/origin/origin.c
	extra_function extra_of_tool | tee scripts/schema-extra.c >tests/origin/extra.c
	extra_function extra_of_base >lib/base/extra.c
	tools=("$B/schema-dump" "$B/tests/origin/origin")
	run_make "${tools[@]}"
	for tool in "${tools[@]}"; do has_symbol "$tool" extra_of_tool; done
	run_make -q "${tools[@]}"
	rm scripts/schema-extra.c tests/origin/extra.c
	run_make "${tools[@]}"
	for tool in "${tools[@]}"; do run ! has_symbol "$tool" extra_of_tool; done
	[ ! -e $B/scripts/schema-extra.o ] && [ ! -e $B/tests/origin/extra.o ]
	has_symbol $B/schema-dump extra_of_base
	rm lib/base/extra.c
	run_make "${tools[@]}"
	run ! has_symbol $B/schema-dump extra_of_base
	rm -r tests/origin
	run_make
}

@test "a header may go when nothing includes it any more" {
	echo '#define EXTRA 1' >lib/base/extra.h
	{ echo '#include "base/extra.h"'; extra_function extra; } >lib/base/extra.c
	run_make $B/libtel.a
	rm lib/base/extra.h
	run run_make $B/libtel.a
	[ "$status" -ne 0 ] && [[ $output = *'base/extra.h'* ]]
	extra_function extra >lib/base/extra.c
	run_make $B/libtel.a
	rm lib/base/extra.c
	run_make
}

@test "changed flags of the linker: the programs are linked again, nothing is compiled" {
	run run_make LDFLAGS=-Wl,-O1
	[[ $output = *"LINK $B/bin/prom-text"* ]] && [[ $output != *' CC '* ]]
	run_make
}

@test "a program without its packages is told in one line" {
	cp cmd/prom-text.c cmd/new-one.c
	run run_make
	rm cmd/new-one.c
	[ "$status" -ne 0 ]
	[[ $output = Makefile:*'add PKGS.new-one, the libraries that cmd/new-one.c links'* ]]
	[ "${#lines[@]}" -eq 1 ]
}

@test "a mode that is unknown is refused in one line, which names those that there are" {
	run run_make MODE=relese
	[ "$status" -ne 0 ]
	[[ $output = Makefile:*'MODE=relese is none of asan fuzz plain release'* ]]
	[ "${#lines[@]}" -eq 1 ]
	run_make -n MODE=asan >/dev/null
}

@test "make clean and make help work in a tree that make refuses" {
	cp cmd/prom-text.c cmd/new-one.c
	run run_make help MODE=relese
	[ "$status" -eq 0 ] && [[ $output = *'make clean '* ]]
	run run_make -n clean MODE=relese
	[ "$status" -eq 0 ] && [ "$output" = 'rm -rf build' ]
	run run_make -n clean all
	rm cmd/new-one.c
	[ "$status" -ne 0 ] && [[ $output = *'add PKGS.new-one'* ]]
}

@test "a warning of a file that is up to date is found by make warnings, which lint runs" {
	printf 'int extra(void);\nint\nextra(void)\n{\n\tint unused_one;\n\n\treturn 1;\n}\n' \
		>lib/base/extra.c
	run run_make
	[ "$status" -eq 0 ] && [[ $output = *unused_one* ]]
	run run_make DEVELOPER=1 warnings C_FILES=lib/base/extra.c CC_FILES=
	[ "$status" -ne 0 ] && [[ $output = *'error: '*unused_one* ]]
	mv lib/base/extra.c lib/base/extra.cc
	run run_make DEVELOPER=1 warnings C_FILES= CC_FILES=lib/base/extra.cc
	[ "$status" -ne 0 ] && [[ $output = *'error: '*unused_one* ]]
	rm lib/base/extra.cc
	run_make
	run run_make -n lint
	[[ $output = *' DEVELOPER=1 warnings'* ]]
	[[ $output = *' DEVELOPER=1 CC=clang CXX=clang++ warnings'* ]]
}

@test "what only clang warns of is found by make warnings with it" {
	command -v clang || skip 'no clang'
	printf 'const char *extra(void);\nconst char *\nextra(void)\n{\n\treturn "ab" + 1;\n}\n' \
		>lib/base/extra.c
	run run_make DEVELOPER=1 warnings C_FILES=lib/base/extra.c CC_FILES=
	[ "$status" -eq 0 ] || { echo "$output"; false; }
	run run_make DEVELOPER=1 CC=clang warnings C_FILES=lib/base/extra.c CC_FILES=
	rm lib/base/extra.c
	[ "$status" -ne 0 ] && [[ $output = *-Wstring-plus-int* ]]
}

@test "CPPFLAGS and CFLAGS reach C, CPPFLAGS and CXXFLAGS reach C++" {
	flags=(V=1 CPPFLAGS=-DOF_CPP CFLAGS=-DOF_C)
	run commands lib/base/err.o "${flags[@]}" CXXFLAGS=-DOF_CXX
	[[ ${lines[-1]} = *'-DOF_CPP -DOF_C '* ]] && [[ ${lines[-1]} != *-DOF_CXX* ]]
	run commands lib/json/json.o "${flags[@]}" CXXFLAGS=-DOF_CXX
	[[ ${lines[-1]} = *'-DOF_CPP -DOF_CXX '* ]] && [[ ${lines[-1]} != *'-DOF_C '* ]]
	run commands lib/json/json.o "${flags[@]}"
	[[ ${lines[-1]} = *'-DOF_CPP -DOF_C '* ]]
	run commands lib/json/json.o MODE=asan CXXFLAGS=-DOF_CXX
	[[ ${lines[-1]} = *-fsanitize=address,undefined*-DOF_CXX* ]]
	mkdir tests/fault
	touch tests/fault/fault.c
	run commands tests/fault/fault.so "${flags[@]}" LDFLAGS=-Wl,-O1
	rm -r tests/fault
	[[ ${lines[-1]} = *'-DOF_CPP -DOF_C '*' -shared -Wl,-O1 '* ]]
}

@test "_FORTIFY_SOURCE is ours, unless the flags of the caller say something of it" {
	run commands lib/base/err.o CPPFLAGS=
	[[ ${lines[-1]} = *'-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2'* ]]
	run commands lib/base/err.o CPPFLAGS=-D_FORTIFY_SOURCE=3
	[[ ${lines[-1]} = *-D_FORTIFY_SOURCE=3* ]]
	[[ ${lines[-1]} != *-D_FORTIFY_SOURCE=2* ]]
	# What is said for one language leaves the other alone.
	run commands lib/base/err.o CPPFLAGS= CXXFLAGS=-D_FORTIFY_SOURCE=3
	[[ ${lines[-1]} = *-D_FORTIFY_SOURCE=2* ]]
	run commands lib/json/json.o CPPFLAGS= CXXFLAGS=-D_FORTIFY_SOURCE=3
	[[ ${lines[-1]} = *-D_FORTIFY_SOURCE=3* ]] && [[ ${lines[-1]} != *-D_FORTIFY_SOURCE=2* ]]
	run commands lib/json/json.o CPPFLAGS= CFLAGS=-D_FORTIFY_SOURCE=3 CXXFLAGS=-O1
	[[ ${lines[-1]} = *-D_FORTIFY_SOURCE=2* ]]
}

@test "libraries: what pkg-config says, asked once a package" {
	cat >"$BATS_TEST_TMPDIR/pkg" <<-'END'
		#!/bin/sh
		for package; do :; done
		echo "$package" >>"$0.calls"
		[ "$package" != libjq ] && echo "-I/opt/$package -L/opt/$package -l$package-5"
	END
	chmod +x "$BATS_TEST_TMPDIR/pkg"
	run commands bin/tel-ingest PKG_CONFIG="$BATS_TEST_TMPDIR/pkg"
	[[ ${lines[-1]} = *' -L/opt/simdjson -lsimdjson-5 -ljq -lm -L/opt/libzstd'* ]]
	[[ ${lines[-1]} != *-I/opt* ]]
	[[ $output = *'-I/opt/sqlite3 '*' -c -o '*/lib/base/err.o* ]]
	[ -z "$(sort "$BATS_TEST_TMPDIR/pkg.calls" | uniq -d)" ]
}

@test "libraries: without pkg-config their names are guessed" {
	run commands bin/tel-ingest PKG_CONFIG=/nowhere/pkg-config
	[[ ${lines[-1]} = *' -lsqlite3 -lsimdjson -ljq -lm -lzstd -lz -lcrypto -lstdc++ '* ]]
}

# refused FOLDER/NAME PATTERN: make says so of the file that stdin is.
refused() {
	cat >"schema/$1"
	run run_make
	rm "schema/$1"
	[ "$status" -ne 0 ]
	grep -E "schema/$1: $2" <<<"$output" || { echo "$output"; false; }
}

metric() {
	printf -- '-- metric: %s\n-- type: %s\n-- help: h\n%s\n' "$@"
}

@test "make reports a metric or an objective that the programs would refuse, and removes them" {
	metric tel_other gauge 'SELECT 1 AS value' |
		refused metric/tel/tel_name.sql \
			'line 1: metric: tel_other; the file must be named tel_other.sql'
	metric tel_some_total gauge 'SELECT 1 AS value' |
		refused metric/tel/tel_some_total.sql \
			'line 1: metric tel_some_total: a name that ends in _total is that of a counter'
	metric tel_wrong gauge 'SELECT 1 AS value FROM no_table WHERE run_id = :run_id' |
		refused metric/tel/tel_wrong.sql 'line 4: .*no such table: no_table'
	echo 'apiVersion: openslo/v1' | refused slo/wrong.yaml ''
	metric tel_other gauge 'SELECT 1 AS value' >schema/metric/tel/tel_name.sql
	[ ! -e build/release/bin/prom-text ] && [ ! -e build/release/bin/slo-eval ]
	run_make CHECK_TEXTS=0
	[ -x build/release/bin/prom-text ]
	rm schema/metric/tel/tel_name.sql
	run_make
}

@test "--version: no commit without git, the one that make is given" {
	[ "$($B/bin/prom-text --version)" = "prom-text $(sed -n 's/^#define PROG_VERSION "\(.*\)"/\1/p' \
		lib/base/prog.h)" ]
	run run_make COMMIT=r1
	[ "$status" -eq 0 ] && [[ $output != *' CC '* ]] && [[ $output != *' AR '* ]]
	[[ $($B/bin/prom-text --version) = *' (r1)' ]]
	run_make -q COMMIT=r1
	run_make
}

@test "--version: the commit of a checkout, with + when the tree has changes" {
	command -v git || skip 'no git'
	git -c init.defaultBranch=main init -q
	git add Makefile
	git -c user.name=n -c user.email=e -c commit.gpgSign=false commit -qm m
	run_make
	commit=$(git rev-parse --short=7 HEAD)
	run $B/bin/prom-text --version
	echo '#' >>Makefile
	run_make
	dirty=$($B/bin/prom-text --version)
	git checkout -q Makefile
	rm -rf .git
	[[ $output = *" ($commit)" ]]
	[[ $dirty = *" ($commit+)" ]]
	run_make
}

@test "run-tests: a suite that is missing is a failure" {
	cd "$BATS_TEST_TMPDIR"
	printf '#!/bin/sh\necho 1..1\necho ok 1 one\n' >one
	chmod +x one
	run "$ROOT/scripts/run-tests" logs "$PWD/one"
	[ "$status" -eq 0 ] && [ "${lines[-1]}" = '1 passed, 0 failed' ]
	run "$ROOT/scripts/run-tests" logs "$PWD/one" "$PWD/gone"
	[ "$status" -eq 1 ] && [ "$output" = "run-tests: $PWD/gone is missing; no test was run" ]
}

# A make of two files and one warning; the second one, with CODE=1, fails.
small_make() {
	# The flags of an outer make, with its job server, would add warnings.
	unset MAKEFLAGS MFLAGS MAKELEVEL
	cd "$BATS_TEST_TMPDIR" || return 1
	cat >Makefile <<-'END'
		.RECIPEPREFIX = >
		all: a b
		a b:
		>@printf '  %-4s %s\n' CC $@.c
		>@echo 'a warning' >&2
		>@[ $@ = a ] || exit $(CODE)
		>@printf '  %-4s %s\n' LINK $@
	END
}

@test "progress: one line, then messages on stderr; exits with the code of make" {
	small_make
	run --separate-stderr "$ROOT/scripts/progress" make CODE=0
	[ "$status" -eq 0 ] && [ "$output" = 'files to compile: 2' ]
	[ "${stderr-}" = $'a warning\na warning' ]
	run "$ROOT/scripts/progress" make CODE=1
	[ "$status" -eq 2 ] && [[ $output = *'Error 1'* ]]
	touch a b
	run "$ROOT/scripts/progress" make -s CODE=0
	[ "$status" -eq 0 ] && [ -z "$output" ]
}

@test "progress: on a terminal the line is written again" {
	need_terminal
	small_make
	run script -qec "'$ROOT/scripts/progress' make CODE=0 2>errors" /dev/null
	[ "${output//$'\r'/|}" = '|compiling 1 of 2|
|compiling 2 of 2|' ]
}
