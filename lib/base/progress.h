/* SPDX-License-Identifier: ISC
 *
 * progress -- one line on stderr that shows how far long work is, rewritten a
 * few times a second. Nothing is shown when stderr is not a terminal or --quiet
 * was given.
 */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include "base/err.h"

#include <stdint.h>

struct progress {
	int64_t shown_ns; /* 0: nothing stands there. All zero is ready. */
};

/* Shows the text unless another was shown a moment ago. */
void progress_show(struct progress *progress, const char *format, ...)
    PRINTF_LIKE(2, 3);

/* Wipes the line. */
void progress_end(struct progress *progress);

#endif
