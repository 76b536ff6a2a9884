/* SPDX-License-Identifier: ISC
 *
 * unknown_keys -- counts the keys that event.def does not know, and the types of their
 * values. The counts are kept in memory and added to the table unknown_keys once in a
 * transaction.
 */
#ifndef STORE_UNKNOWN_KEYS_H
#define STORE_UNKNOWN_KEYS_H

#include "db/db.h"
#include "tel/row.h"

/* The key under which further keys are counted when there are too many. */
#define UNKNOWN_KEYS_OTHERS "(others)"

struct unknown_keys;

/* Prepares the statements for db, which is borrowed. The caller owns *out and gives
 * it to unknown_keys_close. */
MUST_USE int unknown_keys_open(struct unknown_keys **out, struct db *db,
    struct err *err);
void unknown_keys_close(struct unknown_keys *keys); /* NULL is fine */

/* Counts a key of an event with this wire type. When a transaction has too many
 * different keys, further ones are counted as UNKNOWN_KEYS_OTHERS. */
void unknown_keys_count(struct unknown_keys *keys, const char *type,
    const struct row_unknown *unknown);

/* Adds the counts to the table and resets them. */
MUST_USE int unknown_keys_write(struct unknown_keys *keys, struct err *err);

/* Resets the counts; call it after a rollback. */
void unknown_keys_forget(struct unknown_keys *keys);

#endif
