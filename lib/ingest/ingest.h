/* SPDX-License-Identifier: ISC
 *
 * ingest -- stores the lines of inputs, each exactly once. The rows, the ledger
 * entries and the dead letters of a batch are written in one transaction; the
 * database is not locked while the program waits for input.
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
	const char *source;   /* name for the input, in place of its path */
	struct batch_options reading;
	FILE *dead_letters;   /* borrowed; gets a JSON line for each dead letter */
	const char *dead_letters_name; /* for messages */
	FILE *acknowledgements; /* borrowed; gets a JSON line for each commit */
	/* Each may be NULL. progress is called after each commit, warn when there is
	 * a problem that loses no data. */
	void *context;
	void (*progress)(void *context, const struct ingest_totals *totals);
	void (*warn)(void *context, const char *text);
};

/* The fates of the lines of all inputs, counted up to the last commit. */
struct ingest_totals {
	int64_t lines, rows, bytes;
	int64_t hidden; /* values that were redacted */
	int64_t fates[LEDGER_FATE_COUNT];
	bool is_interrupted; /* by a signal, before the end of an input */
};

struct ingest;

/* Prepares to store lines. db and options are borrowed. The caller owns *out and
 * gives it to ingest_close. */
MUST_USE int ingest_open(struct ingest **out, struct db *db,
    const struct ingest_options *options, struct err *err);
void ingest_close(struct ingest *ingest); /* NULL is fine */

/* Stores all lines of fd, up to its end or a signal (prog_signal()); lines that
 * were read before the signal are stored and counted. name is the path of fd, or
 * "-". After an error, all lines before the position in its message are stored. */
MUST_USE int ingest_run(struct ingest *ingest, int fd, const char *name,
    struct err *err);

/* Stores the lines that the files have and those that are appended to them, through
 * rotation, until a signal comes or all of them have ended, as pipes do. */
MUST_USE int ingest_follow(struct ingest *ingest, char *const *paths,
    int count, struct err *err);

/* Reads the line of a dead letter again, at its position. An accepted line is
 * stored and its dead letter deleted; a line that is refused again keeps its dead
 * letter, which gets the new reason. *fate is the fate of the line; it is
 * LEDGER_DUPLICATE also when another process has replayed or dropped the dead letter
 * meanwhile. Several replays share a transaction, which ingest_replay_finish ends;
 * an error undoes the replays since the last commit. The totals count the replayed
 * lines. */
MUST_USE int ingest_replay(struct ingest *ingest,
    const struct dead_letter *letter, enum ledger_fate *fate,
    struct err *err);
MUST_USE int ingest_replay_finish(struct ingest *ingest, struct err *err);

const struct ingest_totals *ingest_totals(const struct ingest *ingest);

#endif
