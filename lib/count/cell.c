/* SPDX-License-Identifier: ISC */
#include "count/cell.h"
#include "base/hash.h"

#include <string.h>

/* The bits of a cell as bytes. */
#define HAS_BAD 1
#define HAS_UNKNOWN 2
#define HAS_EXCLUDED 4
#define FLAG_BITS 3
/* No count is larger, so that the sum of two, or of the four of a cell, cannot overflow,
 * whatever a damaged file says. */
#define MAX_COUNT (INT64_C(1) << 53)

/* Both are from 0 to MAX_COUNT, and so is the result. */
static int64_t
add_counts(int64_t a, int64_t b)
{
	return a + b < MAX_COUNT ? a + b : MAX_COUNT;
}

static bool
is_count(int64_t number)
{
	return number >= 0 && number <= MAX_COUNT;
}

bool
count_cell_is_valid(const struct count_cell *cell)
{
	return is_count(cell->good) && is_count(cell->bad) && is_count(cell->unknown) &&
	    is_count(cell->excluded) && is_count(cell->bad_minutes) &&
	    cell->first_ms >= 0 && cell->first_ms <= cell->newest_ms;
}

void
count_cell_add(struct count_cell *sum, const struct count_cell *cell)
{
	if (count_cell_total(cell) == 0)
		return;
	if (count_cell_total(sum) == 0) {
		*sum = *cell;
		return;
	}
	sum->good = add_counts(sum->good, cell->good);
	sum->bad = add_counts(sum->bad, cell->bad);
	sum->unknown = add_counts(sum->unknown, cell->unknown);
	sum->excluded = add_counts(sum->excluded, cell->excluded);
	sum->bad_minutes = add_counts(sum->bad_minutes, cell->bad_minutes);
	if (cell->first_ms < sum->first_ms)
		sum->first_ms = cell->first_ms;
	if (cell->newest_ms > sum->newest_ms)
		sum->newest_ms = cell->newest_ms;
}

static void
init(struct count_row *row, int count, int64_t from_ms, int64_t cell_ms)
{
	memset(row->cells, 0, (size_t)count * sizeof(row->cells[0]));
	row->count = count;
	row->from_ms = from_ms;
	row->cell_ms = cell_ms;
}

void
count_row_init_hour(struct count_row *row, int64_t from_ms)
{
	init(row, COUNT_MINUTES, from_ms, COUNT_MINUTE_MS);
}

void
count_row_init_day(struct count_row *row, int64_t from_ms)
{
	init(row, COUNT_HOURS, from_ms, COUNT_HOUR_MS);
}

static void
begin(struct count_cells *cells, int64_t from_ms, int64_t cell_ms, int count,
    const void *bytes, size_t len)
{
	cells->next = bytes;
	cells->end = len > 0 ? cells->next + len : cells->next;
	cells->len = len;
	cells->from_ms = from_ms;
	cells->cell_ms = cell_ms;
	cells->count = count;
	cells->place = -1;
}

void
count_cells_of_hour(struct count_cells *cells, int64_t from_ms, const void *bytes,
    size_t len)
{
	begin(cells, from_ms, COUNT_MINUTE_MS, COUNT_MINUTES, bytes, len);
}

void
count_cells_of_day(struct count_cells *cells, int64_t from_ms, const void *bytes,
    size_t len)
{
	begin(cells, from_ms, COUNT_HOUR_MS, COUNT_HOURS, bytes, len);
}

/* Reads a number of any length. Sets *next to NULL when there is none. */
static uint64_t
read_long_number(const unsigned char **next, const unsigned char *end)
{
	uint64_t value = 0;

	for (int shift = 0; shift < 63 && *next < end; shift += 7) {
		unsigned char byte = *(*next)++;

		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return value;
	}
	*next = NULL;
	return 0;
}

/* Reads a number from `least` up to `most`. Sets *next to NULL when there is none. Nearly
 * all have one byte, or three where they are milliseconds. */
static inline int64_t
read_number(const unsigned char **next, const unsigned char *end, int64_t least,
    int64_t most)
{
	const unsigned char *at = *next;
	uint64_t value;

	if (at == NULL)
		return 0;
	if (end - at < 3)
		value = read_long_number(next, end);
	else if (at[0] < 0x80) {
		value = at[0];
		*next = at + 1;
	} else if (at[1] < 0x80) {
		value = (at[0] & 0x7fu) | (uint64_t)at[1] << 7;
		*next = at + 2;
	} else if (at[2] < 0x80) {
		value = (at[0] & 0x7fu) | (at[1] & 0x7fu) << 7 | (uint64_t)at[2] << 14;
		*next = at + 3;
	} else
		value = read_long_number(next, end);
	if (value > (uint64_t)most || (int64_t)value < least) {
		*next = NULL;
		return 0;
	}
	return (int64_t)value;
}

/* Reads a cell but for its place. Returns the end of its bytes, NULL when they are no
 * cell. */
static const unsigned char *
read_cell(struct count_cells *cells, const unsigned char *next, int64_t flags)
{
	const unsigned char *end = cells->end;
	struct count_cell *cell = &cells->cell;

	/* What is written only when it is not 0 is at least 1. */
	cell->good = read_number(&next, end, 0, MAX_COUNT);
	cell->bad = flags & HAS_BAD ? read_number(&next, end, 1, MAX_COUNT) : 0;
	cell->bad_minutes = !(flags & HAS_BAD) ? 0
	    : cells->cell_ms == COUNT_MINUTE_MS ? 1
	    : read_number(&next, end, 1, COUNT_MINUTES);
	cell->unknown = flags & HAS_UNKNOWN ? read_number(&next, end, 1, MAX_COUNT) : 0;
	cell->excluded = flags & HAS_EXCLUDED ? read_number(&next, end, 1, MAX_COUNT) : 0;
	cell->first_ms = cells->at_ms + read_number(&next, end, 0, cells->cell_ms - 1);
	cell->newest_ms = cell->first_ms + read_number(&next, end, 0, cells->cell_ms - 1);
	return next;
}

int
count_cells_next(struct count_cells *cells, struct err *err)
{
	const unsigned char *next = cells->next;
	int64_t head;
	int place;

	if (next == cells->end)
		return 0;
	head = read_number(&next, cells->end, 0,
	    ((int64_t)cells->count << FLAG_BITS) - 1);
	place = (int)(head >> FLAG_BITS);
	cells->at_ms = cells->from_ms + place * cells->cell_ms;
	next = read_cell(cells, next, head);
	if (next == NULL || place <= cells->place ||
	    count_cell_total(&cells->cell) == 0 ||
	    cells->cell.newest_ms >= cells->at_ms + cells->cell_ms)
		return err_set(err, EXIT_DATA, "counts are damaged: a value of %zu "
		    "bytes holds no cells from byte %zu on", cells->len,
		    cells->len - (size_t)(cells->end - cells->next));
	cells->next = next;
	cells->place = place;
	return 1;
}

int
count_row_read(struct count_row *row, const void *bytes, size_t len,
    struct err *err)
{
	struct count_cells cells;
	int result;

	begin(&cells, row->from_ms, row->cell_ms, row->count, bytes, len);
	while ((result = count_cells_next(&cells, err)) == 1) {
		struct count_cell *sum = &row->cells[cells.place];

		count_cell_add(sum, &cells.cell);
		/* It is the same minute. */
		if (row->cell_ms == COUNT_MINUTE_MS && sum->bad_minutes > 1)
			sum->bad_minutes = 1;
	}
	return result;
}

/* The bytes of the longest number, and of the numbers of a cell. */
#define NUMBER_SIZE 10
#define CELL_SIZE ((size_t)8 * NUMBER_SIZE)

static unsigned char *
write_number(unsigned char *out, int64_t value)
{
	while (value >= 0x80) {
		*out++ = (unsigned char)(0x80 | (value & 0x7f));
		value >>= 7;
	}
	*out++ = (unsigned char)value;
	return out;
}

static unsigned char *
write_cell(unsigned char *out, const struct count_row *row, int place)
{
	const struct count_cell *cell = &row->cells[place];
	int64_t from_ms = row->from_ms + place * row->cell_ms;
	int flags = (cell->bad > 0 ? HAS_BAD : 0) |
	    (cell->unknown > 0 ? HAS_UNKNOWN : 0) |
	    (cell->excluded > 0 ? HAS_EXCLUDED : 0);

	out = write_number(out, (int64_t)place << FLAG_BITS | flags);
	out = write_number(out, cell->good);
	if (cell->bad > 0) {
		out = write_number(out, cell->bad);
		if (row->cell_ms != COUNT_MINUTE_MS)
			out = write_number(out, cell->bad_minutes);
	}
	if (cell->unknown > 0)
		out = write_number(out, cell->unknown);
	if (cell->excluded > 0)
		out = write_number(out, cell->excluded);
	out = write_number(out, cell->first_ms - from_ms);
	return write_number(out, cell->newest_ms - cell->first_ms);
}

void
count_row_write(struct buf *out, const struct count_row *row)
{
	for (int i = 0; i < row->count; i++) {
		unsigned char *begin_of_cell, *end;

		if (count_cell_total(&row->cells[i]) == 0)
			continue;
		begin_of_cell = (unsigned char *)buf_room(out, CELL_SIZE);
		end = write_cell(begin_of_cell, row, i);
		out->len += (size_t)(end - begin_of_cell);
		*end = '\0';
	}
}

struct count_cell
count_row_sum(const struct count_row *row)
{
	struct count_cell sum = { 0 };

	for (int i = 0; i < row->count; i++)
		if (count_cell_total(&row->cells[i]) > 0)
			count_cell_add(&sum, &row->cells[i]);
	return sum;
}

int64_t
count_seal(const struct count_sealed *row)
{
	uint64_t hash = hash_mix(hash_mix((uint64_t)row->definition_no, (uint64_t)row->from_ms),
	    (uint64_t)row->group_no);

	if (row->cell != NULL) {
		hash = hash_mix(hash_mix(hash, (uint64_t)row->cell->good),
		    (uint64_t)row->cell->bad);
		hash = hash_mix(hash_mix(hash, (uint64_t)row->cell->unknown),
		    (uint64_t)row->cell->excluded);
		hash = hash_mix(hash_mix(hash, (uint64_t)row->cell->first_ms),
		    (uint64_t)row->cell->newest_ms);
		hash = hash_mix(hash, (uint64_t)row->cell->bad_minutes);
	}
	hash = hash_mix(hash, row->len);
	return (int64_t)(hash_mix_bytes(hash, row->bytes, row->len) >> 1);
}

int
count_seal_fail(const struct count_sealed *row, const char *path, struct err *err)
{
	return err_set(err, EXIT_DATA, "%s: is damaged, or was changed by hand: definition "
	    "%lld, group %lld, time %lld; delete it", path,
	    (long long)row->definition_no, (long long)row->group_no,
	    (long long)row->from_ms);
}
