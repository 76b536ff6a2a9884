/* SPDX-License-Identifier: ISC
 *
 * print_table -- judged objectives as a table for people.
 */
#ifndef JUDGE_PRINT_TABLE_H
#define JUDGE_PRINT_TABLE_H

#include "base/buf.h"
#include "judge/judge.h"

/* Appends what was judged, a table of it with the worst first, what to look at where an
 * objective does not pass, and a summary. More than three groups of an objective that pass
 * are one row, their sum. The table takes at most width columns, if it can; the sentences
 * after it, and statements to paste, are not broken. */
void judge_print_table(struct buf *out, const struct judge_lines *lines, size_t width,
    bool with_color);

#endif
