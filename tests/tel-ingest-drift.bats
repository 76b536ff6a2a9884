#!/usr/bin/env bats
# SPDX-License-Identifier: ISC

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	DB=tel.db
	export TEL_NOW_MS=1764000000000
}

# http KEY JSON...: an event for each value, with that unknown key.
http() {
	local key=$1 value
	shift
	for value; do
		echo '{"type":"http","ts_ms":1,"host":"h","role":"landing","method":"GET","'"$key"'":'"$value"'}'
	done
}

# drifts: runs it; key KEY: what it says of that key, without the counts.
drifts() {
	run -0 --separate-stderr tel-ingest drift --db "$DB"
	[ -z "$stderr" ]
}

# suggests KEY TYPE COUNT [NOTE]: that FIELD line, no note or this one.
suggests() {
	local line events=events
	[ "$3" -ne 1 ] || events=event
	line="FIELD(http, $1, $2, OPTIONAL, \"\", \"Seen in $3 $events.\")"
	jq -se --arg key "$1" --arg line "$line" --arg note "${4:-}" \
		'map(select(.key == $key))[0] | .suggestion == $line and (.note // "") == $note' <<<"$output" || { echo "$output"; false; }
}

# notes KEY NOTE: no suggestion, but this note.
notes() {
	jq -se --arg key "$1" --arg note "$2" \
		'map(select(.key == $key))[0] | has("suggestion") == false and .note == $note' <<<"$output" || { echo "$output"; false; }
}

UNIT_NOTE='the name of a number ends in its unit: rename it where it is sent, or add it to schema/unit.def as PLAIN'
NAME_NOTE='the name of a field has only a-z, 0-9 and _; rename it where it is sent, or in a map'
TAKEN_NOTE='the name is taken or reserved; rename it where it is sent, or in a map'

@test "drift: nothing to tell" {
	tel-ingest --db "$DB" < <(http status 200)
	drifts
	[ -z "$output" ]
}

@test "drift: the types of a key, and the line that accepts them all" {
	{
		http wait_ms 1 2 3
		http share_ratio 0.5 1 2.5
		http flag_ratio 0.25
		http colour '"red"' '"blue"' null
		http is_new true false
		http tags '["a"]' '{"b":1}'
		http count 5
	} | tel-ingest --db "$DB"
	drifts
	suggests wait_ms INTEGER 3
	suggests share_ratio REAL 3 'integers beyond 2^53 would be refused'
	suggests flag_ratio REAL 1
	suggests colour TEXT 3
	suggests is_new BOOLEAN 2
	suggests tags JSON 2
	suggests count INTEGER 1 "$UNIT_NOTE"
	[ "$(jq -c 'select(.key == "colour") | del(.suggestion)' <<<"$output")" = \
		'{"drift":"key","type":"http","key":"colour","seen":3,"types":{"text":2,"null":1}}' ]
	[ "$(jq -c 'select(.key == "share_ratio").types' <<<"$output")" = '{"integer":1,"real":2}' ]
	[ "$(jq -c 'select(.key == "tags").types' <<<"$output")" = '{"nested":2}' ]
}

@test "drift: no line that would refuse what was seen" {
	{
		http mixed 1 '"one"'
		http flag_count true 1
		http empty null
		http Colour '"red"'
		http 'two words' 1
		http order 1
		http default 1
		http id 1
		http '' 1
	} | tel-ingest --db "$DB"
	drifts
	notes mixed 'values of several types: no type accepts them all; extra keeps them'
	notes flag_count 'values of several types: no type accepts them all; extra keeps them'
	notes empty 'only null was seen'
	notes Colour "$NAME_NOTE"
	notes 'two words' "$NAME_NOTE"
	notes '' "$NAME_NOTE"
	notes order "$TAKEN_NOTE"
	notes default "$TAKEN_NOTE"
	notes id "$TAKEN_NOTE"
}

@test "drift: values that an older program counted without their types" {
	http colour '"red"' | tel-ingest --db "$DB"
	sqlite3 "$DB" 'UPDATE unknown_keys SET seen_count = 3'
	drifts
	notes colour 'the types of 2 of 3 values are unknown'
	jq -e '.types == {text: 1, unknown: 2}' <<<"$output"
}

@test "drift: keys that were too many to be counted one by one" {
	jq -nc 'range(300) | {type: "http", ts_ms: 1, host: "h", role: "landing", method: "GET", "key_\(.)": "x"}' | tel-ingest --db "$DB"
	drifts
	notes '(others)' 'the sum of keys that were not counted one by one, because a batch had too many different ones'
}

@test "drift: a line that is suggested can be built" {
	[ -x "$BUILD/schema-dump" ] || skip "no schema-dump"
	{ http wait_ms 1; http colour '"red"'; echo '{"type":"weather","ts_ms":1,"wind_count":3,"sky":"blue"}'; } | tel-ingest --db "$DB"
	drifts
	# event.def as it would be, read by the compiler in place of ours.
	mkdir -p tree/schema
	cp -r "$ROOT/lib" "$ROOT/scripts" "$ROOT/Makefile" tree
	cp "$ROOT"/schema/*.def "$ROOT"/schema/*.sql tree/schema
	jq -r 'select(.drift == "key").suggestion' <<<"$output" >fields
	jq -r 'select(.drift == "type").suggestion' <<<"$output" >events
	[ "$(cat events)" = 'EVENT(weather, "weather", "weather_events", "Seen 1 time.")
FIELD(weather, sky, TEXT, OPTIONAL, "", "Seen in 1 event.")
FIELD(weather, wind_count, INTEGER, OPTIONAL, "", "Seen in 1 event.")
END(weather)' ]
	sed -i -e '/^END(http)/{r events
		e cat fields
		}' tree/schema/event.def
	grep -n -A1 'waited_for' tree/schema/event.def
	cat >tree/check.c <<-'EOT'
		#include "tel/event.h"
		#include "tel/event_sql.h"
		#include <stdio.h>
		int main(void)
		{
			struct event_weather weather = { .sky = "blue" };
			struct buf out = BUF_EMPTY;
			event_set(&weather, wind_count, 3);
			event_sql_table(&out, EVENT_http);
			event_sql_table(&out, EVENT_weather);
			puts(buf_text(&out));
			return 0;
		}
	EOT
	cd tree
	cc -std=c11 -D_GNU_SOURCE -I. -Ilib -o check check.c lib/tel/event*.c lib/tel/word.c lib/base/[!v]*.c -lm
	./check | sqlite3 :memory:
	./check | grep -q 'wait_ms INTEGER'
	./check | grep -q 'CREATE TABLE IF NOT EXISTS weather_events'
}

@test "drift: events of unknown types, with their keys" {
	{
		echo '{"type":"weather","ts_ms":1763000000000,"run_id":"r","producer":"p","seq":1,"wind_count":3,"sky":"blue"}'
		echo '{"type":"weather","ts_ms":1763000005000,"wind_count":2.5,"sky":null}'
		echo '{"type":"Big Bang","ts_ms":5,"x":1}'
	} | tel-ingest --db "$DB"
	drifts
	[ "$(jq -c 'select(.type == "weather") | del(.suggestion, .note)' <<<"$output")" = \
		'{"drift":"type","type":"weather","seen":2,"first_ts_ms":1763000000000,"last_ts_ms":1763000005000,"sampled":2,"keys":[{"key":"sky","seen":2,"types":{"text":1,"null":1}},{"key":"wind_count","seen":2,"types":{"integer":1,"real":1}}]}' ]
	[ "$(jq -r 'select(.type == "weather").suggestion' <<<"$output")" = 'EVENT(weather, "weather", "weather_events", "Seen 2 times.")
FIELD(weather, sky, TEXT, OPTIONAL, "", "Seen in 2 events.")
FIELD(weather, wind_count, REAL, OPTIONAL, "", "Seen in 2 events.")
END(weather)' ]
	jq -se 'map(select(.type == "Big Bang"))[0] | has("suggestion") == false
		and .note == "the name of a type has only a-z, 0-9 and _; rename it where it is sent, or in a map"' <<<"$output"
}

@test "drift: of many events of unknown types, the newest are examined" {
	jq -nc '(range(10001) | {type: "new", ts_ms: (10 + .), a: 1}), {type: "old", ts_ms: 1, b: 1}' | tel-ingest --db "$DB"
	drifts
	jq -se 'map(select(.type == "new"))[0] | .seen == 10001 and .sampled == 10000 and .keys[0].seen == 10000' <<<"$output"
	jq -se 'map(select(.type == "old"))[0] | .seen == 1 and .sampled == 0 and .keys == [] and has("suggestion") == false
		and (.note | startswith("none of them is among the newest 10000"))' <<<"$output"
}

@test "drift: of very many keys of a type only some are listed" {
	jq -nc '{type: "wide", ts_ms: 1} + (reduce range(250) as $i ({}; ."k\($i)" = "x"))' | tel-ingest --db "$DB"
	drifts
	jq -e '(.keys | length) == 200 and (.note | endswith("50 more keys"))' <<<"$output"
}

@test "drift: fields whose values were refused, by reason" {
	printf '%s\n' '{"type":"http","ts_ms":1,"host":"h","role":"cook","method":"GET"}' \
		'{"type":"http","ts_ms":1,"host":"h","role":"cook","method":"GET"}' \
		'{"type":"http","ts_ms":1,"host":"h","role":"landing","method":"GET","status":99}' \
		'{"ts_ms":1}' nonsense | tel-ingest -q --db "$DB"
	drifts
	[ "$(jq -c . <<<"$output")" = '{"drift":"field","field":"type","reason":"missing_field","count":1}
{"drift":"field","type":"http","field":"role","reason":"bad_enum","count":2}
{"drift":"field","type":"http","field":"status","reason":"out_of_range","count":1}' ] || { echo "$output"; false; }
}

@test "drift: as a table" {
	{ http colour '"red"' '"blue"'; http Mixed 1; echo '{"type":"weather","ts_ms":5,"sky":"blue"}'; echo '{"ts_ms":1}'; } |
		tel-ingest -q --db "$DB"
	run -0 --separate-stderr tel-ingest drift --db "$DB" --format table
	[ "$output" = 'WHAT         SEEN  NAME
key             1  http.Mixed  (integer 1)
        note: '"$NAME_NOTE"'
key             2  http.colour  (text 2)
FIELD(http, colour, TEXT, OPTIONAL, "", "Seen in 2 events.")
type            1  weather  (1970-01-01T00:00:00.005Z to 1970-01-01T00:00:00.005Z)
                1  .sky  (text 1)
EVENT(weather, "weather", "weather_events", "Seen 1 time.")
FIELD(weather, sky, TEXT, OPTIONAL, "", "Seen in 1 event.")
END(weather)
field           1  (no type).type  (missing_field)' ] || { echo "$output"; false; }
}

@test "drift: control characters are escaped" {
	http $'a\\u001b[2Jb' 1 | tel-ingest --db "$DB"
	run -0 tel-ingest drift --db "$DB" -F table
	[[ $output == *'http.a\x1b[2Jb'* && $output != *$'\033'* ]]
	drifts
	jq -e '.key == "a\u001b[2Jb"' <<<"$output"
}

@test "drift: reads only; what it cannot read" {
	http colour 1 | tel-ingest --db "$DB"
	chmod 444 "$DB"
	drifts
	run -66 tel-ingest drift --db none.db
	[ "$output" = "tel-ingest: none.db: No such file or directory" ]
	chmod 644 "$DB"
	sqlite3 "$DB" 'ALTER TABLE unknown_keys DROP COLUMN text_count'
	run -65 tel-ingest drift --db "$DB"
	[[ $output == *"made by an older teltools, or incomplete;"* ]]
}

@test "drift: usage errors" {
	run -64 tel-ingest drift
	[ "$output" = "tel-ingest: which database? give --db FILE or set TEL_DB" ]
	run -64 tel-ingest drift --db "$DB" x
	[ "$output" = "tel-ingest: drift takes no operands: 'x'" ]
	run -64 tel-ingest drift --db "$DB" --format xml
	[ "$output" = "tel-ingest: drift: --format: 'xml' is not jsonl or table" ]
}
