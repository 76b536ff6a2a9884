/* SPDX-License-Identifier: ISC */
#include "tests/property/case.h"
#include "tests/property/condition.h"
#include "tests/property/memory.h"
#include "tests/property/tally.h"
#include "tests/property/value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
column_of(enum type type, const char *name)
{
	for (int i = 0; i < types[type].column_count; i++)
		if (strcmp(types[type].columns[i].name, name) == 0)
			return i;
	abort();
}

static void
set(struct event *event, const char *name, struct value value)
{
	event->columns[column_of(event->type, name)] = value;
}

struct decimal_text
case_decimal(const char *text)
{
	const char *point = strchr(text, '.');
	struct decimal_text result = { .text = text };

	for (const char *p = text; *p != '\0'; p++)
		if (*p != '.')
			result.units = result.units * 10 + (*p - '0');
	result.scale = point != NULL ? (int)strlen(point + 1) : 0;
	return result;
}

void
case_start(struct test_case *test, const char *target)
{
	*test = (struct test_case){ .at_ms = CASE_NOW };
	test->events = memory_zeros(CASE_EVENT_MOST, sizeof(*test->events));
	test->slo = (struct slo){ .name = "s", .event = TYPE_HTTP, .is_bad = true,
		.condition = condition_join(AT_LEAST, condition_column(TYPE_HTTP, "status"),
		    condition_literal(value_number(500, 1))),
		.min_bad_minutes = -1, .objective_count = 1 };
	test->slo.objectives[0] = (struct objective){ .name = "o",
		.target = case_decimal(target), .slice_target = case_decimal("1") };
	case_window(test, 30 * DAY_MS);
}

void
case_end(struct test_case *test)
{
	free(test->events);
	free(test->lines.items);
}

static struct event *
add(struct test_case *test, enum type type, int64_t ts_ms, const char *host)
{
	struct event *event = &test->events[test->count++];

	if (test->count > CASE_EVENT_MOST)
		abort();
	*event = (struct event){ .type = type, .ts_ms = ts_ms };
	set(event, "host", host != NULL ? value_text(host) : VALUE_NONE);
	return event;
}

struct event *
case_request(struct test_case *test, int64_t ts_ms, int status, const char *host)
{
	struct event *event = add(test, TYPE_HTTP, ts_ms, host);

	set(event, "role", value_text("metadata"));
	set(event, "method", value_text("GET"));
	set(event, "from_cache", value_number(0, 1));
	if (status != CASE_NO_STATUS)
		set(event, "status", value_number(status, 1));
	return event;
}

struct event *
case_open(struct test_case *test, int64_t ts_ms, const char *host)
{
	struct event *event = add(test, TYPE_BREAKER, ts_ms, host);

	set(event, "new_state", value_text("open"));
	return event;
}

void
case_slices(struct test_case *test, int64_t slice_ms, const char *target)
{
	test->slo.slice_ms = slice_ms;
	test->slo.objectives[0].slice_target = case_decimal(target);
}

void
case_window(struct test_case *test, int64_t window_ms)
{
	test->slo.window_ms = window_ms;
}

void
case_group(struct test_case *test)
{
	test->slo.group[0] = column_of(test->slo.event, "host");
	test->slo.group_count = 1;
}

static void
judge_all(struct test_case *test)
{
	const struct event **events = memory_zeros(test->count, sizeof(*events));
	struct scene scene = { .events = events, .count = test->count,
		.departures = test->departures,
		.departure_count = test->departure_count };
	struct when when = { test->at_ms, test->run };

	for (size_t i = 0; i < test->count; i++)
		events[i] = &test->events[i];
	free(test->lines.items);
	test->lines = (struct lines){ NULL, 0 };
	judge_slo(&test->lines, &test->slo, &scene, &when);
	free(events);
}

const struct line *
case_judge(struct test_case *test)
{
	judge_all(test);
	if (test->lines.count != 1)
		abort();
	return &test->lines.items[0];
}

const struct line *
case_judge_host(struct test_case *test, const char *host)
{
	judge_all(test);
	for (size_t i = 0; i < test->lines.count; i++) {
		const struct line *line = &test->lines.items[i];

		if (line->is_other ? host == NULL : host != NULL && line->has_group &&
		    line->group[0].kind == VALUE_TEXT &&
		    strcmp(line->group[0].text, host) == 0)
			return line;
	}
	return NULL;
}

bool
case_is(const struct line *line, enum verdict verdict, enum reason reason)
{
	if (line->verdict == verdict && line->reason == reason)
		return true;
	printf("# %s %s\n", judge_verdict_name(line->verdict),
	    judge_reason_name(line->reason));
	return false;
}

const char *
case_firing(const struct line *line)
{
	static char text[32];

	text[0] = '\0';
	for (int i = 0; i < line->burn_count; i++)
		if (line->burns[i].is_firing) {
			if (text[0] != '\0')
				strcat(text, " ");
			strcat(text, line->burns[i].long_name);
		}
	return text;
}

bool
case_burns(const struct line *line, const struct counts *counts, int64_t part,
    int64_t whole)
{
	const struct decimal_text *target = &line->objective->target;
	int64_t unit = tally_unit(target);
	int64_t all = counts->good + counts->bad + counts->unknown;

	return counts->bad * unit * whole == part * all * (unit - target->units);
}
