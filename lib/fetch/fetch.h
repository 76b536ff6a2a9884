/* SPDX-License-Identifier: ISC
 *
 * fetch -- the engine of dl-fetch. One thread moves all transfers, reads the
 * work list when a worker is free, and writes the events; a second one, of the
 * object store, waits for the disk. An item passes through admission (may its
 * request go now), attempt (one request on the wire) and outcome (what the
 * result means), each in a file of its own. Memory is that of the items under
 * way, however long the list is.
 */
#ifndef FETCH_FETCH_H
#define FETCH_FETCH_H

#include "fetch/options.h"

/* Works the list off. Returns 0 when it came to its end, or was stopped by a
 * signal (see prog_signal); -1 when our own side failed: the disk is full, the
 * events cannot be written, the list cannot be read. Every item taken has its
 * terminal event in all cases, as long as events can be written at all. */
MUST_USE int fetch_run(const struct fetch_options *options,
    struct fetch_totals *totals, struct err *err);

#endif
