/* SPDX-License-Identifier: ISC
 *
 * num -- strict numbers from text. The whole text must be the number: no
 * blanks, nothing after it, no overflow. Each function returns 0, or -1 when the text is
 * anything else; *out is then unchanged.
 */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

/* A decimal integer from min to max, with '-' where it is negative. */
MUST_USE int num_integer(const char *text, int64_t min, int64_t max,
    int64_t *out);

/* A finite decimal, as "-1.5e3"; one too small for a double becomes 0. */
MUST_USE int num_real(const char *text, double *out);

/* A duration in ms: an unsigned decimal and one of ms, s, m (or min), h, d, w:
 * "250ms", "1.5h", "30d". */
MUST_USE int num_duration_ms(const char *text, int64_t *out);

/* A size in bytes: an unsigned decimal and an optional k, M, G (powers of 1000)
 * or KiB, MiB, GiB (of 1024): "65536", "1.5MiB". Durations and sizes are
 * rounded to a whole number and are at most 9e15. */
MUST_USE int num_size_bytes(const char *text, int64_t *out);

/* Writes the shortest decimal that reads back as the same double; out has at
 * least NUM_REAL_SIZE bytes. A value that is not finite becomes "nan", "inf" or
 * "-inf". Returns the length. */
#define NUM_REAL_SIZE 32
size_t num_print_real(char *out, double value);

#endif
