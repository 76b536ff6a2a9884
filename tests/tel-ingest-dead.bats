#!/usr/bin/env bats
# SPDX-License-Identifier: ISC

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	DB=tel.db
	export TEL_NOW_MS=1764000000000
}

# Five letters of two inputs: not_json, type_mismatch and bad_enum of one,
# not_object and truncated of the other.
letters() {
	{
		echo nonsense
		echo '{"type":"observation","ts_ms":1,"name":"n"}'
		echo '{"type":"observation","ts_ms":"no","name":"n"}'
		echo '{"type":"http","ts_ms":1,"host":"h","role":"cook","method":"GET"}'
	} >one.jsonl
	printf '[1]\n{"type":' >two.jsonl
	tel-ingest -q --db "$DB" one.jsonl two.jsonl >/dev/null
}

# ids [OPTION]...: of the letters that dead ls lists.
ids() {
	tel-ingest dead ls --db "$DB" "$@" | jq .id
}

audits() {
	run -0 --separate-stderr tel-ingest audit --db "$DB"
}

@test "dead ls: a JSON line for each letter, in order of the ids" {
	letters
	run -0 --separate-stderr tel-ingest dead ls --db "$DB"
	[ -z "$stderr" ] && [ "${#lines[@]}" -eq 5 ]
	[ "$(jq -s 'map(.id) == (map(.id) | sort)' <<<"$output")" = true ]
	[ "$(jq -c 'del(.detail)' <<<"${lines[1]}")" = '{"id":1099511627829,"input":"one.jsonl","line":3,"column":31,"offset_bytes":53,"reason":"type_mismatch","field":"ts_ms"}' ] ||
		{ echo "${lines[1]}"; false; }
	[ "$(jq -r 'map(.reason) | join(" ")' -s <<<"$output")" = "not_json type_mismatch bad_enum not_object truncated" ]
	[ "$(jq -s 'map(has("column")) | .[4]' <<<"$output")" = false ]
	diff <(jq -r '"\(.id)|\(.input)|\(.line)|\(.column // "")|\(.offset_bytes)|\(.reason)|\(.field // "")|\(.detail)"' <<<"$output") \
		<(sql "$DB" 'SELECT id, input, line, column, offset_bytes, reason, field, detail FROM dead_letters ORDER BY id')
}

@test "dead ls: by reason, by input, by id, and with a limit" {
	letters
	[ "$(ids --reason bad_enum --reason truncated | wc -l)" -eq 2 ]
	[ "$(ids --reason bad_enum --reason truncated -i two.jsonl | wc -l)" -eq 1 ]
	[ "$(ids --input one.jsonl | wc -l)" -eq 3 ]
	[ "$(ids --input none.jsonl | wc -l)" -eq 0 ]
	[ "$(ids --limit 2)" = "$(ids | head -2)" ]
	[ "$(ids --limit 100 | wc -l)" -eq 5 ]
	local all
	mapfile -t all < <(ids)
	[ "$(ids "${all[3]}" "${all[1]}" "${all[3]}")" = "${all[1]}
${all[3]}" ]
	[ "$(ids "${all[@]}" --reason not_json)" = "${all[0]}" ]
	[ "$(tel-ingest dead ls --reason not_json --db "$DB" "${all[1]}" | wc -l)" -eq 0 ]
}

@test "dead ls: as a table, whose columns line up" {
	letters
	run -0 tel-ingest dead ls --db "$DB" --format table
	[ "${lines[0]}" = "           ID  INPUT      LINE  COLUMN  OFFSET  REASON         FIELD  DETAIL" ]
	[[ ${lines[1]} == "1099511627776  one.jsonl     1       1       0  not_json              "* ]] || { echo "${lines[1]}"; false; }
	[[ ${lines[5]} == *"  two.jsonl     2               4  truncated             the input ends"* ]] || { echo "${lines[5]}"; false; }
	[ "${#lines[@]}" -eq 6 ]
	tel-ingest dead drop --all --db "$DB"
	run -0 tel-ingest dead ls --db "$DB" -F table
	[ "$output" = "ID  INPUT  LINE  COLUMN  OFFSET  REASON  FIELD  DETAIL" ]
	run -0 tel-ingest dead ls --db "$DB"
	[ -z "$output" ]
}

@test "dead ls: a table is cut to the width of the terminal" {
	need_terminal
	letters
	script -qec "stty cols 50; tel-ingest dead ls --db $DB --format table" /dev/null </dev/null |
		tr -d '\r' >shown
	[ "$(wc -L <shown)" -eq 50 ]
	[ "$(wc -l <shown)" -eq 6 ]
}

@test "dead ls, dead show: control characters are escaped" {
	printf 'x\033[2Jy\n' | tel-ingest -q --db "$DB" --source $'in\nput\033'
	run -0 tel-ingest dead ls --db "$DB" --format table
	[ "${#lines[@]}" -eq 2 ]
	[[ $output == *'in\x0aput\x1b'* && $output != *$'\033'* ]]
	run -0 tel-ingest dead show --db "$DB" "$(ids)"
	[[ $output == *'x\x1b[2Jy'* && $output != *$'\033'* ]]
}

@test "dead show: the whole dead letter, with a caret below the column" {
	letters
	run -0 --separate-stderr tel-ingest dead show --db "$DB" 1099511627829
	[ -z "$stderr" ]
	[ "$output" = 'dead letter 1099511627829
  input   one.jsonl
  line    3, from byte 53 of the input, 47 bytes long
  source  file one.jsonl, no 1, position 53
  reason  type_mismatch
  field   ts_ms
  detail  ts_ms: must be a whole number, is "no"
  column  31

{"type":"observation","ts_ms":"no","name":"n"}
                              ^' ]
	mapfile -t all < <(ids)
	run -0 tel-ingest dead show --db "$DB" "${all[4]}" "${all[0]}"
	[ "$(grep -c '^dead letter ' <<<"$output")" -eq 2 ]
	[[ ${lines[0]} == "dead letter ${all[0]}" ]]
	[[ ${lines[-1]} == '{"type":' ]]
}

@test "dead show: the caret is correct after escapes and multi-byte characters" {
	printf '{"k\302\205\303\251\360\237\230\200":1,"type":"observation","ts_ms":"no","name":"n"}\n' | tel-ingest -q --db "$DB"
	run -0 tel-ingest dead show --db "$DB" "$(ids)"
	[ "${lines[-2]}" = '{"k\xc2\x85é😀":1,"type":"observation","ts_ms":"no","name":"n"}' ] || { echo "${lines[-2]}"; false; }
	local before=${lines[-2]%%\"no\"*}
	# Characters, not bytes, whatever the locale: é is 2, the face is 4.
	[ "${#lines[-1]}" -eq $(($(printf %s "$before" | LC_ALL=C tr -d '\200-\277' | wc -c) + 1)) ] || { echo "$output"; false; }
	[[ ${lines[-1]} == *' ^' ]]
}

@test "dead show: of a long line, the part around the column is shown again" {
	{ printf '{"pad":"'; head -c 5000 /dev/zero | tr '\0' x; printf '","type":"observation","ts_ms":"no","name":"n"}\n'; } |
		tel-ingest -q --db "$DB"
	run -0 tel-ingest dead show --db "$DB" "$(ids)"
	[ "${#lines[-4]}" -gt 5000 ]
	[ "${lines[-3]}" = "from byte 4990 of it:" ]
	[ "${lines[-2]}" = 'xxxxxxxxxxxxxxxxxxx","type":"observation","ts_ms":"no","name":"n"}' ] || { echo "${lines[-2]}"; false; }
	[ "${lines[-1]}" = '                                                  ^' ]
}

@test "dead show: an empty line, and a line that was kept in part" {
	{ echo; head -c 1100000 /dev/zero | tr '\0' x; echo; } | tel-ingest -q --db "$DB"
	mapfile -t all < <(ids)
	run -0 tel-ingest dead show --db "$DB" "${all[0]}"
	[ "${lines[-1]}" = "(an empty line)" ]
	run -0 tel-ingest dead show --db "$DB" "${all[1]}"
	[[ $output == *"1100001 bytes long, 65536 of them kept"* ]]
}

@test "dead drop: dead letters are deleted, the sums still hold, the positions stay taken" {
	letters
	run -0 --separate-stderr tel-ingest dead drop --db "$DB" --reason not_json --reason not_object
	[ "$output" = '{"dropped":2}' ] && [ -z "$stderr" ]
	[ "$(sql "$DB" 'SELECT group_concat(reason) FROM (SELECT reason FROM dead_letters ORDER BY id)')" = type_mismatch,bad_enum,truncated ]
	audits
	jq -se 'last | .dead_letters == 3 and .resolved == 2 and .dead == 5' <<<"$output"
	[ "$(sql "$DB" 'SELECT source_no, from_position, until_position, line_count, row_count, resolved_count, committed_ms
		FROM batches WHERE resolved_count > 0 ORDER BY source_no')" = "1|0|1|0|0|1|1764000000000
2|0|1|0|0|1|1764000000000" ]
	[ "$(sql "$DB" 'SELECT count(DISTINCT transaction_no) FROM batches WHERE resolved_count > 0')" = 1 ]
	run -0 --separate-stderr tel-ingest --db "$DB" one.jsonl
	jq -e '.dead == 0' <<<"$output"
	run -0 tel-ingest dead drop --db "$DB" --input one.jsonl
	[ "$output" = '{"dropped":2}' ]
	run -0 tel-ingest dead drop --db "$DB" --all
	[ "$output" = '{"dropped":1}' ]
	run -0 tel-ingest dead drop --db "$DB" --all
	[ "$output" = '{"dropped":0}' ]
	audits
	jq -se 'last | .dead_letters == 0 and .resolved == 5' <<<"$output"
	[ "$(sql "$DB" 'SELECT count(*) FROM batches WHERE resolved_count > 0')" = 4 ]
}

@test "dead drop: by id; a wrong id drops nothing" {
	letters
	mapfile -t all < <(ids)
	run -65 --separate-stderr tel-ingest dead drop --db "$DB" "${all[0]}" 12345
	[ "$stderr" = "tel-ingest: tel.db: no dead letter has the id 12345; tel-ingest dead ls lists them" ]
	[ -z "$output" ]
	[ "$(ids | wc -l)" -eq 5 ]
	run -0 tel-ingest dead drop --db "$DB" "${all[0]}" "${all[2]}" "${all[2]}"
	[ "$output" = '{"dropped":2}' ]
	run -65 tel-ingest dead drop --db "$DB" "${all[0]}"
	run -65 tel-ingest dead show --db "$DB" "${all[0]}"
	run -65 tel-ingest dead ls --db "$DB" "${all[0]}"
	audits
}

@test "dead replay: what a map mends gets its rows, once" {
	letters
	cat >map.jq <<-'EOT'
		if type == "string" then empty
		elif .ts_ms == "no" then .ts_ms = 7
		else . end
	EOT
	run -1 --separate-stderr tel-ingest dead replay --db "$DB" --map map.jq --input one.jsonl
	[ "$output" = '{"letters":3,"inserted":1,"duplicate":0,"filtered":1,"dead":1}' ] || { echo "$output"; false; }
	[ "$stderr" = "tel-ingest: warning: 1 of 3 dead letters was refused again" ]
	[ "$(sql "$DB" 'SELECT id FROM observations WHERE ts_ms = 7')" = 1099511627829 ]
	[ "$(sql "$DB" "SELECT group_concat(reason) FROM (SELECT reason FROM dead_letters WHERE input = 'one.jsonl')")" = bad_enum ]
	audits
	run -0 --separate-stderr tel-ingest --db "$DB" one.jsonl
	jq -e '.inserted == 0 and .dead == 0' <<<"$output"
	audits
	tel-ingest dead drop --db "$DB" --all
	run -0 tel-ingest dead replay --db "$DB" --all
	[ "$output" = '{"letters":0,"inserted":0,"duplicate":0,"filtered":0,"dead":0}' ]
}

@test "dead replay: by id and by reason; the rest is left alone" {
	letters
	echo '{type: "observation", ts_ms: 9, name: "mended"}' >map.jq
	mapfile -t all < <(ids)
	run -0 tel-ingest dead replay --db "$DB" --map map.jq "${all[0]}" "${all[3]}"
	jq -e '.letters == 2 and .inserted == 2' <<<"$output"
	run -0 tel-ingest dead replay --db "$DB" --map map.jq --reason bad_enum
	jq -e '.letters == 1 and .inserted == 1' <<<"$output"
	[ "$(sql "$DB" "SELECT count(*) FROM observations WHERE name = 'mended'")" = 3 ]
	[ "$(ids | wc -l)" -eq 2 ]
	audits
	run -65 --separate-stderr tel-ingest dead replay --db "$DB" "${all[0]}"
	[ "$stderr" = "tel-ingest: tel.db: no dead letter has the id ${all[0]}; tel-ingest dead ls lists them" ]
}

@test "dead replay: a line that was not kept whole stays dead" {
	head -c 1100000 /dev/zero | tr '\0' x | sed 's/$/\n/' | tel-ingest -q --db "$DB"
	run -1 --separate-stderr tel-ingest dead replay --db "$DB" --all
	[ "$output" = '{"letters":1,"inserted":0,"duplicate":0,"filtered":0,"dead":1}' ]
	[ "$stderr" = "tel-ingest: warning: 1 of 1 dead letters cannot be replayed, because their lines were not kept whole" ]
	[ "$(ids | wc -l)" -eq 1 ]
	audits
}

@test "dead replay: a map that is wrong" {
	letters
	run -66 tel-ingest dead replay --db "$DB" --map none.jq --all
	echo '{' >map.jq
	run -78 tel-ingest dead replay --db "$DB" --map map.jq --all
	[ "$(ids | wc -l)" -eq 5 ]
}

@test "dead: replay and drop need an explicit choice" {
	letters
	for verb in replay drop; do
		run -64 tel-ingest dead "$verb" --db "$DB"
		[ "$output" = "tel-ingest: which dead letters? give ID..., --reason R, --input NAME or --all" ]
		run -64 tel-ingest dead "$verb" --db "$DB" --all 5
		[ "$output" = "tel-ingest: --all does not go with a choice of dead letters" ]
		run -64 tel-ingest dead "$verb" --db "$DB" --all --input x
	done
	run -64 tel-ingest dead show --db "$DB"
	[ "$output" = "tel-ingest: which dead letters? give ID..., such as tel-ingest dead ls shows" ]
	[ "$(ids | wc -l)" -eq 5 ]
}

@test "dead drop: a letter that a trigger of the user keeps is not counted" {
	letters
	sql "$DB" "CREATE TRIGGER keep BEFORE DELETE ON dead_letters WHEN old.reason = 'not_json'
		BEGIN SELECT RAISE(IGNORE); END"
	run -0 tel-ingest dead drop --db "$DB" --all
	[ "$output" = '{"dropped":4}' ]
	[ "$(ids | wc -l)" -eq 1 ]
	tel-ingest audit --db "$DB"
}

@test "dead: usage errors" {
	letters
	run -64 tel-ingest dead
	[ "$output" = "tel-ingest: which verb? dead ls, dead show, dead replay or dead drop; see tel-ingest --help" ]
	run -64 tel-ingest dead lst --db "$DB"
	[ "$output" = "tel-ingest: unknown verb 'dead lst'; did you mean 'dead ls'?" ]
	run -64 tel-ingest dead --db "$DB" ls
	[ "$output" = "tel-ingest: which verb? dead ls, dead show, dead replay or dead drop; see tel-ingest --help" ]
	run -64 tel-ingest dead resurrect --db "$DB"
	[ "$output" = "tel-ingest: unknown verb 'dead resurrect'; give dead ls, dead show, dead replay or dead drop; see tel-ingest --help" ]
	run -64 tel-ingest dead ls --db "$DB" --reason not_jsn
	[ "$output" = "tel-ingest: --reason: 'not_jsn' is not a reason; did you mean not_json?" ]
	run -64 tel-ingest dead drop --db "$DB" --reason whatever
	[ "$output" = "tel-ingest: --reason: 'whatever' is not a reason; tel-ingest(1) lists them" ]
	for id in x 1x -5 1.0 99999999999999999999; do
		run -64 tel-ingest dead show --db "$DB" -- "$id"
		[ "$output" = "tel-ingest: '$id' is not the id of a dead letter; tel-ingest dead ls lists them" ]
	done
	run -64 tel-ingest dead ls --db "$DB" --limit 0
	run -64 tel-ingest dead ls --db "$DB" --format xml
	[ "$output" = "tel-ingest: dead ls: --format: 'xml' is not jsonl or table" ]
	run -64 tel-ingest dead ls --strict
	[ "$output" = "tel-ingest: dead ls: unknown option '--strict'; it belongs to tel-ingest without a verb" ]
	run -64 tel-ingest dead ls
	[ "$output" = "tel-ingest: which database? give --db FILE or set TEL_DB" ]
}

@test "dead: the reasons that --reason takes are those of reason.def, and of the page" {
	tel-ingest --db "$DB" </dev/null
	mapfile -t reasons < <(sed -n 's/^WORD(REASON, \([a-z0-9_]*\),.*/\1/p' "$ROOT/schema/reason.def")
	[ "${#reasons[@]}" -ge 14 ]
	for reason in "${reasons[@]}"; do
		run -0 tel-ingest dead ls --db "$DB" --reason "$reason"
		grep -qx "\.It Cm $reason" "$ROOT/cmd/tel-ingest.1"
	done
}

@test "dead: databases that are not there are not made" {
	for verb in ls show replay drop; do
		run -66 tel-ingest dead "$verb" --db none.db 1
		[ "$output" = "tel-ingest: none.db: No such file or directory" ]
		[ ! -e none.db ]
	done
	sqlite3 other.db 'CREATE TABLE t (x)'
	run -65 tel-ingest dead drop --all --db other.db
}

@test "dead drop: waits for another writer no longer than --wait" {
	letters
	exec 8>"$DB.lock"
	flock 8
	run -75 tel-ingest dead drop --all --wait 20ms --db "$DB"
	[[ $output == *"another process has been writing for 20 ms; try again"* ]]
	exec 8>&-
	[ "$(ids | wc -l)" -eq 5 ]
}

@test "dead replay: dead letters of old databases, which lack the length of the line" {
	printf 'hello\nworld\n' >"$BATS_TEST_TMPDIR/in"
	tel-ingest -q --db "$DB" "$BATS_TEST_TMPDIR/in"
	sql "$DB" 'UPDATE dead_letters SET line_bytes = NULL'
	echo '{type: "log", ts_ms: 1, level: "info", message: .}' >"$BATS_TEST_TMPDIR/text.jq"
	run -0 tel-ingest dead replay --db "$DB" --map "$BATS_TEST_TMPDIR/text.jq" --all
	jq -e '.inserted == 2' <<<"$output"
	[ "$(sql "$DB" 'SELECT group_concat(message) FROM log_events')" = "hello,world" ]
	run -0 tel-ingest audit --db "$DB"
}

@test "dead replay: a truncated line is replayed only when its id is named" {
	printf 'hello wor' >"$BATS_TEST_TMPDIR/in"
	echo '{type: "log", ts_ms: 1, level: "info", message: .}' >"$BATS_TEST_TMPDIR/text.jq"
	tel-ingest -q --db "$DB" --map "$BATS_TEST_TMPDIR/text.jq" "$BATS_TEST_TMPDIR/in"
	run -1 --separate-stderr tel-ingest dead replay --db "$DB" --map "$BATS_TEST_TMPDIR/text.jq" --all
	[[ $stderr == *"1 of 1 dead letters are truncated, and their lines may still be completed; to replay them as they are give --reason truncated" ]]
	printf 'ld\n' >>"$BATS_TEST_TMPDIR/in"
	tel-ingest -q --db "$DB" --map "$BATS_TEST_TMPDIR/text.jq" "$BATS_TEST_TMPDIR/in"
	[ "$(sql "$DB" 'SELECT message FROM log_events')" = "hello world" ]
	printf 'the end' >>"$BATS_TEST_TMPDIR/in"
	tel-ingest -q --db "$DB" --map "$BATS_TEST_TMPDIR/text.jq" "$BATS_TEST_TMPDIR/in"
	run -0 tel-ingest dead replay --db "$DB" --map "$BATS_TEST_TMPDIR/text.jq" --reason truncated
	[ "$(sql "$DB" 'SELECT group_concat(message) FROM log_events')" = "hello world,the end" ]
	run -0 tel-ingest audit --db "$DB"
}
