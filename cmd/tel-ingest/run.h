/* SPDX-License-Identifier: ISC
 *
 * run -- the command line of tel-ingest, and its verbs.
 */
#ifndef CMD_TEL_INGEST_RUN_H
#define CMD_TEL_INGEST_RUN_H

#include "base/progress.h"
#include "base/verb.h"

#include <stdbool.h>
#include <stdint.h>

struct run {
	const struct verb *verbs, *verb; /* all of them, and the one to run */
	size_t verb_count;
	const char *db;
	int64_t wait_ms;
	/* Without a verb: */
	const char *map; /* also for dead replay */
	const char *source, *dead_letters;
	const char *redact; /* "on" or "off"; NULL: on */
	const char *extra;  /* "keep" or "drop"; NULL: keep */
	struct opt_list hash_keys;
	int64_t ack_fd; /* -1: none */
	bool is_strict, is_followed;
	/* Of audit, drift and dead ls: */
	const char *format;
	bool is_table; /* --format is table */
	/* Of dead: which dead letters */
	struct opt_list reasons;
	const char *input;
	int64_t limit; /* at most this many; 0: all */
	bool is_all;
	/* Files, or ids of dead letters; borrowed from argv. */
	char **operands;
	int operand_count;
	struct progress progress;
};

/* The verbs. Each returns the exit code, or -1. */
#define VERB(name, ...) int name##_verb(struct run *run, struct err *err);
#include "cmd/tel-ingest/verbs.def"
#undef VERB

#endif
