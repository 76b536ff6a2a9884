/* SPDX-License-Identifier: ISC
 *
 * ledger_open -- for the tests of the ledger: a database of its own for each test, with
 * an open ledger, and what its tables say.
 */
#ifndef TESTS_UNIT_STORE_LEDGER_OPEN_H
#define TESTS_UNIT_STORE_LEDGER_OPEN_H

#include "base/buf.h"
#include "store/ledger.h"
#include "store/store.h"
#include "tests/unit/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW_MS 1793491200000

static struct db *db;
static struct ledger *ledger;
static struct err err;

/* Fails with the words of the library. */
static inline void
done(int result)
{
	if (result < 0)
		fail_msg("%s", err.text);
}

static inline void
open_all(void)
{
	done(store_open(&db, "t.db", DB_WRITE, 1000, &err));
	done(ledger_open(&ledger, db, &err));
}

static inline void
close_all(void)
{
	ledger_close(ledger);
	db_close(db);
	ledger = NULL;
	db = NULL;
}

static inline int
enter(void **state)
{
	if (folder_enter(state) < 0)
		return -1;
	open_all();
	return 0;
}

static inline int
leave(void **state)
{
	close_all();
	return folder_leave(state);
}

static inline void
begin(void)
{
	done(db_begin(db, &err));
	done(ledger_begin(ledger, &err));
}

static inline void
commit(void)
{
	done(ledger_finish(ledger, NOW_MS, false, &err));
	done(db_commit(db, &err));
}

static inline void
roll_back(void)
{
	db_rollback(db);
	ledger_forget(ledger);
}

static inline struct ledger_source *
producer(const char *name)
{
	struct ledger_source *source = NULL;

	done(ledger_producer(ledger, name, strlen(name), NULL, 0, &source, &err));
	return source;
}

/* What a query says in its first column: the rows with blanks between them. */
static inline void
says(const char *sql, const char *expected)
{
	struct buf found = BUF_EMPTY;
	struct db_statement *query;
	int result;

	done(db_prepare(db, &query, sql, &err));
	while ((result = db_step(query, &err)) == 1) {
		const char *text = db_column_text(query, 0);

		buf_printf(&found, "%s%s", found.len > 0 ? " " : "",
		    text != NULL ? text : "NULL");
	}
	done(result);
	db_finalize(query);
	assert_string_equal(buf_text(&found), expected);
	buf_release(&found);
}

static inline void
ranges_are(const char *expected)
{
	says("SELECT source_no || ':' || from_position || '-' || until_position "
	    "FROM source_ranges ORDER BY source_no, from_position", expected);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, enter, leave)

#endif
