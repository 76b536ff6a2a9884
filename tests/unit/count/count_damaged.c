/* SPDX-License-Identifier: ISC
 *
 * Files of counts that are damaged, or something else: that is an error which goes away
 * without the file, or the numbers are those of the rows.
 */
#include "tests/unit/count/opened.h"

/* Reads what there is, whatever it says. */
static int
pass_over(struct count *count, const struct count_visit *visit, struct count_row *row,
    struct err *failure)
{
	char *values[SLO_MAX_GROUP] = { NULL };

	if (count_read_group(count, visit->group_no, values, SLO_MAX_GROUP, failure) < 0)
		return -1;
	for (size_t i = 0; i < SLO_MAX_GROUP; i++)
		free(values[i]);
	return count_row_read(row, visit->bytes, visit->len, failure);
}

static int
pass_hour(void *count, const struct count_visit *visit, struct err *failure)
{
	struct count_row row;

	count_row_init_hour(&row, visit->from_ms);
	return pass_over(count, visit, &row, failure);
}

static int
pass_day(void *count, const struct count_visit *visit, struct err *failure)
{
	struct count_row row;

	count_row_init_day(&row, visit->from_ms);
	return pass_over(count, visit, &row, failure);
}

/* Returns whether it could be read. */
static bool
read_all(struct count *count)
{
	for (size_t i = 0; i < DEFINITIONS; i++)
		if (count_read_days(count, i, 0, INT64_MAX / 2, pass_day, count, &err) < 0 ||
		    count_read_hours(count, i, 0, INT64_MAX / 2, pass_hour, count,
		    &err) < 0 ||
		    count_read_totals(count, i, pass_day, count, &err) < 0)
			return false;
	return true;
}

/* The numbers are those of the rows, or it is an error that goes away without the file. */
static void
a_damaged_file_is_noticed(void **state)
{
	static const char *const damages[] = {
		"UPDATE count_days SET hours = x'00ff', good = -1",
		"UPDATE count_hours SET minutes = x'ff'",
		"UPDATE count_totals SET newest_ms = -5",
		"DROP TABLE count_totals",
		"DELETE FROM count_groups",
	};
	const struct count_options alone = { .has_no_file = true };

	(void)state;
	traffic_transaction(100);
	expect(true, true);
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		const struct count_options options = { .path = NULL };
		struct count *count;
		bool is_noticed;

		change_counts_file(damages[i]);
		is_noticed = count_open(&count, db, definitions, DEFINITIONS, &options,
		    &err) < 0;
		if (!is_noticed) {
			is_noticed = !read_all(count);
			count_close(count);
		}
		assert_true(is_noticed);
		count_close(open_counts(&alone));
		assert_int_equal(unlink("t.db.counts"), 0);
		expect(true, true);
	}
}

/* Any bytes: an error, or numbers; never the end of the program. */
static void
any_damage_is_withstood(void **state)
{
	const struct count_options options = { .path = NULL };
	static char bytes[1 << 20];
	size_t len;
	FILE *stream;
	int opened = 0;

	(void)state;
	traffic_transaction(100);
	expect(true, true);
	stream = fopen("t.db.counts", "re");
	len = fread(bytes, 1, sizeof(bytes), stream);
	fclose(stream);
	for (int round = 0; round < 100; round++) {
		struct count *count;
		char old[16];
		size_t at = random_below(len - sizeof(old));

		memcpy(old, bytes + at, sizeof(old));
		for (size_t i = 0; i < 1 + random_below(sizeof(old)); i++)
			bytes[at + i] = (char)random_next();
		assert_int_equal(folder_put("t.db.counts", bytes,
		    round % 10 == 0 ? random_below(len) : len), 0);
		memcpy(bytes + at, old, sizeof(old));
		if (count_open(&count, db, definitions, DEFINITIONS, &options, &err) < 0)
			continue;
		opened++;
		(void)read_all(count);
		count_close(count);
	}
	assert_true(opened > 0);
}

static void
what_is_no_file_of_counts_is_an_error(void **state)
{
	const struct count_options own = { .path = "t.db" }, options = { .path = NULL };
	struct count *count;

	(void)state;
	traffic_transaction(20);
	assert_int_equal(count_open(&count, db, definitions, DEFINITIONS, &own, &err), -1);
	assert_int_equal(err.exit_code, EXIT_DATA);
	assert_int_equal(folder_put_text("t.db.counts", "something else"), 0);
	assert_int_equal(count_open(&count, db, definitions, DEFINITIONS, &options, &err), -1);
	assert_int_equal(err.exit_code, EXIT_DATA);
	/* The database has no transaction that was left open. */
	traffic_transaction(5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_COUNTS(a_damaged_file_is_noticed),
		TEST_COUNTS(any_damage_is_withstood),
		TEST_COUNTS(what_is_no_file_of_counts_is_an_error),
	};

	return cmocka_run_group_tests_name("count_damaged", tests, NULL, NULL);
}
