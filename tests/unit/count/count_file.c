/* SPDX-License-Identifier: ISC
 *
 * The counts file of a database: made, found again, replaced when it is of another
 * database or version, and refused when it is something else.
 */
#include "count/count_file.h"
#include "store/store_identity.h"
#include "tests/unit/nobody.h"
#include "tests/unit/store/ledger_open.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static struct count_file file;

static int
open_file(const char *path)
{
	return count_file_open(&file, db, path, &err);
}

static void
opens(const char *path)
{
	int result = open_file(path);

	done(result);
	assert_int_equal(result, 1);
}

static int64_t
integer(struct db *from, const char *sql)
{
	int64_t value;

	done(db_integer(from, sql, -1, &value, &err));
	return value;
}

/* Puts a definition into the file, by which it is known again. */
static void
put_mark(void)
{
	done(db_run(file.db, "INSERT INTO count_groups (no, key) VALUES (77, 'mark')", &err));
}

static bool
has_mark(void)
{
	return integer(file.db, "SELECT count(*) FROM count_groups WHERE no = 77") == 1;
}

static void
it_lies_beside_the_database(void **state)
{
	struct buf path = BUF_EMPTY;
	struct stat status;

	(void)state;
	assert_int_equal(chmod("t.db", 0640), 0);
	assert_int_equal(mkdir("folder", 0755), 0);
	assert_int_equal(symlink("t.db", "link"), 0);
	count_file_path(&path, db);
	assert_non_null(strstr(buf_text(&path), "/t.db.counts"));
	opens(NULL);
	assert_true(file.is_writable);
	assert_int_equal(stat("t.db.counts", &status), 0);
	assert_int_equal(status.st_mode & 0777, 0640);
	assert_int_equal(integer(file.db, "PRAGMA application_id"), COUNT_APPLICATION_ID);
	assert_int_equal(integer(file.db, "PRAGMA user_version"), COUNT_VERSION);
	put_mark();
	count_file_close(&file);
	assert_int_equal(access("t.db.counts-journal", F_OK), -1);
	assert_int_equal(access("t.db.counts.lock", F_OK), -1);
	/* By another name of the database. */
	close_all();
	done(store_open(&db, "link", DB_READ, 1000, &err));
	opens(NULL);
	assert_true(has_mark());
	count_file_close(&file);
	count_file_close(&file);
	buf_release(&path);
}

static void
one_of_a_name_is_made_and_found(void **state)
{
	(void)state;
	opens("own");
	put_mark();
	count_file_close(&file);
	assert_int_equal(access("t.db.counts", F_OK), -1);
	opens("own");
	assert_true(has_mark());
	count_file_close(&file);
	assert_int_equal(open_file("missing/own"), -1);
	assert_int_equal(err.exit_code, EXIT_CREATE);
	count_file_close(&file);
	assert_int_equal(open_file("."), -1);
	count_file_close(&file);
	assert_int_equal(symlink("nowhere", "dangling"), 0);
	assert_int_equal(open_file("dangling"), -1);
	count_file_close(&file);
}

/* Files that nobody has begun. */
static void
an_empty_file_is_begun(void **state)
{
	(void)state;
	assert_int_equal(folder_put_text("t.db.counts", ""), 0);
	opens(NULL);
	put_mark();
	count_file_close(&file);
	assert_int_equal(folder_put_text("own", ""), 0);
	opens("own");
	assert_false(has_mark());
	count_file_close(&file);
}

static void
another_store(const char *path)
{
	struct db *other;

	done(store_open(&other, path, DB_WRITE, 1000, &err));
	db_close(other);
}

static void
counts_of_another_database_are_not_used(void **state)
{
	(void)state;
	opens(NULL);
	put_mark();
	count_file_close(&file);
	close_all();
	another_store("other.db");
	assert_int_equal(rename("other.db", "t.db"), 0);
	done(store_open(&db, "t.db", DB_WRITE, 1000, &err));
	/* What a user has named is not emptied. */
	assert_int_equal(open_file("t.db.counts"), -1);
	assert_int_equal(err.exit_code, EXIT_CONFIG);
	assert_non_null(strstr(err.text, "the counts of another database"));
	count_file_close(&file);
	opens(NULL);
	assert_false(has_mark());
	put_mark();
	count_file_close(&file);
	opens("t.db.counts");
	assert_true(has_mark());
	count_file_close(&file);
}

/* Its tables may have other columns. */
static void
another_version_is_made_afresh(void **state)
{
	(void)state;
	opens(NULL);
	put_mark();
	done(db_run(file.db, "PRAGMA user_version = 99; DROP TABLE count_days;"
	    "CREATE TABLE count_days (a); DROP TABLE count_totals", &err));
	count_file_close(&file);
	opens(NULL);
	assert_false(has_mark());
	assert_int_equal(integer(file.db, "SELECT count(newest_ms) FROM count_days"), 0);
	put_mark();
	count_file_close(&file);
	opens(NULL);
	assert_true(has_mark());
	done(db_run(file.db, "PRAGMA user_version = 99", &err));
	count_file_close(&file);
	/* One that a user has named, too: it is of this database. */
	opens("t.db.counts");
	assert_false(has_mark());
	count_file_close(&file);
}

/* Whatever it is, it stays as it is. */
static void
is_refused_and_kept(const char *path, int exit_code)
{
	struct stat before, after;
	FILE *stream = fopen(path, "re");
	static char old[1 << 20], new[1 << 20];
	size_t len = fread(old, 1, sizeof(old), stream);

	fclose(stream);
	assert_int_equal(stat(path, &before), 0);
	for (int is_given = 0; is_given < 2; is_given++) {
		if (is_given == 0)
			assert_int_equal(rename(path, "t.db.counts"), 0);
		assert_int_equal(open_file(is_given == 1 ? path : NULL), -1);
		assert_int_equal(err.exit_code, exit_code);
		count_file_close(&file);
		if (is_given == 0)
			assert_int_equal(rename("t.db.counts", path), 0);
		/* What SQLite keeps beside a file in WAL mode. */
		(void)unlink("t.db.counts-wal");
		(void)unlink("t.db.counts-shm");
	}
	stream = fopen(path, "re");
	assert_int_equal(fread(new, 1, sizeof(new), stream), len);
	fclose(stream);
	assert_memory_equal(old, new, len);
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
}

static void
other_files_are_refused_and_kept(void **state)
{
	struct db *other;

	(void)state;
	assert_int_equal(folder_put_text("text", "not a database, and longer than a"
	    " header of one, which has a hundred bytes; so that it is read as one ..."
	    " ... ... ... ... ... ... ...\n"), 0);
	is_refused_and_kept("text", EXIT_DATA);
	/* A database of events in WAL mode stays in it. */
	another_store("other.db");
	is_refused_and_kept("other.db", EXIT_DATA);
	done(db_open(&other, "own.db", DB_WRITE, 1000, &err));
	done(db_run(other, "CREATE TABLE a (b)", &err));
	db_close(other);
	is_refused_and_kept("own.db", EXIT_DATA);
	/* And one with nothing but the mark of another program. */
	done(db_open(&other, "marked.db", DB_WRITE, 1000, &err));
	done(db_run(other, "PRAGMA application_id = 5", &err));
	db_close(other);
	is_refused_and_kept("marked.db", EXIT_DATA);
	/* The database itself. */
	assert_int_equal(open_file("t.db"), -1);
	assert_int_equal(err.exit_code, EXIT_DATA);
	count_file_close(&file);
	assert_int_equal(integer(db, "SELECT count(*) FROM pragma_journal_mode"
	    " WHERE journal_mode = 'wal'"), 1);
}

static void
a_damaged_file_is_an_error(void **state)
{
	(void)state;
	opens(NULL);
	done(db_run(file.db, "DROP TABLE count_store", &err));
	count_file_close(&file);
	assert_int_equal(open_file(NULL), -1);
	count_file_close(&file);
	assert_int_equal(truncate("t.db.counts", 9000), 0);
	assert_int_equal(open_file(NULL), -1);
	assert_int_equal(err.exit_code, EXIT_DATA);
	count_file_close(&file);
}

/* Two programs that begin it at once. */
static void
it_is_begun_once(void **state)
{
	struct count_file other;

	(void)state;
	opens(NULL);
	other = file;
	opens(NULL);
	put_mark();
	count_file_close(&file);
	count_file_close(&other);
	opens(NULL);
	assert_true(has_mark());
	count_file_close(&file);
}

static void
a_file_that_is_gone_is_noticed(void **state)
{
	(void)state;
	opens(NULL);
	done(count_file_check(&file, &err));
	assert_int_equal(unlink("t.db.counts"), 0);
	assert_int_equal(count_file_check(&file, &err), -1);
	assert_int_equal(err.exit_code, EXIT_AGAIN);
	/* Another one in its place. */
	assert_int_equal(folder_put_text("t.db.counts", ""), 0);
	assert_int_equal(count_file_check(&file, &err), -1);
	count_file_close(&file);
	opens(NULL);
	done(count_file_check(&file, &err));
	count_file_close(&file);
}

static void
databases_without_an_identity_have_none(void **state)
{
	struct db *temporary;

	(void)state;
	done(store_open(&temporary, DB_TEMPORARY, DB_WRITE, 1000, &err));
	assert_int_equal(count_file_open(&file, temporary, NULL, &err), 0);
	count_file_close(&file);
	db_close(temporary);
	done(db_run(db, "DROP TABLE store_identity", &err));
	assert_int_equal(open_file(NULL), 0);
	count_file_close(&file);
	assert_int_equal(access("t.db.counts", F_OK), -1);
}

/* Reads the database anew, since a connection cannot be used after a fork. */
static int
open_for_reading(int expected, bool is_writable)
{
	struct db *own;
	int result;

	if (store_open(&own, "t.db", DB_READ, 1000, &err) < 0)
		return 2;
	result = count_file_open(&file, own, NULL, &err);
	if (result != expected)
		return 3;
	if (result == 1 && file.is_writable != is_writable)
		return 4;
	if (result == 1 && !has_mark())
		return 5;
	count_file_close(&file);
	return 0;
}

static int
reads_it(void)
{
	return open_for_reading(1, false);
}

static int
does_without(void)
{
	return open_for_reading(0, false);
}

static void
who_may_not_write_reads_it(void **state)
{
	(void)state;
	close_all();
	assert_int_equal(chmod(".", 0755), 0);
	assert_int_equal(chmod("t.db", 0644), 0);
	assert_int_equal(as_nobody(does_without), 0);
	done(store_open(&db, "t.db", DB_WRITE, 1000, &err));
	opens(NULL);
	put_mark();
	count_file_close(&file);
	db_close(db);
	db = NULL;
	assert_int_equal(as_nobody(reads_it), 0);
	/* The file may be written, but no journal can be made beside it. */
	assert_int_equal(chmod("t.db.counts", 0666), 0);
	assert_int_equal(as_nobody(reads_it), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_lies_beside_the_database),
		TEST(one_of_a_name_is_made_and_found),
		TEST(an_empty_file_is_begun),
		TEST(counts_of_another_database_are_not_used),
		TEST(another_version_is_made_afresh),
		TEST(other_files_are_refused_and_kept),
		TEST(a_damaged_file_is_an_error),
		TEST(it_is_begun_once),
		TEST(a_file_that_is_gone_is_noticed),
		TEST(databases_without_an_identity_have_none),
		TEST(who_may_not_write_reads_it),
	};

	return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
