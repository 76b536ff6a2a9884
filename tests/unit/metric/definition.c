/* SPDX-License-Identifier: ISC
 *
 * Metric definitions that are accepted, and the messages for wrong ones.
 */
#include "metric/definition.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define HEAD "-- metric: m\n-- type: gauge\n-- help: h\n"

static void
test_whole(void **state)
{
	static const char text[] = "\n  -- help:  a: 'b'  \r\n--type:summary\n"
	    "-- other: words\n\t-- metric: m\n\n/* ; */ SELECT ';' AS a,\n"
	    ":run_id AS \":b\", 1 AS value; -- ;\n ; /* end";
	struct metric_definition definition;
	struct err err;

	(void)state;
	assert_int_equal(metric_definition_parse(&definition, "a.sql/m.sql",
	    text, strlen(text), &err), 0);
	assert_string_equal(definition.name, "m");
	assert_string_equal(definition.help, "a: 'b'");
	assert_int_equal(definition.type, PROMETHEUS_SUMMARY);
	assert_int_equal(definition.line, 7);
	assert_true(definition.uses_run);
	assert_false(definition.reads_run);
	assert_string_equal(definition.text, text);
	metric_definition_release(&definition);
}

/* Parses text as a file and expects the error words; NULL for no error. */
static void
parse_as(const char *file, const char *text, size_t len, const char *words)
{
	struct metric_definition definition;
	struct err err = { 0, "" };
	int result = metric_definition_parse(&definition, file, text, len, &err);

	assert_int_equal(result, words == NULL ? 0 : -1);
	if (words != NULL) {
		assert_string_equal(err.text, words);
		assert_int_equal(err.exit_code, EXIT_CONFIG);
	}
	metric_definition_release(&definition);
}

static void
test_rows(void **state)
{
	static const char *const texts[][2] = {
		{ HEAD "-- rows: run\nSELECT :run_id AS a, 1 AS value", NULL },
		{ HEAD "-- rows: run\nSELECT 1 AS value", "m.sql: line 5: rows: run, but the"
		    " statement has no :run_id" },
		{ HEAD "-- rows: runs\nSELECT 1 AS value", "m.sql: line 4: rows: must be"
		    " 'run', not runs" },
		{ HEAD "-- rows: run\n-- rows: run\nSELECT 1 AS value", "m.sql: line 5: given"
		    " twice: rows" },
	};
	struct metric_definition definition;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		parse_as("m.sql", texts[i][0], strlen(texts[i][0]), texts[i][1]);
	assert_int_equal(metric_definition_parse(&definition, "m.sql", texts[0][0],
	    strlen(texts[0][0]), &err), 0);
	assert_true(definition.reads_run);
	metric_definition_release(&definition);
}

static void
parse(const char *text, size_t len, const char *words)
{
	parse_as("m.sql", text, len, words);
}

static void
test_statement(void **state)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
		{ HEAD "select 1", NULL },
		{ HEAD "With x as (select 1) select 2;;", NULL },
		{ HEAD "SELECT [:a;], `?`, 'it''s ;', a$b FROM t", NULL },
		{ HEAD "SELECT '", NULL }, /* SQLite reports this */
		{ HEAD "SELECT /* ", NULL },
		{ HEAD, "m.sql: line 4: no SELECT follows the comments" },
		{ HEAD "/*\n*/\n", "m.sql: line 6: no SELECT follows the comments" },
		{ HEAD ";", "m.sql: line 4: a definition is one SELECT (or WITH "
		    "... SELECT), not ;" },
		{ HEAD "\n\nSELECTED", "m.sql: line 6: a definition is one "
		    "SELECT (or WITH ... SELECT), not SELECTED" },
		{ HEAD "SELECT 1;\nSELECT 2", "m.sql: line 5: a definition is one "
		    "SELECT; after its ';' there is more: SELECT" },
		{ HEAD "SELECT 'a\nb',\n?", "m.sql: line 6: the only parameter is "
		    ":run_id, not ?" },
		{ HEAD "SELECT :run_ids", "m.sql: line 4: the only parameter is "
		    ":run_id, not :run_ids" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		parse(rows[i].text, strlen(rows[i].text), rows[i].words);
}

static void
test_headers(void **state)
{
	static const char nul[] = HEAD "SELECT 1\0";

	(void)state;
	parse("", 0, "m.sql: line 1: the comments that the file begins with "
	    "lack a line -- metric: NAME");
	parse("--", 2, "m.sql: line 1: the comments that the file begins with "
	    "lack a line -- metric: NAME");
	parse("-- metric:", 10, "m.sql: line 1: nothing follows metric");
	parse("-- metric", 9, "m.sql: line 1: the comments that the file begins "
	    "with lack a line -- metric: NAME");
	parse(nul, sizeof(nul) - 1, "m.sql: line 4: a NUL byte: this is not text");
}

static void
test_total(void **state)
{
	static const struct {
		const char *name, *type, *words;
	} rows[] = {
		{ "m_total", "counter", NULL },
		{ "m_total_ratio", "gauge", NULL },
		{ "total", "gauge", NULL },
		{ "m_total", "gauge", "m_total.sql: line 2: metric m_total: a name that ends "
		    "in _total is that of a counter; the type is gauge" },
		{ "_total", "untyped", "_total.sql: line 2: metric _total: a name that ends "
		    "in _total is that of a counter; the type is unknown" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char file[40], text[120];

		snprintf(file, sizeof(file), "%s.sql", rows[i].name);
		snprintf(text, sizeof(text), "-- type: %s\n-- metric: %s\n"
		    "-- help: h\nSELECT 1", rows[i].type, rows[i].name);
		parse_as(file, text, strlen(text), rows[i].words);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_statement),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_total),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
