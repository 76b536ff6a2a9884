/* SPDX-License-Identifier: ISC */
#include "count/cell.h"

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

struct reader {
	const unsigned char *next, *end;
	int64_t last_place; /* of the cell before, -1 at first */
	bool is_bad;
};

/* Reads a number up to most. */
static int64_t
read_number(struct reader *reader, int64_t most)
{
	uint64_t value = 0;

	for (int shift = 0; shift < 63 && reader->next < reader->end; shift += 7) {
		unsigned char byte = *reader->next++;

		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80) {
			if (value > (uint64_t)most)
				break;
			return (int64_t)value;
		}
	}
	reader->is_bad = true;
	return 0;
}

/* Reads a number that is written only when it is not 0. */
static int64_t
read_positive(struct reader *reader, int64_t most)
{
	int64_t value = read_number(reader, most);

	if (value == 0)
		reader->is_bad = true;
	return value;
}

static void
read_cell(struct reader *reader, struct count_row *row)
{
	int64_t head = read_number(reader, ((int64_t)row->count << FLAG_BITS) - 1);
	int64_t place = head >> FLAG_BITS;
	struct count_cell cell = { .good = read_number(reader, MAX_COUNT) };

	if (head & HAS_BAD) {
		cell.bad = read_positive(reader, MAX_COUNT);
		cell.bad_minutes = row->cell_ms == COUNT_MINUTE_MS ? 1
		    : read_positive(reader, COUNT_MINUTES);
	}
	if (head & HAS_UNKNOWN)
		cell.unknown = read_positive(reader, MAX_COUNT);
	if (head & HAS_EXCLUDED)
		cell.excluded = read_positive(reader, MAX_COUNT);
	cell.first_ms = row->from_ms + place * row->cell_ms +
	    read_number(reader, row->cell_ms - 1);
	cell.newest_ms = cell.first_ms + read_number(reader, row->cell_ms - 1);
	if (place <= reader->last_place || count_cell_total(&cell) == 0 ||
	    cell.newest_ms >= row->from_ms + (place + 1) * row->cell_ms)
		reader->is_bad = true;
	reader->last_place = place;
	if (!reader->is_bad) {
		struct count_cell *sum = &row->cells[place];

		count_cell_add(sum, &cell);
		/* It is the same minute. */
		if (row->cell_ms == COUNT_MINUTE_MS && sum->bad_minutes > 1)
			sum->bad_minutes = 1;
	}
}

int
count_row_read(struct count_row *row, const void *bytes, size_t len,
    struct err *err)
{
	struct reader reader = { .next = bytes, .last_place = -1 };

	if (len == 0)
		return 0;
	reader.end = reader.next + len;
	while (reader.next < reader.end && !reader.is_bad)
		read_cell(&reader, row);
	if (reader.is_bad)
		return err_set(err, EXIT_DATA, "counts are damaged: a value of %zu "
		    "bytes holds no cells from byte %zu on", len,
		    len - (size_t)(reader.end - reader.next));
	return 0;
}

static void
add_number(struct buf *out, int64_t value)
{
	unsigned char bytes[10];
	size_t len = 0;

	while (value >= 0x80) {
		bytes[len++] = (unsigned char)(0x80 | (value & 0x7f));
		value >>= 7;
	}
	bytes[len++] = (unsigned char)value;
	buf_add(out, bytes, len);
}

static void
write_cell(struct buf *out, const struct count_row *row, int place)
{
	const struct count_cell *cell = &row->cells[place];
	int64_t from_ms = row->from_ms + place * row->cell_ms;
	int flags = (cell->bad > 0 ? HAS_BAD : 0) |
	    (cell->unknown > 0 ? HAS_UNKNOWN : 0) |
	    (cell->excluded > 0 ? HAS_EXCLUDED : 0);

	add_number(out, (int64_t)place << FLAG_BITS | flags);
	add_number(out, cell->good);
	if (cell->bad > 0) {
		add_number(out, cell->bad);
		if (row->cell_ms != COUNT_MINUTE_MS)
			add_number(out, cell->bad_minutes);
	}
	if (cell->unknown > 0)
		add_number(out, cell->unknown);
	if (cell->excluded > 0)
		add_number(out, cell->excluded);
	add_number(out, cell->first_ms - from_ms);
	add_number(out, cell->newest_ms - cell->first_ms);
}

void
count_row_write(struct buf *out, const struct count_row *row)
{
	for (int i = 0; i < row->count; i++)
		if (count_cell_total(&row->cells[i]) > 0)
			write_cell(out, row, i);
}

struct count_cell
count_row_sum(const struct count_row *row)
{
	struct count_cell sum = { 0 };

	for (int i = 0; i < row->count; i++)
		count_cell_add(&sum, &row->cells[i]);
	return sum;
}

static uint64_t
mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 32;
}

int64_t
count_seal(const struct count_sealed *row)
{
	const unsigned char *bytes = row->bytes;
	uint64_t hash = mix(mix((uint64_t)row->definition_no, (uint64_t)row->from_ms),
	    (uint64_t)row->group_no);
	size_t left = row->len;

	if (row->cell != NULL) {
		hash = mix(mix(hash, (uint64_t)row->cell->good), (uint64_t)row->cell->bad);
		hash = mix(mix(hash, (uint64_t)row->cell->unknown),
		    (uint64_t)row->cell->excluded);
		hash = mix(mix(hash, (uint64_t)row->cell->first_ms),
		    (uint64_t)row->cell->newest_ms);
		hash = mix(hash, (uint64_t)row->cell->bad_minutes);
	}
	hash = mix(hash, row->len);
	while (left > 0) {
		size_t len = left < sizeof(uint64_t) ? left : sizeof(uint64_t);
		uint64_t word = 0;

		memcpy(&word, bytes, len);
		hash = mix(hash, word);
		bytes += len;
		left -= len;
	}
	return (int64_t)(hash >> 1);
}

int
count_seal_fail(const struct count_sealed *row, struct err *err)
{
	return err_set(err, EXIT_DATA, "the file of counts is damaged, or was changed by "
	    "hand: definition %lld, group %lld, time %lld; delete it",
	    (long long)row->definition_no, (long long)row->group_no,
	    (long long)row->from_ms);
}
