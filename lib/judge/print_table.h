/* SPDX-License-Identifier: ISC
 *
 * slo_table -- judged objectives as a table for people.
 */
#ifndef JUDGE_PRINT_TABLE_H
#define JUDGE_PRINT_TABLE_H

#include "base/buf.h"
#include "judge/judge.h"

/* Appends a heading (the run or window), a table of all lines, a query to look at
 * for each objective that does not pass, and a summary. */
void slo_table(struct buf *out, const struct slo_lines *lines, bool with_color);

#endif
