/* SPDX-License-Identifier: ISC
 *
 * ingest -- lines of an input into the store, each exactly once. Rows, ledger
 * and dead letters of a batch are one transaction; nothing is locked while the
 * input is waited for.
 */
#ifndef IO_INGEST_H
#define IO_INGEST_H

#include "io/db.h"
#include "io/filter.h"
#include "io/ledger.h"

#include <stdio.h>

struct ingest_totals;

struct ingest_options {
	const char *source;   /* a name for the input, instead of where it lies */
	struct filter *map;   /* borrowed; NULL: lines are events */
	FILE *dead_letters;   /* borrowed; a JSON line for each dead letter */
	void (*progress)(const struct ingest_totals *totals); /* after a commit */
};

/* What became of the lines, of all inputs so far, as far as committed. */
struct ingest_totals {
	int64_t lines, rows, bytes;
	int64_t fates[LEDGER_FATE_COUNT];
};

struct ingest;

/* db and options are borrowed. *out is the caller's, for ingest_close. */
MUST_USE int ingest_open(struct ingest **out, struct db *db,
    const struct ingest_options *options, struct err *err);
void ingest_close(struct ingest *ingest); /* NULL is fine */

/* Takes all of fd, up to its end or a signal (prog_signal()). name is its path
 * or "-". After an error everything before the position that the error names
 * is in the store. */
MUST_USE int ingest_run(struct ingest *ingest, int fd, const char *name,
    struct err *err);

const struct ingest_totals *ingest_totals(const struct ingest *ingest);

#endif
