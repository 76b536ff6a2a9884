/* SPDX-License-Identifier: ISC
 *
 * dead -- tel-ingest dead ls, show, replay and drop. Each verb has a file of its
 * own, but drop; dead.c is what they share.
 */
#ifndef CMD_TEL_INGEST_DEAD_H
#define CMD_TEL_INGEST_DEAD_H

#include "base/buf.h"
#include "cmd/tel-ingest/request.h"
#include "ingest/dead.h"

/* Each returns the exit code. */
MUST_USE int dead_ls_verb(const struct request *request);
MUST_USE int dead_show_verb(const struct request *request);
MUST_USE int dead_replay_verb(const struct request *request);
MUST_USE int dead_drop_verb(const struct request *request);

/* Fills selection, which dead_select_release is to release, from the command
 * line; EXIT_USAGE when it is wrong, or when it names nothing and may_be_all is
 * false. */
MUST_USE int dead_select(const struct request *request, bool may_be_all,
    struct dead_selection *selection, struct err *err);
void dead_select_release(struct dead_selection *selection);

/* Opens the database, which stays at this moment until it is closed, and the
 * letters of the selection. What *db and *reader are set to is the caller's,
 * also after an error. */
MUST_USE int dead_open_letters(const struct request *request, struct db **db,
    const struct dead_selection *selection, struct dead_reader **reader,
    struct err *err);

/* Opens the database for writing, if there is one. */
MUST_USE int dead_open_writer(const struct request *request, struct db **db,
    struct err *err);

/* To stdout; the text is empty then. */
void dead_print(struct buf *text);

#endif
