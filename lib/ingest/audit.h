/* SPDX-License-Identifier: ISC
 *
 * audit -- proves from the ledger and the tables that every line of every source
 * came to one end and left what its end leaves: rows, a dead letter, or nothing.
 *
 * One pass over all event tables and the dead letters side by side, in order of
 * their ids, source by source, in one snapshot. Memory holds one source with its
 * ranges, whatever the number of rows.
 */
#ifndef INGEST_AUDIT_H
#define INGEST_AUDIT_H

#include "base/buf.h"
#include "db/db.h"

enum audit_fault {
	AUDIT_UNKNOWN_SOURCE,  /* the table sources has no such number */
	AUDIT_BATCH_SUM,       /* lines are not inserted + duplicate + ... */
	AUDIT_BAD_RANGES,      /* ranges that overlap or touch */
	AUDIT_ROWS_MISSING,    /* fewer than the ledger counts */
	AUDIT_ROWS_EXTRA,      /* more than the ledger counts */
	AUDIT_ROWS_UNTAKEN,    /* at positions that were never taken */
	AUDIT_LETTERS_MISSING, /* the same three for dead letters */
	AUDIT_LETTERS_EXTRA,
	AUDIT_LETTERS_UNTAKEN,
	AUDIT_GAPS,            /* events of a producer never came */
	AUDIT_FAULT_COUNT
};

/* The account of one source, or of all of them together. */
struct audit_sums {
	int64_t lines, inserted, duplicate, filtered, dead; /* lines, by the ledger */
	int64_t rows, letters;            /* stored now */
	int64_t archived, resolved;       /* archived rows; dead letters that left */
	int64_t ledger_rows, ledger_letters; /* what should be stored, by the ledger */
	int64_t gaps, lost;               /* gaps, and the events that they lack */
	int64_t bad_batches, bad_ranges, untaken_rows, untaken_letters;
	int64_t fault_count;
};

struct audit_source {
	int64_t no;
	const char *kind, *name; /* borrowed; NULL with AUDIT_UNKNOWN_SOURCE */
	struct audit_sums sums;
	unsigned faults; /* 1 << enum audit_fault */
};

/* Functions that get the results, in order of the numbers of the sources: each
 * source, followed by its gaps, first_seq..last_seq both included. progress gets
 * the number of rows that were read. */
struct audit_watch {
	void *context;
	void (*source)(void *context, const struct audit_source *source);
	void (*gap)(void *context, const char *producer, int64_t first_seq,
	    int64_t last_seq);
	void (*progress)(void *context, int64_t rows);
};

struct audit_totals {
	int64_t source_count;
	struct audit_sums sums;
};

/* Audits all of db, which must have no open transaction. A fault is a result, not
 * an error. EXIT_DATA when an older program made the tables. */
MUST_USE int audit_run(struct db *db, const struct audit_watch *watch,
    struct audit_totals *totals, struct err *err);

/* Return the fault as a word, "rows_missing", or append it as a sentence with
 * numbers, "3 rows are stored, the ledger counts 4". */
const char *audit_fault_word(enum audit_fault fault);
void audit_describe(struct buf *out, const struct audit_source *source,
    enum audit_fault fault);

#endif
