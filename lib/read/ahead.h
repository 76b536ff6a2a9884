/* SPDX-License-Identifier: ISC
 *
 * ahead -- batches of an input, the next one read by a thread while the caller
 * stores the one before. Until enough of the input has come to know it again,
 * nothing is read ahead: the caller may ask for the same lines once more, with
 * those that follow.
 */
#ifndef READ_AHEAD_H
#define READ_AHEAD_H

#include "read/batch.h"

struct ahead;

/* Both are borrowed, and nobody else's until ahead_close. filled is what the
 * line_fill said that was made before. The caller's. */
MUST_USE int ahead_open(struct ahead **out, struct batch_reader *reader,
    struct line_reader *lines, int filled, struct err *err);
/* Ends the thread, whatever it waits for. NULL is fine. */
void ahead_close(struct ahead *ahead);

/* The next batch; the one before is given back. Returns 1, 0 when it is the
 * last, or -1 as line_fill and batch_read: it is the last too, and holds the
 * lines that came before the error. A signal ends the input. */
MUST_USE int ahead_next(struct ahead *ahead, struct batch **out,
    struct err *err);

/* The last batch again, with more lines: at least so many bytes of the input's
 * beginning, or all. Only while less than that had come. Returns as
 * ahead_next. */
MUST_USE int ahead_again(struct ahead *ahead, size_t prefix_bytes,
    struct batch **out, struct err *err);

#endif
