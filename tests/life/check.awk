# SPDX-License-Identifier: ISC
#
# Reads what prom-text printed, files named as PAGE..., the oldest first, and after them, if
# `truth` names one, the file of truth.sql. Prints what is wrong: series of counters and
# histograms that fall or disappear from page to page, histograms that are not cumulative
# or disagree with their _count, and numbers of the last page that are not the truth.
# SKIP is a pattern of series that may fall.

function wrong(text) {
	if (++wrongs <= 20)
		print text
	ends = 1
}

# Cumulative, and +Inf is _count, of each histogram of the page.
function end_page(   key) {
	if (page == 0)
		return
	for (key in top)
		if (!(key in counted) || counted[key] != top[key])
			wrong(file ": " key ": +Inf has " top[key] ", _count is " counted[key])
	for (key in counted)
		if (!(key in top))
			wrong(file ": " key " has no bucket +Inf")
	for (key in last)
		if (!(key in now)) {
			if (skip == "" || key !~ skip)
				wrong(file ": " key " was " last[key] " and is gone")
		} else if (now[key] < last[key] && (skip == "" || key !~ skip))
			wrong(file ": " key " falls from " text_of_last[key] " to " text_of[key])
	delete last
	delete text_of_last
	for (key in now) {
		last[key] = now[key]
		text_of_last[key] = text_of[key]
	}
}

function begin_page() {
	page++
	file = FILENAME
	delete now
	delete text_of
	delete top
	delete counted
	delete edge
	delete type
	delete all
	family = ""
	samples = 0
}

FNR == 1 && FILENAME != truth { end_page(); begin_page() }
FNR == 1 && FILENAME == truth { end_page() }

FILENAME == truth {
	split($0, cells, "\037")
	wanted[cells[1]] = cells[2]
	next
}

/^# TYPE / { family = $3; type[family] = $4; next }
/^#/ || /^$/ { next }

{
	key = $0
	sub(/ [^ ]*$/, "", key)
	value = $NF + 0
	if (key in all)
		wrong(file ": " key " is there twice")
	all[key] = value
	samples++
	if ((type[family] != "counter" && type[family] != "histogram"))
		next
	now[key] = value
	text_of[key] = $NF
	if (type[family] != "histogram")
		next
	own = key
	if (match(key, /_bucket[{]/)) {
		sub(/,?le="[^"]*"[}]$/, "}", own)
		sub(/_bucket[{]/, "{", own)
		sub(/[{][}]$/, "", own)
		if ((own in edge) && value < edge[own])
			wrong(file ": " key " has less than the bucket before it")
		edge[own] = value
		if (key ~ /le="[+]Inf"[}]$/)
			top[own] = value
	} else if (key ~ /^[a-z_0-9:]*_count([{]|$)/) {
		sub(/_count/, "", own)
		counted[own] = value
	}
}

# The name of the series that says what of this one is gone.
function corrected_of(key,   name, labels) {
	name = key
	labels = ""
	if (match(key, /[{]/)) {
		name = substr(key, 1, RSTART - 1)
		labels = substr(key, RSTART)
	}
	sub(/_(total|count)$/, "", name)
	return name "_corrected_total" labels
}

# Families whose every series is in the truth.
function is_known(key) {
	return key ~ /^(tel_http_|tel_breaker_|tel_observation_events|tel_slo_[a-z]*_events_total|tel_store_dead|life_(took|items|runs|worth))/ &&
	    key !~ /_corrected_total/
}

# A part of a histogram cannot be corrected by what is printed.
function is_part(key) {
	return key ~ /_(bucket|sum)([{]|$)/ || key ~ /^life_worth/
}

function differs(a, b) {
	return a - b > 1e-12 * (a + b) || b - a > 1e-12 * (a + b)
}

function compare(key,   value, true_value) {
	value = all[key]
	true_value = (key in wanted) ? wanted[key] + 0 : 0
	compared++
	if (is_part(key)) {
		if (corrected_families == 0 && differs(value, true_value))
			wrong(file ": " key " is " value ", SQL finds " true_value)
		return
	}
	if (corrected_of(key) in all)
		value -= all[corrected_of(key)]
	if (key ~ /^tel_store_lines_total/ && is_older)
		return
	if (differs(value, true_value))
		wrong(file ": " key " is " all[key] " less " all[key] - value ", SQL finds " true_value)
}

END {
	if (FILENAME != truth)
		end_page()
	if (samples < 10)
		wrong(file ": has " samples + 0 " samples")
	for (key in all) {
		corrected_families += (key ~ /_corrected_total/)
		if (key ~ /^life_bounded_total/)
			bounded += all[key]
		if (key ~ /^life_bounded_corrected_total/)
			bounded -= all[key]
	}
	all["all of life_bounded_total"] = bounded
	if (truth != "") {
		for (key in wanted) {
			if (!(key in all))
				wrong(file ": " key " is not there, SQL finds " wanted[key])
			else
				compare(key)
		}
		for (key in all)
			if (is_known(key) && !(key in wanted))
				compare(key)
		if (compared < 10)
			wrong(file ": compared " compared + 0 " numbers only")
	}
	exit ends
}
