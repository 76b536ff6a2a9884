/* SPDX-License-Identifier: ISC
 *
 * audit -- tel-ingest audit: prints the account of every source.
 */
#ifndef CMD_TEL_INGEST_AUDIT_H
#define CMD_TEL_INGEST_AUDIT_H

#include "cmd/tel-ingest/request.h"

/* Returns the exit code: EXIT_NO when a sum does not hold or there are gaps. */
MUST_USE int audit_verb(const struct request *request);

#endif
