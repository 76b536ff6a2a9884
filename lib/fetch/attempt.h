/* SPDX-License-Identifier: ISC
 *
 * attempt -- one request on the wire for an item. The body of a good answer
 * is hashed and written to staging while it comes, and refused as soon as it can
 * be seen to be the wrong thing.
 */
#ifndef FETCH_ATTEMPT_H
#define FETCH_ATTEMPT_H

#include "fetch/item.h"

/* Sends the request. */
void fetch_attempt_start(struct fetch_item *item, struct http *http,
    int64_t connect_timeout_ms, int64_t timeout_ms);

/* Whether the status is one whose body is the artifact. */
bool fetch_attempt_is_good(int status);

/* After a good answer without a fault: applies the checks that need the whole
 * body. Afterwards body.file is set, or body.fault says why not. */
void fetch_attempt_finish(struct fetch_item *item);

/* Discards the part of the body that has arrived. */
void fetch_attempt_discard(struct fetch_item *item);

#endif
