/* SPDX-License-Identifier: ISC */
#include "judge/outside.h"
#include "base/tim.h"

#include <inttypes.h>

/* Events of stdin are in a database without a name. */
static const char *
name_of(const struct db *db)
{
	return db_path(db)[0] != '\0' ? db_path(db) : "standard input";
}

/* Sets *out to the single value of a statement with the parameter :at_ms. */
static int
ask(struct db *db, const char *columns, enum event_kind kind, int64_t at_ms,
    int64_t *out, struct err *err)
{
	struct db_statement *statement;
	struct buf sql = BUF_EMPTY;
	int result;

	buf_printf(&sql, "SELECT %s FROM %s", columns, event_descriptions[kind].table);
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
tell_newest(struct db *db, enum event_kind kind, int64_t from_ms, int64_t at_ms,
    void (*warn)(const char *text), struct err *err)
{
	const char *wire = event_descriptions[kind].wire;
	struct buf text = BUF_EMPTY;
	char when[TIM_TEXT_SIZE];
	int64_t newest_ms;

	if (ask(db, "max(ts_ms) FILTER (WHERE ts_ms <= :at_ms)", kind, at_ms,
	    &newest_ms, err) < 0)
		return -1;
	if (newest_ms < 0 || newest_ms > from_ms)
		return 0;
	tim_print(when, newest_ms);
	buf_printf(&text, "%s: no %s event in the windows; the newest is of %s, and "
	    "--at %s would judge it", name_of(db), wire, when, when);
	warn(buf_text(&text));
	buf_release(&text);
	return 0;
}

static int
tell_later(struct db *db, enum event_kind kind, int64_t at_ms,
    void (*warn)(const char *text), struct err *err)
{
	struct buf text = BUF_EMPTY;
	char when[TIM_TEXT_SIZE];
	int64_t count;

	if (ask(db, "count(*) FILTER (WHERE ts_ms > :at_ms)", kind, at_ms, &count,
	    err) < 0)
		return -1;
	if (count <= 0)
		return 0;
	tim_print(when, at_ms);
	buf_printf(&text, "%s: %" PRId64 " %s event%s later than %s, the end of the "
	    "windows, %s not judged", name_of(db), count,
	    event_descriptions[kind].wire, count == 1 ? "" : "s", when,
	    count == 1 ? "is" : "are");
	warn(buf_text(&text));
	buf_release(&text);
	return 0;
}

/* What the lines say of a type of event. */
struct use {
	bool is_used, lacks_data;
	int64_t from_ms; /* the first begin of the windows without data */
};

static void
note_line(struct use uses[EVENT_KIND_COUNT], const struct judge_line *line)
{
	struct use *use = &uses[line->item->query.event];
	int64_t from_ms = line->scope.window.from_ms;

	use->is_used = true;
	if (line->result.verdict != VERDICT_no_data)
		return;
	if (!use->lacks_data || from_ms < use->from_ms)
		use->from_ms = from_ms;
	use->lacks_data = true;
}

int
judge_outside(struct db *db, const struct judge_lines *lines, int64_t at_ms,
    void (*warn)(const char *text), struct err *err)
{
	struct use uses[EVENT_KIND_COUNT] = { { .is_used = false } };
	int64_t newest_ms;

	for (size_t i = 0; i < lines->count; i++)
		note_line(uses, &lines->items[i]);
	/* The batches know the times of all rows, and are far fewer. */
	if (db_integer(db, "SELECT max(until_ts_ms) - 1 FROM batches", -1,
	    &newest_ms, err) < 0)
		return -1;
	for (int i = 0; i < EVENT_KIND_COUNT; i++) {
		enum event_kind kind = (enum event_kind)i;

		if (uses[i].lacks_data && tell_newest(db, kind, uses[i].from_ms,
		    at_ms, warn, err) < 0)
			return -1;
		if (uses[i].is_used && newest_ms > at_ms &&
		    tell_later(db, kind, at_ms, warn, err) < 0)
			return -1;
	}
	return 0;
}
