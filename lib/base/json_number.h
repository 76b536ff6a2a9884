/* SPDX-License-Identifier: ISC
 *
 * json_number -- the numbers of JSON (RFC 8259 section 6), exactly.
 */
#ifndef BASE_JSON_NUMBER_H
#define BASE_JSON_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum json_number {
	JSON_NUMBER_NONE,    /* something else */
	JSON_NUMBER_INTEGER, /* without fraction and exponent */
	JSON_NUMBER_REAL,    /* with one of them: the nearest double */
	JSON_NUMBER_BIG      /* neither an int64 nor a double holds it: too large,
	                      * or so small that 0 would stand for it */
};

/* Reads text[0..len); behind it must stand a byte that cannot be part of a number.
 * Sets *integer or *real. */
enum json_number json_number_read(const char *text, size_t len,
    int64_t *integer, double *real);

/* Whether a number that may have a fraction and an exponent is a whole one of 64
 * bits all the same: 1.0, 25e2 and 9007199254740993.0 are, 0.5 is not. Then sets
 * *out; no double comes between. */
bool json_number_as_integer(const char *text, size_t len, int64_t *out);

#ifdef __cplusplus
}
#endif

#endif
