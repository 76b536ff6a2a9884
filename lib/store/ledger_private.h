/* SPDX-License-Identifier: ISC
 *
 * ledger_private -- what ledger.c (transactions), ledger_source.c (sources and
 * producers), ledger_input.c (inputs), ledger_leave.c (what leaves), ledger_batch.c
 * (the tables batches and batch_pieces) and ledger_run.c (the table run_sources) share;
 * other modules do not include it.
 */
#ifndef STORE_LEDGER_PRIVATE_H
#define STORE_LEDGER_PRIVATE_H

#include "base/buf.h"
#include "store/ledger.h"
#include "store/ranges.h"

/* Most sources kept in memory; beyond it all are dropped between transactions. */
#define LEDGER_CACHED_SOURCES 4096

struct ledger_source {
	int64_t no;
	char *producer; /* NULL for an input */
	size_t producer_len;
	struct ranges taken;
	int64_t check_bytes; /* of its beginning, in the digest that is stored */
	/* Since ledger_begin: */
	bool is_touched;
	int64_t taken_from, taken_until; /* hull of what was taken */
	struct ranges pieces;            /* what was taken but for dead letters */
	int64_t from, until;             /* hull of the lines */
	int64_t from_ts_ms, until_ts_ms;
	int64_t fates[LEDGER_FATE_COUNT];
	int64_t row_count, line_bytes, resolved_count, hidden_count;
	struct ledger_source *next_touched;
};

enum ledger_query {
	LEDGER_FIND_INPUT, LEDGER_FIND_NAMED,
	LEDGER_PREFIX_LENGTHS, LEDGER_ADD_SOURCE, LEDGER_GROW_PREFIX,
	LEDGER_SET_CHECK, LEDGER_GET_TAKEN, LEDGER_SET_TAKEN,
	LEDGER_LOAD_RANGES, LEDGER_DROP_RANGES, LEDGER_ADD_RANGE,
	LEDGER_QUERY_COUNT
};

/* A row of the table batches, without the number of its transaction. */
struct ledger_batch {
	int64_t source_no;
	int64_t from, until;             /* positions */
	int64_t from_ts_ms, until_ts_ms; /* of its rows; both 0: none */
	int64_t fates[LEDGER_FATE_COUNT]; /* lines */
	int64_t row_count, line_bytes, resolved_count, hidden_count;
	bool is_redacted;
	const struct ranges *pieces; /* where its rows are; borrowed, NULL: nowhere */
};

/* The writer of that table and of batch_pieces. */
struct ledger_batches {
	struct db_statement *add, *add_piece, *last;
	int64_t transaction_no; /* of the current transaction */
};

/* Prepares the statements for db, which is borrowed. Close it also after an error. */
MUST_USE int ledger_batches_open(struct ledger_batches *batches, struct db *db,
    struct err *err);
void ledger_batches_close(struct ledger_batches *batches);
/* Numbers the transaction; call it once in each, before the first batch. */
MUST_USE int ledger_batches_begin(struct ledger_batches *batches,
    struct err *err);
/* Writes a row, and its pieces unless they are its hull. */
MUST_USE int ledger_batches_add(struct ledger_batches *batches,
    const struct ledger_batch *batch, int64_t now_ms, struct err *err);

/* The events of one run in one source, in the current transaction. */
struct ledger_run {
	size_t name_at, name_len; /* in names */
	int64_t source_no, from, until, from_ts_ms, until_ts_ms, row_count;
};

/* The writer of the table run_sources. A struct of zeros, but for add, is empty. */
struct ledger_runs {
	struct db_statement *add;
	struct buf names;
	struct ledger_run *items; /* owned */
	size_t count, size, last; /* last: the one that was counted last */
	/* A hash table with open addressing: the index in items plus 1, 0 when free.
	 * slot_count is a power of 2 and at least twice count. */
	uint32_t *slots;
	size_t slot_count;
};

/* Prepares the statement for db, which is borrowed. Close it also after an error. */
MUST_USE int ledger_runs_open(struct ledger_runs *runs, struct db *db,
    struct err *err);
void ledger_runs_close(struct ledger_runs *runs);
/* Counts an event of the run. */
void ledger_runs_count(struct ledger_runs *runs, int64_t source_no,
    int64_t position, int64_t ts_ms, const char *run_id, size_t run_id_len);
/* Writes what was counted, and forgets it. */
MUST_USE int ledger_runs_write(struct ledger_runs *runs, struct err *err);
void ledger_runs_forget(struct ledger_runs *runs);

struct ledger {
	struct db *db;
	struct db_statement *queries[LEDGER_QUERY_COUNT];
	struct ledger_batches batches;
	struct ledger_runs runs;
	struct ledger_source **sources; /* all in memory */
	size_t count, size;
	/* A hash table with open addressing, keyed by the name of the producer: the index
	 * in sources plus 1, 0 when free. slot_count is a power of 2 and at least twice
	 * the number of producers. */
	uint32_t *slots;
	size_t slot_count, producer_count;
	struct ledger_source *last;     /* the producer that was found last */
	struct ledger_source *last_named;
	struct buf last_name;           /* of last_named */
	struct ledger_source *touched;
	int64_t data_version;
	uint64_t generation;
};

/* Returns the source with this number; NULL when it is not in memory. */
struct ledger_source *ledger_cached(struct ledger *ledger, int64_t no);

/* Reads the source with this number into memory, with its ranges. */
MUST_USE int ledger_load(struct ledger *ledger, int64_t no,
    struct ledger_source **out, struct err *err);

/* The kind of a source; the column kind has the words of ledger_kind_word. */
enum ledger_kind { LEDGER_PRODUCER, LEDGER_FILE, LEDGER_STREAM };
const char *ledger_kind_word(enum ledger_kind kind);

/* What identifies a source: no two have the same kind, name and fingerprint. Its texts
 * are borrowed. */
struct ledger_identity {
	enum ledger_kind kind;
	const char *name;
	size_t name_len;
	const char *fingerprint;
	size_t fingerprint_len;
	const char *run_id; /* of its first event; NULL: none */
	size_t run_id_len;
};

/* Sets *no to the number of the source with this identity, 0 when there is none, and
 * *is_known to whether the digest of its beginning is stored. */
MUST_USE int ledger_find_source(struct ledger *ledger,
    const struct ledger_identity *identity, int64_t *no, bool *is_known,
    struct err *err);
/* Adds a source and sets *no to its number. */
MUST_USE int ledger_add_source(struct ledger *ledger,
    const struct ledger_identity *identity, int64_t *no, struct err *err);

#endif
