/* SPDX-License-Identifier: ISC
 *
 * take_setup -- what tel-ingest has open while it takes inputs: the map, the hider of
 * secrets, those who are told, the database.
 */
#ifndef CMD_TEL_INGEST_TAKE_SETUP_H
#define CMD_TEL_INGEST_TAKE_SETUP_H

#include "cmd/tel-ingest/run.h"
#include "ingest/ingest.h"

struct take_setup {
	struct ingest_options options;
	struct db *db;
	struct ingest *ingest;
};

/* Opens what the command line names; setup has the other options already. Close it
 * also after an error. */
MUST_USE int take_setup_open(struct take_setup *setup, struct run *run,
    struct err *err);
void take_setup_close(struct take_setup *setup);

/* Opens what reads lines: map, secrets, unknown keys. Call it before a database is
 * opened, because the process of the map is forked from this one while it is
 * small. Close it also after an error. */
MUST_USE int take_setup_open_reading(struct batch_options *reading,
    struct run *run, struct err *err);
void take_setup_close_reading(struct batch_options *reading);

#endif
