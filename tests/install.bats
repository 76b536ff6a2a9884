#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# make install, make uninstall, scripts/deps.
# shellcheck shell=bash

setup() {
	load helper
	cd "$ROOT" || return 1
	DEST=$BATS_TEST_TMPDIR/dest
}

# The programs are built already; MAKEFLAGS of an outer make must not come in.
run_make() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make --no-print-directory B="$BUILD" -o all "$@"
}

@test "install: programs, pages and data below DESTDIR and PREFIX" {
	run_make install DESTDIR="$DEST" PREFIX=/opt/tel
	for source in cmd/*.c; do
		name=$(basename "$source" .c)
		[ -x "$DEST/opt/tel/bin/$name" ]
		"$DEST/opt/tel/bin/$name" --version
	done
	for page in cmd/*.[157]; do
		[ -f "$DEST/opt/tel/share/man/man${page##*.}/$(basename "$page")" ]
	done
	for slo in schema/slo/*.yaml; do
		cmp "$slo" "$DEST/opt/tel/share/teltools/slo/$(basename "$slo")"
	done
	[ -f "$DEST/opt/tel/share/teltools/schema/events.sql" ]
	[ "$(find "$DEST" -mindepth 1 -maxdepth 1)" = "$DEST/opt" ]
}

@test "install: everybody may read it, whatever the umask" {
	(umask 077 && run_make install DESTDIR="$DEST" PREFIX=/opt/tel)
	run find "$DEST/opt/tel/share" "$DEST/opt/tel/bin" ! -perm -o=r
	[ -z "$output" ]
	run find "$DEST/opt/tel/share" -type d ! -perm -o=x
	[ -z "$output" ]
}

@test "uninstall: removes what install put there, and nothing else" {
	run_make install DESTDIR="$DEST" PREFIX=/usr/local
	touch "$DEST/usr/local/bin/other" "$DEST/usr/local/share/teltools/slo/mine.yaml"
	run_make uninstall DESTDIR="$DEST" PREFIX=/usr/local
	run find "$DEST" -type f
	[ "$(sort <<<"$output")" = "$DEST/usr/local/bin/other
$DEST/usr/local/share/teltools/slo/mine.yaml" ]
	rm "$DEST/usr/local/share/teltools/slo/mine.yaml"
	run_make uninstall DESTDIR="$DEST" PREFIX=/usr/local
	[ ! -e "$DEST/usr/local/share/teltools" ]
}

@test "deps: silent when all is there" {
	command -v dpkg-query || skip 'this is not Debian'
	run scripts/deps build
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "deps: an unknown list is a usage error" {
	run scripts/deps everything
	[ "$status" -eq 64 ]
	[[ $output = *"unknown list 'everything'"* ]]
}

# A machine of cardboard: dpkg-query knows some packages, the others print what
# they are asked.
cardboard() {
	mkdir "$BATS_TEST_TMPDIR/bin"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
	cat >"$BATS_TEST_TMPDIR/bin/dpkg-query" <<-'END'
		#!/bin/sh
		shift 3
		for p; do
			case $p in
			libzstd-dev) [ -e "$CARDBOARD/installed" ] || continue ;;
			jq) echo "jq config-files"; continue ;;
			esac
			echo "$p installed"
		done
		[ ! -e "$CARDBOARD/installed" ] || echo "jq installed"
	END
	cat >"$BATS_TEST_TMPDIR/bin/apt-get" <<-'END'
		#!/bin/sh
		echo "apt-get $*" >>"$CARDBOARD/calls"
		case " $* " in
		*' update '*) touch "$CARDBOARD/updated" ;;
		*' install '*)
			[ -e "$CARDBOARD/updated" ] || exit 100
			[ -e "$CARDBOARD/refuse" ] && exit 100
			case " $* " in *' --simulate '*) ;; *) touch "$CARDBOARD/installed" ;; esac ;;
		esac
	END
	cat >"$BATS_TEST_TMPDIR/bin/apt-cache" <<-'END'
		#!/bin/sh
		[ "$2" != libzstd-dev ]
	END
	printf '#!/bin/sh\necho %s\n' "$1" >"$BATS_TEST_TMPDIR/bin/id"
	printf '#!/bin/sh\nexit 1\n' >"$BATS_TEST_TMPDIR/bin/sudo"
	chmod +x "$BATS_TEST_TMPDIR"/bin/*
	export CARDBOARD=$BATS_TEST_TMPDIR
}

@test "deps: root: updates the lists when it must, installs what is missing" {
	cardboard 0
	run scripts/deps build
	[ "$status" -eq 0 ] || { echo "$output"; false; }
	[ "$output" = 'scripts/deps: installing libzstd-dev jq' ]
	grep -q 'update' "$CARDBOARD/calls"
	grep -q 'install --no-install-recommends libzstd-dev jq$' "$CARDBOARD/calls"
}

@test "deps: root: leaves the lists alone when they suffice" {
	cardboard 0
	touch "$CARDBOARD/updated"
	run scripts/deps build
	[ "$status" -eq 0 ]
	run ! grep -q ' update' "$CARDBOARD/calls"
}

@test "deps: root: names the package that cannot be had" {
	cardboard 0
	touch "$CARDBOARD/refuse"
	run scripts/deps build
	[ "$status" -eq 69 ]
	[[ $output = *"no package 'libzstd-dev' in the package sources of this machine"* ]]
	[[ $output = *'cannot install: libzstd-dev jq'* ]]
	[[ $output != *"no package 'jq'"* ]]
}

@test "deps: not root and no terminal to ask on: prints the command, exits 69, changes nothing" {
	cardboard 1000
	run scripts/deps build </dev/null
	[ "$status" -eq 69 ]
	[ "$output" = 'scripts/deps: missing packages: libzstd-dev jq; run: sudo apt-get install --no-install-recommends libzstd-dev jq' ]
	[ ! -e "$CARDBOARD/calls" ]
}
