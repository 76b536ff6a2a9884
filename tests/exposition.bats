#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What lib/metric prints of random families, as others read it: promtool reads text
# 0.0.4, the client library of Prometheus for Python both formats, and the names that
# promtool complains of are among those that we do.
# shellcheck shell=bash

load helper

PYTHON=/usr/bin/python3

need_client() {
	"$PYTHON" -c 'import prometheus_client' 2>/dev/null ||
		skip 'no python3-prometheus-client'
}

need_promtool() {
	command -v promtool >/dev/null || skip 'no promtool'
}

@test "random families: both texts are read back equal, odd samples left out" {
	need_client
	for run in 1 2 3; do
		"$BUILD/tests/exposition/families" 500 "$BATS_TEST_TMPDIR"
		"$PYTHON" "$ROOT/tests/exposition/judge.py" "$BATS_TEST_TMPDIR"
	done
}

@test "random families: promtool reads the text 0.0.4 and has no complaint" {
	need_promtool
	"$BUILD/tests/exposition/families" 2000 "$BATS_TEST_TMPDIR"
	promtool check metrics <"$BATS_TEST_TMPDIR/text"
}

# The judge is judged first: it must know each of OpenMetrics' own good and bad texts.
@test "the client library tells OpenMetrics' good texts from the bad ones" {
	need_client
	need_data openmetrics/parsers
	run "$PYTHON" - "$DATA/openmetrics/parsers" <<-'END'
		import json, os, sys
		from prometheus_client.openmetrics.parser import text_string_to_metric_families
		count = wrong = 0
		for name in sorted(os.listdir(sys.argv[1])):
		    folder = os.path.join(sys.argv[1], name)
		    with open(os.path.join(folder, "test.json")) as file:
		        good = json.load(file)["shouldParse"]
		    with open(os.path.join(folder, "metrics"), newline="\n") as file:
		        text = file.read()
		    try:
		        list(text_string_to_metric_families(text))
		        parsed = True
		    except (ValueError, KeyError, IndexError):
		        parsed = False
		    count += 1
		    if parsed != good:
		        wrong += 1
		        print(name)
		print(count, wrong)
	END
	echo "$output"
	[ "$output" = '211 0' ]
}

@test "names: what promtool complains of is complained of, and more" {
	need_promtool
	cd "$BATS_TEST_TMPDIR"
	for word in ms s sec us ns m h d min minutes hours days weeks milliseconds microseconds \
		b kb mb gb kilobytes mebibytes bits megabits percent pct ratio bytes seconds \
		celsius fahrenheit kelvin grams kilograms inches miles joules calories volts \
		millivolts counter gauge summary histogram info stateset untyped count sum bucket \
		created total gsum timestamp things; do
		for type in counter gauge histogram summary untyped; do
			for name in "x_${type}1_$word" "x_${type}2_${word}_y" "x_${type}3_${word}_total"; do
				echo "$type $name host"
			done
		done
	done >table
	printf '%s\n' 'gauge xY host' 'gauge x:y host' 'gauge x1 le' 'gauge x2 quantile' \
		'gauge x3 hostName' 'gauge x4 job' 'gauge x5 __y' 'histogram x6 quantile' \
		'summary x7 le' 'gauge X_Y host' >>table
	while read -r type name label; do
		case $type in
		histogram)
			printf '# HELP %s h\n# TYPE %s histogram\n%s_bucket{%s="1",le="+Inf"} 1\n' \
				"$name" "$name" "$name" "${label/#le/host}"
			;;
		summary)
			printf '# HELP %s h\n# TYPE %s summary\n%s{%s="1",quantile="0.5"} 1\n' \
				"$name" "$name" "$name" "${label/#quantile/host}"
			;;
		*) printf '# HELP %s h\n# TYPE %s %s\n%s{%s="1"} 1\n' \
			"$name" "$name" "$type" "$name" "$label" ;;
		esac
	done <table >text
	run promtool check metrics <text
	[ "$status" -eq 3 ]
	cut -d' ' -f1 <<<"$output" | sort -u >theirs
	"$BUILD/tests/exposition/names" <table | sort -u >ours
	[ "$(wc -l <theirs)" -gt 300 ]
	run comm -23 theirs ours
	echo "only promtool: $output"
	[ -z "$output" ]
	# Where we say more: units that are not base units, words that OpenMetrics reserves,
	# labels that a scrape renames; and promtool says nothing of the type untyped.
	more=$(comm -13 theirs ours | grep -v untyped | sed -E 's/^x_[a-z]+[123]_//; s/_(y|total)$//' |
		sort -u | paste -sd ' ')
	echo "more: $more"
	[ "$more" = 'bucket count created gsum info mebibytes pct percent sum x4 x5' ]
}
