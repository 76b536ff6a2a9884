/* SPDX-License-Identifier: ISC
 *
 * text -- the text files that are part of the programs: the tables of the
 * ledger, the SLO packs, the metric packs. scripts/embed makes the table.
 */
#ifndef TEL_TEXT_H
#define TEL_TEXT_H

#include <stddef.h>

struct text {
	const char *path; /* below the root: "schema/slo/downloads.yaml" */
	const char *text; /* ends in NUL */
};

/* Ordered by path; the last has a NULL path. */
extern const struct text texts[];

/* The text of a path, or NULL when there is none. Valid for ever. */
const char *text_find(const char *path);

/* The first text at or after *cursor whose path starts with prefix, or NULL;
 * moves *cursor behind it. Start with *cursor = 0. */
const struct text *text_next(const char *prefix, size_t *cursor);

#endif
