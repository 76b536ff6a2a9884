/* SPDX-License-Identifier: ISC */
#include "tests/property/compare_numbers.h"
#include "tests/property/memory.h"
#include "tests/property/needed.h"
#include "tests/property/tally.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef __int128 wide;

#define SHOWN_DIFFERENCES 20
#define DIGITS 12
#define TRILLION INT64_C(1000000000000)

/* ---- messages */

bool
compare_is_shown(struct comparison *comparison)
{
	return ++comparison->differences <= SHOWN_DIFFERENCES;
}

static char *
group_text(const struct line *line)
{
	char *text = memory_text("%s", "");

	for (int i = 0; line->has_group && i < line->slo->group_count; i++) {
		const struct value *value = &line->group[i];
		const char *shown = line->is_other ? "(other)"
		    : value->kind == VALUE_TEXT ? value->text : NULL;
		char *more = shown != NULL ? memory_text("%s '%s'", text, shown)
		    : value->kind == VALUE_NULL ? memory_text("%s NULL", text)
		    : memory_text("%s %" PRId64, text, value->part);

		free(text);
		text = more;
	}
	return text;
}

void
compare_differ(const struct pair *pair, const char *path, const char *expected, const char *got)
{
	const struct line *line = pair->line;
	char *group;

	if (!compare_is_shown(pair->comparison))
		return;
	group = group_text(line);
	printf("%s: %s %s%s: %s: the judge says %s, slo-eval %s\n", pair->comparison->name,
	    line->slo->name, line->objective->name, group, path, expected, got);
	free(group);
}

static const char *
got_text(const struct pair *pair, const char *path)
{
	const struct json_member *member = json_text_find(pair->json, path);

	return member != NULL ? member->text : "nothing";
}

/* ---- members */

static void
expect_text(const struct pair *pair, const char *path, const char *expected)
{
	const char *got = got_text(pair, path);

	if (strcmp(got, expected) != 0)
		compare_differ(pair, path, expected, got);
}

static void
expect_integer(const struct pair *pair, const char *path, int64_t expected)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, expected);
	expect_text(pair, path, text);
}

static void
expect_needed(const struct pair *pair, const char *path, int64_t needed)
{
	if (needed > 0)
		expect_integer(pair, path, needed);
	else
		expect_text(pair, path, "null");
}

/* Returns 0 and sets *out to the decimal in 10^-12, or -1. */
static int
read_decimal(const char *text, wide *out)
{
	int digits = 0, scale = 0;
	bool is_negative = text[0] == '-', is_after_point = false;
	wide units = 0;

	for (const char *p = text + is_negative; *p != '\0'; p++) {
		if (*p == '.' && !is_after_point && p[1] != '\0') {
			is_after_point = true;
			continue;
		}
		if (*p < '0' || *p > '9' || ++digits > 25)
			return -1;
		units = units * 10 + (*p - '0');
		scale += is_after_point;
	}
	if (digits == 0 || scale > DIGITS)
		return -1;
	for (; scale < DIGITS; scale++)
		units *= 10;
	*out = is_negative ? -units : units;
	return 0;
}

/* part / whole, or null where whole is 0. */
static void
expect_ratio(const struct pair *pair, const char *path, wide part, wide whole)
{
	const char *got = got_text(pair, path);
	char expected[96];
	wide decimal;

	if (whole == 0) {
		expect_text(pair, path, "null");
		return;
	}
	if (read_decimal(got, &decimal) == 0 && decimal == part * TRILLION / whole)
		return;
	snprintf(expected, sizeof(expected), "%" PRId64 " / %" PRId64 " = %.12Lf",
	    (int64_t)part, (int64_t)whole, (long double)part / (long double)whole);
	compare_differ(pair, path, expected, got);
}

static int64_t
known_of(const struct counts *counts)
{
	return counts->good + counts->bad;
}

static int64_t
all_of(const struct counts *counts)
{
	return known_of(counts) + counts->unknown;
}

/* bad events as a share of those that the target allows among all. */
static void
expect_spent(const struct pair *pair, const char *path, int64_t bad, int64_t all)
{
	const struct decimal_text *target = &pair->line->objective->target;
	wide budget = (wide)all * (tally_unit(target) - target->units);

	if (budget == 0 && bad == 0 && all > 0)
		expect_ratio(pair, path, 0, 1);
	else
		expect_ratio(pair, path, (wide)bad * tally_unit(target), budget);
}

static void
expect_remaining(const struct pair *pair)
{
	const struct decimal_text *target = &pair->line->objective->target;
	const struct counts *counts = &pair->line->counts;
	wide budget = (wide)known_of(counts) * (tally_unit(target) - target->units);

	if (budget == 0 && counts->bad == 0 && known_of(counts) > 0)
		expect_ratio(pair, "budget_remaining_ratio", 1, 1);
	else
		expect_ratio(pair, "budget_remaining_ratio",
		    budget - (wide)counts->bad * tally_unit(target), budget);
}

/* p is for people: six digits of it are compared. */
static void
expect_chance(const struct pair *pair)
{
	const struct decimal_text *target = &pair->line->objective->target;
	const struct counts *counts = &pair->line->counts;
	const char *got = got_text(pair, "evidence.p");
	int64_t unit = tally_unit(target);
	long double expected = needed_tail(all_of(counts), counts->bad,
	    unit - target->units, unit);
	long double shown = strtold(got, NULL);
	char text[40];

	if (fabsl(shown - expected) <= expected * 1e-5L)
		return;
	snprintf(text, sizeof(text), "%.6Lg", expected);
	compare_differ(pair, "evidence.p", text, got);
}

static void
compare_evidence(const struct pair *pair)
{
	const struct line *line = pair->line;

	/* Of nothing there is no evidence. */
	if (all_of(&line->counts) == 0) {
		expect_text(pair, "evidence", "null");
		return;
	}
	expect_integer(pair, "evidence.n", all_of(&line->counts));
	expect_integer(pair, "evidence.bad", line->counts.bad);
	expect_needed(pair, "evidence.bad_needed", line->needed);
	expect_integer(pair, "evidence.bad_minutes", line->counts.bad_minutes);
	expect_ratio(pair, "evidence.alpha", 1, (wide)NEEDED_ODDS * line->line_count);
	expect_chance(pair);
}

static void
compare_burn(const struct pair *pair, int no)
{
	static const char *const keys[] = { "long", "short", "severity", "factor",
		"long_burn", "short_burn", "n", "bad", "bad_needed", "bad_minutes",
		"firing" };
	enum { KEY_COUNT = sizeof(keys) / sizeof(keys[0]) };
	const struct burn *burn = &pair->line->burns[no];
	const struct counts *counts = &burn->long_counts;
	char paths[KEY_COUNT][32];

	for (int i = 0; i < KEY_COUNT; i++)
		snprintf(paths[i], sizeof(paths[i]), "burn[%d].%s", no, keys[i]);
	expect_text(pair, paths[0], burn->long_name);
	expect_text(pair, paths[1], burn->short_name);
	expect_text(pair, paths[2], burn->severity);
	expect_ratio(pair, paths[3], burn->factor_part, burn->factor_whole);
	expect_spent(pair, paths[4], counts->bad, all_of(counts));
	expect_spent(pair, paths[5], burn->short_counts.bad,
	    all_of(&burn->short_counts));
	expect_integer(pair, paths[6], all_of(counts));
	expect_integer(pair, paths[7], counts->bad);
	expect_needed(pair, paths[8], burn->needed);
	expect_integer(pair, paths[9], counts->bad_minutes);
	expect_text(pair, paths[10], burn->is_firing ? "true" : "false");
}

static void
compare_burns(const struct pair *pair)
{
	char path[24];

	for (int i = 0; i < pair->line->burn_count; i++)
		compare_burn(pair, i);
	snprintf(path, sizeof(path), "burn[%d]", pair->line->burn_count);
	if (json_text_find(pair->json, path) != NULL)
		compare_differ(pair, path, "nothing", "a pair");
}

/* How long no event came is known also of events before the window; the judge looks only
 * at those in it. */
static void
compare_silence(const struct pair *pair)
{
	if (pair->line->has_events)
		expect_ratio(pair, "silent_s", pair->line->silent_ms, 1000);
}

static bool
is_asked(const struct comparison *comparison, const char *field)
{
	char word[40];

	snprintf(word, sizeof(word), " %s ", field);
	return comparison->fields == NULL || strstr(comparison->fields, word) != NULL;
}

static void
compare_counts(const struct pair *pair)
{
	const struct line *line = pair->line;
	const struct {
		const char *path;
		int64_t number;
	} numbers[] = {
		{ "good", line->counts.good }, { "bad", line->counts.bad },
		{ "unknown", line->counts.unknown },
		{ "excluded", line->counts.excluded }, { "empty", line->counts.empty },
		{ "total", known_of(&line->counts) },
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (is_asked(pair->comparison, numbers[i].path))
			expect_integer(pair, numbers[i].path, numbers[i].number);
	if (!is_asked(pair->comparison, "window"))
		return;
	if (line->is_unknown_run) {
		expect_text(pair, "window", "null");
		return;
	}
	expect_integer(pair, "window.from_ms", line->from_ms);
	expect_integer(pair, "window.until_ms", line->until_ms);
}

void
compare_numbers(const struct pair *pair)
{
	const struct line *line = pair->line;
	const struct decimal_text *target = &line->objective->target;

	compare_counts(pair);
	if (is_asked(pair->comparison, "sli"))
		expect_ratio(pair, "sli", line->counts.good, known_of(&line->counts));
	/* Whoever chose fields leaves out what rests on others. */
	if (pair->comparison->fields != NULL)
		return;
	expect_text(pair, "verdict", judge_verdict_name(line->verdict));
	expect_text(pair, "reason", judge_reason_name(line->reason));
	expect_text(pair, "counted", line->slo->slice_ms > 0 ? "slices" : "events");
	expect_ratio(pair, "target", target->units, tally_unit(target));
	expect_ratio(pair, "coverage_ratio", line->covered_ms,
	    line->coverage_ms > 0 ? line->coverage_ms : 1);
	expect_spent(pair, "budget_consumed_ratio", line->counts.bad,
	    known_of(&line->counts));
	expect_remaining(pair);
	compare_silence(pair);
	compare_evidence(pair);
	compare_burns(pair);
}
