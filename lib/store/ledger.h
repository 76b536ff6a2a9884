/* SPDX-License-Identifier: ISC
 *
 * ledger -- who events came from and which positions are taken: the tables
 * sources, source_ranges and batches. All calls but ledger_open and
 * ledger_close are made inside one transaction of db, between ledger_begin and
 * ledger_finish; after a rollback call ledger_forget.
 */
#ifndef STORE_LEDGER_H
#define STORE_LEDGER_H

#include "db/db.h"

/* The first bytes of an input, by which it is found again. */
#define LEDGER_PREFIX_BYTES 1024
/* What is compared then: at most so much of its beginning. */
#define LEDGER_CHECK_BYTES (64 << 10)

enum ledger_fate {
	LEDGER_INSERTED,
	LEDGER_DUPLICATE,
	LEDGER_FILTERED,
	LEDGER_DEAD,
	LEDGER_FATE_COUNT
};

struct ledger;

/* A source; borrowed, valid until ledger_forget or the next ledger_begin. */
struct ledger_source;

/* What tells one input from another. */
struct ledger_input {
	const char *name;      /* path, the name given, or "-" */
	const char *prefix;    /* its first bytes that have come */
	size_t prefix_len;     /* at most LEDGER_CHECK_BYTES */
	bool is_whole;         /* prefix is all of it */
	bool is_file;          /* device and inode count */
	bool is_moved;         /* of a file that was here before it may be a copy:
	                        * known by its content, whatever its inode */
	bool is_new;           /* it was not here before, whatever it is like */
	int64_t device, inode;
};

MUST_USE int ledger_open(struct ledger **out, struct db *db, struct err *err);
void ledger_close(struct ledger *ledger); /* NULL is fine */

/* Once after db_begin: drops what other processes may have changed. */
MUST_USE int ledger_begin(struct ledger *ledger, struct err *err);

/* A number above 0 that changes whenever sources handed out before became
 * invalid. */
uint64_t ledger_generation(const struct ledger *ledger);

/* The source of a producer, made when it is new. run_id may be NULL. */
MUST_USE int ledger_producer(struct ledger *ledger, const char *name,
    size_t name_len, const char *run_id, size_t run_id_len,
    struct ledger_source **out, struct err *err);

/* The source of an input; *out is NULL when it is new and make is false. When
 * more of its beginning is needed to tell, *out is NULL and *wanted_bytes is how
 * much; else that is 0. */
MUST_USE int ledger_input(struct ledger *ledger,
    const struct ledger_input *input, bool make, struct ledger_source **out,
    size_t *wanted_bytes, struct err *err);

/* Keeps what was taken of the input's beginning, [0, until), to know it by. */
MUST_USE int ledger_check(struct ledger *ledger, struct ledger_source *source,
    const struct ledger_input *input, int64_t until, struct err *err);

/* The source numbered no. */
MUST_USE int ledger_numbered(struct ledger *ledger, int64_t no,
    struct ledger_source **out, struct err *err);

/* How far an input is accounted for. */
#define LEDGER_TAIL_BYTES 1024
struct ledger_taken {
	int64_t bytes, lines; /* from its beginning; 0: nothing is known */
	int64_t tail_bytes;   /* before that, of which the digest is known */
	char tail_sha256[65];
};
MUST_USE int ledger_taken(struct ledger *ledger,
    const struct ledger_source *source, struct ledger_taken *out,
    struct err *err);
/* tail is what stands in the input before bytes; its last LEDGER_TAIL_BYTES are
 * looked at. */
MUST_USE int ledger_set_taken(struct ledger *ledger,
    const struct ledger_source *source, int64_t bytes, int64_t lines,
    const char *tail, size_t tail_len, struct err *err);

/* The source that an archived event names: "KIND:NAME:FINGERPRINT". Returns 1,
 * 0 when the text is no such name, -1 error. */
MUST_USE int ledger_named(struct ledger *ledger, const char *text, size_t len,
    struct ledger_source **out, struct err *err);

int64_t ledger_id(const struct ledger_source *source, int64_t position);
int64_t ledger_source_no(const struct ledger_source *source);

bool ledger_has(const struct ledger_source *source, int64_t position);

/* Marks [from, until) as taken. */
void ledger_take(struct ledger *ledger, struct ledger_source *source,
    int64_t from, int64_t until);

/* Counts lines of the source, all of one fate, at [from, until). */
void ledger_count(struct ledger *ledger, struct ledger_source *source,
    int64_t from, int64_t until, int64_t line_bytes, enum ledger_fate fate,
    int64_t line_count);

/* Counts values that were hidden in a line of the source. */
void ledger_count_hidden(struct ledger *ledger, struct ledger_source *source,
    int64_t count);

/* Counts a dead letter of the source, at position, that is one no longer. */
void ledger_resolve(struct ledger *ledger, struct ledger_source *source,
    int64_t position);

/* Counts a row stored from a line of the source. */
void ledger_count_row(struct ledger *ledger, struct ledger_source *source,
    int64_t ts_ms);

/* The number of this transaction, in dead letters and batches. */
int64_t ledger_transaction_no(const struct ledger *ledger);

/* The producers that lines were counted of in this transaction, with the last
 * seq up to which all of theirs are stored (0: not even the first). */
void ledger_each_producer(const struct ledger *ledger,
    void (*visit)(void *context, const char *name, size_t name_len,
    int64_t seq), void *context);

/* Writes ranges and batches; the caller commits. is_redacted: secrets were
 * looked for in all lines. */
MUST_USE int ledger_finish(struct ledger *ledger, int64_t now_ms,
    bool is_redacted, struct err *err);

/* After a rollback: nothing of what was taken since ledger_begin holds. */
void ledger_forget(struct ledger *ledger);

#endif
