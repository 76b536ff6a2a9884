/* SPDX-License-Identifier: ISC
 *
 * words -- why a line has its verdict, in words for people, and what to look at. Text of
 * events and files is made safe for a terminal.
 */
#ifndef JUDGE_WORDS_H
#define JUDGE_WORDS_H

#include "base/buf.h"
#include "judge/judge.h"

/* Appends "host=a role=b", "3 other groups", or nothing for a line without a group. */
void judge_words_group(struct buf *out, const struct judge_line *line);

/* Appends why the verdict is what it is, with the numbers that it rests on, as the rest of
 * a sentence without its full stop. */
void judge_words_reason(struct buf *out, const struct judge_line *line);

/* Appends for each firing pair a line of its numbers, and one with the statement that lists
 * the bad events of its long window. */
void judge_words_pairs(struct buf *out, const struct judge_line *line);

/* Appends a line with the statement that lists the bad events of a window of the line. */
void judge_words_statement(struct buf *out, const struct judge_line *line,
    const struct slo_window *window);

#endif
