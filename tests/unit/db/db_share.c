/* SPDX-License-Identifier: ISC
 *
 * DB_SHARE and DB_SHARE_READ: files with a rollback journal, which several programs
 * write without the lock of writers.
 */
#include "db/db.h"
#include "tests/unit/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#define WAIT_MS 100

static struct err err;

static void
done(int result)
{
	if (result < 0)
		fail_msg("%s", err.text);
}

static struct db *
open_as(enum db_mode mode)
{
	struct db *db;

	done(db_open(&db, "a", mode, WAIT_MS, &err));
	return db;
}

static int64_t
integer(struct db *db, const char *sql)
{
	int64_t value;

	done(db_integer(db, sql, -1, &value, &err));
	return value;
}

/* Makes the file, with a table of one number. */
static void
make_file(void)
{
	struct db *db;

	assert_int_equal(folder_put_text("a", ""), 0);
	db = open_as(DB_SHARE);
	done(db_begin(db, &err));
	done(db_run(db, "CREATE TABLE t (a); INSERT INTO t VALUES (1)", &err));
	done(db_commit(db, &err));
	db_close(db);
}

static void
no_file_is_left_beside_it(void **state)
{
	struct db *db;

	(void)state;
	make_file();
	assert_int_equal(folder_count(), 1);
	db = open_as(DB_SHARE);
	assert_int_equal(integer(db, "SELECT count(*) FROM pragma_journal_mode"
	    " WHERE journal_mode = 'delete'"), 1);
	assert_int_equal(integer(db, "PRAGMA synchronous"), 2);
	done(db_begin(db, &err));
	done(db_run(db, "UPDATE t SET a = 2", &err));
	assert_int_equal(access("a-journal", F_OK), 0);
	db_rollback(db);
	assert_int_equal(integer(db, "SELECT a FROM t"), 1);
	db_close(db);
	assert_int_equal(folder_count(), 1);
}

static void
a_missing_file_is_not_made(void **state)
{
	struct db *db;

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(db_open(&db, "a", i == 0 ? DB_SHARE : DB_SHARE_READ,
		    WAIT_MS, &err), -1);
		assert_int_equal(err.exit_code, EXIT_NO_INPUT);
	}
	assert_int_equal(folder_count(), 0);
}

static void
a_reader_cannot_write(void **state)
{
	struct db *db;

	(void)state;
	make_file();
	db = open_as(DB_SHARE_READ);
	assert_int_equal(integer(db, "SELECT a FROM t"), 1);
	assert_int_equal(db_run(db, "UPDATE t SET a = 2", &err), -1);
	assert_int_equal(err.exit_code, EXIT_CREATE);
	db_close(db);
}

/* Who would write gives up at once; who reads waits, and sees what was there before. */
static void
a_second_writer_does_not_wait(void **state)
{
	struct db *first, *second, *reader;

	(void)state;
	make_file();
	first = open_as(DB_SHARE);
	second = open_as(DB_SHARE);
	reader = open_as(DB_SHARE_READ);
	done(db_begin(first, &err));
	done(db_run(first, "UPDATE t SET a = 2", &err));
	assert_int_equal(db_begin(second, &err), -1);
	assert_int_equal(err.exit_code, EXIT_AGAIN);
	assert_int_equal(integer(reader, "SELECT a FROM t"), 1);
	assert_int_equal(integer(second, "SELECT a FROM t"), 1);
	done(db_commit(first, &err));
	assert_int_equal(integer(reader, "SELECT a FROM t"), 2);
	done(db_begin(second, &err));
	done(db_run(second, "UPDATE t SET a = 3", &err));
	done(db_commit(second, &err));
	assert_int_equal(integer(reader, "SELECT a FROM t"), 3);
	db_close(first);
	db_close(second);
	db_close(reader);
}

/* A reader in a transaction keeps what it saw; the commit waits for it, and is undone
 * after wait_ms. */
static void
a_commit_waits_for_readers(void **state)
{
	struct db *writer, *reader;

	(void)state;
	make_file();
	writer = open_as(DB_SHARE);
	reader = open_as(DB_SHARE_READ);
	done(db_run(reader, "BEGIN", &err));
	assert_int_equal(integer(reader, "SELECT a FROM t"), 1);
	done(db_begin(writer, &err));
	done(db_run(writer, "UPDATE t SET a = 2", &err));
	assert_int_equal(db_commit(writer, &err), -1);
	assert_int_equal(err.exit_code, EXIT_AGAIN);
	assert_int_equal(integer(reader, "SELECT a FROM t"), 1);
	done(db_run(reader, "ROLLBACK", &err));
	assert_int_equal(integer(reader, "SELECT a FROM t"), 1);
	done(db_begin(writer, &err));
	done(db_run(writer, "UPDATE t SET a = 3", &err));
	done(db_commit(writer, &err));
	assert_int_equal(integer(reader, "SELECT a FROM t"), 3);
	db_close(writer);
	db_close(reader);
}

static void
a_reader_waits_for_a_commit(void **state)
{
	struct db *writer, *reader;
	int64_t value;

	(void)state;
	make_file();
	writer = open_as(DB_SHARE);
	reader = open_as(DB_SHARE_READ);
	done(db_run(writer, "BEGIN EXCLUSIVE", &err));
	assert_int_equal(db_integer(reader, "SELECT a FROM t", 0, &value, &err), -1);
	assert_int_equal(err.exit_code, EXIT_AGAIN);
	done(db_run(writer, "ROLLBACK", &err));
	assert_int_equal(integer(reader, "SELECT a FROM t"), 1);
	db_close(writer);
	db_close(reader);
}

/* A program that was killed leaves a journal, which the next one rolls back. */
static void
a_journal_that_is_left_is_rolled_back(void **state)
{
	struct db *db;
	pid_t pid;
	int status;

	(void)state;
	make_file();
	pid = fork();
	if (pid == 0) {
		db = open_as(DB_SHARE);
		/* The cache is small, so that the file is written before the commit. */
		if (db_run(db, "PRAGMA cache_size = 1; PRAGMA cache_spill = 1", &err) < 0 ||
		    db_begin(db, &err) < 0 || db_run(db, "UPDATE t SET a = 2;"
		    "CREATE TABLE big (b); INSERT INTO big WITH RECURSIVE n(i) AS"
		    " (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100)"
		    " SELECT zeroblob(9000) FROM n", &err) < 0)
			_exit(1);
		_exit(0);
	}
	assert_true(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0);
	assert_int_equal(access("a-journal", F_OK), 0);
	db = open_as(DB_SHARE);
	assert_int_equal(integer(db, "SELECT a FROM t"), 1);
	assert_int_equal(integer(db, "SELECT count(*) FROM sqlite_schema"), 1);
	db_close(db);
	assert_int_equal(folder_count(), 1);
}

/* The file may be one of another program, which a caller finds out by reading it. */
static void
the_journal_mode_of_others_stays(void **state)
{
	struct db *db = open_as(DB_WRITE);
	char *before, *after;

	(void)state;
	done(db_run(db, "CREATE TABLE t (a)", &err));
	db_close(db);
	before = folder_get("a");
	db = open_as(DB_SHARE);
	assert_int_equal(integer(db, "SELECT count(*) FROM t"), 0);
	db_close(db);
	after = folder_get("a");
	/* The version numbers of the header, which say WAL. */
	assert_int_equal(before[18], 2);
	assert_memory_equal(before, after, 100);
	free(before);
	free(after);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(no_file_is_left_beside_it),
		IN_FOLDER(a_missing_file_is_not_made),
		IN_FOLDER(a_reader_cannot_write),
		IN_FOLDER(a_second_writer_does_not_wait),
		IN_FOLDER(a_commit_waits_for_readers),
		IN_FOLDER(a_reader_waits_for_a_commit),
		IN_FOLDER(a_journal_that_is_left_is_rolled_back),
		IN_FOLDER(the_journal_mode_of_others_stays),
	};

	return cmocka_run_group_tests_name("db_share", tests, NULL, NULL);
}
