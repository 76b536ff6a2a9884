/* SPDX-License-Identifier: ISC
 *
 * unknown_keys -- how often keys came that event.def does not know, and with
 * which types of values: counted in memory, added to the table unknown_keys once a transaction.
 */
#ifndef STORE_UNKNOWN_KEYS_H
#define STORE_UNKNOWN_KEYS_H

#include "db/db.h"
#include "tel/row.h"

/* What the rest counts as when there are very many different keys. */
#define UNKNOWN_KEYS_OTHERS "(others)"

struct unknown_keys;

/* The caller's, for unknown_keys_close. */
MUST_USE int unknown_keys_open(struct unknown_keys **out, struct db *db,
    struct err *err);
void unknown_keys_close(struct unknown_keys *keys); /* NULL is fine */

/* Counts a key that came with an event of this wire type. When there are very
 * many different ones in a transaction the rest counts as UNKNOWN_KEYS_OTHERS. */
void unknown_keys_count(struct unknown_keys *keys, const char *type,
    const struct row_unknown *unknown);

/* Adds the counts to the table and starts anew. */
MUST_USE int unknown_keys_write(struct unknown_keys *keys, struct err *err);

/* After a rollback: starts anew. */
void unknown_keys_forget(struct unknown_keys *keys);

#endif
