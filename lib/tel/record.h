/* SPDX-License-Identifier: ISC
 *
 * record -- the values of a row as SQLite stores them: its record format
 * (https://www.sqlite.org/fileformat2.html, 2.1), schema format 4, UTF-8.
 */
#ifndef TEL_RECORD_H
#define TEL_RECORD_H

#include "base/arena.h"

#include <stdint.h>

#define RECORD_MAX_VALUES 64
/* The longest variable-length integer (2.1, "varint"). */
#define RECORD_VARINT_BYTES 9

enum record_type { RECORD_NULL, RECORD_INTEGER, RECORD_REAL, RECORD_TEXT };

struct record_value {
	unsigned char type; /* enum record_type; a value of zeros is NULL */
	unsigned int len;   /* bytes of the text, at most 2^31 - 7 */
	union {
		int64_t integer;
		double real; /* for a column of REAL affinity */
		const char *text; /* borrowed, UTF-8, never NULL */
	};
};

/* Makes the record of count values, at most RECORD_MAX_VALUES, in the arena,
 * and sets *len to its bytes. The value of an INTEGER PRIMARY KEY must be NULL,
 * because SQLite stores that number outside the record. */
const unsigned char *record_make(struct arena *arena,
    const struct record_value *values, size_t count, size_t *len);

/* Writes a varint; returns its length, at most RECORD_VARINT_BYTES. */
size_t record_write_varint(unsigned char *out, uint64_t number);

#endif
