/* SPDX-License-Identifier: ISC */
#include "judge/judge.h"
#include "base/mem.h"
#include "store/run.h"

#include <stdlib.h>
#include <string.h>

#define LATEST "latest"

int
judge_run(struct db *db, const char *run, struct judge_time *time,
    char **name, struct err *err)
{
	struct slo_window *window = &time->run_window;
	int found;

	*name = NULL;
	if (strcmp(run, LATEST) == 0 &&
	    run_newest(db, time->at_ms, name, err) < 0)
		return -1;
	if (*name == NULL)
		*name = mem_text(run);
	*window = (struct slo_window){ time->at_ms, time->at_ms };
	found = run_span(db, *name, time->at_ms, &window->from_ms,
	    &window->until_ms, err);
	if (found >= 0 && run_from(db, *name, &time->run_from, err) < 0)
		found = -1;
	if (found < 0) {
		free(*name);
		*name = NULL;
		return -1;
	}
	time->run_id = *name;
	time->is_unknown = found == 0;
	return 0;
}

static struct judge_line *
add_line(struct judge_lines *lines, const struct judge_set_item *item,
    const struct slo_scope *scope)
{
	struct judge_line *line;

	if ((lines->count & (lines->count - 1)) == 0)
		lines->items = mem_resize(lines->items,
		    lines->count == 0 ? 1 : 2 * lines->count, sizeof(*lines->items));
	line = &lines->items[lines->count++];
	memset(line, 0, sizeof(*line));
	line->item = item;
	line->scope = *scope;
	return line;
}

/* The tally of what the slots hold; unknown events are not told apart yet. */
static struct slo_tally
tally_of(const struct slo_slots *slots, int64_t begin_ms)
{
	struct slo_tally tally = { .first_ms = slots->first_ms, .last_ms = slots->last_ms,
		.begin_ms = begin_ms, .newest_ms = -1 };

	for (int slot = 0; slot < SLO_SLOT_COUNT; slot++) {
		const struct slo_counts *more = &slots->slots[slot];

		tally.window.good += more->good;
		tally.window.bad += more->bad;
		tally.window.excluded += more->excluded;
		tally.window.bad_minutes += more->bad_minutes;
		if (slot < SLO_AGE_COUNT)
			tally.ages[slot] = tally.window;
	}
	tally.has_events = tally.window.good + tally.window.bad +
	    tally.window.excluded > 0;
	if (tally.has_events)
		tally.newest_ms = tally.last_ms;
	return tally;
}

static void
judge_line(struct judge_line *line, const struct slo_slots *slots, int64_t begin_ms,
    size_t line_count)
{
	struct slo_tally tally = tally_of(slots, begin_ms);
	struct slo_case judged = { line->scope.window, line->scope.run_id != NULL,
		line->scope.run_id == NULL, line_count };

	slo_judge(&line->result, &line->item->judged, &tally, &judged);
}

/* Whether the row belongs to the group of the line. */
static bool
is_same_group(const struct judge_line *line, struct db_statement *statement)
{
	for (size_t i = 0; i < line->item->query.group_count; i++) {
		const char *value = db_column_text(statement, (int)i);

		if ((value == NULL) != (line->values[i] == NULL) ||
		    (value != NULL && strcmp(value, line->values[i]) != 0))
			return false;
	}
	return true;
}

static void
set_group(struct judge_line *line, struct db_statement *statement)
{
	line->has_group = true;
	for (size_t i = 0; i < line->item->query.group_count; i++) {
		const char *value = db_column_text(statement, (int)i);

		line->values[i] = value != NULL ? mem_text(value) : NULL;
	}
}

/* The slots of the lines of one objective. */
struct counted {
	struct slo_slots *items;
	size_t count, first_line;
};

/* Makes one line for each group out of its rows. */
static int
read_rows(struct db_statement *statement, const struct judge_set_item *item,
    const struct slo_scope *scope, struct judge_lines *lines, struct counted *counted,
    struct err *err)
{
	size_t group_count = item->query.group_count;
	struct judge_line *line = NULL;
	int result;

	while ((result = db_step(statement, err)) == 1) {
		int64_t row[SLO_ROW_COUNT];

		if (line == NULL || !is_same_group(line, statement)) {
			line = add_line(lines, item, scope);
			set_group(line, statement);
			counted->items = mem_resize(counted->items, counted->count + 1,
			    sizeof(*counted->items));
			memset(&counted->items[counted->count++], 0,
			    sizeof(*counted->items));
		}
		for (int i = 0; i < SLO_ROW_COUNT; i++)
			row[i] = db_column_integer(statement, (int)group_count + i);
		slo_query_add(&item->query, scope, &counted->items[counted->count - 1],
		    row);
	}
	return result;
}

/* Sets *out to the time of the first event of the type. */
static int
begin_of(struct db *db, const struct judge_set_item *item, int64_t *out,
    struct err *err)
{
	struct buf sql = BUF_EMPTY;
	int result;

	buf_printf(&sql, "SELECT min(ts_ms) FROM %s",
	    event_descriptions[item->query.event].table);
	result = db_integer(db, buf_text(&sql), INT64_MAX, out, err);
	buf_release(&sql);
	return result < 0 ? -1 : 0;
}

static int
judge_item(struct db *db, const struct judge_set_item *item,
    const struct slo_scope *scope, struct judge_lines *lines, struct err *err)
{
	struct db_statement *statement;
	struct buf sql = BUF_EMPTY;
	struct counted counted = { NULL, 0, lines->count };
	int64_t begin_ms;
	int result;

	slo_query_sql(&sql, &item->query, scope);
	result = db_prepare(db, &statement, buf_text(&sql), err);
	buf_release(&sql);
	if (result < 0) {
		/* The columns exist in event.def, so the database must be older. */
		if (err->exit_code == EXIT_BUG)
			err->exit_code = EXIT_DATA;
		return err_in(err, "SLO %s", item->slo);
	}
	if (scope->run_id != NULL)
		DB_BIND(statement,
		    db_value_integer(":from_ms", scope->window.from_ms),
		    db_value_integer(":until_ms", scope->window.until_ms),
		    db_value_text(":run_id", scope->run_id));
	else
		DB_BIND(statement,
		    db_value_integer(":from_ms", scope->window.from_ms),
		    db_value_integer(":until_ms", scope->window.until_ms));
	result = read_rows(statement, item, scope, lines, &counted, err);
	db_finalize(statement);
	if (result == 0)
		result = begin_of(db, item, &begin_ms, err);
	for (size_t i = 0; result == 0 && i < counted.count; i++)
		judge_line(&lines->items[counted.first_line + i], &counted.items[i],
		    begin_ms, counted.count);
	free(counted.items);
	return result;
}

static struct slo_scope
scope_of(const struct judge_set_item *item, const struct judge_time *time)
{
	struct slo_scope scope = { .run_id = time->run_id };
	int64_t window_ms = time->window_ms > 0 ? time->window_ms
	    : item->window_ms;

	if (time->run_id != NULL) {
		scope.window = time->run_window;
		scope.before_table = time->run_from.before;
		scope.after_table = time->run_from.after;
	} else {
		scope.window.until_ms = time->at_ms;
		scope.window.from_ms = time->at_ms - window_ms;
	}
	return scope;
}

static int
judge_items(struct db *db, const struct judge_set *set,
    const struct judge_time *time, struct judge_lines *lines, struct err *err)
{
	static const struct slo_slots nothing;

	for (size_t i = 0; i < set->count; i++) {
		const struct judge_set_item *item = &set->items[i];
		struct slo_scope scope = scope_of(item, time);
		size_t before = lines->count;

		if (!time->is_unknown &&
		    judge_item(db, item, &scope, lines, err) < 0)
			return -1;
		if (lines->count == before &&
		    (!item->is_optional || time->is_unknown))
			judge_line(add_line(lines, item, &scope), &nothing, INT64_MAX, 1);
	}
	return 0;
}

int
judge_all(struct db *db, const struct judge_set *set,
    const struct judge_time *time, struct judge_lines *lines, struct err *err)
{
	struct err ignored;
	int result;

	memset(lines, 0, sizeof(*lines));
	/* One snapshot: all objectives see the same moment, whatever is written
	 * meanwhile. */
	if (db_run(db, "BEGIN", err) < 0)
		return -1;
	result = judge_items(db, set, time, lines, err);
	if (db_run(db, "ROLLBACK", result < 0 ? &ignored : err) < 0)
		return -1;
	return result;
}

void
judge_lines_release(struct judge_lines *lines)
{
	for (size_t i = 0; i < lines->count; i++)
		for (size_t k = 0; k < SLO_MAX_GROUP; k++)
			free(lines->items[i].values[k]);
	free(lines->items);
	memset(lines, 0, sizeof(*lines));
}

int
judge_lines_exit_code(const struct judge_lines *lines, enum slo_fail_on fail_on)
{
	int code = EXIT_YES;
	size_t count = 0;

	for (size_t i = 0; i < lines->count; i++) {
		const struct judge_line *line = &lines->items[i];
		int own = slo_exit_code(&line->result, fail_on);

		if (own == EXIT_NO)
			return EXIT_NO;
		if (line->item->is_optional && line->result.verdict == VERDICT_no_data)
			continue;
		count++;
		if (own == EXIT_NO_DATA)
			code = EXIT_NO_DATA;
	}
	return count > 0 ? code : EXIT_NO_DATA;
}
