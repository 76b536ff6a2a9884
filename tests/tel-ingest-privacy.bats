#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Every secret of these tests contains the word "planted", and everything that must
# stay contains "kept". The inputs are outside the folder that is searched.

load helper

setup() {
	RUN=$BATS_TEST_TMPDIR/run
	IN=$BATS_TEST_TMPDIR/in
	DB=$RUN/tel.db
	KEY=$BATS_TEST_TMPDIR/key
	FAULT=${FAULT:-$ROOT/build/release/tests/fault/fault.so}
	mkdir "$RUN"
	export TEL_NOW_MS=1764000000000
}

# take [OPTION]... [FILE]...: ingests, with all output in the searched folder too.
take() {
	tel-ingest -vv --db "$DB" --dead-letters "$RUN/dead.jsonl" "$@" >"$RUN/out" 2>"$RUN/err"
}

# clean [WORD]: fails if a file of the folder contains a secret, with one or two bytes
# per letter.
clean() {
	local file found=0
	while IFS= read -r file; do
		if tr -d '\0' <"$file" | grep -aioE ".{0,60}${1:-planted}.{0,40}"; then
			echo "in $file"
			found=1
		fi
	done < <(find "$RUN" -type f)
	[ "$found" -eq 0 ]
}

# hmac TEXT: the HMAC with the key in $KEY, computed by another program.
hmac() {
	printf %s "$1" | openssl dgst -sha256 -hmac "$(cat "$KEY")" -r | cut -c 1-64
}

use_key() {
	printf 'the key of this test\n' >"$KEY"
	export TEL_HASH_KEY_FILE=$KEY
}

# Prints events, lines that are refused, and text, with secrets in all places.
secrets() {
	cat <<'EOT'
{"type":"log","ts_ms":1,"level":"info","message":"kept-01","password":"planted","nested":{"list":[{"apiKey":"planted"}],"X-Auth-Token":{"deep":["planted"]},"kept":"kept-02"}}
{"type":"log","ts_ms":2,"level":"info","message":"kept-03","client_secret":["planted",{"x":"planted"}],"db_passwd":"planted\"planted","token_count":"kept-04","tokens_used":7070}
{"type":"weather","ts_ms":3,"kept":"kept-05","Authorization":"Bearer planted","cookie":"a=planted; b=planted","private_key":"planted","p\u0061ssword":"pl\u0061nted planted"}
{"type":"log","ts_ms":4,"level":"info","message":"kept-06 token=planted&x=kept-07 https://kept:planted@kept.example/ of Planted.One+tag@Example.org kept-08"}
{"type":"log","ts_ms":5,"level":"info","message":"kept-09 {\"password\":\"planted\",\"inner\":\"kept-10\"}"}
{"type":"observation","ts_ms":6,"name":"kept-11","labels":{"secret":"planted","kept":"kept-12","who":"planted@example.org"}}
{"type":"http","ts_ms":"kept-13","passwd":"planted","mail":"planted@example.org"}
{"type":"log","ts_ms":8,"level":"info","message":"kept-14","password":"planted","access_token":"planted"
["kept-15",{"refresh_token":"planted"}]
kept-16 GET /login?api_key=planted&kept=kept-17 from planted@example.org
kept-18 Authorization: Bearer planted
{"type":"log","ts_ms":9,"level":"planted@example.org","message":"kept-19"}
{"type":"log","ts_ms":9,"level":"info","message":7,"credentials":{"user":"planted"}}
EOT
	printf 'kept-20 \xff\xfe password=planted "token":"planted"\n'
}

@test "tel-ingest privacy: no file contains a secret, and everything else is stored" {
	local n
	{ secrets; printf '{"type":"log","ts_ms":10,"kept":"kept-21","token":"planted and cut'; } >"$IN"
	take "$IN"
	clean
	for n in {01..21}; do
		cat "$DB" "$RUN/dead.jsonl" | tr -d '\0' | grep -aq "kept-$n" || {
			echo "kept-$n is gone"
			return 1
		}
	done
	jq -e '.lines == 15 and .dead == 9 and .inserted == 6' "$RUN/out"
	[ "$(sql "$DB" "SELECT extra ->> 'password', extra -> 'nested' FROM log_events WHERE message = 'kept-01'")" = \
		'[redacted]|{"list":[{"apiKey":"[redacted]"}],"X-Auth-Token":"[redacted]","kept":"kept-02"}' ]
	[ "$(sql "$DB" "SELECT extra ->> 'tokens_used', extra ->> 'client_secret' FROM log_events WHERE message = 'kept-03'")" = "7070|[redacted]" ]
	[[ "$(sql "$DB" "SELECT message FROM log_events WHERE ts_ms = 4")" =~ ^"kept-06 token=[redacted]&x=kept-07 https://kept:[redacted]@kept.example/ of "[0-9a-f]{64}" kept-08"$ ]]
	# JSON stays JSON.
	[ "$(sql "$DB" 'SELECT (SELECT min(json_valid(extra)) FROM log_events WHERE extra IS NOT NULL), (SELECT min(json_valid(body)) FROM other_events)')" = "1|1" ]
}

@test "tel-ingest privacy: neither a killed run nor the next one leaves a secret" {
	[ -e "$FAULT" ] || skip "no $FAULT; make check builds it"
	local calls part wal=0
	secrets >"$IN"
	jq -nc 'range(300) | {type: "log", ts_ms: ., level: "info", message: "m \(.) planted@example.org", password: "planted \(.)"}' >>"$IN"
	FAULT_COUNT=$BATS_TEST_TMPDIR/calls LD_PRELOAD=$FAULT take "$IN"
	calls=$(cat "$BATS_TEST_TMPDIR/calls")
	for part in 3 5 7 8 9; do
		rm -rf "$RUN"
		mkdir "$RUN"
		run -137 env FAULT_AT=$((calls * part / 10)) FAULT_HOW=kill LD_PRELOAD="$FAULT" \
			tel-ingest --db "$DB" --dead-letters "$RUN/dead.jsonl" "$IN"
		clean
		[ ! -s "$DB-wal" ] || wal=$((wal + 1))
		take "$IN"
		clean
		[ "$(sql "$DB" 'SELECT (SELECT count(*) FROM log_events) + (SELECT count(*) FROM dead_letters)')" = 312 ]
	done
	[ "$wal" -ge 3 ]
}

@test "tel-ingest privacy: a line that is too long is cut off within an address" {
	local at
	for at in 65536 65530 65525 65510; do
		{
			printf '{"password":"planted","x":"'
			head -c $((at - 27 - 10)) /dev/zero | tr '\0' ' '
			printf 'planted.somebody@planted.example.org "token":"planted"'
			head -c 1100000 /dev/zero | tr '\0' x
			printf '"}\n'
		} >>"$IN"
	done
	take "$IN"
	jq -e '.dead == 4' "$RUN/out"
	[ "$(sql "$DB" 'SELECT count(*) FROM dead_letters WHERE reason = "too_long"')" = 4 ]
	clean
}

@test "tel-ingest privacy: text with two bytes per letter has its secrets hidden" {
	local code
	secrets | head -n -1 >"$BATS_TEST_TMPDIR/utf8"
	for code in UTF-16LE UTF-16BE UTF-16; do
		iconv -f UTF-8 -t $code <"$BATS_TEST_TMPDIR/utf8" >"$IN"
		take --source $code "$IN"
	done
	[ "$(sql "$DB" 'SELECT count(*) >= 36 FROM dead_letters')" = 1 ]
	clean
}

@test "tel-ingest privacy: outputs and error messages of a map have no secrets" {
	cat >"$BATS_TEST_TMPDIR/map.jq" <<'EOT'
(if type == "string" then . else .body end) | @base64d | fromjson
| if .fail == "text" then error("kept-30 token=\(.value)")
  elif .fail == "mail" then error("kept-31 \(.value)@example.org")
  elif .fail == "object" then error({password: .value, kept: "kept-32"})
  elif .fail == "no event" then "kept-33 password=\(.value)"
  elif .fail == "type" then {type: "log", ts_ms: "kept-34", secret: .value}
  else {type: "log", ts_ms: 1, level: "info", message: "kept-35 of \(.value)@example.org", deep: {api_key: .value}},
       {type: "weather", ts_ms: 2, cookie: .value} end
EOT
	jq -rnc '"text", "mail", "object", "no event", "type", "none" | {fail: ., value: "planted"} | tojson | @base64' >"$IN"
	take --map "$BATS_TEST_TMPDIR/map.jq" "$IN"
	jq -e '.inserted == 1 and .rows == 2 and .dead == 5 and .redacted >= 4' "$RUN/out"
	clean
	[[ "$(sql "$DB" 'SELECT group_concat(detail) FROM dead_letters')" == *kept-30*kept-31* ]]
	[ "$(sql "$DB" "SELECT extra FROM log_events; SELECT body ->> 'cookie' FROM other_events")" = '{"deep":{"api_key":"[redacted]"}}
[redacted]' ]
	# A secret in plain text never reaches the map.
	echo '{type: "log", ts_ms: 3, level: "info", message: .password}' >"$BATS_TEST_TMPDIR/map.jq"
	take --map "$BATS_TEST_TMPDIR/map.jq" - <<<'{"password":"planted"}'
	[ "$(sql "$DB" 'SELECT message FROM log_events WHERE ts_ms = 3')" = "[redacted]" ]
	clean
}

@test "tel-ingest privacy: followed files have their secrets hidden" {
	take --follow - < <(secrets)
	jq -e '.lines == 14' "$RUN/out"
	clean
}

@test "tel-ingest privacy: the batch records whether secrets are hidden, and how many were" {
	echo '{"type":"log","ts_ms":1,"level":"info","message":"planted@example.org token=planted","password":"planted","kept":1}' >"$IN"
	take "$IN"
	jq -e '.redacted == 3' "$RUN/out"
	[ "$(sql "$DB" 'SELECT redaction, redacted_count FROM batches')" = "on|3" ]
	take --redact=off --source off "$IN"
	jq -e '.redacted == 0' "$RUN/out"
	[ "$(sql "$DB" 'SELECT redaction, redacted_count FROM batches ORDER BY no DESC LIMIT 1')" = "off|0" ]
	[ "$(sql "$DB" "SELECT message, extra ->> 'password' FROM log_events ORDER BY id DESC LIMIT 1")" = "planted@example.org token=planted|planted" ]
	run ! clean
	take --redact on --source on <<<'{"type":"log","ts_ms":1,"level":"info","message":"kept"}'
	[ "$(sql "$DB" 'SELECT redaction, redacted_count FROM batches ORDER BY no DESC LIMIT 1')" = "on|0" ]
}

@test "tel-ingest privacy: hashes are the HMAC that openssl computes" {
	use_key
	cat >"$IN" <<'EOT'
{"type":"log","ts_ms":1,"level":"info","message":"planted@example.org","user":"planted \"one\" \u00fc","extra":{"deep":[{"user":4.50},{"user":true},{"user":null},{"user":["planted", 1]}]}}
{"type":"log","ts_ms":2,"level":"info","message":"PLANTED@Example.ORG","User":"kept","host":"planted.example"}
{"type":"http","ts_ms":3,"host":"planted.example","role":"landing","method":"GET"}
EOT
	take --hash user --hash host "$IN"
	clean
	[ "$(sql "$DB" 'SELECT message FROM log_events WHERE ts_ms = 1')" = "$(hmac planted@example.org)" ]
	[ "$(sql "$DB" 'SELECT count(DISTINCT message) FROM log_events')" = 1 ]
	[ "$(sql "$DB" "SELECT extra ->> 'user' FROM log_events WHERE ts_ms = 1")" = "$(hmac 'planted "one" ü')" ]
	[ "$(sql "$DB" "SELECT extra -> 'deep' FROM log_events WHERE ts_ms = 1")" = \
		"[{\"user\":\"$(hmac 4.50)\"},{\"user\":\"$(hmac true)\"},{\"user\":null},{\"user\":\"$(hmac '["planted", 1]')\"}]" ]
	[ "$(sql "$DB" "SELECT extra ->> 'User', extra ->> 'host' FROM log_events WHERE ts_ms = 2")" = "kept|$(hmac planted.example)" ]
	[ "$(sql "$DB" 'SELECT host FROM http_events')" = "$(hmac planted.example)" ]
	[ ! -e "$DB.key" ]
}

@test "tel-ingest privacy: the key beside the database is made on first use, readable by its owner only" {
	umask 022
	take <<<'{"type":"log","ts_ms":1,"level":"info","message":"kept","password":"planted"}'
	[ ! -e "$DB.key" ]
	take --redact=off <<<'{"type":"log","ts_ms":2,"level":"info","message":"kept@example.org"}'
	[ ! -e "$DB.key" ]
	take <<<'{"type":"log","ts_ms":3,"level":"info","message":"planted@example.org"}'
	[ "$(stat -c %a "$DB.key")" = 600 ]
	[[ "$(cat "$DB.key")" =~ ^[0-9a-f]{64}$ ]]
	KEY=$DB.key
	[ "$(sql "$DB" 'SELECT message FROM log_events WHERE ts_ms = 3')" = "$(hmac planted@example.org)" ]
	cp "$DB.key" "$BATS_TEST_TMPDIR/before"
	take --hash user <<<'{"type":"log","ts_ms":4,"level":"info","message":"planted@example.org","user":"planted"}'
	cmp "$DB.key" "$BATS_TEST_TMPDIR/before"
	[ "$(sql "$DB" 'SELECT count(DISTINCT message) FROM log_events WHERE ts_ms > 2')" = 1 ]
	[ "$(find "$RUN" -name '*.key*' | wc -l)" = 1 ]
	clean
}

@test "tel-ingest privacy: processes that start at the same time share one key" {
	local i pids
	for _ in 1 2 3; do
		rm -rf "$RUN"
		mkdir "$RUN"
		pids=()
		for i in 1 2 3 4; do
			tel-ingest --wait 60s --db "$DB" >/dev/null 3>&- \
				<<<"{\"type\":\"log\",\"ts_ms\":$i,\"level\":\"info\",\"message\":\"planted@example.org\",\"producer\":\"p$i\",\"seq\":1}" &
			pids+=($!)
		done
		for i in "${pids[@]}"; do
			wait "$i"
		done
		KEY=$DB.key
		[ "$(sql "$DB" 'SELECT count(*), min(message), max(message) FROM log_events')" = "4|$(hmac planted@example.org)|$(hmac planted@example.org)" ]
		[ "$(find "$RUN" -name '*.key*' | wc -l)" = 1 ]
	done
}

@test "tel-ingest privacy: with a missing or empty key file, nothing is stored" {
	local key
	secrets >"$IN"
	: >"$BATS_TEST_TMPDIR/empty"
	echo >"$BATS_TEST_TMPDIR/newline"
	for key in none empty newline; do
		TEL_HASH_KEY_FILE=$BATS_TEST_TMPDIR/$key run -78 --separate-stderr tel-ingest --db "$DB" "$IN"
		[[ $stderr == "tel-ingest: key file: $BATS_TEST_TMPDIR/$key: "* ]]
		[ ! -e "$DB" ] || [ "$(sql "$DB" 'SELECT count(*) FROM sources')" = 0 ]
		clean
	done
	[[ $stderr == *"empty; it must hold the key" ]]
	TEL_HASH_KEY_FILE=$BATS_TEST_TMPDIR/none run -0 --separate-stderr tel-ingest --db "$DB" --redact=off "$IN"
}

@test "tel-ingest privacy: the identity of an event does not depend on redaction" {
	{
		secrets
		echo '{"type":"log","ts_ms":1,"level":"info","message":"m","producer":"who@example.org token=kept","seq":5,"password":"x"}'
	} >"$IN"
	take "$IN"
	tel-ingest -q --db "$BATS_TEST_TMPDIR/off.db" --redact=off "$IN" >/dev/null
	local which='SELECT "log", id FROM log_events UNION ALL SELECT "other", id FROM other_events UNION ALL SELECT "observation", id FROM observations
		UNION ALL SELECT reason || offset_bytes || line || line_bytes, id FROM dead_letters ORDER BY 1, 2;
		SELECT name, kind FROM sources ORDER BY no; SELECT * FROM source_ranges ORDER BY 1, 2'
	[ "$(sql "$DB" "$which")" = "$(sql "$BATS_TEST_TMPDIR/off.db" "$which")" ]
	[ "$(sql "$DB" "SELECT count(*) FROM sources WHERE name = 'who@example.org token=kept'")" = 1 ]
	# Therefore every line is a duplicate when it comes without redaction.
	run -0 --separate-stderr tel-ingest --db "$DB" --redact=off - <"$IN"
	jq -e '.duplicate == .lines' <<<"$output"
	clean
}

@test "tel-ingest privacy: --extra=drop keeps only what has a column" {
	cat >"$IN" <<'EOT'
{"type":"log","ts_ms":1,"level":"info","message":"kept-01","colour":"unasked","deep":{"x":["unasked"]},"extra":{"y":"unasked"}}
{"type":"weather","ts_ms":2,"producer":"kept","seq":1,"wind":"unasked"}
{"type":"http","ts_ms":3,"host":"unasked"}
{"type":"http","ts_ms":4,"host":"h","role":"unasked-role","method":7,"status":"unasked"}
unasked text
{"type":"log","ts_ms":5,"level":"info","message":"kept-02","labels":"unasked","unasked
EOT
	take --extra=drop "$IN"
	jq -e '.lines == 6 and .inserted == 2 and .dead == 4' "$RUN/out"
	clean unasked
	[ "$(sql "$DB" 'SELECT count(*), max(length(raw)) FROM dead_letters')" = "4|0" ]
	[ "$(sql "$DB" 'SELECT count(*) FROM dead_letters WHERE line_bytes > 0 AND offset_bytes > 0 AND length(reason) > 0')" = 4 ]
	jq -se 'length == 4 and all(has("raw") | not)' "$RUN/dead.jsonl"
	[ "$(sql "$DB" 'SELECT message, extra IS NULL FROM log_events')" = "kept-01|1" ]
	[ "$(sql "$DB" 'SELECT type, ts_ms, body FROM other_events')" = 'weather|2|{"type":"weather","producer":"kept","ts_ms":2,"seq":1}' ]
	[ "$(sql "$DB" "SELECT group_concat(type || '.' || key) FROM unknown_keys WHERE key <> 'y'")" = "log.colour,log.deep" ]
	run -0 tel-ingest audit --db "$DB"
	run tel-ingest dead replay --db "$DB" --all
	[ "$status" -ne 0 ]
	tel-ingest audit --db "$DB"
	clean unasked
}

@test "tel-ingest privacy: invalid options are refused" {
	local key
	for key in type ts_ms producer seq origin position; do
		run -64 tel-ingest --db "$DB" --hash $key </dev/null
		[ "$output" = "tel-ingest: --hash $key: this key must stay readable and cannot be hashed" ]
	done
	run -64 tel-ingest --db "$DB" --hash '' </dev/null
	[ "$output" = "tel-ingest: --hash: the value is empty" ]
	run -64 tel-ingest --db "$DB" --hash user --redact=off </dev/null
	[ "$output" = "tel-ingest: --hash hides values and --redact=off hides none; give one of them" ]
	run -64 tel-ingest --db "$DB" --redact=maybe </dev/null
	[ "$output" = "tel-ingest: --redact: 'maybe' is not on or off" ]
	run -64 tel-ingest --db "$DB" --extra=maybe </dev/null
	[ "$output" = "tel-ingest: --extra: 'maybe' is not keep or drop" ]
	[ ! -e "$DB" ]
}

@test "tel-ingest privacy: a value beside its name is hidden, in upper or lower case" {
	local keys
	for keys in 'name value' 'Name Value' 'NAME VALUE' 'Key Values' 'K V' 'Header Val' 'Field value'; do
		printf '{"type":"log","ts_ms":1,"level":"info","message":"kept","%s":"password","%s":"planted"}\n' "${keys% *}" "${keys#* }"
	done >"$IN"
	take "$IN"
	clean
	jq -e '.inserted == 7 and .redacted == 7' "$RUN/out"
}
