# SPDX-License-Identifier: ISC
# What the bats files of slo-eval share: objectives, events, and ways to look at what is
# printed. A test has a folder of its own, with its objectives in mine.yaml.
# shellcheck shell=bash disable=SC2154 # status, output and stderr are set by run

# The end of a day, 2026-05-29T00:00Z.
NOW=1780012800000

setup() {
	export TEL_NOW_MS=$NOW
	cd "$BATS_TEST_TMPDIR" || return 1
}

# slo TARGET WINDOW SPEC [OBJECTIVE_FIELDS]: prints an SLO of http events, or of EVENT. Of
# NAME, METHOD and METRIC too.
slo() {
	printf '%s\n' '---' 'apiVersion: openslo/v1' 'kind: SLO' "metadata: {name: ${NAME:-mine}}" \
		'spec:' '  service: s' "  budgetingMethod: ${METHOD:-Occurrences}" \
		"  timeWindow: [{duration: $2, isRolling: true}]" '  indicator:' '    spec:' \
		"      ${METRIC:-ratioMetric}: {metricSource: {type: teltools, spec: {event: ${EVENT:-http}, $3}}}" \
		"  objectives: [{target: $1${4:+, $4}}]"
}

# http STATUS AGE_MS [JSON]: prints a request; - is none that was answered.
http() {
	printf '{"type":"http","ts_ms":%d,"host":"a","role":"metadata","method":"GET"%s%s}\n' \
		$((NOW - $2)) "$([ "$1" = - ] || echo ",\"status\":$1")" "${3:+,$3}"
}

# requests COUNT PERIOD_MS STATUS [AGE_MS [HOST]]: prints that many, a period apart, the
# newest of that age (0). STATUS is an expression of awk, of i, which counts from 0 on.
requests() {
	awk -v now="$NOW" -v count="$1" -v period="$2" -v age="${4:-0}" -v host="${5:-a}" \
		"BEGIN { for (i = 0; i < count; i++) printf \"{\\\"type\\\":\\\"http\\\",\\\"ts_ms\\\":%.0f,\" \\
		\"\\\"host\\\":\\\"%s\\\",\\\"role\\\":\\\"metadata\\\",\\\"method\\\":\\\"GET\\\",\\\"status\\\":%d}\\n\",
		now - age - i * period, host, ($3) }"
}

# judge [OPTION]...: judges mine.yaml on the events of the file events.
judge() {
	run --separate-stderr slo-eval --db - --slo mine.yaml --at "$NOW" "$@" <events
}

# field FILTER: what jq makes of each line.
field() {
	jq -rc ".$1" <<<"$output"
}

# is WORD...: whether verdict, reason, bad and total of the only line are these.
is() {
	[ "$(field '|[.verdict, .reason, .bad, .total] | join(" ")')" = "$*" ] ||
		{ printf '%s\n' "$output" "$stderr" && return 1; }
}

# firing: the long windows of the pairs that are firing.
firing() {
	field '|[.burn[] | select(.firing).long] | join(" ")'
}

# Runs a command as someone who may not write what its owner may not.
without_rights() {
	[ "$(id -u)" -eq 0 ] || { "$@"; return; }
	command -v setpriv >/dev/null || skip "no setpriv"
	setpriv --inh-caps=-all --bounding-set=-dac_override,-dac_read_search "$@"
}
