/* SPDX-License-Identifier: ISC
 *
 * take_setup -- everything that tel-ingest has open while it stores inputs: the map,
 * the redactor, the outputs for dead letters and acknowledgements, the database.
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

/* Opens everything that the command line names. The caller has set the source and the
 * functions in setup->options, and closes setup, also after an error. */
MUST_USE int take_setup_open(struct take_setup *setup, struct run *run,
    struct err *err);
void take_setup_close(struct take_setup *setup);

/* Sets how lines are read: the map, the redactor, and whether unknown keys are kept.
 * Call it before a database is opened, because the process of the map is forked from
 * this one, which should be small then. Close it also after an error. */
MUST_USE int take_setup_open_reading(struct batch_options *reading,
    struct run *run, struct err *err);
void take_setup_close_reading(struct batch_options *reading);

#endif
