/* SPDX-License-Identifier: ISC
 *
 * Fields of a configuration: their values, and the messages for wrong fields,
 * with their lines.
 */
#include "json/spec.h"
#include "json/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)

static struct yaml *tree;
static struct err err;
static const struct spec spec = { "a.yaml", &err };

/* Returns the tree of a text, which is valid until the next call. */
static const struct yaml_node *
node_of(const char *text)
{
	yaml_close(tree);
	tree = NULL;
	err = (struct err){ 0, "" };
	if (yaml_open(&tree, text, strlen(text), &err) < 0)
		fail_msg("%s", err.text);
	return yaml_document(tree, 0);
}

static void
said(const char *words)
{
	assert_string_equal(err.text, words);
	assert_int_equal(err.exit_code, EXIT_CONFIG);
}

static void
an_error_names_file_and_line(void **state)
{
	const struct yaml_node *node = node_of("\n\na: 1\n");

	(void)state;
	assert_int_equal(spec_fail(&spec, node, "%s and %d", "words", 7), -1);
	said("a.yaml: line 3: words and 7");
}

static void
known_fields_pass(void **state)
{
	static const char *const fields[] = { "name", "title", NULL };

	(void)state;
	assert_int_equal(spec_fields(&spec, node_of("{}"), "it", fields), 0);
	assert_int_equal(spec_fields(&spec, node_of("title: x"), "it", fields), 0);
	assert_int_equal(spec_fields(&spec, node_of("title: x\nname: [1]"), "it", fields), 0);
	assert_string_equal(err.text, "");
}

static void
unknown_fields_are_refused(void **state)
{
	static const char *const fields[] = { "name", "title", "color", NULL };
	static const char *const one[] = { "name", NULL };

	(void)state;
	assert_int_equal(spec_fields(&spec, node_of("name: x\ntitel: y"), "it", fields), -1);
	said("a.yaml: line 2: it has no field 'titel'; did you mean 'title'?");
	assert_int_equal(spec_fields(&spec, node_of("zzzzzzzz: y"), "it", fields), -1);
	said("a.yaml: line 1: it has no field 'zzzzzzzz'; it may have name, title or color");
	assert_int_equal(spec_fields(&spec, node_of("zzzzzzzz: y"), "it", one), -1);
	said("a.yaml: line 1: it has no field 'zzzzzzzz'; it may have name");
	/* The beginning of the name of a field is another name. */
	assert_int_equal(spec_fields(&spec, node_of("names: y"), "it", one), -1);
	assert_int_equal(spec_fields(&spec, node_of("nam: y"), "it", one), -1);
}

static void
only_a_mapping_has_fields(void **state)
{
	static const char *const fields[] = { "name", NULL };

	(void)state;
	assert_int_equal(spec_fields(&spec, node_of("[name]"), "it", fields), -1);
	said("a.yaml: line 1: it: expected fields (name: value)");
	assert_int_equal(spec_fields(&spec, node_of("name"), "it", fields), -1);
}

static void
a_text_is_read(void **state)
{
	const char *text = "before";

	(void)state;
	assert_int_equal(spec_text(&spec, node_of("a: b c"), "a", SPEC_REQUIRED, &text), 0);
	assert_string_equal(text, "b c");
	/* As written, whatever it means in YAML. */
	assert_int_equal(spec_text(&spec, node_of("a: 0.9990"), "a", SPEC_REQUIRED, &text), 0);
	assert_string_equal(text, "0.9990");
	assert_int_equal(spec_text(&spec, node_of("a: \"null\""), "a", SPEC_REQUIRED, &text), 0);
	assert_string_equal(text, "null");
}

static void
a_missing_text(void **state)
{
	const char *text = "before";

	(void)state;
	assert_int_equal(spec_text(&spec, node_of("b: 1"), "a", SPEC_OPTIONAL, &text), 0);
	assert_null(text);
	text = "before";
	assert_int_equal(spec_text(&spec, node_of("\nb: 1"), "a", SPEC_REQUIRED, &text), -1);
	said("a.yaml: line 2: 'a' is missing");
	assert_null(text);
}

static void
what_is_no_text(void **state)
{
	static const char *const bad[] = { "a:", "a: ~", "a: null", "a: ''", "a: [b]",
		"a: {b: c}" };
	const char *text;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		/* An empty field is an error, whether it is required or not. */
		assert_int_equal(spec_text(&spec, node_of(bad[i]), "a", SPEC_OPTIONAL, &text), -1);
		said("a.yaml: line 1: 'a' must be text");
	}
}

static void
integers(void **state)
{
	int64_t value = 7;

	(void)state;
	assert_int_equal(spec_integer(&spec, node_of("b: 1"), "a", 0, 9, &value), 0);
	assert_int_equal(value, 7);
	assert_int_equal(spec_integer(&spec, node_of("a: 9"), "a", 0, 9, &value), 0);
	assert_int_equal(value, 9);
	assert_int_equal(spec_integer(&spec, node_of("a: 0"), "a", 0, 9, &value), 0);
	assert_int_equal(value, 0);
	value = 7;
	assert_int_equal(spec_integer(&spec, node_of("\na: 10"), "a", 0, 9, &value), -1);
	said("a.yaml: line 2: 'a' is '10', not an integer from 0 to 9");
	assert_int_equal(spec_integer(&spec, node_of("a: -1"), "a", 0, 9, &value), -1);
	assert_int_equal(spec_integer(&spec, node_of("a: 1.0"), "a", 0, 9, &value), -1);
	assert_int_equal(spec_integer(&spec, node_of("a: [1]"), "a", 0, 9, &value), -1);
	assert_int_equal(value, 7);
}

static void
booleans(void **state)
{
	bool value = true;

	(void)state;
	assert_int_equal(spec_boolean(&spec, node_of("b: false"), "a", &value), 0);
	assert_true(value);
	assert_int_equal(spec_boolean(&spec, node_of("a: false"), "a", &value), 0);
	assert_false(value);
	assert_int_equal(spec_boolean(&spec, node_of("b: true"), "a", &value), 0);
	assert_false(value);
	assert_int_equal(spec_boolean(&spec, node_of("a: true"), "a", &value), 0);
	assert_true(value);
	assert_int_equal(spec_boolean(&spec, node_of("a: yes"), "a", &value), -1);
	said("a.yaml: line 1: 'a' is 'yes', not false or true");
	assert_true(value);
}

/* OpenSLO v1, "Duration shorthand": m h d w M Q Y; M is a month. */
static void
durations(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} good[] = {
		{ "a: 1m", 60000 }, { "a: 5m", 300000 }, { "a: 1h", HOUR_MS },
		{ "a: 30d", 30 * DAY_MS }, { "a: 4w", 28 * DAY_MS }, { "a: 1M", 30 * DAY_MS },
		{ "a: 1Q", 90 * DAY_MS }, { "a: 1Y", 365 * DAY_MS }, { "a: 007d", 7 * DAY_MS },
		/* The longest of each unit: 100 years of 365 days. */
		{ "a: 100Y", 36500 * DAY_MS }, { "a: 36500d", 36500 * DAY_MS },
		{ "a: 876000h", 36500 * DAY_MS },
	};
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (spec_duration_ms(&spec, node_of(good[i].text), "a", &ms) < 0)
			fail_msg("%s", err.text);
		assert_int_equal(ms, good[i].ms);
	}
}

static void
what_is_no_duration(void **state)
{
	static const char *const bad[] = { "a: 0m", "a: 5", "a: m", "a: 5s", "a: 5ms", "a: 5mm",
		"a: -5m", "a: +5m", "a: 1.5h", "a: 5 m", "a: 5H", "a: 101Y", "a: 36501d",
		"a: 876001h", "a: 00000001d", "a: 99999999999999999999d" };
	int64_t ms = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (spec_duration_ms(&spec, node_of(bad[i]), "a", &ms) == 0)
			fail_msg("%s was read as %lld ms", bad[i], (long long)ms);
		assert_int_equal(err.exit_code, EXIT_CONFIG);
	}
	assert_int_equal(ms, 7);
	assert_int_equal(spec_duration_ms(&spec, node_of("a: 5s"), "a", &ms), -1);
	said("a.yaml: line 1: 'a' is '5s', not a duration such as 5m, 1h, 30d, 4w or 1M (a "
	    "month), of at most 100 years");
	assert_int_equal(spec_duration_ms(&spec, node_of("b: 5m"), "a", &ms), -1);
	said("a.yaml: line 1: 'a' is missing");
}

static void
choices(void **state)
{
	static const char *const words[] = { "red", "green", "blue", NULL };
	int choice = 7;

	(void)state;
	assert_int_equal(spec_choice(&spec, node_of("b: red"), "a", SPEC_OPTIONAL, words,
	    &choice), 0);
	assert_int_equal(choice, 7);
	assert_int_equal(spec_choice(&spec, node_of("a: red"), "a", SPEC_REQUIRED, words,
	    &choice), 0);
	assert_int_equal(choice, 0);
	assert_int_equal(spec_choice(&spec, node_of("a: blue"), "a", SPEC_REQUIRED, words,
	    &choice), 0);
	assert_int_equal(choice, 2);
	assert_int_equal(spec_choice(&spec, node_of("a: Red"), "a", SPEC_OPTIONAL, words,
	    &choice), -1);
	said("a.yaml: line 1: 'a' is 'Red', not red, green or blue");
	assert_int_equal(spec_choice(&spec, node_of("b: 1"), "a", SPEC_REQUIRED, words,
	    &choice), -1);
	said("a.yaml: line 1: 'a' is missing");
	assert_int_equal(choice, 2);
}

static int
close_tree(void **state)
{
	(void)state;
	yaml_close(tree);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_error_names_file_and_line),
		cmocka_unit_test(known_fields_pass),
		cmocka_unit_test(unknown_fields_are_refused),
		cmocka_unit_test(only_a_mapping_has_fields),
		cmocka_unit_test(a_text_is_read),
		cmocka_unit_test(a_missing_text),
		cmocka_unit_test(what_is_no_text),
		cmocka_unit_test(integers),
		cmocka_unit_test(booleans),
		cmocka_unit_test(durations),
		cmocka_unit_test(what_is_no_duration),
		cmocka_unit_test(choices),
	};

	return cmocka_run_group_tests_name("spec", tests, NULL, close_tree);
}
