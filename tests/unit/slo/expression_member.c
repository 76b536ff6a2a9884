/* SPDX-License-Identifier: ISC
 *
 * Which type a member takes from what it is beside, and what SQLite makes of it.
 */
#include "db/db.h"
#include "tel/event_sql.h"
#include "tests/unit/slo/expression_expect.h"

#include <string.h>

#define LABELS "{\"n\":200,\"t\":\"200\",\"word\":\"abc\",\"yes\":true,\"no\":false,\"one\":1," \
	"\"zero\":0,\"real\":0.5,\"minus\":-3,\"null\":null,\"list\":[1],\"object\":{\"n\":1}," \
	"\"big\":9007199254740993,\"two\":2.0,\"http.method\":\"GET\"}"

static struct db *
open_observation(void)
{
	struct buf sql = BUF_EMPTY;
	struct err err;
	struct db *db;

	event_sql_table(&sql, EVENT_observation);
	buf_add_text(&sql, "INSERT INTO observations (id, ts_ms, name, value, labels) "
	    "VALUES (1, 7, 'abc', 200, '" LABELS "');");
	if (db_open(&db, DB_TEMPORARY, DB_WRITE, 0, &err) < 0 ||
	    db_run(db, buf_text(&sql), &err) < 0)
		fail_msg("%s", err.text);
	buf_release(&sql);
	return db;
}

/* Expects the value of an expression about that row, as quote() prints it. */
static void
has_value(struct db *db, enum expression_use use, const char *text, const char *want)
{
	struct buf sql = BUF_EMPTY;
	struct db_statement *statement;
	struct err err;

	buf_add_text(&sql, "SELECT quote(");
	if (expression_sql(&sql, text, EVENT_observation, use, &err) < 0)
		fail_msg("%s", err.text);
	buf_add_text(&sql, ") FROM observations");
	if (db_prepare(db, &statement, buf_text(&sql), &err) < 0 ||
	    db_step(statement, &err) != 1)
		fail_msg("%s: %s", buf_text(&sql), err.text);
	if (strcmp(db_column_text(statement, 0), want) != 0)
		fail_msg("%s: %s, not %s", text, db_column_text(statement, 0), want);
	db_finalize(statement);
	buf_release(&sql);
}

struct example {
	const char *want, *text;
};

static void
have_values(const struct example *examples, enum expression_use use)
{
	struct db *db = open_observation();

	for (; examples->text != NULL; examples++)
		has_value(db, use, examples->text, examples->want);
	db_close(db);
}

static void
beside_a_number(void **state)
{
	static const struct example examples[] = {
		{ "1", "labels.n = 200" }, { "1", "200 = labels.n" }, { "0", "labels.n > 200" },
		{ "NULL", "labels.t = 200" }, { "NULL", "labels.t > 100" },
		{ "NULL", "labels.word > 100" }, { "NULL", "labels.word < 100" },
		{ "NULL", "labels.list <> 1" }, { "NULL", "labels.object <> 1" },
		{ "NULL", "labels.absent = 0" }, { "NULL", "labels.null = 0" },
		{ "1", "labels.yes = 1" }, { "1", "labels.no = 0" }, { "0", "labels.yes = 0" },
		{ "1", "labels.big = 9007199254740993" }, { "0", "labels.big = 9007199254740992" },
		{ "1", "labels.two = 2" }, { "1", "labels.n = value" }, { "0", "value < labels.n" },
		{ "1", "labels.n IN (1, 200)" }, { "NULL", "labels.t IN (1, 200)" },
		{ "1", "200 IN (labels.absent, labels.n)" }, { "0", "labels.n NOT IN (200)" },
		{ "1", "labels.n IN (labels.absent, 200, labels.t)" },
		{ "1", "labels.n + 1 = 201" }, { "1", "-labels.minus = 3" },
		{ "NULL", "labels.t + 1 = 201" }, { "1", "labels.n / 3 > 66.6" },
		{ "1", "coalesce(labels.absent, 5) = 5" }, { "1", "coalesce(labels.t, 5) = 5" },
		{ "1", "coalesce(5, labels.t) = 5" },
		{ "1", "coalesce(labels.word, labels.n) > 5" },
		{ "1", "coalesce(labels.word, labels.absent, ts_ms) = labels.zero + 7" },
		{ "1", "(labels.n) = (200)" }, { NULL, NULL },
	};

	(void)state;
	have_values(examples, EXPRESSION_CONDITION);
}

static void
beside_a_text(void **state)
{
	static const struct example examples[] = {
		{ "1", "labels.word = 'abc'" }, { "1", "'abc' = labels.word" },
		{ "1", "labels.t = '200'" }, { "1", "labels.n = '200'" },
		{ "1", "labels.yes = 'true'" }, { "1", "labels.no <> 'true'" },
		{ "1", "labels.real = '0.5'" }, { "1", "labels.two = '2.0'" },
		{ "0", "labels.two = '2'" }, { "NULL", "labels.null = 'null'" },
		{ "NULL", "labels.list = '[1]'" }, { "NULL", "labels.object <> ''" },
		{ "NULL", "labels.absent <> 'abc'" }, { "1", "labels.word = name" },
		{ "1", "labels.big = '9007199254740993'" },
		{ "1", "labels.\"http.method\" IN ('GET', 'PUT')" },
		{ "1", "labels.n IN ('200')" }, { "0", "labels.word NOT IN ('x', 'abc')" },
		{ "1", "name IN (labels.t, labels.word)" },
		{ "1", "coalesce(labels.absent, '') = ''" },
		{ "1", "coalesce(labels.absent, labels.n, 'none') = '200'" }, { NULL, NULL },
	};

	(void)state;
	have_values(examples, EXPRESSION_CONDITION);
}

static void
as_a_condition(void **state)
{
	static const struct example examples[] = {
		{ "1", "labels.yes" }, { "0", "labels.no" }, { "1", "labels.one" },
		{ "0", "labels.zero" }, { "NULL", "labels.n" }, { "NULL", "labels.t" },
		{ "NULL", "labels.word" }, { "NULL", "labels.absent" }, { "NULL", "labels.object" },
		{ "0", "NOT labels.yes" },
		{ "1", "NOT (labels.no)" }, { "NULL", "NOT labels.word" },
		{ "1", "labels.yes AND labels.one" }, { "1", "labels.word OR labels.yes" },
		{ "1", "labels.yes IS TRUE" }, { "0", "labels.word IS TRUE" },
		{ "1", "labels.word IS NOT FALSE" }, { "1", "labels.yes = TRUE" },
		{ "1", "FALSE = labels.zero" }, { "NULL", "labels.word = TRUE" },
		{ "1", "labels.yes = (ts_ms = 7)" }, { "1", "labels.no IN (FALSE, 1)" },
		{ "1", "coalesce(labels.absent, FALSE) = FALSE" },
		{ "1", "coalesce(labels.word, labels.absent, labels.yes)" },
		{ "1", "(labels.yes)" }, { NULL, NULL },
	};

	(void)state;
	have_values(examples, EXPRESSION_CONDITION);
}

/* Members alone with each other, and with NULL. */
static void
without_another_type(void **state)
{
	static const struct example examples[] = {
		{ "1", "labels.n = labels.t" }, { "0", "labels.n <> labels.t" },
		{ "0", "labels.word = labels.n" }, { "0", "labels.two = labels.n" },
		{ "NULL", "labels.n = labels.absent" }, { "1", "labels.real < labels.n" },
		{ "NULL", "labels.t < labels.n" }, { "1", "labels.minus <= labels.real" },
		{ "0", "labels.minus >= labels.n" }, { "1", "labels.n IN (labels.no, labels.t)" },
		{ "1", "labels.t NOT IN (labels.word)" },
		{ "1", "coalesce(labels.absent, labels.n) = coalesce(labels.t, labels.word)" },
		{ "1", "coalesce(labels.absent, labels.t, labels.n) > labels.real" },
		{ "1", "labels.absent IS NULL" }, { "1", "labels.null IS NULL" },
		{ "1", "labels.object IS NULL" }, { "1", "labels.list IS NULL" },
		{ "1", "labels.word IS NOT NULL" }, { "1", "labels.zero IS NOT NULL" },
		{ "1", "labels.no IS NOT NULL" },
		{ "0", "coalesce(labels.null, labels.n) IS NULL" },
		{ "1", "(labels.word > 5) IS NULL" }, { NULL, NULL },
	};

	(void)state;
	have_values(examples, EXPRESSION_CONDITION);
}

static void
as_a_value(void **state)
{
	static const struct example examples[] = {
		{ "200", "labels.n" }, { "NULL", "labels.t" }, { "NULL", "labels.word" },
		{ "0.5", "labels.real" },
		{ "1", "labels.yes" }, { "9007199254740993", "labels.big" },
		{ "NULL", "labels.absent" }, { "200", "coalesce(labels.t, labels.n)" },
		{ "0", "coalesce(labels.t, 0)" }, { "197", "labels.n + labels.minus" },
		{ "200", "(labels.n)" }, { NULL, NULL },
	};

	(void)state;
	have_values(examples, EXPRESSION_NUMBER);
}

static void
types_are_not_mixed(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "labels.x IN ('a', 5)", "19: labels.x is a text and 5 is a number; write '5' "
		    "with quotes" },
		{ "labels.x IN (5, 'a')", "17: labels.x is a number and 'a' is a text; only "
		    "values of one type are compared" },
		{ "labels.x + 'a' = 1", "12: 'a' is a text, not a number; + - * and / are for "
		    "numbers" },
		{ "labels.x + 1", "1: labels.x + 1 is a number, not a condition; compare it: "
		    "labels.x + 1 > 0" },
		{ "coalesce(labels.x, 'a')", "1: coalesce(labels.x, 'a') is a text, not a "
		    "condition; compare it: coalesce(labels.x, 'a') = 'text'" },
		{ "coalesce(labels.x, 'a') > 5", "27: coalesce(labels.x, 'a') is a text and 5 is "
		    "a number; write '5' with quotes" },
		{ "coalesce(labels.x, 'a', 1) = 'a'", "25: labels.x is a text and 1 is a number; "
		    "write '1' with quotes" },
		{ "value = coalesce(labels.x, TRUE)", "9: value is a number and "
		    "coalesce(labels.x, TRUE) is a boolean; compare it: value > 0" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf whole = BUF_EMPTY;

		buf_printf(&whole, "'%s': character %s", cases[i].text, cases[i].words);
		refused_as(EXPRESSION_CONDITION, EVENT_observation, cases[i].text,
		    buf_text(&whole));
		buf_release(&whole);
	}
	refused_as(EXPRESSION_NUMBER, EVENT_observation, "labels.x = 1", "'labels.x = 1': "
	    "character 1: labels.x = 1 is a boolean, not a number; a condition belongs "
	    "into 'good' or 'bad'");
	refused("json_extract(extra, 1) = 2", "'json_extract(extra, 1) = 2': character 1, "
	    "'json_extract': a member is written labels.KEY");
	refused_as(EXPRESSION_CONDITION, EVENTS_OTHER, "outcome LIKE 'o%'", "'outcome LIKE "
	    "'o%'': character 9, 'LIKE': not allowed; a text is compared as a whole, with "
	    "= or IN (...)");
}

/* The longest expression that is accepted, all of members. */
static void
many_members(void **state)
{
	struct db *db = open_observation();
	struct buf text = BUF_EMPTY;

	(void)state;
	buf_add_text(&text, "labels.one");
	for (int i = 0; i < 198; i++)
		buf_add_text(&text, i % 2 == 0 ? " AND labels.yes" : " OR labels.no");
	has_value(db, EXPRESSION_CONDITION, buf_text(&text), "1");
	buf_reset(&text);
	buf_add_text(&text, "labels.one IN (labels.word");
	for (int i = 0; i < 196; i++)
		buf_add_text(&text, ", labels.absent");
	buf_add_text(&text, ", 1)");
	has_value(db, EXPRESSION_CONDITION, buf_text(&text), "1");
	buf_release(&text);
	db_close(db);
}

/* Compiles a count of what an expression selects, with as much around it as there is. */
static void
compile(struct db *db, const struct buf *condition)
{
	struct db_statement *statement;
	struct buf sql = BUF_EMPTY;
	struct err err;

	buf_printf(&sql, "SELECT 1 + 2 * count(*) FILTER (WHERE %.*s IS NOT TRUE AND NOT "
	    "(1 | (2 + (3 << (%.*s IS TRUE)))) > 4) FROM (SELECT * FROM observations "
	    "WHERE ts_ms > 1 AND %.*s)", (int)condition->len, condition->data,
	    (int)condition->len, condition->data, (int)condition->len, condition->data);
	if (db_prepare(db, &statement, buf_text(&sql), &err) < 0)
		fail_msg("%s: %s", err.text, buf_text(&sql));
	db_finalize(statement);
	buf_release(&sql);
}

/* However an expression is nested, SQLite can parse what is accepted here. */
static void
the_deepest_are_compiled(void **state)
{
	static const struct {
		const char *open, *close;
	} ways[] = { { "(", ")" }, { "NOT (", ")" }, { "1 = 1 AND (", ")" },
		{ "1 = 1 OR 1 = 1 AND (", ")" }, { "coalesce(TRUE, ", ")" },
		{ "TRUE IN (FALSE, (", "))" }, { "TRUE = (", ")" },
		{ "1 = 1 OR 2 = 2 AND NOT TRUE <> coalesce(FALSE, (", "))" },
		{ "(1 = 1 + 2 * coalesce(1, 2 - 3 * - ts_ms)) AND (", ")" } };
	static const char inside[] = "extra.\"\xc3\xa9\".\"\xc3\xb6\" = 'x'";
	struct db *db = open_observation();

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		for (int depth = 1;; depth++) {
			struct buf text = BUF_EMPTY, sql = BUF_EMPTY;
			struct err err;
			int result;

			for (int k = 0; k < depth; k++)
				buf_add_text(&text, ways[i].open);
			buf_printf(&text, "(%s)", inside);
			for (int k = 0; k < depth; k++)
				buf_add_text(&text, ways[i].close);
			result = expression_sql(&sql, buf_text(&text), EVENT_observation,
			    EXPRESSION_CONDITION, &err);
			if (result == 0)
				compile(db, &sql);
			buf_release(&text);
			buf_release(&sql);
			if (result < 0) {
				assert_non_null(strstr(err.text, "within each other"));
				assert_true(depth > 1);
				break;
			}
		}
	db_close(db);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(beside_a_number),
		cmocka_unit_test(beside_a_text),
		cmocka_unit_test(as_a_condition),
		cmocka_unit_test(without_another_type),
		cmocka_unit_test(as_a_value),
		cmocka_unit_test(types_are_not_mixed),
		cmocka_unit_test(many_members),
		cmocka_unit_test(the_deepest_are_compiled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
