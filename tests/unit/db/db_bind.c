/* SPDX-License-Identifier: ISC
 *
 * Values bound by the names of parameters.
 */
#include "tests/unit/aborts.h"
#include "tests/unit/temporary_db.h"

/* What the statement's one column shows. */
static void
expect(struct db_statement *statement, const char *text)
{
	assert_int_equal(db_step(statement, &err), 1);
	assert_string_equal(db_column_text(statement, 0), text);
	db_reset(statement);
}

#define SHOWN "SELECT quote(:a) || ' ' || quote(:b) || ' ' || quote(:c)"

static void
any_order(void **state)
{
	struct db_statement *shown = prepare(SHOWN);

	(void)state;
	DB_BIND(shown, db_value_integer(":a", 1), db_value_text(":b", "two"),
	    db_value_blob(":c", "3", 1));
	expect(shown, "1 'two' X'33'");
	DB_BIND(shown, db_value_blob(":c", "", 0), db_value_integer(":a", -1),
	    db_value_text_of(":b", "two", 1));
	expect(shown, "-1 't' X''");
	db_finalize(shown);
}

static void
what_is_not_named_is_null(void **state)
{
	struct db_statement *shown = prepare(SHOWN);

	(void)state;
	DB_BIND(shown, db_value_integer(":a", 1), db_value_integer(":b", 2),
	    db_value_integer(":c", 3));
	DB_BIND(shown, db_value_text(":c", NULL), db_value_integer(":b", 5));
	expect(shown, "NULL 5 NULL");
	db_finalize(shown);
}

static void
one_parameter_may_stand_twice(void **state)
{
	struct db_statement *shown = prepare("SELECT :x || :y || :x || :z");

	(void)state;
	DB_BIND(shown, db_value_text(":x", "a"), db_value_text(":y", "b"),
	    db_value_text(":z", "c"));
	expect(shown, "abac");
	db_finalize(shown);
}

static void
bind_wrong_name(void)
{
	struct db_statement *shown = prepare(SHOWN);

	DB_BIND(shown, db_value_integer(":a", 1), db_value_integer(":d", 2));
}

static void
bind_while_there_is_a_row(void)
{
	struct db_statement *shown = prepare(SHOWN);

	if (db_step(shown, &err) == 1)
		DB_BIND(shown, db_value_integer(":a", 1));
}

/* SQLite would leave each of these values out in silence. */
static void
a_wrong_parameter_is_a_bug(void **state)
{
	(void)state;
	assert_true(aborts(bind_wrong_name));
	assert_true(aborts(bind_while_there_is_a_row));
}

static void
read_column_after_the_last(void)
{
	struct db_statement *shown = prepare(SHOWN);

	if (db_step(shown, &err) == 1)
		(void)db_column_integer(shown, 1);
}

static void
read_column_without_a_row(void)
{
	(void)db_column_text(prepare(SHOWN), 0);
}

static void
read_column_after_reset(void)
{
	struct db_statement *shown = prepare(SHOWN);

	if (db_step(shown, &err) == 1)
		db_reset(shown);
	(void)db_column_text(shown, 0);
}

static void
read_column_after_the_last_row(void)
{
	struct db_statement *shown = prepare(SHOWN);
	int first = db_step(shown, &err), second = db_step(shown, &err);

	if (first == 1 && second == 0)
		(void)db_column_text(shown, 0);
}

/* SQLite would answer 0 or NULL. */
static void
a_column_that_is_not_there_is_a_bug(void **state)
{
	(void)state;
	assert_true(aborts(read_column_after_the_last));
	assert_true(aborts(read_column_without_a_row));
	assert_true(aborts(read_column_after_reset));
	assert_true(aborts(read_column_after_the_last_row));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_order),
		cmocka_unit_test(what_is_not_named_is_null),
		cmocka_unit_test(one_parameter_may_stand_twice),
		cmocka_unit_test(a_wrong_parameter_is_a_bug),
		cmocka_unit_test(a_column_that_is_not_there_is_a_bug),
	};

	return cmocka_run_group_tests(tests, open_temporary_db, close_temporary_db);
}
