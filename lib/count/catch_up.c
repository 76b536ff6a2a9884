/* SPDX-License-Identifier: ISC */
#include "count/catch_up.h"
#include "base/mem.h"
#include "base/tim.h"
#include "count/table_scan.h"
#include "store/news.h"

#include <stdlib.h>
#include <string.h>

/* Finds the definitions in the base, or below it, and adds those that are new. */
static int
register_wanted(struct count_base *base, struct count_wanted *wanted, size_t count,
    struct err *err)
{
	for (size_t i = 0; i < count; i++) {
		struct count_wanted *one = &wanted[i];

		if (count_base_register(base, one->text, tim_now_ms(), &one->no,
		    &one->mark, err) < 0)
			return -1;
	}
	return 0;
}

/* Whether the rows of a departure were counted before they left. */
static bool
was_counted(const struct count_mark *mark, const struct departure *departure)
{
	return departure->listed_batch_no >= 0 &&
	    mark->batch_no >= departure->listed_batch_no;
}

/* Looks at what left since. Returns 1; 0 when rows left that had been counted in part, so
 * that the definition begins anew. */
static int
account_departures(struct count_base *base, struct count_wanted *one,
    const struct departures *departures, struct err *err)
{
	for (size_t i = 0; i < departures->count; i++) {
		const struct departure *departure = &departures->items[i];

		if (departure->no <= one->mark.departure_no)
			continue;
		if (departure->table[0] != '\0' &&
		    strcmp(departure->table,
		    slo_events_table(one->definition.events)) != 0) {
			one->mark.departure_no = departure->no;
			continue;
		}
		if (!was_counted(&one->mark, departure)) {
			if (one->mark.batch_no > 0)
				return 0;
			if (count_base_miss(base, one->no, departure->no, err) < 0)
				return -1;
		}
		one->mark.departure_no = departure->no;
	}
	return 1;
}

static int
begin_anew(struct count_base *base, struct count_wanted *one, struct err *err)
{
	memset(&one->mark, 0, sizeof(one->mark));
	return count_base_restart(base, &one->no, err);
}

/* Returns 1 when the database has what a definition has seen of it, 0 when it does not,
 * -1 on an error. */
static int
is_known(struct db *db, const struct count_mark *mark,
    const struct departures *departures, struct err *err)
{
	int64_t last_no = departures->count > 0
	    ? departures->items[departures->count - 1].no : 0;

	if (mark->departure_no > last_no)
		return 0;
	return news_is_known(db, mark->batch_no, mark->transaction_no,
	    mark->committed_ms, err);
}

/* Whether the base has all of the definition. Returns as count_is_current. */
static int
is_one_current(struct count_base *base, struct db *db, struct count_wanted *one,
    int64_t batch_no, const struct departures *departures, bool whole, struct err *err)
{
	int64_t last_no = departures->count > 0
	    ? departures->items[departures->count - 1].no : 0;
	bool *is_missing;
	int result = count_base_find(base, one->text, &one->no, &one->mark, err);

	if (result < 1)
		return result;
	if (one->mark.batch_no != batch_no || one->mark.departure_no != last_no)
		return 0;
	result = is_known(db, &one->mark, departures, err);
	if (result < 1 || !whole)
		return result;
	is_missing = mem_new(departures->count + 1, sizeof(*is_missing));
	result = count_base_read_missing(base, one->no, departures, is_missing, err);
	free(is_missing);
	return result < 0 ? -1 : result == 0;
}

int
count_is_current(struct count_base *base, struct db *db, struct count_wanted *wanted,
    size_t count, const struct departures *departures, bool whole, struct err *err)
{
	int64_t batch_no;
	int result = 1;

	if (db_integer(db, "SELECT max(no) FROM batches", 0, &batch_no, err) < 0)
		return -1;
	for (size_t i = 0; i < count && result == 1; i++)
		result = is_one_current(base, db, &wanted[i], batch_no, departures, whole,
		    err);
	return result;
}

/* Brings a definition to a state from which new rows can be added. */
static int
account_one(struct count_base *base, struct db *db, struct count_wanted *one,
    const struct departures *departures, struct err *err)
{
	const struct count_mark before = one->mark;
	int result = is_known(db, &one->mark, departures, err);

	if (result == 1)
		result = account_departures(base, one, departures, err);
	if (result == 0) {
		result = begin_anew(base, one, err);
		if (result == 0)
			result = account_departures(base, one, departures, err);
	}
	/* Who finds nothing new writes nothing, and waits for no disk. */
	if (result >= 0 && memcmp(&before, &one->mark, sizeof(before)) != 0)
		result = count_base_mark(base, one->no, &one->mark, err);
	return result < 0 ? -1 : 0;
}

/* Brings all to such a state. */
static int
account(struct count_base *base, struct db *db, struct count_wanted *wanted,
    size_t count, struct err *err)
{
	struct departures departures;
	int result = departures_read(db, 0, &departures, err);

	for (size_t i = 0; i < count && result >= 0; i++)
		result = account_one(base, db, &wanted[i], &departures, err);
	departures_release(&departures);
	return result < 0 ? -1 : 0;
}

/* Counts rows for the definitions that have been counted up to batch_no. */
static int
count_for(struct count_base *base, struct db *db, const struct count_wanted *wanted,
    size_t count, int64_t batch_no, const struct count_rows *rows, int64_t *row_count,
    struct err *err)
{
	struct count_task *tasks = mem_new(count, sizeof(*tasks));
	size_t task_count = 0;
	int result;

	for (size_t i = 0; i < count; i++)
		if (wanted[i].mark.batch_no == batch_no)
			tasks[task_count++] = (struct count_task){
				.definition = wanted[i].definition, .no = wanted[i].no };
	result = count_rows(base, db, tasks, task_count, rows, row_count, err);
	free(tasks);
	return result;
}

#define BETWEEN_IDS "id >= :from_id AND id <= :last_id"

/* Returns the values that read these ids, which the caller frees. */
static struct scan_values *
values_of(const struct ranges *ids)
{
	struct scan_values *values = mem_new(ids->count + 1, sizeof(*values));

	for (size_t i = 0; i < ids->count; i++) {
		values[i].from_id = ids->items[i].from;
		values[i].last_id = ids->items[i].until - 1;
	}
	return values;
}

static int
count_ids(struct count_base *base, struct db *db, const struct count_wanted *wanted,
    size_t count, int64_t batch_no, const struct ranges *ids, int64_t *row_count,
    struct err *err)
{
	struct scan_values *values = values_of(ids);
	const struct count_rows rows = { { .condition = BETWEEN_IDS }, values,
		ids->count };
	int result = count_for(base, db, wanted, count, batch_no, &rows, row_count, err);

	free(values);
	return result;
}

/* Finds the batch up to which those furthest behind have been counted, and the one of the
 * next, where they can go on together. */
static void
find_behind(const struct count_wanted *wanted, size_t count, int64_t *first,
    int64_t *second)
{
	*first = *second = INT64_MAX;
	for (size_t i = 0; i < count; i++) {
		int64_t batch_no = wanted[i].mark.batch_no;

		if (batch_no < *first) {
			*second = *first;
			*first = batch_no;
		} else if (batch_no > *first && batch_no < *second)
			*second = batch_no;
	}
}

/* Counts one step of news for those furthest behind. Returns as count_catch_up. */
static int
count_news(struct count_base *base, struct db *db, struct count_wanted *wanted,
    size_t count, int64_t max_rows, int64_t *row_count, struct err *err)
{
	int64_t behind, next;
	struct news news;
	int result;

	find_behind(wanted, count, &behind, &next);
	/* An empty ledger has no batch, so nothing is behind. */
	result = news_read(db, behind, next, max_rows, &news, err);
	if (result == 1 && count_ids(base, db, wanted, count, behind, &news.ids,
	    row_count, err) < 0)
		result = -1;
	for (size_t i = 0; i < count && result == 1; i++) {
		struct count_mark *mark = &wanted[i].mark;

		if (mark->batch_no != behind)
			continue;
		mark->batch_no = news.batch_no;
		mark->transaction_no = news.transaction_no;
		mark->committed_ms = news.committed_ms;
		if (count_base_mark(base, wanted[i].no, mark, err) < 0)
			result = -1;
	}
	news_release(&news);
	return result;
}

int
count_catch_up(struct count_base *base, struct db *db, struct count_wanted *wanted,
    size_t count, int64_t max_rows, int64_t *row_count, struct err *err)
{
	if (count == 0)
		return 0;
	if (register_wanted(base, wanted, count, err) < 0 ||
	    account(base, db, wanted, count, err) < 0)
		return -1;
	return count_news(base, db, wanted, count, max_rows, row_count, err);
}

/* Says that all batches are counted. */
static int
mark_all(struct count_base *base, struct db *db, struct count_wanted *wanted,
    size_t count, struct err *err)
{
	struct news last;

	if (news_last(db, &last, err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		struct count_mark *mark = &wanted[i].mark;

		mark->batch_no = last.batch_no;
		mark->transaction_no = last.transaction_no;
		mark->committed_ms = last.committed_ms;
		if (count_base_mark(base, wanted[i].no, mark, err) < 0)
			return -1;
	}
	return 0;
}

int
count_all_rows(struct count_base *base, struct db *db, struct count_wanted *wanted,
    size_t count, int64_t *row_count, struct err *err)
{
	static const struct scan_values none;
	const struct count_rows all = { { .condition = NULL }, &none, 1 };

	if (count == 0)
		return 0;
	if (register_wanted(base, wanted, count, err) < 0 ||
	    account(base, db, wanted, count, err) < 0 ||
	    count_for(base, db, wanted, count, 0, &all, row_count, err) < 0)
		return -1;
	return mark_all(base, db, wanted, count, err);
}

int
count_rows_of(struct count_base *base, struct db *db, struct count_wanted *wanted,
    size_t count, const struct count_rows *rows, int64_t *row_count, struct err *err)
{
	if (count == 0)
		return 0;
	if (register_wanted(base, wanted, count, err) < 0)
		return -1;
	return count_for(base, db, wanted, count, 0, rows, row_count, err);
}

/* The numbers of the definitions in their own base stay. */
static int
count_beside(struct count_base *base, struct db *db, const struct count_wanted *wanted,
    size_t count, const struct count_rows *rows, int64_t *row_count, struct err *err)
{
	struct count_wanted *copy = mem_new(count + 1, sizeof(*copy));
	int result;

	if (count > 0)
		memcpy(copy, wanted, count * sizeof(*copy));
	result = count_rows_of(base, db, copy, count, rows, row_count, err);
	free(copy);
	return result;
}

#define BETWEEN_TIMES "ts_ms >= :from_ms AND ts_ms <= :last_ms"

/* Sets the condition and values of the rows with these times. Where no ledger says which
 * rows there are, all are looked at. The caller frees the values. */
static int
rows_between(struct db *db, int64_t from_ms, int64_t last_ms, struct count_rows *rows,
    struct scan_values **values, struct err *err)
{
	struct ranges ids;
	struct news last;
	int result;

	if (news_last(db, &last, err) < 0)
		return -1;
	result = news_between(db, from_ms, last_ms, &ids, err);
	*values = values_of(&ids);
	*rows = (struct count_rows){ { .condition = BETWEEN_IDS " AND " BETWEEN_TIMES },
		*values, ids.count };
	if (last.batch_no == 0)
		*rows = (struct count_rows){ { .condition = BETWEEN_TIMES }, *values, 1 };
	for (size_t i = 0; i < rows->value_count; i++) {
		(*values)[i].from_ms = from_ms;
		(*values)[i].last_ms = last_ms;
	}
	ranges_release(&ids);
	return result;
}

int
count_rows_between(struct count_base *base, struct db *db,
    const struct count_wanted *wanted, size_t count, int64_t from_ms, int64_t last_ms,
    int64_t *row_count, struct err *err)
{
	struct scan_values *values = NULL;
	struct count_rows rows;
	int result = rows_between(db, from_ms, last_ms, &rows, &values, err);

	if (result == 0)
		result = count_beside(base, db, wanted, count, &rows, row_count, err);
	free(values);
	return result;
}
