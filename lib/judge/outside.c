/* SPDX-License-Identifier: ISC */
#include "judge/outside.h"
#include "base/mem.h"
#include "base/tim.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Events of stdin are in a database without a name. */
static const char *
name_of(const struct db *db)
{
	return db_path(db)[0] != '\0' ? db_path(db) : "standard input";
}

/* Sets *out to the single value of a statement with the parameter :at_ms. */
static int
ask(struct db *db, const char *columns, const struct slo_events *events,
    int64_t at_ms, int64_t *out, struct err *err)
{
	struct db_statement *statement;
	struct buf sql = BUF_EMPTY;
	int result;

	buf_printf(&sql, "SELECT %s FROM %s WHERE TRUE", columns,
	    slo_events_table(events));
	slo_events_add_condition(&sql, events);
	result = db_prepare(db, &statement, buf_text(&sql), err);
	buf_release(&sql);
	if (result < 0)
		return -1;
	DB_BIND(statement, db_value_integer(":at_ms", at_ms));
	result = db_step(statement, err);
	*out = -1;
	if (result == 1 && db_column_type(statement, 0) != DB_NULL)
		*out = db_column_integer(statement, 0);
	db_finalize(statement);
	return result < 0 ? -1 : 0;
}

/* Says it when the newest event of the type is older than all windows. */
static int
tell_newest(struct db *db, const struct slo_events *events, int64_t from_ms,
    int64_t at_ms, void (*warn)(const char *text), struct err *err)
{
	struct buf text = BUF_EMPTY;
	char when[TIM_TEXT_SIZE];
	int64_t newest_ms;

	if (ask(db, "max(ts_ms) FILTER (WHERE ts_ms <= :at_ms)", events, at_ms,
	    &newest_ms, err) < 0)
		return -1;
	if (newest_ms < 0 || newest_ms > from_ms)
		return 0;
	tim_print(when, newest_ms);
	buf_printf(&text, "%s: no %s event in the windows; the newest is of %s, and "
	    "--at %s would judge it", name_of(db), slo_events_type(events), when, when);
	warn(buf_text(&text));
	buf_release(&text);
	return 0;
}

static int
tell_later(struct db *db, const struct slo_events *events, int64_t at_ms,
    void (*warn)(const char *text), struct err *err)
{
	struct buf text = BUF_EMPTY;
	char when[TIM_TEXT_SIZE];
	int64_t count;

	if (ask(db, "count(*) FILTER (WHERE ts_ms > :at_ms)", events, at_ms, &count,
	    err) < 0)
		return -1;
	if (count <= 0)
		return 0;
	tim_print(when, at_ms);
	buf_printf(&text, "%s: %" PRId64 " %s event%s later than %s, the end of the "
	    "windows, %s not judged", name_of(db), count,
	    slo_events_type(events), count == 1 ? "" : "s", when,
	    count == 1 ? "is" : "are");
	warn(buf_text(&text));
	buf_release(&text);
	return 0;
}

/* What the lines say of a type of event. */
struct use {
	const struct slo_events *events;
	bool lacks_data;
	int64_t from_ms; /* the first begin of the windows without data */
};

struct uses {
	struct use *items;
	size_t count;
};

static struct use *
find_use(struct uses *uses, const struct slo_events *events)
{
	for (size_t i = 0; i < uses->count; i++)
		if (slo_events_are_same(uses->items[i].events, events))
			return &uses->items[i];
	uses->items = mem_resize(uses->items, uses->count + 1, sizeof(*uses->items));
	uses->items[uses->count] = (struct use){ .events = events };
	return &uses->items[uses->count++];
}

static void
note_line(struct uses *uses, const struct judge_line *line)
{
	struct use *use = find_use(uses, &line->item->query.event);
	int64_t from_ms = line->scope.window.from_ms;

	if (line->result.verdict != VERDICT_no_data)
		return;
	if (!use->lacks_data || from_ms < use->from_ms)
		use->from_ms = from_ms;
	use->lacks_data = true;
}

/* By table, so that the order of objectives does not change that of messages. */
static int
compare_uses(const void *a, const void *b)
{
	const struct slo_events *left = ((const struct use *)a)->events;
	const struct slo_events *right = ((const struct use *)b)->events;

	if (left->kind != right->kind)
		return left->kind < right->kind ? -1 : 1;
	return strcmp(slo_events_type(left), slo_events_type(right));
}

static int
tell(struct db *db, const struct uses *uses, int64_t at_ms,
    void (*warn)(const char *text), struct err *err)
{
	int64_t newest_ms;

	/* The batches know the times of all rows, and are far fewer. */
	if (db_integer(db, "SELECT max(until_ts_ms) - 1 FROM batches", -1,
	    &newest_ms, err) < 0)
		return -1;
	for (size_t i = 0; i < uses->count; i++) {
		const struct use *use = &uses->items[i];

		if (use->lacks_data && tell_newest(db, use->events, use->from_ms,
		    at_ms, warn, err) < 0)
			return -1;
		if (newest_ms > at_ms &&
		    tell_later(db, use->events, at_ms, warn, err) < 0)
			return -1;
	}
	return 0;
}

int
judge_outside(struct db *db, const struct judge_lines *lines, int64_t at_ms,
    void (*warn)(const char *text), struct err *err)
{
	struct uses uses = { NULL, 0 };
	int result;

	for (size_t i = 0; i < lines->count; i++)
		note_line(&uses, &lines->items[i]);
	if (uses.count > 0)
		qsort(uses.items, uses.count, sizeof(*uses.items), compare_uses);
	result = tell(db, &uses, at_ms, warn, err);
	free(uses.items);
	return result;
}
