/* SPDX-License-Identifier: ISC
 *
 * run -- the command line of tel-archive, its verbs, and functions that several verbs
 * use.
 */
#ifndef CMD_TEL_ARCHIVE_RUN_H
#define CMD_TEL_ARCHIVE_RUN_H

#include "archive/watch.h"
#include "base/progress.h"
#include "base/verb.h"
#include "segment/catalog.h"

#include <stdbool.h>
#include <stdint.h>

/* The words of --format, in the order of the help. */
enum { FORMAT_JSONL, FORMAT_TABLE };

struct run {
	const struct verb *verb;
	const char *archive, *db, *run_id;
	int64_t before_ms, run_days, from_ms, until_ms;
	int format; /* FORMAT_JSONL ... */
	struct opt_list tables, types;
	bool keeps_rows, is_dry_run;
	int64_t now_ms;
	int operand_count;
	char **operands; /* borrowed from argv */
	struct event_writer events;
	struct progress progress;
};

/* The verbs. Each returns the exit code, or -1. */
#define VERB(name, ...) int name##_verb(struct run *run, struct err *err);
#include "cmd/tel-archive/verbs.def"
#undef VERB

/* Opens the catalog of --archive for reading. Release *catalog, also after an
 * error. */
MUST_USE int run_open_catalog(const struct run *run, struct catalog *catalog,
    struct err *err);

/* Prints the text on stdout. */
void run_print(const struct buf *text);

/* Returns functions that print an event for each file, warnings, and the progress.
 * They borrow run. */
struct archive_watch run_watch(struct run *run);

#endif
