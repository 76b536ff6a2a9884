/* SPDX-License-Identifier: ISC
 *
 * taking -- what tel-ingest has open while it takes inputs: the map, the hider of
 * secrets, those who are told, the database.
 */
#ifndef CMD_TEL_INGEST_TAKING_H
#define CMD_TEL_INGEST_TAKING_H

#include "cmd/tel-ingest/request.h"
#include "ingest/ingest.h"

struct taking {
	struct ingest_options options;
	struct db *db;
	struct ingest *ingest;
};

/* Opens what the request names; taking has the other options already. Close it
 * also when that fails. */
MUST_USE int taking_open(struct taking *taking, const struct request *request,
    struct err *err);
void taking_close(struct taking *taking);

/* How lines are read: map, secrets, unknown keys. To be opened before a database:
 * the process of the map is made from this one while it is small. Close it also
 * when that fails. */
MUST_USE int taking_open_reading(struct batch_options *reading,
    const struct request *request, struct err *err);
void taking_close_reading(struct batch_options *reading);

#endif
