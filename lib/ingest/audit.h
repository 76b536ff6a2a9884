/* SPDX-License-Identifier: ISC
 *
 * audit -- proves from the ledger and the tables that every line of every source
 * had exactly one fate, and that what this fate stores is there: rows, a dead
 * letter, or nothing.
 *
 * It reads all event tables and the dead letters side by side in one pass, in
 * order of their ids and thus source by source, from one snapshot. Its memory
 * holds the ranges of one source, whatever the number of rows.
 */
#ifndef INGEST_AUDIT_H
#define INGEST_AUDIT_H

#include "base/buf.h"
#include "db/db.h"

enum audit_fault {
	AUDIT_UNKNOWN_SOURCE,  /* the table sources has no such number */
	AUDIT_BATCH_SUM,       /* lines differ from inserted + duplicate + ... */
	AUDIT_BAD_RANGES,      /* ranges that overlap or touch */
	AUDIT_ROWS_MISSING,    /* fewer rows than the ledger counts */
	AUDIT_ROWS_EXTRA,      /* more rows than the ledger counts */
	AUDIT_ROWS_UNTAKEN,    /* rows at positions that were never taken */
	AUDIT_ROWS_UNBATCHED,  /* rows at positions that were new in no batch */
	AUDIT_ROWS_UNLISTED,   /* rows of a run that run_sources does not place there */
	AUDIT_RUN_ROWS_MISSING, /* fewer rows of runs than run_sources counts, by more than
	                        * left for an archive */
	AUDIT_RUN_ROWS_EXTRA,  /* more rows of runs than it counts */
	AUDIT_BAD_PIECES,      /* positions that were new in two batches */
	AUDIT_LETTERS_MISSING, /* the same three for dead letters */
	AUDIT_LETTERS_EXTRA,
	AUDIT_LETTERS_UNTAKEN,
	AUDIT_GAPS,            /* events of a producer that never arrived */
	AUDIT_FAULT_COUNT
};

/* The counts of one source, or of all sources together. */
struct audit_sums {
	int64_t lines, inserted, duplicate, filtered, dead; /* lines, by the ledger */
	int64_t rows, letters;            /* rows and dead letters stored now */
	int64_t archived, resolved;       /* rows archived; dead letters resolved */
	int64_t ledger_rows, ledger_letters; /* what the ledger says is stored */
	int64_t gaps, lost;               /* gaps, and the events missing in them */
	int64_t bad_batches, bad_ranges, untaken_rows, untaken_letters;
	int64_t unbatched_rows, unlisted_rows, bad_pieces;
	int64_t run_rows_missing, run_rows_extra;
	int64_t fault_count;
};

struct audit_source {
	int64_t no;
	const char *kind, *name; /* borrowed; NULL with AUDIT_UNKNOWN_SOURCE */
	struct audit_sums sums;
	unsigned faults; /* 1 << enum audit_fault */
};

/* Functions that receive the results. Each source, in order of its number, is
 * followed by its gaps; first_seq and last_seq are both missing. progress, which
 * may be NULL, gets the number of rows read until now. */
struct audit_watch {
	void *context;
	void (*source)(void *context, const struct audit_source *source);
	void (*gap)(void *context, const char *producer, int64_t first_seq,
	    int64_t last_seq);
	void (*progress)(void *context, int64_t rows);
};

struct audit_totals {
	int64_t source_count;
	int64_t departed; /* rows that the table departures counts */
	bool has_wrong_departures; /* they are not the archived rows: one more fault */
	struct audit_sums sums;
};

/* Audits all of db, which must have no open transaction. A fault is a result, not
 * an error. The error is EXIT_DATA when an older version made the tables. */
MUST_USE int audit_run(struct db *db, const struct audit_watch *watch,
    struct audit_totals *totals, struct err *err);

/* Sets the faults of the source, and counts them, from its sums and names. */
void audit_find_faults(struct audit_source *source);

/* Returns the fault as a word, such as "rows_missing". */
const char *audit_fault_word(enum audit_fault fault);

/* Appends the fault of the source in words, with its numbers: "2 rows in the
 * tables, but the batches count 3". */
void audit_describe(struct buf *out, const struct audit_source *source,
    enum audit_fault fault);

#endif
