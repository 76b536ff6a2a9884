/* SPDX-License-Identifier: ISC
 *
 * temporary_db -- an empty database for each test, or each group of tests.
 */
#ifndef TESTS_UNIT_TEMPORARY_DB_H
#define TESTS_UNIT_TEMPORARY_DB_H

#include "db/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* The beginning of a statement whose table n has rows without end. */
#define ENDLESS_ROWS "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n)"

static struct db *db;
static struct err err;

static inline int
open_temporary_db(void **state)
{
	(void)state;
	return db_open(&db, DB_TEMPORARY, DB_WRITE, 0, &err);
}

static inline int
close_temporary_db(void **state)
{
	(void)state;
	db_close(db);
	return 0;
}

static inline struct db_statement *
prepare(const char *sql)
{
	struct db_statement *statement;

	if (db_prepare(db, &statement, sql, &err) < 0)
		fail_msg("%s", err.text);
	return statement;
}

#endif
