/* SPDX-License-Identifier: ISC
 *
 * text -- the text files that are built into the programs: the SQL of the
 * store, SLO packs and metric packs. scripts/embed writes the array.
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

/* Returns the text of a path, or NULL. Static. */
const char *text_find(const char *path);

/* Returns the next text whose path begins with prefix, or NULL. *cursor is 0
 * before the first call. */
const struct text *text_next(const char *prefix, size_t *cursor);

#endif
