#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# prom-text: each option, each exit code and message, and what a textfile may replace.

load helper
load prom-text

# code NUMBER MESSAGE ARGUMENT...: prom-text ends so, says that, and prints nothing.
code() {
	run --separate-stderr prom-text "${@:3}"
	echo "$status: $output / $stderr"
	[ "$status" -eq "$1" ]
	[ -z "$output" ]
	[ "$stderr" = "prom-text: $2" ]
}

# without_rights COMMAND...: root, too, may then write only what modes allow.
without_rights() {
	[ "$(id -u)" -eq 0 ] || { "$@"; return; }
	command -v setpriv >/dev/null || skip "no setpriv"
	setpriv --inh-caps=-all --bounding-set=-dac_override,-dac_read_search "$@"
}

# --- the help and the page ---------------------------------------------------

@test "each option of the help is taken" {
	local options option
	download r1 success 10
	options=$(prom-text --help | grep -o -- ' --[a-z-]*' | sort -u)
	[ "$(wc -w <<<"$options")" -ge 20 ]
	cd "$BATS_TEST_TMPDIR"
	definition m_x gauge 'SELECT 1 AS value'
	for option in $options; do
		case $option in
		--db | --help | --version | --list | --quiet | --verbose) set -- ;;
		--run) set -- r1 ;;
		--runs) set -- 2 ;;
		--metrics) set -- "$pack" ;;
		--slo) set -- "$ROOT/schema/slo" ;;
		--counts) set -- other.counts ;;
		--archive) set -- arc ;;
		--label) set -- a=b ;;
		--textfile) set -- x.prom ;;
		--openmetrics) set -- ;;
		--poll | --max-age | --listen | --web-config | --insecure) continue ;; # prometheus.bats
		*) echo "no test of $option" && return 1 ;;
		esac
		run --separate-stderr prom-text --db "$db" "${option/#--db/-q}" "$@"
		echo "$option $*: $status $stderr"
		[ "$status" -eq 0 ]
	done
	[ -s x.prom ] && [ -s other.counts ]
}

@test "short options are the long ones" {
	download r1 success 10
	download r2 miss
	[ "$(samples -r r2 --metrics docstokg)" = "$(samples --run r2 --metrics docstokg)" ]
	prom-text -d "$db" -q -r r1 --metrics docstokg | grep -q 'run_id="r1"'
	[ "$(prom-text -h)" = "$(prom-text --help)" ]
	code 64 "unknown option '-x'; see prom-text --help" --db "$db" -x
}

@test "mistyped options and values" {
	code 64 "unknown option '--lable'; did you mean --label?" --lable a=b
	code 64 "unknown option '--opnmetrics'; did you mean --openmetrics?" --opnmetrics
	code 64 "unknown option '--nothing-like-it'; see prom-text --help" --nothing-like-it
	code 64 "option '--run' needs a value" --db "$db" --run
	code 64 "unexpected operand 'chek'; the database is given with --db FILE" chek tel
	local value
	for value in 0 -1 x 1.5 1001 ''; do
		run -64 --separate-stderr prom-text --db "$db" --runs "$value"
		[[ $stderr == 'prom-text: --runs: '* ]] && [ -z "$output" ]
	done
	code 64 "--runs: '0' is not a whole number from 1 to 1000" --db "$db" --runs 0
	code 64 '--runs shows the newest; --run does not go with it' --db "$db" --runs 2 --run r1
	code 64 '--textfile: node_exporter does not read OpenMetrics' --db "$db" --openmetrics \
		--textfile x.prom
	code 64 "--listen: scrapers choose the format; --textfile and --openmetrics do not go \
with it" --db "$db" --openmetrics --listen 127.0.0.1:0
	code 64 '--web-config and --insecure go with --listen' --db "$db" --web-config x
	code 64 "--poll: '1' is not a duration in range, such as 250ms, 30s, 5m, 12h or 7d" --poll 1
	code 64 "--poll: '99ms' is not a duration in range, such as 250ms, 30s, 5m, 12h or 7d" \
		--poll 99ms
	code 64 "'x' is no address to listen on, such as 127.0.0.1:9108, [::1]:9108 or :9108" \
		--db "$db" --listen x
}

@test "each exit code of the page has a test here or in prom-text.bats" {
	local codes
	codes=$(sed -n '/^\.Sh EXIT STATUS/,/^\.El/s/^\.It //p' "$ROOT/cmd/prom-text.1" | paste -sd ' ')
	[ "$codes" = '0 1 2 64 65 66 73 74 75 78' ]
}

# --- databases ---------------------------------------------------------------

@test "databases: without a run, without an event, empty, none" {
	run --separate-stderr prom-text --db "$db"
	[ "$status" -eq 0 ] && [ -z "$stderr" ]
	has 'tel_up 1'
	has 'tel_store_lines_total{fate="inserted"} 0'
	run --separate-stderr prom-text --db "$db" --metrics docstokg
	[ "$status" -eq 0 ] && [ -z "$stderr" ] && [ -z "$output" ]
	run --separate-stderr prom-text --db "$db" --metrics docstokg --runs 3
	[ "$status" -eq 0 ] && [ -z "$stderr" ] && [ -z "$output" ]
	run --separate-stderr prom-text --db "$db" --run latest --metrics tel
	[ "$status" -eq 0 ] && [ -z "$stderr" ]
	cd "$BATS_TEST_TMPDIR"
	: >empty
	run --separate-stderr prom-text --db empty
	[ "$status" -eq 65 ] && [ -z "$output" ] && [[ $stderr == 'prom-text: empty: '* ]]
	[ ! -s empty ]
	printf 'SQLite format 3\0 and then something else %0999d' 1 >broken
	run --separate-stderr prom-text --db broken
	[ "$status" -eq 65 ] && [ -z "$output" ] && [[ $stderr == 'prom-text: broken: '* ]]
	code 66 'nosuch: No such file or directory' --db nosuch
	[ ! -e nosuch ] && [ ! -e nosuch.counts ]
	mkfifo pipe
	run --separate-stderr timeout 20 prom-text --db pipe
	echo "$status $stderr"
	[ "$status" -eq 65 ] || [ "$status" -eq 66 ]
}

@test "databases: a page in the middle that is damaged is 65 or 74, and nothing is printed" {
	ttfp r1 3000
	dd if=/dev/urandom of="$db" bs=4096 seek=70 count=60 conv=notrunc 2>/dev/null
	run --separate-stderr prom-text --db "$db" --run r1
	echo "$status $stderr"
	[ "$status" -eq 65 ] && [ -z "$output" ] && [[ $stderr == "prom-text: "*"$db: "* ]]
}

# --- runs --------------------------------------------------------------------

@test "--runs: the newest, each sample with its run; fewer if there are fewer" {
	local run
	for run in 1 2 3 4; do
		download "r$run" success $((run * 100))
		http "r$run" a.org metadata 200 0
		run_end "r$run" $((run * 1000))
	done
	run samples --runs 2
	has 'tel_run_ttfp_seconds{quantile="0.5",run_id="r4"} 0.4'
	has 'tel_run_ttfp_seconds{quantile="0.5",run_id="r3"} 0.3'
	has 'tel_run_info{run_id="r3"} 1'
	has 'tel_host_http_attempts{host="a.org",run_id="r4"} 1'
	lacks 'run_id="r2"'
	# Those of the store are of no run.
	has 'tel_store_lines_total{fate="dead"} 0'
	[ "$(samples --runs 9 --metrics docstokg | grep -c docstokg_run_yield_pct)" -eq 4 ]
	# One run has no label more than it had.
	run samples --runs 1
	has 'tel_run_ttfp_seconds{quantile="0.5"} 0.4'
	run samples --runs 2 --run latest
	has 'tel_run_info{run_id="r3"} 1'
}

# --- labels ------------------------------------------------------------------

@test "--label: each sample has it, with what has to be escaped" {
	download r1 success 10
	http r1 a.org metadata 200 0
	run samples --label db=main --label 'zone=a b'
	[ "$(grep -c '{db="main",zone="a b"[},]' <<<"$output")" -eq "${#lines[@]}" ]
	has 'tel_up{db="main",zone="a b"} 1'
	has 'tel_host_http_attempts{db="main",zone="a b",host="a.org"} 1'
	run samples --metrics tel_run_info --label $'a=q"b\\n\nl='
	[ "$output" = 'tel_run_info{a="q\"b\\n\nl=",run_id="r1"} 1' ]
	run samples --metrics tel_run_info --label $'a=\xc3\xa9\xff\xc3.'
	[ "$output" = $'tel_run_info{a="\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd.",run_id="r1"} 1' ]
	run samples --metrics tel_run_info --label 'a=b=c' --label _b=d
	[ "$output" = 'tel_run_info{a="b=c",_b="d",run_id="r1"} 1' ]
}

@test "--label: names and values that are none" {
	local bad='is not a name for a label (letters, digits and _, no digit first, not __)'
	code 64 "--label: 'a' is not NAME=VALUE" --db "$db" --label a
	code 64 "'' $bad" --db "$db" --label =b
	code 64 "'1a' $bad" --db "$db" --label 1a=b
	code 64 "'a-b' $bad" --db "$db" --label a-b=c
	code 64 "'a:b' $bad" --db "$db" --label a:b=c
	code 64 "'a ' $bad" --db "$db" --label 'a =b'
	code 64 "'__a' $bad" --db "$db" --label __a=b
	code 64 $'\'\xc3\xa9\' '"$bad" --db "$db" --label $'\xc3\xa9=b'
	code 64 'label a: an empty value is the same as no label' --db "$db" --label a=
	code 64 'label a: given twice' --db "$db" --label a=b --label c=d --label a=b
	code 64 'label le: belongs to histograms and summaries' --db "$db" --label le=1
	code 64 'label quantile: belongs to histograms and summaries' --db "$db" --label quantile=1
}

@test "--poll and --max-age: they go with --listen" {
	code 64 '--poll and --max-age go with --listen' --db "$db" --poll 5s
	code 64 '--poll and --max-age go with --listen' --db "$db" --max-age 5s
}

@test "--label: one that a metric has itself is refused by the name of the metric" {
	http r1 a.org metadata 200 0
	code 64 '--label host: metric tel_breaker_transitions_total has a label of that name' \
		--db "$db" --label host=x
	code 64 '--label host: metric tel_host_http_429_ratio has a label of that name' \
		--db "$db" --metrics tel_host_http_429_ratio --label host=x
	code 64 '--label slo: an objective has a label of that name' --db "$db" --metrics slo --label slo=x
	code 64 '--label family: a metric of prom-text has a label of that name' --db "$db" --label family=x
	# Where no sample has it, nothing is in its way.
	run samples --metrics tel_store_gap_events --label host=x
	[ "$output" = 'tel_store_gap_events{host="x"} 0' ]
}

# --- textfiles ---------------------------------------------------------------

@test "--textfile: a FIFO, a device, a folder are refused with 73, and stay" {
	cd "$BATS_TEST_TMPDIR"
	mkfifo pipe.prom
	mkdir folder.prom
	ln -s /dev/null null.prom
	ln -s pipe.prom link.prom
	code 73 'pipe.prom: not a regular file' --db "$db" --textfile pipe.prom
	code 73 'folder.prom: not a regular file' --db "$db" --textfile folder.prom
	code 73 'null.prom: not a regular file' --db "$db" --textfile null.prom
	code 73 'link.prom: not a regular file' --db "$db" --textfile link.prom
	run --separate-stderr prom-text -q --db "$db" --textfile /dev/null
	[ "$status" -eq 73 ] && [ "$stderr" = 'prom-text: /dev/null: not a regular file' ]
	[ -p pipe.prom ] && [ -d folder.prom ] && [ -L null.prom ] && [ -L link.prom ] && [ -c /dev/null ]
	[ -z "$(find . -name '*.tmp*' -o -name '.*prom*')" ]
}

@test "--textfile: what a link points to is replaced, and the link stays" {
	cd "$BATS_TEST_TMPDIR"
	mkdir real links
	echo old >real/tel.prom
	ln real/tel.prom real/second
	ln -s ../real/tel.prom links/a.prom
	ln -s a.prom links/b.prom
	prom-text --db "$db" --textfile links/b.prom
	[ -L links/a.prom ] && [ -L links/b.prom ] && [ ! -L real/tel.prom ]
	grep -qx 'tel_up 1' real/tel.prom
	# It was replaced and not written over.
	[ "$(cat real/second)" = old ]
	[ "$(ls real links | paste -sd ' ')" = 'links: a.prom b.prom  real: second tel.prom' ]
	ln -s nowhere/x.prom links/c.prom
	run --separate-stderr prom-text --db "$db" --textfile links/c.prom
	[ "$status" -eq 73 ] && [ "$stderr" = 'prom-text: links/c.prom: No such file or directory' ]
	ln -s loop.prom links/loop.prom
	run --separate-stderr prom-text --db "$db" --textfile links/loop.prom
	[ "$status" -eq 73 ] && [[ $stderr == 'prom-text: links/loop.prom: Too many levels'* ]]
}

@test "--textfile: a folder that may not be written" {
	cd "$BATS_TEST_TMPDIR"
	mkdir closed
	echo old >closed/tel.prom
	chmod 555 closed
	chmod 666 closed/tel.prom
	run --separate-stderr without_rights prom-text --db "$db" --textfile closed/tel.prom
	chmod 755 closed
	echo "$status $stderr"
	[ "$status" -eq 73 ]
	[[ $stderr == 'prom-text: '*'closed/tel.prom'*': Permission denied' ]]
	[ "$(cat closed/tel.prom)" = old ]
}

@test "--textfile: with 2 what needs no run replaces the old file, with 64 and above nothing does" {
	cd "$BATS_TEST_TMPDIR"
	echo old >tel.prom
	run -66 prom-text --db nosuch --textfile tel.prom
	printf '%02000d' 1 >text
	run -65 prom-text --db text --textfile tel.prom
	run -78 prom-text --db "$db" --metrics "$BATS_TEST_DIRNAME/golden" --textfile tel.prom
	run -64 prom-text --db "$db" --label x --textfile tel.prom
	[ "$(cat tel.prom)" = old ]
	run -2 prom-text --db "$db" --run nosuch --textfile tel.prom
	grep -qx 'tel_up 1' tel.prom
}

@test "a full disk: 74, the old file stays, no piece of a new one" {
	[ "$(id -u)" -eq 0 ] || skip "not root"
	cd "$BATS_TEST_TMPDIR"
	mkdir small
	unshare --mount bash -c "mount -t tmpfs -o size=32k tmpfs small" || skip "no tmpfs can be mounted"
	# shellcheck disable=SC2016 # variables of the inner shell
	DB=$db run unshare --mount bash -c 'mount -t tmpfs -o size=32k tmpfs small &&
		echo old >small/tel.prom && head -c 20000 /dev/zero >small/filler
		prom-text --db "$DB" --metrics tel --metrics slo --textfile small/tel.prom
		echo "$? $(cat small/tel.prom) $(ls small | paste -sd " ")"'
	echo "$output"
	[[ ${lines[0]} == 'prom-text: '*'No space left on device' ]]
	[ "${lines[1]}" = '74 old filler tel.prom' ]
}

# --- what is chosen ----------------------------------------------------------

@test "--metrics: a file, a folder, a pack, a metric, and what is near" {
	download r1 success 10
	definition m_one gauge 'SELECT 1 AS value'
	definition m_two gauge 'SELECT 2 AS value'
	[ "$(samples --metrics "$pack/m_two.sql")" = 'm_two 2' ]
	[ "$(samples --metrics "$pack")" = $'m_one 1\nm_two 2' ]
	[ "$(samples --metrics tel_run_info)" = 'tel_run_info{run_id="r1"} 1' ]
	[ "$(samples --metrics tel_run_info --metrics "$pack/m_one.sql" | wc -l)" -eq 2 ]
	[ "$(samples --metrics docstokg | grep -c '^docstokg_')" -eq "$(samples --metrics docstokg | wc -l)" ]
	[ -z "$(samples --metrics applylens | grep -v '^applylens_')" ]
	[ -z "$(samples --metrics slo | grep -v '^tel_slo_')" ]
	local none='neither a built-in pack (applylens, docstokg, tel) nor a folder or file: No such file or directory'
	cd "$BATS_TEST_TMPDIR"
	code 66 "metrics 'dokstokg': $none; did you mean 'docstokg'?" --db "$db" --metrics dokstokg
	code 66 "metrics 'tel_run_inf': $none; did you mean 'tel_run_info'?" --db "$db" --metrics tel_run_inf
	code 66 "metrics 'something': $none" --db "$db" --metrics something
	code 66 "metrics './tel': $none; did you mean 'tel'?" --db "$db" --metrics ./tel
	# What is named twice is there once.
	[ "$(samples --metrics tel --metrics tel_run_info | grep -c ^tel_run_info)" -eq 1 ]
}

@test "--slo, TEL_SLO: which objectives, and files that are wrong" {
	cd "$BATS_TEST_TMPDIR"
	sed '/^---$/,$d' "$ROOT/schema/slo/downloads.yaml" >none.yaml
	run --separate-stderr prom-text --db "$db" --metrics slo --slo none.yaml
	echo "$status $stderr"
	[ "$status" -ne 0 ] || lacks tel_slo_target_ratio
	printf 'kind: SLO\n' >bad.yaml
	run -78 --separate-stderr prom-text --db "$db" --slo bad.yaml
	[[ $stderr == 'prom-text: bad.yaml: line 1: '* ]] && [ -z "$output" ]
	run -66 prom-text --db "$db" --slo nosuch.yaml
	TEL_SLO=nosuch.yaml run -66 prom-text --db "$db"
	# Packs that have no objectives read none.
	TEL_SLO=nosuch.yaml run -0 prom-text --db "$db" --metrics tel
	run -0 prom-text --db "$db" --metrics applylens --slo "$ROOT/schema/slo"
	[[ $output == *tel_slo_target_ratio* ]]
}
