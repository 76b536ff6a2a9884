/* SPDX-License-Identifier: ISC
 *
 * outside -- events outside of what was judged, in words: the newest event of a type
 * whose objectives have no data, and events that are later than the end of the windows.
 */
#ifndef JUDGE_OUTSIDE_H
#define JUDGE_OUTSIDE_H

#include "judge/judge.h"

/* Calls options->warn with a sentence for each such type of event. path is that of the
 * database, "" for standard input; the windows end at at_ms. */
void judge_outside(const struct judge_lines *lines, const char *path, int64_t at_ms,
    const struct judge_options *options);

#endif
