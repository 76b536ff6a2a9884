/* SPDX-License-Identifier: ISC */
#include "count/table_scan.h"
#include "base/mem.h"
#include "base/require.h"
#include "count/gather_values.h"
#include "store/store.h"

#include <stdlib.h>
#include <string.h>

#define MAX_WORDS 64 /* 1280 definitions of one table */

/* The tasks that have the same groups and keep the same: counts, or values. */
struct part {
	struct gather *gather;        /* of counts, or NULL: */
	struct gather_values *values;
	size_t first, count;          /* tasks of values, */
	int *value_columns;           /* and the columns of the statement for them; owned */
	int columns[SLO_MAX_GROUP];   /* for the groups */
	size_t group_count;
};

struct scan {
	struct db_statement *statement;
	struct part *parts;
	size_t part_count;
	size_t word_count;
	struct count_task *tasks; /* borrowed */
	size_t task_count;
	const char **columns; /* SQL of the columns after ts_ms and the words; owned array */
	size_t column_count;
	int id_column; /* -1: no task needs it */
};

/* Brings together the tasks of one part, and of these the same `where`. */
static int
compare_groups(const struct slo_definition *a, const struct slo_definition *b)
{
	if ((a->value != NULL) != (b->value != NULL))
		return a->value != NULL ? 1 : -1;
	if (a->group_count != b->group_count)
		return a->group_count < b->group_count ? -1 : 1;
	for (size_t i = 0; i < a->group_count; i++) {
		int order = strcmp(a->group[i], b->group[i]);

		if (order != 0)
			return order;
	}
	return 0;
}

static int
compare_tasks(const void *a, const void *b)
{
	const struct count_task *left = a, *right = b;
	int order = compare_groups(&left->definition, &right->definition);

	if (order == 0)
		order = strcmp(left->where, right->where);
	return order != 0 ? order : (left->no > right->no) - (left->no < right->no);
}

/* Returns the column of the statement with this SQL, which is added when it is new. */
static int
column_of(struct scan *scan, const char *sql)
{
	size_t i = 0;

	while (i < scan->column_count && strcmp(scan->columns[i], sql) != 0)
		i++;
	if (i == scan->column_count) {
		scan->columns = mem_resize(scan->columns, i + 1,
		    sizeof(*scan->columns));
		scan->columns[scan->column_count++] = sql;
	}
	return (int)(1 + scan->word_count + i);
}

static int
open_values(struct scan *scan, struct part *part, struct count_base *base,
    const struct count_task *tasks, size_t first, size_t count, struct err *err)
{
	part->first = first;
	part->count = count;
	part->value_columns = mem_new(count, sizeof(*part->value_columns));
	for (size_t i = 0; i < count; i++)
		part->value_columns[i] = column_of(scan, tasks[first + i].definition.value);
	scan->id_column = column_of(scan, "id");
	return gather_values_open(&part->values, base, tasks + first, count, err);
}

static int
add_parts(struct scan *scan, struct count_base *base, const struct count_task *tasks,
    size_t count, struct err *err)
{
	scan->parts = mem_new(count, sizeof(*scan->parts));
	for (size_t i = 0, end; i < count; i = end) {
		const struct slo_definition *definition = &tasks[i].definition;
		struct part *part = &scan->parts[scan->part_count++];

		for (end = i + 1; end < count && compare_groups(definition,
		    &tasks[end].definition) == 0; end++)
			;
		if (definition->value == NULL)
			part->gather = gather_open(base, tasks + i, end - i, i);
		else if (open_values(scan, part, base, tasks, i, end - i, err) < 0)
			return -1;
		part->group_count = definition->group_count;
		for (size_t k = 0; k < definition->group_count; k++)
			part->columns[k] = column_of(scan, definition->group[k]);
	}
	return 0;
}

/* Appends the classes of tasks first..end - 1, which have one `where`, as a term of their
 * word: the condition is evaluated once for all of them. */
static void
add_term(struct buf *sql, const struct count_task *tasks, size_t first, size_t end)
{
	const char *where = tasks[first].where;

	if (where[0] != '\0')
		buf_printf(sql, "CASE WHEN %s THEN ", where);
	for (size_t i = first; i < end; i++) {
		if (i > first)
			buf_add_text(sql, " + ");
		slo_definition_class_sql(sql, &tasks[i].definition,
		    (int)(SLO_CLASS_BITS * (i % GATHER_WORD)));
	}
	if (where[0] != '\0')
		buf_add_text(sql, " ELSE 0 END");
}

static void
add_word(struct buf *sql, const struct count_task *tasks, size_t first, size_t end)
{
	for (size_t i = first, next; i < end; i = next) {
		for (next = i + 1; next < end && strcmp(tasks[i].where,
		    tasks[next].where) == 0; next++)
			;
		if (i > first)
			buf_add_text(sql, " + ");
		add_term(sql, tasks, i, next);
	}
}

static void
add_statement(struct buf *sql, const struct scan *scan, const struct count_task *tasks,
    size_t count, const struct scan_rows *rows)
{
	buf_add_text(sql, "SELECT ts_ms");
	for (size_t i = 0; i < count; i += GATHER_WORD) {
		buf_add_text(sql, ", ");
		add_word(sql, tasks, i, i + GATHER_WORD < count ? i + GATHER_WORD : count);
	}
	for (size_t i = 0; i < scan->column_count; i++)
		buf_printf(sql, ", %s", scan->columns[i]);
	buf_printf(sql, " FROM %s%s%s", rows->before_table != NULL
	    ? rows->before_table : "", slo_events_table(tasks[0].definition.events),
	    rows->after_table != NULL ? rows->after_table : "");
	if (rows->condition != NULL)
		buf_printf(sql, " WHERE %s", rows->condition);
}

int
scan_open(struct scan **out, struct db *db, struct count_base *base,
    struct count_task *tasks, size_t count, const struct scan_rows *rows,
    struct err *err)
{
	struct scan *scan = mem_new(1, sizeof(*scan));
	struct buf sql = BUF_EMPTY;
	int result;

	scan->word_count = (count + GATHER_WORD - 1) / GATHER_WORD;
	if (scan->word_count > MAX_WORDS) {
		free(scan);
		return err_set(err, EXIT_CONFIG, "more than %d different definitions of "
		    "the table %s in one judgement", MAX_WORDS * GATHER_WORD,
		    slo_events_table(tasks[0].definition.events));
	}
	scan->tasks = tasks;
	scan->task_count = count;
	for (size_t i = 0; i < count; i++) {
		struct buf where = BUF_EMPTY;

		slo_definition_where_sql(&where, &tasks[i].definition);
		tasks[i].where = mem_text(buf_text(&where));
		buf_release(&where);
	}
	qsort(tasks, count, sizeof(*tasks), compare_tasks);
	scan->id_column = -1;
	if (add_parts(scan, base, tasks, count, err) < 0) {
		scan_close(scan);
		return -1;
	}
	add_statement(&sql, scan, tasks, count, rows);
	result = store_prepare(db, &scan->statement, buf_text(&sql), err);
	buf_release(&sql);
	if (result < 0) {
		scan_close(scan);
		return -1;
	}
	*out = scan;
	return 0;
}

void
scan_close(struct scan *scan)
{
	if (scan == NULL)
		return;
	for (size_t i = 0; i < scan->part_count; i++) {
		gather_close(scan->parts[i].gather);
		gather_values_close(scan->parts[i].values);
		free(scan->parts[i].value_columns);
	}
	for (size_t i = 0; i < scan->task_count; i++)
		free(scan->tasks[i].where);
	db_finalize(scan->statement);
	free(scan->parts);
	free(scan->columns);
	free(scan);
}

static void
bind(struct db_statement *statement, const struct scan_values *values)
{
	const struct db_value all[] = {
		db_value_integer(":from_id", values->from_id),
		db_value_integer(":last_id", values->last_id),
		db_value_integer(":from_ms", values->from_ms),
		db_value_integer(":last_ms", values->last_ms),
		db_value_text(":run_id", values->run_id),
	};
	struct db_value wanted[sizeof(all) / sizeof(all[0])];
	size_t count = 0;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (db_has_parameter(statement, all[i].name))
			wanted[count++] = all[i];
	db_bind(statement, wanted, count);
}

/* Whether the current row counts for a task of values. */
static bool
is_counted(const uint64_t *classes, size_t task)
{
	return (classes[task / GATHER_WORD] >> SLO_CLASS_BITS * (task % GATHER_WORD) &
	    ((1u << SLO_CLASS_BITS) - 1)) != SLO_NOT_COUNTED;
}

/* Adds the values of the current row, whose group is chosen. */
static void
add_values(struct scan *scan, const struct part *part, int64_t ts_ms,
    const uint64_t *classes)
{
	int64_t id = db_column_integer(scan->statement, scan->id_column);

	for (size_t i = 0; i < part->count; i++) {
		int column = part->value_columns[i];
		enum db_type type;
		struct count_number number;

		if (!is_counted(classes, part->first + i))
			continue;
		type = db_column_type(scan->statement, column);
		number.is_whole = type == DB_INTEGER;
		if (number.is_whole)
			number.whole = db_column_integer(scan->statement, column);
		else if (type == DB_REAL)
			number.real = db_column_real(scan->statement, column);
		gather_values_add(part->values, i, type == DB_INTEGER || type == DB_REAL
		    ? &number : NULL, ts_ms, id);
	}
}

static bool
has_values(const struct part *part, const uint64_t *classes)
{
	for (size_t i = 0; i < part->count; i++)
		if (is_counted(classes, part->first + i))
			return true;
	return false;
}

/* Adds the current row to the part. */
static int
add_row(struct scan *scan, const struct part *part, int64_t ts_ms,
    const uint64_t *classes, struct err *err)
{
	const char *values[SLO_MAX_GROUP];
	size_t lens[SLO_MAX_GROUP];

	if (part->gather != NULL ? !gather_is_counted(part->gather, classes)
	    : !has_values(part, classes))
		return 0;
	for (size_t i = 0; i < part->group_count; i++) {
		values[i] = db_column_text(scan->statement, part->columns[i]);
		lens[i] = db_column_bytes(scan->statement, part->columns[i]);
	}
	if (part->gather != NULL)
		return gather_add(part->gather, values, lens, ts_ms, classes, err);
	if (gather_values_choose(part->values, values, lens, err) < 0)
		return -1;
	add_values(scan, part, ts_ms, classes);
	return 0;
}

int
scan_run(struct scan *scan, const struct scan_values *values, int64_t *row_count,
    struct err *err)
{
	struct db_statement *statement = scan->statement;
	uint64_t classes[MAX_WORDS];
	int result;

	bind(statement, values);
	while ((result = db_step(statement, err)) == 1) {
		int64_t ts_ms = db_column_integer(statement, 0);

		for (size_t i = 0; i < scan->word_count; i++)
			classes[i] = (uint64_t)db_column_integer(statement,
			    (int)(1 + i));
		++*row_count;
		/* No program of ours stores an earlier time. */
		if (ts_ms < 0)
			continue;
		for (size_t i = 0; i < scan->part_count; i++)
			if (add_row(scan, &scan->parts[i], ts_ms, classes, err) < 0) {
				db_reset(statement);
				return -1;
			}
	}
	return result;
}

int
scan_flush(struct scan *scan, struct err *err)
{
	for (size_t i = 0; i < scan->part_count; i++) {
		struct part *part = &scan->parts[i];

		if ((part->gather != NULL ? gather_flush(part->gather, err)
		    : gather_values_flush(part->values, err)) < 0)
			return -1;
	}
	return 0;
}
