/* SPDX-License-Identifier: ISC */
#include "ingest/suggest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct buf line, note;

static bool
suggest(const char *kind, const char *key, struct suggest_values values)
{
	buf_reset(&line);
	buf_reset(&note);
	return suggest_field(&line, &note, kind, key, &values);
}

#define VALUES(...) (struct suggest_values){ __VA_ARGS__ }

static void
finds_the_type(void **state)
{
	static const struct {
		struct suggest_values values;
		const char *type;
	} cases[] = {
		{ { .seen = 2, .integers = 2 }, "INTEGER" },
		{ { .seen = 2, .integers = 1, .reals = 1 }, "REAL" },
		{ { .seen = 1, .reals = 1 }, "REAL" },
		{ { .seen = 3, .texts = 2, .nulls = 1 }, "TEXT" },
		{ { .seen = 1, .booleans = 1 }, "BOOLEAN" },
		{ { .seen = 1, .nested = 1 }, "JSON" },
		{ { .seen = 2, .integers = 1, .booleans = 1 }, NULL },
		{ { .seen = 2, .texts = 1, .nested = 1 }, NULL },
		{ { .seen = 1, .nulls = 1 }, NULL },
		{ { .seen = 2, .texts = 1 }, NULL },
		{ { .seen = 0 }, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool has = suggest("http", "new_ms", cases[i].values);

		assert_int_equal(has, cases[i].type != NULL);
		assert_true(has || (line.len == 0 && note.len > 0));
		if (has)
			assert_non_null(strstr(buf_text(&line),
			    cases[i].type));
	}
}

static void
wants_names_that_build(void **state)
{
	static const char *const wrong[] = { "", "A", "a-b", "1a", "_a", "a b",
		"\xc3\xa9", "group", "switch", "ts_ms", "seq", "status", "id",
		"extra", "host" };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_false(suggest("http", wrong[i],
		    VALUES(.seen = 1, .texts = 1)));
		assert_int_equal(line.len, 0);
		assert_true(note.len > 0);
	}
	/* The fields of other events are free names for this event. */
	assert_true(suggest("weather", "host", VALUES(.seen = 1, .texts = 1)));
	assert_string_equal(buf_text(&line), "FIELD(weather, host, TEXT, "
	    "OPTIONAL, \"\", \"Seen in 1 event.\")");
	assert_int_equal(note.len, 0);
}

static void
minds_the_units_of_numbers(void **state)
{
	(void)state;
	assert_true(suggest("http", "size", VALUES(.seen = 1, .integers = 1)));
	assert_true(note.len > 0);
	assert_true(suggest("http", "ms",
	    VALUES(.seen = 1, .integers = 1)));
	assert_true(note.len > 0);
	assert_true(suggest("http", "size_bytes",
	    VALUES(.seen = 1, .integers = 1)));
	assert_int_equal(note.len, 0);
	assert_true(suggest("http", "value", VALUES(.seen = 1, .reals = 1)));
	assert_int_equal(note.len, 0);
	assert_true(suggest("http", "size", VALUES(.seen = 1, .texts = 1)));
	assert_int_equal(note.len, 0);
}

static void
frames_an_event(void **state)
{
	(void)state;
	buf_reset(&line);
	buf_reset(&note);
	assert_true(suggest_event(&line, &note, "weather", 2));
	assert_string_equal(buf_text(&line), "EVENT(weather, \"weather\", "
	    "\"weather_events\", \"Seen 2 times.\")");
	buf_reset(&line);
	suggest_end(&line, "weather");
	assert_string_equal(buf_text(&line), "END(weather)");
	buf_reset(&line);
	assert_false(suggest_event(&line, &note, "Big Bang", 2));
	assert_false(suggest_event(&line, &note, "x\"", 2));
	assert_int_equal(line.len, 0);
}

static int
release(void **state)
{
	(void)state;
	buf_release(&line);
	buf_release(&note);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_type),
		cmocka_unit_test(wants_names_that_build),
		cmocka_unit_test(minds_the_units_of_numbers),
		cmocka_unit_test(frames_an_event),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
