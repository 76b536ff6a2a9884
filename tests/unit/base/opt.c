/* SPDX-License-Identifier: ISC */
#include "base/opt.h"
#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct run {
	bool flag;
	const char *text;
	int format;
	int64_t number, wait_ms, at_ms;
	struct {
		int64_t bytes;
	} size;
	struct opt_list list;
};

static const struct opt options[] = {
	OPT_FLAG_AT("flag", 'f', flag, "a flag"),
	OPT_TEXT_AT("text", 't', "TEXT", text, "a text"),
	OPT_INTEGER_AT("number", 'n', "N", 1, 9, number, "a number"),
	OPT_DURATION_MS_AT("wait", 0, "TIME", 10, 60000, wait_ms, "a time"),
	OPT_SIZE_BYTES_AT("size", 0, "SIZE", 1, 1 << 20, size.bytes, "a size"),
	OPT_CHOICE_AT("format", 0, "lines|table|none", format, "a choice"),
	OPT_TIME_MS_AT("at", 0, at_ms, "a point in time"),
	OPT_LIST_AT("list", 0, "TEXT", list, "texts"),
};
/* The verbs "drop" and "show" take this one. */
static const struct opt others[] = {
	OPT_FLAG_AT("force", 'F', flag, "drop and show"),
};
static const struct opt_program program = { .synopsis = "[OPTION]...",
	.purpose = "Tests.", .options = options, .count = COUNT(options),
	.others = others, .other_count = COUNT(others) };

/* Parses words, NULL at their end; arguments keeps them for the test. */
static char *arguments[16], name[] = "test";
static struct run given;

static int
parse(struct err *err, ...)
{
	va_list words;
	int count = 1;

	opt_list_release(&given.list);
	given = (struct run){ .number = -1, .wait_ms = -1, .size.bytes = -1 };
	memset(err, 0, sizeof(*err));
	log_set_level(LOG_WARNING);
	arguments[0] = name;
	va_start(words, err);
	while ((arguments[count] = va_arg(words, char *)) != NULL)
		count++;
	va_end(words);
	return opt_parse(&program, &given, count, arguments, err);
}

#define END (char *)NULL

static void
takes_all_types(void **state)
{
	struct err err;
	int first = parse(&err, "--flag", "--text=a=b", "--number", "9", "--wait", "1.5s", "--size",
	    "64KiB", "--list", "x", "--list=y", "--format=none", END);

	(void)state;
	assert_int_equal(first, 13);
	assert_int_equal(given.format, 2);
	assert_true(given.flag);
	assert_string_equal(given.text, "a=b");
	assert_true(given.number == 9 && given.wait_ms == 1500 && given.size.bytes == 65536);
	assert_int_equal(given.list.count, 2);
	assert_string_equal(given.list.items[0], "x");
	assert_string_equal(given.list.items[1], "y");
}

static void
takes_letters(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(parse(&err, "-fn", "3", "-tword", END), 4);
	assert_true(given.flag && given.number == 3);
	assert_string_equal(given.text, "word");
}

static void
leaves_what_is_not_given(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(parse(&err, END), 1);
	assert_true(!given.flag && given.text == NULL && given.number == -1 &&
	    given.list.count == 0);
}

static void
mixes_operands(void **state)
{
	struct err err;
	int first = parse(&err, "one", "--flag", "-", "-n", "2", "three", END);

	(void)state;
	assert_int_equal(first, 4);
	assert_true(given.flag && given.number == 2);
	assert_string_equal(arguments[first], "one");
	assert_string_equal(arguments[first + 1], "-");
	assert_string_equal(arguments[first + 2], "three");
}

static void
stops_at_two_dashes(void **state)
{
	struct err err;
	int first = parse(&err, "--", "--flag", END);

	(void)state;
	assert_int_equal(first, 2);
	assert_false(given.flag);
	assert_string_equal(arguments[first], "--flag");
}

static void
sets_the_level(void **state)
{
	struct err err;

	(void)state;
	parse(&err, "-q", END);
	assert_int_equal(log_get_level(), LOG_ERROR);
	parse(&err, "-v", END);
	assert_int_equal(log_get_level(), LOG_INFO);
	parse(&err, "-vvvvvv", END);
	assert_int_equal(log_get_level(), LOG_DEBUG);
	parse(&err, "--verbose", "--quiet", END);
	assert_int_equal(log_get_level(), LOG_ERROR);
}

static void
refuses(void **state)
{
	static const struct {
		const char *first, *second, *words;
	} rows[] = {
		{ "--number", "10", "--number: '10' is not a whole number from 1 to 9" },
		{ "--number", "0", "--number: '0' is not a whole number from 1 to 9" },
		{ "--number=", NULL, "--number: '' is not a whole number from 1 to 9" },
		{ "-n", "3x", "--number: '3x' is not a whole number from 1 to 9" },
		{ "--wait", "5", "--wait: '5' is not a duration in range" },
		{ "--wait", "9ms", "--wait: '9ms' is not a duration in range" },
		{ "--wait", "61s", "--wait: '61s' is not a duration in range" },
		{ "--size", "2MiB", "--size: '2MiB' is not a size in range" },
		{ "--size", "-1", "--size: '-1' is not a size in range" },
		{ "--text", NULL, "option '--text' needs a value" },
		{ "-t", NULL, "option '-t' needs a value" },
		{ "--text", "--flag", "option '--text' needs a value; '--flag' looks like" },
		{ "-t", "--flag", "option '-t' needs a value; '--flag' looks like" },
		{ "--flag=yes", NULL, "option '--flag=yes' takes no value" },
		{ "--quiet=yes", NULL, "option '--quiet=yes' takes no value" },
		{ "--help=yes", NULL, "option '--help=yes' takes no value" },
		{ "--nubmer", NULL, "unknown option '--nubmer'; did you mean --number?" },
		{ "--sise=4", NULL, "unknown option '--sise=4'; did you mean --size?" },
		{ "--elephant", NULL, "unknown option '--elephant'; see " },
		{ "-x", NULL, "unknown option '-x'; see " },
		{ "-fx", NULL, "unknown option '-x'; see " },
		{ "--force", NULL, "unknown option '--force'; it belongs to drop and show" },
		{ "-F", NULL, "unknown option '-F'; it belongs to drop and show" },
		{ "--f", NULL, "unknown option '--f'; it may be --flag or --format" },
		{ "--format", "tables", "--format: 'tables' is not lines, table or none" },
		{ "--format", "tab", "--format: 'tab' is not lines, table or none" },
		{ "--format=", NULL, "--format: '' is not lines, table or none" },
		{ "--format", "lines|table", "--format: 'lines|table' is not lines, " },
		{ "--at", "soon", "--at: 'soon' is not a time, such as " },
		{ "--at", "1780000000", "--at: '1780000000' looks like seconds since the epoch; "
		    "write ms, 1780000000000" },
		{ "--text=", NULL, "--text: the value is empty" },
		{ "-t", "", "--text: the value is empty" },
		{ "--list", "", "--list: the value is empty" },
	};
	struct err err;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int result = parse(&err, rows[i].first, rows[i].second, END);

		if (result != -1 || err.exit_code != EXIT_USAGE ||
		    strncmp(err.text, rows[i].words, strlen(rows[i].words)) != 0)
			fail_msg("%s: %d '%s'", rows[i].first, result, err.text);
	}
}

/* Of a text that is longer than any word nothing is written beyond its place. */
static void
refuses_the_endless(void **state)
{
	static char word[5000];
	struct err err;

	(void)state;
	memset(word, 'x', sizeof(word) - 1);
	word[0] = word[1] = '-';
	assert_int_equal(parse(&err, word, END), -1);
	assert_int_equal(err.exit_code, EXIT_USAGE);
}

static void
refuses_too_many_options(void **state)
{
	static struct opt many[44];
	const struct opt_program crowd = { .synopsis = "", .purpose = "",
		.options = many, .count = COUNT(many) };
	struct err err;
	char *words[] = { name, NULL };

	(void)state;
	for (size_t i = 0; i < COUNT(many); i++)
		many[i] = options[0];
	assert_int_equal(opt_parse(&crowd, &given, 1, words, &err), -1);
	assert_int_equal(err.exit_code, EXIT_BUG);
}

static void
nearest(void **state)
{
	static const char *const words[] = { "success", "miss", "db", "corrupt" };

	(void)state;
	assert_string_equal(opt_nearest("sucess", words, 4), "success");
	assert_string_equal(opt_nearest("mis", words, 4), "miss");
	assert_string_equal(opt_nearest("corupts", words, 4), "corrupt");
	assert_string_equal(opt_nearest("success", words, 4), "success");
	assert_null(opt_nearest("corpse", words, 4));
	assert_null(opt_nearest("x", words, 4));
	assert_null(opt_nearest("", words, 4));
	assert_null(opt_nearest("success", words, 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_all_types),
		cmocka_unit_test(takes_letters),
		cmocka_unit_test(leaves_what_is_not_given),
		cmocka_unit_test(mixes_operands),
		cmocka_unit_test(stops_at_two_dashes),
		cmocka_unit_test(sets_the_level),
		cmocka_unit_test(refuses),
		cmocka_unit_test(refuses_the_endless),
		cmocka_unit_test(refuses_too_many_options),
		cmocka_unit_test(nearest),
	};
	int failed = cmocka_run_group_tests_name("opt", tests, NULL, NULL);

	opt_list_release(&given.list);
	return failed;
}
