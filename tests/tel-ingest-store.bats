#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
#
# Rows reach their tables as records that SQLite copies; a table that was changed by hand
# gets them column by column. In both cases the stored rows are the same.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	DB=tel.db
	OUT=$BATS_TEST_TMPDIR/out
	ERR=$BATS_TEST_TMPDIR/err
	FOLLOW_PID=
	export TEL_NOW_MS=1764000000000
}

# Whatever a test did: the file is sound.
teardown() {
	[ -z "$FOLLOW_PID" ] || { kill -KILL "$FOLLOW_PID" && wait "$FOLLOW_PID"; } 2>/dev/null || true
	local found
	for found in *.db; do
		[ ! -s "$found" ] || [ "$(sql "$found" 'PRAGMA integrity_check')" = ok ]
	done
}

# A database with its tables, for people to change.
make_db() {
	tel-ingest -q --db "$DB" </dev/null >/dev/null
}

# observations FROM UNTIL [PRODUCER]: that many events, stamped when a producer is
# named.
observations() {
	jq -nc --argjson from "$1" --argjson until "$2" --arg producer "${3:-}" '
		range($from; $until)
		| {type: "observation", ts_ms: (1764000000000 + .), name: "n\(.)", value: .}
		  + if $producer == "" then {} else {producer: $producer, seq: (. + 1)} end'
}

# take FILE...: takes them; the account is right.
take() {
	tel-ingest -q --db "$DB" "$@" >"$OUT"
	run -0 tel-ingest audit --db "$DB"
}

# fates NAME: that count of the last run.
fates() {
	jq ".$1" "$OUT"
}

# remake TABLE SED...: makes the table anew from its definition, changed; its rows
# are kept.
remake() {
	local table=$1 definition
	shift
	definition=$(sql "$DB" "SELECT sql FROM sqlite_schema WHERE name = '$table'" | sed "$@")
	sqlite3 -batch "$DB" "ALTER TABLE $table RENAME TO old" "$definition" \
		"INSERT INTO $table ($(columns "$table")) SELECT $(columns "$table") FROM old" \
		"DROP TABLE old"
}

# columns TABLE: their names, as a new database has them.
columns() {
	[ -e model.db ] || tel-ingest -q --db model.db </dev/null >/dev/null
	sql model.db "SELECT group_concat(name, ', ') FROM pragma_table_info('$1')"
}

# typed TABLE [DB]: every value with its type, in the order of a new database.
typed() {
	local name list=
	for name in $(columns "$1" | tr -d ,); do
		list+="quote($name), typeof($name), "
	done
	sql "${2:-$DB}" "SELECT ${list%, } FROM $1 ORDER BY id"
}

# same_rows TABLE DB: the table there has the same rows.
same_rows() {
	typed "$1" >got
	typed "$1" "$2" >wanted
	cmp got wanted || { diff got wanted | cut -c 1-200 | head -20; false; }
}

# payload TABLE [DB]: the bytes of its records.
payload() {
	sql "${2:-$DB}" "SELECT sum(ncell), sum(payload) FROM dbstat WHERE name = '$1' AND pagetype = 'leaf'"
}

# Events of one producer with values of every kind and size that a column may have.
varied() {
	jq -nc '
		def powers: [0, 7, 8, 15, 16, 23, 24, 31, 32, 47, 48, 52][] | pow(2; .) | floor;
		def times($c; $n): if $n == 0 then "" else $c * $n end;
		[(powers | . - 1, ., . + 1
		  | {type: "http", ts_ms: (. % 253402300799999), host: "h\(.)", role: "artifact", method: "GET", bytes: .,
		     elapsed_ms: (. / 2 | floor), status: (100 + . % 500), from_cache: (. % 2 == 0), error: times("e"; . % 300)}),
		 ("", "a", "é😀", times("x"; 57, 58, 8100, 8186, 20000)
		  | {type: "observation", ts_ms: 1, name: ., value: 0.5, run_id: .}),
		 (0.1, -0.1, 1e-300, 1.7976931348623157e308, 5e-324, 0.5, 123456789.125, -1e15, 12345678901.5
		  | {type: "observation", ts_ms: 2, name: "v", value: ., labels: {a: "b", c: [1, {}]},
		     trace_id: "0123456789abcdef0123456789abcdef", cohort: "canary"})]
		| to_entries[] | {producer: "p", seq: (.key + 1)} + .value'
}

# reference KIND TABLE: inserts the events of a kind from the file lines into
# reference.db, as SQLite reads and types them.
reference() {
	local list
	[ -e reference.db ] || tel-ingest -q --db reference.db </dev/null >/dev/null
	list=$(sql reference.db "SELECT group_concat(iif(dflt_value = '0', 'coalesce(', '') || 'json_extract(line, ''\$.' || name || ''')' ||
		iif(dflt_value = '0', ', 0)', ''), ', ') FROM pragma_table_info('$2') WHERE name <> 'id'")
	sqlite3 -batch reference.db 'CREATE TEMP TABLE lines (line TEXT)' '.mode ascii' '.separator \001 \n' '.import lines lines' \
		"INSERT INTO $2 SELECT (1 << 40) + json_extract(line, '\$.seq'), $list FROM lines WHERE json_extract(line, '\$.type') = '$1'"
}

@test "store: an unchanged table gets what SQLite itself would insert" {
	varied >lines
	make_db
	take lines
	[ "$(fates inserted)" -eq "$(wc -l <lines)" ]
	reference http http_events
	reference observation observations
	[ "$(sql "$DB" 'SELECT count(*) > 30 FROM http_events')" = 1 ]
	same_rows http_events reference.db
	same_rows observations reference.db
	[ "$(payload http_events)" = "$(payload http_events reference.db)" ]
	[ "$(payload observations)" = "$(payload observations reference.db)" ]
}

@test "store: numbers without a fraction are reals in a column of reals" {
	echo '{"type":"observation","ts_ms":1,"name":"n","value":3}
{"type":"observation","ts_ms":1,"name":"n","value":-0.0}
{"type":"observation","ts_ms":1,"name":"n","value":9007199254740992}' >lines
	take lines
	[ "$(sql "$DB" 'SELECT value, typeof(value) FROM observations ORDER BY id')" = "3.0|real
0.0|real
9.00719925474099e+15|real" ]
	[ "$(sql "$DB" 'SELECT count(*) FROM observations WHERE value = 3 OR value = 9007199254740992')" = 2 ]
}

@test "store: an event of unknown type has its envelope in columns, and its text whole" {
	echo '{"type":"weather","ts_ms":5,"run_id":"R","trace_id":"0123456789abcdef0123456789abcdef","span_id":"0123456789abcdef","cohort":"C","wind":"\u0041é"}' >lines
	take lines
	[ "$(sql "$DB" 'SELECT ts_ms, run_id, type, trace_id, span_id, cohort FROM other_events')" = "5|R|weather|0123456789abcdef0123456789abcdef|0123456789abcdef|C" ]
	[ "$(sql "$DB" 'SELECT body FROM other_events')" = "$(cat lines)" ]
	[ "$(sql "$DB" 'SELECT typeof(ts_ms), typeof(type), typeof(body), id = 1 << 40 FROM other_events')" = "integer|text|text|1" ]
}

@test "store: every change of a table comes to the same rows" {
	varied >lines
	make_db
	cp "$DB" plain.db
	tel-ingest -q --db plain.db lines >/dev/null
	local change
	for change in 'CREATE INDEX i ON http_events (host); CREATE INDEX j ON observations (name, value)' \
		'CREATE TRIGGER t AFTER INSERT ON http_events BEGIN SELECT 1; END; CREATE TRIGGER u AFTER INSERT ON observations BEGIN SELECT 1; END' \
		'ALTER TABLE http_events ADD COLUMN x; ALTER TABLE observations ADD COLUMN x TEXT'; do
		rm -f "$DB"*
		make_db
		sqlite3 "$DB" "$change" 2>/dev/null || sqlite3 "$DB" "${change/COLUMN x;/COLUMN x TEXT;}"
		take lines
		same_rows http_events plain.db
		same_rows observations plain.db
	done
}

@test "store: a CHECK that was added refuses one row, and not its neighbours" {
	make_db
	remake observations "s/name TEXT NOT NULL/name TEXT NOT NULL CHECK (name <> 'n3')/"
	observations 0 6 >lines
	take lines
	[ "$(fates inserted) $(fates dead)" = "5 1" ]
	[ "$(sql "$DB" 'SELECT reason, raw FROM dead_letters')" = "refused_by_store|$(sed -n 4p lines)" ]
	[[ $(sql "$DB" 'SELECT detail FROM dead_letters') == *CHECK* ]]
	[ "$(sql "$DB" 'SELECT group_concat(name) FROM (SELECT name FROM observations ORDER BY id)')" = n0,n1,n2,n4,n5 ]
	# When the table takes it, it can be had.
	remake observations "s/ CHECK (name <> 'n3')//"
	run -0 tel-ingest dead replay --all --db "$DB"
	[ "$(sql "$DB" 'SELECT count(*) FROM observations')" = 6 ]
	run -0 tel-ingest audit --db "$DB"
}

@test "store: a CHECK on the whole table, added to those that the table has" {
	make_db
	remake http_events '$s/^)/, CHECK (status < 500 OR status IS NULL))/'
	printf '{"type":"http","ts_ms":1,"host":"h","role":"landing","method":"GET","status":%d}\n' 200 500 404 503 >lines
	take lines
	[ "$(fates inserted) $(fates dead)" = "2 2" ]
	[ "$(sql "$DB" 'SELECT group_concat(status) FROM http_events')" = 200,404 ]
}

@test "store: columns that were added stay NULL, or have their DEFAULT" {
	make_db
	sqlite3 "$DB" "ALTER TABLE observations ADD COLUMN remark TEXT; ALTER TABLE observations ADD COLUMN weight INTEGER NOT NULL DEFAULT 7;
		ALTER TABLE other_events ADD COLUMN place TEXT DEFAULT 'here'"
	{ observations 0 3; echo '{"type":"weather","ts_ms":5,"wind":3}'; } >lines
	take lines
	[ "$(sql "$DB" 'SELECT name, value, remark IS NULL, weight FROM observations ORDER BY id')" = "n0|0.0|1|7
n1|1.0|1|7
n2|2.0|1|7" ]
	[ "$(sql "$DB" 'SELECT ts_ms, type, place FROM other_events')" = "5|weather|here" ]
}

@test "store: columns in another order" {
	make_db
	observations 0 4 >lines
	take lines
	# All of them TEXT: nothing but the names tells them apart.
	remake observations -e '/^ *run_id TEXT,$/d' -e 's/^ *outcome TEXT/  cohort2 TEXT,\n  run_id TEXT,\n&/' \
		-e '/^ *cohort TEXT/d' -e 's/cohort2/cohort/'
	echo '{"type":"observation","ts_ms":9,"name":"N","outcome":"O","run_id":"R","cohort":"C","labels":{"l":1},"odd":2,"span_id":"0123456789abcdef"}' >more
	take more
	[ "$(sql "$DB" 'SELECT name, outcome, run_id, cohort, labels, extra, span_id FROM observations WHERE ts_ms = 9')" = 'N|O|R|C|{"l":1}|{"odd":2}|0123456789abcdef' ]
	[ "$(sql "$DB" 'SELECT count(*), sum(value) FROM observations')" = "5|6.0" ]
	[ "$(sql "$DB" "SELECT group_concat(name) FROM pragma_table_info('observations')")" = id,ts_ms,name,value,cohort,run_id,outcome,labels,trace_id,span_id,extra ]
}

@test "store: generated columns, VIRTUAL and STORED" {
	make_db
	remake http_events '$s/^)/, slow INTEGER AS (elapsed_ms > 1000), site TEXT AS (method || host) STORED)/'
	sqlite3 "$DB" 'CREATE INDEX by_site ON http_events (site)'
	printf '{"type":"http","ts_ms":1,"host":"h","role":"landing","method":"GET","elapsed_ms":%d}\n' 5 5000 >lines
	take lines
	[ "$(sql "$DB" "SELECT elapsed_ms, slow, site FROM http_events WHERE site = 'GETh' ORDER BY id")" = "5|0|GETh
5000|1|GETh" ]
}

@test "store: an index has every row, and answers" {
	make_db
	observations 0 500 >lines
	take lines
	sqlite3 "$DB" 'CREATE INDEX by_name ON observations (name)'
	observations 500 3000 >more
	take more
	[[ $(sql "$DB" "EXPLAIN QUERY PLAN SELECT value FROM observations INDEXED BY by_name WHERE name = 'n2500'") == *by_name* ]]
	[ "$(sql "$DB" "SELECT value FROM observations INDEXED BY by_name WHERE name = 'n2500'")" = 2500.0 ]
	[ "$(sql "$DB" 'SELECT count(*) FROM observations INDEXED BY by_name WHERE name > '"''")" = 3000 ]
}

@test "store: an UNIQUE index refuses, within a batch and later" {
	make_db
	sqlite3 "$DB" 'CREATE UNIQUE INDEX once ON observations (name)'
	{ observations 0 3; observations 1 2; observations 3 4; } >lines
	take lines
	[ "$(fates inserted) $(fates dead)" = "4 1" ]
	observations 0 6 p >more
	take more
	[ "$(fates inserted) $(fates dead)" = "2 4" ]
	[ "$(sql "$DB" 'SELECT group_concat(name) FROM (SELECT name FROM observations ORDER BY name)')" = n0,n1,n2,n3,n4,n5 ]
}

@test "store: a trigger fires once for each row" {
	make_db
	sqlite3 "$DB" 'CREATE TABLE fired (id INTEGER, name TEXT); CREATE TRIGGER t AFTER INSERT ON observations BEGIN INSERT INTO fired VALUES (NEW.id, NEW.name); END'
	observations 0 2500 >lines
	take lines
	[ "$(sql "$DB" 'SELECT count(*), count(DISTINCT id) FROM fired')" = "2500|2500" ]
	[ "$(sql "$DB" 'SELECT count(*) FROM fired JOIN observations USING (id, name)')" = 2500 ]
	# One that refuses: what it did for the others is there once, too.
	sqlite3 "$DB" "CREATE TRIGGER u BEFORE INSERT ON observations WHEN NEW.name = 'n2600' BEGIN SELECT raise(ABORT, 'not that one'); END"
	observations 2500 2700 >more
	take more
	[ "$(fates inserted) $(fates dead)" = "199 1" ]
	[ "$(sql "$DB" 'SELECT count(*), count(DISTINCT id) FROM fired')" = "2699|2699" ]
	[[ $(sql "$DB" 'SELECT detail FROM dead_letters') == *'not that one'* ]]
}

@test "store: a table without its NOT NULL, one that is not STRICT, one that counts up" {
	make_db
	remake observations 's/ts_ms INTEGER NOT NULL/ts_ms INTEGER/'
	remake http_events 's/) STRICT/)/'
	remake rate_events 's/INTEGER PRIMARY KEY/INTEGER PRIMARY KEY AUTOINCREMENT/'
	{ varied; echo '{"type":"rate","ts_ms":1,"host":"h","role":"landing","action":"acquire"}'; } >lines
	take lines
	reference http http_events
	reference observation observations
	same_rows http_events reference.db
	same_rows observations reference.db
	[ "$(sql "$DB" "SELECT seq = (SELECT max(id) FROM rate_events) FROM sqlite_sequence WHERE name = 'rate_events'")" = 1 ]
}

@test "store: producers that take turns, and their rows in order" {
	make_db
	# Three sources: in each batch the ids go up and down.
	paste -d '\n' <(observations 0 3000 a) <(observations 0 3000 b) <(observations 0 3000) >lines
	take lines
	[ "$(sql "$DB" 'SELECT count(*), count(DISTINCT id), sum(value) FROM observations')" = "9000|9000|13495500.0" ]
	[ "$(sql "$DB" "SELECT count(*) FROM observations, sources WHERE no = id >> 40 AND kind = 'producer' AND value = (id & 0xffffffffff) - 1")" = 6000 ]
	# The later half first: rows go between those that are there.
	{ observations 3500 4000 a; observations 3500 4000 b; } | tac | tel-ingest -q --db "$DB" >/dev/null
	{ observations 3000 3500 b; observations 3000 3500 a; } >more
	take more
	[ "$(sql "$DB" 'SELECT count(*) FROM observations')" = 11000 ]
	[ "$(sql "$DB" "SELECT count(*) FROM observations, sources WHERE no = id >> 40 AND kind = 'producer' AND value = (id & 0xffffffffff) - 1")" = 8000 ]
}

# sized TYPE BYTES: an event with a text of that size in an unknown key.
sized() {
	printf '{"type":"%s","ts_ms":%d,"name":"n","long":"' "$1" "$2"
	head -c "$2" /dev/zero | tr '\0' "${3:-x}"
	printf '"}\n'
}

@test "store: rows of every size, beside small ones" {
	local type size
	for type in observation weather; do
		# About the pages of the table, and of the way there.
		for size in 7900 7950 8000 8050 8100 8150 8200 16200 16250 16300 16350 16400; do
			sized "$type" "$size" y
			sized "$type" 1 "$((size % 7))"
		done
		for size in 20000 100000 900000; do
			sized "$type" "$size" z
			sized "$type" 2
		done
	done >lines
	take lines
	[ "$(fates inserted)" -eq 60 ]
	diff <(sql "$DB" "SELECT extra FROM observations ORDER BY id") \
		<(jq -c 'select(.type == "observation") | {long}' lines)
	diff <(sql "$DB" "SELECT body FROM other_events ORDER BY id") <(grep weather lines)
	[ "$(sql "$DB" 'SELECT count(*) FROM other_events WHERE length(body) > 900000')" = 1 ]
}

@test "store: only large rows, one after the other" {
	local i
	for i in 1 2 3 4 5 6 7 8 9 10; do
		sized weather 1000000 "$((i % 10))"
	done >lines
	take lines
	diff <(sql "$DB" "SELECT body FROM other_events ORDER BY id") lines
}

@test "store: a batch whose every row is refused" {
	make_db
	remake observations "s/name TEXT NOT NULL/name TEXT NOT NULL CHECK (name = 'none')/"
	observations 0 3000 >lines
	take lines
	[ "$(fates inserted) $(fates dead)" = "0 3000" ]
	run -1 tel-ingest dead replay --all --db "$DB"
	[ "$(sql "$DB" 'SELECT count(*) FROM observations; SELECT count(*) FROM dead_letters')" = "0
3000" ]
	remake observations "s/ CHECK (name = 'none')//"
	run -0 tel-ingest dead replay --all --db "$DB"
	[ "$(sql "$DB" 'SELECT count(*), sum(value) FROM observations; SELECT count(*) FROM dead_letters')" = "3000|4498500.0
0" ]
	run -0 tel-ingest audit --db "$DB"
}

# A map that makes two rows of a line, in two tables.
two_rows() {
	cat >two.jq <<-'END'
		{type: "http", ts_ms: 1, host: .host, role: "landing", method: "GET"},
		{type: "observation", ts_ms: 2, name: .name}
	END
}

@test "store: when one table refuses an event of a line, no row of the line is stored" {
	make_db
	two_rows
	sqlite3 "$DB" "CREATE TRIGGER t BEFORE INSERT ON http_events WHEN NEW.host = 'bad' BEGIN SELECT raise(ABORT, 'bad host'); END"
	printf '{"host":"%s","name":"%s"}\n' good a bad b good c bad d >lines
	tel-ingest -q --db "$DB" --map two.jq lines >"$OUT"
	[ "$(fates inserted) $(fates dead) $(fates rows)" = "2 2 4" ]
	[ "$(sql "$DB" 'SELECT group_concat(name) FROM (SELECT name FROM observations ORDER BY id)')" = a,c ]
	run -0 tel-ingest audit --db "$DB"
}

@test "store: a line that two tables refuse is one dead letter, and the run ends" {
	make_db
	two_rows
	sqlite3 "$DB" "CREATE TRIGGER t BEFORE INSERT ON http_events WHEN NEW.host = 'bad' BEGIN SELECT raise(ABORT, 'bad host'); END;
		CREATE TRIGGER u BEFORE INSERT ON observations WHEN NEW.name = 'b' BEGIN SELECT raise(ABORT, 'bad name'); END"
	printf '{"host":"%s","name":"%s"}\n' good a bad b >lines
	timeout -s KILL 20 tel-ingest -q --db "$DB" --map two.jq lines >"$OUT"
	[ "$(fates inserted) $(fates dead) $(fates rows)" = "1 1 2" ]
	run -0 tel-ingest audit --db "$DB"
}

# follow FILE: in the background; sets FOLLOW_PID.
follow() {
	tel-ingest --db "$DB" --follow "$1" >"$OUT" 2>"$ERR" </dev/null 3>&- &
	FOLLOW_PID=$!
}

# until_rows N: waits for that many observations.
until_rows() {
	local turn
	for ((turn = 0; turn < 400; turn++)); do
		[ "$(sqlite3 -readonly -batch -cmd '.timeout 2000' "$DB" 'SELECT count(*) FROM observations' 2>/dev/null)" != "$1" ] || return 0
		kill -0 "$FOLLOW_PID" 2>/dev/null || break
		read -rt 0.05 <> <(:) || true
	done
	cat "$ERR"
	return 1
}

stop() {
	local code=0
	kill -TERM "$FOLLOW_PID"
	wait "$FOLLOW_PID" || code=$?
	FOLLOW_PID=
	[ "$code" -eq 0 ] || { cat "$ERR"; return 1; }
}

@test "store: a table that is changed while a file is followed" {
	make_db
	observations 0 1 >log
	follow log
	until_rows 1
	sqlite3 -cmd '.timeout 4000' "$DB" 'ALTER TABLE observations ADD COLUMN remark TEXT'
	observations 1 2 >>log
	until_rows 2
	# As many columns as before, of the same types, in another order.
	sqlite3 -cmd '.timeout 4000' "$DB" 'ALTER TABLE observations DROP COLUMN remark; ALTER TABLE observations DROP COLUMN outcome;
		ALTER TABLE observations ADD COLUMN outcome TEXT'
	echo '{"type":"observation","ts_ms":3,"name":"n","outcome":"O","cohort":"C","labels":{"l":1}}' >>log
	until_rows 3
	[ "$(sql "$DB" 'SELECT outcome, cohort, labels, extra IS NULL FROM observations WHERE ts_ms = 3')" = 'O|C|{"l":1}|1' ]
	sqlite3 -cmd '.timeout 4000' "$DB" 'CREATE INDEX by_name ON observations (name)'
	observations 5 6 >>log
	until_rows 4
	stop
	[ "$(sql "$DB" "SELECT count(*) FROM observations INDEXED BY by_name WHERE name = 'n5'")" = 1 ]
	run -0 tel-ingest audit --db "$DB"
}

@test "store: a database in UTF-16 is refused" {
	sqlite3 "$DB" "PRAGMA encoding = 'UTF-16'; CREATE TABLE x (a); DROP TABLE x"
	observations 0 1 >lines
	run -65 --separate-stderr tel-ingest --db "$DB" lines
	[[ $stderr == *"$DB"*UTF-16* ]]
	[ -z "$output" ]
}

@test "store: the unknown keys of a row that a table refuses are not counted" {
	make_db
	remake observations 's/) STRICT$/, CHECK (name <> '"'bad'"')) STRICT/'
	echo '{"type":"observation","ts_ms":1,"name":"bad","surprise":1}' >lines
	echo '{"type":"observation","ts_ms":1,"name":"good","surprise":1}' >>lines
	take lines
	[ "$(fates dead)" = 1 ]
	[ "$(sql "$DB" "SELECT seen_count FROM unknown_keys WHERE key = 'surprise'")" = 1 ]
}

@test "store: a column of ours that became generated is reported, and nothing is stored" {
	make_db
	sql "$DB" "ALTER TABLE observations DROP COLUMN outcome;
	    ALTER TABLE observations ADD COLUMN outcome TEXT GENERATED ALWAYS AS ('x') VIRTUAL"
	observations 0 1 >lines
	run -73 --separate-stderr tel-ingest --db "$DB" lines
	[[ $stderr == *'table observations was changed so that it takes no rows'* ]]
	[ "$(sql "$DB" 'SELECT count(*) FROM observations')" = 0 ]
}

@test "store: a row that a trigger skips becomes a dead letter" {
	make_db
	sql "$DB" "CREATE TRIGGER t BEFORE INSERT ON observations WHEN NEW.name = 'n2' BEGIN SELECT raise(IGNORE); END"
	observations 0 5 >lines
	take lines
	[ "$(fates inserted) $(fates dead)" = '4 1' ]
	[ "$(sql "$DB" 'SELECT reason, line, detail FROM dead_letters')" = \
		'refused_by_store|3|table observations: a trigger or ON CONFLICT clause leaves rows out' ]
}

@test "store: a trigger that ends the transaction is named, and nothing is stored" {
	make_db
	sql "$DB" "CREATE TRIGGER t BEFORE INSERT ON observations WHEN NEW.name = 'n2' BEGIN SELECT raise(ROLLBACK, 'out'); END"
	observations 0 5 >lines
	run -73 --separate-stderr tel-ingest --db "$DB" lines
	[[ $stderr == *'table observations: a trigger rolls back the whole transaction'* ]]
	sql "$DB" 'DROP TRIGGER t'
	take lines
	[ "$(fates inserted)" = 5 ]
}

@test "store: a table that is dropped while a file is followed is named" {
	follow log
	observations 0 1 >log
	until_rows 1
	sqlite3 -cmd '.timeout 4000' "$DB" 'DROP TABLE observations'
	observations 1 2 >>log
	local code=0
	wait "$FOLLOW_PID" || code=$?
	FOLLOW_PID=
	[ "$code" -eq 73 ]
	grep -q 'table observations was changed so that it takes no rows' "$ERR"
}

@test "store: a message that quotes a truncated value is valid UTF-8" {
	printf '{"type":"observation","ts_ms":1,"name":["%s"]}\n{"type":"http","ts_ms":1,"host":"h","role":"%s","method":"GET"}\n' \
		"x$(printf 'é%.0s' {1..60})" "y$(printf 'é%.0s' {1..60})" >lines
	take lines
	[ "$(fates dead)" = 2 ]
	[ "$(sql "$DB" "SELECT count(*) FROM dead_letters WHERE detail LIKE '%é?%'")" = 2 ]
	sql "$DB" 'SELECT detail FROM dead_letters' | iconv -f UTF-8 -t UTF-8 >/dev/null
}

@test "store: an integer with a fraction of zeros is stored exactly, any other is refused" {
	make_db
	local value
	for value in 9007199254740993.0 90071992547409930e-1 9.007199254740993e15; do
		echo '{"type":"http","ts_ms":1.0,"host":"h","role":"metadata","method":"GET","bytes":'$value'}'
	done >lines
	for value in 9007199254740991.6 1.00000000000000000001 1e-400 25e-1; do
		echo '{"type":"http","ts_ms":1,"host":"h","role":"metadata","method":"GET","bytes":'$value'}'
	done >>lines
	take lines
	[ "$(sql "$DB" 'SELECT DISTINCT bytes, count(*) FROM http_events')" = '9007199254740993|3' ]
	[ "$(sql "$DB" 'SELECT reason, count(*) FROM dead_letters GROUP BY reason ORDER BY reason')" = 'out_of_range|1
type_mismatch|3' ]
}

@test "store: a damaged database is not the fault of the input" {
	observations 0 2 >lines
	tel-ingest -q --db damaged lines >/dev/null
	head -c 65536 /dev/zero | dd of=damaged bs=4096 seek=2 conv=notrunc status=none
	observations 2 4 >more
	run -74 --separate-stderr tel-ingest --db damaged lines more
	[[ $stderr == *'damaged: '*malformed* ]]
}

@test "store: of duplicate keys the last one counts, even if it is null" {
	echo '{"type":"http","ts_ms":1,"host":"h","role":"metadata","method":"GET","run_id":"a","run_id":null,"status":200,"status":null,"from_cache":true,"from_cache":null,"attempt":null,"attempt":2,"bytes":1,"bytes":3}
{"type":"http","ts_ms":1,"host":"h","host":null,"role":"metadata","method":"GET"}' >lines
	take lines
	[ "$(sql "$DB" 'SELECT run_id, status, from_cache, attempt, bytes FROM http_events')" = '||0|2|3' ]
	[ "$(sql "$DB" 'SELECT reason, field FROM dead_letters')" = 'missing_field|host' ]
}
