/* SPDX-License-Identifier: ISC
 *
 * ingest -- lines of inputs into the store, each exactly once. Rows, ledger and
 * dead letters of a batch are one transaction; nothing is locked while the input
 * is waited for.
 */
#ifndef INGEST_INGEST_H
#define INGEST_INGEST_H

#include "read/batch.h"
#include "db/db.h"
#include "store/dead_letters.h"
#include "store/ledger.h"

#include <stdio.h>

struct ingest_totals;

struct ingest_options {
	const char *source;   /* a name for the input, instead of where it lies */
	struct batch_options reading;
	FILE *dead_letters;   /* borrowed; a JSON line for each dead letter */
	const char *dead_letters_name;
	FILE *acknowledgements; /* borrowed; a JSON line for each commit */
	/* Each may be NULL. progress is called after a commit, warn for what went
	 * wrong without harm. */
	void *context;
	void (*progress)(void *context, const struct ingest_totals *totals);
	void (*warn)(void *context, const char *text);
};

/* What became of the lines, of all inputs so far, as far as committed. */
struct ingest_totals {
	int64_t lines, rows, bytes, hidden;
	int64_t fates[LEDGER_FATE_COUNT];
	bool is_interrupted; /* a signal came before the end of an input */
};

struct ingest;

/* db and options are borrowed. *out is the caller's, for ingest_close. */
MUST_USE int ingest_open(struct ingest **out, struct db *db,
    const struct ingest_options *options, struct err *err);
void ingest_close(struct ingest *ingest); /* NULL is fine */

/* Takes all of fd, up to its end or a signal (prog_signal()): what has been read
 * by then is stored, and the totals say so. name is its path or "-". After an
 * error everything before the position that the error names is in the store. */
MUST_USE int ingest_run(struct ingest *ingest, int fd, const char *name,
    struct err *err);

/* Takes what is and comes in the files, through rotation, until a signal comes
 * or every one of them has ended, as pipes do. */
MUST_USE int ingest_follow(struct ingest *ingest, char *const *paths,
    int count, struct err *err);

/* Takes the line of a dead letter again, at its place, and removes the letter
 * unless it is refused again; then it has the new reason. *fate says what became
 * of it: LEDGER_DUPLICATE also when somebody else has dealt with it since. Many
 * are one transaction: only after ingest_replay_finish are all of them stored,
 * and an error undoes those since the last commit. The totals count what was
 * replayed. */
MUST_USE int ingest_replay(struct ingest *ingest,
    const struct dead_letter *letter, enum ledger_fate *fate,
    struct err *err);
MUST_USE int ingest_replay_finish(struct ingest *ingest, struct err *err);

const struct ingest_totals *ingest_totals(const struct ingest *ingest);

#endif
