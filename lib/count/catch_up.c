/* SPDX-License-Identifier: ISC */
#include "count/catch_up.h"
#include "base/mem.h"
#include "base/tim.h"
#include "count/scan.h"
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
		    strcmp(departure->table, one->definition.table) != 0) {
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

/* Brings the definitions to a state from which new rows can be added. */
static int
account(struct count_base *base, struct db *db, struct count_wanted *wanted,
    size_t count, struct err *err)
{
	struct departures departures;
	int result = departures_read(db, 0, &departures, err);

	for (size_t i = 0; i < count && result >= 0; i++) {
		struct count_wanted *one = &wanted[i];

		result = news_is_known(db, one->mark.batch_no,
		    one->mark.transaction_no, one->mark.committed_ms, err);
		if (result == 1)
			result = account_departures(base, one, &departures, err);
		if (result == 0) {
			result = begin_anew(base, one, err);
			if (result == 0)
				result = account_departures(base, one, &departures, err);
		}
		if (result >= 0)
			result = count_base_mark(base, one->no, &one->mark, err);
	}
	departures_release(&departures);
	return result < 0 ? -1 : 0;
}

/* Reads the rows with these ids for the tasks of one table. */
static int
scan_ids(struct db *db, struct count_base *base, struct count_task *tasks, size_t count,
    const struct ranges *ids, int64_t *row_count, struct err *err)
{
	const struct scan_rows rows = { .condition =
		"id >= :from_id AND id <= :last_id" };
	struct scan *scan;
	int result = 0;

	if (scan_open(&scan, db, base, tasks, count, &rows, err) < 0)
		return -1;
	for (size_t i = 0; i < ids->count && result == 0; i++) {
		const struct scan_values values = { .from_id = ids->items[i].from,
			.last_id = ids->items[i].until - 1 };

		result = scan_run(scan, &values, row_count, err);
	}
	if (result == 0)
		result = scan_flush(scan, err);
	scan_close(scan);
	return result;
}

static int
scan_table(struct db *db, struct count_base *base, struct count_task *tasks,
    size_t count, const struct ranges *ids, int64_t *row_count, struct err *err)
{
	static const struct scan_rows all = { .condition = NULL };
	static const struct scan_values none;
	struct scan *scan;
	int result;

	if (ids != NULL)
		return scan_ids(db, base, tasks, count, ids, row_count, err);
	if (scan_open(&scan, db, base, tasks, count, &all, err) < 0)
		return -1;
	result = scan_run(scan, &none, row_count, err);
	if (result == 0)
		result = scan_flush(scan, err);
	scan_close(scan);
	return result;
}

static int
compare_tables(const void *a, const void *b)
{
	const struct count_task *left = a, *right = b;

	return strcmp(left->definition.table, right->definition.table);
}

/* Counts rows, all of them when ids is NULL, for the definitions that have been counted up
 * to batch_no: one pass over each table. */
static int
scan_tables(struct db *db, struct count_base *base, const struct count_wanted *wanted,
    size_t count, int64_t batch_no, const struct ranges *ids, int64_t *row_count,
    struct err *err)
{
	struct count_task *tasks = mem_new(count, sizeof(*tasks));
	size_t task_count = 0;
	int result = 0;

	for (size_t i = 0; i < count; i++)
		if (wanted[i].mark.batch_no == batch_no)
			tasks[task_count++] = (struct count_task){
				wanted[i].definition, wanted[i].no };
	qsort(tasks, task_count, sizeof(*tasks), compare_tables);
	for (size_t i = 0, end; i < task_count && result == 0; i = end) {
		for (end = i + 1; end < task_count &&
		    compare_tables(&tasks[i], &tasks[end]) == 0; end++)
			;
		result = scan_table(db, base, tasks + i, end - i, ids, row_count, err);
	}
	free(tasks);
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
	if (result == 1 && scan_tables(db, base, wanted, count, behind, &news.ids,
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

int
count_all_rows(struct count_base *base, struct db *db, struct count_wanted *wanted,
    size_t count, int64_t *row_count, struct err *err)
{
	if (register_wanted(base, wanted, count, err) < 0 ||
	    account(base, db, wanted, count, err) < 0)
		return -1;
	return scan_tables(db, base, wanted, count, 0, NULL, row_count, err);
}
