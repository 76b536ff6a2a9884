/* SPDX-License-Identifier: ISC */
#include "count/last_minute.h"
#include "base/mem.h"
#include "base/number_map.h"
#include "count/archive_times.h"
#include "count/count_private.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Counts in a temporary base with the group numbers of the count. */
struct beside {
	struct db *db;
	struct count_base *base;
};

/* What rows and the archive say of a minute, of all definitions of a count at once. */
struct last_minute {
	int64_t until_ms; /* -1: not read */
	struct beside upto, whole; /* the rows up to until_ms, and all of the minute */
	bool has_archive;          /* it was read: */
	struct beside archived_upto, archived_whole;
};

static void
close_beside(struct beside *beside)
{
	count_base_close(beside->base);
	db_close(beside->db);
}

void
last_minute_close(struct last_minute *last)
{
	if (last == NULL)
		return;
	close_beside(&last->upto);
	close_beside(&last->whole);
	close_beside(&last->archived_upto);
	close_beside(&last->archived_whole);
	free(last);
}

static int
open_beside(struct beside *beside, const struct count *count, struct err *err)
{
	if (db_open(&beside->db, DB_TEMPORARY, DB_WRITE, 0, err) < 0 ||
	    count_base_begin(beside->db, "", 0, err) < 0 ||
	    count_base_open(&beside->base, beside->db, NULL, err) < 0)
		return -1;
	count_base_ask_groups(beside->base, count->base);
	return 0;
}

static int
count_times(struct count *count, int64_t from_ms, int64_t last_ms, struct beside *beside,
    struct err *err)
{
	if (open_beside(beside, count, err) < 0)
		return -1;
	return count_rows_between(beside->base, count->db, count->wanted,
	    count->wanted_count, from_ms, last_ms, &count->report.row_count, err);
}

/* Returns as count_archive_times. */
static int
count_archived_times(struct count *count, int64_t from_ms, int64_t last_ms,
    struct beside *beside, struct err *err)
{
	if (open_beside(beside, count, err) < 0)
		return -1;
	return count_archive_times(beside->base, count, from_ms, last_ms, err);
}

/* All that left of the minute may be after until_ms. */
static int
read_archive(struct count *count, int64_t from_ms, int64_t until_ms, int64_t last_ms,
    struct err *err)
{
	struct last_minute *last = count->last_minute;
	int result = 0;

	if (count->departures.count > 0)
		result = count_archived_times(count, from_ms, last_ms, &last->archived_whole,
		    err);
	if (result == 1)
		result = count_archived_times(count, from_ms, until_ms,
		    &last->archived_upto, err);
	last->has_archive = result == 1;
	return result < 0 ? -1 : 0;
}

static int
prepare(struct count *count, int64_t until_ms, struct err *err)
{
	int64_t from_ms = until_ms - until_ms % COUNT_MINUTE_MS;
	int64_t last_ms = from_ms + COUNT_MINUTE_MS - 1;
	struct last_minute *last = count->last_minute;

	if (last != NULL && last->until_ms == until_ms)
		return 0;
	last_minute_close(last);
	last = count->last_minute = mem_new(1, sizeof(*last));
	last->until_ms = -1;
	if (count_times(count, from_ms, until_ms, &last->upto, err) < 0 ||
	    count_times(count, from_ms, last_ms, &last->whole, err) < 0 ||
	    read_archive(count, from_ms, until_ms, last_ms, err) < 0)
		return -1;
	last->until_ms = until_ms;
	return 0;
}

/* A group whose cell says too much. Beside what the base counted in its minute, it has
 * what is there, and of that what is up to until_ms. */
struct minute {
	int64_t group_no;
	struct count_cell counted;
	struct count_cell upto, whole;
	struct count_cell archived_upto, archived_whole;
};

struct minutes {
	struct number_map by_group;
	struct minute *items;
	size_t count;
	int64_t from_ms, until_ms;
	size_t member; /* offset in struct minute of the cell that is read */
};

static int
visit_hour(void *context, const struct count_visit *visit, struct err *err)
{
	struct minutes *minutes = context;
	const struct count_cell *cell;
	struct count_row hour;
	size_t i = minutes->count;

	count_row_init_hour(&hour, visit->from_ms);
	if (count_row_read(&hour, visit->bytes, visit->len, err) < 0)
		return -1;
	cell = &hour.cells[(minutes->from_ms - visit->from_ms) / COUNT_MINUTE_MS];
	if (count_cell_total(cell) == 0 || cell->newest_ms <= minutes->until_ms)
		return 0;
	number_map_add(&minutes->by_group, visit->group_no, i);
	minutes->items = mem_resize(minutes->items, i + 1, sizeof(*minutes->items));
	minutes->items[i] = (struct minute){ .group_no = visit->group_no,
		.counted = *cell };
	minutes->count++;
	return 0;
}

/* The minute is all that such a base has, so that the cell of its day is that. */
static int
visit_day(void *context, const struct count_visit *visit, struct err *err)
{
	struct minutes *minutes = context;
	size_t i = number_map_find(&minutes->by_group, visit->group_no);

	(void)err;
	if (i != NUMBER_MAP_NONE)
		memcpy((char *)&minutes->items[i] + minutes->member, &visit->cell,
		    sizeof(visit->cell));
	return 0;
}

static int
read_beside(struct minutes *minutes, struct count *count, size_t which,
    const struct beside *beside, size_t member, struct err *err)
{
	minutes->member = member;
	return count_read_days_of(beside->base, count, which, visit_day, minutes, err);
}

static int
read_minutes(struct minutes *minutes, struct count *count, size_t which, struct err *err)
{
	const struct last_minute *last = count->last_minute;
	int64_t hour_ms = minutes->until_ms - minutes->until_ms % COUNT_HOUR_MS;

	if (count_read_hours(count, which, hour_ms, hour_ms, visit_hour, minutes, err) < 0 ||
	    read_beside(minutes, count, which, &last->upto,
	    offsetof(struct minute, upto), err) < 0 ||
	    read_beside(minutes, count, which, &last->whole,
	    offsetof(struct minute, whole), err) < 0)
		return -1;
	if (!last->has_archive)
		return 0;
	if (read_beside(minutes, count, which, &last->archived_upto,
	    offsetof(struct minute, archived_upto), err) < 0)
		return -1;
	return read_beside(minutes, count, which, &last->archived_whole,
	    offsetof(struct minute, archived_whole), err);
}

/* Sets *cell to what there is up to until_ms: with those that are nowhere to be found, whose
 * number is returned, as unknown ones. */
static int64_t
complete(struct count_cell *cell, const struct minutes *minutes,
    const struct minute *minute)
{
	int64_t left = count_cell_total(&minute->counted) - count_cell_total(&minute->whole);
	int64_t archived = count_cell_total(&minute->archived_whole);
	struct count_cell unknown = { .first_ms = minutes->from_ms,
		.newest_ms = minutes->until_ms };

	*cell = minute->upto;
	/* An archive that has more than what left has something twice. */
	if (archived <= left) {
		count_cell_add(cell, &minute->archived_upto);
		left -= archived;
	}
	unknown.unknown = left > 0 ? left : 0;
	count_cell_add(cell, &unknown);
	if (cell->bad_minutes > 1)
		cell->bad_minutes = 1;
	return unknown.unknown;
}

int
count_last_minute(struct count *count, size_t which, int64_t until_ms,
    last_minute_visitor *visit, void *context, struct err *err)
{
	struct minutes minutes = { .until_ms = until_ms,
		.from_ms = until_ms - until_ms % COUNT_MINUTE_MS };
	int result = prepare(count, until_ms, err);

	if (result == 0)
		result = read_minutes(&minutes, count, which, err);
	for (size_t i = 0; i < minutes.count && result == 0; i++) {
		struct count_cell cell;
		int64_t archived = complete(&cell, &minutes, &minutes.items[i]);

		result = visit(context, minutes.items[i].group_no, &cell, archived);
	}
	number_map_release(&minutes.by_group);
	free(minutes.items);
	return result;
}
