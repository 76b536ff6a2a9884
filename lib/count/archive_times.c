/* SPDX-License-Identifier: ISC */
#include "count/archive_times.h"
#include "base/mem.h"
#include "base/tim.h"
#include "count/from_archive.h"
#include "count/segment_rows.h"

#include <stdlib.h>
#include <string.h>

/* Whether rows of the definition with these times left, and all of them are counted. */
static bool
is_answerable(const struct count *count, size_t definition, int64_t from_ms, int64_t last_ms)
{
	const char *table = slo_events_table(count->wanted[definition].definition.events);
	bool has_left = false;

	for (size_t i = 0; i < count->departures.count; i++) {
		const struct departure *departure = &count->departures.items[i];

		if (departure->table[0] != '\0' && strcmp(departure->table, table) != 0)
			continue;
		if (departure->has_times && (departure->until_ms <= from_ms ||
		    departure->from_ms > last_ms))
			continue;
		if (count->is_missing[definition * count->departures.count + i])
			return false;
		has_left = true;
	}
	return has_left;
}

static int
compare_tables(const void *a, const void *b)
{
	const struct count_task *left = a, *right = b;

	return strcmp(slo_events_table(left->definition.events),
	    slo_events_table(right->definition.events));
}

/* Makes tasks, in order of their tables, of the definitions that are wanted. The caller
 * frees *out. */
static int
make_tasks(struct count_base *base, const struct count *count, int64_t from_ms,
    int64_t last_ms, struct count_task **out, size_t *task_count, struct err *err)
{
	struct count_task *tasks = mem_new(count->wanted_count + 1, sizeof(*tasks));

	*out = tasks;
	*task_count = 0;
	for (size_t i = 0; i < count->wanted_count; i++) {
		struct count_task *task = &tasks[*task_count];
		struct count_mark mark;

		if (!is_answerable(count, i, from_ms, last_ms))
			continue;
		task->definition = count->wanted[i].definition;
		if (count_base_register(base, count->wanted[i].text, tim_now_ms(),
		    &task->no, &mark, err) < 0)
			return -1;
		++*task_count;
	}
	if (*task_count > 0)
		qsort(tasks, *task_count, sizeof(*tasks), compare_tables);
	return 0;
}

/* Counts what the archive has of the table of the tasks. */
static int
count_table(struct count_base *base, struct count *count, const struct catalog *catalog,
    const struct count_task *tasks, size_t task_count, int64_t from_ms, int64_t last_ms,
    struct err *err)
{
	const char *table = slo_events_table(tasks[0].definition.events);
	struct count_task *copy = mem_new(task_count, sizeof(*copy));
	struct segment_rows *rows = NULL;
	int result = segment_rows_open(&rows, count->db, table, err);

	for (size_t i = 0; i < catalog->count && result == 0; i++) {
		const struct catalog_entry *entry = &catalog->entries[i];

		if (strcmp(entry->name.table, table) != 0 ||
		    entry->facts.until_ts_ms <= from_ms ||
		    entry->facts.from_ts_ms > last_ms)
			continue;
		memcpy(copy, tasks, task_count * sizeof(*copy));
		result = segment_rows_count(rows, catalog->root, entry, from_ms, last_ms,
		    base, copy, task_count, &count->report.row_count, err);
	}
	if (rows != NULL)
		segment_rows_close(rows);
	free(copy);
	return result;
}

/* Returns 1, or 0 when the archive cannot be read. */
static int
count_tables(struct count_base *base, struct count *count,
    const struct count_task *tasks, size_t task_count, int64_t from_ms, int64_t last_ms)
{
	struct catalog catalog = { .root = NULL };
	struct err failure;
	int result = 0;

	if (count->archive.root != NULL)
		result = count_archive_open(&catalog, &count->archive, count->db, &failure);
	for (size_t i = 0, end; i < task_count && result == 1; i = end) {
		for (end = i + 1; end < task_count &&
		    compare_tables(&tasks[i], &tasks[end]) == 0; end++)
			;
		if (count_table(base, count, &catalog, tasks + i, end - i, from_ms, last_ms,
		    &failure) < 0)
			result = 0;
	}
	catalog_release(&catalog);
	return result == 1;
}

int
count_archive_times(struct count_base *base, struct count *count, int64_t from_ms,
    int64_t last_ms, struct err *err)
{
	struct count_task *tasks;
	size_t task_count;
	int result = make_tasks(base, count, from_ms, last_ms, &tasks, &task_count, err);

	if (result == 0)
		result = task_count == 0 ||
		    count_tables(base, count, tasks, task_count, from_ms, last_ms);
	free(tasks);
	return result;
}
