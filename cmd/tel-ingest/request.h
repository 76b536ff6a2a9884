/* SPDX-License-Identifier: ISC
 *
 * request -- the command line of tel-ingest, as its verbs read it.
 */
#ifndef CMD_TEL_INGEST_REQUEST_H
#define CMD_TEL_INGEST_REQUEST_H

#include "base/opt.h"

#include <stdbool.h>
#include <stdint.h>

struct request {
	const char *db;
	int64_t wait_ms;
	/* take */
	const char *map; /* dead replay too */
	const char *source, *dead_letters;
	const char *redact, *extra; /* on or off, keep or drop; NULL: the first */
	struct opt_list hash_keys;
	int64_t ack_fd; /* -1: none */
	bool is_strict, is_followed;
	/* audit, drift, dead ls */
	const char *format;
	bool is_table; /* what format says */
	/* dead: which letters */
	struct opt_list reasons;
	const char *input;
	int64_t limit; /* 0: all */
	bool is_all;
	/* files, or ids of dead letters; borrowed from argv */
	char **operands;
	int operand_count;
};

#endif
