#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The rules of the house. programs.bats has what every program has in common.
# shellcheck shell=bash

setup() {
	load helper
	cd "$ROOT" || return 1
	PLAIN=$BUILD/plain
}

# stale_objects OBJECT...: those that are missing, or older than a file that they were
# compiled from, which is in OBJECT.d.
stale_objects() {
	local object source
	for object; do
		[ -e "$object" ] && [ -e "${object%.o}.d" ] || echo "$object is missing"
	done
	awk '/^[^ ].*:$/ { next }
	{ for (i = FNR == 1 ? 2 : 1; i <= NF; i++) if ($i != "\\") print FILENAME, $i }' \
		"${@/%.o/.d}" 2>/dev/null | while read -r object source; do
		object=${object%.d}.o
		! [ "$source" -nt "$object" ] || echo "$object is older than $source"
	done
}

# The objects of lib and cmd that were compiled without optimisation: those of the
# sources that there are, since the build may hold others.
plain_objects() {
	local source stale
	objects=()
	for source in lib/*/*.c lib/*/*.cc cmd/*.c cmd/*/*.c; do
		objects+=("$PLAIN/${source%.*}.o")
	done
	stale=$(stale_objects "${objects[@]}" | head -n 3)
	[ -z "$stale" ] || {
		printf '%s\n' "$stale" \
			"run: make MODE=plain B=${PLAIN#"$ROOT/"} DEVELOPER=1 objects"
		return 1
	}
}

@test "objects: one that is missing or old fails the tests that read symbols" {
	cd "$BATS_TEST_TMPDIR"
	PLAIN=$PWD/plain
	mkdir -p {.,plain}/{lib/io,cmd/one}
	touch lib/io/{a.c,b.cc,a.h} cmd/one.c cmd/one/x.c
	run plain_objects
	[ "$status" -eq 1 ]
	[ "${lines[0]}" = "$PLAIN/lib/io/a.o is missing" ]
	[ "${lines[-1]}" = "run: make MODE=plain B=$PLAIN DEVELOPER=1 objects" ]
	touch -d 2001-01-01 lib/io/* cmd/*.c cmd/*/*.c
	for object in lib/io/a lib/io/b cmd/one cmd/one/x; do
		touch "plain/$object.o"
		printf 'plain/%s.o: %s.c \\\n lib/io/a.h\nlib/io/a.h:\n' "$object" "$object" \
			>"plain/$object.d"
	done
	plain_objects
	[ "${#objects[@]}" -eq 4 ]
	touch -d 2031-01-01 cmd/one/x.c
	run plain_objects
	[ "$status" -eq 1 ] && [ "${lines[0]}" = "$PLAIN/cmd/one/x.o is older than cmd/one/x.c" ]
	touch -d 2001-01-01 cmd/one/x.c
	touch -d 2031-01-01 lib/io/a.h
	run plain_objects
	[ "$status" -eq 1 ] && [ "${lines[0]}" = "$PLAIN/lib/io/a.o is older than lib/io/a.h" ]
}

@test "objects: each check of symbols fails for one that does not exist" {
	cd "$BATS_TEST_TMPDIR"
	mkdir -p lib/io
	echo 'int a(void); int a(void) { return 1; }' >lib/io/a.c
	echo 'int a(void); int main(void) { return a(); }' >lib/io/b.c
	cc -O0 -c -o lib/io/a.o lib/io/a.c
	cc -O0 -c -o lib/io/b.o lib/io/b.c
	for check in 'layers --symbols' 'circles --symbols' foreign singleuse variables; do
		# shellcheck disable=SC2086 # a name and its option
		"$ROOT"/scripts/$check lib/io/a.o lib/io/b.o
		# shellcheck disable=SC2086
		run "$ROOT"/scripts/$check lib/io/a.o lib/io/b.o lib/io/gone.o
		[ "$status" -ne 0 ] && [[ $output = *lib/io/gone.o* ]] || { echo "$check"; false; }
	done
}

@test "layers: no file includes another room of its own floor or of a higher one" {
	scripts/layers lib/*/*.[ch] lib/*/*.cc cmd/*.c cmd/*/*.[ch]
}

@test "layers: no object calls another room of its own floor or of a higher one" {
	plain_objects
	scripts/layers --symbols "${objects[@]}"
}

# has_house FILE: it has the line of rooms; blanks and ends of lines do not matter.
has_house() {
	tr -s ' \n' '  ' <"$1" | grep -qF "$(scripts/layers --house)" || {
		echo "$1: lacks the line of rooms of scripts/layers --house: $(scripts/layers --house)"
		return 1
	}
}

@test "layers: the README and the design have the line of rooms that is checked" {
	for text in README.md "$DATA/../DESIGN.md"; do
		! [ -e "$text" ] || has_house "$text"
	done
	sed 's/^    schema < base/    schema < bass/' README.md >"$BATS_TEST_TMPDIR/wrong.md"
	run has_house "$BATS_TEST_TMPDIR/wrong.md"
	[ "$status" -eq 1 ]
	[ "$output" = "$BATS_TEST_TMPDIR/wrong.md: lacks the line of rooms of scripts/layers \
--house: $(scripts/layers --house)" ]
}

@test "layers: the check fires" {
	mkdir -p "$BATS_TEST_TMPDIR/lib/base"
	cd "$BATS_TEST_TMPDIR"
	echo '#include "tel/event.h"' >lib/base/wrong.c
	run "$ROOT/scripts/layers" lib/base/wrong.c
	[ "$status" -eq 1 ]
	[ "$output" = 'lib/base/wrong.c:1: base must not include tel' ]
	printf '#include <%s>\n' sys/stat.h store/store.h >lib/base/wrong.c
	run "$ROOT/scripts/layers" lib/base/wrong.c
	[ "$output" = 'lib/base/wrong.c:2: a header of lib/store is included in quotes' ]
	mkdir -p cmd/one
	printf '#include "cmd/one/%s.h"\n' a b >cmd/one.c
	echo '#include "cmd/two/a.h"' >cmd/one/a.c
	run "$ROOT/scripts/layers" cmd/one.c cmd/one/a.c
	[ "$status" -eq 1 ]
	[ "$output" = 'cmd/one/a.c:1: "cmd/two/a.h" belongs to another program' ]
}

@test "layers: the check fires for a room of the same floor" {
	mkdir -p "$BATS_TEST_TMPDIR/lib/jq"
	cd "$BATS_TEST_TMPDIR"
	printf '#include "%s"\n' store/store.h base/err.h nosuch/x.h >lib/jq/wrong.c
	run "$ROOT/scripts/layers" lib/jq/wrong.c
	[ "$status" -eq 1 ]
	[ "${lines[0]}" = 'lib/jq/wrong.c:1: jq must not include store' ]
	[ "${lines[1]}" = 'lib/jq/wrong.c:3: "nosuch/x.h" is in no room' ]
	[ "${#lines[@]}" -eq 2 ]
}

@test "layers: the check of symbols fires" {
	cd "$BATS_TEST_TMPDIR"
	mkdir -p lib/tel lib/store cmd/one cmd/two
	echo 'int store_of(void); int low(void); int low(void) { return store_of(); }' >lib/tel/low.c
	echo 'int store_of(void); int store_of(void) { return 1; }' >lib/store/store.c
	echo 'int of_two(void); int main(void) { return of_two(); }' >cmd/one.c
	echo 'int of_two(void); int of_two(void) { return 1; }' >cmd/two/x.c
	for source in lib/*/*.c cmd/one.c cmd/two/x.c; do
		cc -O0 -c -o "${source%.c}.o" "$source"
	done
	run "$ROOT/scripts/layers" --symbols lib/*/*.o cmd/one.o cmd/two/x.o
	[ "$status" -eq 1 ]
	[[ $output = *'lib/tel/low: tel must not call store_of of lib/store/store'* ]]
	[[ $output = *'cmd/one: of_two belongs to another program'* ]]
	[ "${#lines[@]}" -eq 2 ]
}

@test "circles: no two modules of a room include each other" {
	scripts/circles lib/*/*.[ch] lib/*/*.cc cmd/*.c cmd/*/*.[ch]
}

@test "circles: no two modules of a room call each other" {
	plain_objects
	scripts/circles --symbols "${objects[@]}"
}

@test "circles: the check fires for a circle of several modules" {
	mkdir -p "$BATS_TEST_TMPDIR/lib/io"
	cd "$BATS_TEST_TMPDIR"
	echo '#include "io/b.h"' >lib/io/a.h
	echo '#include "io/c.h"' >lib/io/b.c
	echo '#include "io/a.h"' >lib/io/c.h
	printf '#include "io/%s.h"\n' a user >lib/io/user.c
	run "$ROOT/scripts/circles" lib/io/*.[ch]
	[ "$status" -eq 1 ]
	[ "${lines[0]}" = 'lib/io/a -> lib/io/b is part of a circle: lib/io/a.h:1' ]
	[ "${lines[1]}" = 'lib/io/b -> lib/io/c is part of a circle: lib/io/b.c:1' ]
	[ "${lines[2]}" = 'lib/io/c -> lib/io/a is part of a circle: lib/io/c.h:1' ]
	[ "${#lines[@]}" -eq 3 ]
}

@test "circles: x.c, x_private.h, x.h are not a circle" {
	mkdir -p "$BATS_TEST_TMPDIR/lib/io"
	cd "$BATS_TEST_TMPDIR"
	echo '#include "io/x.h"' >lib/io/x_private.h
	printf '#include "io/%s.h"\n' x x_private >lib/io/x.c
	echo '#include "io/x_private.h"' >lib/io/x_a.c
	"$ROOT/scripts/circles" lib/io/*.[ch]
	# An include in the header makes a circle.
	echo '#include "io/x_private.h"' >lib/io/x.h
	run "$ROOT/scripts/circles" lib/io/*.[ch]
	[ "$status" -eq 1 ]
	[ "${lines[0]}" = 'lib/io/x -> lib/io/x_private is part of a circle: lib/io/x.h:1' ]
	[ "${#lines[@]}" -eq 2 ]
}

@test "circles: the check of symbols fires" {
	mkdir -p "$BATS_TEST_TMPDIR/lib/io" "$BATS_TEST_TMPDIR/cmd/one"
	cd "$BATS_TEST_TMPDIR"
	echo 'int b(void); int a(void); int a(void) { return b(); }' >lib/io/a.c
	echo 'int c(void); int b(void); int b(void) { return c(); }' >lib/io/b.c
	echo 'int a(void); int c(void); int c(void) { return a(); }' >lib/io/c.c
	echo 'int y(void); int a(void); int x; int main(void) { return y() + a(); }' >cmd/one.c
	echo 'extern int x; int y(void); int y(void) { return x; }' >cmd/one/y.c
	for source in lib/io/*.c cmd/one.c cmd/one/y.c; do
		cc -O0 -fno-common -c -o "${source%.c}.o" "$source"
	done
	run "$ROOT/scripts/circles" --symbols "$PWD"/lib/io/*.o cmd/one.o cmd/one/y.o
	[ "$status" -eq 1 ]
	[ "${lines[0]}" = 'cmd/one -> cmd/one/y is part of a circle: y' ]
	[ "${lines[1]}" = 'cmd/one/y -> cmd/one is part of a circle: x' ]
	[ "${lines[2]}" = 'lib/io/a -> lib/io/b is part of a circle: b' ]
	[ "${lines[3]}" = 'lib/io/b -> lib/io/c is part of a circle: c' ]
	[ "${lines[4]}" = 'lib/io/c -> lib/io/a is part of a circle: a' ]
	[ "${#lines[@]}" -eq 5 ]
}

@test "warnings: make warnings compiles all C and C++ of the tree" {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -n --no-print-directory warnings |
		grep -oE "[a-z0-9_/-]+\.cc?\b" | sort >"$BATS_TEST_TMPDIR/compiled"
	find lib cmd scripts tests -name '*.c' -o -name '*.cc' | sort |
		diff "$BATS_TEST_TMPDIR/compiled" -
}

@test "foreign: each library is called from one place, and no banned function is called" {
	plain_objects
	scripts/foreign "${objects[@]}"
}

@test "foreign: the check fires" {
	mkdir -p "$BATS_TEST_TMPDIR/lib/tel"
	cd "$BATS_TEST_TMPDIR"
	cat >lib/tel/wrong.c <<-'END'
		#include <stdio.h>
		#include <string.h>
		void *fopen_it(char *out, const char *in);
		int sqlite3_close(void *db);
		void MHD_start(void);
		long tim_now_ms(void);
		int tel_right(void);
		void *fopen_it(char *out, const char *in)
		{ strcpy(out, in); puts(in); sqlite3_close(out); remove(in); tim_now_ms();
		tel_right(); MHD_start(); return fopen(in, "r"); }
	END
	echo 'int tel_right(void); int tel_right(void) { return 0; }' >lib/tel/right.c
	echo 'long tim_now_ms(void); long tim_now_ms(void) { return 0; }' >lib/tel/tim.c
	for name in wrong right tim; do
		cc -O0 -fno-builtin -c -o lib/tel/$name.o lib/tel/$name.c
	done
	run "$ROOT/scripts/foreign" lib/tel/*.o
	[ "$status" -eq 1 ]
	[[ $output = *'tel/wrong: calls strcpy, which is banned'* ]]
	[[ $output = *'tel/wrong: uses puts; only programs print and exit'* ]]
	for name in fopen remove tim_now_ms; do
		[[ $output = *"tel/wrong: calls $name; lib/tel must not use files, clocks or chance"* ]]
	done
	[[ $output != *tel_right* ]]
	[[ $output = *'calls sqlite3_close, which belongs to lib/db/db.c; call lib/db/db.h instead'* ]]
	[[ $output = *'calls MHD_start, which belongs to lib/io/serve.c; call lib/io/serve.h instead'* ]]
}

@test "foreign: the files that messages send to are there" {
	cd "$BATS_TEST_TMPDIR"
	mkdir -p lib/store
	{
		# One function for each prefix that a library has.
		sed -n 's/^\thome\["/&/; s/ = home\["/\n\thome["/g; p' "$ROOT/scripts/foreign" |
			sed -n 's/^\thome\["\([^"]*\)".*/void \1x(void);/p' | tee declared
		echo 'void all(void); void all(void) {'
		sed 's/^void //; s/(void)/()/' declared
		echo '}'
	} >lib/store/wrong.c
	cc -O0 -c -o lib/store/wrong.o lib/store/wrong.c
	run "$ROOT/scripts/foreign" lib/store/wrong.o
	[ "${#lines[@]}" -eq "$(wc -l <declared)" ] && [ "${#lines[@]}" -gt 10 ]
	grep -oE 'lib/[a-z/]+\.(cc?|h)' <<<"$output" >files
	[ "$(grep -c '\.h$' files)" -gt 10 ]
	for file in $(<files); do
		[ -e "$ROOT/$file" ] || { echo "$file"; false; }
	done
}

@test "foreign: only REQUIRE and mem_exhausted end the program, and the check fires" {
	mkdir -p "$BATS_TEST_TMPDIR/lib/tel" "$BATS_TEST_TMPDIR/lib/base"
	cd "$BATS_TEST_TMPDIR"
	printf '%s\n' '#include <assert.h>' '#include <stdlib.h>' 'void end(int i);' \
		'void end(int i) { assert(i > 0); abort(); }' >lib/tel/wrong.c
	cc -O0 -c -o lib/tel/wrong.o lib/tel/wrong.c
	cp lib/tel/wrong.o lib/base/right.o
	run "$ROOT/scripts/foreign" lib/tel/wrong.o lib/base/right.o
	[ "$status" -eq 1 ]
	[[ $output = *'tel/wrong: calls abort; REQUIRE and mem_exhausted do that'* ]]
	[[ $output = *'tel/wrong: calls __assert_fail; REQUIRE and mem_exhausted do that'* ]]
	[ "${#lines[@]}" -eq 2 ]
}

# The objects of tests and tools that were built: they too are callers.
callers() {
	local source
	callers=()
	while read -r source; do
		! [ -e "$BUILD/${source%.c}.o" ] || callers+=("$BUILD/${source%.c}.o")
	done < <(find tests scripts -name '*.c')
}

@test "singleuse: a global symbol is used by another file" {
	plain_objects
	callers
	scripts/singleuse "${objects[@]}" "${callers[@]}"
}

@test "singleuse: the check fires" {
	cd "$BATS_TEST_TMPDIR"
	mkdir -p lib/tel tests
	echo 'int one(void); int two(void); int tested(void); static int own(void) { return 1; }
		int one(void) { return own(); } int two(void) { return 2; }
		int tested(void) { return one(); }' >lib/tel/low.c
	echo 'int two(void); int main(void) { return two(); }' >lib/tel/high.c
	echo 'int tested(void); int test(void); int test(void) { return tested(); }' >tests/low.c
	for source in lib/tel/*.c tests/low.c; do
		cc -O0 -c -o "${source%.c}.o" "$source"
	done
	run "$ROOT/scripts/singleuse" lib/tel/*.o tests/low.o
	[ "$status" -eq 1 ]
	[ "$output" = 'lib/tel/low: one is used by no other file; make it static or remove it' ]
	run "$ROOT/scripts/singleuse" lib/tel/*.o
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 2 ]
}

@test "variables: none outlives a call" {
	plain_objects
	scripts/variables "${objects[@]}"
}

@test "variables: the check fires" {
	cd "$BATS_TEST_TMPDIR"
	mkdir -p lib/io lib/base cmd/one
	echo 'static int count; int next(void); int next(void) { return ++count; }' >lib/io/a.c
	echo 'int next(void); int next(void) { static const char *last = "x";
		return *last++; }' >cmd/one/b.c
	echo 'static const char *const names[] = { "a", "b" }; static const int n = 2;
		const char *name(int i); const char *name(int i) { return names[i % n]; }' >cmd/one.c
	cp lib/io/a.c lib/base/log.c
	for source in lib/*/*.c cmd/one.c cmd/one/b.c; do
		cc -O0 -c -o "${source%.c}.o" "$source"
	done
	run "$ROOT/scripts/variables" "$PWD"/lib/*/*.o cmd/one.o cmd/one/b.o
	[ "$status" -eq 1 ]
	[ "${lines[0]}" = 'lib/io/a: count is a variable that outlives a call' ]
	[[ ${lines[1]} = 'cmd/one/b: last.'*' is a variable that outlives a call' ]]
	[ "${#lines[@]}" -eq 2 ]
}

# option_compiles MACRO TYPE ARGUMENT...: whether a row of the macro may set a member
# of the type.
option_compiles() {
	local macro=$1 type=$2
	shift 2
	printf '#include "base/opt.h"\nstruct run { %s member; };\n' "$type" >one.c
	printf 'const struct opt one = %s("one", 0, %s member, "help");\n' "$macro" "$*" >>one.c
	cc -std=c11 -I "$ROOT" -I "$ROOT/lib" -c -o one.o one.c
}

@test "options: the macro of a type takes only members of that type" {
	cd "$BATS_TEST_TMPDIR"
	local row macro type other right
	for row in 'FLAG:bool:' 'TEXT:const char *:"X",' 'LIST:struct opt_list:"X",' \
		'INTEGER:int64_t:"X", 0, 1,' 'DURATION_MS:int64_t:"X", 0, 1,' \
		'SIZE_BYTES:int64_t:"X", 0, 1,'; do
		IFS=: read -r macro type right <<<"$row"
		option_compiles "OPT_${macro}_AT" "$type" "$right"
		for other in bool 'const char *' 'char *' 'struct opt_list' int64_t int uint64_t double; do
			[ "$other" != "$type" ] || continue
			! option_compiles "OPT_${macro}_AT" "$other" "$right" 2>err ||
				{ echo "$macro $other"; false; }
			grep -q _Generic err
		done
	done
}

@test "names: at most three files have a static function of the same name" {
	scripts/names lib/*/*.c
}

@test "names: the check fires" {
	cd "$BATS_TEST_TMPDIR"
	for name in a b c d; do
		echo 'static int take(void) { return 1; } static int put(void) { return take(); }' \
			>"$name.c"
	done
	sed -i 's/put/put_away/' d.c
	run "$ROOT/scripts/names" [a-d].c
	[ "$status" -eq 1 ]
	[ "$output" = 'take is static in 4 files; 3 are allowed: a.c b.c c.c d.c' ]
}

@test "writers: each table of the store is written by one module of lib/store" {
	scripts/writers schema/out/events.sql lib/*/*.[ch] lib/*/*.cc cmd/*.c cmd/*/*.[ch]
}

@test "writers: the check fires" {
	cp -R lib "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"
	mkdir cmd
	"$ROOT/scripts/writers" "$ROOT/schema/out/events.sql" lib/*/*.[ch] lib/*/*.cc
	# A statement in pieces, of the middle of a text, after a quote that ends nothing.
	cat >lib/store/second.c <<-'END'
		static const char quote = '"', *sql = "WITH a AS (SELECT 1)" /* " */
		    " INSERT OR IGNORE"
		    " INTO batches (no) VALUES (1)";
		static const char *words = "UPDATE batches_of_bread, DELETE FROM temp.batches";
		// UPDATE batches
	END
	echo 'const char *sql = "UPDATE main.sources SET no = 1; REPLACE INTO http_events VALUES (1)";' \
		>cmd/first.c
	printf '%s\n' '#define TABLE "batches"' 'const char *sql = "DELETE FROM " TABLE;' \
		'const char *no_sql = "ON CONFLICT DO UPDATE SET no = 1";' >cmd/macro.c
	echo 'const char *sql = "DELETE FROM %s", *more = "SELECT 1";' >lib/store/third.c
	run "$ROOT/scripts/writers" "$ROOT/schema/out/events.sql" lib/*/*.[ch] lib/*/*.cc cmd/*.c
	[ "$status" -eq 1 ]
	[ "${lines[0]}" = 'cmd/first.c:1: REPLACE INTO http_events: only lib/store writes tables' ]
	[ "${lines[1]}" = 'cmd/first.c:1: UPDATE sources: only lib/store writes tables' ]
	[ "${lines[2]}" = 'cmd/macro.c:2: DELETE FROM (no name): only lib/store writes tables' ]
	[ "${lines[3]}" = 'lib/store/second.c:1: INSERT OR IGNORE INTO batches: lib/store/ledger_batch does that already' ]
	[ "${lines[4]}" = 'lib/store/third.c:1: DELETE FROM (no name): lib/store/row_store does that already' ]
	[ "${#lines[@]}" -eq 5 ]
}

@test "writers: SQL is found in any case, however it is broken, in any schema, and fed rows too" {
	local sql
	mkdir -p "$BATS_TEST_TMPDIR/lib/ingest" "$BATS_TEST_TMPDIR/lib/store"
	cd "$BATS_TEST_TMPDIR"
	while read -r sql; do
		echo "const char *sql = \"$sql\";" >lib/ingest/wrong.c
		run "$ROOT/scripts/writers" "$ROOT/schema/out/events.sql" lib/ingest/wrong.c
		[ "$status" -eq 1 ] || { echo "$sql"; false; }
		[[ $output = 'lib/ingest/wrong.c:1: '*' batches: only lib/store writes tables' ]]
	done <<-'END'
		insert into batches VALUES (1)
		INSERT INTO Batches VALUES (1)
		DELETE FROM main.batches
		DELETE FROM store.batches
		REPLACE  INTO batches VALUES (1)
		INSERT INTO\nbatches VALUES (1)
		update or ignore \"batches\" SET no = 1
		DROP TABLE IF EXISTS batches
		ALTER TABLE batches ADD COLUMN x
	END
	echo 'int f(void) { return db_feed_open(&feed, db, name, sql, err); }' >lib/ingest/wrong.c
	cp lib/ingest/wrong.c lib/store/row_store.c
	run "$ROOT/scripts/writers" "$ROOT/schema/out/events.sql" lib/*/*.c
	[ "$output" = 'lib/ingest/wrong.c:1: db_feed_open: only lib/store/row_store feeds tables' ]
}

@test "sizes: functions, files and lines keep their limits" {
	# shellcheck disable=SC2046 # our own names, without blanks
	scripts/sizes lib/*/*.[ch] lib/*/*.cc cmd/*.c cmd/*/*.[ch] \
		$(find scripts tests -name '*.[ch]')
}

@test "sizes: a function of 60 lines passes, one of 61 does not, wherever its type stands" {
	local type length
	cd "$BATS_TEST_TMPDIR"
	for type in 'int\n' 'static int ' 'struct x *\n'; do
		for length in 60 61; do
			# shellcheck disable=SC2059 # the newline of the type
			printf "struct x;\n\n${type}of_%d(void)\n{\n" $length >f.c
			while [ "$(wc -l <f.c)" -lt $((length + 1)) ]; do echo ';'; done >>f.c
			echo '}' >>f.c
			run "$ROOT/scripts/sizes" f.c
			[ "$status" -eq $((length - 60)) ] || { echo "$type$length: $output"; false; }
		done
	done
}

@test "sizes: the check fires" {
	cd "$BATS_TEST_TMPDIR"
	{
		printf 'int\nlong_one(void)\n{\n'
		for _ in {1..70}; do echo ';'; done
		printf '%s\n' "$(printf '/* %0120d */' 0)" 'return 0;' '}'
	} >wrong.c
	run "$ROOT/scripts/sizes" wrong.c
	[ "$status" -eq 1 ]
	[[ $output = *'long_one has 76 lines; 60 are allowed'* ]] || { echo "$output"; false; }
	[[ $output = *'columns; 100 are allowed'* ]]
}

# long_file LINES HEAD: prints a file of LINES lines whose first comment contains HEAD.
long_file() {
	printf '/* SPDX-License-Identifier: ISC\n *\n%s\n */\n' "$2"
	awk -v count="$1" 'BEGIN { for (i = 5; i <= count; i++) print "int a" i ";" }'
}

@test "sizes: a file of more than 400 lines says why in its head" {
	cd "$BATS_TEST_TMPDIR"
	mkdir -p lib/io cmd scripts tests/unit/io
	reason=' * Longer than 400 lines, because it is one table.'
	for file in lib/io/long.c scripts/long.c tests/unit/io/long.c; do
		long_file 400 ' * A file.' >"$file"
		"$ROOT/scripts/sizes" "$file"
		long_file 401 ' * A file.' >"$file"
		run "$ROOT/scripts/sizes" "$file"
		[ "$status" -eq 1 ]
		[ "$output" = "$file: 401 lines; 400 are allowed" ]
		long_file 1000 "$reason" >"$file"
		"$ROOT/scripts/sizes" "$file"
		long_file 1001 "$reason" >"$file"
		run "$ROOT/scripts/sizes" "$file"
		[ "$status" -eq 1 ]
		[ "$output" = "$file: 1001 lines; 1000 are allowed" ]
	done
	# A reason at the end of a long first comment counts.
	long_file 401 "$(printf ' * %d\n' {1..40}; echo "$reason")" >lib/io/long.c
	"$ROOT/scripts/sizes" lib/io/long.c
	# A reason that is not in a comment, one that comes late, one in cmd.
	long_file 401 'const char *text = "Longer than 400 lines";' >lib/io/code.c
	{
		long_file 400 ' * A file.'
		echo '/* Longer than 400 lines, because it is one table. */'
	} >lib/io/late.c
	long_file 401 "$reason" >cmd/long.c
	run "$ROOT/scripts/sizes" lib/io/code.c lib/io/late.c cmd/long.c
	[ "$status" -eq 1 ]
	[ "${lines[0]}" = 'lib/io/code.c: 401 lines; 400 are allowed' ]
	[ "${lines[1]}" = 'lib/io/late.c: 401 lines; 400 are allowed' ]
	[ "${lines[2]}" = 'cmd/long.c: 401 lines; 300 are allowed' ]
	[ "${#lines[@]}" -eq 3 ]
}

@test "sizes: a reason in a file that is short is noticed" {
	cd "$BATS_TEST_TMPDIR"
	long_file 400 ' * Longer than 400 lines, because it is one table.' >short.c
	run "$ROOT/scripts/sizes" short.c
	[ "$status" -eq 1 ]
	[ "$output" = 'short.c: has at most 400 lines, but says that it is longer' ]
}

@test "sizes: two modules of the same name are refused" {
	cd "$BATS_TEST_TMPDIR"
	mkdir -p lib/io lib/read cmd
	touch lib/io/{line.c,line.h,one.h} lib/read/{line.c,line.h,two.c,two.cc,two.h} cmd/line.c
	run "$ROOT/scripts/sizes" lib/*/*.[ch] lib/*/*.cc cmd/line.c
	[ "$status" -eq 1 ]
	[ "${lines[0]}" = 'lib/read/line.c: lib/io/line.c has this name already' ]
	[ "${lines[1]}" = 'lib/read/line.h: lib/io/line.c has this name already' ]
	[ "${lines[2]}" = 'lib/read/two.cc: lib/read/two.c has this name already' ]
	[ "${#lines[@]}" -eq 3 ]
}

@test "units: each unit test is for a module, and in the folder of its room" {
	# shellcheck disable=SC2046 # our own names, without blanks
	scripts/units $(find tests/unit -name '*.c')
}

@test "units: the check fires" {
	cd "$BATS_TEST_TMPDIR"
	mkdir -p lib/{io,json} tests/unit/{io/deep,json}
	touch lib/io/{file.c,file.h,url_hash.h} lib/json/json.cc
	right=(tests/unit/io/{file,file_new,file_new_again,url_hash}.c tests/unit/json/json.c)
	"$ROOT/scripts/units" "${right[@]}"
	run "$ROOT/scripts/units" "${right[@]}" tests/unit/io/{json,files,url}.c \
		tests/unit/json/file_new.c tests/unit/file.c tests/unit/io/deep/file.c
	[ "$status" -eq 1 ]
	[ "${lines[0]}" = 'tests/unit/io/json.c: lib/io has no module of this name' ]
	[ "${lines[1]}" = 'tests/unit/io/files.c: lib/io has no module of this name' ]
	[ "${lines[2]}" = 'tests/unit/io/url.c: lib/io has no module of this name' ]
	[ "${lines[3]}" = 'tests/unit/json/file_new.c: lib/json has no module of this name' ]
	[ "${lines[4]}" = 'tests/unit/file.c: is in no room of tests/unit' ]
	[ "${lines[5]}" = 'tests/unit/io/deep/file.c: is in no room of tests/unit' ]
	[ "${#lines[@]}" -eq 6 ]
}

@test "headers: each says what it is for, and compiles alone" {
	scripts/headers lib/*/*.h cmd/*/*.h tests/unit/*.h tests/unit/*/*.h
}

@test "headers: a source without one says what it is for" {
	scripts/headers lib/*/*.c lib/*/*.cc cmd/*.c cmd/*/*.c
}

@test "headers: the check fires" {
	cd "$BATS_TEST_TMPDIR"
	mkdir lib
	echo 'size_t of_no_type(void);' >lib/wrong.h
	run "$ROOT/scripts/headers" lib/wrong.h
	[ "$status" -eq 1 ]
	comment() { printf '/* SPDX-License-Identifier: ISC\n *\n * %s\n */\n' "$1"; }
	comment 'right -- a header.' >lib/right.h
	comment 'io_other -- a header with the name of its room.' >lib/other.h
	comment 'What the files share.' >lib/nameless.h
	comment 'silent -- ' >lib/silent.h
	run "$ROOT/scripts/headers" lib/right.h lib/other.h lib/nameless.h lib/silent.h
	[ "$status" -eq 1 ]
	[ "${lines[0]}" = 'lib/other.h: must begin with "other -- " and what it is for' ]
	[ "${lines[1]}" = 'lib/nameless.h: must begin with "nameless -- " and what it is for' ]
	[ "${lines[2]}" = 'lib/silent.h: must begin with "silent -- " and what it is for' ]
	[ "${#lines[@]}" -eq 3 ]
	echo '/* SPDX-License-Identifier: ISC */' | tee lib/mute.c lib/with.c >lib/with.h
	printf '%s\n' '/* SPDX-License-Identifier: ISC' ' *' ' * The rest of with.c.' ' */' >lib/told.c
	run "$ROOT/scripts/headers" lib/mute.c lib/told.c lib/with.c
	[ "$status" -eq 1 ]
	[ "$output" = 'lib/mute.c: has no header; it must begin with what it is for' ]
}

@test "must-use: each result that says whether something failed" {
	scripts/must-use lib/*/*.h cmd/*/*.h
}

@test "must-use: the check fires" {
	cd "$BATS_TEST_TMPDIR"
	cat >wrong.h <<-'END'
		int open_it(const char *path,
		    struct err *err);
		MUST_USE int open_that(struct err *err);
		int it_fail(struct err *err);
		static inline int count(void) { return 1; }
		char *name_of(int i, struct err *err);
		const char *words(int i);
		void close_it(struct err *err);
		struct it *it(struct err *err);
		MUST_USE struct it *that(struct err *err);
		enum state next(struct err *err);
	END
	run "$ROOT/scripts/must-use" wrong.h
	[ "$status" -eq 1 ]
	[ "${lines[0]}" = 'wrong.h:1: open_it must be MUST_USE' ]
	[ "${lines[1]}" = 'wrong.h:5: count must be MUST_USE' ]
	[ "${lines[2]}" = 'wrong.h:6: name_of must be MUST_USE' ]
	[ "${lines[3]}" = 'wrong.h:9: it must be MUST_USE' ]
	[ "${lines[4]}" = 'wrong.h:11: next must be MUST_USE' ]
	[ "${#lines[@]}" -eq 5 ]
}

@test "doors: a public function says what must hold of indexes and lengths" {
	scripts/doors lib/*/*.c cmd/*.c cmd/*/*.c
}

@test "doors: the check fires" {
	cd "$BATS_TEST_TMPDIR"
	cat >wrong.c <<-'END'
		int name_of(enum kind kind) { return names[kind]; }
		int item_of(const struct set *set, size_t i)
		{
			return set->items[i];
		}
		int cut(const char *text, size_t len) { return read_it(text, (int)len); }
		int right(enum kind kind, size_t i, size_t len)
		{
			REQUIRE(kind < KIND_COUNT);
			if (i < 5)
				return names[kind] + items[i];
			REQUIRE(kind > 1 && len <= INT_MAX);
			return (int)len;
		}
		static int own(size_t i) { return items[i]; }
		int others(size_t item, int *list) { return list[0] + other[i] + (int)sizeof(item); }
	END
	run "$ROOT/scripts/doors" wrong.c
	[ "$status" -eq 1 ]
	end='REQUIRE must say what holds'
	[ "${lines[0]}" = "wrong.c:1: name_of: kind is an index; $end" ]
	[ "${lines[1]}" = "wrong.c:2: item_of: i is an index; $end" ]
	[ "${lines[2]}" = "wrong.c:6: cut: len is cut to a narrower type; $end" ]
	[ "${#lines[@]}" -eq 3 ]
}

@test "pages: options, verbs and lists are those of the programs; mandoc is silent" {
	scripts/check-docs "$BIN"
}

@test "pages: the check fires" {
	name=$(basename "$(set -- cmd/*.1 && echo "$1")" .1)
	mkdir -p "$BATS_TEST_TMPDIR/cmd" "$BATS_TEST_TMPDIR/tests"
	cp Makefile "$BATS_TEST_TMPDIR"
	cp "cmd/$name.c" "cmd/$name.1" "$BATS_TEST_TMPDIR/cmd"
	cd "$BATS_TEST_TMPDIR"
	cp "cmd/$name.1" cmd/x.5
	cp "cmd/$name.1" cmd/x.7
	sed -i 's/^\.It .*Fl Fl version.*/.It Fl Fl versoin/; s/^\.Sh EXAMPLES/.Sh EXAMPELS/' \
		"cmd/$name.1"
	echo '.Bd -nosuch' >>cmd/x.7
	run "$ROOT/scripts/check-docs" "$BIN"
	[ "$status" -eq 1 ]
	[[ $output = *"cmd/$name.1: lacks --version, which --help has"* ]]
	[[ $output = *"cmd/$name.1: has --versoin, which --help lacks"* ]]
	[[ $output = *"cmd/$name.1: has no section EXAMPLES"* ]]
	[[ $output = *"tests/$name.bats: is missing"* ]]
	[[ $output = *"README.md: lacks the program $name, which cmd/ has"* ]]
	[[ $output = *"x.7"* ]]
}

@test "pages: the check fires for verbs, metrics and lists of programs" {
	mkdir -p "$BATS_TEST_TMPDIR/cmd" "$BATS_TEST_TMPDIR/tests"
	cp Makefile README.md "$BATS_TEST_TMPDIR"
	cp cmd/*.c cmd/*.[157] "$BATS_TEST_TMPDIR/cmd"
	for source in cmd/*.c; do
		touch "$BATS_TEST_TMPDIR/tests/$(basename "$source" .c).bats"
	done
	cd "$BATS_TEST_TMPDIR"
	# What another test reports of the tree is not counted here.
	"$ROOT/scripts/check-docs" "$BIN" >before || true
	# In the synopsis one verb is renamed, in the description another.
	sed -i '/^\.Sh SYNOPSIS/,/^\.Sh DESC/s/^\.Cm dead ls$/.Cm dead list/' cmd/tel-ingest.1
	sed -i 's/^\.It Cm verify$/.It Cm prove/' cmd/tel-archive.1
	sed -i 's/^| `slo-eval` |/| `slo-judge` |/' README.md
	sed -i '/^\.It Xr prom-text 1$/d' cmd/tel.7
	sed -i 's/tel_run_yield_ratio/tel_run_yield/' cmd/prom-text.1
	# An option leaves the synopsis of a verb, and gets into that of another.
	sed -i '/^\.Sh SYN/,/^\.Sh DESC/{/^\.Op Fl b /d; s/^\.Op Ar PATH \.\.\.$/&\n.Op Fl Fl deep/}' \
		cmd/tel-archive.1
	run "$ROOT/scripts/check-docs" "$BIN"
	[ "$status" -eq 1 ]
	mapfile -t lines < <(grep -vxFf before <<<"$output")
	printf '%s\n' "${lines[@]}" | diff - <(cat <<-'END'
		cmd/tel-archive.1: does not describe the verb verify
		cmd/tel-archive.1, synopsis of pack: lacks the option -b, which tel-archive pack --help has
		cmd/tel-archive.1, synopsis of verify: has the option --deep, which tel-archive verify --help lacks
		cmd/tel-ingest.1: lacks the verb dead ls, which --help has
		cmd/tel-ingest.1: has the verb dead list, which --help lacks
		README.md: lacks the program slo-eval, which cmd/ has
		README.md: has the program slo-judge, which cmd/ lacks
		cmd/tel.7: lacks the program prom-text, which cmd/ has
		cmd/prom-text.1: lacks the metric tel_run_yield_ratio, which prom-text --list has
		cmd/prom-text.1: has the metric tel_run_yield, which prom-text --list lacks
	END
	)
}

@test "pages: tel-ingest.1 lists the maps, and no others" {
	(cd examples/maps && ls) >"$BATS_TEST_TMPDIR/maps"
	sed -n '/^\.Sh MAPS/,/^\.Sh SPEED/s/^\.It Pa //p' cmd/tel-ingest.1 | sort |
		diff "$BATS_TEST_TMPDIR/maps" -
}

# missing_commands FILE: the tests and targets of make that it names and that are not there.
missing_commands() {
	local word
	tr '\n' ' ' <"$1" | grep -oE '\bbats( +tests/[a-z0-9/.-]+)+' | grep -oE 'tests/[^ ]+[a-z]' |
		while read -r word; do
			[ -e "$word" ] || echo "$word"
		done
	grep -oE 'build/release/tests/unit/[a-z0-9_/]+' "$1" | while read -r word; do
		[ -e "${word#build/release/}.c" ] || echo "$word"
	done
	grep -oE '(^ {4}|`)make( [^`#]*)?' "$1" | tr '`' ' ' | tr -s ' ' '\n' |
		grep -xE '[a-z][a-z-]*' | grep -vx make | while read -r word; do
			grep -qE "^\.PHONY:.* $word( |$)" Makefile tests/tests.mk || echo "$word"
		done
}

@test "texts: the tests and targets of make that README and CONTRIBUTING name are there" {
	[ -z "$(missing_commands README.md)$(missing_commands CONTRIBUTING.md)" ]
	cat >"$BATS_TEST_TMPDIR/wrong.md" <<-'END'
		Say `make check`, or `make chekc`, or *`bats tests/house.bats
		tests/huose.bats`*.

		    make -j2 MODE=plain goldn schema   # a comment
		    build/release/tests/unit/slo/tokn  # another
	END
	run missing_commands "$BATS_TEST_TMPDIR/wrong.md"
	[ "$(xargs <<<"$output")" = \
		'tests/huose.bats build/release/tests/unit/slo/tokn chekc goldn' ]
}

@test "texts: the files that README and CONTRIBUTING name are there" {
	local file
	# Names in capitals, and x, are for the reader to fill in.
	grep -hoE '`[a-z0-9_.*-]+/[a-z0-9_./*-]*`|\]\([A-Z]+\.md\)' README.md CONTRIBUTING.md |
		tr -d '`]()' | grep -vE '(^|/)x(\.|/|$)' >"$BATS_TEST_TMPDIR/names"
	[ -s "$BATS_TEST_TMPDIR/names" ]
	while read -r file; do
		[ -e "$file" ] || { echo "$file"; false; }
	done <"$BATS_TEST_TMPDIR/names"
}

@test "texts: no file names a folder of one machine" {
	run grep -rnE '(^|[^[:alnum:].])/(work|home|root)/' Makefile README.md LICENSE cmd lib \
		schema scripts tests/*.bats tests/*.bash tests/unit tests/fuzz/*.c examples
	[ "$status" -ne 0 ] || { echo "$output"; false; }
}
