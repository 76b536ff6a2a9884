/* SPDX-License-Identifier: ISC
 *
 * print_table -- judged objectives as a table for people.
 */
#ifndef JUDGE_PRINT_TABLE_H
#define JUDGE_PRINT_TABLE_H

#include "base/buf.h"
#include "judge/judge.h"

/* Appends what was judged, a table of all lines, what to look at where an
 * objective does not pass, and a summary. */
void judge_print_table(struct buf *out, const struct judge_lines *lines, bool with_color);

#endif
