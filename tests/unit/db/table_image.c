/* SPDX-License-Identifier: ISC
 *
 * Images of tables with rows of all sizes, ids and numbers, which SQLite judges.
 */
#include "db/table_image.h"
#include "tests/unit/db/image_judge.h"
#include "tests/unit/random.h"

#include <stdio.h>
#include <stdlib.h>

static void
holds_one_row(void **state)
{
	static const struct row rows[] = { { 1, 0 }, { 1, 5 }, { INT64_MAX, 9 },
		{ 0, 1 }, { -1, 1 }, { INT64_MIN, 100 }, { 128, 8000 } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		check_image(&rows[i], 1);
		assert_int_equal(image.page_count, 2);
	}
}

/* Runs a query; compares its text, unless expected is NULL, and returns its
 * number. */
static int64_t
query(sqlite3 *db, const char *sql, const char *expected)
{
	sqlite3_stmt *statement;
	int64_t number;

	check_result(db, sqlite3_prepare_v2(db, sql, -1, &statement, NULL));
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	number = sqlite3_column_int64(statement, 0);
	if (expected != NULL)
		assert_string_equal(sqlite3_column_text(statement, 0), expected);
	sqlite3_finalize(statement);
	return number;
}

static void
the_file_header_is_right(void **state)
{
	static const unsigned char format[] = { 0, 0, 0, 4 };
	sqlite3 *db;

	(void)state;
	table_image_start(&image);
	assert_true(add((struct row){ 7, 10 }));
	db = open_image();
	/* Types 8 and 9 need schema format 4. The number of pages is valid only
	 * where the change counter and the version-valid-for number agree. */
	assert_memory_equal(image.pages + 44, format, 4);
	assert_memory_equal(image.pages + 24, image.pages + 92, 4);
	assert_int_equal(query(db, "SELECT count(*) FROM shown.sqlite_schema", NULL), 1);
	assert_int_equal(query(db, "PRAGMA shown.page_size", NULL), 16384);
	assert_int_equal(query(db, "PRAGMA shown.page_count", NULL), 2);
	assert_int_equal(query(db, "PRAGMA shown.freelist_count", NULL), 0);
	assert_int_equal(query(db, "PRAGMA shown.auto_vacuum", NULL), 0);
	query(db, "PRAGMA shown.encoding", "UTF-8");
	query(db, "SELECT type || name || tbl_name || sql FROM shown.sqlite_schema",
	    "tableeventseventsCREATE TABLE " DEFINITION);
	sqlite3_close(db);
}

/* A page has a header of 8 bytes, and each row a pointer of 2; the record of
 * the second row is preceded by 2 bytes of length and 1 of id. */
static void
fills_a_page_exactly(void **state)
{
	struct row rows[] = { { 1, 4000 }, { 2, 0 }, { 3, 0 } };

	(void)state;
	table_image_start(&image);
	assert_true(add(rows[0]));
	rows[1].text_bytes = image.content_start - 8 - 2 * 2 - 2 - 1 - HEAD_BYTES;
	check_image(rows, 2);
	assert_int_equal(image.page_count, 2);
	assert_int_equal(image.content_start, 8 + 2 * 2);
	check_image(rows, 3);
	assert_int_equal(image.page_count, 4); /* another leaf, and the root */
	rows[1].text_bytes++;
	check_image(rows, 2);
	assert_int_equal(image.page_count, 4);
	rows[1].text_bytes -= 2;
	check_image(rows, 2);
	assert_int_equal(image.page_count, 2);
	assert_int_equal(image.content_start, 8 + 2 * 2 + 1);
}

static void
has_a_root_above_its_leaves(void **state)
{
	static const size_t counts[] = { 2, 3, 4, 5, 30, 62 };
	struct row rows[TABLE_IMAGE_PAGES];

	(void)state;
	for (size_t i = 0; i < TABLE_IMAGE_PAGES; i++)
		rows[i] = (struct row){ (int64_t)i * 1000 + 1, 12000 + i };
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		check_image(rows, counts[i]);
		assert_int_equal(image.page_count, counts[i] + 2);
	}
}

/* Fills an image with rows of that size; the row without room starts the next one. */
static void
check_full(size_t text_bytes, size_t expected_pages)
{
	static struct row rows[MAX_ROWS];
	size_t count = 0;

	table_image_start(&image);
	for (;;) {
		assert_true(count < MAX_ROWS);
		rows[count] = (struct row){ (int64_t)(count + 1) * 3, text_bytes };
		if (!add(rows[count]))
			break;
		count++;
	}
	assert_true(count > 0);
	assert_false(add(rows[count])); /* no room the second time either */
	check_contents(rows, count);
	assert_int_equal(image.page_count, expected_pages);
	check_image(&rows[count], 1);
}

static void
refuses_rows_when_full(void **state)
{
	(void)state;
	check_full(300, TABLE_IMAGE_PAGES + 1); /* the one more is the root */
	check_full(8100, TABLE_IMAGE_PAGES + 1);
	check_full(16000, TABLE_IMAGE_PAGES + 1);
	/* Each row fills an overflow page and has the rest in a leaf. */
	check_full(CHAIN_BYTES + MIN_LOCAL - HEAD_BYTES, TABLE_IMAGE_PAGES + 1);
}

/* No row that needs a new page has room after a row that exceeds the image. */
static void
holds_rows_larger_than_an_image(void **state)
{
	const struct row rows[] = { { 1, 10 }, { 2, 2 * MIB }, { 3, 10 },
		{ 4, 2 * MIB } };

	(void)state;
	check_image(&rows[1], 1);
	check_image(rows, 2);
	/* The small row has room in the leaf, the second large one has none. */
	check_image(rows, 3);
	table_image_start(&image);
	for (size_t i = 0; i < 3; i++)
		assert_true(add(rows[i]));
	assert_false(add(rows[3]));
	check_image(&rows[3], 1);
}

static void
check_size(size_t record_bytes)
{
	size_t text_bytes = record_bytes - HEAD_BYTES;
	const struct row rows[] = { { 1, 3 }, { 2, text_bytes }, { 300, 100 },
		{ 70000, text_bytes }, { INT64_MAX, 0 } };

	check_image(&rows[1], 1);
	check_image(rows, 5);
}

/* Sizes at which the chain of overflow pages begins, at which the part in the leaf
 * jumps from its most to its least, and at which an overflow page is just full. */
static void
holds_rows_about_the_size_of_pages(void **state)
{
	static const size_t borders[] = { MAX_LOCAL, TABLE_IMAGE_PAGE_BYTES,
		MIN_LOCAL + CHAIN_BYTES, MAX_LOCAL + CHAIN_BYTES,
		MIN_LOCAL + 2 * CHAIN_BYTES, MAX_LOCAL + 2 * CHAIN_BYTES,
		MIN_LOCAL + 5 * CHAIN_BYTES,
		/* the same for tables of 8192 bytes a page */
		8192 - 35, 2 * 8192 - 35 - 4, 1003 + 8188, 1003 + 2 * 8188 };

	(void)state;
	for (size_t i = 0; i < sizeof(borders) / sizeof(borders[0]); i++)
		for (size_t step = 0; step < 7; step++)
			check_size(borders[i] - 3 + step);
}

static void
holds_large_rows(void **state)
{
	(void)state;
	check_image(&(struct row){ 5, MIB - 100 }, 1);
	check_image(&(struct row){ 5, MIB }, 1);
	check_image(&(struct row){ 5, MAX_TEXT }, 1);
}

/* The part in the leaf is exactly as the description says; SQLite would read
 * some other splits too, so its check is not enough. */
static void
splits_records_as_described(void **state)
{
	static const struct {
		size_t record_bytes, local_bytes, pages;
	} cases[] = {
		{ MAX_LOCAL, MAX_LOCAL, 2 },
		{ MAX_LOCAL + 1, MIN_LOCAL, 3 },
		{ MIN_LOCAL + CHAIN_BYTES, MIN_LOCAL, 3 },
		{ MIN_LOCAL + CHAIN_BYTES + 1, MIN_LOCAL + 1, 3 },
		{ MAX_LOCAL + CHAIN_BYTES, MAX_LOCAL, 3 },
		{ MAX_LOCAL + CHAIN_BYTES + 1, MIN_LOCAL, 4 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t record_bytes = cases[i].record_bytes;
		size_t chain = cases[i].local_bytes < record_bytes ? 4 : 0;
		size_t length = record_bytes < 16384 ? 2 : 3;

		table_image_start(&image);
		assert_true(add((struct row){ 1, record_bytes - HEAD_BYTES }));
		assert_int_equal(image.page_count, cases[i].pages);
		assert_int_equal(image.content_start, TABLE_IMAGE_PAGE_BYTES -
		    cases[i].local_bytes - chain - length - 1);
	}
}

static void
holds_ids_far_apart(void **state)
{
	struct row rows[130];
	size_t count = 0;

	(void)state;
	rows[count++] = (struct row){ INT64_MIN, 6000 };
	rows[count++] = (struct row){ -1, 6000 };
	rows[count++] = (struct row){ 0, 6000 };
	for (int bit = 0; bit < 63; bit++)
		rows[count++] = (struct row){ INT64_C(1) << bit, 6000 };
	rows[count++] = (struct row){ INT64_MAX - 1, 6000 };
	rows[count++] = (struct row){ INT64_MAX, 6000 };
	check_image(rows, count);
}

static void
starts_again_after_release(void **state)
{
	const struct row row = { 9, 20 };

	(void)state;
	check_image(&row, 1);
	table_image_release(&image);
	assert_null(image.pages);
	check_image(&row, 1);
	table_image_start(&image);
	table_image_start(&image);
	assert_true(add(row));
	check_contents(&row, 1);
}

/* The image is also a database when it is written to a file. */
static void
is_a_file(void **state)
{
	char path[] = "/tmp/table_image-XXXXXX";
	static struct row rows[500];
	int fd = mkstemp(path);
	FILE *out = fdopen(fd, "w");
	const unsigned char *file;
	size_t bytes;
	sqlite3 *db;

	(void)state;
	assert_non_null(out);
	table_image_start(&image);
	for (size_t i = 0; i < 500; i++) {
		rows[i] = (struct row){ (int64_t)i + 1, i };
		assert_true(add(rows[i]));
	}
	file = table_image_finish(&image, "events", DEFINITION, &bytes);
	assert_int_equal(fwrite(file, 1, bytes, out), bytes);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	check_sound(db, "main");
	check_rows(db, "main", rows, 500);
	/* SQLite can also change it. */
	run(db, "DELETE FROM events WHERE id % 3 = 0; VACUUM");
	check_sound(db, "main");
	sqlite3_close(db);
	assert_int_equal(remove(path), 0);
}

/* Returns a random size: mostly small, sometimes large. */
static size_t
random_text_bytes(void)
{
	return random_below(40) == 0 ? random_next() % 100000
	    : random_below(10) == 0 ? random_below(20000) : random_below(600);
}

static int64_t
random_id_after(int64_t previous)
{
	int64_t step = 1 + (int64_t)(random_next() >> 2 >> random_below(62));

	return step > INT64_MAX - previous ? previous + 1 : previous + step;
}

/* Any number of random rows is read back from as many images as they need. */
static void
holds_random_rows(void **state)
{
	static struct row rows[MAX_ROWS];

	(void)state;
	random_start();
	for (int round = 0; round < 20; round++) {
		size_t count = 1 + random_below(MAX_ROWS), images = 0;
		int64_t id = 0;

		for (size_t i = 0; i < count; i++) {
			/* The ids that follow must not overflow. */
			if (id > INT64_MAX - MAX_ROWS)
				count = i;
			id = random_id_after(id);
			rows[i] = (struct row){ id, random_text_bytes() };
		}
		for (size_t from = 0, until; from < count; from = until) {
			table_image_start(&image);
			for (until = from; until < count && add(rows[until]);)
				until++;
			assert_true(until > from);
			check_contents(rows + from, until - from);
			images++;
		}
		assert_true(images > 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holds_one_row),
		cmocka_unit_test(the_file_header_is_right),
		cmocka_unit_test(fills_a_page_exactly),
		cmocka_unit_test(has_a_root_above_its_leaves),
		cmocka_unit_test(refuses_rows_when_full),
		cmocka_unit_test(holds_rows_larger_than_an_image),
		cmocka_unit_test(holds_rows_about_the_size_of_pages),
		cmocka_unit_test(holds_large_rows),
		cmocka_unit_test(splits_records_as_described),
		cmocka_unit_test(holds_ids_far_apart),
		cmocka_unit_test(starts_again_after_release),
		cmocka_unit_test(is_a_file),
		cmocka_unit_test(holds_random_rows),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
