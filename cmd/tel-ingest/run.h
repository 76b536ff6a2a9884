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

/* The words of --redact, --extra and --format, in the order of the help. */
enum { REDACT_ON, REDACT_OFF };
enum { EXTRA_KEEP, EXTRA_DROP };
enum { FORMAT_JSONL, FORMAT_TABLE };

struct run {
	const struct verb *verbs, *verb; /* all of them, and the one to run */
	size_t verb_count;
	const char *db;
	int64_t wait_ms;
	/* Without a verb: */
	const char *map; /* also for dead replay */
	const char *source, *dead_letters;
	int redact; /* REDACT_ON ... */
	int extra;  /* EXTRA_KEEP ... */
	struct opt_list hash_keys;
	int64_t ack_fd; /* -1: none */
	bool is_strict, is_followed;
	/* Of audit, drift and dead ls: */
	int format; /* FORMAT_JSONL ... */
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
