/* SPDX-License-Identifier: ISC
 *
 * tel-ingest -- takes events from stdin and files into one SQLite database,
 * each exactly once, and accounts for every line. Its verbs prove the account,
 * show what event.def does not know, and deal with the lines that were refused.
 */
#include "base/prog.h"
#include "base/verb.h"
#include "cmd/tel-ingest/audit.h"
#include "cmd/tel-ingest/dead.h"
#include "cmd/tel-ingest/drift.h"
#include "cmd/tel-ingest/take.h"
#include "store/store.h"

#include <stdlib.h>
#include <string.h>

enum { TAKE, AUDIT, DRIFT, DEAD_LS, DEAD_SHOW, DEAD_REPLAY, DEAD_DROP,
	VERB_COUNT };

static int (*const runs[VERB_COUNT])(const struct request *) = {
	[TAKE] = take_run, [AUDIT] = audit_verb, [DRIFT] = drift_verb,
	[DEAD_LS] = dead_ls_verb, [DEAD_SHOW] = dead_show_verb,
	[DEAD_REPLAY] = dead_replay_verb, [DEAD_DROP] = dead_drop_verb,
};

static const struct verb verbs[VERB_COUNT] = {
	[TAKE] = { "", "[OPTION]... [FILE]...",
	    "Take events (JSON, one a line) into a SQLite database, each "
	    "exactly once.\nWithout FILE, or for -, read stdin. Prints what "
	    "became of the lines." },
	[AUDIT] = { "audit", "audit --db FILE [OPTION]...",
	    "Prove that every line is accounted for, and list the gaps in "
	    "producers' sequences.\nExit 1 when a sum does not hold or there "
	    "is a gap." },
	[DRIFT] = { "drift", "drift --db FILE [OPTION]...",
	    "List keys and types of events that are not known, with lines for "
	    "event.def." },
	[DEAD_LS] = { "dead ls", "dead ls --db FILE [OPTION]... [ID]...",
	    "List dead letters: lines that were refused." },
	[DEAD_SHOW] = { "dead show", "dead show --db FILE ID...",
	    "Show dead letters whole." },
	[DEAD_REPLAY] = { "dead replay", "dead replay --db FILE [--map FILE.jq] "
	    "ID...|--reason R|--input NAME|--all",
	    "Take dead letters again. Exit 1 when some are refused again." },
	[DEAD_DROP] = { "dead drop", "dead drop --db FILE "
	    "ID...|--reason R|--input NAME|--all",
	    "Delete dead letters; the ledger keeps their count." },
};

#define SYNOPSIS "[OPTION]... [FILE]...\n" \
	"       tel-ingest audit|drift --db FILE [OPTION]...\n" \
	"       tel-ingest dead ls|show|replay|drop --db FILE [OPTION]... [ID]..."
#define PURPOSE "Take events (JSON, one a line) into a SQLite database, each " \
	"exactly once.\nWithout FILE, or for -, read stdin. Prints what became " \
	"of the lines.\n`tel-ingest VERB --help` tells of one verb."

static struct request request = { .wait_ms = DB_WAIT_MS, .ack_fd = -1 };

enum { T = 1 << TAKE, A = 1 << AUDIT, F = 1 << DRIFT, L = 1 << DEAD_LS,
	S = 1 << DEAD_SHOW, R = 1 << DEAD_REPLAY, D = 1 << DEAD_DROP };

static const struct verb_option options[] = {
	{ T | A | F | L | S | R | D, { "db", 'd', OPT_TEXT, "FILE",
	    "the database; made when it is missing (default: $TEL_DB)",
	    &request.db, 0, 0 } },
	{ T | R, { "map", 'm', OPT_TEXT, "FILE.jq",
	    "jq program that makes events of each line", &request.map,
	    0, 0 } },
	{ T, { "source", 's', OPT_TEXT, "NAME",
	    "name of the input, for lines that no producer stamped",
	    &request.source, 0, 0 } },
	{ T, { "follow", 'f', OPT_FLAG, NULL,
	    "go on with what comes in the files, through rotation",
	    &request.is_followed, 0, 0 } },
	{ T | R, { "redact", 0, OPT_TEXT, "on|off",
	    "hide secrets and e-mail addresses (default: on)",
	    &request.redact, 0, 0 } },
	{ T | R, { "hash", 0, OPT_LIST, "KEY",
	    "store the values of KEY, at any depth, as HMAC-SHA-256",
	    &request.hash_keys, 0, 0 } },
	{ T | R, { "extra", 0, OPT_TEXT, "keep|drop",
	    "what to do with keys and lines that no column holds "
	    "(default: keep)", &request.extra, 0, 0 } },
	{ T, { "ack-fd", 0, OPT_INTEGER, "N",
	    "tell on file descriptor N what is stored for good",
	    &request.ack_fd, 0, 1 << 20 } },
	{ T, { "strict", 0, OPT_FLAG, NULL,
	    "exit 1 when a line was refused", &request.is_strict, 0,
	    0 } },
	{ T, { "dead-letters", 0, OPT_TEXT, "FILE",
	    "append refused lines to FILE too, as JSON",
	    &request.dead_letters, 0, 0 } },
	{ T | A | F | L | S | R | D, { "wait", 'w', OPT_DURATION_MS,
	    "DURATION", "how long to wait for others who use the "
	    "database (default: 4s)", &request.wait_ms, 0, 3600000 } },
	{ A | F | L, { "format", 'F', OPT_TEXT, "FORMAT",
	    "jsonl (default) or table", &request.format, 0, 0 } },
	{ L | R | D, { "reason", 'r', OPT_LIST, "R",
	    "dead letters of this reason; may be repeated",
	    &request.reasons, 0, 0 } },
	{ L | R | D, { "input", 'i', OPT_TEXT, "NAME",
	    "dead letters of this input", &request.input, 0, 0 } },
	{ L, { "limit", 'n', OPT_INTEGER, "N",
	    "at most N dead letters", &request.limit, 1,
	    INT64_MAX } },
	{ R | D, { "all", 0, OPT_FLAG, NULL, "all dead letters",
	    &request.is_all, 0, 0 } },
};

static const struct verb_program program = { SYNOPSIS, PURPOSE, verbs,
	VERB_COUNT, options, sizeof(options) / sizeof(options[0]) };

/* Fills in what is left of the request, and runs the verb. */
static int
run(size_t verb, int operand_count, char **operands, struct err *err)
{
	request.operands = operands;
	request.operand_count = operand_count;
	request.is_table = request.format != NULL &&
	    strcmp(request.format, "table") == 0;
	if (request.format != NULL && !request.is_table &&
	    strcmp(request.format, "jsonl") != 0)
		return err_set(err, EXIT_USAGE, "--format: '%s' is neither "
		    "table nor jsonl", request.format);
	if ((verb == AUDIT || verb == DRIFT) && request.operand_count > 0)
		return err_set(err, EXIT_USAGE, "%s takes no operand, and '%s' "
		    "is one", verbs[verb].name, request.operands[0]);
	if (store_path(request.db, &request.db, err) < 0)
		return -1;
	return runs[verb](&request);
}

int
main(int argc, char **argv)
{
	struct err err;
	size_t verb;
	int result;

	prog_start("tel-ingest");
	result = verb_parse(&program, argc, argv, &verb, &err);
	if (result > 0)
		result = run(verb, argc - result, argv + result, &err);
	if (result < 0)
		result = prog_fail(&err);
	free(request.reasons.items);
	free(request.hash_keys.items);
	return prog_end(result);
}
