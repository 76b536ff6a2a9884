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
	JSON_NUMBER_BIG      /* neither an int64 nor a double holds it: it is too
	                      * large, or so small that a double would make it 0 */
};

/* Reads text[0..len) and sets *integer or *real. text[len] must be readable,
 * and must not be a byte that can be part of a number. */
enum json_number json_number_read(const char *text, size_t len,
    int64_t *integer, double *real);

/* Whether a number is an int64, even one written with a fraction or an
 * exponent: 1.0, 25e2 and 9007199254740993.0 are, 0.5 is not. If so, sets *out,
 * without rounding to a double on the way. */
bool json_number_as_integer(const char *text, size_t len, int64_t *out);

#ifdef __cplusplus
}
#endif

#endif
