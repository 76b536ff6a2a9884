/* SPDX-License-Identifier: ISC
 *
 * tel-ingest -- stores events from stdin and files in a SQLite database, each
 * exactly once, and accounts for every line. Its verbs, the rows of
 * cmd/tel-ingest/verbs.def, audit that account, list keys and types that event.def
 * lacks, and list, replay or delete the lines that were refused.
 */
#include "base/prog.h"
#include "cmd/tel-ingest/run.h"
#include "store/store.h"

#include <unistd.h>

/* Groups of options, which a verb takes. */
enum { STORE = 1 << 0, READING = 1 << 1, TAKE = 1 << 2, FORMAT = 1 << 3,
	CHOICE = 1 << 4, LIMIT = 1 << 5, ALL = 1 << 6 };

static const struct verb verbs[] = {
#define VERB(word, ...) { .run = word##_verb, __VA_ARGS__ },
#include "cmd/tel-ingest/verbs.def"
#undef VERB
};

static const struct verb_option options[] = {
	{ STORE, OPT_TEXT_AT("db", 'd', "FILE", db,
	    "the database; taking events creates it if missing "
	    "(default: $TEL_DB)") },
	{ READING, OPT_TEXT_AT("map", 'm', "FILE.jq", map,
	    "jq program that makes events of each line") },
	{ TAKE, OPT_TEXT_AT("source", 's', "NAME", source,
	    "name of the input, for lines without producer and seq") },
	{ TAKE, OPT_FLAG_AT("follow", 'f', is_followed,
	    "keep reading what is written to the files, through "
	    "rotation") },
	{ READING, OPT_CHOICE_AT("redact", 0, "on|off", redact,
	    "hide secrets and e-mail addresses (default: on)") },
	{ READING, OPT_LIST_AT("hash", 0, "KEY", hash_keys,
	    "store the values of KEY, at any depth, as HMAC-SHA-256; "
	    "may be repeated") },
	{ READING, OPT_CHOICE_AT("extra", 0, "keep|drop", extra,
	    "whether to store keys and lines that have no column "
	    "(default: keep)") },
	{ TAKE, OPT_INTEGER_AT("ack-fd", 0, "N", 0, 1 << 20,
	    ack_fd,
	    "report to file descriptor N what is safely stored") },
	{ TAKE, OPT_FLAG_AT("strict", 0, is_strict,
	    "exit 1 when a line was refused") },
	{ TAKE, OPT_TEXT_AT("dead-letters", 0, "FILE",
	    dead_letters,
	    "append refused lines to FILE too, as JSON") },
	{ STORE, OPT_DURATION_MS_AT("wait", 'w', "DURATION", 0, 3600000,
	    wait_ms, "how long to wait for other programs that use "
	    "the database (default: 4s)") },
	{ FORMAT, OPT_CHOICE_AT("format", 'F', "jsonl|table", format,
	    "JSON lines, or a table for people (default: jsonl)") },
	{ CHOICE, OPT_LIST_AT("reason", 0, "R", reasons,
	    "dead letters of this reason; may be repeated") },
	{ CHOICE, OPT_TEXT_AT("input", 'i', "NAME", input,
	    "dead letters of this input") },
	{ LIMIT, OPT_INTEGER_AT("limit", 0, "N", 1, INT64_MAX,
	    limit, "at most N dead letters") },
	{ ALL, OPT_FLAG_AT("all", 0, is_all, "all dead letters") },
};

static const struct verb_program program = {
	.synopsis = "[OPTION]... [FILE]...\n"
	    "       tel-ingest VERB --db FILE [OPTION]... [ID]...",
	.purpose = "Take events (JSON, one a line) into a SQLite database, "
	    "each exactly once.\nWithout FILE, or for -, read stdin. Prints "
	    "what became of the lines.\n`tel-ingest VERB --help` describes "
	    "one verb.",
	.verbs = verbs,
	.verb_count = sizeof(verbs) / sizeof(verbs[0]),
	.options = options,
	.option_count = sizeof(options) / sizeof(options[0]),
	.examples = {
		"tel-ingest --db tel.db --strict events.jsonl",
		"tel-ingest dead ls --db tel.db --format table",
	},
};

/* Returns what verb_parse returns. */
static int
parse(struct run *run, int argc, char **argv, struct err *err)
{
	int first = verb_parse(&program, run, argc, argv, &run->verb, err);

	if (first <= 0)
		return first;
	run->operands = argv + first;
	run->operand_count = argc - first;
	return first;
}

/* Finds out which database. A mistyped verb looks like a missing file, and is worth
 * more words than the missing database. */
static int
check(struct run *run, struct err *err)
{
	const char *word = run->operand_count > 0 ? run->operands[0] : "";
	char near[VERB_WORD_SIZE];

	if (store_path(run->db, &run->db, err) == 0)
		return 0;
	if (verb_nearest(verbs, sizeof(verbs) / sizeof(verbs[0]), word, near) &&
	    access(word, F_OK) < 0)
		err_set(err, EXIT_USAGE, "unknown verb '%s'; did you mean %s?",
		    word, near);
	return -1;
}

int
main(int argc, char **argv)
{
	struct run run = { .verbs = verbs, .verb_count = sizeof(verbs) /
		sizeof(verbs[0]), .wait_ms = DB_WAIT_MS, .ack_fd = -1 };
	struct err err;
	int result;

	prog_start("tel-ingest");
	result = parse(&run, argc, argv, &err);
	if (result > 0)
		result = check(&run, &err) < 0 ? -1 : run.verb->run(&run, &err);
	opt_list_release(&run.reasons);
	opt_list_release(&run.hash_keys);
	return prog_exit(result, &err);
}
