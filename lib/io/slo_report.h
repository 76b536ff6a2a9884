/* SPDX-License-Identifier: ISC
 *
 * slo_report -- a judged objective as a JSON object. The same judgement gives the
 * same bytes.
 */
#ifndef IO_SLO_REPORT_H
#define IO_SLO_REPORT_H

#include "base/buf.h"
#include "io/slo_judge.h"

/* Appends one JSON object, without a newline. */
void slo_report_json(struct buf *out, const struct slo_line *line);

#endif
