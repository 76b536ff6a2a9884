/* SPDX-License-Identifier: ISC
 *
 * ingest_private -- what ingest.c (transactions), identity.c (who an input is),
 * fate.c (one line), run_input.c, follow.c and replay.c (where lines come from) and
 * notify.c (what other programs are told) share. Other modules do not include it.
 */
#ifndef INGEST_INGEST_PRIVATE_H
#define INGEST_INGEST_PRIVATE_H

#include "base/buf.h"
#include "ingest/ingest.h"
#include "store/dead_letters.h"
#include "store/followed_files.h"
#include "store/row_store.h"

/* The position of an event: its source, the range that it takes there, and its
 * row. */
struct ingest_place {
	struct ledger_source *source;
	int64_t from, until;
	const struct row *row;
};

/* An input being read. */
struct ingest_input {
	/* The dead letter whose line is replayed: its events may use letter_bytes
	 * ids, beginning with its own, and it stays when the line is refused. NULL
	 * when the lines are new; refused ones become dead letters. */
	const struct dead_letter *letter;
	int64_t letter_bytes;
	struct ledger_input identity;
	bool must_be_known;           /* even when all lines are stamped by producers */
	bool is_followed;
	const char *followed_path;    /* in followed_files; NULL: not there */
	size_t wanted_bytes;          /* how much of its beginning is needed to go on */
	struct ledger_source *source; /* NULL until it is needed */
	int64_t source_no;            /* 0 until it is known */
	uint64_t generation;          /* of the ledger, when source was looked up */
	int64_t stored_offset;        /* everything before it is committed */
	int64_t truncated_position;   /* of an unfinished line of an earlier run */
	/* What an earlier run stored and this one skips: */
	int64_t skipped_bytes, skipped_lines;
};

struct ingest {
	struct db *db;
	struct ingest_options options;
	struct ledger *ledger;
	struct row_store *rows;
	struct batch_reader *reader;
	struct dead_letters *letters;
	struct followed_files *followed;
	struct ingest_place *places; /* the events of one line that get a row */
	size_t place_count, place_size;
	/* Rows are written line by line, to find the one that a table refused. */
	bool is_row_by_row;
	struct buf dead_lines;  /* for options.dead_letters, until the commit */
	struct buf acknowledgement;
	struct ingest_totals totals, pending;
	struct ingest_input *input;
	struct ingest_input replay_input;
	int64_t replay_until_ns; /* end of the transaction of replays; 0: none is open */
	struct batch batch;     /* for readers without a thread */
};

enum ingest_outcome {
	INGEST_ERROR = -1,
	INGEST_STORED,
	INGEST_WANTS_MORE /* of the input's beginning; nothing was stored */
};

/* ingest.c: one transaction. */
MUST_USE enum ingest_outcome ingest_store_batch(struct ingest *ingest,
    struct ingest_input *input, const struct batch *batch, struct err *err);

/* Rolls back and forgets what the transaction knew. */
void ingest_undo(struct ingest *ingest);

/* identity.c. Describes fd in input; name is borrowed as long as input is used. */
MUST_USE int ingest_describe(struct ingest *ingest, struct ingest_input *input,
    int fd, const char *name, struct err *err);
/* Finds out whether this input was read before, and whether it ended within a
 * line; call it in a transaction. -1 with wanted_bytes when more of its beginning
 * is needed. */
MUST_USE int ingest_recognise(struct ingest *ingest, struct err *err);
/* Finds the source of the input, or adds it; also -1 when more of its beginning is
 * needed. */
MUST_USE int ingest_know(struct ingest *ingest, struct err *err);
/* Goes on where an earlier run ended, after the first line_fill. */
MUST_USE int ingest_resume(struct ingest *ingest, struct ingest_input *input,
    struct line_reader *lines, struct err *err);

/* fate.c: stores, rejects or skips one line of a batch. */
MUST_USE int ingest_store_line(struct ingest *ingest,
    const struct batch_line *item, struct err *err);

/* notify.c. Returns the words of a refusal that may be shown; they can quote the
 * line. */
const char *ingest_words(const struct ingest *ingest,
    const struct row_refusal *refusal);
void ingest_notify_dead_letter(struct ingest *ingest,
    const struct dead_letter *letter);
void ingest_notify_commit(struct ingest *ingest, int64_t offset);
/* Writes what was buffered; call it after the commit. */
MUST_USE int ingest_notify(struct ingest *ingest, struct err *err);

#endif
