/* SPDX-License-Identifier: ISC
 *
 * part_name -- a partition of an archive: what its file is called, and the index
 * of its frames. Pure: no file is touched.
 *
 *   warm/http_events/dt=2026-11-01/part-0001.jsonl.zst
 *
 * The index says which times are in which frame, so that five minutes of a
 * day cost the reading of the frames that hold them. It is the payload of a
 * skippable zstd frame: the tag "telidx01", then for each frame three
 * little-endian 64-bit integers: first_ts_ms, last_ts_ms, row_count.
 */
#ifndef SEGMENT_PART_NAME_H
#define SEGMENT_PART_NAME_H

#include "base/buf.h"
#include "base/tim.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PART_TABLE_SIZE 64
#define PART_FORMAT_SIZE 16
#define PART_MAX_NUMBER 999999

struct part_name {
	char tier[8]; /* "warm" or "cold" */
	char table[PART_TABLE_SIZE];
	char day[TIM_TEXT_SIZE]; /* "2026-11-01", UTC */
	int64_t day_ms;          /* its first millisecond */
	int number;              /* 1..PART_MAX_NUMBER */
	char format[PART_FORMAT_SIZE]; /* "jsonl.zst" */
};

/* Appends the path below the root of the archive. */
void part_name_print(struct buf *out, const struct part_name *name);

/* Reads such a path. Returns 0, or -1 when the text is anything else: a path
 * that leaves the archive cannot pass. */
MUST_USE int part_name_parse(const char *path, size_t len,
    struct part_name *out);

/* Orders by tier, table, day and number: less than, equal to or greater than 0. */
MUST_USE int part_name_compare(const struct part_name *a,
    const struct part_name *b);

struct part_frame {
	int64_t first_ts_ms; /* of its rows, which are in order of time */
	int64_t last_ts_ms;
	int64_t row_count;
};

/* Appends the index of count frames. */
void part_index_print(struct buf *out, const struct part_frame *frames,
    size_t count);

/* Reads an index that must hold exactly count frames, each with a row, all in
 * order of time. *out is the caller's, for free. Returns 0, or -1 with
 * EXIT_DATA. */
MUST_USE int part_index_parse(const void *bytes, size_t len, size_t count,
    struct part_frame **out, struct err *err);

#endif
