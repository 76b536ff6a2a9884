#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What is made from schema/event.def, and that it follows when event.def changes.
# shellcheck shell=bash

setup() {
	load helper
	cd "$ROOT" || return 1
	DUMP=$BUILD/schema-dump
}

# A copy of what schema-dump is made of, to be changed at will.
copy_tree() {
	TREE=$BATS_TEST_TMPDIR/tree
	mkdir "$TREE"
	cp -r Makefile cmd lib schema scripts "$TREE"
	mkdir "$TREE/tests"
	cp tests/tests.mk "$TREE/tests"
	cd "$TREE" || return 1
}

# Builds schema-dump of the copy; anything it says is in $output.
build_dump() {
	run env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL \
		make --no-print-directory -s MODE=plain B=out out/schema-dump
}

# add_field LINE: puts a line at the end of the event http.
add_field() {
	sed -i "s/^END(http)/$1\n&/" schema/event.def
}

@test "schema/out and the pages are what make schema would write" {
	scripts/schema-out --check "$DUMP" schema/out cmd
}

@test "schema/out: a stale file is noticed" {
	copy_tree
	sed -i 's/CREATE TABLE IF NOT EXISTS http_events/CREATE TABLE http_events/' schema/out/events.sql
	run scripts/schema-out --check "$DUMP" schema/out cmd
	[ "$status" -eq 1 ]
	[[ $output = *'+CREATE TABLE IF NOT EXISTS http_events'* ]]
	scripts/schema-out "$DUMP" schema/out cmd
	scripts/schema-out --check "$DUMP" schema/out cmd
}

@test "a page that was edited between the marks is noticed" {
	copy_tree
	sed -i 's/^HTTP status; absent/HTTP status, absent/' cmd/tel-events.5
	run scripts/schema-out --check "$DUMP" schema/out cmd
	[ "$status" -eq 1 ]
	[[ $output = *'+HTTP status; absent'* ]]
}

@test "events.sql: SQLite takes it, twice, and every event has its STRICT table" {
	sqlite3 -bail "$BATS_TEST_TMPDIR/x.db" <schema/out/events.sql
	sqlite3 -bail "$BATS_TEST_TMPDIR/x.db" <schema/out/events.sql
	tables=$(sed -n 's/^EVENT([a-z]*, "[a-z]*", "\([a-z_]*\)".*/\1/p' schema/event.def | sort)
	[ -n "$tables" ]
	for table in $tables; do
		[ "$(sql "$BATS_TEST_TMPDIR/x.db" \
			"SELECT strict FROM pragma_table_list WHERE name = '$table'")" = 1 ]
	done
}

@test "events.sql: the database checks booleans, types and required columns" {
	sqlite3 -bail "$BATS_TEST_TMPDIR/x.db" <schema/out/events.sql
	row="INSERT INTO http_events (id, ts_ms, host, role, method, from_cache) VALUES"
	sql "$BATS_TEST_TMPDIR/x.db" "$row (1, 1, 'h', 'metadata', 'GET', 1)"
	# Words of a list are the reader's to check: a table made before the list
	# gained a word must take it.
	sql "$BATS_TEST_TMPDIR/x.db" "$row (2, 1, 'h', 'new-word', 'GET', 1)"
	run sql "$BATS_TEST_TMPDIR/x.db" "$row (3, 1, 'h', 'metadata', 'GET', 2)"
	[[ $output = *'CHECK constraint failed'* ]]
	run sql "$BATS_TEST_TMPDIR/x.db" "$row (4, 1, NULL, 'metadata', 'GET', 0)"
	[[ $output = *'NOT NULL constraint failed'* ]]
	run sql "$BATS_TEST_TMPDIR/x.db" "$row (5, 'soon', 'h', 'metadata', 'GET', 0)"
	[[ $output = *'cannot store TEXT value in INTEGER column'* ]]
}

@test "events.schema.json: has every event, and every reference resolves" {
	schema=schema/out/events.schema.json
	jq -e '."$schema" == "https://json-schema.org/draft/2020-12/schema"' $schema
	jq -e '. as $root | [.. | objects | ."$ref"? // empty] | length > 0 and
		all(ltrimstr("#/$defs/") as $name | $root."$defs" | has($name))' $schema
	sed -n 's/^EVENT([a-z]*, "\([a-z]*\)".*/\1/p' schema/event.def |
	while read -r wire; do
		jq -e --arg wire "$wire" '."$defs"[$wire].properties.type.const == $wire and
			(."$defs".other.properties.type.not.enum | index($wire)) != null and
			any(.oneOf[]; ."$ref" == "#/$defs/" + $wire)' $schema
	done
}

@test "events.schema.json: needs, ranges, lists and digits are in it" {
	jq -e '."$defs" |
		(.http.required == ["host", "role", "method"]) and
		(.envelope.required == ["type", "ts_ms"]) and
		(.http.properties.status | .minimum == 100 and .maximum == 599 and
			.type == ["integer", "null"]) and
		(.http.properties.role.enum == ["metadata", "landing", "artifact"]) and
		(.http.properties.from_cache.enum == [true, false, 0, 1, null]) and
		(.envelope.properties.trace_id.pattern == "^[0-9A-Fa-f]{32}$") and
		(.envelope.properties.ts_ms.maximum == 253402300799999) and
		([.. | objects | .additionalProperties? // empty] == [])' \
		schema/out/events.schema.json
}

@test "a new field: table, schema and page follow" {
	copy_tree
	add_field 'FIELD(http, dns_ms, INTEGER, OPTIONAL, "0..60000", "Time to find the address. It is new.")'
	build_dump
	[ "$status" -eq 0 ] || { echo "$output"; false; }
	run scripts/schema-out --check out/schema-dump schema/out cmd
	[ "$status" -eq 1 ]
	[[ $output = *'+  dns_ms INTEGER,'* ]]
	scripts/schema-out out/schema-dump schema/out cmd
	jq -e '."$defs".http.properties.dns_ms.maximum == 60000' schema/out/events.schema.json
	grep -A 3 '^\.It Cm dns_ms Pq integer$' cmd/tel-events.5 >page
	printf '%s\n' '.It Cm dns_ms Pq integer' 'Time to find the address.' 'It is new.' \
		'From 0 to 60000.' | diff - page
	mandoc -Tlint -W warning cmd/tel-events.5
}

@test "a new event: table, schema and page follow" {
	copy_tree
	cat >event <<-'END'
		EVENT(greeting, "greeting", "greetings", "Somebody said hello.")
		FIELD(greeting, mood, CHOICE, REQUIRED, "good|bad", "How it sounded.")
		END(greeting)
	END
	sed -i '/^END(archive)/r event' schema/event.def
	build_dump
	[ "$status" -eq 0 ] || { echo "$output"; false; }
	scripts/schema-out out/schema-dump schema/out cmd
	sqlite3 -bail x.db <schema/out/events.sql
	sql x.db "INSERT INTO greetings (id, ts_ms, mood) VALUES (1, 1, 'good')"
	jq -e '."$defs".greeting.properties.mood.enum == ["good", "bad"]' schema/out/events.schema.json
	grep -q '^\.Ss greeting$' cmd/tel-events.5
}

@test "a new word changes schema and pages, but no table" {
	copy_tree
	sed -i 's/^END(DOWNLOAD_OUTCOME)/WORD(DOWNLOAD_OUTCOME, withdrawn, "It was taken back.")\n&/' \
		schema/word.def
	build_dump
	[ "$status" -eq 0 ] || { echo "$output"; false; }
	scripts/schema-out out/schema-dump schema/out cmd
	jq -e '."$defs".download.properties.outcome |
		(.enum | index("withdrawn")) == 6 and
		(.description | endswith(" withdrawn: It was taken back."))' schema/out/events.schema.json
	for page in dl-fetch.1 tel-events.5; do
		grep -A 1 '^\.It Cm withdrawn$' "cmd/$page" | grep -qx 'It was taken back\.'
		mandoc -Tlint -W warning "cmd/$page"
	done
	# An old database has nothing to refuse it with.
	cmp "$ROOT/schema/out/events.sql" schema/out/events.sql
}

@test "a page that names a list which word.def lacks is an error" {
	copy_tree
	printf '%s\n' '.\" BEGIN roles.mdoc' '.\" END roles.mdoc' >>cmd/dl-fetch.1
	cp cmd/dl-fetch.1 page
	run scripts/schema-out "$DUMP" schema/out cmd
	[ "$status" -eq 64 ]
	cmp page cmd/dl-fetch.1
}

@test "refused: a word without its meaning" {
	copy_tree
	sed -i 's/^END(ROLE)/WORD(ROLE, page, "")\n&/' schema/word.def
	build_dump
	[ "$status" -eq 0 ]
	run out/schema-dump sql
	[ "$status" -eq 70 ]
	[ "$output" = 'schema-dump: schema/word.def: role: page: its doc must be a sentence and end in a full stop' ]
}

# spelled FILE...: the words of word.def and reason.def that the files have as literals. Those that
# are keys of events too are left out.
spelled() {
	local words
	sed -n 's/^FIELD([a-z]*, \([a-z0-9_]*\),.*/\1/p' schema/event.def >"$BATS_TEST_TMPDIR/keys"
	words=$(sed -n 's/^WORD([A-Z_]*, \([A-Za-z_]*\),.*/\1/p' schema/{word,reason}.def |
		grep -vxFf "$BATS_TEST_TMPDIR/keys" | sort -u | paste -sd '|')
	[ -n "$words" ] && grep -nE "[\"']($words)[\"']" "$@"
}

@test "no C code that knows a list spells its words" {
	run spelled lib/{tel,io,store,depot,segment,read,fetch,ingest,archive}/*.[ch] cmd/tel-ingest/*.c
	[ "$output" = '' ]
	[ "$status" -eq 1 ]
}

@test "no C code that knows a list spells its words: the check fires" {
	echo 'if (strcmp(role, "landing") == 0 && x != "landings")' >"$BATS_TEST_TMPDIR/x.c"
	run spelled "$BATS_TEST_TMPDIR/x.c"
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 1 ]
	echo "const char *sql = \"reason = 'too_long'\";" >"$BATS_TEST_TMPDIR/x.c"
	run spelled "$BATS_TEST_TMPDIR/x.c"
	[ "$status" -eq 0 ]
	echo 'if (role == ROLE_landing)' >"$BATS_TEST_TMPDIR/x.c"
	run spelled "$BATS_TEST_TMPDIR/x.c"
	[ "$status" -eq 1 ]
}

# refused LINE WORDS: schema-dump ends with 70 and says WORDS.
refused() {
	copy_tree
	add_field "$1"
	build_dump
	[ "$status" -eq 0 ] || { echo "$output"; return 1; }
	run out/schema-dump sql
	[ "$status" -eq 70 ] && [[ $output = "schema-dump: schema/event.def: http: $2"* ]] ||
		{ echo "$output"; return 1; }
	run scripts/schema-out out/schema-dump schema/out cmd
	[ "$status" -ne 0 ]
	cmp "$ROOT/schema/out/events.sql" schema/out/events.sql
}

@test "refused: a number whose name ends in no unit" {
	refused 'FIELD(http, weight, REAL, OPTIONAL, "", "How heavy.")' \
		'weight: the name of a number must end in a unit of schema/unit.def'
}

@test "refused: a unit alone is not a name" {
	refused 'FIELD(http, _ms, REAL, OPTIONAL, "", "How long.")' '_ms: a name is made of'
}

@test "refused: an INTEGER without range" {
	refused 'FIELD(http, wait_ms, INTEGER, OPTIONAL, "", "How long.")' \
		'wait_ms: limits of an INTEGER are "min..max"'
}

@test "refused: a range that ends before it begins" {
	refused 'FIELD(http, wait_ms, INTEGER, OPTIONAL, "9..1", "How long.")' \
		'wait_ms: limits of an INTEGER'
}

@test "refused: a list with the same word twice" {
	refused 'FIELD(http, colour, CHOICE, OPTIONAL, "red|blue|red", "Which.")' \
		'colour: limits of a CHOICE'
}

@test "refused: limits where none can apply" {
	refused 'FIELD(http, colour, TEXT, OPTIONAL, "12", "Which.")' \
		'colour: this type has no limits'
}

@test "refused: a key of the envelope" {
	refused 'FIELD(http, producer, TEXT, OPTIONAL, "", "Which.")' \
		'producer: is a key of the envelope already'
}

@test "refused: a column that every table has" {
	refused 'FIELD(http, extra, TEXT, OPTIONAL, "", "Which.")' \
		'extra: the table has two columns of this name'
}

@test "refused: two events of one table" {
	copy_tree
	sed -i 's/"rate_events"/"http_events"/' schema/event.def
	build_dump
	[ "$status" -eq 0 ]
	run out/schema-dump sql
	[ "$status" -eq 70 ]
	[[ $output = *'schema/event.def: rate: shares its wire type or table with http' ]]
}

@test "schema-dump: an unknown word is a usage error" {
	run "$DUMP" french
	[ "$status" -eq 64 ]
}

@test "an old database gets the missing columns and keeps its rows" {
	[ -x "$BIN/tel-ingest" ] || skip 'no tel-ingest yet'
	cd "$BATS_TEST_TMPDIR"
	echo '{"type":"http","ts_ms":1,"producer":"p","seq":1,"host":"a","role":"metadata","method":"GET","ttfb_ms":7}' |
		tel-ingest --db x.db
	sql x.db 'ALTER TABLE http_events DROP COLUMN ttfb_ms; ALTER TABLE http_events DROP COLUMN revalidated'
	echo '{"type":"http","ts_ms":2,"producer":"p","seq":2,"host":"b","role":"metadata","method":"GET","ttfb_ms":9,"revalidated":true}' |
		tel-ingest --db x.db
	[ "$(sql x.db 'SELECT host, ttfb_ms, revalidated FROM http_events ORDER BY id')" = 'a||0
b|9|1' ]
}
