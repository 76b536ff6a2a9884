/* SPDX-License-Identifier: ISC
 *
 * Reads counts, for count.h: from the base, and from the one below where it has no row of
 * that key.
 */
#include "base/mem.h"
#include "base/require.h"
#include "count/count_private.h"

#include <stdlib.h>
#include <string.h>

/* Returns the base below the one to read; NULL when there is none. */
static struct count_base *
under(const struct count *count)
{
	return count->base == count->below ? NULL : count->below;
}

/* What is read. Statements have the columns: time (0 in totals), group_no, bytes, seal and,
 * but for hours, the numbers of a cell. */
struct source {
	const char *sql;
	int64_t unit_ms; /* of the time */
	bool has_cell;
};

static const struct source days = { "SELECT day, group_no, hours, seal, good, bad, unknown,"
	" excluded, bad_minutes, first_ms, newest_ms FROM count_days"
	" WHERE definition_no = :no AND day >= :from AND day <= :last"
	" ORDER BY day, group_no", COUNT_DAY_MS, true };
static const struct source hours = { "SELECT hour, group_no, minutes, seal"
	" FROM count_hours WHERE definition_no = :no AND hour >= :from AND hour <= :last"
	" ORDER BY hour, group_no", COUNT_HOUR_MS, false };
static const struct source totals = { "SELECT 0, group_no, NULL, seal, good, bad, unknown,"
	" excluded, 0, first_ms, newest_ms FROM count_totals WHERE definition_no = :no"
	" ORDER BY group_no", 1, true };

static const struct source kept = { "SELECT 0, group_no, value, seal FROM count_values"
	" WHERE definition_no = :no ORDER BY group_no", 1, false };

/* A statement and where it stands. */
struct cursor {
	struct db_statement *statement; /* NULL: of no base */
	const char *path;               /* of that */
	bool has_row;
	int64_t no, time, group_no;
};

static int
advance(struct cursor *cursor, struct err *err)
{
	int result = cursor->statement != NULL ? db_step(cursor->statement, err) : 0;

	cursor->has_row = result == 1;
	if (result == 1) {
		cursor->time = db_column_integer(cursor->statement, 0);
		cursor->group_no = db_column_integer(cursor->statement, 1);
	}
	return result < 0 ? -1 : 0;
}

static int
open_cursor(struct cursor *cursor, struct count_base *base, const struct source *source,
    int64_t no, int64_t from, int64_t last, struct err *err)
{
	if (base == NULL)
		return 0;
	cursor->no = no;
	cursor->path = db_path(count_base_db(base));
	if (count_base_prepare(base, &cursor->statement, source->sql, err) < 0)
		return -1;
	if (db_has_parameter(cursor->statement, ":from"))
		DB_BIND(cursor->statement, db_value_integer(":no", no),
		    db_value_integer(":from", from), db_value_integer(":last", last));
	else
		DB_BIND(cursor->statement, db_value_integer(":no", no));
	return advance(cursor, err);
}

static void
close_cursor(struct cursor *cursor)
{
	if (cursor->statement != NULL)
		db_reset(cursor->statement);
}

/* Less than, equal to or greater than 0, as a comes before b; the end comes last. */
static int
compare_cursors(const struct cursor *a, const struct cursor *b)
{
	if (!a->has_row || !b->has_row)
		return b->has_row - a->has_row;
	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	return (a->group_no > b->group_no) - (a->group_no < b->group_no);
}

static struct count_cell
read_cell(struct db_statement *row)
{
	return (struct count_cell){
		.good = db_column_integer(row, 4),
		.bad = db_column_integer(row, 5),
		.unknown = db_column_integer(row, 6),
		.excluded = db_column_integer(row, 7),
		.bad_minutes = db_column_integer(row, 8),
		.first_ms = db_column_integer(row, 9),
		.newest_ms = db_column_integer(row, 10),
	};
}

static int
visit_row(const struct cursor *cursor, const struct source *source, count_visitor *visit,
    void *context, struct err *err)
{
	struct db_statement *row = cursor->statement;
	struct count_visit seen = {
		.group_no = cursor->group_no,
		.from_ms = cursor->time * source->unit_ms,
		.bytes = db_column_blob(row, 2),
		.len = db_column_bytes(row, 2),
	};
	const struct count_sealed sealed = { cursor->no, seen.from_ms, seen.group_no,
		source->has_cell ? &seen.cell : NULL, seen.bytes, seen.len };

	if (source->has_cell)
		seen.cell = read_cell(row);
	if (!count_cell_is_valid(&seen.cell) ||
	    count_seal(&sealed) != db_column_integer(row, 3))
		return count_seal_fail(&sealed, cursor->path, err);
	return visit(context, &seen, err);
}

static int
merge(struct cursor *upper, struct cursor *lower, const struct source *source,
    count_visitor *visit, void *context, struct err *err)
{
	while (upper->has_row || lower->has_row) {
		int order = compare_cursors(upper, lower);

		if (visit_row(order <= 0 ? upper : lower, source, visit, context, err) < 0 ||
		    (order <= 0 && advance(upper, err) < 0) ||
		    (order >= 0 && advance(lower, err) < 0))
			return -1;
	}
	return 0;
}

static int
read_source(struct count *count, size_t which, const struct source *source, int64_t from,
    int64_t last, count_visitor *visit, void *context, struct err *err)
{
	struct cursor upper = { .statement = NULL }, lower = { .statement = NULL };
	int result = -1;
	int64_t no;

	REQUIRE(which < count->place_count);
	no = count->wanted[count->places[which]].no;
	if (open_cursor(&upper, count->base, source, no, from, last, err) == 0 &&
	    open_cursor(&lower, under(count), source, no, from, last, err) == 0)
		result = merge(&upper, &lower, source, visit, context, err);
	close_cursor(&upper);
	close_cursor(&lower);
	return result;
}

int
count_read_days(struct count *count, size_t which, int64_t from_ms, int64_t last_ms,
    count_visitor *visit, void *context, struct err *err)
{
	return read_source(count, which, &days, (from_ms + COUNT_DAY_MS - 1) / COUNT_DAY_MS,
	    last_ms / COUNT_DAY_MS, visit, context, err);
}

int
count_read_days_of(struct count_base *base, const struct count *count, size_t which,
    count_visitor *visit, void *context, struct err *err)
{
	struct cursor cursor = { .statement = NULL }, none = { .statement = NULL };
	struct count_mark mark;
	int64_t no;
	int result;

	REQUIRE(which < count->place_count);
	result = count_base_find(base, count->wanted[count->places[which]].text, &no, &mark,
	    err);
	if (result == 1) {
		result = open_cursor(&cursor, base, &days, no, 0, INT64_MAX, err);
		if (result == 0)
			result = merge(&cursor, &none, &days, visit, context, err);
		close_cursor(&cursor);
	}
	return result < 0 ? -1 : 0;
}

int
count_read_hours(struct count *count, size_t which, int64_t from_ms, int64_t last_ms,
    count_visitor *visit, void *context, struct err *err)
{
	return read_source(count, which, &hours,
	    (from_ms + COUNT_HOUR_MS - 1) / COUNT_HOUR_MS, last_ms / COUNT_HOUR_MS, visit,
	    context, err);
}

int
count_read_totals(struct count *count, size_t which, count_visitor *visit, void *context,
    struct err *err)
{
	return read_source(count, which, &totals, 0, 0, visit, context, err);
}

int
count_read_values(struct count *count, size_t which, count_visitor *visit, void *context,
    struct err *err)
{
	return read_source(count, which, &kept, 0, 0, visit, context, err);
}

static int
show(void *context, const struct count_visit *visit, struct err *err)
{
	struct count_levels levels = count_levels_of_cell(&visit->cell);

	if (visit->len > 0 &&
	    count_levels_of_bytes(&levels, visit->bytes, visit->len, err) < 0)
		return -1;
	count_shown_add(context, visit->group_no, &levels);
	return 0;
}

/* Reads the corrections of a file that lacks some of what is shown. */
static int
read_corrections_beside(struct count *count, size_t which, count_correction_visitor *visit,
    void *context, struct err *err)
{
	const struct count_wanted *wanted = &count->wanted[count->places[which]];
	struct count_shown shown = { NULL, 0 };
	struct count_mark mark;
	int64_t no;
	int result = count_base_find(count->below, wanted->text, &no, &mark, err);

	if (result == 1)
		result = read_source(count, which, wanted->definition.value != NULL ? &kept
		    : &totals, 0, 0, show, &shown, err) < 0 ? -1 :
		    count_corrections_read_beside(count->below, no, no != wanted->no,
		    &shown, visit, context, err);
	free(shown.items);
	return result;
}

int
count_read_corrections(struct count *count, size_t which,
    count_correction_visitor *visit, void *context, struct err *err)
{
	REQUIRE(which < count->place_count);
	/* Only files have corrections. */
	if (count->below == NULL)
		return 0;
	if (count->base != count->below)
		return read_corrections_beside(count, which, visit, context, err);
	return count_corrections_read(count->below,
	    count->wanted[count->places[which]].no, visit, context, err);
}

int
count_read_group_order(struct count *count, size_t which, count_group_visitor *visit,
    void *context, struct err *err)
{
	const struct count_wanted *wanted;
	struct count_base *below = under(count);
	struct count_mark mark;
	int64_t no;
	int found = 0;

	REQUIRE(which < count->place_count);
	wanted = &count->wanted[count->places[which]];
	/* The number is another one there where the definition began anew. */
	if (below != NULL)
		found = count_base_find(below, wanted->text, &no, &mark, err);
	if (found < 0 || (found == 1 &&
	    count_group_order_read(below, no, visit, context, err) < 0))
		return -1;
	return count_group_order_read(count->base, wanted->no, visit, context, err);
}

/* Reads the group from one base. Returns 1, 0 when it does not have the group, or -1. */
static int
read_group_of(struct count_base *base, int64_t group_no, char **values,
    size_t value_count, struct err *err)
{
	/* ->> ends a text at NUL, which becomes U+FFFD; char(1) stands for a pair of
	 * backslashes meanwhile, since JSON has no control characters. */
	static const char sql[] = "SELECT key ->> '$[0]', key ->> '$[1]', key ->> '$[2]',"
	    " key ->> '$[3]' FROM (SELECT replace(replace(replace(key, '\\\\', char(1)),"
	    " '\\u0000', '\\ufffd'), char(1), '\\\\') AS key FROM count_groups"
	    " WHERE no = :no)";
	struct db_statement *statement;
	int result;

	if (base == NULL)
		return 0;
	if (count_base_prepare(base, &statement, sql, err) < 0)
		return -1;
	DB_BIND(statement, db_value_integer(":no", group_no));
	result = db_step(statement, err);
	for (size_t i = 0; i < value_count && result == 1; i++) {
		const char *value = db_column_text(statement, (int)i);

		values[i] = value != NULL ? mem_text(value) : NULL;
	}
	db_reset(statement);
	return result;
}

int
count_read_group(struct count *count, int64_t group_no, char **values,
    size_t value_count, struct err *err)
{
	int found = read_group_of(count->base, group_no, values, value_count, err);

	if (found == 0)
		found = read_group_of(under(count), group_no, values, value_count,
		    err);
	if (found == 0)
		return err_set(err, EXIT_DATA, "%s: the group %lld is missing",
		    db_path(count_base_db(count->base)), (long long)group_no);
	return found < 0 ? -1 : 0;
}
