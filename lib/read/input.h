/* SPDX-License-Identifier: ISC
 *
 * input -- the bytes of an input as they were before they were compressed. gzip
 * and zstd are told by their magic numbers at the start of the input, never by a
 * name; anything else is given as it is, from read(2) straight into the caller's
 * memory. Several gzip members or zstd frames are one text; skippable frames and
 * zero bytes behind the last gzip member are passed over.
 *
 * Checksums stand behind the bytes that they vouch for. So the bytes of a member
 * or frame that turns out to be damaged were given before the error comes.
 */
#ifndef READ_INPUT_H
#define READ_INPUT_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Nothing can be given now without waiting for the descriptor. */
#define INPUT_WAIT (-2)

enum input_format { INPUT_PLAIN, INPUT_GZIP, INPUT_ZSTD };

struct input;

/* Reads fd, which stays the caller's and may be non-blocking, from where it
 * stands. What is compressed must be read from its start. The input is the
 * caller's, for input_close. */
struct input *input_open(int fd);
void input_close(struct input *input); /* NULL is fine */

/* Gives 1 to room bytes, and calls read(2) once at most. Returns their number;
 * 0 at the end of the input; INPUT_WAIT when fd is to be polled first (it had
 * nothing, or what it had gave no bytes yet); or -1 with err: EXIT_IO when
 * reading fails, EXIT_DATA when the compressed bytes are damaged or cut short.
 * All that could be unpacked before the damage was given then. After an end,
 * also one that cuts the data short, it may be called again: the file may have
 * grown. Other damage stays. */
MUST_USE int64_t input_read(struct input *input, char *to, size_t room,
    struct err *err);

/* Whether the next input_read does without read(2); false after INPUT_WAIT, so
 * that "read until INPUT_WAIT, then poll" leaves nothing behind. */
bool input_is_ready(const struct input *input);

/* INPUT_PLAIN until it is known. */
enum input_format input_format(const struct input *input);

/* What was taken from fd since the input was opened, as it lies there. */
int64_t input_read_bytes(const struct input *input);

#endif
