/* SPDX-License-Identifier: ISC */
#include "tests/property/judge.h"
#include "tests/property/memory.h"
#include "tests/property/needed.h"
#include "tests/property/tally.h"

#include <stdlib.h>
#include <string.h>

__extension__ typedef __int128 wide;

#define DEFAULT_BAD_MINUTES 3

const char *
judge_verdict_name(enum verdict verdict)
{
	static const char *const names[] = { [PASS] = "pass", [WARN] = "warn",
		[BREACH] = "breach", [NO_DATA] = "no_data",
		[INSUFFICIENT] = "insufficient" };

	return names[verdict];
}

const char *
judge_reason_name(enum reason reason)
{
	static const char *const names[] = { [MET] = "met", [MISSED] = "missed",
		[BUDGET_LOW] = "budget_low", [BURNING] = "burning",
		[NO_EVENTS] = "no_events", [FEW_EVENTS] = "few_events",
		[LOW_COVERAGE] = "low_coverage", [EVIDENCE] = "evidence",
		[UNKNOWN] = "unknown", [ARCHIVED] = "archived", [SILENT] = "silent" };

	return names[reason];
}

static int64_t
all_of(const struct counts *counts)
{
	return counts->good + counts->bad + counts->unknown;
}

/* The bad events that are evidence among so many. Slices are counted by the ten
 * thousand, over and over, so the last answers are kept. */
static int64_t
needed_of(const struct line *line, const struct counts *counts)
{
	static struct {
		int64_t n, part, whole, lines, needed;
	} known[4096];
	int64_t whole = tally_unit(&line->objective->target);
	int64_t part = whole - line->objective->target.units;
	int64_t n = all_of(counts);
	size_t i = (size_t)(n * 31 + part * 7 + whole + line->line_count * 1009) %
	    (sizeof(known) / sizeof(known[0]));

	if (known[i].n != n || known[i].part != part || known[i].whole != whole ||
	    known[i].lines != line->line_count) {
		known[i].n = n;
		known[i].part = part;
		known[i].whole = whole;
		known[i].lines = line->line_count;
		known[i].needed = needed_bad(n, part, whole, line->line_count);
	}
	return known[i].needed;
}

/* Whether the bad events are evidence. is_rolling: they must not be of one moment. */
static bool
is_evident(const struct line *line, const struct counts *counts, int64_t needed,
    bool is_rolling)
{
	const struct slo *slo = line->slo;
	const struct decimal_text *target = &line->objective->target;
	int64_t minutes = slo->min_bad_minutes >= 0 ? slo->min_bad_minutes
	    : DEFAULT_BAD_MINUTES;

	if (target->units == tally_unit(target))
		return counts->bad > 0;
	if (needed == 0 || counts->bad < needed)
		return false;
	return !is_rolling || slo->slice_ms > 0 || counts->bad_minutes >= minutes;
}

/* ---- burn rates */

static const struct {
	const char *long_name, *short_name, *severity;
	int64_t long_ms, short_ms, percent;
} pairs[BURN_COUNT] = {
	{ "1h", "5m", "page", HOUR_MS, 5 * MINUTE_MS, 2 },
	{ "6h", "30m", "page", 6 * HOUR_MS, 30 * MINUTE_MS, 5 },
	{ "1d", "2h", "ticket", DAY_MS, 2 * HOUR_MS, 10 },
	{ "3d", "6h", "ticket", 3 * DAY_MS, 6 * HOUR_MS, 10 },
};

/* Whether bad events are more than factor times as many as the target allows. */
static bool
is_above(const struct line *line, const struct burn *burn, const struct counts *counts)
{
	const struct decimal_text *target = &line->objective->target;
	int64_t unit = tally_unit(target);

	return (wide)counts->bad * unit * burn->factor_whole >
	    (wide)all_of(counts) * (unit - target->units) * burn->factor_part;
}

static void
count_burn(struct line *line, const struct matches *matches, int group_no,
    struct burn *burn, int64_t long_ms, int64_t short_ms)
{
	tally_window(&burn->long_counts, matches, group_no, line->objective,
	    matches_minute(line->until_ms - long_ms), line->until_ms);
	tally_window(&burn->short_counts, matches, group_no, line->objective,
	    matches_minute(line->until_ms - short_ms), line->until_ms);
	burn->needed = needed_of(line, &burn->long_counts);
	burn->is_firing = is_above(line, burn, &burn->long_counts) &&
	    is_above(line, burn, &burn->short_counts) &&
	    is_evident(line, &burn->long_counts, burn->needed, true);
}

static void
add_burns(struct line *line, const struct matches *matches, int group_no)
{
	const struct decimal_text *target = &line->objective->target;
	int64_t minutes = line->slo->window_ms / MINUTE_MS;

	if (line->is_run || target->units == tally_unit(target))
		return;
	for (int i = 0; i < BURN_COUNT; i++) {
		int64_t part = pairs[i].percent * minutes;
		int64_t whole = 100 * pairs[i].long_ms / MINUTE_MS;
		struct burn *burn = &line->burns[line->burn_count];

		/* A factor below 1 would fire within the budget. */
		if (10 * part < 9 * whole || pairs[i].short_ms < line->slo->slice_ms)
			continue;
		if (part < whole)
			part = whole;
		*burn = (struct burn){ .long_name = pairs[i].long_name,
			.short_name = pairs[i].short_name,
			.severity = pairs[i].severity,
			.factor_part = part, .factor_whole = whole };
		count_burn(line, matches, group_no, burn, pairs[i].long_ms,
		    pairs[i].short_ms);
		line->burn_count++;
	}
}

/* ---- the verdict */

static void
set_events(struct line *line, const struct matches *matches, int group_no)
{
	int64_t first_ms = 0, last_ms = 0;

	for (size_t i = 0; i < matches->count; i++) {
		const struct match *match = &matches->items[i];

		if (match->ts_ms < line->from_ms || match->ts_ms > line->until_ms ||
		    (group_no != TALLY_ALL && match->group_no != group_no))
			continue;
		if (!line->has_events)
			first_ms = match->ts_ms;
		line->has_events = true;
		last_ms = match->ts_ms;
	}
	line->silent_ms = line->until_ms - last_ms;
	line->coverage_ms = line->is_run ? 1 : line->until_ms - line->from_ms;
	if (line->has_events)
		line->covered_ms = line->is_run ? 1 : last_ms - first_ms;
}

/* Whether the window began before the first event; of a group, before its own first. */
static bool
is_young(const struct line *line, const struct matches *matches, int group_no)
{
	if (line->is_run)
		return false;
	if (group_no == TALLY_ALL)
		return !matches->has_first || line->from_ms < matches->first_ms;
	for (size_t i = 0; i < matches->count; i++)
		if (matches->items[i].group_no == group_no)
			return line->from_ms < matches->items[i].ts_ms;
	return true;
}

static bool
has_coverage(const struct line *line)
{
	const struct decimal_text *least = &line->slo->min_coverage;

	return least->text == NULL || (wide)line->covered_ms * tally_unit(least) >=
	    (wide)least->units * line->coverage_ms;
}

static bool
is_budget_low(const struct line *line)
{
	const struct decimal_text *target = &line->objective->target;
	int64_t unit = tally_unit(target);
	wide allowed = (wide)(line->counts.good + line->counts.bad) *
	    (unit - target->units);
	wide left = allowed - (wide)line->counts.bad * unit;

	return 4 * left < allowed;
}

static void
set_verdict(struct line *line, enum verdict verdict, enum reason reason)
{
	line->verdict = verdict;
	line->reason = reason;
}

static void
set_met(struct line *line)
{
	set_verdict(line, PASS, MET);
	if (is_budget_low(line))
		set_verdict(line, WARN, BUDGET_LOW);
	for (int i = 0; i < line->burn_count; i++)
		if (line->burns[i].is_firing)
			set_verdict(line, WARN, BURNING);
}

static void
judge(struct line *line, bool is_asked)
{
	const struct slo *slo = line->slo;
	const struct counts *counts = &line->counts;
	const struct decimal_text *target = &line->objective->target;
	int64_t all = all_of(counts);

	if (counts->good + counts->bad == 0)
		set_verdict(line, NO_DATA, counts->archived > 0 ? ARCHIVED
		    : counts->unknown > 0 ? UNKNOWN : NO_EVENTS);
	else if (all < slo->min_events)
		set_verdict(line, INSUFFICIENT, FEW_EVENTS);
	else if (!has_coverage(line))
		set_verdict(line, INSUFFICIENT, LOW_COVERAGE);
	else if (!line->is_run && slo->max_silence_ms > 0 &&
	    line->silent_ms > slo->max_silence_ms)
		set_verdict(line, INSUFFICIENT, SILENT);
	else if (tally_reaches(counts->good, all, target))
		set_met(line);
	else if (tally_reaches(counts->good + counts->unknown, all, target))
		set_verdict(line, INSUFFICIENT, counts->archived > 0 ? ARCHIVED : UNKNOWN);
	else if (counts->bad < slo->min_bad_events)
		set_verdict(line, INSUFFICIENT, FEW_EVENTS);
	else if (is_asked && !is_evident(line, counts, line->needed, !line->is_run))
		set_verdict(line, INSUFFICIENT, EVIDENCE);
	else
		set_verdict(line, BREACH, MISSED);
}

/* group_no is that of matches, or TALLY_ALL. */
static void
add_line(struct lines *lines, const struct matches *matches,
    const struct objective *objective, const struct when *when, int group_no)
{
	struct line *line;

	MEMORY_GROW(lines->items, lines->count);
	line = &lines->items[lines->count++];
	*line = (struct line){ .slo = matches->slo, .objective = objective,
		.is_run = when->run_id != NULL, .is_unknown_run = matches->is_unknown_run,
		.from_ms = matches->from_ms,
		.until_ms = matches->until_ms, .has_group = group_no != TALLY_ALL,
		.line_count = matches->group_count > 0
		? (int64_t)matches->group_count : 1 };
	if (line->has_group) {
		memcpy(line->group, matches->groups[group_no].values,
		    sizeof(line->group));
		line->is_other = matches->groups[group_no].is_other;
	}
	tally_window(&line->counts, matches, group_no, objective, line->from_ms,
	    line->until_ms);
	line->needed = needed_of(line, &line->counts);
	set_events(line, matches, group_no);
	add_burns(line, matches, group_no);
	judge(line, line->line_count > 1 || is_young(line, matches, group_no));
}

void
judge_slo(struct lines *lines, const struct slo *slo, const struct scene *scene,
    const struct when *when)
{
	struct matches matches;

	matches_read(&matches, slo, scene, when);
	for (int i = 0; i < slo->objective_count; i++) {
		for (size_t k = 0; k < matches.group_count; k++)
			add_line(lines, &matches, &slo->objectives[i], when, (int)k);
		if (matches.group_count == 0)
			add_line(lines, &matches, &slo->objectives[i], when, TALLY_ALL);
	}
	matches_release(&matches);
}
