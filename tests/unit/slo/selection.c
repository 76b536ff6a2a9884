/* SPDX-License-Identifier: ISC
 *
 * Definitions of what is counted: their text tells them apart, and their SQL gives each
 * row its class.
 */
#include "slo/selection.h"
#include "base/mem.h"
#include "db/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct slo_events http = { EVENT_http, NULL };

static char *
text_of(const struct slo_definition *definition)
{
	struct buf text = BUF_EMPTY;

	slo_definition_text(&text, definition);
	return text.data;
}

static bool
are_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* A text is that of one definition, which is read from it again. */
static void
expect_read(const char *text, const struct slo_definition *expected)
{
	struct slo_definition_copy copy;
	struct err err;
	char *again;

	if (slo_definition_read(&copy, text, &err) < 0)
		fail_msg("%s: %s", err.text, text);
	assert_true(slo_events_are_same(copy.definition.events, expected->events));
	assert_true(are_same(copy.definition.where, expected->where));
	assert_true(are_same(copy.definition.exclude, expected->exclude));
	assert_true(are_same(copy.definition.good, expected->good));
	assert_int_equal(copy.definition.is_bad, expected->is_bad);
	assert_int_equal(copy.definition.group_count, expected->group_count);
	for (size_t i = 0; i < expected->group_count; i++)
		assert_string_equal(copy.definition.group[i], expected->group[i]);
	again = text_of(&copy.definition);
	assert_string_equal(again, text);
	free(again);
	slo_definition_copy_release(&copy);
}

/* Each differs from each other in one thing. */
static void
the_text_tells_definitions_apart(void **state)
{
	static char backup[] = "backup", restore[] = "restore", injected[] =
	    "backup\nwhere 1:a";
	static const struct slo_events rate = { EVENT_rate, NULL };
	const struct slo_events own = { EVENTS_OTHER, backup };
	const struct slo_events own_too = { EVENTS_OTHER, restore };
	const struct slo_events odd = { EVENTS_OTHER, injected };
	const struct slo_definition all[] = {
		{ .events = &http },
		{ .events = &rate },
		{ .events = &own },
		{ .events = &own_too },
		{ .events = &odd },
		{ .events = &own, .where = "a" },
		{ .events = &http, .where = "a" },
		{ .events = &http, .exclude = "a" },
		{ .events = &http, .good = "a" },
		{ .events = &http, .good = "a", .is_bad = true },
		{ .events = &http, .good = "b" },
		{ .events = &http, .where = "a", .good = "b" },
		{ .events = &http, .where = "a\nexclude 1:b" },
		{ .events = &http, .where = "a", .exclude = "b" },
		{ .events = &http, .group = { "a" }, .group_count = 1 },
		{ .events = &http, .group = { "a", "b" }, .group_count = 2 },
		{ .events = &http, .group = { "b", "a" }, .group_count = 2 },
		{ .events = &http, .group = { "a\ngroup 1:b" }, .group_count = 1 },
		{ .events = &http, .where = "" },
	};
	char *texts[sizeof(all) / sizeof(all[0])];

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		char *again = text_of(&all[i]);

		texts[i] = text_of(&all[i]);
		assert_string_equal(texts[i], again);
		free(again);
		expect_read(texts[i], &all[i]);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(texts[i], texts[k]);
	}
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		free(texts[i]);
}

static void
refused(const char *text)
{
	struct slo_definition_copy copy;
	struct err err;

	if (slo_definition_read(&copy, text, &err) != -1)
		fail_msg("%s", text);
	assert_int_equal(err.exit_code, EXIT_DATA);
	slo_definition_copy_release(&copy);
}

/* What is read stands in a file that may be damaged. */
#define GROUP "group 1:a\n"

static void
other_texts_are_refused(void **state)
{
	static const char *const texts[] = {
		"", "\n", "table", "table ", "table 11", "table 11:", "table 11:http_events",
		"table 11:http_events\n", "table 11:http_events\ntype 4:http",
		"type 4:http\n", "table 10:http_event\ntype 4:http\n",
		"table 99999999999999999999:http_events\ntype 4:http\n",
		"table -1:http_events\ntype 4:http\n", "table +11:http_events\ntype 4:http\n",
		"table 11:http_events\ntype 4:http\nother 1:a\n",
		"table 11:http_events\ntype 4:http\n 1:a\n",
		"table 11:http_events\ntype 4:http\n" GROUP GROUP GROUP GROUP GROUP,
		"table 11:http_events\ntype 4:http\nwhere 2:a\n",
		"table 11:http_events\ntype 4:http\nwhere 0:a\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		refused(texts[i]);
}

static void
a_damaged_text_is_refused_or_another_one(void **state)
{
	static char type[] = "backup";
	const struct slo_events own = { EVENTS_OTHER, type };
	const struct slo_definition definition = { .events = &own, .where = "(a = 'b')",
		.exclude = "(c)", .good = "(d)", .is_bad = true,
		.group = { "e", "f" }, .group_count = 2 };
	char *text = text_of(&definition);
	size_t len = strlen(text);
	struct slo_definition_copy copy;
	struct err err;

	(void)state;
	for (size_t i = 0; i < len; i++)
		for (int change = 0; change < 9; change++) {
			char old = text[i];

			text[i] = (char)(change == 8 ? 0 : old ^ (1 << change));
			if (slo_definition_read(&copy, text, &err) == 0)
				free(text_of(&copy.definition));
			else
				assert_int_equal(err.exit_code, EXIT_DATA);
			slo_definition_copy_release(&copy);
			text[i] = old;
		}
	free(text);
}

static void
a_query_has_three_definitions(void **state)
{
	struct slo_query query = {
		.event = { EVENT_http, NULL }, .where = mem_text("w"),
		.exclude = mem_text("e"), .good = mem_text("g"), .is_bad = true,
		.group = { { .sql = mem_text("s0"), .presence_sql = mem_text("p0") },
		    { .sql = mem_text("s1"), .presence_sql = mem_text("p1") } },
		.group_count = 2,
		.presence = { EVENT_job, NULL }, .presence_where = mem_text("p"),
	};
	const struct slo_definition own = slo_definition_of(&query);
	const struct slo_definition presence = slo_definition_of_presence(&query);
	const struct slo_definition type = slo_definition_of_type(&query.event);

	(void)state;
	assert_ptr_equal(own.events, &query.event);
	assert_string_equal(own.where, "w");
	assert_string_equal(own.exclude, "e");
	assert_string_equal(own.good, "g");
	assert_true(own.is_bad);
	assert_int_equal(own.group_count, 2);
	assert_string_equal(own.group[1], "s1");
	assert_ptr_equal(presence.events, &query.presence);
	assert_string_equal(presence.where, "p");
	assert_null(presence.exclude);
	assert_null(presence.good);
	assert_false(presence.is_bad);
	assert_int_equal(presence.group_count, 2);
	assert_string_equal(presence.group[0], "p0");
	assert_ptr_equal(type.events, &query.event);
	assert_null(type.where);
	assert_null(type.good);
	assert_int_equal(type.group_count, 0);
	slo_query_release(&query);
}

static void
where_is(const struct slo_definition *definition, const char *expected)
{
	struct buf sql = BUF_EMPTY;

	slo_definition_where_sql(&sql, definition);
	assert_string_equal(buf_text(&sql), expected);
	buf_release(&sql);
}

static void
rows_of_the_table_are_chosen(void **state)
{
	static char type[] = "it's";
	const struct slo_events own = { EVENTS_OTHER, type };

	(void)state;
	where_is(&(struct slo_definition){ .events = &http }, "");
	where_is(&(struct slo_definition){ .events = &http, .where = "(a)" }, "(a)");
	where_is(&(struct slo_definition){ .events = &own }, "type = 'it''s'");
	where_is(&(struct slo_definition){ .events = &own, .where = "(a)" },
	    "(a) AND type = 'it''s'");
}

/* Returns the class that SQLite finds. */
static int64_t
class_of(struct db *db, const struct slo_definition *definition)
{
	struct buf sql = BUF_EMPTY;
	struct err err;
	int64_t class;

	buf_add_text(&sql, "SELECT ");
	slo_definition_class_sql(&sql, definition, 0);
	if (db_integer(db, buf_text(&sql), -1, &class, &err) < 0)
		fail_msg("%s: %s", buf_text(&sql), err.text);
	buf_release(&sql);
	return class;
}

static void
each_row_has_a_class(void **state)
{
	static const struct {
		const char *exclude, *good;
		enum slo_class class, class_of_bad; /* when `good` selects the bad ones */
	} all[] = {
		{ NULL, "(1)", SLO_GOOD, SLO_BAD },
		{ NULL, "(0)", SLO_BAD, SLO_GOOD },
		{ NULL, "(NULL)", SLO_UNKNOWN, SLO_UNKNOWN },
		{ NULL, "(2)", SLO_GOOD, SLO_BAD },     /* true is any number but 0 */
		{ NULL, "(-0.5)", SLO_GOOD, SLO_BAD },
		{ NULL, "1 = 2 OR 1 = 1", SLO_GOOD, SLO_BAD },
		{ "(1)", "(1)", SLO_EXCLUDED, SLO_EXCLUDED },
		{ "(1)", "(NULL)", SLO_EXCLUDED, SLO_EXCLUDED },
		{ "(0)", "(1)", SLO_GOOD, SLO_BAD },
		{ "(NULL)", "(0)", SLO_BAD, SLO_GOOD },
		{ "(NULL)", "(NULL)", SLO_UNKNOWN, SLO_UNKNOWN },
		{ "(-3)", "(0)", SLO_EXCLUDED, SLO_EXCLUDED },
		{ NULL, NULL, SLO_GOOD, SLO_GOOD },
		{ "(1)", NULL, SLO_EXCLUDED, SLO_EXCLUDED },
		{ "(NULL)", NULL, SLO_GOOD, SLO_GOOD },
	};
	struct err err;
	struct db *db;

	(void)state;
	if (db_open(&db, DB_TEMPORARY, DB_WRITE, 0, &err) < 0)
		fail_msg("%s", err.text);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct slo_definition definition = { .events = &http,
			.exclude = all[i].exclude, .good = all[i].good };

		assert_int_equal(class_of(db, &definition), all[i].class);
		definition.is_bad = all[i].good != NULL;
		assert_int_equal(class_of(db, &definition), all[i].class_of_bad);
	}
	db_close(db);
	/* The words of scan.c have room for each. */
	assert_true(SLO_EXCLUDED < 1 << SLO_CLASS_BITS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_text_tells_definitions_apart),
		cmocka_unit_test(other_texts_are_refused),
		cmocka_unit_test(a_damaged_text_is_refused_or_another_one),
		cmocka_unit_test(a_query_has_three_definitions),
		cmocka_unit_test(rows_of_the_table_are_chosen),
		cmocka_unit_test(each_row_has_a_class),
	};

	return cmocka_run_group_tests_name("selection", tests, NULL, NULL);
}
