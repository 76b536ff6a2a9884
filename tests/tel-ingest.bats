#!/usr/bin/env bats
# SPDX-License-Identifier: ISC

load helper

setup() {
	DB=$BATS_TEST_TMPDIR/tel.db
	FAULT=${FAULT:-$ROOT/build/release/tests/fault/fault.so}
	export TEL_NOW_MS=1764000000000
}

teardown() {
	[ -z "${WRITER_PID:-}" ] || kill "$WRITER_PID" 2>/dev/null || true
	! mountpoint -q "$BATS_TEST_TMPDIR/small" || umount "$BATS_TEST_TMPDIR/small"
}

# observations FROM UNTIL [PRODUCER]: that many events, stamped when a producer
# is named.
observations() {
	jq -nc --argjson from "$1" --argjson until "$2" --arg producer "${3:-}" '
		range($from; $until)
		| {type: "observation", ts_ms: (1764000000000 + .), name: "n", value: .}
		  + if $producer == "" then {} else {producer: $producer, seq: .} end'
}

# mixed COUNT: stamped and unstamped events of several types, unknown keys and
# types, and lines that are not events.
mixed() {
	jq -nc --argjson count "$1" '
		range($count) | . as $i
		| {ts_ms: (1764000000000 + $i), run_id: "r"}
		  + if $i % 3 == 0 then {producer: "p-\($i % 2)", seq: ($i / 6 | floor + 1)} else {} end
		| if $i % 7 == 0 then . + {type: "http", host: "h", role: "artifact", method: "GET", status: 200, colour: "red"}
		  elif $i % 11 == 0 then . + {type: "weather", wind: 3}
		  elif $i % 13 == 0 then {type: "http", ts_ms: "no"}
		  elif $i % 17 == 0 then "not an object"
		  else . + {type: "observation", name: "n", value: $i} end'
}

# What a run must always come to, whatever happened on the way: rows, ranges and
# dead letters, without the times and numbers of batches.
contents() {
	sqlite3 -batch "$1" \
		"SELECT 'http', * FROM http_events ORDER BY id" \
		"SELECT 'observation', * FROM observations ORDER BY id" \
		"SELECT 'other', * FROM other_events ORDER BY id" \
		"SELECT 'range', * FROM source_ranges ORDER BY 2, 3" \
		"SELECT 'dead', id, offset_bytes, reason, raw FROM dead_letters ORDER BY id" \
		"SELECT 'key', * FROM unknown_keys ORDER BY 2, 3"
}

# The sums of the ledger agree with themselves and with the tables.
audit() {
	[ "$(sql "$1" 'SELECT count(*) FROM batches WHERE line_count <> inserted_count + duplicate_count + filtered_count + dead_count')" = 0 ]
	[ "$(sql "$1" 'SELECT total(row_count) = (SELECT count(*) FROM http_events) + (SELECT count(*) FROM observations) + (SELECT count(*) FROM other_events) FROM batches')" = 1 ]
	[ "$(sql "$1" 'SELECT total(dead_count) = (SELECT count(*) FROM dead_letters) FROM batches')" = 1 ]
}

# refused LINE REASON [FIELD]: the line becomes a dead letter, and one only.
refused() {
	rm -f "$DB" "$DB".lock
	printf '%s\n' "$1" >"$BATS_TEST_TMPDIR/line"
	tel-ingest -q --db "$DB" "$BATS_TEST_TMPDIR/line" >"$BATS_TEST_TMPDIR/totals"
	jq -e '.lines == 1 and .dead == 1 and .inserted == 0' "$BATS_TEST_TMPDIR/totals"
	[ "$(sql "$DB" "SELECT reason || ' ' || coalesce(field, '') FROM dead_letters")" = "$2 ${3:-}" ]
	[ "$(sql "$DB" "SELECT length(detail) > 0 AND raw = CAST('${1//\'/\'\'}' AS BLOB) FROM dead_letters")" = 1 ]
}

@test "tel-ingest: the last line of output accounts for every line" {
	{ observations 0 5; echo nonsense; observations 0 2; } >"$BATS_TEST_TMPDIR/in"
	run --separate-stderr tel-ingest --db "$DB" "$BATS_TEST_TMPDIR/in"
	[ "$status" -eq 0 ]
	[ "$(jq -c 'del(.seconds)' <<<"$output")" = \
		"{\"lines\":8,\"inserted\":7,\"duplicate\":0,\"filtered\":0,\"dead\":1,\"rows\":7,\"redacted\":0,\"bytes\":$(wc -c <"$BATS_TEST_TMPDIR/in")}" ]
	jq -e '.seconds >= 0' <<<"$output"
	[ "$stderr" = "tel-ingest: warning: 1 of 8 lines was refused; see table dead_letters of $DB" ]
	audit "$DB"
}

@test "tel-ingest: the same stream twice is the same database" {
	mixed 2000 >"$BATS_TEST_TMPDIR/in"
	tel-ingest -q --db "$DB" <"$BATS_TEST_TMPDIR/in"
	contents "$DB" >"$BATS_TEST_TMPDIR/once"
	run -0 --separate-stderr tel-ingest -q --db "$DB" <"$BATS_TEST_TMPDIR/in"
	jq -e '.lines == 2000 and .duplicate == 2000' <<<"$output"
	contents "$DB" | cmp - "$BATS_TEST_TMPDIR/once"
	audit "$DB"
}

@test "tel-ingest: a pipe twice, a file twice, a stamped event by any way: stored once" {
	observations 1 200 p >"$BATS_TEST_TMPDIR/stamped"
	observations 0 100 >"$BATS_TEST_TMPDIR/plain"
	for i in 1 2; do
		cat "$BATS_TEST_TMPDIR/stamped" "$BATS_TEST_TMPDIR/plain" | tel-ingest --db "$DB"
	done
	[ "$(sql "$DB" 'SELECT count(*) FROM observations')" = 299 ]
	run -0 tel-ingest --db "$DB" "$BATS_TEST_TMPDIR/stamped"
	jq -e '.duplicate == 199' <<<"$output"
	tail -n 50 "$BATS_TEST_TMPDIR/stamped" | tel-ingest --db "$DB"
	[ "$(sql "$DB" 'SELECT count(*) FROM observations')" = 299 ]
}

@test "tel-ingest: a file that has grown gives only what is new" {
	observations 0 3 >"$BATS_TEST_TMPDIR/in"
	tel-ingest --db "$DB" "$BATS_TEST_TMPDIR/in"
	observations 3 500 >>"$BATS_TEST_TMPDIR/in"
	run -0 tel-ingest --db "$DB" "$BATS_TEST_TMPDIR/in"
	jq -e '.inserted == 497 and .duplicate == 3' <<<"$output"
	observations 500 510 >>"$BATS_TEST_TMPDIR/in"
	run -0 tel-ingest --db "$DB" "$BATS_TEST_TMPDIR/in"
	jq -e '.inserted == 10 and .duplicate == 500' <<<"$output"
	[ "$(sql "$DB" 'SELECT count(*) FROM sources')" = 1 ]
}

@test "tel-ingest: inputs that only begin alike are different inputs" {
	# More than a KiB of the same banner, then different lines of the same length.
	for name in first second third; do
		{ observations 0 30; observations 100 120 | sed "s/\"n\"/\"$name\"/"; } >"$BATS_TEST_TMPDIR/$name"
	done
	[ "$(head -n 30 "$BATS_TEST_TMPDIR/first" | wc -c)" -gt 1024 ]
	for again in 1 2; do
		for name in first second third; do
			cat "$BATS_TEST_TMPDIR/$name" | tel-ingest --db "$DB"
		done
	done
	[ "$(sql "$DB" 'SELECT name, count(*) FROM observations WHERE value >= 100 GROUP BY 1 ORDER BY 1')" = "first|20
second|20
third|20" ]
	[ "$(sql "$DB" 'SELECT count(*) FROM sources')" = 3 ]
}

@test "tel-ingest: a file that was emptied and written anew is a new input" {
	{ observations 0 30; observations 100 120; } >"$BATS_TEST_TMPDIR/in"
	tel-ingest --db "$DB" "$BATS_TEST_TMPDIR/in"
	{ observations 0 30; observations 200 220; } | dd of="$BATS_TEST_TMPDIR/in" status=none
	run -0 tel-ingest --db "$DB" "$BATS_TEST_TMPDIR/in"
	jq -e '.inserted == 50' <<<"$output"
	[ "$(sql "$DB" 'SELECT count(*) FROM observations WHERE value >= 200')" = 20 ]
}

@test "tel-ingest: a known input that comes slowly is known again" {
	observations 0 200 >"$BATS_TEST_TMPDIR/in"
	tel-ingest --db "$DB" <"$BATS_TEST_TMPDIR/in"
	cat "$BATS_TEST_TMPDIR/in" | tel-ingest --db "$DB"
	run -0 tel-ingest --db "$DB" < <(
		head -n 15 "$BATS_TEST_TMPDIR/in"
		# The next lines come when these have been waited for.
		for ((i = 0; i < 20; i++)); do sqlite3 -batch "$DB" 'SELECT 1' >/dev/null; done
		tail -n +16 "$BATS_TEST_TMPDIR/in"
	)
	jq -e '.lines == 200 and .duplicate == 200' <<<"$output"
}

@test "tel-ingest: --source tells streams of the same beginning apart, and makes copies one" {
	observations 0 50 >"$BATS_TEST_TMPDIR/in"
	cp "$BATS_TEST_TMPDIR/in" "$BATS_TEST_TMPDIR/copy"
	tel-ingest --db "$DB" --source cron "$BATS_TEST_TMPDIR/in"
	run -0 tel-ingest --db "$DB" --source cron "$BATS_TEST_TMPDIR/copy"
	jq -e '.duplicate == 50' <<<"$output"
	run -0 tel-ingest --db "$DB" --source other "$BATS_TEST_TMPDIR/copy"
	jq -e '.inserted == 50' <<<"$output"
	[ "$(sql "$DB" "SELECT group_concat(kind || ' ' || name) FROM sources")" = "stream cron,stream other" ]
}

# The short version of the proof; `make kills` strikes ten times as often.
@test "tel-ingest: killed anywhere and run again, the rows are those of a quiet run" {
	[ -e "$FAULT" ] || skip "no $FAULT; make check builds it"
	local seed=${KILL_SEED:-$(date +%s)} kills=${KILL_COUNT:-20} lines=${KILL_LINES:-30000} calls kill n
	echo "KILL_SEED=$seed"
	RANDOM=$((seed % 32768))
	mixed "$lines" >"$BATS_TEST_TMPDIR/in"
	FAULT_COUNT=$BATS_TEST_TMPDIR/calls LD_PRELOAD=$FAULT \
		tel-ingest -q --db "$BATS_TEST_TMPDIR/quiet.db" "$BATS_TEST_TMPDIR/in"
	contents "$BATS_TEST_TMPDIR/quiet.db" >"$BATS_TEST_TMPDIR/quiet"
	calls=$(cat "$BATS_TEST_TMPDIR/calls")
	for ((kill = 0; kill < kills; kill++)); do
		n=$(((RANDOM * 32768 + RANDOM) % calls + 1))
		rm -f "$DB"*
		run -137 env FAULT_AT="$n" FAULT_HOW=kill LD_PRELOAD="$FAULT" \
			tel-ingest -q --db "$DB" "$BATS_TEST_TMPDIR/in"
		tel-ingest -q --db "$DB" "$BATS_TEST_TMPDIR/in" >/dev/null
		contents "$DB" >"$BATS_TEST_TMPDIR/killed"
		cmp "$BATS_TEST_TMPDIR/quiet" "$BATS_TEST_TMPDIR/killed" || {
			echo "differs after a kill at call $n of $calls"
			return 1
		}
		audit "$DB"
	done
}

@test "tel-ingest: a full disk is exit 74, says the position, and a later run completes" {
	[ -e "$FAULT" ] || skip "no $FAULT; make check builds it"
	mixed 20000 >"$BATS_TEST_TMPDIR/in"
	tel-ingest -q --db "$BATS_TEST_TMPDIR/quiet.db" "$BATS_TEST_TMPDIR/in"
	run -74 --separate-stderr env FAULT_AT=300 FAULT_HOW=ENOSPC LD_PRELOAD="$FAULT" \
		tel-ingest --db "$DB" "$BATS_TEST_TMPDIR/in"
	[[ $stderr == *"tel-ingest: $BATS_TEST_TMPDIR/in: byte "*": $DB: "* ]]
	tel-ingest -q --db "$DB" "$BATS_TEST_TMPDIR/in"
	contents "$BATS_TEST_TMPDIR/quiet.db" >"$BATS_TEST_TMPDIR/quiet"
	contents "$DB" | cmp - "$BATS_TEST_TMPDIR/quiet"
}

@test "tel-ingest: a disk that is really full" {
	mkdir "$BATS_TEST_TMPDIR/small"
	mount -t tmpfs -o size=1m tmpfs "$BATS_TEST_TMPDIR/small" 2>/dev/null || skip "may not mount a tmpfs"
	observations 0 40000 >"$BATS_TEST_TMPDIR/in"
	run -74 --separate-stderr tel-ingest --db "$BATS_TEST_TMPDIR/small/tel.db" "$BATS_TEST_TMPDIR/in"
	[[ $stderr == *"disk full"* ]]
	mount -o remount,size=64m "$BATS_TEST_TMPDIR/small"
	tel-ingest --db "$BATS_TEST_TMPDIR/small/tel.db" "$BATS_TEST_TMPDIR/in"
	[ "$(sql "$BATS_TEST_TMPDIR/small/tel.db" 'SELECT count(*) FROM observations')" = 40000 ]
}

@test "tel-ingest: an access log through the map: lines = inserted + dead, 5xx as grep counts" {
	need_data apache_access.log
	run -0 --separate-stderr tel-ingest --db "$DB" --map "$ROOT/examples/maps/combined-log.jq" "$DATA/apache_access.log"
	jq -e '.lines == 10000 and .lines == .inserted + .dead and .dead == 0' <<<"$output"
	[ "$(sql "$DB" 'SELECT count(*) FROM http_events WHERE status BETWEEN 500 AND 599')" = \
		"$(grep -cE '" 5[0-9]{2} ' "$DATA/apache_access.log")" ]
	[ "$(sql "$DB" 'SELECT sum(bytes) FROM http_events')" = \
		"$(sed -E 's/.*" [0-9]{3} ([0-9]+|-) ".*/\1/' "$DATA/apache_access.log" | awk '{ s += $1 } END { printf "%.0f", s }')" ]
	[ "$(sql "$DB" "SELECT strftime('%d/%m/%Y:%H:%M:%S', ts_ms / 1000, 'unixepoch') FROM http_events ORDER BY id LIMIT 1")" = "17/05/2015:10:05:03" ]
}

@test "tel-ingest: the access log map knows dates and zones, and refuses other lines" {
	cat >"$BATS_TEST_TMPDIR/in" <<'EOT'
::1 - - [29/Feb/2024:23:59:59 -0130] "GET / HTTP/1.1" 200 -
h - bob [01/Mar/1970:00:00:00 +0000] "\x16\x03" 400 12 "-" "-"
h - - [31/Dec/1999:00:00:00 +0200] "GET /a\"b HTTP/1.0" 304 0 "-" "say \"hi\""
what is this
EOT
	run -0 --separate-stderr tel-ingest --db "$DB" --map "$ROOT/examples/maps/combined-log.jq" "$BATS_TEST_TMPDIR/in"
	jq -e '.inserted == 3 and .dead == 1' <<<"$output"
	[ "$(sql "$DB" "SELECT group_concat(datetime(ts_ms / 1000, 'unixepoch') || ' ' || method || ' ' || bytes, ';') FROM http_events")" = \
		"2024-03-01 01:29:59 GET 0;1970-03-01 00:00:00 - 12;1999-12-30 22:00:00 GET 0" ]
	[ "$(sql "$DB" 'SELECT reason, line, detail FROM dead_letters')" = "map_error|4|not a line of the combined log format" ]
}

@test "tel-ingest: every file of the JSON test suite is accounted for" {
	need_data json-test-suite/test_parsing
	local file lines total=0 dead
	for file in "$DATA"/json-test-suite/test_parsing/*.json; do
		run -0 --separate-stderr tel-ingest -q --db "$DB" <<<"$(cat "$file" 2>/dev/null | tr -d '\0')"
		cp "$file" "$BATS_TEST_TMPDIR/line"
		printf '\n' >>"$BATS_TEST_TMPDIR/line"
		rm -f "$DB"*
		run -0 --separate-stderr tel-ingest -q --db "$DB" "$BATS_TEST_TMPDIR/line"
		lines=$(tr -cd '\n' <"$BATS_TEST_TMPDIR/line" | wc -c)
		jq -e --argjson lines "$lines" '.lines == $lines and .dead == $lines' <<<"$output"
		dead=$(sql "$DB" 'SELECT count(*) FROM dead_letters WHERE length(detail) > 0')
		[ "$dead" = "$lines" ]
		case ${file##*/} in
		n_*) [ "$(sql "$DB" "SELECT count(*) FROM dead_letters WHERE reason NOT IN ('not_json', 'bad_utf8', 'too_deep', 'not_object', 'missing_field')")" = 0 ] ;;
		y_object*) [ "$(sql "$DB" "SELECT count(*) FROM dead_letters WHERE reason IN ('missing_field', 'not_json')")" = "$lines" ] ;;
		esac
		total=$((total + 1))
	done
	[ "$total" -gt 300 ]
}

@test "tel-ingest: n_ files of one line are not JSON, y_ objects lack the envelope" {
	need_data json-test-suite/test_parsing
	for file in "$DATA"/json-test-suite/test_parsing/[ny]_*.json; do
		[ "$(tr -cd '\n' <"$file" | wc -c)" = 0 ] || continue
		{ cat "$file"; echo; } >>"$BATS_TEST_TMPDIR/${file##*/}.line"
		run -0 tel-ingest -q --db "$DB" "$BATS_TEST_TMPDIR/${file##*/}.line"
	done
	[ "$(sql "$DB" "SELECT count(*) FROM dead_letters WHERE input LIKE '%/n\\_%' ESCAPE '\\' AND reason NOT IN ('not_json', 'bad_utf8', 'too_deep')")" = 0 ]
	[ "$(sql "$DB" "SELECT count(*) FROM dead_letters WHERE input LIKE '%/y\\_object%' ESCAPE '\\' AND reason <> 'missing_field'")" = 0 ]
	[ "$(sql "$DB" "SELECT count(*) > 10 FROM dead_letters WHERE input LIKE '%/y\\_object%' ESCAPE '\\'")" = 1 ]
}

@test "tel-ingest: SQL by hand: the share of 429s per host, without answers from the cache" {
	jq -nc 'range(40) | {type: "http", ts_ms: (1764000000000 + .), run_id: "r", role: "metadata", method: "GET",
		host: (if . < 30 then "a.example" else "b.example" end), status: (if . % 10 == 0 then 429 else 200 end)}
		+ if . % 4 == 1 then {from_cache: true} elif . % 4 == 2 then {from_cache: 0} else {} end' | tel-ingest --db "$DB"
	run -0 sqlite3 -batch "$DB" "SELECT host, COUNT(*) AS requests,
		SUM(CASE WHEN status=429 THEN 1 ELSE 0 END) AS http_429,
		100.0*SUM(CASE WHEN status=429 THEN 1 ELSE 0 END)/COUNT(*) AS pct
		FROM http_events WHERE run_id='r' AND from_cache != 1 GROUP BY host ORDER BY host;"
	[ "${lines[0]}" = "a.example|22|3|13.6363636363636" ]
	[ "${lines[1]}" = "b.example|8|1|12.5" ]
}

@test "tel-ingest: each reason for refusing a line" {
	local http='"type":"http","ts_ms":1,"host":"h","role":"landing","method":"GET"'
	refused '{' not_json
	refused '' not_json
	refused ' ' not_json
	refused "{$http} x" not_json
	refused "{$http,\"extra_key\":[1,}" not_json
	refused '[1]' not_object
	refused '"text"' not_object
	refused '{}' missing_field type
	refused '{"type":"http"}' missing_field ts_ms
	refused '{"type":"http","ts_ms":1,"role":"landing","method":"GET"}' missing_field host
	refused '{"type":"http","ts_ms":null,"host":"h","role":"landing","method":"GET"}' missing_field ts_ms
	refused '{"type":7,"ts_ms":1}' type_mismatch type
	refused '{"type":"weather","ts_ms":"now"}' type_mismatch ts_ms
	refused '{"type":"weather","ts_ms":-1}' out_of_range ts_ms
	refused "{$http,\"status\":\"200\"}" type_mismatch status
	refused "{$http,\"status\":20.5}" type_mismatch status
	refused "{$http,\"status\":600}" out_of_range status
	refused "{$http,\"bytes\":9223372036854775808}" out_of_range bytes
	refused "{$http,\"from_cache\":2}" type_mismatch from_cache
	refused "{$http,\"host\":5}" type_mismatch host
	refused "{$http,\"breaker_state\":\"ajar\"}" bad_enum breaker_state
	refused "{$http,\"trace_id\":\"xyz\"}" type_mismatch trace_id
	refused "{$http,\"producer\":\"p\"}" missing_field seq
	refused "{$http,\"seq\":1}" missing_field producer
	refused "{$http,\"producer\":\"p\",\"seq\":0}" out_of_range seq
	refused "{$http,\"producer\":\"\",\"seq\":1}" out_of_range producer
	refused "{$http,\"origin\":\"nowhere\",\"position\":1}" type_mismatch origin
	refused '{"type":"observation","ts_ms":1,"name":"n","value":9007199254740993}' number_precision value
	refused '{"type":"observation","ts_ms":1,"name":"n","labels":"x"}' type_mismatch labels
	refused "{$http,\"deep\":$(printf '[%.0s' {1..200})$(printf ']%.0s' {1..200})}" too_deep
}

@test "tel-ingest: bytes that are not UTF-8, with their place" {
	printf '{"type":"http","ts_ms":1,"host":"\xff"}\n' | tel-ingest -q --db "$DB"
	[ "$(sql "$DB" 'SELECT reason, line, offset_bytes, hex(raw) FROM dead_letters')" = \
		"bad_utf8|1|0|$(printf '{"type":"http","ts_ms":1,"host":"\xff"}' | od -An -tx1 | tr -d ' \n' | tr a-f A-F)" ]
}

@test "tel-ingest: offset, line and column of a dead letter point at the fault" {
	{ observations 0 3; echo '{"type":"http","ts_ms":1,"host":"h","role":"landing","method":"GET","status":"x"}'; } >"$BATS_TEST_TMPDIR/in"
	tel-ingest -q --db "$DB" "$BATS_TEST_TMPDIR/in"
	run -0 sqlite3 -batch "$DB" 'SELECT line, offset_bytes, column FROM dead_letters'
	IFS='|' read -r line offset column <<<"$output"
	[ "$line" = 4 ]
	[ "$(tail -c +$((offset + 1)) "$BATS_TEST_TMPDIR/in" | head -n 1 | cut -c "$column"-)" = '"x"}' ]
}

@test "tel-ingest: a line that is too long costs itself only" {
	{
		observations 0 1
		printf '{"type":"log","ts_ms":1,"level":"info","message":"'
		head -c 3000000 /dev/zero | tr '\0' x
		printf '"}\n'
		observations 1 2
		head -c 7000000 /dev/zero | tr '\0' y
		printf '\n'
		observations 2 3
	} >"$BATS_TEST_TMPDIR/in"
	run -0 --separate-stderr tel-ingest --db "$DB" "$BATS_TEST_TMPDIR/in"
	jq -e --argjson bytes "$(wc -c <"$BATS_TEST_TMPDIR/in")" '.lines == 5 and .inserted == 3 and .dead == 2 and .bytes == $bytes' <<<"$output"
	[ "$(sql "$DB" 'SELECT reason, length(raw) FROM dead_letters LIMIT 1')" = "too_long|65536" ]
	run -0 tel-ingest --db "$DB" "$BATS_TEST_TMPDIR/in"
	jq -e '.duplicate == 5' <<<"$output"
}

@test "tel-ingest: the longest line that fits" {
	local start='{"type":"log","ts_ms":1,"level":"info","message":"'
	{
		printf '%s' "$start"
		head -c $((1048576 - ${#start} - 2)) /dev/zero | tr '\0' x
		printf '"}\n'
	} >"$BATS_TEST_TMPDIR/in"
	run -0 --separate-stderr tel-ingest --db "$DB" "$BATS_TEST_TMPDIR/in"
	jq -e '.inserted == 1' <<<"$output"
}

@test "tel-ingest: an unfinished last line is kept, and stored once it is complete" {
	observations 0 40 >"$BATS_TEST_TMPDIR/whole"
	head -c -20 "$BATS_TEST_TMPDIR/whole" >"$BATS_TEST_TMPDIR/in"
	run -0 --separate-stderr tel-ingest --db "$DB" "$BATS_TEST_TMPDIR/in"
	jq -e '.inserted == 39 and .dead == 1' <<<"$output"
	[ "$(sql "$DB" 'SELECT reason FROM dead_letters')" = truncated ]
	run -0 --separate-stderr tel-ingest --db "$DB" "$BATS_TEST_TMPDIR/in"
	jq -e '.dead == 0 and .duplicate == 40' <<<"$output"
	cat "$BATS_TEST_TMPDIR/whole" >"$BATS_TEST_TMPDIR/in"
	run -0 --separate-stderr tel-ingest --db "$DB" "$BATS_TEST_TMPDIR/in"
	jq -e '.inserted == 1 and .duplicate == 39' <<<"$output"
	[ "$(sql "$DB" 'SELECT count(*) FROM dead_letters')" = 0 ]
	[ "$(sql "$DB" 'SELECT count(*) FROM observations')" = 40 ]
}

@test "tel-ingest: a complete object without its newline is unfinished too" {
	printf '%s' "$(observations 0 1)" | tel-ingest -q --db "$DB"
	[ "$(sql "$DB" 'SELECT reason FROM dead_letters')" = truncated ]
}

@test "tel-ingest: --strict makes refused lines exit 1" {
	run -1 --separate-stderr tel-ingest --strict --db "$DB" <<<"nonsense"
	jq -e '.dead == 1' <<<"$output"
	run -0 --separate-stderr tel-ingest --strict --db "$DB" < <(observations 0 1)
}

@test "tel-ingest: --dead-letters appends them as JSON" {
	printf 'bad\n{"type":"http","ts_ms":1}\n' | tel-ingest -q --db "$DB" --dead-letters "$BATS_TEST_TMPDIR/dead"
	printf 'worse \xff\n' | tel-ingest -q --db "$DB" --dead-letters "$BATS_TEST_TMPDIR/dead"
	[ "$(jq -r '[.input, .line, .offset_bytes, .reason, .raw] | join(" ")' "$BATS_TEST_TMPDIR/dead")" = \
		"- 1 0 not_json bad
- 2 4 missing_field {\"type\":\"http\",\"ts_ms\":1}
- 1 0 bad_utf8 worse $(printf '\xef\xbf\xbd')" ]
	run -73 tel-ingest --db "$DB" --dead-letters "$BATS_TEST_TMPDIR/no/where" </dev/null
	[[ $output == *"$BATS_TEST_TMPDIR/no/where: No such file or directory" ]]
}

@test "tel-ingest: a map may make no, one or many events of a line" {
	cat >"$BATS_TEST_TMPDIR/map.jq" <<'EOT'
.n as $n | range($n) | {type: "observation", ts_ms: (1000 + .), name: "n", value: $n}
EOT
	printf '{"n":0}\n{"n":1}\n{"n":5}\n' >"$BATS_TEST_TMPDIR/in"
	run -0 tel-ingest --db "$DB" --map "$BATS_TEST_TMPDIR/map.jq" "$BATS_TEST_TMPDIR/in"
	jq -e '.lines == 3 and .filtered == 1 and .inserted == 2 and .rows == 6' <<<"$output"
	run -0 tel-ingest --db "$DB" --map "$BATS_TEST_TMPDIR/map.jq" "$BATS_TEST_TMPDIR/in"
	jq -e '.lines == 3 and .duplicate == 3 and .rows == 0' <<<"$output"
	[ "$(sql "$DB" 'SELECT count(*), count(DISTINCT id) FROM observations')" = "6|6" ]
	audit "$DB"
}

@test "tel-ingest: when one event of a mapped line is refused none of it stays" {
	cat >"$BATS_TEST_TMPDIR/map.jq" <<'EOT'
range(4) | {type: "observation", ts_ms: (if . == 3 then "bad" else . end), name: "n", producer: "p", seq: (. + 1)}
EOT
	run -0 --separate-stderr tel-ingest --db "$DB" --map "$BATS_TEST_TMPDIR/map.jq" <<<'{"long enough":"for four"}'
	jq -e '.dead == 1 and .rows == 0' <<<"$output"
	[ "$(sql "$DB" 'SELECT count(*) FROM observations')" = 0 ]
	[ "$(sql "$DB" 'SELECT reason, field FROM dead_letters')" = "type_mismatch|ts_ms" ]
	observations 1 4 p | tel-ingest --db "$DB"
	[ "$(sql "$DB" 'SELECT count(*) FROM observations')" = 3 ]
	audit "$DB"
}

@test "tel-ingest: maps that fail, make too much, or would change a number" {
	echo 'error("no")' >"$BATS_TEST_TMPDIR/map.jq"
	tel-ingest -q --db "$DB" --map "$BATS_TEST_TMPDIR/map.jq" <<<'{"a":1}'
	echo 'range(100) | {type: "observation", ts_ms: 1, name: "n"}' >"$BATS_TEST_TMPDIR/map.jq"
	tel-ingest -q --db "$DB" --map "$BATS_TEST_TMPDIR/map.jq" <<<'{"b":1}'
	echo '{type: "observation", ts_ms: 1, name: "n"}' >"$BATS_TEST_TMPDIR/map.jq"
	tel-ingest -q --db "$DB" --map "$BATS_TEST_TMPDIR/map.jq" <<<'{"c":[9007199254740993]}'
	echo '"text"' >"$BATS_TEST_TMPDIR/map.jq"
	tel-ingest -q --db "$DB" --map "$BATS_TEST_TMPDIR/map.jq" <<<'{"d":1}'
	[ "$(sql "$DB" 'SELECT reason FROM dead_letters ORDER BY id')" = "map_error
map_too_many
number_precision
map_error" ]
	[ "$(sql "$DB" 'SELECT count(*) FROM observations')" = 0 ]
}

@test "tel-ingest: a map sees JSON as JSON and anything else as text" {
	echo '{type: "log", ts_ms: 1, level: "info", message: type}' >"$BATS_TEST_TMPDIR/map.jq"
	printf '{"a":1}\n[1]\nplain\n{broken\n12\n' | tel-ingest --db "$DB" --map "$BATS_TEST_TMPDIR/map.jq"
	[ "$(sql "$DB" 'SELECT group_concat(message) FROM log_events')" = "object,array,string,string,string" ]
}

@test "tel-ingest: a map that does not compile, or is not there" {
	echo 'this is (not jq' >"$BATS_TEST_TMPDIR/map.jq"
	run -78 tel-ingest --db "$DB" --map "$BATS_TEST_TMPDIR/map.jq" </dev/null
	[[ $output == "tel-ingest: $BATS_TEST_TMPDIR/map.jq: syntax error"* ]]
	run -66 tel-ingest --db "$DB" --map "$BATS_TEST_TMPDIR/none.jq" </dev/null
	[ "$output" = "tel-ingest: $BATS_TEST_TMPDIR/none.jq: No such file or directory" ]
	[ ! -e "$DB" ]
}

@test "tel-ingest: unknown types are kept whole, unknown keys in extra and counted" {
	cat >"$BATS_TEST_TMPDIR/in" <<'EOT'
{"type":"weather","ts_ms":5,"run_id":"r","wind":{"speed":3}}
{"type":"observation","ts_ms":6,"name":"n","colour":"red","size":[1, 2],"big":123456789012345678901234567890}
{"type":"observation","ts_ms":7,"name":"n","colour":"blue","extra":{"old":1}}
EOT
	run -0 tel-ingest --db "$DB" "$BATS_TEST_TMPDIR/in"
	jq -e '.inserted == 3' <<<"$output"
	[ "$(sql "$DB" 'SELECT type, ts_ms, run_id, body FROM other_events')" = "weather|5|r|$(head -n 1 "$BATS_TEST_TMPDIR/in")" ]
	[ "$(sql "$DB" 'SELECT extra FROM observations')" = '{"colour":"red","size":[1, 2],"big":123456789012345678901234567890}
{"colour":"blue","old":1}' ]
	[ "$(sql "$DB" 'SELECT * FROM unknown_keys')" = "observation|big|1|1|0|0|0|0|0
observation|colour|2|0|0|2|0|0|0
observation|size|1|0|0|0|0|1|0" ]
}

@test "tel-ingest: numbers are exact, flags are 0 or 1, null is absent" {
	cat >"$BATS_TEST_TMPDIR/in" <<'EOT'
{"type":"http","ts_ms":1,"host":"h","role":"landing","method":"GET","bytes":9223372036854775807,"from_cache":true,"stale":0,"status":null}
{"type":"http","ts_ms":2.0,"host":"h","role":"landing","method":"GET","bytes":9007199254740993,"from_cache":1}
{"type":"observation","ts_ms":3,"name":"n","value":9007199254740992}
{"type":"observation","ts_ms":4,"name":"n","value":1e-7}
{"type":"observation","ts_ms":5,"name":"\u0416\ud83d\ude00\n","value":-0.1}
EOT
	run -0 tel-ingest --db "$DB" "$BATS_TEST_TMPDIR/in"
	jq -e '.inserted == 5' <<<"$output"
	[ "$(sql "$DB" 'SELECT bytes, from_cache, stale, revalidated, status IS NULL FROM http_events')" = \
		"9223372036854775807|1|0|0|1
9007199254740993|1|0|0|1" ]
	[ "$(sql "$DB" 'SELECT typeof(value), value = 9007199254740992, value = 1e-7 FROM observations WHERE ts_ms < 5')" = "real|1|0
real|0|1" ]
	[ "$(sql "$DB" 'SELECT hex(name) FROM observations WHERE ts_ms = 5')" = D096F09F98800A ]
}

@test "tel-ingest: of duplicate keys the last one counts" {
	echo '{"type":"observation","ts_ms":1,"name":"a","name":"b"}' | tel-ingest --db "$DB"
	[ "$(sql "$DB" 'SELECT name FROM observations')" = b ]
}

@test "tel-ingest: events lost before they came show as gaps" {
	{ observations 1 4 p; observations 10 12 p; observations 20 21 q; } | tel-ingest --db "$DB"
	[ "$(sql "$DB" 'SELECT producer, first_missing, last_missing FROM source_gaps ORDER BY 1, 2')" = "p|4|9
q|1|19" ]
	observations 4 10 p | tel-ingest --db "$DB"
	[ "$(sql "$DB" "SELECT from_position, until_position FROM source_ranges JOIN sources ON no = source_no WHERE name = 'p'")" = "1|12" ]
}

@test "tel-ingest: events in any order, in any number of pieces, come to the same" {
	observations 1 3000 p >"$BATS_TEST_TMPDIR/in"
	shuf --random-source="$BATS_TEST_TMPDIR/in" "$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/shuffled"
	split -l 700 "$BATS_TEST_TMPDIR/shuffled" "$BATS_TEST_TMPDIR/piece."
	tel-ingest --db "$DB" "$BATS_TEST_TMPDIR"/piece.* "$BATS_TEST_TMPDIR/shuffled"
	[ "$(sql "$DB" 'SELECT count(*), count(DISTINCT value) FROM observations')" = "2999|2999" ]
	[ "$(sql "$DB" 'SELECT from_position, until_position FROM source_ranges')" = "1|3000" ]
	[ "$(sql "$DB" 'SELECT sum(duplicate_count) FROM batches')" = 2999 ]
}

@test "tel-ingest: an archived event keeps the identity it names" {
	observations 0 30 >"$BATS_TEST_TMPDIR/in"
	tel-ingest --db "$DB" "$BATS_TEST_TMPDIR/in"
	sql "$DB" "SELECT json_object('type', 'observation', 'ts_ms', ts_ms, 'name', name, 'value', value,
		'origin', (SELECT kind || ':' || name || ':' || fingerprint FROM sources), 'position', id & 1099511627775)
		FROM observations" >"$BATS_TEST_TMPDIR/archived"
	run -0 tel-ingest --db "$DB" "$BATS_TEST_TMPDIR/archived"
	jq -e '.duplicate == 30' <<<"$output"
	run -0 tel-ingest --db "$BATS_TEST_TMPDIR/new.db" "$BATS_TEST_TMPDIR/archived"
	jq -e '.inserted == 30' <<<"$output"
	run -0 tel-ingest --db "$BATS_TEST_TMPDIR/new.db" "$BATS_TEST_TMPDIR/in"
	jq -e '.duplicate == 30' <<<"$output"
}

@test "tel-ingest: four writers at once lose nothing" {
	local pids=()
	for p in 1 2 3 4; do
		observations 1 5001 "p$p" >"$BATS_TEST_TMPDIR/in$p"
	done
	for p in 1 2 3 4; do
		tel-ingest --wait 60s --db "$DB" <"$BATS_TEST_TMPDIR/in$p" >"$BATS_TEST_TMPDIR/out$p" 2>&1 3>&- &
		pids+=($!)
	done
	for p in "${pids[@]}"; do
		wait "$p"
	done
	[ "$(sql "$DB" 'SELECT count(*) FROM observations')" = 20000 ]
	[ "$(sql "$DB" 'SELECT count(*) FROM source_gaps')" = 0 ]
	jq -se 'map(.inserted) | add == 20000' "$BATS_TEST_TMPDIR"/out?
	[ "$(sql "$DB" 'PRAGMA integrity_check')" = ok ]
}

@test "tel-ingest: waits for another writer no longer than --wait, then exit 75" {
	tel-ingest --db "$DB" </dev/null
	exec 8>"$DB.lock"
	flock 8
	run -75 --separate-stderr tel-ingest --wait 50ms --db "$DB" < <(observations 0 1)
	[[ $stderr == *"another process has been writing for 50 ms; try again"* ]]
	exec 8>&-
	run -64 tel-ingest --wait soon --db "$DB" </dev/null
	[ "$output" = "tel-ingest: --wait: 'soon' is not a duration in range, such as 250ms, 30s, 5m, 12h or 7d" ]
}

@test "tel-ingest: SIGTERM commits what was read and exits 0" {
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	tel-ingest --db "$DB" <"$BATS_TEST_TMPDIR/fifo" >"$BATS_TEST_TMPDIR/out" 3>&- &
	WRITER_PID=$!
	exec 8>"$BATS_TEST_TMPDIR/fifo"
	observations 1 101 p >&8
	printf '{"type":"observation","ts' >&8
	for ((i = 0; i < 10000; i++)); do
		[ "$(sqlite3 -batch "$DB" 'SELECT count(*) FROM observations' 2>/dev/null)" != 100 ] || break
	done
	kill -TERM "$WRITER_PID"
	wait "$WRITER_PID"
	WRITER_PID=
	exec 8>&-
	jq -e '.inserted == 100 and .dead == 0' "$BATS_TEST_TMPDIR/out"
}

@test "tel-ingest: a live line arrives without waiting for the end" {
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	tel-ingest --db "$DB" <"$BATS_TEST_TMPDIR/fifo" >/dev/null 3>&- &
	WRITER_PID=$!
	exec 8>"$BATS_TEST_TMPDIR/fifo"
	observations 1 4 p >&8 # stamped: need not wait for the first KiB
	local seen=0
	for ((i = 0; i < 10000 && seen < 3; i++)); do
		seen=$(sqlite3 -batch "$DB" 'SELECT count(*) FROM observations' 2>/dev/null) || seen=0
	done
	[ "$seen" = 3 ]
	observations 4 5 p >&8
	for ((i = 0; i < 10000 && seen < 4; i++)); do
		seen=$(sqlite3 -batch "$DB" 'SELECT count(*) FROM observations' 2>/dev/null) || seen=0
	done
	[ "$seen" = 4 ]
	exec 8>&-
	wait "$WRITER_PID"
	WRITER_PID=
}

@test "tel-ingest: inputs that cannot be opened or read" {
	observations 0 2 >"$BATS_TEST_TMPDIR/in"
	run -66 --separate-stderr tel-ingest --db "$DB" "$BATS_TEST_TMPDIR/none" "$BATS_TEST_TMPDIR/in"
	[ "$stderr" = "tel-ingest: $BATS_TEST_TMPDIR/none: No such file or directory" ]
	jq -e '.inserted == 2' <<<"$output"
	run -66 --separate-stderr tel-ingest --db "$DB" "$BATS_TEST_TMPDIR"
	[ "$stderr" = "tel-ingest: $BATS_TEST_TMPDIR: is a directory" ]
	run -0 tel-ingest --db "$DB" - <"$BATS_TEST_TMPDIR/in"
	jq -e '.duplicate == 2' <<<"$output"
}

@test "tel-ingest: gzip and zstd are read as what they hold, by any way" {
	mixed 3000 >"$BATS_TEST_TMPDIR/in"
	tel-ingest -q --db "$BATS_TEST_TMPDIR/plain.db" <"$BATS_TEST_TMPDIR/in"
	contents "$BATS_TEST_TMPDIR/plain.db" >"$BATS_TEST_TMPDIR/want"
	for pack in gzip "zstd -q"; do
		rm -f "$DB"
		$pack <"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/packed"
		run -0 --separate-stderr tel-ingest -q --db "$DB" - < <(cat "$BATS_TEST_TMPDIR/packed")
		jq -e '.lines == 3000' <<<"$output"
		contents "$DB" | cmp - "$BATS_TEST_TMPDIR/want"
		audit "$DB"
	done
	# Two members are one input, and their lines are counted through.
	{ observations 0 3 | gzip; observations 3 5 | gzip; } >"$BATS_TEST_TMPDIR/two.gz"
	run -0 tel-ingest --db "$DB" "$BATS_TEST_TMPDIR/two.gz"
	jq -e '.inserted == 5' <<<"$output"
}

@test "tel-ingest: a log that was rotated and compressed is known again" {
	observations 0 900 >"$BATS_TEST_TMPDIR/log"
	tel-ingest --db "$DB" "$BATS_TEST_TMPDIR/log"
	observations 900 1000 >>"$BATS_TEST_TMPDIR/log"
	gzip "$BATS_TEST_TMPDIR/log"
	run -0 tel-ingest --db "$DB" "$BATS_TEST_TMPDIR/log.gz"
	jq -e '.lines == 1000 and .inserted == 100 and .duplicate == 900' <<<"$output"
	[ "$(sql "$DB" 'SELECT count(*), count(DISTINCT value), (SELECT count(*) FROM sources) FROM observations')" = "1000|1000|1" ]
}

@test "tel-ingest: a compressed file that is cut short gives what it has and says where" {
	observations 0 5000 >"$BATS_TEST_TMPDIR/in"
	gzip -c "$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/in.gz"
	head -c 9000 "$BATS_TEST_TMPDIR/in.gz" >"$BATS_TEST_TMPDIR/cut.gz"
	run -65 --separate-stderr tel-ingest --db "$DB" "$BATS_TEST_TMPDIR/cut.gz"
	[[ $stderr == "tel-ingest: $BATS_TEST_TMPDIR/cut.gz: byte "*": ends within a gzip member at byte 9000; it was cut short there"* ]]
	jq -e '.inserted > 100 and .dead == 0' <<<"$output"
	cat "$BATS_TEST_TMPDIR/in.gz" >"$BATS_TEST_TMPDIR/cut.gz"
	run -0 tel-ingest --db "$DB" "$BATS_TEST_TMPDIR/cut.gz"
	[ "$(sql "$DB" 'SELECT count(*), count(DISTINCT value) FROM observations')" = "5000|5000" ]
}

@test "tel-ingest: a file is not read again from its beginning" {
	[ -e "$FAULT" ] || skip "no $FAULT; make check builds it"
	observations 0 200000 >"$BATS_TEST_TMPDIR/in"
	tel-ingest --db "$DB" "$BATS_TEST_TMPDIR/in"
	observations 200000 200010 >>"$BATS_TEST_TMPDIR/in"
	size=$(wc -c <"$BATS_TEST_TMPDIR/in")
	strace -f -o "$BATS_TEST_TMPDIR/trace" -e trace=lseek,read -P "$BATS_TEST_TMPDIR/in" \
		tel-ingest --db "$DB" "$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out"
	jq -e '.lines == 200010 and .inserted == 10 and .duplicate == 200000' "$BATS_TEST_TMPDIR/out"
	awk '/read\(/ { n += $NF } END { exit !(n < 6000000) }' "$BATS_TEST_TMPDIR/trace"
	[ "$size" -gt 12000000 ]
	# A bad line after that point still has its number.
	echo bad >>"$BATS_TEST_TMPDIR/in"
	tel-ingest -q --db "$DB" "$BATS_TEST_TMPDIR/in"
	[ "$(sql "$DB" 'SELECT line, offset_bytes FROM dead_letters')" = "200011|$size" ]
}

@test "tel-ingest: databases of other programs are refused" {
	run -66 tel-ingest --db "$BATS_TEST_TMPDIR" </dev/null
	[ "$output" = "tel-ingest: $BATS_TEST_TMPDIR: is a directory; name a database file in it" ]
	echo "hello, this is text and long enough to be looked at" >"$BATS_TEST_TMPDIR/text"
	run -65 tel-ingest --db "$BATS_TEST_TMPDIR/text" </dev/null
	[[ $output == "tel-ingest: $BATS_TEST_TMPDIR/text: file is not a database" ]]
	sqlite3 "$BATS_TEST_TMPDIR/other.db" 'CREATE TABLE t(x)'
	run -65 tel-ingest --db "$BATS_TEST_TMPDIR/other.db" </dev/null
	[[ $output == *"a SQLite database, but not one of teltools (application_id 0, not 1952803956)" ]]
	tel-ingest --db "$DB" </dev/null
	sqlite3 "$DB" 'PRAGMA user_version = 99'
	run -65 tel-ingest --db "$DB" </dev/null
	[[ $output == *"written by a newer teltools (schema 99, this program knows 3)" ]]
	run -73 tel-ingest --db "$BATS_TEST_TMPDIR/no/tel.db" </dev/null
	[[ $output == *"$BATS_TEST_TMPDIR/no/tel.db.lock: No such file or directory" ]]
}

@test "tel-ingest: an old database gains the columns that it lacks, rows and all" {
	tel-ingest --db "$DB" <<<'{"type":"http","ts_ms":1,"host":"h","role":"landing","method":"GET","from_cache":true}'
	sqlite3 "$DB" 'ALTER TABLE http_events DROP COLUMN waited_for; ALTER TABLE http_events DROP COLUMN from_cache; ALTER TABLE spans DROP COLUMN scope'
	tel-ingest --db "$DB" <<<'{"type":"http","ts_ms":2,"host":"h","role":"landing","method":"GET","from_cache":true,"waited_for":"rate"}'
	[ "$(sql "$DB" 'SELECT ts_ms, from_cache, waited_for FROM http_events ORDER BY 1')" = "1|0|
2|1|rate" ]
	[ "$(sql "$DB" "SELECT count(*) FROM pragma_table_info('spans') WHERE name = 'scope'")" = 1 ]
}

@test "tel-ingest: a word that only an old table refuses costs one event" {
	tel-ingest --db "$DB" </dev/null
	sqlite3 "$DB" "DROP TABLE rate_events; CREATE TABLE rate_events (id INTEGER PRIMARY KEY, ts_ms INTEGER NOT NULL, run_id TEXT,
		host TEXT NOT NULL, role TEXT NOT NULL, action TEXT NOT NULL CHECK (action IN ('block')), delay_ms INTEGER,
		max_delay_ms INTEGER, trace_id TEXT, span_id TEXT, cohort TEXT, extra TEXT) STRICT"
	printf '%s\n' '{"type":"rate","ts_ms":1,"host":"h","role":"landing","action":"acquire"}' \
		'{"type":"rate","ts_ms":1,"host":"h","role":"landing","action":"block"}' | tel-ingest -q --db "$DB"
	[ "$(sql "$DB" 'SELECT reason FROM dead_letters; SELECT action FROM rate_events')" = "refused_by_store
block" ]
}

@test "tel-ingest: TEL_DB names the database, --db wins" {
	TEL_DB=$DB tel-ingest < <(observations 0 1)
	[ "$(sql "$DB" 'SELECT count(*) FROM observations')" = 1 ]
	TEL_DB=$DB tel-ingest --db "$BATS_TEST_TMPDIR/b.db" < <(observations 0 1)
	[ -e "$BATS_TEST_TMPDIR/b.db" ]
	run -64 tel-ingest </dev/null
	[ "$output" = "tel-ingest: which database? give --db FILE or set TEL_DB" ]
}

@test "tel-ingest: help, version and typing mistakes" {
	run -0 --separate-stderr tel-ingest --help
	[[ ${lines[0]} == "usage: tel-ingest [OPTION]... [FILE]..." && -z $stderr ]]
	run -0 tel-ingest --version
	[[ $output =~ ^tel-ingest\ [0-9]+\.[0-9]+\.[0-9]+(\ \([^ ()]+\))?$ ]]
	run -64 tel-ingest --strick
	[ "$output" = "tel-ingest: unknown option '--strick'; did you mean --strict?" ]
	run -64 tel-ingest --limit 3
	[ "$output" = "tel-ingest: unknown option '--limit'; it belongs to dead ls" ]
	run -64 env -u TEL_DB tel-ingest audti
	[ "$output" = "tel-ingest: unknown verb 'audti'; did you mean audit?" ]
	run -64 tel-ingest --db
	[ "$output" = "tel-ingest: option '--db' needs a value" ]
	run -64 tel-ingest --strict=yes
	[ "$output" = "tel-ingest: option '--strict=yes' takes no value" ]
}

@test "tel-ingest: output that cannot be written is exit 74" {
	[ -e /dev/full ] || skip "no /dev/full"
	run -74 --separate-stderr bash -c 'tel-ingest --db "$1" </dev/null >/dev/full' - "$DB"
	[ "$stderr" = "tel-ingest: standard output: No space left on device" ]
}

@test "tel-ingest: after a clean end the database is a single file again" {
	observations 0 10 | tel-ingest --db "$DB"
	[ ! -e "$DB-wal" ]
	[ "$(sql "$DB" 'PRAGMA journal_mode')" = wal ]
	[ "$(sql "$DB" 'PRAGMA integrity_check')" = ok ]
	[ "$(sql "$DB" 'PRAGMA application_id')" = 1952803956 ]
}

@test "tel-ingest: log messages as events can be ingested in turn" {
	TEL_LOG=events tel-ingest --db "$DB" <<<nonsense 2>"$BATS_TEST_TMPDIR/log"
	run -0 tel-ingest --strict --db "$DB" "$BATS_TEST_TMPDIR/log"
	jq -e '.inserted == 1' <<<"$output"
	[[ $(sql "$DB" 'SELECT level, program, message FROM log_events') == "warning|tel-ingest|1 of 1 lines was refused"* ]]
}

@test "tel-ingest: SIGTERM within a large file stores a part, says so, and is success" {
	[ -e "$FAULT" ] || skip "no $FAULT; make check builds it"
	observations 1 200001 p >"$BATS_TEST_TMPDIR/in"
	tel-ingest --db "$DB" </dev/null
	# The signal comes with a write of the first transactions.
	run -0 --separate-stderr env FAULT_AT=1500 FAULT_HOW=term LD_PRELOAD="$FAULT" \
		tel-ingest --db "$DB" "$BATS_TEST_TMPDIR/in"
	[[ $stderr =~ ^"tel-ingest: warning: $BATS_TEST_TMPDIR/in: byte "[1-9][0-9]*": interrupted; run again for the rest"$ ]]
	jq -e '.inserted > 0 and .inserted < 200000 and .interrupted' <<<"$output"
	tel-ingest --db "$DB" "$BATS_TEST_TMPDIR/in"
	[ "$(sql "$DB" 'SELECT count(*), count(DISTINCT id) FROM observations')" = "200000|200000" ]
}

@test "tel-ingest: very many producers in one transaction keep their ranges" {
	jq -nc '(range(9500) | {p: "p\(.)", seq: (1, 5)}), (range(9500) | {p: "p\(.)", seq: 3})
		| {type: "observation", ts_ms: 1, name: "n", producer: .p, seq: .seq}' >"$BATS_TEST_TMPDIR/in"
	run -0 --separate-stderr tel-ingest --db "$DB" "$BATS_TEST_TMPDIR/in"
	jq -e '.inserted == 28500 and .dead == 0' <<<"$output"
	[ "$(sql "$DB" 'SELECT count(*), count(DISTINCT source_no) FROM source_ranges')" = "28500|9500" ]
	run -0 tel-ingest --db "$DB" "$BATS_TEST_TMPDIR/in"
	jq -e '.duplicate == 28500' <<<"$output"
}

@test "tel-ingest: an extra object joins the unknown keys, whatever is in it" {
	cat >"$BATS_TEST_TMPDIR/in" <<'EOT'
{"type":"observation","ts_ms":1,"name":"n","extra":{ },"zz":1}
{"type":"observation","ts_ms":2,"name":"n","extra":{}}
{"type":"observation","ts_ms":3,"name":"n","extra":{ "a" : [1] },"zz":{}}
{"type":"observation","ts_ms":4,"name":"n","extra":7}
EOT
	tel-ingest --db "$DB" "$BATS_TEST_TMPDIR/in"
	[ "$(sql "$DB" 'SELECT coalesce(extra, "-") FROM observations')" = '{"zz":1}
-
{ "a" : [1] ,"zz":{}}
{"extra":7}' ]
	[ "$(sql "$DB" 'SELECT count(*) FROM observations WHERE extra IS NOT NULL AND NOT json_valid(extra)')" = 0 ]
}

@test "tel-ingest: an old database gains tables, views and indexes too" {
	observations 1 4 p | tel-ingest --db "$DB"
	sqlite3 "$DB" "DROP VIEW source_gaps; CREATE VIEW source_gaps AS SELECT 1; DROP TABLE unknown_keys;
		DROP INDEX sources_by_prefix; UPDATE store_schema SET hash = 7"
	observations 6 7 p | tel-ingest --db "$DB"
	[ "$(sql "$DB" 'SELECT first_missing, last_missing FROM source_gaps')" = "4|5" ]
	[ "$(sql "$DB" "SELECT count(*) FROM sqlite_schema WHERE name IN ('unknown_keys', 'sources_by_prefix')")" = 2 ]
	[ "$(sql "$DB" 'SELECT count(*) FROM store_schema')" = 1 ]
}

@test "tel-ingest: an event emitted twice by a map is stored once" {
	echo '(1, 2, 1) | {type: "observation", ts_ms: 1, name: "n", producer: "p", seq: .}' >"$BATS_TEST_TMPDIR/map.jq"
	run -0 tel-ingest --db "$DB" --map "$BATS_TEST_TMPDIR/map.jq" <<<'{"some":"line"}'
	jq -e '.inserted == 1 and .rows == 2 and .dead == 0' <<<"$output"
}

@test "tel-ingest: a link to the database leads to the same lock" {
	tel-ingest --db "$DB" </dev/null
	ln -s tel.db "$BATS_TEST_TMPDIR/link.db"
	exec 8>"$DB.lock"
	flock 8
	run -75 tel-ingest --wait 20ms --db "$BATS_TEST_TMPDIR/link.db" < <(observations 0 1)
	exec 8>&-
	[ ! -e "$BATS_TEST_TMPDIR/link.db.lock" ]
	cd "$BATS_TEST_TMPDIR"
	tel-ingest --db :memory: < <(observations 0 1)
	[ "$(sql ./:memory: 'SELECT count(*) FROM observations')" = 1 ]
	mkfifo fifo
	run -66 tel-ingest --db fifo </dev/null
	[ "$output" = "tel-ingest: fifo: is not a regular file" ]
}

@test "tel-ingest: inputs that a signal keeps out are named: SIGTERM is 0, SIGINT 75" {
	observations 1 200001 p >"$BATS_TEST_TMPDIR/a"
	observations 1 2 q >"$BATS_TEST_TMPDIR/b"
	tel-ingest --db "$DB" </dev/null
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	local pair code
	for pair in "TERM 0" "INT 75"; do
		tel-ingest --db "$DB" "$BATS_TEST_TMPDIR/fifo" "$BATS_TEST_TMPDIR/b" 2>"$BATS_TEST_TMPDIR/err" >/dev/null 3>&- &
		WRITER_PID=$!
		exec 8>"$BATS_TEST_TMPDIR/fifo"
		kill "-${pair% *}" "$WRITER_PID"
		code=0
		wait "$WRITER_PID" || code=$?
		WRITER_PID=
		exec 8>&-
		[ "$code" -eq "${pair#* }" ]
		grep -q "^tel-ingest: warning: $BATS_TEST_TMPDIR/b: interrupted before it was read; run again$" "$BATS_TEST_TMPDIR/err"
	done
}

@test "tel-ingest: closed standard streams are failures, not other files" {
	run -74 --separate-stderr bash -c 'tel-ingest --db "$1" <&-' - "$DB"
	[[ $stderr == "tel-ingest: -: byte 0: read: Bad file descriptor" ]]
	run -74 bash -c 'tel-ingest --db "$1" </dev/null >&- 2>&-' - "$DB"
	[ "$(sql "$DB" 'PRAGMA integrity_check')" = ok ]
}

@test "tel-ingest: a batch that a map fills ends before it is too much" {
	# Lines that grow when addresses become hashes fill a batch early, and the
	# number of lines given to the map at once must not grow for ever after.
	jq -nc 'range(30000) | {type: "log", ts_ms: ., level: "info", message: "m\(.) a\(.)@example.com"}' >"$BATS_TEST_TMPDIR/in"
	echo . >"$BATS_TEST_TMPDIR/same.jq"
	run -0 --separate-stderr tel-ingest --db "$DB" --map "$BATS_TEST_TMPDIR/same.jq" "$BATS_TEST_TMPDIR/in"
	jq -e '.inserted == 30000 and .redacted == 30000' <<<"$output"
	[ "$(sql "$DB" 'SELECT count(DISTINCT message) FROM log_events')" = 30000 ]
}

@test "tel-ingest: a file is read on after a line that is longer than any buffer" {
	{ head -c 9000000 /dev/zero | tr '\0' x; echo; observations 0 5; } >"$BATS_TEST_TMPDIR/in"
	run -0 tel-ingest -q --db "$DB" "$BATS_TEST_TMPDIR/in"
	jq -e '.inserted == 5 and .dead == 1' <<<"$output"
	observations 5 7 >>"$BATS_TEST_TMPDIR/in"
	run -0 tel-ingest -q --db "$DB" "$BATS_TEST_TMPDIR/in"
	jq -e '.inserted == 2 and .duplicate == 6' <<<"$output"
	observations 7 100007 >>"$BATS_TEST_TMPDIR/in"
	tel-ingest -q --db "$DB" "$BATS_TEST_TMPDIR/in"
	observations 100007 100010 >>"$BATS_TEST_TMPDIR/in"
	run -0 tel-ingest -q --db "$DB" "$BATS_TEST_TMPDIR/in"
	jq -e '.inserted == 3 and .duplicate == 100008' <<<"$output"
	[ "$(sql "$DB" 'SELECT count(*), count(DISTINCT value) FROM observations')" = "100010|100010" ]
}

@test "tel-ingest: stdin that begins within a file goes on there" {
	observations 100000 220000 >"$BATS_TEST_TMPDIR/in"
	local line_bytes i_run
	line_bytes=$(head -n 1 "$BATS_TEST_TMPDIR/in" | wc -c)
	for i_run in 1 2; do
		{ dd bs="$line_bytes" count=2 of=/dev/null 2>/dev/null; tel-ingest -q --db "$DB" >"$BATS_TEST_TMPDIR/out"; } <"$BATS_TEST_TMPDIR/in"
		observations 220000 220003 >>"$BATS_TEST_TMPDIR/in"
	done
	jq -e '.inserted == 3' "$BATS_TEST_TMPDIR/out"
	[ "$(sql "$DB" 'SELECT count(*), count(DISTINCT value) FROM observations')" = "120001|120001" ]
}

@test "tel-ingest: files that differ after the first 64 KiB are told apart where one goes on" {
	observations 0 4000 >"$BATS_TEST_TMPDIR/a"
	cp "$BATS_TEST_TMPDIR/a" "$BATS_TEST_TMPDIR/b"
	observations 4000 5000 >>"$BATS_TEST_TMPDIR/a"
	observations 8000 9500 >>"$BATS_TEST_TMPDIR/b"
	gzip -k "$BATS_TEST_TMPDIR/a" "$BATS_TEST_TMPDIR/b"
	tel-ingest -q --db "$DB" "$BATS_TEST_TMPDIR/a"
	run -0 tel-ingest -q --db "$DB" "$BATS_TEST_TMPDIR/b.gz"
	jq -e '.inserted == 5500' <<<"$output"
	run -0 tel-ingest -q --db "$DB" "$BATS_TEST_TMPDIR/a.gz"
	jq -e '.duplicate == 5000' <<<"$output"
	# The same file with other contents after its beginning is another one.
	cat "$BATS_TEST_TMPDIR/b" >"$BATS_TEST_TMPDIR/a"
	run -0 tel-ingest -q --db "$DB" "$BATS_TEST_TMPDIR/a"
	jq -e '.inserted == 5500' <<<"$output"
}

@test "tel-ingest: a failing store ends a reader that waits" {
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	tel-ingest --db "$DB" </dev/null
	tel-ingest --wait 1ms --db "$DB" "$BATS_TEST_TMPDIR/fifo" >/dev/null 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	WRITER_PID=$!
	exec 8>"$BATS_TEST_TMPDIR/fifo" 9>>"$DB.lock"
	flock 9
	observations 1 4000 p >&8
	# The writing end stays open: nothing but the failure ends it.
	local code=0
	wait "$WRITER_PID" || code=$?
	WRITER_PID=
	exec 8>&- 9>&-
	[ "$code" -eq 75 ]
	grep -q "another process has been writing" "$BATS_TEST_TMPDIR/err"
}

@test "tel-ingest: no key for a hash: nothing is stored" {
	: >"$DB.key"
	run -78 tel-ingest --db "$DB" <<<'{"type":"log","ts_ms":1,"level":"info","message":"from bob@example.org"}'
	[[ $output == *"tel-ingest: -: key file: $DB.key: empty; it must hold the key"* ]]
	[ "$(sql "$DB" 'SELECT count(*) FROM log_events')" = 0 ]
	rm "$DB.key"
	tel-ingest --db "$DB" <<<'{"type":"log","ts_ms":1,"level":"info","message":"from bob@example.org"}'
	[ "$(sql "$DB" "SELECT message GLOB 'from [0-9a-f]*' FROM log_events")" = 1 ]
}
