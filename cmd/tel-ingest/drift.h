/* SPDX-License-Identifier: ISC
 *
 * drift -- tel-ingest drift: prints what came that event.def does not know, and
 * lines for it that would take it.
 */
#ifndef CMD_TEL_INGEST_DRIFT_H
#define CMD_TEL_INGEST_DRIFT_H

#include "cmd/tel-ingest/request.h"

/* Returns the exit code. */
MUST_USE int drift_verb(const struct request *request);

#endif
