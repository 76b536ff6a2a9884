/* SPDX-License-Identifier: ISC */
#include "base/verb.h"
#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define END (char *)NULL

struct run {
	const char *store;
	bool is_all;
	int64_t number;
};

static int
run_it(struct run *run, struct err *err)
{
	(void)err;
	return (int)run->number;
}

enum { STORE = 1, ALL = 2, NUMBER = 4 };

static const struct verb verbs[] = {
	{ .name = "", .takes = STORE | NUMBER, .operands = "[FILE]...",
	    .run = run_it },
	{ .name = "check", .takes = STORE, .synopsis = "--store FILE",
	    .help = "Check.", .run = run_it },
	{ .name = "dead ls", .takes = STORE | NUMBER, .synopsis = "",
	    .operands = "[ID]...", .help = "List.", .run = run_it },
	{ .name = "dead drop", .takes = STORE | ALL, .synopsis = "",
	    .operands = "[ID]...", .help = "Drop.", .run = run_it },
};

static const struct verb_option options[] = {
	{ STORE, OPT_TEXT_AT("store", 's', "FILE", store, "a file") },
	{ ALL, OPT_FLAG_AT("all", 0, is_all, "all of them") },
	{ NUMBER, OPT_INTEGER_AT("number", 'n', "N", 1, 9, number, "a number") },
};

static const struct verb_program with_plain = { .synopsis = "[OPTION]...",
	.purpose = "Tests.", .verbs = verbs, .verb_count = COUNT(verbs),
	.options = options, .option_count = COUNT(options) };
static const struct verb_program without_plain = { .synopsis = "VERB",
	.purpose = "Tests.", .verbs = &verbs[1], .verb_count = COUNT(verbs) - 1,
	.options = options, .option_count = COUNT(options) };

static char *arguments[16], name[] = "test";
static struct run given;
static const struct verb *verb;
static struct err err;

/* Parses words, END at their end. */
static int
parse(const struct verb_program *program, ...)
{
	va_list words;
	int count = 1;

	given = (struct run){ .number = -1 };
	verb = NULL;
	memset(&err, 0, sizeof(err));
	log_set_program("test");
	arguments[0] = name;
	va_start(words, program);
	while ((arguments[count] = va_arg(words, char *)) != NULL)
		count++;
	va_end(words);
	return verb_parse(program, &given, count, arguments, &verb, &err);
}

static void
finds_the_verb(void **state)
{
	(void)state;
	assert_int_equal(parse(&with_plain, "check", "--store", "x", END), 4);
	assert_ptr_equal(verb, &verbs[1]);
	assert_string_equal(given.store, "x");
	assert_int_equal(parse(&with_plain, "dead", "drop", "--all", "7", END), 4);
	assert_ptr_equal(verb, &verbs[3]);
	assert_true(given.is_all);
	assert_string_equal(arguments[4], "7");
	assert_int_equal(parse(&with_plain, "dead", "ls", "7", "-n", "5", END), 5);
	assert_ptr_equal(verb, &verbs[2]);
	assert_int_equal(verb->run(&given, &err), 5);
}

static void
does_without(void **state)
{
	(void)state;
	assert_int_equal(parse(&with_plain, END), 1);
	assert_ptr_equal(verb, &verbs[0]);
	assert_int_equal(parse(&with_plain, "-n", "3", "file", "check", END), 3);
	assert_ptr_equal(verb, &verbs[0]);
	assert_int_equal(given.number, 3);
}

static void
refuses(void **state)
{
	static const struct {
		const struct verb_program *program;
		const char *words[4], *text;
	} rows[] = {
		{ &with_plain, { "check", "--all" }, "check: unknown option "
		    "'--all'; it belongs to dead drop" },
		{ &with_plain, { "check", "--sotre" }, "check: unknown option "
		    "'--sotre'; did you mean --store?" },
		{ &with_plain, { "check", "--store" }, "check: option '--store' "
		    "needs a value" },
		{ &with_plain, { "check", "x" }, "check takes no operands: "
		    "'x'" },
		{ &with_plain, { "dead", "ls", "--all" }, "dead ls: unknown option "
		    "'--all'; it belongs to dead drop" },
		{ &with_plain, { "dead", "ls", "-n", "0" }, "dead ls: --number: "
		    "'0' is not a whole number from 1 to 9" },
		{ &with_plain, { "--all" }, "unknown option '--all'; it belongs to "
		    "dead drop" },
		{ &with_plain, { "--al" }, "unknown option '--al'; see test --help" },
		{ &with_plain, { "check", "-n", "1" }, "check: unknown option '-n'; "
		    "it belongs to test without a verb and dead ls" },
		{ &with_plain, { "dead", "xyzzy" }, "unknown verb 'dead xyzzy'; give "
		    "dead ls or dead drop; see test --help" },
		{ &with_plain, { "-n", "1", "check" }, "the verb comes first: test "
		    "check; a file of that name is ./check" },
		{ &with_plain, { "-n", "1", "dead" }, "the verb comes first: test "
		    "dead; a file of that name is ./dead" },
		{ &with_plain, { "dead" }, "which verb? dead ls or dead drop; see "
		    "test --help" },
		{ &with_plain, { "dead", "--all", "ls" }, "which verb? dead ls or "
		    "dead drop; see test --help" },
		{ &with_plain, { "dead", "lss" }, "unknown verb 'dead lss'; did you "
		    "mean 'dead ls'?" },
		{ &without_plain, { NULL }, "which verb? check, dead ls or dead "
		    "drop; see test --help" },
		{ &without_plain, { "chekc" }, "unknown verb 'chekc'; did you mean "
		    "check?" },
		{ &without_plain, { "" }, "which verb? check, dead ls or dead "
		    "drop; see test --help" },
		{ &without_plain, { "extract" }, "unknown verb 'extract'; give check, "
		    "dead ls or dead drop; see test --help" },
		{ &without_plain, { "--all", "check" }, "the verb comes first: test "
		    "VERB" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int result = parse(rows[i].program, rows[i].words[0],
		    rows[i].words[1], rows[i].words[2], rows[i].words[3], END);

		if (result != -1 || err.exit_code != EXIT_USAGE ||
		    strcmp(err.text, rows[i].text) != 0)
			fail_msg("%zu: %d '%s'", i, result, err.text);
	}
}

static void
nearest(void **state)
{
	char near[VERB_WORD_SIZE] = "?";

	(void)state;
	assert_true(verb_nearest(verbs, COUNT(verbs), "daed", near));
	assert_string_equal(near, "dead");
	assert_true(verb_nearest(verbs, COUNT(verbs), "chek", near));
	assert_string_equal(near, "check");
	assert_false(verb_nearest(verbs, COUNT(verbs), "elephant", near));
	/* A short word is not taken for the verb without a name. */
	assert_false(verb_nearest(verbs, COUNT(verbs), "x", near));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_verb),
		cmocka_unit_test(does_without),
		cmocka_unit_test(refuses),
		cmocka_unit_test(nearest),
	};

	return cmocka_run_group_tests_name("verb", tests, NULL, NULL);
}
