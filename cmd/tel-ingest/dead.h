/* SPDX-License-Identifier: ISC
 *
 * dead -- functions that tel-ingest dead ls, show, replay and drop share.
 */
#ifndef CMD_TEL_INGEST_DEAD_H
#define CMD_TEL_INGEST_DEAD_H

#include "base/buf.h"
#include "cmd/tel-ingest/run.h"
#include "ingest/dead.h"

/* Fills selection from the command line; the caller gives it to dead_select_release.
 * The error is EXIT_USAGE when the command line is wrong, or when it chooses no dead
 * letters and may_be_all is false. */
MUST_USE int dead_select(const struct run *run, bool may_be_all,
    struct dead_selection *selection, struct err *err);
void dead_select_release(struct dead_selection *selection);

/* Opens the database, begins a snapshot that lasts until it is closed, and opens a
 * reader of the selected dead letters. The caller owns *db and *reader, also after an
 * error. */
MUST_USE int dead_open_letters(const struct run *run, struct db **db,
    const struct dead_selection *selection, struct dead_reader **reader,
    struct err *err);

/* Opens an existing database for writing. The caller owns *db. */
MUST_USE int dead_open_writer(const struct run *run, struct db **db,
    struct err *err);

/* Prints the text on stdout and empties it. */
void dead_print(struct buf *text);

#endif
