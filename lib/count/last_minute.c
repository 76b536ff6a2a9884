/* SPDX-License-Identifier: ISC */
#include "count/last_minute.h"
#include "base/mem.h"
#include "base/number_map.h"
#include "base/tim.h"
#include "count/count_private.h"

#include <stdlib.h>
#include <string.h>

/* What rows say of a minute, of all definitions of a count at once. */
struct last_minute {
	int64_t until_ms; /* -1: not read */
	struct db *upto_db, *whole_db;
	struct count_base *upto;  /* of the rows up to until_ms */
	struct count_base *whole; /* of all rows of the minute */
};

void
last_minute_close(struct last_minute *last)
{
	if (last == NULL)
		return;
	count_base_close(last->upto);
	count_base_close(last->whole);
	db_close(last->upto_db);
	db_close(last->whole_db);
	free(last);
}

/* Counts the rows of these times into a temporary base with the group numbers of the
 * count. */
static int
count_times(struct count *count, int64_t from_ms, int64_t last_ms, struct db **db,
    struct count_base **base, struct err *err)
{
	if (db_open(db, DB_TEMPORARY, DB_WRITE, 0, err) < 0 ||
	    count_base_begin(*db, "", 0, err) < 0 ||
	    count_base_open(base, *db, NULL, err) < 0)
		return -1;
	count_base_ask_groups(*base, count->base);
	return count_rows_between(*base, count->db, count->wanted, count->wanted_count,
	    from_ms, last_ms, &count->report.row_count, err);
}

static int
prepare(struct count *count, int64_t until_ms, struct err *err)
{
	int64_t minute_ms = until_ms - until_ms % COUNT_MINUTE_MS;
	struct last_minute *last = count->last_minute;

	if (last != NULL && last->until_ms == until_ms)
		return 0;
	last_minute_close(last);
	last = count->last_minute = mem_new(1, sizeof(*last));
	last->until_ms = -1;
	if (count_times(count, minute_ms, until_ms, &last->upto_db, &last->upto,
	    err) < 0 || count_times(count, minute_ms, minute_ms + COUNT_MINUTE_MS - 1,
	    &last->whole_db, &last->whole, err) < 0)
		return -1;
	last->until_ms = until_ms;
	return 0;
}

struct groups {
	struct number_map by_group;
	int64_t *numbers;
	struct count_cell *cells; /* up to until_ms */
	int64_t *archived;        /* events of the minute that rows do not have */
	size_t count;
	int64_t minute_ms, until_ms;
};

/* Adds a group whose cell says too much. */
static int
visit_minute(void *context, const struct count_visit *visit, struct err *err)
{
	struct groups *groups = context;
	const struct count_cell *cell;
	struct count_row hour;
	size_t i = groups->count;

	count_row_init_hour(&hour, visit->from_ms);
	if (count_row_read(&hour, visit->bytes, visit->len, err) < 0)
		return -1;
	cell = &hour.cells[(groups->minute_ms - visit->from_ms) / COUNT_MINUTE_MS];
	if (count_cell_total(cell) == 0 || cell->newest_ms <= groups->until_ms)
		return 0;
	number_map_add(&groups->by_group, visit->group_no, i);
	groups->numbers = mem_resize(groups->numbers, i + 1, sizeof(*groups->numbers));
	groups->cells = mem_resize(groups->cells, i + 1, sizeof(*groups->cells));
	groups->archived = mem_resize(groups->archived, i + 1,
	    sizeof(*groups->archived));
	groups->numbers[i] = visit->group_no;
	groups->cells[i] = (struct count_cell){ 0 };
	groups->archived[i] = count_cell_total(cell);
	groups->count++;
	return 0;
}

/* Reads the cell of a group from a base of rows. */
static int
visit_rows(void *context, const struct count_visit *visit, struct err *err)
{
	struct groups *groups = context;
	size_t i = number_map_find(&groups->by_group, visit->group_no);

	(void)err;
	if (i != NUMBER_MAP_NONE)
		groups->cells[i] = visit->cell;
	return 0;
}

static int
visit_whole(void *context, const struct count_visit *visit, struct err *err)
{
	struct groups *groups = context;
	size_t i = number_map_find(&groups->by_group, visit->group_no);

	(void)err;
	if (i != NUMBER_MAP_NONE)
		groups->archived[i] -= count_cell_total(&visit->cell);
	return 0;
}

int
count_last_minute(struct count *count, size_t which, int64_t until_ms,
    last_minute_visitor *visit, void *context, struct err *err)
{
	struct groups groups = { .until_ms = until_ms,
		.minute_ms = until_ms - until_ms % COUNT_MINUTE_MS };
	int64_t hour_ms = until_ms - until_ms % COUNT_HOUR_MS;
	int result = prepare(count, until_ms, err);

	if (result == 0)
		result = count_read_hours(count, which, hour_ms, hour_ms, visit_minute,
		    &groups, err);
	if (result == 0)
		result = count_read_days_of(count->last_minute->upto, count, which,
		    visit_rows, &groups, err);
	if (result == 0)
		result = count_read_days_of(count->last_minute->whole, count, which,
		    visit_whole, &groups, err);
	for (size_t i = 0; i < groups.count && result == 0; i++) {
		struct count_cell *cell = &groups.cells[i];
		int64_t archived = groups.archived[i] > 0 ? groups.archived[i] : 0;
		const struct count_cell left = { .unknown = archived,
			.first_ms = groups.minute_ms, .newest_ms = until_ms };

		count_cell_add(cell, &left);
		result = visit(context, groups.numbers[i], cell, archived);
	}
	number_map_release(&groups.by_group);
	free(groups.numbers);
	free(groups.cells);
	free(groups.archived);
	return result;
}
