/* SPDX-License-Identifier: ISC
 *
 * ingest_private -- what the files of the engine share: ingest.c (transactions),
 * identity.c (which source an input is), fate.c (what becomes of a line), run_input.c,
 * follow.c and replay.c (where lines come from), and notify.c (reports to other
 * programs). Other modules do not include it.
 */
#ifndef INGEST_INGEST_PRIVATE_H
#define INGEST_INGEST_PRIVATE_H

#include "base/buf.h"
#include "ingest/ingest.h"
#include "store/dead_letters.h"
#include "store/followed_files.h"
#include "store/row_store.h"

/* Where an event belongs: its source, and the range of positions that it takes there;
 * and its row. */
struct ingest_place {
	struct ledger_source *source;
	int64_t from, until;
	const struct row *row;
};

/* An input being read. */
struct ingest_input {
	/* The dead letter whose line is replayed; NULL when the lines are new. The
	 * events of a replayed line may use letter_bytes ids, beginning with the id of
	 * the dead letter, which is kept when the line is refused again. */
	const struct dead_letter *letter;
	int64_t letter_bytes;
	struct ledger_input identity;
	bool must_be_known; /* the input needs a source even if producers stamp all
	                     * lines */
	bool is_followed;
	const char *followed_path;    /* its row in followed_files; NULL: none */
	size_t wanted_bytes; /* how much of its beginning is needed to recognise it */
	struct ledger_source *source; /* NULL until it is needed */
	int64_t source_no;            /* 0 until it is known */
	uint64_t generation;          /* of the ledger, when source was looked up */
	int64_t stored_offset;        /* everything before it is committed */
	int64_t truncated_position;   /* of an unfinished line of an earlier run */
	/* How much an earlier run stored, so that this run skips it: */
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
	/* Rows are written line by line, to find the line that a table refuses. */
	bool is_row_by_row;
	struct buf dead_lines;  /* for options.dead_letters, until the commit */
	struct buf acknowledgement;
	struct ingest_totals totals, pending;
	struct ingest_input *input; /* the one whose batch is being stored */
	struct ingest_input replay_input;
	int64_t replay_until_ns; /* when to commit the open replays; 0: none is open */
	struct batch batch;     /* of follow and replay, which read without a thread */
};

enum ingest_outcome {
	INGEST_ERROR = -1,
	INGEST_STORED,
	INGEST_WANTS_MORE /* nothing was stored: wanted_bytes are needed first */
};

/* ingest.c. Stores the lines of a batch in one transaction. */
MUST_USE enum ingest_outcome ingest_store_batch(struct ingest *ingest,
    struct ingest_input *input, const struct batch *batch, struct err *err);

/* Rolls back the transaction, and drops what was cached and buffered in it. */
void ingest_undo(struct ingest *ingest);

/* identity.c. Describes fd in input; name is borrowed as long as input is used. */
MUST_USE int ingest_describe(struct ingest *ingest, struct ingest_input *input,
    int fd, const char *name, struct err *err);
/* Finds out whether this input was read before, and whether its last line was
 * unfinished then; call it in a transaction. Returns -1 and sets wanted_bytes when
 * more of its beginning is needed. */
MUST_USE int ingest_recognise(struct ingest *ingest, struct err *err);
/* Finds the source of the input, or adds it. Returns -1 and sets wanted_bytes when
 * more of its beginning is needed. */
MUST_USE int ingest_know(struct ingest *ingest, struct err *err);
/* Moves lines to where an earlier run ended; call it after the first line_fill. */
MUST_USE int ingest_resume(struct ingest *ingest, struct ingest_input *input,
    struct line_reader *lines, struct err *err);

/* fate.c: stores, rejects or skips one line of a batch. */
MUST_USE int ingest_store_line(struct ingest *ingest,
    const struct batch_line *item, struct err *err);

/* notify.c. Returns the detail of a refusal; only its reason, when the detail might
 * quote content that must not be kept. */
const char *ingest_words(const struct ingest *ingest,
    const struct row_refusal *refusal);
/* Buffers the report of a dead letter. */
void ingest_notify_dead_letter(struct ingest *ingest,
    const struct dead_letter *letter);
/* Buffers the report of a commit up to offset. */
void ingest_notify_commit(struct ingest *ingest, int64_t offset);
/* Writes the buffered reports; call it after the commit. */
MUST_USE int ingest_notify(struct ingest *ingest, struct err *err);

#endif
