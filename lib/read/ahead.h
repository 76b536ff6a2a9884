/* SPDX-License-Identifier: ISC
 *
 * ahead -- the batches of an input: a thread reads the next one while the caller
 * stores the current one. Nothing is read ahead until enough of the input has
 * come for recognising it later; until then the caller may ask for the same lines
 * again, with those that follow.
 */
#ifndef READ_AHEAD_H
#define READ_AHEAD_H

#include "read/batch.h"

struct ahead;

/* Borrows reader and lines, which must not be used otherwise until ahead_close.
 * filled is the result of the last line_fill of lines; if that was -1, *err is
 * its error. Returns -1, EXIT_AGAIN, when no thread can be started. The caller
 * closes *out. */
MUST_USE int ahead_open(struct ahead **out, struct batch_reader *reader,
    struct line_reader *lines, int filled, struct err *err);
/* Ends the thread, even if it waits for input. NULL is fine. */
void ahead_close(struct ahead *ahead);

/* Gives the next batch, borrowed until the next call, and takes back the previous
 * one. Returns 1, or 0 when it is the last batch, or -1 for the errors of
 * line_fill and batch_read: then it is the last batch too, and has the lines
 * before the error. A signal ends the input. */
MUST_USE int ahead_next(struct ahead *ahead, struct batch **out,
    struct err *err);

/* Rereads the last batch until prefix_bytes of the input, or all of it, have come.
 * Allowed only while fewer have come. Returns what ahead_next returns. */
MUST_USE int ahead_again(struct ahead *ahead, size_t prefix_bytes,
    struct batch **out, struct err *err);

#endif
