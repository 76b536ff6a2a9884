/* SPDX-License-Identifier: ISC
 *
 * cell -- the counts of a definition and group in a stretch of time, and many cells as
 * bytes: the minutes of an hour, or the hours of a day, in one value of a table. Most
 * events are good and most minutes have few, so that a minute takes some 6 bytes, where
 * a row of its own takes 16 and its key.
 *
 * Cells stand in order of their places. A cell as bytes, numbers as LEB128 (little-endian,
 * 7 bits a byte): the place (minute of the hour, hour of the day) and a bit for each of bad,
 * unknown and excluded that is not 0, as place << 3 | bits; good; those of bad, unknown,
 * excluded that are not 0; for hours with bad events the minutes that have them; the offset
 * of the first event in the stretch in ms; the distance from there to the newest.
 */
#ifndef COUNT_CELL_H
#define COUNT_CELL_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

#define COUNT_MINUTE_MS INT64_C(60000)
#define COUNT_MINUTES 60 /* in an hour */
#define COUNT_HOURS 24   /* in a day */
#define COUNT_HOUR_MS (COUNT_MINUTES * COUNT_MINUTE_MS)
#define COUNT_DAY_MS (COUNT_HOURS * COUNT_HOUR_MS)

struct count_cell {
	int64_t good, bad, unknown, excluded;
	int64_t bad_minutes;         /* different minutes with a bad event */
	int64_t first_ms, newest_ms; /* of its events; meaningless without any */
};

/* Returns the number of events. */
static inline int64_t
count_cell_total(const struct count_cell *cell)
{
	return cell->good + cell->bad + cell->unknown + cell->excluded;
}

/* Whether the numbers can be those of a cell: no count is above 2^53, no time before
 * 1970. */
bool count_cell_is_valid(const struct count_cell *cell);

/* Adds one cell to another; both are valid, and so is the sum, which no count takes above
 * 2^53. Their events must be different ones; minutes with bad events are summed, so they
 * must be of different minutes too. */
void count_cell_add(struct count_cell *sum, const struct count_cell *cell);

/* The cells of a stretch, by place: the minutes of an hour, or the hours of a day. */
struct count_row {
	struct count_cell cells[COUNT_MINUTES];
	int count;      /* COUNT_MINUTES or COUNT_HOURS */
	int64_t from_ms; /* of the stretch */
	int64_t cell_ms; /* length of a cell */
};

/* Empties the row and makes it that of an hour or a day that begins at from_ms. */
void count_row_init_hour(struct count_row *row, int64_t from_ms);
void count_row_init_day(struct count_row *row, int64_t from_ms);

/* The cells of bytes, read one by one. */
struct count_cells {
	struct count_cell cell; /* the one that was read; it has events */
	int64_t at_ms;          /* begin of its minute or hour */
	/* Of cell.c: */
	const unsigned char *next, *end;
	size_t len;
	int64_t from_ms, cell_ms;
	int count, place; /* of the cell, -1 at first */
};

/* Begins to read the minutes of an hour, or the hours of a day, that begins at from_ms.
 * bytes are borrowed until the last cell was read. */
void count_cells_of_hour(struct count_cells *cells, int64_t from_ms, const void *bytes,
    size_t len);
void count_cells_of_day(struct count_cells *cells, int64_t from_ms, const void *bytes,
    size_t len);

/* Reads the next cell, in order of time. Returns 1, 0 at the end, or -1 with EXIT_DATA when
 * the bytes are no cells. */
MUST_USE int count_cells_next(struct count_cells *cells, struct err *err);

/* Adds the cells of bytes to those of the row. EXIT_DATA when they are no cells. */
MUST_USE int count_row_read(struct count_row *row, const void *bytes, size_t len,
    struct err *err);

/* Appends the cells that are not empty. */
void count_row_write(struct buf *out, const struct count_row *row);

/* Where a row of counts is, and what it says: cell is NULL in rows of hours, bytes in those
 * of totals. */
struct count_sealed {
	int64_t definition_no, from_ms, group_no;
	const struct count_cell *cell;
	const void *bytes;
	size_t len;
};

/* Returns the checksum of a row: different ones have the same by chance once in 2^63
 * times. It is no secret, and no proof against somebody who calculates it. */
int64_t count_seal(const struct count_sealed *row);

/* Sets the error of a row of the file at path that has another seal, EXIT_DATA. Returns
 * -1. */
int count_seal_fail(const struct count_sealed *row, const char *path, struct err *err);

/* Returns the sum of all cells. */
struct count_cell count_row_sum(const struct count_row *row);

#endif
