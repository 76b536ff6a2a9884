/* SPDX-License-Identifier: ISC
 *
 * Values bound by the names of parameters.
 */
#include "db/db.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static struct db *db;

static int
open_database(void **state)
{
	struct err err;

	(void)state;
	return db_open(&db, DB_TEMPORARY, DB_WRITE, 0, &err);
}

static int
close_database(void **state)
{
	(void)state;
	db_close(db);
	return 0;
}

static struct db_statement *
prepare(const char *sql)
{
	struct db_statement *statement;
	struct err err;

	if (db_prepare(db, &statement, sql, &err) < 0)
		fail_msg("%s", err.text);
	return statement;
}

/* What the statement's one column shows. */
static void
expect(struct db_statement *statement, const char *text)
{
	struct err err;

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

/* How a child ends that binds a name which the statement does not have. */
static int
status_of_wrong_name(void)
{
	const struct rlimit none = { 0, 0 };
	struct db_statement *shown;
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		setrlimit(RLIMIT_CORE, &none);
		signal(SIGABRT, SIG_DFL);
		close(STDERR_FILENO);
		shown = prepare(SHOWN);
		DB_BIND(shown, db_value_integer(":a", 1),
		    db_value_integer(":d", 2));
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void
a_wrong_name_is_a_bug(void **state)
{
	int status = status_of_wrong_name();

	(void)state;
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_order),
		cmocka_unit_test(what_is_not_named_is_null),
		cmocka_unit_test(one_parameter_may_stand_twice),
		cmocka_unit_test(a_wrong_name_is_a_bug),
	};

	return cmocka_run_group_tests(tests, open_database, close_database);
}
