#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# slo-eval: members of JSON columns and events of one's own, in conditions, values and
# groups.
# shellcheck shell=bash disable=SC2030,SC2031,SC2154

load helper

NOW=1700000000000

setup() {
	export TEL_NOW_MS=$NOW
	cd "$BATS_TEST_TMPDIR" || return 1
	DB=$BATS_TEST_TMPDIR/t.db
}

# ingest: stores the events of stdin, lines of JSON without ts_ms, which becomes NOW.
ingest() {
	sed "s/^{/{\"ts_ms\":$NOW,/" >>events.jsonl
	run -0 tel-ingest -q --db "$DB" --source tests events.jsonl
	[ "$(jq .dead <<<"$output")" = 0 ] || { tel-ingest dead ls --db "$DB" && false; }
}

# observations: stores one for each line of stdin, its labels.
observations() {
	sed 's/.*/{"type":"observation","name":"o","labels":&}/' | ingest
}

# objective NAME SPEC: prints an SLO. Of METRIC, OBJECTIVE.
objective() {
	printf '%s\n' '---' 'apiVersion: openslo/v1' 'kind: SLO' "metadata: {name: $1}" 'spec:' \
		'  service: s' "  budgetingMethod: ${METHOD:-Occurrences}" \
		'  timeWindow: [{duration: 1h, isRolling: true}]' '  indicator:' '    spec:' \
		"      ${METRIC:-ratioMetric}:" '        metricSource:' '          type: teltools' \
		'          spec:'
	sed 's/^/            /' <<<"$2"
	printf '  objectives: [{target: 0.5%s}]\n' "${OBJECTIVE:-}"
}

judge() {
	run --separate-stderr slo-eval --db "$DB" --slo mine.yaml "$@"
}

# mine SPEC: judges the objective `mine`.
mine() {
	objective mine "$1" >mine.yaml
	judge
}

# selected EVENT: each line of stdin is "WANT EXPRESSION"; WANT events meet it. Of OPTIONS.
selected() {
	local want expression found=() wanted=()

	mapfile -t wanted
	for i in "${!wanted[@]}"; do
		expression=${wanted[i]#* }
		objective "e$i" "$1"$'\n''good: TRUE'$'\n'"where: >-"$'\n'"  $expression"
	done >mine.yaml
	judge ${OPTIONS:+"$OPTIONS"}
	mapfile -t found < <(jq .total <<<"$output")
	[ "${#found[@]}" -eq "${#wanted[@]}" ] || { echo "$stderr" && return 1; }
	for i in "${!wanted[@]}"; do
		want=${wanted[i]%% *}
		[ "${found[i]}" = "$want" ] || { echo "${found[i]}, not ${wanted[i]}" && return 1; }
	done
}

# refused EVENT: each line of stdin is "EXPRESSION ~ WORDS"; it is refused with the words.
refused() {
	local expression words

	while IFS= read -r line; do
		expression=${line% \~ *} words=${line##* \~ }
		objective mine "$1"$'\n'"good: $expression" >mine.yaml
		judge --check
		[ "$status" -eq 78 ] && [ "$output" = "" ]
		[ "$stderr" = "slo-eval: mine.yaml: line $((15 + $(wc -l <<<"$1"))): good: '$expression': $words" ] ||
			{ printf '%s\n' "$stderr" "$words" && return 1; }
	done
}

# no_file SPEC WORDS: the objective is refused; the message ends with the words.
no_file() {
	objective mine "$1" >mine.yaml
	judge --check
	[ "$status" -eq 78 ] && [ "$output" = "" ]
	[[ "$stderr" == *": $2" ]] || { echo "$stderr" && return 1; }
}

# ---- members of JSON columns

@test "labels.KEY: it is read as the type of what it is compared with" {
	observations <<-'END'
		{"code":200,"job":"a","ok":true,"ms":750}
		{"code":"200","job":"b","ok":false,"ms":"750"}
		{"code":404,"job":"a","ok":"true","ms":"fast"}
		{"code":"404","ok":1,"ms":9.5}
		{"code":null,"job":null,"ok":0}
		{"code":[200],"job":{"a":1},"ok":[true],"ms":{}}
		{}
	END
	selected 'event: observation' <<-'END'
		1 labels.code = 200
		1 labels.code > 300
		2 labels.code IN (200, 404)
		2 labels.code = '200'
		2 '404' = labels.code
		4 labels.code IN ('200', '404')
		2 labels.code <> '200'
		4 labels.code IS NOT NULL
		3 labels.code IS NULL
		2 labels.job = 'a'
		1 labels.job <> 'a'
		4 coalesce(labels.job, 'none') = 'none'
		2 labels.ok
		2 NOT labels.ok
		5 labels.ok IS NOT TRUE
		2 labels.ok = TRUE
		2 labels.ok = 1
		2 labels.ok = 'true'
		1 labels.ms > 10
		2 labels.ms > 0
		2 labels.ms >= labels.ok
		1 labels.ms / 2 = 375
		2 labels.ms = '750'
		7 name = 'o'
		0 labels.job = labels.code
		4 coalesce(labels.absent, labels.code) = labels.code
	END
}

@test "members: any row can be judged" {
	observations <<-'END'
		{"n":9007199254740993,"u":"é","":1,"http.method":"GET","a-b":1,"a/b":2}
		{"n":9007199254740992,"u":"\u00e9","":"x","a\/b":2}
		{"n":18446744073709551615,"u":"\ud83d\ude00"}
		{"n":1e3,"é":5,"it's":1}
		{"n":-0.5,"\u00e9":5}
		{"n":"12","n2":{"n":1}}
		{"n":"","u":""}
		["n"]
		{"deep":[[[[{"n":1}]]]]}
	END
	sql "$DB" "INSERT INTO observations (id, ts_ms, name, labels) VALUES
		(1, $NOW, 'o', NULL), (2, $NOW, 'o', 'no JSON'), (3, $NOW, 'o', ''), (4, $NOW, 'o', '5'),
		(5, $NOW, 'o', 'null'), (6, $NOW, 'o', '\"n\"'), (7, $NOW, 'o', '{\"n\":1'),
		(8, $NOW, 'o', '{\"n\":' || printf('%.3000c', '[') || printf('%.3000c', ']') || '}')"
	# What was written by hand is in no batch, and so in no file of counts.
	OPTIONS=--no-counts selected 'event: observation' <<-'END'
		17 TRUE
		1 labels.n = 9007199254740993
		1 labels.n = 9007199254740992
		3 labels.n > 9007199254740991
		5 labels.n < 9007199254740993 OR labels.n >= 9007199254740993
		1 labels.n = '18446744073709551615'
		1 labels.n = '1e3'
		1 labels.n = 1000
		1 labels.n = ''
		10 labels.n IS NULL
		2 labels.u = 'é'
		1 labels.u = '😀'
		2 labels."é" = 5
		1 labels."" = 1
		2 labels."" IN ('1', 'x')
		1 labels."http.method" = 'GET'
		1 labels."a-b" - labels."a/b" = -1
		2 labels."a/b" = 2
		1 labels."it's" = 1
		17 labels."n]" IS NULL
		17 labels."0" IS NULL
	END
}

@test "attributes.KEY of spans and logs, extra.KEY of every type" {
	ingest <<-'END'
		{"type":"span","name":"s","attributes":{"http.request.method":"GET","n":5,"labels":{"a":1}},"shard":3}
		{"type":"span","name":"s","attributes":{"http.request.method":"PUT"}}
		{"type":"log","level":"info","message":"m","attributes":{"n":"5"}}
		{"type":"download","artifact_id":"a","outcome":"success","shard":3,"big":true,"labels":{"env":"prod","a.b":"x"}}
		{"type":"download","artifact_id":"b","outcome":"success","shard":"3","my-key":1}
		{"type":"download","artifact_id":"c","outcome":"success"}
	END
	selected 'event: span' <<-'END'
		1 attributes."http.request.method" = 'GET'
		1 attributes.n = 5 AND extra.shard = 3
		2 attributes.labels IS NULL
		1 extra.shard IS NULL
	END
	selected 'event: log' <<<"1 attributes.n = '5' AND extra.n IS NULL"
	selected 'event: download' <<-'END'
		1 extra.shard = 3
		2 extra.shard = '3'
		1 extra.big
		1 extra."my-key" = 1
		1 extra.labels.env = 'prod'
		1 extra.labels."a.b" = 'x'
		0 extra.shard.env IS NOT NULL
		1 outcome = extra.outcome OR extra.big = TRUE
	END
}

@test "value, good, bad and exclude take members" {
	observations <<-'END'
		{"ms":100,"ok":true}
		{"ms":900,"ok":false}
		{"ms":"100","ok":true,"skip":true}
		{"ok":true,"skip":"yes"}
	END
	METRIC=thresholdMetric OBJECTIVE=', op: lte, value: 500' mine $'event: observation\nvalue: labels.ms'
	[ "$(jq -c .good <<<"$output")" = 1 ]
	METRIC=thresholdMetric OBJECTIVE=', op: lte, value: 500' \
		mine $'event: observation\nvalue: coalesce(labels.ms, 0) * 2'
	[ "$(jq -c '[.good, .bad]' <<<"$output")" = '[3,1]' ]
	mine $'event: observation\ngood: labels.ok\nexclude: labels.skip'
	[ "$(jq -c '[.good, .bad, .excluded]' <<<"$output")" = '[2,1,1]' ]
	mine $'event: observation\nbad: NOT labels.ok\nwhere: labels.ms IS NOT NULL'
	[ "$(jq -c '[.good, .bad]' <<<"$output")" = '[2,1]' ]
}

@test "group: by a member, which is a text; null without it" {
	observations <<-'END'
		{"env":"prod","http.method":"GET"}
		{"env":"prod","http.method":"GET"}
		{"env":"o'hara é","http.method":"GET"}
		{"env":200}
		{"env":"200"}
		{"env":true}
		{"env":{"a":1}}
		{}
	END
	mine $'event: observation\ngood: name = \'o\'\ngroup: labels.env'
	[ "$status" -eq 0 ]
	[ "$(jq -c '[.group["labels.env"], .total]' <<<"$output" | sort)" = "$(sort <<-'END'
		[null,2]
		["200",2]
		["o'hara é",1]
		["prod",2]
		["true",1]
	END
	)" ]
	mine $'event: observation\ngood: name = \'o\'\ngroup: [name, labels."http.method"]'
	[ "$(jq -c .group <<<"$output")" = '{"name":"o","labels.\"http.method\"":null}
{"name":"o","labels.\"http.method\"":"GET"}' ]
}

@test "group: the table says how to find the events of a member" {
	observations <<-'END'
		{"env":"o'hara","ok":false,"a/b":"x"}
		{"env":"o'hara","ok":false,"a/b":"x"}
		{"ok":false,"a/b":"y"}
		{"env":"prod","ok":true,"a/b":"y"}
	END
	objective mine $'event: observation\nbad: NOT labels.ok\ngroup: [labels.env, labels."a/b"]' >mine.yaml
	judge --format table
	[ "$status" -eq 2 ]
	[[ "$output" == *"labels.env=o'hara labels.\"a/b\"=x"* && "$output" == *'labels.env=(none)'* ]]
	grep 'Look at: ' <<<"$output" | sed 's/.*Look at: //' >statements
	[ "$(wc -l <statements)" -eq 2 ]
	[ "$(sqlite3 "$DB" <statements | grep -c false)" -eq 3 ]
}

@test "members: what is refused, where, and what would be right" {
	refused 'event: observation' <<-'END'
		label.env = 'x' ~ character 1: event observation has no column 'label'; did you mean 'labels.env'?
		env = 'x' ~ character 1: event observation has no column 'env'; tel-events(5) lists them; one in labels is labels.env; a key without a column is extra.env
		name.env = 'x' ~ character 1: name is a text, it has no keys
		observations.name = 'x' ~ character 1: event observation has no column 'observations'; a column is written alone: name
		labels.http.method = 'GET' ~ character 1: a key with points in it has double quotes: labels."http.method"
		extra.a.b.c = 'GET' ~ character 1: a key with points in it has double quotes: extra.a."b.c"
		labels.a-b = 1 ~ character 1: write labels."a-b" for one key, or a blank after labels.a
		labels.app/name = 'x' ~ character 1: write labels."app/name" for one key, or a blank after labels.app
		labels['a'] = 'x' ~ character 7, '[': a member is written labels.KEY, or labels."a-b"
		labels ->> 'a' = 'x' ~ character 8, '-': a member is written labels.KEY, or labels."a-b"
		labels:a = 'x' ~ character 7, ':': a member is written labels.KEY, or labels."a-b"
		labels.a@b = 'x' ~ character 9, '@': a key of other signs than letters, digits and _ has double quotes: labels."a-b"
		labels. = 'x' ~ character 8: expected a key; one that is not of letters, digits and _ has double quotes: labels."a-b"
		labels."a = 'x' ~ character 8: a key in double quotes ends with one, and has no other, no \ and no control character
		json_extract(labels, 1) = 'x' ~ character 1, 'json_extract': a member is written labels.KEY
		labels.env = "prod" ~ character 14, '"': text has single quotes, a column has none
		labels.n IN ('a', 5) ~ character 19: labels.n is a text and 5 is a number; write '5' with quotes
		labels.n + 'a' > 5 ~ character 12: 'a' is a text, not a number; + - * and / are for numbers
		labels.n + 1 ~ character 1: labels.n + 1 is a number, not a condition; compare it: labels.n + 1 > 0
		coalesce(labels.n, 'a') = 1 ~ character 27: coalesce(labels.n, 'a') is a text and 1 is a number; write '1' with quotes
	END
	refused 'event: http' <<-'END'
		labels.env = 'x' ~ character 1: event http has no column 'labels'; a key without a column is extra.labels.env
		http.status = 200 ~ character 1: event http has no column 'http'; a column is written alone: status
		status.code = 200 ~ character 1: status is a number, it has no keys
	END
	no_file $'event: observation\ngood: TRUE\ngroup: label.env' "group: 'label.env': character 1: event observation has no column 'label'; did you mean 'labels.env'?"
	no_file $'event: observation\ngood: TRUE\ngroup: [name, labels.a b]' "group: 'labels.a b': character 10, 'b': expected the end after a column or member"
	no_file $'event: observation\ngood: TRUE\ngroup: "\'x\'"' "group: ''x'': character 1, ''x'': expected a column, or a member such as labels.KEY"
}

# ---- events of one's own

backups() {
	ingest <<-'END'
		{"type":"backup","outcome":"ok","size_bytes":5,"run_id":"r1","cohort":"canary","labels":{"host":"a","disk-id":1}}
		{"type":"backup","outcome":"ok","size_bytes":"5","run_id":"r1","labels":{"host":"b"},"size-bytes":7}
		{"type":"backup","outcome":"failed","run_id":"r2","body":"b","extra":{"a":1}}
		{"type":"restore","outcome":"ok","size_bytes":5}
		{"type":"it's","outcome":"ok"}
		{"type":"observation","name":"o","outcome":"ok"}
	END
}

@test "event: other: columns and keys of events of one's own" {
	backups
	selected $'event: other\ntype: backup' <<-END
		3 TRUE
		2 outcome = 'ok'
		1 outcome <> 'ok'
		1 size_bytes > 4
		2 size_bytes = '5'
		3 type = 'backup'
		1 cohort = 'canary'
		2 run_id = 'r1'
		2 body.run_id = 'r1'
		3 ts_ms = $NOW
		3 body.ts_ms = ts_ms
		1 labels.host = 'a'
		1 labels."disk-id" = 1
		1 body."size-bytes" = 7
		1 body.body = 'b'
		1 body.extra.a = 1
		1 body.labels.host = 'b'
		3 labels IS NULL
		3 outcom IS NULL
	END
	selected $'event: other\ntype: it\'s' <<<"1 outcome = 'ok'"
	selected $'event: other\ntype: none' <<<"0 outcome = 'ok'"
}

@test "event: other: the example of the page" {
	ingest <<-'END'
		{"type":"backup","outcome":"ok","size_bytes":5,"labels":{"host":"db1"}}
		{"type":"backup","outcome":"ok","size_bytes":0,"labels":{"host":"db1"}}
		{"type":"backup","outcome":"ok","size_bytes":5,"labels":{"host":"db2"}}
	END
	mine "$(awk '/^event: other/ { take = 1 } /^\.Ed/ { take = 0 } take' "$ROOT/cmd/slo-eval.1")"
	[ "$(jq -c '[.good, .bad]' <<<"$output")" = '[1,1]' ]
}

@test "event: other: groups, values, runs, good of total" {
	backups
	mine $'event: other\ntype: backup\ngood: outcome = \'ok\'\ngroup: [run_id, labels.host]'
	[ "$(jq -c '[.group, .good]' <<<"$output")" = '[{"run_id":"r1","labels.host":"a"},1]
[{"run_id":"r1","labels.host":"b"},1]
[{"run_id":"r2","labels.host":null},0]' ]
	mine $'event: other\ntype: backup\ngood: TRUE\ngroup: outcome'
	[ "$(jq -c '[.group, .total]' <<<"$output")" = '[{"outcome":"failed"},1]
[{"outcome":"ok"},2]' ]
	METRIC=thresholdMetric OBJECTIVE=', op: gte, value: 5' mine $'event: other\ntype: backup\nvalue: size_bytes'
	[ "$(jq .good <<<"$output")" = 1 ]
	mine $'event: other\ntype: backup\ngood: outcome = \'ok\''
	[ "$(jq -c '[.good, .bad, .verdict]' <<<"$output")" = '[2,1,"pass"]' ]
	judge --run r2
	[ "$(jq -c '[.good, .bad, .verdict]' <<<"$output")" = '[0,1,"breach"]' ]
	judge --run latest
	[ "$(jq -r .run_id <<<"$output")" = r2 ]
	judge --format table --run r2
	statement=$(sed -n 's/.*Look at: //p' <<<"$output")
	[ "$(sql "$DB" "$statement" | grep -c failed)" -eq 1 ]
	run --separate-stderr slo-eval --db - --slo mine.yaml <events.jsonl
	[ "$(jq -c '[.good, .bad]' <<<"$output")" = '[2,1]' ]
	sed '/ratioMetric/q' mine.yaml >total.yaml
	cat >>total.yaml <<-'END'
		        good: {metricSource: {type: teltools, spec: {event: other, type: backup, where: size_bytes > 0}}}
		        total: {metricSource: {type: teltools, spec: {event: other, type: backup, where: outcome = 'ok'}}}
		  objectives: [{target: 0.5}]
	END
	mv total.yaml mine.yaml
	judge
	# One of the two has no size.
	[ "$(jq -c '[.good, .total, .unknown]' <<<"$output")" = '[1,1,1]' ]
	sed -i '/good:/s/backup/restore/' mine.yaml
	judge
	[ "$status" -eq 78 ]
	[[ "$stderr" == *"counts events of another kind than 'total' does"* ]]
}

@test "presence: of another kind, with the same members" {
	for minute in 5 6 7; do
		echo '{"type":"heartbeat","ts_ms":'$((NOW - (13 - minute) * 60000))',"labels":{"host":"a"}}'
		echo '{"type":"heartbeat","ts_ms":'$((NOW - (13 - minute) * 60000))',"labels":{"host":"b"},"test":true}'
	done >events.jsonl
	echo '{"type":"observation","name":"crash","ts_ms":'$((NOW - 7 * 60000))',"labels":{"host":"a"}}' >>events.jsonl
	echo '{"type":"observation","name":"crash","ts_ms":'$((NOW - 7 * 60000))',"labels":{"host":"b"}}' >>events.jsonl
	tel-ingest -q --db "$DB" events.jsonl >summary
	export METHOD=Timeslices METRIC=thresholdMetric OBJECTIVE=', op: lte, value: 0, timeSliceWindow: 1m, timeSliceTarget: 1'
	mine "event: observation
where: name = 'crash' AND labels.host = 'a'
group: labels.host
presence: {event: other, type: heartbeat, where: test IS NULL}"
	[ "$(jq -c '[.group["labels.host"], .good, .bad]' <<<"$output")" = '["a",2,1]' ]
	mine "event: other
type: crash
group: labels.host
presence: {event: other, type: heartbeat}"
	[ "$(jq -c '[.group["labels.host"], .good, .bad]' <<<"$output")" = '["a",3,0]
["b",3,0]' ]
	no_file $'event: observation\nwhere: TRUE\npresence: {event: other}' "'type' is missing: the type of your events, as in event: other, type: backup"
	no_file $'event: observation\nwhere: TRUE\ngroup: labels.host\npresence: {event: http}' "presence: 'labels.host': character 1: event http has no column 'labels'; a key without a column is extra.labels.host"
}

@test "event: other: what is refused, where, and what would be right" {
	refused $'event: other\ntype: backup' <<-'END'
		outcome = "ok" ~ character 11, '"': text has single quotes, a column has none
		size-bytes > 4 ~ character 1: write body."size-bytes" for one key, or a blank after size
		body = 'x' ~ character 1: body is the whole event; its key of that name is body.body
		extra.outcome = 'ok' ~ character 1: the keys of an event of your own are written alone: outcome
		run_id.x = 'ok' ~ character 1: run_id is a text, it has no keys
		labels.http.method = 'GET' ~ character 1: a key with points in it has double quotes: labels."http.method"
		ts_ms = 'x' ~ character 9: ts_ms is a number and 'x' is a text; compare it: ts_ms > 0
		outcome LIKE 'o' ~ character 9, 'LIKE': not allowed; a text is compared as a whole, with = or IN (...)
	END
	no_file $'event: backup\ngood: TRUE' "there is no event 'backup'; tel-events(5) lists them; those of your own are event: other, type: backup"
	no_file $'event: othr\ngood: TRUE' "there is no event 'othr'; did you mean 'other'?"
	no_file $'event: other\ngood: TRUE' "line 15: 'type' is missing: the type of your events, as in event: other, type: backup"
	no_file $'event: other\ntype: ""\ngood: TRUE' "line 16: 'type' must be text"
	no_file $'event: other\ntype: http\ngood: TRUE' "line 16: type 'http' is not your own; write event: http, without 'type'"
	no_file $'event: http\ntype: http\ngood: TRUE' "line 16: 'type' goes with event: other; event http has only the type 'http'"
	no_file $'event: other\ntype: backup\ngood: TRUE\ngroup: ts_ms' "'group': ts_ms is another one in every event"
}

@test "event: other: the messages about data name the type" {
	echo '{"type":"backup","ts_ms":'$((NOW - 7200000))',"outcome":"ok"}' >events.jsonl
	echo '{"type":"restore","ts_ms":'$((NOW + 5))',"outcome":"ok"}' >>events.jsonl
	tel-ingest -q --db "$DB" events.jsonl >summary
	{ objective a $'event: other\ntype: restore\ngood: outcome = \'ok\''
	objective b $'event: other\ntype: backup\ngood: outcome = \'ok\''
	objective c $'event: other\ntype: backup\ngood: outcome IS NULL'; } >mine.yaml
	judge
	[ "$status" -eq 2 ]
	[ "$stderr" = "slo-eval: warning: $DB: no backup event in the windows; the newest is of 2023-11-14T20:13:20.000Z, and --at 2023-11-14T20:13:20.000Z would judge it
slo-eval: warning: $DB: 1 restore event later than 2023-11-14T22:13:20.000Z, the end of the windows, is not judged" ]
}

@test "expressions: the deepest that is accepted is judged, a deeper one is refused" {
	observations <<<'{"é":{"ö":1},"n":1}'
	nested='extra."é"."ö" IS NULL'
	for depth in 1 2 3 4 5 6 7; do
		nested="labels.n = 1 AND coalesce(labels.absent, ($nested))"
		mine $'event: observation\ngood: '"$nested"
		[ "$status" -eq 0 ] || break
		[ "$(jq .good <<<"$output")" = 1 ]
	done
	[ "$depth" -gt 3 ] && [ "$status" -eq 78 ] && [[ "$stderr" == *"too much within each other" ]]
}
