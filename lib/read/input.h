/* SPDX-License-Identifier: ISC
 *
 * input -- reads an input and decompresses it. gzip and zstd are recognised by
 * their magic numbers at the start of the input, never by a name. Other input is
 * read as it is, straight into the caller's memory. Several gzip members or zstd
 * frames give one text; skippable frames and zero bytes after the last gzip
 * member are ignored.
 *
 * The checksum of a member or frame follows its bytes. Therefore the bytes of a
 * damaged one have already been returned when the damage is found.
 */
#ifndef READ_INPUT_H
#define READ_INPUT_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A result of input_read: no bytes without waiting for the descriptor. */
#define INPUT_WAIT (-2)

enum input_format { INPUT_PLAIN, INPUT_GZIP, INPUT_ZSTD };

struct input;

/* Reads fd from its current position; compressed input must begin there. fd is
 * borrowed and may be non-blocking. The caller closes the result. */
struct input *input_open(int fd);
void input_close(struct input *input); /* NULL is fine */

/* Fills *out with 1 to room bytes, calling read(2) at most once. Returns their
 * number; 0 at the end of the input; INPUT_WAIT when the caller must poll fd
 * first (it had no bytes, or not enough to decompress any); or -1 with err:
 * EXIT_IO when reading fails, EXIT_DATA when the compressed bytes are damaged or
 * end too early. By then, all bytes before the damage have been returned. It may
 * be called again after an end, including one that is too early, because the file
 * may have grown. Any other damage is final. */
MUST_USE int64_t input_read(struct input *input, char *out, size_t room,
    struct err *err);

/* Whether the next input_read can return without calling read(2). It is false
 * after INPUT_WAIT, so that a caller who reads until INPUT_WAIT and then polls
 * misses nothing. */
bool input_is_ready(const struct input *input);

/* Returns the format; INPUT_PLAIN until it is known. */
enum input_format input_format(const struct input *input);

/* Returns how many bytes, still compressed, were read from fd since
 * input_open. */
int64_t input_read_bytes(const struct input *input);

#endif
