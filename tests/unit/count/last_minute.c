/* SPDX-License-Identifier: ISC
 *
 * The part of a minute up to a time, when rows of that minute left for an archive: from
 * there, or unknown. sums.c has minutes of which all rows are in the database.
 */
#include "count/last_minute.h"
#include "tests/unit/count/reopened.h"

#define FROM_MS TRAFFIC_FROM_MS
#define LAST_MS (FROM_MS + COUNT_MINUTE_MS - 1)

static int64_t packed_from_ms, packed_until_ms; /* what left */

/* A line for a group, as those of model.h. */
static void
add_line(struct model_lines *lines, const char *group, const struct count_cell *cell,
    int64_t archived)
{
	struct buf text = BUF_EMPTY;

	buf_printf(&text, "%s %" PRId64 " archived", group, archived);
	model_add_line(lines, 'g', 0, buf_text(&text), cell);
	buf_release(&text);
}

struct visits {
	struct model_lines lines;
	size_t value_count;
};

static int
visit(void *context, int64_t group_no, const struct count_cell *cell, int64_t archived)
{
	struct visits *visits = context;
	char *group = reading_group(count, group_no, visits->value_count);

	add_line(&visits->lines, group, cell, archived);
	free(group);
	return 0;
}

static bool
is_packed(int64_t ts_ms)
{
	return ts_ms >= packed_from_ms && ts_ms < packed_until_ms;
}

/* Adds the line of a group whose events are these, if some are after until_ms. */
static void
add_expected(struct model_lines *lines, const struct model_counted *items, size_t item_count,
    int64_t until_ms, bool has_archive)
{
	struct count_cell cell = { .first_ms = INT64_MAX, .newest_ms = -1 };
	int64_t archived = 0;

	if (items[item_count - 1].ts_ms <= until_ms)
		return;
	for (size_t i = 0; i < item_count; i++) {
		if (is_packed(items[i].ts_ms) && !has_archive) {
			archived++;
			continue;
		}
		if (items[i].ts_ms > until_ms)
			continue;
		cell.good += items[i].class == SLO_GOOD;
		cell.bad += items[i].class == SLO_BAD;
		cell.unknown += items[i].class == SLO_UNKNOWN;
		cell.excluded += items[i].class == SLO_EXCLUDED;
		cell.bad_minutes = cell.bad > 0;
		cell.newest_ms = items[i].ts_ms;
		if (cell.first_ms == INT64_MAX)
			cell.first_ms = items[i].ts_ms;
	}
	if (archived > 0) {
		cell.unknown += archived;
		cell.first_ms = FROM_MS;
		cell.newest_ms = until_ms;
	}
	if (count_cell_total(&cell) == 0)
		cell.first_ms = cell.newest_ms = 0;
	add_line(lines, items[0].group, &cell, archived);
}

static char *
expected_of(const struct model_definition *definition, int64_t until_ms, bool has_archive)
{
	struct model_lines lines = { NULL, 0, 0 };
	size_t counted;
	struct model_counted *items = model_counted_of(definition, &counted);

	for (size_t i = 0, end; i < counted; i = end) {
		for (end = i; end < counted &&
		    strcmp(items[end].group, items[i].group) == 0; end++)
			;
		add_expected(&lines, items + i, end - i, until_ms, has_archive);
	}
	for (size_t i = 0; i < counted; i++)
		free(items[i].group);
	free(items);
	return model_finish(&lines);
}

/* What the last minute of each definition is, with an archive or without. */
static void
expect_minute(int64_t until_ms, bool has_archive)
{
	for (size_t i = 0; i < DEFINITIONS; i++) {
		struct visits visits = { { NULL, 0, 0 }, made[i].definition.group_count };
		char *found, *expected = expected_of(&made[i], until_ms, has_archive);

		done(count_last_minute(count, i, until_ms, visit, &visits, &err));
		found = model_finish(&visits.lines);
		assert_string_equal(found, expected);
		free(found);
		free(expected);
	}
}

/* Any time of the minute, its ends more often than others. */
static int64_t
any_time(void)
{
	switch (random_below(8)) {
	case 0:
		return FROM_MS;
	case 1:
		return LAST_MS;
	default:
		return FROM_MS + (int64_t)random_below(COUNT_MINUTE_MS);
	}
}

/* Events of one minute. */
static void
make_minute(size_t event_count)
{
	begin();
	for (size_t i = 0; i < event_count; i++) {
		int source = (int)random_below(TRAFFIC_SOURCES);

		traffic_store(traffic_source(source), traffic_positions[source]++,
		    model_any_event(any_time()));
	}
	commit();
}

static void
pack(int64_t from_ms, int64_t until_ms)
{
	count_and_pack(from_ms, until_ms);
	packed_from_ms = from_ms;
	packed_until_ms = until_ms;
}

/* Begins the next round with nothing. */
static void
begin_again(void **state)
{
	assert_int_equal(leave_reopened(state), 0);
	assert_int_equal(enter_counts(state), 0);
}

/* What left is given back, and where it is not, so many are unknown. Groups without later
 * events are not visited. */
static void
the_archive_gives_back_what_left(void **state)
{
	for (int round = 0; round < 10; round++) {
		int64_t from_ms = any_time();

		make_minute(1 + random_below(80));
		pack(from_ms, from_ms + 1 + (int64_t)random_below(COUNT_MINUTE_MS));
		for (int i = 0; i < 3; i++)
			expect_minute(any_time(), true);
		expect_minute(FROM_MS, true);
		expect_minute(LAST_MS, true);
		(void)rename(ARCHIVED_ROOT, "gone");
		/* Another time, so that it is read again. */
		expect_minute(FROM_MS + 30000, false);
		open_again(&with_archive);
		expect_minute(FROM_MS + 30000, false);
		begin_again(state);
	}
}

/* Half a minute of one event a second, each third of them bad, of two groups. */
static void
make_seconds(void)
{
	made[0] = model_make(-1, -1, 0, false);
	made[0].definition.group[0] = "cohort";
	made[0].definition.group_count = 1;
	for (size_t i = 0; i < DEFINITIONS; i++) {
		made[i] = made[0];
		definitions[i] = made[0].definition;
	}
	begin();
	for (int i = 0; i < 30; i++)
		traffic_store(traffic_source(0), i + 1, (struct model_event){
		    .ts_ms = FROM_MS + 1000 * i, .cohort = i % 2,
		    .status = i % 3 == 0 ? 500 : 200 });
	commit();
}

struct seen {
	int groups;
	struct count_cell cell; /* of the last one, */
	int64_t archived;
};

static int
see(void *context, int64_t group_no, const struct count_cell *cell, int64_t archived)
{
	struct seen *seen = context;

	(void)group_no;
	seen->groups++;
	seen->cell = *cell;
	seen->archived = archived;
	return 0;
}

/* Bad events of the minute are in the database and in the archive: it is one minute. */
static void
a_minute_of_both_is_one(void **state)
{
	struct seen seen = { .groups = 0 };

	(void)state;
	make_seconds();
	pack(FROM_MS, FROM_MS + 15000);
	done(count_last_minute(count, 0, FROM_MS + 20000, see, &seen, &err));
	assert_int_equal(seen.groups, 2);
	assert_int_equal(seen.archived, 0);
	assert_int_equal(seen.cell.bad_minutes, 1);
	assert_in_range(seen.cell.bad, 3, 4);
	expect_minute(FROM_MS + 20000, true);
	/* The archive's alone. */
	expect_minute(FROM_MS + 10000, true);
}

/* Nothing that left is before the time, and everything. */
static void
what_left_may_be_all_later_or_all_before(void **state)
{
	(void)state;
	make_seconds();
	pack(FROM_MS + 10000, FROM_MS + 20000);
	expect_minute(FROM_MS + 5000, true);
	expect_minute(FROM_MS + 9999, true);
	expect_minute(FROM_MS + 10000, true);
	expect_minute(FROM_MS + 20000, true);
}

/* Rows that the archive has twice cannot be told apart, so that they are unknown. */
static void
an_archive_that_has_something_twice_is_not_believed(void **state)
{
	(void)state;
	make_seconds();
	open_again(&with_archive);
	close_count();
	archived_write(FROM_MS, FROM_MS + 10000);
	archived_write(FROM_MS, FROM_MS + 10000);
	archived_remove(FROM_MS, FROM_MS + 10000, archived_last_batch());
	packed_from_ms = FROM_MS;
	packed_until_ms = FROM_MS + 10000;
	open_again(&with_archive);
	expect_minute(FROM_MS + 20000, false);
}

/* The archive has some of the rows: the others are unknown. */
static void
rows_that_the_archive_lacks_are_unknown(void **state)
{
	struct seen seen = { .groups = 0 };

	(void)state;
	make_seconds();
	open_again(&with_archive);
	close_count();
	archived_write(FROM_MS, FROM_MS + 10000);
	archived_remove(FROM_MS, FROM_MS + 20000, archived_last_batch());
	open_again(&with_archive);
	done(count_last_minute(count, 0, FROM_MS + 5000, see, &seen, &err));
	assert_int_equal(seen.groups, 2);
	/* Of 10 of each group that left, the archive has 5, 3 of them up to then. */
	assert_int_equal(seen.archived, 5);
	assert_int_equal(seen.cell.good + seen.cell.bad, 3);
	assert_int_equal(seen.cell.unknown, 5);
}

static int
refuse(void *context, int64_t group_no, const struct count_cell *cell, int64_t archived)
{
	(void)see(context, group_no, cell, archived);
	return -1;
}

/* Without later events nobody is visited; a visit that fails ends it. */
static void
visits_end_when_one_fails(void **state)
{
	struct seen seen = { .groups = 0 };

	(void)state;
	make_seconds();
	open_again(&with_archive);
	done(count_last_minute(count, 0, FROM_MS + 29000, see, &seen, &err));
	done(count_last_minute(count, 0, FROM_MS + COUNT_DAY_MS, see, &seen, &err));
	done(count_last_minute(count, 0, FROM_MS - 1, see, &seen, &err));
	assert_int_equal(seen.groups, 0);
	assert_int_equal(count_last_minute(count, 0, FROM_MS, refuse, &seen, &err), -1);
	assert_int_equal(seen.groups, 1);
}

#define TEST_MINUTE(function) \
	cmocka_unit_test_setup_teardown(function, enter_counts, leave_reopened)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_MINUTE(the_archive_gives_back_what_left),
		TEST_MINUTE(a_minute_of_both_is_one),
		TEST_MINUTE(what_left_may_be_all_later_or_all_before),
		TEST_MINUTE(an_archive_that_has_something_twice_is_not_believed),
		TEST_MINUTE(rows_that_the_archive_lacks_are_unknown),
		TEST_MINUTE(visits_end_when_one_fails),
	};

	return cmocka_run_group_tests_name("last_minute", tests, NULL, NULL);
}
