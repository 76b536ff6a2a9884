/* SPDX-License-Identifier: ISC
 *
 * Values that a count keeps, against what SQL says of the rows: after each transaction, from
 * the file and without it.
 */
#include "tests/unit/count/opened.h"

#define BOUNDS "20,100,150"

/* Of all texts that SQL and the count make of the groups, one a line. */
struct said {
	struct count *count;
	size_t which;
	struct buf text;
};

static struct slo_definition
of_values(const char *value, const char *where)
{
	return (struct slo_definition){ .events = definitions[0].events, .where = where,
		.value = value, .bounds = BOUNDS, .group = { "host" }, .group_count = 1 };
}

static int
say(void *context, const struct count_visit *visit, struct err *failure)
{
	struct said *said = context;
	struct count_value value;
	char *host;

	assert_int_equal(count_value_read(&value, visit->bytes, visit->len, 3, failure), 0);
	done(count_read_group(said->count, visit->group_no, &host, 1, failure));
	buf_printf(&said->text, "%s|%" PRId64 "|%" PRId64 "|%.1f|%" PRId64 "|%" PRId64
	    "|%" PRId64 "|%" PRId64 "|%" PRId64 "|%" PRId64 "|%.1f\n", host, value.count,
	    value.unknown, count_value_sum(&value), value.buckets[0], value.buckets[1],
	    value.buckets[2], value.buckets[3], value.count > 0 ? value.first_ms : 0,
	    value.count > 0 ? value.last_ms : 0, value.last);
	free(host);
	return 0;
}

static int
compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Puts the lines, which end with a newline, in order. Hosts may have newlines in them, so
 * both texts are put in the same disorder. */
static char *
sorted(struct buf *text)
{
	size_t count = 0;
	char **lines = mem_new(text->len + 1, sizeof(*lines));
	struct buf out = BUF_EMPTY;

	buf_add(text, "", 0);
	for (char *line = strtok(text->data, "\n"); line != NULL; line = strtok(NULL, "\n"))
		lines[count++] = line;
	if (count > 0)
		qsort(lines, count, sizeof(*lines), compare_lines);
	for (size_t i = 0; i < count; i++)
		buf_printf(&out, "%s\n", lines[i]);
	free(lines);
	return out.data != NULL ? out.data : mem_text("");
}

static char *
sql_says(const char *value, const char *where)
{
	struct buf sql = BUF_EMPTY, text = BUF_EMPTY;
	struct db_statement *rows;
	char *result;

	buf_printf(&sql, "SELECT host, count(v), sum(v IS NULL), total(v),"
	    " count(*) FILTER (WHERE v <= 20), count(*) FILTER (WHERE v > 20 AND v <= 100),"
	    " count(*) FILTER (WHERE v > 100 AND v <= 150), count(*) FILTER (WHERE v > 150),"
	    " coalesce(min(ts_ms) FILTER (WHERE v IS NOT NULL), 0),"
	    " coalesce(max(ts_ms) FILTER (WHERE v IS NOT NULL), 0),"
	    " coalesce((SELECT %s FROM http_events AS last WHERE last.host = all_.host"
	    " AND (%s) AND (%s) IS NOT NULL ORDER BY ts_ms DESC, id DESC LIMIT 1), 0.0)"
	    " FROM (SELECT *, %s AS v FROM http_events WHERE %s) AS all_ GROUP BY host",
	    value, where, value, value, where);
	done(db_prepare(db, &rows, buf_text(&sql), &err));
	while (db_step(rows, &err) == 1) {
		buf_printf(&text, "%s|", db_column_text(rows, 0));
		for (int i = 1; i < 11; i++)
			if (i == 3 || i == 10)
				buf_printf(&text, "%.1f%s", db_column_real(rows, i),
				    i == 10 ? "\n" : "|");
			else
				buf_printf(&text, "%" PRId64 "|", db_column_integer(rows, i));
	}
	db_finalize(rows);
	buf_release(&sql);
	result = sorted(&text);
	buf_release(&text);
	return result;
}

static void
expect_values(const struct count_options *options)
{
	static const char *const values[] = { "elapsed_ms", "1", "elapsed_ms / 3.0" };
	static const char *const wheres[] = { "from_cache", "status < 400", "host <> 'a'" };
	struct slo_definition all[DEFINITIONS + 3];
	struct count *count;

	memcpy(all, definitions, sizeof(definitions));
	for (size_t i = 0; i < 3; i++)
		all[DEFINITIONS + i] = of_values(values[i], wheres[i]);
	done(count_open(&count, db, all, DEFINITIONS + 3, options, &err));
	for (size_t i = 0; i < DEFINITIONS; i++)
		reading_expect(count, i, &made[i]);
	for (size_t i = 0; i < 3; i++) {
		struct said said = { .count = count, .which = DEFINITIONS + i };
		char *is, *expected = sql_says(values[i], wheres[i]);

		done(count_read_values(count, DEFINITIONS + i, say, &said, &err));
		is = sorted(&said.text);
		assert_string_equal(is, expected);
		buf_release(&said.text);
		free(is);
		free(expected);
	}
	count_close(count);
}

static void
values_are_those_of_the_rows(void **state)
{
	const struct count_options with_file = { .path = NULL };
	const struct count_options alone = { .has_no_file = true };

	(void)state;
	for (int i = 0; i < 10; i++) {
		traffic_transaction(random_below(60));
		expect_values(&with_file);
		if (random_below(3) == 0)
			expect_values(&alone);
		if (random_below(5) == 0)
			assert_int_equal(unlink("t.db.counts"), 0);
	}
}

/* The file is read, and what is new is kept over it. */
static void
values_are_completed_beside_a_file_that_is_held(void **state)
{
	const struct count_options with_file = { .path = NULL };
	struct db *other;

	(void)state;
	traffic_transaction(60);
	expect_values(&with_file);
	done(db_open(&other, "t.db.counts", DB_SHARE, 0, &err));
	done(db_begin(other, &err));
	traffic_transaction(30);
	expect_values(&with_file);
	db_rollback(other);
	db_close(other);
	expect_values(&with_file);
}

static void
bounds_that_are_none_are_refused(void **state)
{
	struct slo_definition definition = of_values("1", NULL);
	const struct count_options options = { .has_no_file = true };
	struct count *count;

	(void)state;
	definition.bounds = "3,2";
	traffic_transaction(5);
	assert_int_equal(count_open(&count, db, &definition, 1, &options, &err), -1);
	assert_int_equal(err.exit_code, EXIT_DATA);
}


#define COUNT_TEST(function) \
	cmocka_unit_test_setup_teardown(function, enter_counts, leave_counts)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		COUNT_TEST(values_are_those_of_the_rows),
		COUNT_TEST(values_are_completed_beside_a_file_that_is_held),
		COUNT_TEST(bounds_that_are_none_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
