/* SPDX-License-Identifier: ISC
 *
 * outside -- events outside of what was judged, in words: the newest event of a type
 * whose objectives have no data, and events that are later than the end of the windows.
 */
#ifndef JUDGE_OUTSIDE_H
#define JUDGE_OUTSIDE_H

#include "judge/judge.h"

/* Calls warn with a sentence for each such type of event. db is what the lines were
 * judged from, with windows that end at at_ms. */
MUST_USE int judge_outside(struct db *db, const struct judge_lines *lines,
    int64_t at_ms, void (*warn)(const char *text), struct err *err);

#endif
