/* SPDX-License-Identifier: ISC
 *
 * Sums of windows are those of the events in them, to the millisecond: windows begin at
 * whole minutes, end anywhere, and have edges in hours and days that are not whole.
 */
#include "count/sums.h"
#include "store/row_store.h"
#include "tests/unit/count/reading.h"

#define DEFINITIONS 3

static struct model_definition made[DEFINITIONS];
static struct slo_definition definitions[DEFINITIONS];
static struct count *count;
static int64_t until_ms;

static void
open_store(void)
{
	done(store_open(&db, DB_TEMPORARY, DB_WRITE, 0, &err));
	done(ledger_open(&ledger, db, &err));
	traffic_start();
}

static void
close_store(void)
{
	traffic_stop();
	close_all();
}

/* Times at the edges of minutes, hours and days, at the end of the windows, and after. */
static int64_t
any_time(void)
{
	static const int64_t units[] = { COUNT_MINUTE_MS, COUNT_HOUR_MS, COUNT_DAY_MS };
	int64_t at_ms = until_ms - (int64_t)random_below(4 * COUNT_DAY_MS);

	switch (random_below(6)) {
	case 0:
		at_ms -= at_ms % units[random_below(3)];
		return at_ms + (int64_t)random_below(3) - 1;
	case 1:
		return until_ms + (int64_t)random_below(3) - 1;
	case 2:
		return until_ms + COUNT_MINUTE_MS - (int64_t)random_below(2 * COUNT_MINUTE_MS);
	case 3:
		return until_ms + (int64_t)random_below(2 * COUNT_DAY_MS);
	case 4:
		return until_ms - (int64_t)random_below(COUNT_HOUR_MS);
	default:
		return at_ms;
	}
}

static void
make_until(void)
{
	static const int64_t units[] = { COUNT_MINUTE_MS, COUNT_HOUR_MS, COUNT_DAY_MS };

	until_ms = TRAFFIC_FROM_MS + (int64_t)random_below(3 * COUNT_DAY_MS);
	if (random_below(2) == 0) {
		until_ms -= until_ms % units[random_below(3)];
		until_ms += (int64_t)random_below(3) - 1;
	}
}

static void
make_events(void)
{
	for (int i = 0; i < 3; i++) {
		size_t line_count = random_below(70);

		begin();
		for (size_t k = 0; k < line_count; k++) {
			int source = (int)random_below(TRAFFIC_SOURCES);

			traffic_store(traffic_source(source), traffic_positions[source]++,
			    model_any_event(any_time()));
		}
		commit();
	}
}

static void
open_counts(void)
{
	const struct count_options options = { .path = NULL };

	for (size_t i = 0; i < DEFINITIONS; i++) {
		made[i] = model_any_definition();
		definitions[i] = made[i].definition;
	}
	done(count_open(&count, db, definitions, DEFINITIONS, &options, &err));
}

/* In ascending order, some equal, some at the begin of hours and days. */
static struct count_windows
any_windows(void)
{
	static const int64_t units[] = { COUNT_MINUTE_MS, COUNT_HOUR_MS, COUNT_DAY_MS };
	struct count_windows windows = { .until_ms = until_ms,
		.count = 1 + random_below(COUNT_MAX_WINDOWS) };

	for (size_t i = 0; i < windows.count; i++) {
		int64_t from_ms = until_ms - (int64_t)(random_below(2) == 0
		    ? random_below(2 * COUNT_HOUR_MS) : random_below(6 * COUNT_DAY_MS));
		size_t k = i;

		from_ms -= from_ms % units[random_below(3)];
		for (; k > 0 && windows.from_ms[k - 1] > from_ms; k--)
			windows.from_ms[k] = windows.from_ms[k - 1];
		windows.from_ms[k] = from_ms;
	}
	if (random_below(10) == 0)
		windows.from_ms[0] = 0;
	return windows;
}

/* Adds a line for each group with events in the window. */
static void
add_expected(struct model_lines *lines, int64_t window, int64_t from_ms,
    const struct model_definition *definition)
{
	size_t counted;
	struct model_counted *items = model_counted_of(definition, &counted);

	for (size_t i = 0, end; i < counted; i = end) {
		struct count_cell cell = { .first_ms = -1 };
		int64_t bad_minute = -1;

		for (end = i; end < counted &&
		    strcmp(items[end].group, items[i].group) == 0; end++) {
			const struct model_counted *item = &items[end];
			int64_t minute = item->ts_ms / COUNT_MINUTE_MS;

			if (item->ts_ms < from_ms || item->ts_ms > until_ms)
				continue;
			cell.good += item->class == SLO_GOOD;
			cell.bad += item->class == SLO_BAD;
			cell.unknown += item->class == SLO_UNKNOWN;
			cell.excluded += item->class == SLO_EXCLUDED;
			cell.bad_minutes += item->class == SLO_BAD && minute != bad_minute;
			if (item->class == SLO_BAD)
				bad_minute = minute;
			if (cell.first_ms < 0)
				cell.first_ms = item->ts_ms;
			cell.newest_ms = item->ts_ms;
		}
		if (count_cell_total(&cell) > 0)
			model_add_line(lines, 'w', window, items[i].group, &cell);
	}
	for (size_t i = 0; i < counted; i++)
		free(items[i].group);
	free(items);
}

static void
check_sums(size_t which, const struct count_windows *windows)
{
	struct model_lines lines = { NULL, 0, 0 }, wanted = { NULL, 0, 0 };
	char *found, *expected;
	struct count_sums sums;

	done(count_sum(count, which, windows, &sums, &err));
	for (size_t i = 0; i < sums.count; i++) {
		const struct count_group_sums *item = &sums.items[i];
		char *group = reading_group(count, item->group_no,
		    made[which].definition.group_count);

		assert_ptr_equal(count_sums_find(&sums, item->group_no), item);
		assert_int_equal(item->archived, 0);
		/* The first window has all that the others have. */
		assert_true(count_cell_total(&item->cells[0]) > 0);
		for (size_t k = 0; k < windows->count; k++)
			if (count_cell_total(&item->cells[k]) > 0)
				model_add_line(&lines, 'w', (int64_t)k, group,
				    &item->cells[k]);
		free(group);
	}
	assert_null(count_sums_find(&sums, 0));
	assert_null(count_sums_find(&sums, 9999));
	count_sums_release(&sums);
	for (size_t k = 0; k < windows->count; k++)
		add_expected(&wanted, (int64_t)k, windows->from_ms[k], &made[which]);
	found = model_finish(&lines);
	expected = model_finish(&wanted);
	assert_string_equal(found, expected);
	free(found);
	free(expected);
}

static void
sums_are_those_of_the_events(void **state)
{
	(void)state;
	random_start();
	for (int round = 0; round < 200; round++) {
		open_store();
		make_until();
		make_events();
		open_counts();
		for (int i = 0; i < 4; i++) {
			struct count_windows windows = any_windows();

			for (size_t which = 0; which < DEFINITIONS; which++)
				check_sums(which, &windows);
			/* Another end, so that the last minute is another one. */
			if (random_below(3) == 0)
				until_ms += (int64_t)random_below(COUNT_HOUR_MS);
		}
		count_close(count);
		close_store();
	}
}

/* The groups that had their first event after the end are none of the window. */
static void
groups_without_events_are_left_out(void **state)
{
	struct count_sums sums;
	struct count_windows windows = { .count = 1 };
	const struct count_options options = { .path = NULL };

	(void)state;
	until_ms = TRAFFIC_FROM_MS + 30000;
	open_store();
	begin();
	for (int i = 0; i < 4; i++)
		traffic_store(traffic_source(0), i + 1, (struct model_event){
		    .ts_ms = until_ms + (i == 0 ? -1 : i), .host = i, .status = 200 });
	commit();
	made[0] = model_make(-1, -1, 0, false);
	made[0].definition.group[made[0].definition.group_count++] = "host";
	definitions[0] = made[0].definition;
	done(count_open(&count, db, definitions, 1, &options, &err));
	windows.from_ms[0] = TRAFFIC_FROM_MS;
	windows.until_ms = until_ms;
	done(count_sum(count, 0, &windows, &sums, &err));
	assert_int_equal(sums.count, 1);
	count_sums_release(&sums);
	check_sums(0, &windows);
	count_close(count);
	close_store();
}

/* Removes the first events from the table, as tel-archive does. */
static void
pack(size_t event_count)
{
	struct row_remover *remover;
	int64_t last_batch;

	done(db_integer(db, "SELECT max(no) FROM batches", 0, &last_batch, &err));
	done(row_remover_open(&remover, db, "http_events", "/archive", last_batch, &err));
	done(db_begin(db, &err));
	for (size_t i = 0; i < event_count; i++)
		done(row_remover_remove(remover, model_events[i].id, model_events[i].ts_ms,
		    &err));
	done(row_remover_finish(remover, NOW_MS, &err));
	done(db_commit(db, &err));
	row_remover_close(remover);
}

/* Of a minute that was counted, and of which rows left, nobody knows which of these were
 * before the end of the window. */
static void
rows_that_left_the_last_minute_are_unknown(void **state)
{
	const struct count_options options = { .path = NULL };
	struct count_windows windows = { .count = 1, .from_ms = { TRAFFIC_FROM_MS } };
	const struct count_cell *cell;
	struct count_sums sums;

	if (enter(state) < 0)
		fail();
	traffic_start();
	until_ms = TRAFFIC_FROM_MS + 2 * COUNT_MINUTE_MS + 30000;
	begin();
	/* One in each second of three minutes, half of them bad. */
	for (int i = 0; i < 180; i++)
		traffic_store(traffic_source(0), i + 1, (struct model_event){
		    .ts_ms = TRAFFIC_FROM_MS + 1000 * i, .status = i % 2 == 0 ? 200 : 500 });
	commit();
	made[0] = model_make(-1, -1, 0, false);
	definitions[0] = made[0].definition;
	done(count_open(&count, db, definitions, 1, &options, &err));
	count_close(count);
	pack(130); /* ten of the last minute */
	done(count_open(&count, db, definitions, 1, &options, &err));
	windows.until_ms = until_ms;
	done(count_sum(count, 0, &windows, &sums, &err));
	assert_int_equal(sums.count, 1);
	cell = &sums.items[0].cells[0];
	/* 60 of the minutes before, and the even seconds 10 to 30 of the last one. */
	assert_int_equal(cell->good, 60 + 11);
	assert_int_equal(cell->bad, 60 + 10);
	assert_int_equal(cell->unknown, 10);
	assert_int_equal(sums.items[0].archived, 10);
	assert_int_equal(cell->bad_minutes, 3);
	count_sums_release(&sums);
	/* A window that ends with the minute has all of it. */
	windows.until_ms = TRAFFIC_FROM_MS + 3 * COUNT_MINUTE_MS - 1;
	done(count_sum(count, 0, &windows, &sums, &err));
	cell = &sums.items[0].cells[0];
	assert_int_equal(cell->good, 90);
	assert_int_equal(cell->bad, 90);
	assert_int_equal(sums.items[0].archived, 0);
	count_sums_release(&sums);
	count_close(count);
	traffic_stop();
	(void)leave(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_that_left_the_last_minute_are_unknown),
		cmocka_unit_test(sums_are_those_of_the_events),
		cmocka_unit_test(groups_without_events_are_left_out),
	};

	return cmocka_run_group_tests_name("sums", tests, NULL, NULL);
}
