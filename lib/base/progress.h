/* SPDX-License-Identifier: ISC
 *
 * progress -- one line on stderr that shows how far a long task has come,
 * rewritten at most ten times a second. Nothing is shown when stderr is not a
 * terminal or --quiet was given.
 */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include "base/err.h"

#include <stdint.h>

struct progress {
	int64_t shown_ns; /* last; 0: no line is shown. All zero is ready. */
};

/* Shows the text, or drops it when less than 0.1 s have passed since the last. */
void progress_show(struct progress *progress, const char *format, ...)
    PRINTF_LIKE(2, 3);

/* Erases the line. */
void progress_end(struct progress *progress);

#endif
