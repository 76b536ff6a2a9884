/* SPDX-License-Identifier: ISC
 *
 * ingest_private -- what ingest.c (inputs and transactions), ingest_line.c (one
 * line) and ingest_map.c (one line through a map) share; nobody else includes
 * it.
 */
#ifndef IO_INGEST_PRIVATE_H
#define IO_INGEST_PRIVATE_H

#include "base/buf.h"
#include "io/ingest.h"
#include "io/line.h"
#include "io/row.h"

/* Events that a map may make of one line. */
#define INGEST_MAX_MAPPED 10000

/* Where an event belongs: a source and a position, and what that took. */
struct ingest_place {
	struct ledger_source *source;
	int64_t from, until;
	int64_t ts_ms;
};

struct ingest {
	struct db *db;
	struct ingest_options options;
	struct ledger *ledger;
	struct row_writer *rows;
	struct json_parser *parser, *map_parser;
	struct db_statement *add_dead, *find_truncated, *drop_truncated;
	struct buf mapped;       /* outputs of the map for one line */
	struct ingest_place *stored; /* the events of one line that have a row */
	int stored_count;
	struct buf dead_lines;   /* for options.dead_letters, until the commit */
	struct ingest_totals totals, pending;
	/* The input being read: */
	struct ledger_input input;
	size_t wanted_bytes;          /* of its beginning, before it can go on */
	struct ledger_source *source; /* NULL while it is not needed */
	uint64_t generation;          /* of the ledger, when source was looked up */
	int64_t stored_offset;        /* everything before it is committed */
	int64_t truncated_position;   /* of an unfinished line of an earlier run */
};

/* The place of the line itself: what has no producer lies where it stands. Also
 * -1 when more of the input's beginning is needed to know the input; then
 * wanted_bytes is how much. */
MUST_USE int ingest_place_of_line(struct ingest *ingest,
    const struct line *line, struct ingest_place *place, struct err *err);

/* Counts one line at place. */
void ingest_count(struct ingest *ingest, const struct ingest_place *place,
    const struct line *line, enum ledger_fate fate);

/* Writes the row of event number index of a line; with LEDGER_INSERTED the
 * caller is to keep its place, with LEDGER_DEAD *refusal says why there is
 * none. */
MUST_USE int ingest_store(struct ingest *ingest,
    const struct json_object *object, const char *body, size_t body_len,
    const struct line *line, int64_t index, struct ingest_place *place,
    enum ledger_fate *fate, struct row_refusal *refusal, struct err *err);

/* Takes the place of an event that has its row now. */
void ingest_keep(struct ingest *ingest, const struct ingest_place *place);

/* Keeps the line as a dead letter at place. */
MUST_USE int ingest_bury(struct ingest *ingest, const struct line *line,
    const struct ingest_place *place, const struct row_refusal *refusal,
    struct err *err);

/* One line, whatever it holds, without and with a map. */
MUST_USE int ingest_take_line(struct ingest *ingest, const struct line *line,
    struct err *err);
MUST_USE int ingest_take_mapped(struct ingest *ingest, const struct line *line,
    struct err *err);

#endif
