/* SPDX-License-Identifier: ISC
 *
 * base -- the tables of counts in a SQLite file, or in a temporary one: writes the
 * count_ tables of schema/counts.sql. A base may lie over another: its rows then stand in
 * place of those of the other with the same key, so that a counts file that may not be
 * written is completed beside it.
 */
#ifndef COUNT_BASE_H
#define COUNT_BASE_H

#include "count/cell.h"
#include "count/count_value.h"
#include "db/db.h"
#include "store/news.h"

/* How far a definition has been counted: a batch of the ledger, known again by its
 * transaction and time, and a departure. */
struct count_mark {
	int64_t batch_no; /* 0: nothing */
	int64_t transaction_no, committed_ms;
	int64_t departure_no;
};

struct count_base;

/* Makes the tables, deletes all that is in them, and says whose the counts are. */
MUST_USE int count_base_begin(struct db *db, const char *store_id, int64_t now_ms,
    struct err *err);

/* Sets *id to the store whose counts these are, which the caller frees; NULL when the
 * tables do not say. */
MUST_USE int count_base_store(struct db *db, char **id, struct err *err);

/* Opens the tables that count_base_begin made. db is borrowed, under too, which may be
 * NULL and lies below. The caller owns *out and gives it to count_base_close. */
MUST_USE int count_base_open(struct count_base **out, struct db *db,
    struct count_base *under, struct err *err);
void count_base_close(struct count_base *base); /* NULL is fine */

struct db *count_base_db(struct count_base *base); /* borrowed */

/* Sets *out to the compiled statement of a static text, which the base keeps for the next
 * time: the caller resets it, and nobody else may use it until then. */
MUST_USE int count_base_prepare(struct count_base *base, struct db_statement **out,
    const char *sql, struct err *err);

/* Finds a definition by its text, and adds it with nothing counted when the base does not
 * have it, or with what the base below has counted. *no is its number. */
MUST_USE int count_base_register(struct count_base *base, const char *text,
    int64_t now_ms, int64_t *no, struct count_mark *mark, struct err *err);

/* Finds a definition in this base alone. Returns 1; 0 and *no = 0 when it has none; -1 on
 * an error. */
MUST_USE int count_base_find(struct count_base *base, const char *text, int64_t *no,
    struct count_mark *mark, struct err *err);

/* Says how far a definition has been counted. */
MUST_USE int count_base_mark(struct count_base *base, int64_t no,
    const struct count_mark *mark, struct err *err);

/* Says that a definition was asked for; written once a day. */
MUST_USE int count_base_asked(struct count_base *base, int64_t no, int64_t now_ms,
    struct err *err);

/* Forgets all counts of a definition, which gets another number where a base below has
 * counts of the old one. */
MUST_USE int count_base_restart(struct count_base *base, int64_t *no, struct err *err);

/* Removes the definitions that nobody asked for since that time. */
MUST_USE int count_base_remove_old(struct count_base *base, int64_t asked_before_ms,
    struct err *err);

/* Returns the number of a group, which is added when it is new; below 0 on an error. */
MUST_USE int64_t count_base_group(struct count_base *base, const char *key,
    size_t key_len, struct err *err);

/* Has the base take the numbers of groups of another one, which is borrowed, where that
 * has them. */
void count_base_ask_groups(struct count_base *base, struct count_base *other);

/* Adds cells, of new events alone, to the hour of a definition and group, and to its day
 * and total. Hours of one day and group that follow each other are written fastest; the
 * last day is written by count_base_finish. */
MUST_USE int count_base_add_hour(struct count_base *base, int64_t no, int64_t group_no,
    const struct count_row *cells, struct err *err);
MUST_USE int count_base_finish(struct count_base *base, struct err *err);

/* Adds values, of new events alone, to those that a definition with so many bounds has of a
 * group. */
MUST_USE int count_base_add_value(struct count_base *base, int64_t no, int64_t group_no,
    const struct count_value *added, size_t bound_count, struct err *err);

/* Marks a departure as not counted by a definition. */
MUST_USE int count_base_miss(struct count_base *base, int64_t no, int64_t departure_no,
    struct err *err);
/* Sets is_missing[i] to whether departure i is marked so. Returns 1 when any is, 0 when
 * none is, -1 on an error. */
MUST_USE int count_base_read_missing(struct count_base *base, int64_t no,
    const struct departures *departures, bool *is_missing, struct err *err);

/* Takes the mark of a departure away. */
MUST_USE int count_base_found(struct count_base *base, int64_t no, int64_t departure_no,
    struct err *err);

#endif
