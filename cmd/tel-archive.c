/* SPDX-License-Identifier: ISC
 *
 * tel-archive -- moves old events from the database into self-verifying
 * compressed files, and reads them back. Its verbs are the rows of
 * cmd/tel-archive/verbs.def.
 */
#include "base/prog.h"
#include "base/tim.h"
#include "cmd/tel-archive/run.h"

#include <stdlib.h>

/* Groups of options, which a verb takes. */
enum { ARCHIVE = 1 << 0, DB = 1 << 1, TABLE = 1 << 2, FORMAT = 1 << 3,
	PACK = 1 << 4, EVENTS = 1 << 5 };

/* No two times of events are further apart. */
#define MAX_RUN_DAYS (TIM_MAX_MS / TIM_MS_PER_DAY + 1)

static const struct verb verbs[] = {
#define VERB(word, ...) { .run = word##_verb, __VA_ARGS__ },
#include "cmd/tel-archive/verbs.def"
#undef VERB
};

static const struct verb_option options[] = {
	{ ARCHIVE, OPT_TEXT_AT("archive", 'a', "DIR", archive,
	    "folder of the archive (default: $TEL_ARCHIVE)") },
	{ DB, OPT_TEXT_AT("db", 'd', "FILE", db,
	    "database to pack from (default: $TEL_DB)") },
	{ PACK, OPT_TIME_MS_AT("before", 'b', before_ms,
	    "pack what is older (default: the start of today, UTC)") },
	{ PACK, OPT_INTEGER_AT("run-days", 0, "N", 0, MAX_RUN_DAYS, run_days,
	    "keep runs of at most N days whole (default: 7; 0: none)") },
	{ PACK, OPT_FLAG_AT("keep", 'k', keeps_rows,
	    "delete nothing from the database") },
	{ PACK, OPT_FLAG_AT("dry-run", 'n', is_dry_run,
	    "only print what would be packed") },
	{ TABLE, OPT_LIST_AT("table", 't', "NAME", tables,
	    "only this table; may be repeated") },
	{ EVENTS, OPT_LIST_AT("type", 'T', "NAME", types,
	    "only events of this type; may be repeated") },
	{ EVENTS, OPT_TIME_MS_AT("from", 0, from_ms,
	    "only events at or after this time") },
	{ EVENTS, OPT_TIME_MS_AT("to", 0, until_ms,
	    "only events before this time") },
	{ EVENTS, OPT_TEXT_AT("run", 'r', "ID", run_id,
	    "only events of this run") },
	{ FORMAT, OPT_CHOICE_AT("format", 'F', "jsonl|table", format,
	    "JSON lines, or a table for people (default: table)") },
};

static const struct verb_program program = {
	.synopsis = "VERB --archive DIR [OPTION]... [OPERAND]...",
	.purpose = "Move old events from the database into self-verifying "
	    "compressed files, and\nread them back. `tel-archive VERB "
	    "--help` describes one verb.",
	.verbs = verbs,
	.verb_count = sizeof(verbs) / sizeof(verbs[0]),
	.options = options,
	.option_count = sizeof(options) / sizeof(options[0]),
	.examples = {
		"tel-archive pack --archive arc --db tel.db --before -14d",
		"tel-archive verify --archive arc >verified.jsonl",
	},
};

/* Returns what verb_parse returns. */
static int
parse(struct run *run, int argc, char **argv, struct err *err)
{
	int first = verb_parse(&program, run, argc, argv, &run->verb, err);

	if (first <= 0)
		return first;
	if (run->archive == NULL)
		run->archive = getenv("TEL_ARCHIVE");
	if (run->archive == NULL || run->archive[0] == '\0')
		return err_set(err, EXIT_USAGE, "which archive? give --archive DIR "
		    "or set TEL_ARCHIVE");
	run->operands = argv + first;
	run->operand_count = argc - first;
	return first;
}

int
main(int argc, char **argv)
{
	int64_t now_ms = tim_now_ms();
	struct run run = { .now_ms = now_ms, .until_ms = INT64_MAX,
		.before_ms = now_ms - now_ms % TIM_MS_PER_DAY, .run_days = 7,
		.format = FORMAT_TABLE };
	char instance[PROG_INSTANCE_SIZE];
	struct err err;
	int result;

	prog_start("tel-archive");
	prog_instance(instance);
	event_writer_init(&run.events, instance);
	result = parse(&run, argc, argv, &err);
	if (result > 0)
		result = run.verb->run(&run, &err);
	opt_list_release(&run.tables);
	opt_list_release(&run.types);
	return prog_exit(result, &err);
}
