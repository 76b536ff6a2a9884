/* SPDX-License-Identifier: ISC
 *
 * ledger -- where events came from and which of their positions are stored: writes
 * the tables sources, source_ranges, batches, batch_pieces and run_sources. Every call
 * except ledger_open and ledger_close belongs in one transaction of db, between
 * ledger_begin and ledger_finish; call ledger_forget after a rollback.
 */
#ifndef STORE_LEDGER_H
#define STORE_LEDGER_H

#include "db/db.h"

/* How many of its first bytes identify an input that comes again. */
#define LEDGER_PREFIX_BYTES 1024
/* The most leading bytes compared after a candidate is found. */
#define LEDGER_CHECK_BYTES (64 << 10)

enum ledger_fate {
	LEDGER_INSERTED,
	LEDGER_DUPLICATE,
	LEDGER_FILTERED,
	LEDGER_DEAD,
	LEDGER_FATE_COUNT
};

struct ledger;

/* A source. Borrowed: it is valid until ledger_forget or the next ledger_begin. */
struct ledger_source;

/* What identifies an input. */
struct ledger_input {
	const char *name;      /* path, value of --source, or "-" */
	const char *prefix;    /* the first bytes that were read */
	size_t prefix_len;     /* at most LEDGER_CHECK_BYTES */
	bool is_whole;         /* the input ends after prefix */
	bool is_file;          /* device and inode are set */
	bool is_moved;         /* it may be a copy of a file that was read before: it
	                        * is recognised by its content, whatever its inode */
	bool is_new;           /* it was never read before, whatever it looks like */
	int64_t device, inode;
};

/* Prepares the statements for db, which is borrowed. The caller owns *out and gives
 * it to ledger_close. */
MUST_USE int ledger_open(struct ledger **out, struct db *db, struct err *err);
void ledger_close(struct ledger *ledger); /* NULL is fine */

/* Begins a transaction of the ledger; call it once after db_begin. Forgets sources
 * that another process may have changed. */
MUST_USE int ledger_begin(struct ledger *ledger, struct err *err);

/* Returns a number above 0 that changes whenever the sources returned before become
 * invalid. */
uint64_t ledger_generation(const struct ledger *ledger);

/* Finds the source of a producer, or adds it with this run_id, which may be NULL. */
MUST_USE int ledger_producer(struct ledger *ledger, const char *name,
    size_t name_len, const char *run_id, size_t run_id_len,
    struct ledger_source **out, struct err *err);

/* Finds the source of an input; a new one is added when make is true, otherwise *out
 * is NULL. When a longer prefix is needed to decide, *out is NULL and *wanted_bytes is
 * its length; otherwise *wanted_bytes is 0. */
MUST_USE int ledger_input(struct ledger *ledger,
    const struct ledger_input *input, bool make, struct ledger_source **out,
    size_t *wanted_bytes, struct err *err);

/* Stores the digest of the bytes [0, until) of the input, by which it is recognised
 * when it comes again. */
MUST_USE int ledger_check(struct ledger *ledger, struct ledger_source *source,
    const struct ledger_input *input, int64_t until, struct err *err);

/* Finds the source with this number. */
MUST_USE int ledger_numbered(struct ledger *ledger, int64_t no,
    struct ledger_source **out, struct err *err);

/* How far an input is accounted for. */
#define LEDGER_TAIL_BYTES 1024
struct ledger_taken {
	int64_t bytes, lines; /* from its beginning; 0: not known */
	int64_t tail_bytes;   /* length of the text before that, which has the digest */
	char tail_sha256[65];
};
/* Returns how far the input was read. */
MUST_USE int ledger_taken(struct ledger *ledger,
    const struct ledger_source *source, struct ledger_taken *out,
    struct err *err);
/* Stores how far the input was read. tail is the text of the input that ends there;
 * its last LEDGER_TAIL_BYTES are kept as a digest. */
MUST_USE int ledger_set_taken(struct ledger *ledger,
    const struct ledger_source *source, int64_t bytes, int64_t lines,
    const char *tail, size_t tail_len, struct err *err);

/* Finds the source that an archived event names: "KIND:NAME:FINGERPRINT". Returns 1;
 * 0 when the text is not such a name; -1 on an error. */
MUST_USE int ledger_named(struct ledger *ledger, const char *text, size_t len,
    struct ledger_source **out, struct err *err);

/* Returns the id of the event at this position of the source (store_id). */
int64_t ledger_id(const struct ledger_source *source, int64_t position);
/* Returns the number of the source. */
int64_t ledger_source_no(const struct ledger_source *source);

/* Whether the position is marked as taken. */
bool ledger_has(const struct ledger_source *source, int64_t position);

/* Marks the positions [from, until) as taken by lines that became rows, or nothing. */
void ledger_take(struct ledger *ledger, struct ledger_source *source,
    int64_t from, int64_t until);
/* Marks them as taken by a dead letter. A later transaction may make rows of it, which
 * are new then. */
void ledger_take_dead(struct ledger *ledger, struct ledger_source *source,
    int64_t from, int64_t until);

/* Counts lines of the source with the same fate, at the positions [from, until). */
void ledger_count(struct ledger *ledger, struct ledger_source *source,
    int64_t from, int64_t until, int64_t line_bytes, enum ledger_fate fate,
    int64_t line_count);

/* Counts the values that were hidden in a line of the source. */
void ledger_count_hidden(struct ledger *ledger, struct ledger_source *source,
    int64_t count);

/* Counts a dead letter that was deleted at this position of the source. */
void ledger_resolve(struct ledger *ledger, struct ledger_source *source,
    int64_t position);

/* Counts a row that was stored at this position of the source. Its run_id may be
 * NULL. */
void ledger_count_row(struct ledger *ledger, struct ledger_source *source,
    int64_t position, int64_t ts_ms, const char *run_id, size_t run_id_len);

/* Returns the number of this transaction, as dead_letters and batches have it. */
int64_t ledger_transaction_no(const struct ledger *ledger);

/* Calls visit for each producer whose lines this transaction counted. Every event up
 * to seq is stored; 0 when the first is missing. */
void ledger_each_producer(const struct ledger *ledger,
    void (*visit)(void *context, const char *name, size_t name_len,
    int64_t seq), void *context);

/* Writes the ranges and batches; the caller commits. is_redacted says whether every
 * line was searched for secrets. */
MUST_USE int ledger_finish(struct ledger *ledger, int64_t now_ms,
    bool is_redacted, struct err *err);

/* Forgets all that was taken since ledger_begin; call it after a rollback. */
void ledger_forget(struct ledger *ledger);

/* Where the events of a run are in one source; run_id is borrowed. */
struct ledger_place {
	const char *run_id;
	size_t run_id_len;
	int64_t source_no;
	int64_t from, until;             /* hull of their positions */
	int64_t from_ts_ms, until_ts_ms; /* the last of their times, plus 1 */
};

/* Lists a run by name that was not listed so, or not with all of its places, before some
 * of its rows leave: how many it had is not known from then on. */
MUST_USE int ledger_list_run(struct db *db, const struct ledger_place *place,
    struct err *err);

/* Writes to run_sources, of a database that an older version made, that each source may
 * have events of any run. */
MUST_USE int ledger_note_old_runs(struct db *db, struct err *err);

#endif
