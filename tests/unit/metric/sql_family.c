/* SPDX-License-Identifier: ISC
 *
 * Samples of metrics that SQL defines: columns, runs, the limit of time, and whose fault a
 * failure is.
 */
#include "metric/sql_family.h"
#include "metric/exposition.h"
#include "tests/unit/leap.h"
#include "tests/unit/temporary_db.h"

#include <string.h>

#define HEAD "-- metric: x\n-- type: gauge\n-- help: h\n"

static int
enter(void **state)
{
	leap_calls = -1;
	leap_seconds = 6;
	if (open_temporary_db(state) < 0)
		return -1;
	return db_run(db, "CREATE TABLE t (run_id, a, b);"
	    " INSERT INTO t VALUES ('r1', 'one', 1), ('r2', 'two', 2)", &err);
}

static void
read_definition(struct metric_definition *definition, const char *sql)
{
	struct buf text = BUF_EMPTY;

	buf_printf(&text, HEAD "%s", sql);
	if (metric_definition_parse(definition, "d/x.sql", buf_text(&text), text.len,
	    &err) < 0)
		fail_msg("%s", err.text);
	buf_release(&text);
}

/* The samples that the statement gives of a run; the words of the error, where it fails. */
static void
gives(const char *sql, const char *run_id, bool names_run, const char *expected)
{
	struct metric_definition definition;
	struct prometheus_family family;
	struct buf out = BUF_EMPTY;
	int result;

	read_definition(&definition, sql);
	prometheus_init(&family, "x", PROMETHEUS_GAUGE, "");
	err = (struct err){ 0, "" };
	result = sql_family_add(&family, &definition, db, run_id, names_run, &err);
	if (result == 0)
		result = prometheus_settle(&family, &err);
	if (result == 0)
		result = exposition_print(EXPOSITION_TEXT, &family, NULL, 0, &out, &err);
	assert_string_equal(result == 0 ? buf_text(&out) : err.text, expected);
	if (result < 0)
		assert_int_equal(err.exit_code, EXIT_CONFIG);
	buf_release(&out);
	prometheus_release(&family);
	metric_definition_release(&definition);
}

#define TYPE "# TYPE x gauge\n"

static void
columns_are_labels_but_value_and_suffix(void **state)
{
	(void)state;
	gives("SELECT a, b AS value FROM t", NULL, false,
	    TYPE "x{a=\"one\"} 1\nx{a=\"two\"} 2\n");
	gives("SELECT b AS value, a, '' AS suffix, NULL AS c FROM t WHERE b = 2", NULL, false,
	    TYPE "x{a=\"two\"} 2\n");
	gives("SELECT NULL AS value", NULL, false, "");
	gives("SELECT 1 AS value WHERE 0", NULL, false, "");
}

static void
a_run_is_bound_and_named(void **state)
{
	static const char of_run[] = "SELECT b AS value FROM t WHERE run_id = :run_id";

	(void)state;
	gives(of_run, "r2", false, TYPE "x 2\n");
	gives(of_run, "r2", true, TYPE "x{run_id=\"r2\"} 2\n");
	gives(of_run, "r9", true, "");
	gives(of_run, NULL, false, "");
	/* A statement that names it itself is left as it is. */
	gives("SELECT run_id, b AS value FROM t WHERE run_id = :run_id", "r1", true,
	    TYPE "x{run_id=\"r1\"} 1\n");
}

static void
wrong_columns(void **state)
{
	(void)state;
	gives("SELECT 1 AS number", NULL, false, "d/x.sql: line 4: no column is named value");
	gives("\nSELECT 1 AS value, 2 AS value", NULL, false,
	    "d/x.sql: line 5: two columns are named value");
	gives("SELECT 1 AS value, '' AS suffix, '' AS suffix", NULL, false,
	    "d/x.sql: line 4: two columns are named suffix");
	gives("SELECT 1 AS value, 2 AS a, 3 AS a", NULL, false,
	    "d/x.sql: line 4: two columns are named a");
	gives("SELECT 1 AS value, 2 AS __a", NULL, false, "d/x.sql: line 4: column '__a' is"
	    " not a name for a label (letters, digits and _, no digit first, not __)");
}

/* A statement of so many labels; the caller releases it. */
static void
add_many(struct buf *sql, int count)
{
	buf_add_text(sql, "SELECT 1 AS value");
	for (int i = 0; i < count; i++)
		buf_printf(sql, ", %d AS l%d", i, i);
}

static void
as_many_labels_as_are_allowed(void **state)
{
	struct metric_definition definition;
	struct sql_family_labels labels;
	struct prometheus_family family;
	struct buf sql = BUF_EMPTY;

	(void)state;
	add_many(&sql, SQL_FAMILY_MAX_LABELS);
	read_definition(&definition, buf_text(&sql));
	prometheus_init(&family, "x", PROMETHEUS_GAUGE, "");
	assert_int_equal(sql_family_labels(&labels, &definition, db, &err), 0);
	assert_int_equal(labels.count, SQL_FAMILY_MAX_LABELS);
	sql_family_labels_release(&labels);
	/* The run is one more. */
	assert_int_equal(sql_family_add(&family, &definition, db, "r1", true, &err), 0);
	assert_non_null(strstr(family.keys.data, "l29=\"29\",run_id=\"r1\"}"));
	prometheus_release(&family);
	metric_definition_release(&definition);
	buf_reset(&sql);
	add_many(&sql, SQL_FAMILY_MAX_LABELS + 1);
	gives(buf_text(&sql), NULL, false, "d/x.sql: line 4: more than 30 labels");
	buf_release(&sql);
}

static void
the_names_of_labels(void **state)
{
	struct metric_definition definition;
	struct sql_family_labels labels;

	(void)state;
	read_definition(&definition, "SELECT a, b AS value, run_id FROM t"
	    " WHERE run_id = :run_id");
	assert_int_equal(sql_family_labels(&labels, &definition, db, &err), 0);
	assert_int_equal(labels.count, 2);
	assert_string_equal(labels.names[0], "a");
	assert_string_equal(labels.names[1], "run_id");
	sql_family_labels_release(&labels);
	assert_int_equal(labels.count, 0);
	metric_definition_release(&definition);
	read_definition(&definition, "SELECT c AS value FROM t");
	assert_int_equal(sql_family_labels(&labels, &definition, db, &err), -1);
	assert_string_equal(err.text, "d/x.sql: line 4: no such column: c");
	assert_int_equal(err.exit_code, EXIT_CONFIG);
	metric_definition_release(&definition);
}

static void
what_sqlite_refuses(void **state)
{
	(void)state;
	gives("SELECT 1 AS value FROM nosuch", NULL, false,
	    "d/x.sql: line 4: no such table: nosuch");
	gives("WITH x AS (SELECT 1) DELETE FROM t RETURNING 1 AS value", NULL, false,
	    "d/x.sql: line 4: the statement changes the database; it must only read");
}

/* A statement that is right may fail on what it reads. */
static void
a_statement_that_fails_has_no_samples(void **state)
{
	struct metric_definition definition;
	struct prometheus_family family;

	(void)state;
	prometheus_init(&family, "x", PROMETHEUS_GAUGE, "");
	read_definition(&definition, "SELECT sum(9223372036854775807) AS value FROM t");
	assert_int_equal(sql_family_add(&family, &definition, db, NULL, false, &err), 0);
	assert_int_equal(family.count, 0);
	assert_int_equal(family.dropped_count, 1);
	assert_string_equal(family.dropped.text, "integer overflow");
	prometheus_release(&family);
	metric_definition_release(&definition);
}

/* Without samples, those that came first too, and the next one is not told of it. */
static void
a_slow_statement_is_given_up(void **state)
{
	static const char words[] = "the statement took longer than 5000 ms";
	struct metric_definition definition;
	struct prometheus_family family;

	(void)state;
	prometheus_init(&family, "x", PROMETHEUS_GAUGE, "");
	read_definition(&definition, ENDLESS_ROWS " SELECT i AS value FROM n"
	    " WHERE i < 3 OR i > 1e15");
	leap_calls = 3;
	assert_int_equal(sql_family_add(&family, &definition, db, NULL, false, &err), 0);
	assert_int_equal(family.dropped_count, 2);
	assert_string_equal(family.dropped.text, words);
	/* Another run is not slow. */
	leap_calls = -1;
	metric_definition_release(&definition);
	read_definition(&definition, "SELECT b AS value FROM t WHERE b = 1");
	assert_int_equal(sql_family_add(&family, &definition, db, NULL, false, &err), 0);
	assert_int_equal(prometheus_settle(&family, &err), 0);
	assert_int_equal(family.count, 1);
	assert_int_equal(family.dropped_count, 2);
	prometheus_release(&family);
	metric_definition_release(&definition);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, enter, \
    close_temporary_db)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(columns_are_labels_but_value_and_suffix),
		TEST(a_run_is_bound_and_named),
		TEST(wrong_columns),
		TEST(as_many_labels_as_are_allowed),
		TEST(the_names_of_labels),
		TEST(what_sqlite_refuses),
		TEST(a_statement_that_fails_has_no_samples),
		TEST(a_slow_statement_is_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
