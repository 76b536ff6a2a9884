/* SPDX-License-Identifier: ISC
 *
 * Followed files that have more than was taken from them.
 */
#include "store/pending_files.h"
#include "store/followed_files.h"
#include "tests/unit/store/ledger_open.h"

#include <sys/stat.h>

/* Makes a file of so many bytes, or more of one. */
static void
fill(const char *path, size_t len)
{
	static const char bytes[100] = { 0 };

	assert_int_equal(folder_put(path, bytes, len), 0);
}

/* Notes that the file at path is followed. */
static void
follow(const char *path)
{
	struct followed_files *files;

	done(db_begin(db, &err));
	done(followed_files_open(&files, db, &err));
	done(followed_files_add(files, path, NOW_MS, &err));
	followed_files_close(files);
	done(db_commit(db, &err));
}

/* A source that is the file, of which so many bytes were taken. */
static void
take(const char *path, int64_t taken_bytes, const char *kind)
{
	static int64_t no;
	struct buf sql = BUF_EMPTY;
	struct stat status;

	no++;
	assert_int_equal(stat(path, &status), 0);
	buf_printf(&sql, "INSERT INTO sources (no, kind, name, fingerprint, device, inode,"
	    " taken_bytes, first_seen_ms) VALUES (%lld, '%s', 's%lld', 'f%lld', %lld, %lld,"
	    " %lld, 1)", (long long)no, kind, (long long)no, (long long)no,
	    (long long)status.st_dev, (long long)status.st_ino, (long long)taken_bytes);
	done(db_run(db, buf_text(&sql), &err));
	buf_release(&sql);
}

static void
pending_are(int64_t expected)
{
	int64_t count = -1;

	done(pending_files_count(db, &count, &err));
	assert_int_equal(count, expected);
}

static void
a_file_is_pending_until_all_was_taken(void **state)
{
	(void)state;
	pending_are(0);
	fill("a", 10);
	pending_are(0); /* no program follows it */
	follow("a");
	pending_are(1);
	take("a", 9, "file");
	pending_are(1);
	take("a", 10, "file");
	pending_are(0);
	fill("a", 11);
	pending_are(1);
}

static void
files_are_counted_each_for_itself(void **state)
{
	(void)state;
	fill("a", 10);
	fill("b", 10);
	fill("c", 0);
	follow("a");
	follow("b");
	follow("c");
	pending_are(2); /* an empty one has nothing */
	take("b", 10, "file");
	pending_are(1);
	/* One was truncated: it has less than was taken. */
	fill("a", 3);
	take("a", 10, "file");
	pending_are(0);
}

/* Another file under that name has nothing of it taken. */
static void
a_file_that_was_replaced_is_pending(void **state)
{
	(void)state;
	fill("a", 10);
	follow("a");
	take("a", 10, "file");
	fill("new", 10);
	assert_int_equal(rename("new", "a"), 0);
	pending_are(1);
}

static void
what_is_no_file_is_not_pending(void **state)
{
	(void)state;
	follow("gone");
	pending_are(0);
	assert_int_equal(mkdir("folder", 0700), 0);
	follow("folder");
	pending_are(0);
	assert_int_equal(mkfifo("fifo", 0600), 0);
	follow("fifo");
	pending_are(0);
}

/* The bytes that a producer numbered are no place in a file. */
static void
only_sources_that_are_files_count(void **state)
{
	(void)state;
	fill("a", 10);
	follow("a");
	take("a", 10, "stream");
	pending_are(1);
}

static void
a_store_from_before_files_were_followed(void **state)
{
	(void)state;
	done(db_run(db, "DROP TABLE followed_files", &err));
	pending_are(0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_is_pending_until_all_was_taken),
		TEST(files_are_counted_each_for_itself),
		TEST(a_file_that_was_replaced_is_pending),
		TEST(what_is_no_file_is_not_pending),
		TEST(only_sources_that_are_files_count),
		TEST(a_store_from_before_files_were_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
