/* SPDX-License-Identifier: ISC
 *
 * Complaints about metric definitions, each with its file and line.
 */
#include "metric/check.h"
#include "store/store.h"
#include "tests/unit/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static struct db *store;
static struct metric_pack *packs;
static struct err err;

static int
enter(void **state)
{
	packs = metric_pack_open();
	return folder_enter(state) < 0 ||
	    store_open(&store, DB_TEMPORARY, DB_WRITE, 0, &err) < 0 ? -1 : 0;
}

static int
leave(void **state)
{
	metric_pack_close(packs);
	db_close(store);
	return folder_leave(state);
}

/* Adds a file of that text to what is checked. */
static void
add(const char *path, const char *text)
{
	assert_int_equal(folder_put_text(path, text), 0);
	if (metric_pack_add(packs, path, &err) < 0)
		fail_msg("%s", err.text);
}

static void
complains(size_t count, const char *expected)
{
	struct buf out = BUF_EMPTY;

	assert_int_equal(metric_check(packs, store, &out), count);
	assert_string_equal(buf_text(&out), expected);
	buf_release(&out);
}

static void
nothing_is_wrong(void **state)
{
	(void)state;
	complains(0, "");
	add("./a_total.yaml", "metric: a_total\ntype: counter\nhelp: h\n"
	    "source: {event: http}\nlabels: {host: host}\n");
	add("./bb_seconds.yaml", "metric: bb_seconds\ntype: histogram\nhelp: h\n"
	    "source: {event: http}\nvalue: elapsed_ms\nbuckets: [1]\n");
	add("./c_info.sql", "-- metric: c_info\n-- type: info\n-- help: h\n"
	    "SELECT run_id, 1 AS value FROM downloads WHERE run_id = :run_id\n");
	complains(0, "");
}

static void
counted_metrics(void **state)
{
	(void)state;
	add("./a_ms.yaml", "# words\nmetric: a_ms\ntype: counter\nhelp: h\n"
	    "source: {event: http}\nlabels: {job: cohort, hostName: host}\n");
	complains(4,
	    "./a_ms.yaml: line 2: metric a_ms: ms is no base unit; better a_seconds\n"
	    "./a_ms.yaml: line 2: metric a_ms: the name of a counter must end in _total\n"
	    "./a_ms.yaml: line 2: label job: a scrape sets this label and renames ours to"
	    " exported_job; better job_name\n"
	    "./a_ms.yaml: line 2: label hostName: write snake_case, not camelCase\n");
}

static void
sql_metrics(void **state)
{
	(void)state;
	add("./x_total.sql", "-- metric: x_total\n-- type: counter\n-- help: h\n\n"
	    "SELECT host AS le, 1 AS value FROM http_events\n");
	add("./y.sql", "-- metric: y\n-- type: stateset\n-- help: h\n"
	    "SELECT 1 AS value\n");
	complains(2,
	    "./x_total.sql: line 5: label le: belongs to histograms\n"
	    "./y.sql: line 4: metric y: a stateset has its states in a label that is named"
	    " as the metric\n");
}

/* One that SQLite refuses does not hide the others. */
static void
tables_and_columns_that_no_store_has(void **state)
{
	(void)state;
	add("./a.sql", "-- metric: a\n-- type: gauge\n-- help: h\n"
	    "SELECT nosuch AS value FROM downloads\n");
	add("./aa.sql", "-- metric: aa\n-- type: gauge\n-- help: h\n\n\n"
	    "SELECT 1 AS value FROM nosuch\n");
	add("./bb_kb.sql", "-- metric: bb_kb\n-- type: gauge\n-- help: h\n"
	    "SELECT 1 AS value\n");
	add("./cc.sql", "-- metric: cc\n-- type: gauge\n-- help: h\n"
	    "SELECT 1 AS number FROM downloads\n");
	complains(4, "./a.sql: line 4: no such column: nosuch\n"
	    "./aa.sql: line 6: no such table: nosuch\n"
	    "./bb_kb.sql: line 4: metric bb_kb: kb is no base unit; better bb_bytes\n"
	    "./cc.sql: line 4: no column is named value\n");
}

/* What is wrong before a statement is looked at, does not hide the others either. */
static void
faults_that_were_kept(void **state)
{
	(void)state;
	packs->keeps_faults = true;
	add("./a.sql", "-- metric: a\n-- type: gauge\n-- help: h\nDELETE FROM downloads\n");
	add("./aa.yaml", "metric: aa\ntype: counter\n\nhalp: h\n");
	add("./bb_kb.sql", "-- metric: bb_kb\n-- type: gauge\n-- help: h\n"
	    "SELECT 1 AS value\n");
	add("./cc.sql", "-- metric: dd\n");
	assert_int_equal(packs->count, 1);
	complains(4, "./a.sql: line 4: a definition is one SELECT (or WITH ... SELECT), not"
	    " DELETE\n"
	    "./aa.yaml: line 4: a metric has no field 'halp'; did you mean 'help'?\n"
	    "./cc.sql: line 1: metric: dd; the file must be named dd.sql\n"
	    "./bb_kb.sql: line 4: metric bb_kb: kb is no base unit; better bb_bytes\n");
}

/* What is built in is right, but for the names that an older exporter had. */
static void
built_in_packs(void **state)
{
	struct buf out = BUF_EMPTY;

	(void)state;
	if (metric_pack_add_built_in(packs, &err) < 0)
		fail_msg("%s", err.text);
	assert_true(packs->count > 30);
	assert_int_equal(metric_check(packs, store, &out), 7);
	for (const char *line = buf_text(&out); *line != '\0'; line = strchr(line, '\n') + 1)
		assert_memory_equal(line, "schema/metric/docstokg/", 23);
	buf_release(&out);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, enter, leave)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_wrong),
		TEST(counted_metrics),
		TEST(sql_metrics),
		TEST(tables_and_columns_that_no_store_has),
		TEST(faults_that_were_kept),
		TEST(built_in_packs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
