/* SPDX-License-Identifier: ISC
 *
 * print_json -- a judged objective as a JSON object. The same judgement
 * gives the same bytes.
 */
#ifndef JUDGE_PRINT_JSON_H
#define JUDGE_PRINT_JSON_H

#include "base/buf.h"
#include "judge/judge.h"

/* Appends one JSON object, without a newline. */
void judge_print_json(struct buf *out, const struct judge_line *line);

#endif
