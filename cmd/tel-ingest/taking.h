/* SPDX-License-Identifier: ISC
 *
 * taking -- what tel-ingest has open while it takes inputs: the map, the hider of
 * secrets, those who are told, the database.
 */
#ifndef CMD_TEL_INGEST_TAKING_H
#define CMD_TEL_INGEST_TAKING_H

#include "cmd/tel-ingest/request.h"
#include "io/ingest.h"

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

/* Opens the program of --map; *out is the caller's, for map_close. */
MUST_USE int taking_open_map(const char *path, struct map **out,
    struct err *err);

#endif
