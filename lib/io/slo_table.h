/* SPDX-License-Identifier: ISC
 *
 * slo_table -- judged objectives as a table for people.
 */
#ifndef IO_SLO_TABLE_H
#define IO_SLO_TABLE_H

#include "base/buf.h"
#include "io/slo_judge.h"

/* Appends what was judged, a table of all lines, what to look at where an
 * objective does not pass, and a summary. */
void slo_table(struct buf *out, const struct slo_lines *lines, bool with_color);

#endif
