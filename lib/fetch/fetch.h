/* SPDX-License-Identifier: ISC
 *
 * fetch -- the engine of dl-fetch. One thread runs all transfers, reads the
 * work list when a worker is free, and writes the events; a second one, of the
 * object store, waits for the disk. An item passes through admission (may its
 * request be sent now), attempt (one request on the wire) and outcome (what
 * the result means), each in a file of its own. Memory grows with the items
 * under way, and not with the length of the list.
 */
#ifndef FETCH_FETCH_H
#define FETCH_FETCH_H

#include "fetch/options.h"

/* Fetches all items of the list. Returns 0 at its end, or when a signal stopped
 * it (see prog_signal); -1 when our own side failed: the disk is full, the events
 * cannot be written, the list cannot be read. Every item that was taken from the
 * list has its terminal event in all cases, unless events cannot be written. */
MUST_USE int fetch_run(const struct fetch_options *options,
    struct fetch_totals *totals, struct err *err);

#endif
