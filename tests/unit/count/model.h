/* SPDX-License-Identifier: ISC
 *
 * model -- for the tests of counts: random definitions of events, and what their counts
 * must be, from a list of events in memory. Counts are compared as lines of text, in order:
 *   m MINUTE GROUP CELL, o HOUR GROUP CELL, d DAY GROUP CELL, t GROUP CELL
 */
#ifndef TESTS_UNIT_COUNT_MODEL_H
#define TESTS_UNIT_COUNT_MODEL_H

#include "base/buf.h"
#include "base/mem.h"
#include "count/cell.h"
#include "slo/selection.h"
#include "tests/unit/random.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MODEL_EVENTS 4000
#define MODEL_NULL (-1)

/* An event of the type http. */
struct model_event {
	int64_t id, ts_ms;
	int host, cohort;       /* index of the arrays below */
	int status, elapsed_ms; /* MODEL_NULL */
	bool is_cached;
	bool is_uncounted;      /* not among the counts that are expected */
};

static struct model_event model_events[MODEL_EVENTS];
static size_t model_count;

static const char *const model_hosts[] = { "a", "it's", "\xc3\xa9\xf0\x9f\x98\x80\n\"],", "" };
static const char *const model_cohorts[] = { NULL, "", "canary", "null" };

static inline struct model_event
model_any_event(int64_t ts_ms)
{
	static const int statuses[] = { MODEL_NULL, 200, 304, 404, 500 };

	return (struct model_event){ .ts_ms = ts_ms, .host = (int)random_below(4),
		.cohort = (int)random_below(4), .status = statuses[random_below(5)],
		.elapsed_ms = random_below(5) == 0 ? MODEL_NULL : (int)random_below(200),
		.is_cached = random_below(3) == 0 };
}

/* Conditions in SQL and in C, where MODEL_NULL is NULL. */
#define MODEL_CONDITIONS 10
static const char *const model_sql[MODEL_CONDITIONS] = {
	"(status < 400)", "(elapsed_ms <= 100)", "from_cache", "(NOT from_cache)",
	"(status = 404)", "(status IS NULL)", "(cohort = 'canary')",
	"((elapsed_ms <= 100) AND (status < 400))",
	"((status < 400) OR from_cache)", "(host IN ('a', ''))",
};

static inline int
model_less(int value, int limit)
{
	return value == MODEL_NULL ? MODEL_NULL : value < limit;
}

static inline int
model_and(int a, int b)
{
	return a == 0 || b == 0 ? 0 : a == 1 && b == 1 ? 1 : MODEL_NULL;
}

static inline int
model_holds(int condition, const struct model_event *event)
{
	int is_fine = model_less(event->status, 400);
	int is_fast = model_less(event->elapsed_ms, 101);

	switch (condition) {
	case 0:
		return is_fine;
	case 1:
		return is_fast;
	case 2:
		return event->is_cached;
	case 3:
		return !event->is_cached;
	case 4:
		return event->status == MODEL_NULL ? MODEL_NULL : event->status == 404;
	case 5:
		return event->status == MODEL_NULL;
	case 6:
		return event->cohort == 0 ? MODEL_NULL : event->cohort == 2;
	case 7:
		return model_and(is_fast, is_fine);
	case 8: /* a OR b is NOT (NOT a AND NOT b) */
		return event->is_cached ? 1 : is_fine;
	default:
		return event->host == 0 || event->host == 3;
	}
}

/* A definition, and the numbers of its conditions; -1: none. */
struct model_definition {
	struct slo_definition definition;
	int where, exclude, good;
};

static const char *const model_columns[] = { "host", "cohort", "status", "from_cache" };
static const struct slo_events model_http = { EVENT_http, NULL };

static inline int
model_any_condition(void)
{
	return random_below(3) == 0 ? -1 : (int)random_below(MODEL_CONDITIONS);
}

static inline const char *
model_text_of(int condition)
{
	return condition < 0 ? NULL : model_sql[condition];
}

static inline struct model_definition
model_make(int where, int exclude, int good, bool is_bad)
{
	return (struct model_definition){ { .events = &model_http,
		.where = model_text_of(where), .exclude = model_text_of(exclude),
		.good = model_text_of(good), .is_bad = is_bad && good >= 0 },
		where, exclude, good };
}

static inline struct model_definition
model_any_definition(void)
{
	struct model_definition made = model_make(model_any_condition(),
	    model_any_condition(), model_any_condition(), random_below(2) == 0);
	size_t first = random_below(4);

	made.definition.group_count = random_below(3) == 0 ? random_below(4) : 0;
	for (size_t i = 0; i < made.definition.group_count; i++)
		made.definition.group[i] = model_columns[(first + i) % 4];
	return made;
}

static inline enum slo_class
model_class(const struct model_definition *made, const struct model_event *event)
{
	int holds;

	if (made->where >= 0 && model_holds(made->where, event) != 1)
		return SLO_NOT_COUNTED;
	if (made->exclude >= 0 && model_holds(made->exclude, event) == 1)
		return SLO_EXCLUDED;
	holds = made->good < 0 ? 1 : model_holds(made->good, event);
	if (holds == MODEL_NULL)
		return SLO_UNKNOWN;
	return (holds == 1) != made->definition.is_bad ? SLO_GOOD : SLO_BAD;
}

/* Appends the values of a group, as the lines have them. */
static inline void
model_add_value(struct buf *out, const char *value)
{
	if (value == NULL)
		buf_add_text(out, "[NULL]");
	else
		buf_printf(out, "[%zu:%s]", strlen(value), value);
}

static inline void
model_add_group(struct buf *out, const struct model_definition *made,
    const struct model_event *event)
{
	char number[16];

	for (size_t i = 0; i < made->definition.group_count; i++) {
		const char *column = made->definition.group[i];
		const char *value = number;

		snprintf(number, sizeof(number), "%d", event->is_cached);
		if (strcmp(column, "host") == 0)
			value = model_hosts[event->host];
		else if (strcmp(column, "cohort") == 0)
			value = model_cohorts[event->cohort];
		else if (strcmp(column, "status") == 0 && event->status == MODEL_NULL)
			value = NULL;
		else if (strcmp(column, "status") == 0)
			snprintf(number, sizeof(number), "%d", event->status);
		model_add_value(out, value);
	}
}

/* Lines of text. */
struct model_lines {
	char **items;
	size_t count, size;
};

static inline void
model_add_line(struct model_lines *lines, char kind, int64_t time, const char *group,
    const struct count_cell *cell)
{
	struct buf text = BUF_EMPTY;

	buf_printf(&text, "%c %" PRId64 " %s %" PRId64 " good %" PRId64 " bad %" PRId64
	    " unknown %" PRId64 " excluded %" PRId64 " minutes %" PRId64 "-%" PRId64 "\n",
	    kind, time, group, cell->good, cell->bad, cell->unknown, cell->excluded,
	    cell->bad_minutes, cell->first_ms, cell->newest_ms);
	if (lines->count == lines->size) {
		lines->size = lines->size * 2 + 64;
		lines->items = mem_resize(lines->items, lines->size,
		    sizeof(lines->items[0]));
	}
	lines->items[lines->count++] = text.data;
}

static inline int
model_compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Returns the lines in order, as one text, which the caller frees; forgets them. */
static inline char *
model_finish(struct model_lines *lines)
{
	struct buf text = BUF_EMPTY;

	if (lines->count > 0)
		qsort(lines->items, lines->count, sizeof(lines->items[0]),
		    model_compare_texts);
	for (size_t i = 0; i < lines->count; i++) {
		buf_add_text(&text, lines->items[i]);
		free(lines->items[i]);
	}
	free(lines->items);
	memset(lines, 0, sizeof(*lines));
	return text.data != NULL ? text.data : mem_text("");
}

/* An event that a definition counts. */
struct model_counted {
	char *group;
	int64_t ts_ms;
	enum slo_class class;
};

static inline int
model_compare_counted(const void *a, const void *b)
{
	const struct model_counted *left = a, *right = b;
	int order = strcmp(left->group, right->group);

	return order != 0 ? order
	    : (left->ts_ms > right->ts_ms) - (left->ts_ms < right->ts_ms);
}

/* Returns the events that are counted, in order of group and time; the caller frees the
 * array and the texts. */
static inline struct model_counted *
model_counted_of(const struct model_definition *made, size_t *count)
{
	struct model_counted *items = mem_new(model_count + 1, sizeof(*items));

	*count = 0;
	for (size_t i = 0; i < model_count; i++) {
		enum slo_class class = model_class(made, &model_events[i]);
		struct buf group = BUF_EMPTY;

		if (class == SLO_NOT_COUNTED || model_events[i].is_uncounted)
			continue;
		model_add_group(&group, made, &model_events[i]);
		items[(*count)++] = (struct model_counted){ mem_text(buf_text(&group)),
			model_events[i].ts_ms, class };
		buf_release(&group);
	}
	if (*count > 0)
		qsort(items, *count, sizeof(*items), model_compare_counted);
	return items;
}

/* The stretches that are kept, and how long each is. */
static const struct {
	char kind;
	int64_t length_ms;
} model_stretches[] = {
	{ 'm', COUNT_MINUTE_MS }, { 'o', COUNT_HOUR_MS }, { 'd', COUNT_DAY_MS },
	{ 't', INT64_MAX },
};

/* Adds the lines of one kind. */
static inline void
model_add_stretches(struct model_lines *lines, size_t kind,
    const struct model_counted *items, size_t count)
{
	int64_t length_ms = model_stretches[kind].length_ms;

	for (size_t i = 0, end; i < count; i = end) {
		struct count_cell cell = { .first_ms = items[i].ts_ms };
		int64_t bad_minute = -1;

		for (end = i; end < count && strcmp(items[end].group, items[i].group) == 0 &&
		    items[end].ts_ms / length_ms == items[i].ts_ms / length_ms; end++) {
			int64_t minute = items[end].ts_ms / COUNT_MINUTE_MS;

			cell.good += items[end].class == SLO_GOOD;
			cell.bad += items[end].class == SLO_BAD;
			cell.unknown += items[end].class == SLO_UNKNOWN;
			cell.excluded += items[end].class == SLO_EXCLUDED;
			/* Totals do not have these. */
			cell.bad_minutes += items[end].class == SLO_BAD &&
			    minute != bad_minute && length_ms != INT64_MAX;
			if (items[end].class == SLO_BAD)
				bad_minute = minute;
			cell.newest_ms = items[end].ts_ms;
		}
		model_add_line(lines, model_stretches[kind].kind,
		    items[i].ts_ms / length_ms, items[i].group, &cell);
	}
}

/* Returns what the counts of the definition must be; the caller frees it. */
static inline char *
model_expected(const struct model_definition *made)
{
	struct model_lines lines = { NULL, 0, 0 };
	size_t count;
	struct model_counted *items = model_counted_of(made, &count);

	for (size_t kind = 0; kind < 4; kind++)
		model_add_stretches(&lines, kind, items, count);
	for (size_t i = 0; i < count; i++)
		free(items[i].group);
	free(items);
	return model_finish(&lines);
}

/* Adds the lines of the cells of an hour or a day. */
static inline void
model_add_row(struct model_lines *lines, const struct count_row *row, const char *group)
{
	for (int i = 0; i < row->count; i++)
		if (count_cell_total(&row->cells[i]) > 0)
			model_add_line(lines, row->count == COUNT_HOURS ? 'o' : 'm',
			    row->from_ms / row->cell_ms + i, group, &row->cells[i]);
}

#endif
