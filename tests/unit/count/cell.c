/* SPDX-License-Identifier: ISC
 *
 * Cells as bytes: what is written is read again, and of bytes that are no cells nothing
 * is taken that could not be one.
 */
#include "count/cell.h"
#include "base/mem.h"
#include "tests/unit/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define FROM_MS (INT64_C(20000) * COUNT_DAY_MS)
#define MOST (INT64_C(1) << 53)

/* Small numbers mostly, as in a minute, and some of every length. */
static int64_t
any_count(void)
{
	switch (random_below(4)) {
	case 0:
		return 0;
	case 1:
		return (int64_t)(random_next() >> (11 + random_below(53)));
	default:
		return (int64_t)random_below(200);
	}
}

static void
init(struct count_row *row, bool is_day)
{
	if (is_day)
		count_row_init_day(row, FROM_MS);
	else
		count_row_init_hour(row, FROM_MS);
}

static struct count_cell
any_cell(const struct count_row *row, int place)
{
	int64_t from_ms = row->from_ms + place * row->cell_ms;
	uint64_t first = random_below((uint64_t)row->cell_ms);
	struct count_cell cell = { .good = any_count(), .bad = any_count(),
		.unknown = any_count(), .excluded = any_count(),
		.first_ms = from_ms + (int64_t)first };

	cell.newest_ms = cell.first_ms +
	    (int64_t)random_below((uint64_t)row->cell_ms - first);
	if (cell.bad > 0)
		cell.bad_minutes = row->count == COUNT_MINUTES ? 1
		    : 1 + (int64_t)random_below(COUNT_MINUTES);
	if (count_cell_total(&cell) == 0)
		memset(&cell, 0, sizeof(cell));
	return cell;
}

static void
make(struct count_row *row, bool is_day)
{
	init(row, is_day);
	for (int i = 0; i < row->count; i++)
		if (random_below(3) > 0)
			row->cells[i] = any_cell(row, i);
}

static void
same(const struct count_row *a, const struct count_row *b)
{
	assert_int_equal(a->count, b->count);
	assert_memory_equal(a->cells, b->cells, (size_t)a->count * sizeof(a->cells[0]));
}

static void
what_is_written_is_read_again(void **state)
{
	struct buf bytes = BUF_EMPTY;
	struct count_row made, found;
	struct err err;

	(void)state;
	random_start();
	for (int round = 0; round < 2000; round++) {
		make(&made, round % 2 == 0);
		buf_reset(&bytes);
		count_row_write(&bytes, &made);
		init(&found, round % 2 == 0);
		if (count_row_read(&found, bytes.data, bytes.len, &err) < 0)
			fail_msg("%s", err.text);
		same(&made, &found);
	}
	buf_release(&bytes);
}

static void
cells_are_read_one_by_one(void **state)
{
	struct buf bytes = BUF_EMPTY;
	struct count_cells cells;
	struct count_row made;
	struct err err;

	(void)state;
	random_start();
	for (int round = 0; round < 500; round++) {
		bool is_day = round % 2 == 0;

		make(&made, is_day);
		buf_reset(&bytes);
		count_row_write(&bytes, &made);
		if (is_day)
			count_cells_of_day(&cells, FROM_MS, bytes.data, bytes.len);
		else
			count_cells_of_hour(&cells, FROM_MS, bytes.data, bytes.len);
		for (int i = 0; i < made.count; i++) {
			if (count_cell_total(&made.cells[i]) == 0)
				continue;
			assert_int_equal(count_cells_next(&cells, &err), 1);
			assert_int_equal(cells.at_ms, FROM_MS + i * made.cell_ms);
			assert_memory_equal(&cells.cell, &made.cells[i],
			    sizeof(cells.cell));
		}
		assert_int_equal(count_cells_next(&cells, &err), 0);
	}
	count_cells_of_hour(&cells, FROM_MS, NULL, 0);
	assert_int_equal(count_cells_next(&cells, &err), 0);
	/* What comes before damage is read, and nothing after it. */
	count_cells_of_hour(&cells, FROM_MS, "\x08\x01\x00\x00\x08\x01\x00\x00", 8);
	assert_int_equal(count_cells_next(&cells, &err), 1);
	assert_int_equal(count_cells_next(&cells, &err), -1);
	assert_int_equal(err.exit_code, EXIT_DATA);
	buf_release(&bytes);
}

/* Reading adds; the same minute twice is one minute with bad events. */
static void
cells_are_added_to_those_of_the_row(void **state)
{
	const struct count_cell cell = { 1, 2, 3, 4, 1, FROM_MS + 7, FROM_MS + 9 };
	const struct count_cell other = { 10, 0, 0, 0, 0, FROM_MS + 8, FROM_MS + 59999 };
	struct buf bytes = BUF_EMPTY;
	struct count_row row;
	struct err err;

	(void)state;
	init(&row, false);
	row.cells[0] = cell;
	count_row_write(&bytes, &row);
	assert_int_equal(count_row_read(&row, bytes.data, bytes.len, &err), 0);
	assert_int_equal(row.cells[0].good, 2);
	assert_int_equal(row.cells[0].excluded, 8);
	assert_int_equal(row.cells[0].bad_minutes, 1);
	count_cell_add(&row.cells[0], &other);
	assert_int_equal(row.cells[0].good, 12);
	assert_true(row.cells[0].first_ms == FROM_MS + 7);
	assert_true(row.cells[0].newest_ms == FROM_MS + 59999);
	/* Nothing is no cell, whatever times it has. */
	count_cell_add(&row.cells[0], &(struct count_cell){ .first_ms = 1 });
	assert_true(row.cells[0].first_ms == FROM_MS + 7);
	buf_release(&bytes);
}

static void
an_empty_row_has_no_bytes(void **state)
{
	struct buf bytes = BUF_EMPTY;
	struct count_row row;
	struct err err;

	(void)state;
	init(&row, true);
	count_row_write(&bytes, &row);
	assert_int_equal(bytes.len, 0);
	assert_int_equal(count_row_read(&row, NULL, 0, &err), 0);
	assert_int_equal(count_row_read(&row, "", 0, &err), 0);
}

/* A minute as it usually is takes few bytes. */
static void
a_usual_minute_is_small(void **state)
{
	struct buf bytes = BUF_EMPTY;
	struct count_row row;

	(void)state;
	init(&row, false);
	row.cells[5] = (struct count_cell){ .good = 90,
		.first_ms = FROM_MS + 300100, .newest_ms = FROM_MS + 359000 };
	count_row_write(&bytes, &row);
	assert_in_range(bytes.len, 1, 6);
	buf_release(&bytes);
}

/* Each number of a row is one that a cell can have. */
static void
check_row(const struct count_row *row)
{
	for (int i = 0; i < row->count; i++) {
		const struct count_cell *cell = &row->cells[i];
		int64_t from_ms = row->from_ms + i * row->cell_ms;

		assert_true(count_cell_is_valid(cell));
		if (count_cell_total(cell) == 0)
			continue;
		assert_true(cell->first_ms >= from_ms);
		assert_true(cell->newest_ms < from_ms + row->cell_ms);
		assert_true((cell->bad > 0) == (cell->bad_minutes > 0));
		assert_true(cell->bad_minutes <= row->cell_ms / COUNT_MINUTE_MS);
	}
}

/* The bytes lie at the end of their memory, so that a reader that goes on is noticed. */
static int
read_damaged(const char *bytes, size_t len, bool is_day)
{
	char *copy = mem_resize(NULL, len + (len == 0), 1);
	struct count_row row;
	struct err err;
	int result;

	memcpy(copy, bytes, len);
	init(&row, is_day);
	result = count_row_read(&row, copy, len, &err);
	if (result < 0) {
		assert_int_equal(err.exit_code, EXIT_DATA);
		assert_non_null(strstr(err.text, "counts are damaged"));
	}
	check_row(&row);
	free(copy);
	return result;
}

static void
damaged_bytes_are_refused_or_other_cells(void **state)
{
	struct buf bytes = BUF_EMPTY;
	struct count_row row;
	int refused = 0;

	(void)state;
	random_start();
	for (int round = 0; round < 40; round++) {
		bool is_day = round % 2 == 0;

		make(&row, is_day);
		buf_reset(&bytes);
		count_row_write(&bytes, &row);
		for (size_t i = 0; i < bytes.len; i++) {
			refused += read_damaged(bytes.data, i, is_day) < 0;
			for (int bit = 0; bit < 8; bit++) {
				bytes.data[i] = (char)(bytes.data[i] ^ (1 << bit));
				refused += read_damaged(bytes.data, bytes.len,
				    is_day) < 0;
				bytes.data[i] = (char)(bytes.data[i] ^ (1 << bit));
			}
		}
	}
	assert_true(refused > 1000);
	buf_release(&bytes);
}

static void
any_bytes_are_refused_or_cells(void **state)
{
	char bytes[300];

	(void)state;
	random_start();
	for (int round = 0; round < 20000; round++) {
		size_t len = random_below(sizeof(bytes));

		for (size_t i = 0; i < len; i++)
			bytes[i] = (char)(random_below(2) == 0 ? random_below(8)
			    : random_next());
		(void)read_damaged(bytes, len, round % 2 == 0);
	}
}

#define REFUSED(is_day, ...) do { \
	static const unsigned char bytes_[] = { __VA_ARGS__ }; \
	assert_int_equal(read_damaged((const char *)bytes_, sizeof(bytes_), is_day), -1); \
} while (0)
#define TAKEN(is_day, ...) do { \
	static const unsigned char bytes_[] = { __VA_ARGS__ }; \
	assert_int_equal(read_damaged((const char *)bytes_, sizeof(bytes_), is_day), 0); \
} while (0)

static void
impossible_cells_are_refused(void **state)
{
	(void)state;
	TAKEN(false, 0, 1, 0, 0);
	REFUSED(false, 0, 0, 0, 0);              /* of no events */
	REFUSED(false, 1, 1, 0, 0, 0);           /* says bad, and has none */
	REFUSED(true, 1, 1, 1, 0, 0, 0);         /* bad events of no minute */
	REFUSED(true, 1, 1, 1, 61, 0, 0);        /* an hour has 60 */
	TAKEN(true, 1, 1, 99, 60, 0, 0);
	REFUSED(false, 0xe0, 3, 1, 0, 0);        /* minute 60 */
	TAKEN(false, 0xd8, 3, 1, 0, 0);          /* minute 59 */
	REFUSED(true, 0xc0, 1, 1, 0, 0);         /* hour 24 */
	TAKEN(true, 0xb8, 1, 1, 0, 0);
	REFUSED(false, 0, 1, 0xe0, 0xd4, 3, 0);  /* begins 60 s after its minute */
	TAKEN(false, 0, 1, 0xdf, 0xd4, 3, 0);
	REFUSED(false, 0, 1, 0xdf, 0xd4, 3, 1);  /* its newest is of the next one */
	REFUSED(false, 0, 1, 0, 0, 0, 1, 0, 0);  /* the same minute twice */
	REFUSED(false, 8, 1, 0, 0, 0, 1, 0, 0);  /* in wrong order */
	TAKEN(false, 0, 1, 0, 0, 8, 1, 0, 0);
	/* 2^53, and one more. */
	TAKEN(false, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10, 0, 0);
	REFUSED(false, 0, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10, 0, 0);
	/* A number without an end. */
	REFUSED(false, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0);
}

static void
sums_stay_in_their_limits(void **state)
{
	const struct count_cell most = { MOST, MOST, MOST, MOST, MOST, 5, 6 };
	struct count_cell sum = { 0 }, wrong = most;

	(void)state;
	for (int i = 0; i < 5000; i++)
		count_cell_add(&sum, &most);
	assert_memory_equal(&sum, &most, sizeof(sum));
	assert_true(count_cell_total(&sum) == 4 * MOST);
	assert_true(count_cell_is_valid(&sum));
	wrong.bad++;
	assert_false(count_cell_is_valid(&wrong));
	wrong = most;
	wrong.unknown = -1;
	assert_false(count_cell_is_valid(&wrong));
	wrong = most;
	wrong.newest_ms = 4; /* before the first */
	assert_false(count_cell_is_valid(&wrong));
	wrong = most;
	wrong.first_ms = -1;
	assert_false(count_cell_is_valid(&wrong));
	assert_true(count_cell_is_valid(&(struct count_cell){ 0 }));
}

static void
a_row_has_the_sum_of_its_cells(void **state)
{
	struct count_row row;
	struct count_cell sum = { 0 }, found;

	(void)state;
	random_start();
	for (int round = 0; round < 200; round++) {
		make(&row, round % 2 == 0);
		memset(&sum, 0, sizeof(sum));
		for (int i = row.count; i-- > 0;)
			count_cell_add(&sum, &row.cells[i]);
		found = count_row_sum(&row);
		assert_memory_equal(&found, &sum, sizeof(sum));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(cells_are_read_one_by_one),
		cmocka_unit_test(cells_are_added_to_those_of_the_row),
		cmocka_unit_test(an_empty_row_has_no_bytes),
		cmocka_unit_test(a_usual_minute_is_small),
		cmocka_unit_test(damaged_bytes_are_refused_or_other_cells),
		cmocka_unit_test(any_bytes_are_refused_or_cells),
		cmocka_unit_test(impossible_cells_are_refused),
		cmocka_unit_test(sums_stay_in_their_limits),
		cmocka_unit_test(a_row_has_the_sum_of_its_cells),
	};

	return cmocka_run_group_tests_name("cell", tests, NULL, NULL);
}
