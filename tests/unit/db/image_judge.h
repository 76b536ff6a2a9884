/* SPDX-License-Identifier: ISC
 *
 * image_judge -- for the tests of db/table_image: SQLite itself judges it. It opens the
 * bytes as a database, finds no fault by its integrity check, and reads the rows that
 * were added: in order, one by one, and when it copies them into tables of other page
 * sizes.
 */
#ifndef TESTS_UNIT_DB_IMAGE_JUDGE_H
#define TESTS_UNIT_DB_IMAGE_JUDGE_H

#include "base/arena.h"
#include "db/table_image.h"
#include "tel/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#define MIB ((size_t)1 << 20)
#define DEFINITION "events (id INTEGER PRIMARY KEY, note TEXT, number INTEGER) STRICT"
#define MAX_ROWS 4000
#define MAX_TEXT (2 * MIB + 100)
/* How many bytes a record has beside its text, when that has 8186 bytes to less
 * than a MiB: the length of the header, the type of the id (NULL), three bytes
 * for the type of the text, and the type of the number, which is 1. */
#define HEAD_BYTES 6
/* The most that a leaf holds of a record, by the description: U - 35. */
#define MAX_LOCAL (TABLE_IMAGE_PAGE_BYTES - 35)
/* The least, "M" in the description: ((U - 12) * 32 / 255) - 23. */
#define MIN_LOCAL 2031
/* What an overflow page holds after the number of the next one. */
#define CHAIN_BYTES (TABLE_IMAGE_PAGE_BYTES - 4)

struct row {
	int64_t id;
	size_t text_bytes;
};

static char letters[MAX_TEXT + 1000];
static struct table_image image;
static struct arena arena;

static inline int
set_up(void **state)
{
	(void)state;
	/* Has no period in common with pages, so that misplaced pieces differ. */
	for (size_t i = 0; i < sizeof(letters); i++)
		letters[i] = (char)('!' + (i ^ i / 89 ^ i / 9973) % 89);
	return 0;
}

static inline int
tear_down(void **state)
{
	(void)state;
	table_image_release(&image);
	arena_release(&arena);
	return 0;
}

static inline const char *
text_of(struct row row)
{
	return letters + (uint64_t)row.id % 997;
}

static inline bool
add(struct row row)
{
	const struct record_value values[] = {
		{ .type = RECORD_NULL },
		{ .type = RECORD_TEXT, .len = (unsigned int)row.text_bytes,
		    .text = text_of(row) },
		{ .type = RECORD_INTEGER, .integer = 1 },
	};
	size_t len;
	const unsigned char *record;
	bool has_room;

	record = record_make(&arena, values, 3, &len);
	has_room = table_image_add(&image, row.id, record, len);
	arena_reset(&arena);
	return has_room;
}

static inline void
check_result(sqlite3 *db, int result)
{
	if (result != SQLITE_OK)
		fail_msg("SQLite: %s", sqlite3_errmsg(db));
}

static inline void
run(sqlite3 *db, const char *sql)
{
	check_result(db, sqlite3_exec(db, sql, NULL, NULL, NULL));
}

static inline void
check_sound(sqlite3 *db, const char *schema)
{
	char *sql = sqlite3_mprintf("PRAGMA %s.integrity_check", schema);
	sqlite3_stmt *statement;

	check_result(db, sqlite3_prepare_v2(db, sql, -1, &statement, NULL));
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	assert_string_equal(sqlite3_column_text(statement, 0), "ok");
	sqlite3_finalize(statement);
	sqlite3_free(sql);
}

static inline void
check_row(sqlite3_stmt *statement, struct row row)
{
	assert_true(sqlite3_column_int64(statement, 0) == row.id);
	assert_int_equal(sqlite3_column_type(statement, 1), SQLITE_TEXT);
	assert_int_equal(sqlite3_column_bytes(statement, 1), row.text_bytes);
	assert_memory_equal(sqlite3_column_text(statement, 1), text_of(row),
	    row.text_bytes);
	assert_int_equal(sqlite3_column_int(statement, 2), 1);
}

static inline void
check_rows(sqlite3 *db, const char *schema, const struct row *rows, size_t count)
{
	char *sql = sqlite3_mprintf("SELECT * FROM %s.events ORDER BY id", schema);
	sqlite3_stmt *statement;

	check_result(db, sqlite3_prepare_v2(db, sql, -1, &statement, NULL));
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
		check_row(statement, rows[i]);
	}
	assert_int_equal(sqlite3_step(statement), SQLITE_DONE);
	sqlite3_finalize(statement);
	sqlite3_free(sql);
}

/* Looks up each row by its id, which goes through the root to its leaf. */
static inline void
check_lookup(sqlite3 *db, const struct row *rows, size_t count)
{
	sqlite3_stmt *statement;

	check_result(db, sqlite3_prepare_v2(db,
	    "SELECT * FROM shown.events WHERE id = ?", -1, &statement, NULL));
	for (size_t i = 0; i < count; i++) {
		sqlite3_bind_int64(statement, 1, rows[i].id);
		assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
		check_row(statement, rows[i]);
		sqlite3_reset(statement);
	}
	sqlite3_finalize(statement);
}

/* Finishes the image and opens a copy of its bytes, no more, as a database. */
static inline sqlite3 *
open_image(void)
{
	sqlite3 *db;
	size_t bytes;
	const unsigned char *file = table_image_finish(&image, "events",
	    DEFINITION, &bytes);
	unsigned char *copy = sqlite3_malloc64(bytes);

	assert_int_equal(bytes, image.page_count * TABLE_IMAGE_PAGE_BYTES);
	assert_non_null(copy);
	memcpy(copy, file, bytes);
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	run(db, "ATTACH ':memory:' AS shown");
	check_result(db, sqlite3_deserialize(db, "shown", copy,
	    (sqlite3_int64)bytes, (sqlite3_int64)bytes,
	    SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_READONLY));
	return db;
}

/* Copies the rows into a table of the same definition, which copies records. */
static inline void
check_copy(sqlite3 *db, int page_bytes, const struct row *rows, size_t count)
{
	char *sql = sqlite3_mprintf("ATTACH ':memory:' AS copied;"
	    "PRAGMA copied.page_size = %d; CREATE TABLE copied." DEFINITION ";"
	    "INSERT INTO copied.events SELECT * FROM shown.events", page_bytes);

	run(db, sql);
	sqlite3_free(sql);
	check_sound(db, "copied");
	check_rows(db, "copied", rows, count);
	run(db, "DETACH copied");
}

/* Checks that the image has exactly these rows. */
static inline void
check_contents(const struct row *rows, size_t count)
{
	static const int page_bytes[] = { 512, 4096, 8192, 16384, 65536 };
	sqlite3 *db = open_image();

	check_sound(db, "shown");
	check_rows(db, "shown", rows, count);
	check_lookup(db, rows, count);
	for (size_t i = 0; i < sizeof(page_bytes) / sizeof(page_bytes[0]); i++)
		check_copy(db, page_bytes[i], rows, count);
	sqlite3_close(db);
}

static inline void
check_image(const struct row *rows, size_t count)
{
	table_image_start(&image);
	for (size_t i = 0; i < count; i++)
		assert_true(add(rows[i]));
	check_contents(rows, count);
}

#endif
