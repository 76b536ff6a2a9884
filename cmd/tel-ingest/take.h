/* SPDX-License-Identifier: ISC
 *
 * take -- tel-ingest without a verb: events of files and stdin into the
 * database.
 */
#ifndef CMD_TEL_INGEST_TAKE_H
#define CMD_TEL_INGEST_TAKE_H

#include "cmd/tel-ingest/request.h"

/* Takes the inputs, prints what became of the lines, says what is wrong. Returns
 * the exit code. */
MUST_USE int take_run(const struct request *request);

#endif
