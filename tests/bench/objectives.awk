# SPDX-License-Identifier: ISC
#
# awk -f objectives.awk -v form=FORM [-v groups=GROUPS] objectives.txt -- prints the
# objectives as OpenSLO (form slo), or one SQL statement that counts the same (form sql)
# and that SQLite and DuckDB both run.
#
# GROUPS: '' for none, 'own' for those of the table, or columns for all objectives; these
# leave out the four hosts with the fewest events, so that an objective has at most 96.
# The SQL needs the window: -v from=MS -v until=MS. Of each objective it has the good, bad
# and unknown events, summed over the groups; then those slices of the others that have
# events.
BEGIN {
	FS = " *[|] *"
}

/^#/ {
	next
}

{
	where = $3 == "-" ? "" : $3
	group = groups == "own" ? $7 : groups
	if (groups != "" && groups != "own")
		where = where (where == "" ? "" : " AND ") "host NOT IN ('pdf.papers.example', " \
		    "'archive.example.org', 'www.xn--mnchen-3ya.example', 'old.example.info')"
}

form == "slo" {
	print "apiVersion: openslo/v1\nkind: SLO\nmetadata: { name: " $1 " }\nspec:"
	print "  service: bench\n  indicator:\n    metadata: { name: " $1 " }\n    spec:"
	print "      ratioMetric:\n        metricSource:\n          type: teltools"
	print "          spec:\n            event: http\n            " $4 ": " $5
	if (where != "")
		print "            where: " where
	if (group != "")
		print "            group: [" group "]"
	print "  timeWindow: [{ duration: 30d, isRolling: true }]"
	print "  budgetingMethod: " ($2 == "-" ? "Occurrences" : "Timeslices")
	print "  objectives:\n    - target: " ($2 == "-" ? $6 : "0.9")
	if ($2 != "-")
		print "      timeSliceTarget: " $6 "\n      timeSliceWindow: " $2
	print "---"
}

# The count of rows that meet both, as a column.
function column(where, condition, name) {
	return sprintf("count(*) FILTER (WHERE %s(%s)) AS %s", where == "" ? "" : \
	    "(" where ") AND ", condition, name)
}

function classes(where, condition, is_bad, suffix,    is_met, is_not_met) {
	is_met = column(where, condition, (is_bad ? "bad" : "good") suffix)
	is_not_met = column(where, "NOT (" condition ")", (is_bad ? "good" : "bad") suffix)
	return (is_bad ? is_not_met ", " is_met : is_met ", " is_not_met) ", " \
	    column(where, "(" condition ") IS NULL", "unknown" suffix)
}

# Whole slices in the window. Targets are in percent, so that integers are compared.
function sliced(    slice, unit, met, met_at_best) {
	unit = substr($2, length($2))
	slice = substr($2, 1, length($2) - 1) * (unit == "h" ? 3600000 : 60000)
	met = "good * 100 >= total * " $6 * 100
	met_at_best = "(good + unknown) * 100 >= total * " $6 * 100
	return ", (SELECT " column("", met, "good") ", " \
	    column("", "NOT " met_at_best, "bad") ", " \
	    column("NOT " met, met_at_best, "unknown") " FROM (SELECT " \
	    classes("", $5, $4 == "bad", "") ", count(*) AS total FROM http_events WHERE " \
	    (where == "" ? "" : "(" where ") AND ") \
	    sprintf("ts_ms >= %.0f AND ts_ms < %.0f GROUP BY ts_ms - ts_ms %% %d%s",
	    from + (slice - from % slice) % slice, until - until % slice, slice,
	    group == "" ? "" : ", " group) ")) AS slices" NR
}

form == "sql" && $2 == "-" {
	counts = counts (counts == "" ? "" : ", ") classes(where, $5, $4 == "bad", NR)
}

form == "sql" && $2 != "-" {
	slices = slices sliced()
}

END {
	if (form == "sql")
		printf "SELECT * FROM (SELECT %s FROM http_events WHERE ts_ms >= %.0f AND " \
		    "ts_ms <= %.0f) AS counts%s\n", counts, from, until, slices
}
