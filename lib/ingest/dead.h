/* SPDX-License-Identifier: ISC
 *
 * dead -- the dead letters of a store: finding them, and letting them go.
 */
#ifndef INGEST_DEAD_H
#define INGEST_DEAD_H

#include "store/dead_letters.h"

/* Which letters: those that fit all that is given. All of it is borrowed. */
struct dead_selection {
	int64_t *ids;
	size_t id_count;
	const char *const *reasons;
	size_t reason_count;
	const char *input; /* NULL: any */
	int64_t limit;     /* at most so many, 0: all */
};

/* Whether all reasons are of the closed list; EXIT_USAGE when not. */
MUST_USE int dead_check_reasons(const struct dead_selection *selection,
    struct err *err);

struct dead_reader;

/* Reads in order of the ids. An id of the selection that no dead letter has is
 * EXIT_DATA. *out is the caller's, for dead_close. */
MUST_USE int dead_open(struct dead_reader **out, struct db *db,
    const struct dead_selection *selection, struct err *err);
void dead_close(struct dead_reader *reader); /* NULL is fine */

/* 1 there is one, borrowed until the next call; 0 at the end; -1 error. */
MUST_USE int dead_next(struct dead_reader *reader, struct dead_letter *letter,
    struct err *err);

/* Whether the whole line was kept, so that it can be taken again. */
bool dead_is_whole(const struct dead_letter *letter);

/* Deletes the letters in one transaction of db, which writes, and counts them
 * as resolved in the ledger; their positions stay taken. The limit does not
 * count. An id that no dead letter has is EXIT_DATA, and nothing is deleted. */
MUST_USE int dead_drop(struct db *db, const struct dead_selection *selection,
    int64_t now_ms, int64_t *dropped, struct err *err);

#endif
