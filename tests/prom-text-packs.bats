#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Metric definitions of prom-text: what they may say, each mistake and its message,
# and how their samples are written.

load helper
load prom-text

# --- escaping and numbers --------------------------------------------------

@test "label values: quote, backslash, newline, UTF-8, bad UTF-8, NUL" {
	definition m_x gauge "SELECT 'a\"b\\c' || char(10) || 'd' AS l, 1 AS value
	    UNION ALL SELECT 'é€😀', 2 UNION ALL SELECT CAST(x'61ff62c328' AS TEXT), 3
	    UNION ALL SELECT 'n' || char(0) || 'l', 4
	    UNION ALL SELECT 't' || char(9), 5"
	run samples --metrics "$pack"
	has 'm_x{l="a\"b\\c\nd"} 1'
	has 'm_x{l="é€😀"} 2'
	has $'m_x{l="a\xef\xbf\xbdb\xef\xbf\xbd("} 3'
	has $'m_x{l="n\xef\xbf\xbdl"} 4'
	has $'m_x{l="t\t"} 5'
	[ -x "$PROMTOOL" ] || skip "no promtool"
	prom-text --db "$db" --metrics "$pack" >"$BATS_TEST_TMPDIR/out"
	"$PROMTOOL" check metrics <"$BATS_TEST_TMPDIR/out"
}

@test "help: backslash is escaped, a quote is not" {
	mkdir "$pack"
	printf '%s\n' '-- metric: m_x' '-- type: gauge' '-- help: a\n "b" é' \
		'SELECT 1 AS value' >"$pack/m_x.sql"
	run prom-text --db "$db" --metrics "$pack"
	has '# HELP m_x a\\n "b" é'
}

@test "numbers: whole, shortest, infinite" {
	definition m_x gauge "SELECT 'a' AS l, 0.1 AS value UNION ALL SELECT 'b', 1e21
	    UNION ALL SELECT 'c', 9e999 UNION ALL SELECT 'd', -9e999
	    UNION ALL SELECT 'e', -0.0 UNION ALL SELECT 'f', 9007199254740993
	    UNION ALL SELECT 'g', 1700000000123 UNION ALL SELECT 'h', 1e-7
	    UNION ALL SELECT 'i', 0.1 + 0.2"
	run samples --metrics "$pack"
	has 'm_x{l="a"} 0.1'
	has 'm_x{l="b"} 1e+21'
	has 'm_x{l="c"} +Inf'
	has 'm_x{l="d"} -Inf'
	has 'm_x{l="e"} 0'
	has 'm_x{l="f"} 9007199254740992'
	has 'm_x{l="g"} 1700000000123'
	has 'm_x{l="h"} 1e-07'
	has 'm_x{l="i"} 0.30000000000000004'
}

@test "a NULL value gives no sample, a NULL or empty label no label" {
	definition m_x gauge "SELECT 'a' AS l, NULL AS value UNION ALL SELECT NULL, 2
	    UNION ALL SELECT 'c', 3"
	run samples --metrics "$pack"
	[ "$output" = $'m_x 2\nm_x{l="c"} 3' ]
	definition m_x gauge "SELECT '' AS l, 'k' AS m, 2 AS value"
	run samples --metrics "$pack"
	[ "$output" = 'm_x{m="k"} 2' ]
}

@test "a user-defined histogram" {
	definition m_x_seconds histogram "SELECT h, le, suffix, value FROM (
	    SELECT 'a' AS h, '0.5' AS le, '_bucket' AS suffix, 3 AS value
	    UNION ALL SELECT 'a', '+Inf', '_bucket', 4
	    UNION ALL SELECT 'a', NULL, '_sum', 2.5 UNION ALL SELECT 'a', NULL, '_count', 4
	    UNION ALL SELECT 'b', '0.5', '_bucket', 0
	    UNION ALL SELECT 'b', '+Inf', '_bucket', 0)"
	run samples --metrics "$pack"
	[ "${lines[0]}" = 'm_x_seconds_bucket{h="a",le="0.5"} 3' ]
	[ "${lines[1]}" = 'm_x_seconds_bucket{h="a",le="+Inf"} 4' ]
	[ "${lines[2]}" = 'm_x_seconds_sum{h="a"} 2.5' ]
	[ "${lines[3]}" = 'm_x_seconds_count{h="a"} 4' ]
	[ "${#lines[@]}" -eq 6 ]
	[ -x "$PROMTOOL" ] || skip "no promtool"
	prom-text --db "$db" --metrics "$pack" >"$BATS_TEST_TMPDIR/out"
	"$PROMTOOL" check metrics <"$BATS_TEST_TMPDIR/out"
}

# --- packs -----------------------------------------------------------------

@test "--metrics: a folder, with and without a slash, one file, several packs" {
	definition m_b gauge 'SELECT 2 AS value;'
	definition m_a gauge '-- words
/* more; words */ with x as (select 1 as value) SELECT * FROM x; -- done'
	printf 'no definition' >"$pack/README"
	printf 'no definition' >"$pack/.hidden.sql"
	run samples --metrics "$pack"
	[ "$output" = $'m_a 1\nm_b 2' ]
	run samples --metrics "$pack/"
	[ "$output" = $'m_a 1\nm_b 2' ]
	run samples --metrics "$pack/m_b.sql"
	[ "$output" = 'm_b 2' ]
	cd "$BATS_TEST_TMPDIR"
	run samples --metrics pack --metrics tel
	has 'm_a 1'
	has 'tel_store_lines_total{fate="dead"} 0'
}

@test "--metrics: the built-in pack goes before a folder of its name" {
	cd "$BATS_TEST_TMPDIR"
	mkdir tel
	run samples --metrics tel
	has 'tel_store_lines_total{fate="dead"} 0'
	run --separate-stderr prom-text --db "$db" --metrics ./tel
	[ "$status" -eq 78 ]
	[ "$stderr" = "prom-text: ./tel: no .sql and no .yaml file in it: a pack is a folder with one file for each metric" ]
}

@test "--metrics: no such pack, and which there are" {
	cd "$BATS_TEST_TMPDIR"
	run --separate-stderr prom-text --db "$db" --metrics nosuch
	[ "$status" -eq 66 ]
	[ "$stderr" = "prom-text: metrics 'nosuch': neither a built-in pack (applylens, docstokg, tel) nor a folder or file: No such file or directory" ]
	run --separate-stderr prom-text --db "$db" --metrics ./tel
	[ "$status" -eq 66 ]
}

@test "--metrics: a definition twice, and a name that a suffix makes" {
	run -0 prom-text --db "$db" --metrics tel --metrics tel_store_gap_events --metrics tel
	definition tel_store_gap_events gauge 'SELECT 1 AS value'
	run -78 --separate-stderr prom-text --db "$db" --metrics tel --metrics "$pack"
	[[ $stderr == *"/tel_store_gap_events.sql: line 1: metric tel_store_gap_events is defined by schema/metric/tel/tel_store_gap_events.sql too" ]]
	rm -r "$pack"
	definition m_x summary 'SELECT 0.5 AS quantile, 1 AS value'
	definition m_x_count gauge 'SELECT 1 AS value'
	run --separate-stderr prom-text --db "$db" --metrics "$pack/m_x_count.sql" \
		--metrics "$pack/m_x.sql"
	[ "$status" -eq 78 ]
	[[ $stderr == *"$pack/m_x.sql: line 1: metric m_x cannot stand beside m_x_count of $pack/m_x_count.sql: "* ]]
	refuses m_x_count "line 1: metric m_x_count cannot stand beside m_x of $pack/m_x.sql"
	definition m_x gauge 'SELECT 1 AS value'
	definition m_x_count gauge 'SELECT 1 AS value'
	run samples --metrics "$pack"
	[ "$output" = $'m_x 1\nm_x_count 1' ]
}

@test "--metrics: names that meet only in OpenMetrics, in corrections, or in what no file defines" {
	definition m_x gauge 'SELECT 1 AS value'
	definition m_x_total counter 'SELECT 1 AS value'
	refuses m_x_total "line 1: metric m_x_total cannot stand beside m_x of $pack/m_x.sql"
	definition m_y_corrected_total counter 'SELECT 1 AS value'
	printf '%s\n' 'metric: m_y_total' 'type: counter' 'help: x' 'source: {event: http}' >"$pack/m_y_total.yaml"
	run -1 --separate-stderr prom-text check "$pack"
	[[ $output = *"m_y_total cannot stand beside m_y_corrected_total of $pack/m_y_corrected_total.sql"* ]]
	rm -r "$pack"
	definition tel_up gauge 'SELECT 1 AS value'
	refuses tel_up 'line 1: metric tel_up cannot stand beside tel_up, which is printed without a file'
	run prom-text check tel docstokg applylens
	[ "$status" -eq 1 ] # promtool's complaints about docstokg, and nothing of clashes
}

@test "a definition: what the comments lack" {
	mkdir "$pack"
	printf '%s\n' '-- type: gauge' '-- help: Words.' 'SELECT 1 AS value' >"$pack/m_x.sql"
	refuses m_x 'line 1: the comments that the file begins with lack a line -- metric: NAME'
	mkdir "$pack"
	printf '%s\n' '-- metric: m_x' '-- help: Words.' 'SELECT 1 AS value' >"$pack/m_x.sql"
	refuses m_x 'line 1: the comments that the file begins with lack a line -- type: TYPE'
	mkdir "$pack"
	printf '%s\n' '-- metric: m_x' '-- type: gauge' 'SELECT 1 AS value -- help: no' >"$pack/m_x.sql"
	refuses m_x 'line 1: the comments that the file begins with lack a line -- help: TEXT'
	mkdir "$pack"
	: >"$pack/m_x.sql"
	refuses m_x 'line 1: the comments'
}

@test "a definition: what the comments have wrong" {
	mkdir "$pack"
	printf '%s\n' '' '-- metric: 9x' >"$pack/m_x.sql"
	refuses m_x 'line 2: no metric name (letters, digits, _ and :, and no digit first): 9x'
	mkdir "$pack"
	printf '%s\n' '-- metric: m_y' >"$pack/m_x.sql"
	refuses m_x 'line 1: metric: m_y; the file must be named m_y.sql'
	mkdir "$pack"
	printf '%s\n' '-- metric: m_x' '-- type: guage' >"$pack/m_x.sql"
	refuses m_x 'line 2: the type must be one of counter, gauge, histogram, summary, info, stateset, unknown'
	mkdir "$pack"
	printf '%s\n' '-- help: a' '-- help: b' >"$pack/m_x.sql"
	refuses m_x 'line 2: given twice: help'
	mkdir "$pack"
	printf '%s\n' '-- help:  ' >"$pack/m_x.sql"
	refuses m_x 'line 1: nothing follows help'
}

@test "a definition with CRLF lines is one" {
	mkdir "$pack"
	printf '%s\r\n' '-- metric: m_x' '-- type: gauge' '-- help: Words.' \
		'SELECT 1 AS value;' >"$pack/m_x.sql"
	run samples --metrics "$pack"
	[ "$output" = 'm_x 1' ]
}

@test "a definition: one SELECT that only reads" {
	download r1 success 10
	definition m_x gauge ''
	refuses m_x 'line 5: no SELECT follows the comments'
	bad gauge 'DELETE FROM downloads' 'a definition is one SELECT (or WITH ... SELECT), not DELETE'
	bad gauge 'PRAGMA query_only = OFF' 'not PRAGMA'
	bad gauge "WITH x AS (SELECT 1) DELETE FROM downloads RETURNING 1 AS value" \
		'the statement changes the database; it must only read'
	definition m_x gauge $'SELECT 1 AS value;\n\nDELETE FROM downloads'
	refuses m_x "line 6: a definition is one SELECT; after its ';' there is more: DELETE"
	bad gauge 'SELECT :other AS value' 'the only parameter is :run_id, not :other'
	bad gauge 'SELECT ?1 AS value' 'the only parameter is :run_id, not ?1'
	bad gauge 'SELECT @a AS value' 'the only parameter is :run_id, not @a'
	bad gauge 'SELECT 1 AS value FROM nosuch' 'no such table: nosuch'
	bad gauge "SELECT 'open AS value" 'unrecognized token'
	[ "$(sql "$db" 'SELECT count(*) FROM downloads')" -eq 1 ]
}

@test "a definition: text that looks like SQL is left alone" {
	definition m_x gauge "SELECT ';:no?' AS \"l\", 1 AS [value] /* ; :no */ -- ; :no"
	run samples --metrics "$pack"
	[ "$output" = 'm_x{l=";:no?"} 1' ]
}

@test "a definition: NUL bytes, too long, a folder" {
	mkdir "$pack"
	printf -- '-- metric: m_x\n\0' >"$pack/m_x.sql"
	refuses m_x 'line 2: a NUL byte: this is not text'
	mkdir "$pack"
	head -c 70000 /dev/zero | tr '\0' ' ' >"$pack/m_x.sql"
	refuses m_x 'larger than 65536 bytes'
	mkdir -p "$pack/m_x.sql"
	run --separate-stderr prom-text --db "$db" --metrics "$pack"
	[ "$status" -eq 74 ]
	[[ $stderr == *"$pack/m_x.sql: Is a directory" ]]
}

@test "a definition: its columns" {
	bad gauge 'SELECT 1 AS number' 'no column is named value'
	bad gauge 'SELECT 1 AS value, 2 AS value' 'two columns are named value'
	bad gauge "SELECT 1 AS value, '' AS suffix, '' AS suffix" 'two columns are named suffix'
	bad gauge 'SELECT 1 AS value, 2 AS "a-b"' "column 'a-b' is not a name for a label"
	bad gauge 'SELECT 1 AS value, 2 AS "a:b"' "column 'a:b' is not a name for a label"
	bad gauge 'SELECT 1 AS value, 2 AS __a' "column '__a' is not a name for a label"
	bad gauge 'SELECT 1 AS value, 2 AS a, 3 AS a' 'two columns are named a'
	bad gauge "SELECT 1 AS value$(printf ', 1 AS l%d' $(seq 31))" 'more than 30 labels'
}

@test "a definition: samples that do not go with the type" {
	bad gauge "SELECT 1 AS value, '_sum' AS suffix" \
		"suffix '_sum' does not go with type gauge, which takes none"
	bad untyped "SELECT 1 AS value, 'x' AS suffix" \
		"suffix 'x' does not go with type unknown, which takes none"
	bad summary "SELECT 1 AS value, '_bucket' AS suffix" \
		"suffix '_bucket' does not go with type summary, which takes none, _sum, _count or _created"
	bad histogram 'SELECT 1 AS value' \
		"suffix '' does not go with type histogram, which takes _bucket, _sum, _count or _created"
}

@test "odd samples: they are left out, counted and named, and the others are printed" {
	local all="SELECT 'b' AS l, 2 AS value UNION ALL"
	leaves_out gauge "$all SELECT 'a', '12'" 1 \
		"sample m_x{l=\"a\"}: column value is text, not a number: '12'" 'm_x{l="b"} 2'
	leaves_out gauge "SELECT x'00' AS value" 1 'sample m_x: column value is a blob, not a number'
	leaves_out counter "$all SELECT 'a', -1" 1 \
		'sample m_x{l="a"}: -1 is not a count: it must be 0 or more' 'm_x{l="b"} 2'
	leaves_out summary "SELECT '_count' AS suffix, -1 AS value" 1 \
		'sample m_x_count: -1 is not a count: it must be 0 or more'
	leaves_out gauge "$all SELECT 'a', 1 UNION ALL SELECT 'b', 3 UNION ALL SELECT 'b', 4" 2 \
		'sample m_x{l="b"}: occurs twice; each row needs other labels' 'm_x{l="b"} 2' \
		'm_x{l="a"} 1'
	leaves_out gauge "SELECT NULL AS l, 1 AS value UNION ALL SELECT '', 2" 1 \
		'sample m_x: occurs twice; each row needs other labels' 'm_x 1'
	# NUL and a byte that is not UTF-8 become the same character.
	leaves_out gauge "SELECT 'a' || char(0) AS l, 1 AS value
		UNION ALL SELECT CAST(x'61ff' AS TEXT), 2" 1 \
		$'sample m_x{l="a\xef\xbf\xbd"}: occurs twice; each row needs other labels' \
		$'m_x{l="a\xef\xbf\xbd"} 1'
	leaves_out stateset "SELECT 'on' AS m_x, 1 AS value UNION ALL SELECT 'off', 2
		UNION ALL SELECT NULL, 1" 2 'sample m_x{m_x="off"}: 2 is not a state: it must be 0 or 1' \
		'm_x{m_x="on"} 1'
}

@test "odd samples: SQL that fails on what it reads leaves out its own metric" {
	definition m_y gauge 'SELECT 2 AS value'
	leaves_out gauge "SELECT 1 AS value UNION ALL SELECT sum(column1) FROM (VALUES (9223372036854775807), (1))" \
		1 "$db: integer overflow" 'm_y 2'
}

@test "odd samples: of a histogram all samples of that set of labels" {
	local columns="WITH b (l, suffix, le, value) AS (VALUES ('b', '_bucket', '1', 1),
		('b', '_bucket', '+Inf', 2), ('b', '_sum', NULL, 3), ('b', '_count', NULL, 2),"
	local others=('m_x_bucket{l="b",le="1.0"} 1' 'm_x_bucket{l="b",le="+Inf"} 2'
		'm_x_sum{l="b"} 3' 'm_x_count{l="b"} 2')
	leaves_out histogram "$columns ('a', '_bucket', '1', 2), ('a', '_bucket', '+Inf', 1))
		SELECT * FROM b" 2 'sample m_x_bucket{l="a",le="+Inf"}: holds less than the bucket before it; buckets count all up to le' \
		"${others[@]}"
	leaves_out histogram "$columns ('a', '_bucket', '+Inf', 1), ('a', '_count', NULL, 2))
		SELECT * FROM b" 2 'sample m_x_count{l="a"}: differs from the bucket le="+Inf"' "${others[@]}"
	# A NULL is no sample: without its last bucket the other histogram is whole.
	leaves_out histogram "$columns ('a', '_bucket', '1', 1), ('a', '_bucket', '+Inf', NULL))
		SELECT * FROM b" 1 'sample m_x_bucket{l="a",le="1.0"}: the last bucket must be le="+Inf"' \
		"${others[@]}"
	# The same definition is wrong where nothing is right.
	bad histogram "SELECT '_bucket' AS suffix, '1' AS le, 1 AS value" 'the last bucket must be le="+Inf"'
}

@test "a definition: quantiles of a summary" {
	bad summary 'SELECT 1 AS value' 'sample m_x: a summary needs the label quantile here'
	bad summary "SELECT 'p50' AS quantile, 1 AS value" \
		'sample m_x{quantile="p50"}: label quantile is not a number from 0 to 1'
	bad summary "SELECT 1.5 AS quantile, 1 AS value" 'label quantile is not a number from 0 to 1'
	bad summary "SELECT '_sum' AS suffix, 0.5 AS quantile, 1 AS value" \
		'_sum takes no label quantile'
	bad summary "SELECT 0.9 AS quantile, 1 AS value UNION ALL SELECT 0.5, 1" \
		'label quantile must rise from row to row'
	leaves_out summary "SELECT '0.5' AS quantile, 1 AS value UNION ALL SELECT '0.50', 1" 1 \
		'sample m_x{quantile="0.5"}: occurs twice; each row needs other labels' \
		'm_x{quantile="0.5"} 1'
}

@test "a definition: buckets of a histogram" {
	local s="SELECT '_bucket' AS suffix"
	bad histogram "$s, 1 AS value" 'a histogram needs the label le here'
	bad histogram "$s, 'x' AS le, 1 AS value" 'label le is not a number or +Inf'
	bad histogram "$s, '2' AS le, 1 AS value UNION ALL SELECT '_bucket', '1', 2" \
		'label le must rise from row to row'
	bad histogram "SELECT '_count' AS suffix, NULL AS le, 1 AS value
		UNION ALL SELECT '_bucket', '+Inf', 1" \
		'sample m_x_count: must come after its own buckets'
}
