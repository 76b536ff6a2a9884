/* SPDX-License-Identifier: ISC
 *
 * dead -- what tel-ingest dead ls, show, replay and drop share.
 */
#ifndef CMD_TEL_INGEST_DEAD_H
#define CMD_TEL_INGEST_DEAD_H

#include "base/buf.h"
#include "cmd/tel-ingest/run.h"
#include "ingest/dead.h"

/* Fills selection, which dead_select_release is to release, from the command
 * line; EXIT_USAGE when it is wrong, or when it names nothing and may_be_all is
 * false. */
MUST_USE int dead_select(const struct run *run, bool may_be_all,
    struct dead_selection *selection, struct err *err);
void dead_select_release(struct dead_selection *selection);

/* Opens the database, which stays at this moment until it is closed, and the
 * letters of the selection. What *db and *reader are set to is the caller's,
 * also after an error. */
MUST_USE int dead_open_letters(const struct run *run, struct db **db,
    const struct dead_selection *selection, struct dead_reader **reader,
    struct err *err);

/* Opens the database for writing, if there is one. */
MUST_USE int dead_open_writer(const struct run *run, struct db **db,
    struct err *err);

/* To stdout; the text is empty then. */
void dead_print(struct buf *text);

#endif
