/* SPDX-License-Identifier: ISC
 *
 * slo_report -- a judged objective as a JSON object. The same judgement always
 * gives the same bytes.
 */
#ifndef JUDGE_PRINT_JSON_H
#define JUDGE_PRINT_JSON_H

#include "base/buf.h"
#include "judge/judge.h"

/* Appends one JSON object, without a newline. */
void slo_report_json(struct buf *out, const struct slo_line *line);

#endif
