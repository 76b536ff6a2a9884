/* SPDX-License-Identifier: ISC
 *
 * The catalog of an archive: what is added reads back, and a torn last line is cut off.
 */
#include "segment/catalog.h"
#include "tests/unit/folder.h"
#include "tests/unit/segment/catalog_line.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void
entries_equal(const struct catalog_entry *a, const struct catalog_entry *b)
{
	assert_int_equal(part_name_compare(&a->name, &b->name), 0);
	assert_string_equal(a->name.format, b->name.format);
	assert_int_equal(a->name.day_ms, b->name.day_ms);
	assert_true(part_facts_equal(&a->facts, &b->facts));
	assert_int_equal(a->created_ms, b->created_ms);
	assert_string_equal(a->program, b->program);
	assert_int_equal(a->store_version, b->store_version);
}

static void
add(struct catalog *catalog, const struct catalog_entry *entry)
{
	struct err err;

	if (catalog_add(catalog, entry, &err) < 0)
		fail_msg("%s", err.text);
}

static void
open_again(struct catalog *catalog)
{
	struct err err;

	catalog_release(catalog);
	if (catalog_init(catalog, ".", true, &err) < 0)
		fail_msg("%s", err.text);
}

static void
the_file_is(const char *expected)
{
	char *text = folder_get(CATALOG_FILE);

	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
}

static void
an_entry_is_written_as_documented(void **state)
{
	struct catalog_entry entry = entry_of(FIRST);
	struct catalog catalog;
	struct err err;

	(void)state;
	assert_int_equal(catalog_init(&catalog, "./", false, &err), 0);
	assert_string_equal(catalog.root, ".");
	assert_false(catalog.has_file);
	assert_int_equal(catalog.count, 0);
	add(&catalog, &entry);
	assert_true(catalog.has_file);
	the_file_is(FIRST_LINE);
	assert_int_equal(catalog.whole_bytes, strlen(FIRST_LINE));
	catalog_release(&catalog);
}

static void
entries_read_back_in_order(void **state)
{
	/* By tier, table, day and number. */
	static const char *const paths[] = { "warm/http_events/dt=2026-11-01/part-0002.jsonl.zst",
		"warm/http_events/dt=2026-11-01/part-0010.jsonl.zst", FIRST,
		"cold/spans/dt=2026-11-01/part-0001.parquet",
		"warm/downloads/dt=2026-11-01/part-0001.jsonl.zst" };
	static const int order[] = { 3, 4, 2, 0, 1 };
	struct catalog_entry entries[5];
	struct catalog catalog;
	struct err err;

	(void)state;
	assert_int_equal(catalog_init(&catalog, ".", false, &err), 0);
	for (int i = 0; i < 5; i++) {
		entries[i] = entry_of(paths[i]);
		entries[i].created_ms = 100 + i;
		add(&catalog, &entries[i]);
	}
	for (int round = 0; round < 2; round++) {
		assert_int_equal(catalog.count, 5);
		assert_true(catalog.has_file);
		assert_false(catalog.is_torn);
		for (int i = 0; i < 5; i++) {
			entries_equal(&catalog.entries[i], &entries[order[i]]);
			assert_ptr_equal(catalog_find(&catalog, &entries[order[i]].name),
			    &catalog.entries[i]);
		}
		open_again(&catalog);
	}
	catalog_release(&catalog);
}

static void
many_entries_are_kept(void **state)
{
	struct catalog_entry entry = entry_of(FIRST);
	struct catalog catalog;
	struct err err;

	(void)state;
	assert_int_equal(catalog_init(&catalog, ".", false, &err), 0);
	for (int i = 0; i < 200; i++) {
		entry.name.number = i * 7 % 200 + 1;
		entry.facts.row_count = entry.name.number;
		add(&catalog, &entry);
	}
	for (int round = 0; round < 2; round++) {
		assert_int_equal(catalog.count, 200);
		for (int i = 0; i < 200; i++) {
			assert_int_equal(catalog.entries[i].name.number, i + 1);
			assert_int_equal(catalog.entries[i].facts.row_count, i + 1);
		}
		open_again(&catalog);
	}
	catalog_release(&catalog);
}

static void
what_is_not_there_is_not_found(void **state)
{
	static const char *const others[] = { "warm/http_events/dt=2026-11-01/part-0002.jsonl.zst",
		"warm/http_events/dt=2026-11-02/part-0001.jsonl.zst",
		"warm/spans/dt=2026-11-01/part-0001.jsonl.zst",
		"cold/http_events/dt=2026-11-01/part-0001.jsonl.zst",
		"warm/http_events/dt=2026-11-01/part-0001.parquet" };
	struct catalog_entry entry = entry_of(FIRST);
	struct catalog catalog;
	struct err err;

	(void)state;
	assert_int_equal(catalog_init(&catalog, ".", false, &err), 0);
	assert_null(catalog_find(&catalog, &entry.name));
	add(&catalog, &entry);
	assert_non_null(catalog_find(&catalog, &entry.name));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct catalog_entry other = entry_of(others[i]);

		assert_null(catalog_find(&catalog, &other.name));
	}
	catalog_release(&catalog);
}

static void
the_last_line_of_a_path_counts(void **state)
{
	struct catalog_entry entry = entry_of(FIRST);
	struct catalog catalog;
	struct err err;

	(void)state;
	assert_int_equal(catalog_init(&catalog, ".", false, &err), 0);
	add(&catalog, &entry);
	entry.facts.row_count = 99;
	add(&catalog, &entry);
	for (int round = 0; round < 2; round++) {
		assert_int_equal(catalog.count, 1);
		assert_int_equal(catalog.entries[0].facts.row_count, 99);
		open_again(&catalog);
	}
	catalog_release(&catalog);
}

static void
a_torn_last_line_is_cut_off(void **state)
{
	struct catalog_entry entry = entry_of(FIRST);
	struct catalog catalog;
	struct err err;

	(void)state;
	assert_int_equal(folder_put_text(CATALOG_FILE, FIRST_LINE "{\"path\":\"warm/ht"), 0);
	assert_int_equal(catalog_init(&catalog, ".", true, &err), 0);
	assert_true(catalog.is_torn);
	assert_int_equal(catalog.count, 1);
	assert_int_equal(catalog.whole_bytes, strlen(FIRST_LINE));
	/* A reader changes nothing. */
	the_file_is(FIRST_LINE "{\"path\":\"warm/ht");
	add(&catalog, &entry);
	assert_false(catalog.is_torn);
	the_file_is(FIRST_LINE FIRST_LINE);
	add(&catalog, &entry);
	the_file_is(FIRST_LINE FIRST_LINE FIRST_LINE);
	catalog_release(&catalog);
}

static void
a_whole_line_without_its_newline_is_torn(void **state)
{
	char text[] = FIRST_LINE;
	struct catalog catalog;
	struct err err;

	(void)state;
	text[strlen(text) - 1] = '\0';
	assert_int_equal(folder_put_text(CATALOG_FILE, text), 0);
	assert_int_equal(catalog_init(&catalog, ".", true, &err), 0);
	assert_true(catalog.is_torn);
	assert_int_equal(catalog.count, 0);
	catalog_release(&catalog);
}

static void
a_folder_that_is_no_archive(void **state)
{
	struct catalog catalog;
	struct err err;

	(void)state;
	assert_int_equal(catalog_init(&catalog, ".", true, &err), -1);
	assert_int_equal(err.exit_code, EXIT_NO_INPUT);
	assert_string_equal(err.text, ".: no catalog.jsonl in it, so it is not an archive");
	catalog_release(&catalog);
	assert_int_equal(catalog_init(&catalog, "missing", false, &err), -1);
	assert_int_equal(err.exit_code, EXIT_NO_INPUT);
	catalog_release(&catalog);
	assert_int_equal(folder_put_text("file", ""), 0);
	assert_int_equal(catalog_init(&catalog, "file", false, &err), -1);
	assert_string_equal(err.text, "file: not a folder, so not an archive");
	catalog_release(&catalog);
	/* An empty catalog is an archive without partitions. */
	assert_int_equal(folder_put_text(CATALOG_FILE, ""), 0);
	assert_int_equal(catalog_init(&catalog, ".", true, &err), 0);
	assert_false(catalog.is_torn);
	assert_int_equal(catalog.count, 0);
	catalog_release(&catalog);
}

/* What another process says of the lock: its exit status. */
static int
locked_as_others_see_it(void)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(catalog_is_locked("arc") ? 1 : 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
the_lock_makes_the_folder_and_shows(void **state)
{
	struct lock lock;
	struct err err;

	(void)state;
	assert_false(catalog_is_locked("arc"));
	assert_int_equal(access("arc", F_OK), -1);
	assert_int_equal(catalog_lock("arc/", &lock, &err), 0);
	assert_int_equal(access("arc/catalog.lock", F_OK), 0);
	assert_int_equal(locked_as_others_see_it(), 1);
	lock_release(&lock);
	assert_int_equal(locked_as_others_see_it(), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(an_entry_is_written_as_documented),
		IN_FOLDER(entries_read_back_in_order),
		IN_FOLDER(many_entries_are_kept),
		IN_FOLDER(what_is_not_there_is_not_found),
		IN_FOLDER(the_last_line_of_a_path_counts),
		IN_FOLDER(a_torn_last_line_is_cut_off),
		IN_FOLDER(a_whole_line_without_its_newline_is_torn),
		IN_FOLDER(a_folder_that_is_no_archive),
		IN_FOLDER(the_lock_makes_the_folder_and_shows),
	};

	return cmocka_run_group_tests_name("catalog", tests, NULL, NULL);
}
