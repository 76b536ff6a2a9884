/* SPDX-License-Identifier: ISC
 *
 * num -- strict numbers from text. The whole text must be the number: no
 * blanks, no rest, no overflow. Each returns 0, or -1 when the text is
 * something else, and then leaves *out as it was.
 */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

MUST_USE int num_integer(const char *text, int64_t min, int64_t max,
    int64_t *out);

/* A finite decimal, "-1.5e3"; one too small for a double becomes 0. */
MUST_USE int num_real(const char *text, double *out);

/* A duration in ms: an unsigned decimal and one of ms, s, m (or min), h, d, w:
 * "250ms", "1.5h", "30d". */
MUST_USE int num_duration_ms(const char *text, int64_t *out);

/* A size in bytes: an unsigned decimal and an optional k, M, G (1000) or KiB,
 * MiB, GiB (1024): "65536", "1.5MiB". Both round to a whole number and refuse
 * more than 9e15. */
MUST_USE int num_size_bytes(const char *text, int64_t *out);

/* The shortest decimal that reads back as the same double; size of out is at
 * least NUM_REAL_SIZE. A value that is not finite becomes "nan", "inf" or
 * "-inf". Returns the length. */
#define NUM_REAL_SIZE 32
size_t num_print_real(char *out, double value);

#endif
