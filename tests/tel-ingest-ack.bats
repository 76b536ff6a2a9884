#!/usr/bin/env bats
# SPDX-License-Identifier: ISC

load helper

setup() {
	DB=$BATS_TEST_TMPDIR/tel.db
	ACK=$BATS_TEST_TMPDIR/ack
	IN=$BATS_TEST_TMPDIR/in
	TAKER_PID=
}

teardown() {
	[ -z "$TAKER_PID" ] || { kill -KILL "$TAKER_PID" && wait "$TAKER_PID"; } 2>/dev/null || true
}

# observations FROM UNTIL [PRODUCER]: that many events, stamped when a producer
# is named.
observations() {
	jq -nc --argjson from "$1" --argjson until "$2" --arg producer "${3:-}" '
		range($from; $until)
		| {type: "observation", ts_ms: (1764000000000 + .), name: "n", value: .}
		  + if $producer == "" then {} else {producer: $producer, seq: .} end'
}

# finish: the taker must end with exit 0.
finish() {
	local code=0
	wait "$TAKER_PID" || code=$?
	TAKER_PID=
	[ "$code" -eq 0 ]
}

@test "tel-ingest --ack-fd: every line is JSON, offsets grow to the end of the input" {
	observations 0 50000 >"$IN"
	tel-ingest --db "$DB" --ack-fd 4 "$IN" 4>"$ACK" >/dev/null
	jq -se --arg in "$IN" --argjson bytes "$(wc -c <"$IN")" '
		length >= 2
		and all(keys == ["durable_offset", "producers", "source"] and .source == $in and .producers == [])
		and ([.[].durable_offset] | . == (sort | unique))
		and .[-1].durable_offset == $bytes' "$ACK"
	# Each offset is the beginning of a line.
	while read -r offset; do
		[ "$(head -c "$offset" "$IN" | tail -c 1 | od -An -tx1)" = " 0a" ]
	done < <(jq .durable_offset "$ACK")
	# Nothing new: nothing to be told but what is known.
	tel-ingest --db "$DB" --ack-fd 4 "$IN" 4>"$ACK" >/dev/null
	jq -se --argjson bytes "$(wc -c <"$IN")" 'all(.durable_offset <= $bytes)' "$ACK"
	# An end that may still grow is not told of.
	head -c -10 "$IN" >"$BATS_TEST_TMPDIR/cut"
	tel-ingest -q --db "$BATS_TEST_TMPDIR/cut.db" --ack-fd 4 "$BATS_TEST_TMPDIR/cut" 4>"$ACK" >/dev/null
	[ "$(jq -s '.[-1].durable_offset' "$ACK")" -le "$(wc -c <"$BATS_TEST_TMPDIR/cut")" ]
}

@test "tel-ingest --ack-fd: acknowledged lines are in the database, as another process sees it" {
	local line seq offset told=0 until bytes=0
	mkfifo "$BATS_TEST_TMPDIR/in" "$ACK"
	exec 7<>"$ACK" 8<>"$IN"
	tel-ingest --db "$DB" --ack-fd 4 - 4>"$ACK" <"$IN" >/dev/null 3>&- 7>&- 8>&- &
	TAKER_PID=$!
	for until in 2 30 31 500 2000; do
		observations $((told + 1)) $until p >"$BATS_TEST_TMPDIR/part"
		bytes=$((bytes + $(wc -c <"$BATS_TEST_TMPDIR/part")))
		cat "$BATS_TEST_TMPDIR/part" >&8
		seq=$told
		while [ "$seq" -lt $((until - 1)) ]; do
			read -rt 20 line <&7
			seq=$(jq '.producers[] | select(.producer == "p").durable_seq' <<<"$line")
			[ "$(sqlite3 -readonly -batch -cmd '.timeout 2000' "$DB" "SELECT count(*) >= $seq FROM observations WHERE value <= $seq")" = 1 ]
		done
		told=$seq
		[ "$told" -eq $((until - 1)) ]
	done
	offset=$(jq .durable_offset <<<"$line")
	[ "$offset" -eq "$bytes" ]
	kill -TERM "$TAKER_PID"
	finish
	[ "$(sql "$DB" 'SELECT count(*) FROM observations')" = 1999 ]
}

@test "tel-ingest --ack-fd: a producer's sequence counts up to its first gap" {
	{ observations 1 11 p; observations 15 20 p; observations 3 6 q; observations 1 4 r; } >"$IN"
	tel-ingest --db "$DB" --ack-fd 4 "$IN" 4>"$ACK" >/dev/null
	[ "$(jq -sc '.[-1].producers | sort_by(.producer) | map([.producer, .durable_seq])' "$ACK")" = '[["p",10],["q",0],["r",3]]' ]
	observations 11 15 p | tel-ingest --db "$DB" --ack-fd 4 4>"$ACK" >/dev/null
	[ "$(jq -sc '.[-1].producers' "$ACK")" = '[{"producer":"p","durable_seq":19}]' ]
	# What was taken before is told again to who asks again.
	observations 1 3 p | tel-ingest --db "$DB" --ack-fd 4 4>"$ACK" >/dev/null
	[ "$(jq -sc '.[-1].producers' "$ACK")" = '[{"producer":"p","durable_seq":19}]' ]
}

@test "tel-ingest --ack-fd: of several inputs each is named, and --source names it" {
	observations 0 5 >"$IN"
	observations 5 9 >"$BATS_TEST_TMPDIR/more"
	tel-ingest --db "$DB" --ack-fd 4 "$IN" "$BATS_TEST_TMPDIR/more" 4>"$ACK" >/dev/null
	[ "$(jq -r .source "$ACK" | uniq)" = "$IN
$BATS_TEST_TMPDIR/more" ]
	tel-ingest --db "$DB" --source feed --ack-fd 4 4>"$ACK" >/dev/null <"$IN"
	[ "$(jq -r .source "$ACK" | uniq)" = feed ]
}

@test "tel-ingest --ack-fd: when its reader is gone a warning says so, and all is stored" {
	observations 0 60000 >"$IN"
	mkfifo "$ACK"
	exec 7<>"$ACK"
	exec 6>"$ACK"
	exec 7>&-
	run -0 --separate-stderr tel-ingest --db "$DB" --ack-fd 6 "$IN"
	exec 6>&-
	[ "$stderr" = "tel-ingest: warning: acknowledgement: Broken pipe" ]
	jq -e '.inserted == 60000' <<<"$output"
	[ "$(sql "$DB" 'SELECT count(*) FROM observations')" = 60000 ]
	[ -e /dev/full ] || return 0
	run -0 --separate-stderr bash -c 'tel-ingest --db "$1" --ack-fd 4 4>/dev/full' - "$DB" < <(observations 0 9)
	[ "$stderr" = "tel-ingest: warning: acknowledgement: No space left on device" ]
}

@test "tel-ingest --ack-fd: a reader that is slow keeps the order and loses nothing" {
	local i
	mkfifo "$IN" "$ACK"
	exec 7<>"$ACK" 8<>"$IN"
	tel-ingest --db "$DB" --follow --ack-fd 4 - 4>"$ACK" <"$IN" >/dev/null 3>&- 7>&- 8>&- &
	TAKER_PID=$!
	for ((i = 1; i < 1000; i += 100)); do
		observations $i $((i + 100)) p >&8
	done
	exec 8>&-
	finish
	exec 6<"$ACK"
	exec 7>&-
	cat <&6 >"$BATS_TEST_TMPDIR/lines"
	exec 6<&-
	jq -se '[.[].durable_offset] as $offsets | $offsets == ($offsets | sort)
		and .[-1].producers == [{producer: "p", durable_seq: 1000}]' "$BATS_TEST_TMPDIR/lines"
}

@test "tel-ingest --ack-fd: a descriptor that cannot be written to is exit 64" {
	run -64 tel-ingest --db "$DB" --ack-fd 9 </dev/null 9>&-
	[ "$output" = "tel-ingest: --ack-fd 9: is not open for writing; try 9>FILE" ]
	run -64 tel-ingest --db "$DB" --ack-fd 9 </dev/null 9</dev/null
	[ "$output" = "tel-ingest: --ack-fd 9: is not open for writing; try 9>FILE" ]
	[ ! -e "$DB" ]
	run -64 tel-ingest --db "$DB" --ack-fd x </dev/null
	[[ $output == "tel-ingest: "*"ack-fd"* ]]
}

@test "tel-ingest --ack-fd: a full pipe does not keep a signal out" {
	jq -nc 'range(3000) | {type: "observation", ts_ms: ., name: "n", producer: "p\(.)", seq: 1}' >"$IN"
	mkfifo "$ACK"
	exec 7<>"$ACK"
	tel-ingest --db "$DB" --ack-fd 4 "$IN" 4>"$ACK" 2>"$BATS_TEST_TMPDIR/err" >/dev/null 3>&- 7>&- &
	TAKER_PID=$!
	# It waits for a reader when its rows can be seen.
	until [ "$(sqlite3 -cmd '.timeout 2000' "$DB" 'SELECT count(*) FROM observations' 2>/dev/null)" = 3000 ]; do
		read -rt 0.05 <> <(:) || true
	done
	kill -TERM "$TAKER_PID"
	local code=0
	wait "$TAKER_PID" || code=$?
	TAKER_PID=
	exec 7>&-
	[ "$code" -eq 0 ]
	grep -q "acknowledgement: interrupted while no process reads it" "$BATS_TEST_TMPDIR/err"
}
