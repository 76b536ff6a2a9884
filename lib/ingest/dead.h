/* SPDX-License-Identifier: ISC
 *
 * dead -- reads selected dead letters of a store, and deletes them.
 */
#ifndef INGEST_DEAD_H
#define INGEST_DEAD_H

#include "store/dead_letters.h"

/* Selects the dead letters that meet every condition given. Its texts are
 * borrowed. */
struct dead_selection {
	int64_t *ids;
	size_t id_count;
	const char *const *reasons;
	size_t reason_count;
	const char *input; /* NULL: any */
	int64_t limit;     /* at most this many dead letters; 0: all */
};

/* Checks that every reason is a word of reason.def; EXIT_USAGE when one is not. */
MUST_USE int dead_check_reasons(const struct dead_selection *selection,
    struct err *err);

struct dead_reader;

/* Opens a reader of the selected dead letters, in order of their ids. EXIT_DATA
 * when an id of the selection has no dead letter. The caller owns *out and gives
 * it to dead_close. */
MUST_USE int dead_open(struct dead_reader **out, struct db *db,
    const struct dead_selection *selection, struct err *err);
void dead_close(struct dead_reader *reader); /* NULL is fine */

/* Reads the next dead letter, whose texts are borrowed until the next call. Returns
 * 1; 0 at the end; -1 on an error. */
MUST_USE int dead_next(struct dead_reader *reader, struct dead_letter *letter,
    struct err *err);

/* Whether the whole line was kept, so that it can be replayed. */
bool dead_is_whole(const struct dead_letter *letter);

/* Deletes the selected dead letters in one transaction of db, which is open for
 * writing, and counts them as resolved in the ledger; their positions stay taken.
 * *dropped is their number. The limit is ignored. When an id has no dead letter,
 * nothing is deleted and the error is EXIT_DATA. */
MUST_USE int dead_drop(struct db *db, const struct dead_selection *selection,
    int64_t now_ms, int64_t *dropped, struct err *err);

#endif
