/* SPDX-License-Identifier: ISC
 *
 * tel-archive -- moves old events out of the database into compressed files
 * that prove themselves, and reads them back: pack, cat, ls, verify.
 */
#include "base/log.h"
#include "base/prog.h"
#include "base/progress.h"
#include "base/verb.h"
#include "archive/cat.h"
#include "archive/list.h"
#include "archive/pack.h"
#include "segment/table.h"
#include "archive/verify.h"
#include "store/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PACK, CAT, LS, VERIFY, VERB_COUNT };

struct run {
	const char *archive, *db, *before, *from, *to, *run_id, *format;
	struct opt_list tables, types;
	bool keep, dry_run;
	enum archive_action action; /* in events: the verb */
	int64_t now_ms;
	int operand_count;
	char **operands;
	struct event_writer events;
	struct progress progress;
};

static int
parse_time(const char *option, const char *text, int64_t now_ms, int64_t *out,
    struct err *err)
{
	if (text == NULL || tim_parse(text, now_ms, out) == 0)
		return 0;
	return err_set(err, EXIT_USAGE, "--%s: '%s' is not a time, such as "
	    "2026-11-01, 2026-11-01T10:05:00Z, -7d or now", option, text);
}

static void
put(const struct buf *text)
{
	fwrite(buf_text(text), 1, text->len, stdout);
}

/* An event on stdout, and a failure in words on stderr. */
static void
report(void *context, const struct archive_report *what)
{
	struct run *run = context;
	struct buf line = BUF_EMPTY;

	archive_report_print(&line, &run->events, run->action, what);
	put(&line);
	buf_release(&line);
	if (what->reason != NULL)
		log_error("%s", what->words);
}

static void
warn(void *context, const char *text)
{
	(void)context;
	log_warning("%s", text);
}

static void
show_progress(void *context, const char *doing, const char *table,
    const char *day, int64_t row_count)
{
	struct run *run = context;

	progress_show(&run->progress, "%s %s %s: %" PRId64 " rows", doing,
	    table, day, row_count);
}

static void
print_plan(void *context, const char *table, const char *day,
    int64_t row_count)
{
	struct buf line = BUF_EMPTY;

	(void)context;
	archive_plan_print(&line, table, day, row_count);
	put(&line);
	buf_release(&line);
}

static int
run_pack(struct run *run, struct err *err)
{
	struct archive_pack pack = { .root = run->archive,
		.now_ms = run->now_ms,
		.before_ms = run->now_ms - run->now_ms % TIM_MS_PER_DAY,
		.tables = run->tables.items, .table_count = run->tables.count,
		.must_keep = run->keep, .is_dry_run = run->dry_run,
		.watch = { run, report, warn, show_progress },
		.plan = print_plan };
	int result;

	if (store_path(run->db, &pack.db_path, err) < 0 ||
	    parse_time("before", run->before, run->now_ms, &pack.before_ms,
	    err) < 0)
		return -1;
	result = archive_pack(&pack, err);
	progress_end(&run->progress);
	if (result < 0)
		return -1;
	log_info("packed %" PRId64 " rows into %" PRId64 " partitions, %" PRId64
	    " bytes from %" PRId64 "; %" PRId64 " rows stood there already; "
	    "deleted %" PRId64 " rows from %s", pack.row_count, pack.part_count,
	    pack.file_bytes, pack.raw_bytes, pack.known_count,
	    pack.deleted_count, pack.db_path);
	if (pack.refused_count == 0)
		return EXIT_YES;
	log_error("%s: %" PRId64 " rows could not be packed and stay there",
	    pack.db_path, pack.refused_count);
	return EXIT_NO;
}

static int
put_lines(void *context, const char *lines, size_t len, struct err *err)
{
	(void)context;
	/* prog_end says why, and is quiet when the reader has gone. */
	if (fwrite(lines, 1, len, stdout) != len)
		return err_set(err, EXIT_IO, "standard output");
	return 0;
}

static int
run_cat(struct run *run, const struct catalog *catalog, struct err *err)
{
	struct archive_filter filter = { .tables = run->tables.items,
		.table_count = run->tables.count, .types = run->types.items,
		.type_count = run->types.count, .until_ms = INT64_MAX,
		.run_id = run->run_id };

	if (parse_time("from", run->from, run->now_ms, &filter.from_ms,
	    err) < 0 ||
	    parse_time("to", run->to, run->now_ms, &filter.until_ms, err) < 0 ||
	    segment_tables_check(filter.tables, filter.table_count, err) < 0)
		return -1;
	if (archive_cat(catalog, &filter, put_lines, NULL, err) == 0 ||
	    ferror(stdout))
		return EXIT_YES;
	return -1;
}

static int
run_ls(struct run *run, const struct catalog *catalog, struct err *err)
{
	const struct opt_list *tables = &run->tables;
	struct buf out = BUF_EMPTY;

	if (segment_tables_check(tables->items, tables->count, err) < 0)
		return -1;
	if (run->format == NULL || strcmp(run->format, "table") == 0)
		archive_list_table(&out, catalog, tables->items, tables->count);
	else if (strcmp(run->format, "jsonl") == 0)
		archive_list_jsonl(&out, catalog, tables->items, tables->count);
	else
		return err_set(err, EXIT_USAGE, "--format: '%s' is neither "
		    "table nor jsonl", run->format);
	put(&out);
	buf_release(&out);
	return EXIT_YES;
}

static int
run_verify(struct run *run, const struct catalog *catalog, struct err *err)
{
	struct archive_verify verify = {
		.paths = (const char *const *)run->operands,
		.path_count = (size_t)run->operand_count,
		.watch = { run, report, warn, show_progress } };
	int result = archive_verify(catalog, &verify, err);

	progress_end(&run->progress);
	if (result < 0)
		return -1;
	log_info("verified %" PRId64 " partitions, %" PRId64 " rows, %" PRId64
	    " bytes; %" PRId64 " failures", verify.part_count, verify.row_count,
	    verify.file_bytes, verify.failure_count);
	return verify.failure_count == 0 ? EXIT_YES : EXIT_NO;
}

/* cat, ls and verify. */
static int
run_reader(struct run *run, size_t verb, struct err *err)
{
	struct catalog catalog;
	int result = catalog_init(&catalog, run->archive, true, err);

	/* A damaged catalog is an answer to verify, not a hindrance. */
	if (result < 0 && verb == VERIFY && err->exit_code == EXIT_DATA)
		err->exit_code = EXIT_NO;
	if (result == 0 && catalog.is_torn)
		log_warning("%s/%s: the last line is not whole and is passed "
		    "over", run->archive, CATALOG_FILE);
	if (result == 0)
		result = verb == CAT ? run_cat(run, &catalog, err)
		    : verb == LS ? run_ls(run, &catalog, err)
		    : run_verify(run, &catalog, err);
	catalog_release(&catalog);
	return result;
}

static const struct verb verbs[VERB_COUNT] = {
	[PACK] = { "pack", "pack --archive DIR --db FILE [OPTION]...",
	    "Move events that are older than --before into the archive." },
	[CAT] = { "cat", "cat --archive DIR [OPTION]...",
	    "Print events of the archive in order of time." },
	[LS] = { "ls", "ls --archive DIR [OPTION]...",
	    "List what is in the archive." },
	[VERIFY] = { "verify", "verify --archive DIR [OPTION]... [PATH]...",
	    "Read every byte of the archive and compare it with the catalog." },
};

/* Results as those of verb_parse. */
static int
parse(struct run *run, int argc, char **argv, size_t *verb, struct err *err)
{
	enum { P = 1 << PACK, C = 1 << CAT, L = 1 << LS, V = 1 << VERIFY };
	const struct verb_option options[] = {
		{ P | C | L | V, { "archive", 'a', OPT_TEXT, "DIR",
		    "folder of the archive", &run->archive, 0, 0 } },
		{ P, { "db", 'd', OPT_TEXT, "FILE",
		    "database to pack from (TEL_DB)", &run->db, 0, 0 } },
		{ P, { "before", 'b', OPT_TEXT, "TIME", "pack what is older "
		    "(the start of today, UTC)", &run->before, 0, 0 } },
		{ P, { "keep", 'k', OPT_FLAG, NULL,
		    "delete nothing from the database", &run->keep, 0, 0 } },
		{ P, { "dry-run", 'n', OPT_FLAG, NULL,
		    "only tell what would be packed", &run->dry_run, 0, 0 } },
		{ P | C | L, { "table", 't', OPT_LIST, "NAME",
		    "only this table; may be repeated", &run->tables, 0, 0 } },
		{ C, { "type", 'T', OPT_LIST, "NAME",
		    "only events of this type; may be repeated", &run->types,
		    0, 0 } },
		{ C, { "from", 'f', OPT_TEXT, "TIME",
		    "only events at or after this time", &run->from, 0, 0 } },
		{ C, { "to", 'u', OPT_TEXT, "TIME",
		    "only events before this time", &run->to, 0, 0 } },
		{ C, { "run", 'r', OPT_TEXT, "ID",
		    "only events of this run", &run->run_id, 0, 0 } },
		{ L, { "format", 'F', OPT_TEXT, "FORMAT",
		    "table (default) or jsonl", &run->format, 0, 0 } },
	};
	const struct verb_program program = {
		"pack|cat|ls|verify --archive DIR [OPTION]... [PATH]...",
		"Move old events out of the database into files that prove "
		"themselves, and read\nthem back. `tel-archive VERB --help` "
		"tells of one verb.", verbs, VERB_COUNT, options,
		sizeof(options) / sizeof(options[0]) };

	return verb_parse(&program, argc, argv, verb, err);
}

static int
run_verb(struct run *run, size_t verb, struct err *err)
{
	if (run->archive == NULL || run->archive[0] == '\0')
		return err_set(err, EXIT_USAGE,
		    "which archive? give --archive DIR");
	if (run->operand_count > 0 && verb != VERIFY)
		return err_set(err, EXIT_USAGE, "%s takes no operand, and '%s' "
		    "is one", verbs[verb].name, run->operands[0]);
	return verb == PACK ? run_pack(run, err) : run_reader(run, verb, err);
}

int
main(int argc, char **argv)
{
	struct run run = { .now_ms = tim_now_ms() };
	char instance[PROG_INSTANCE_SIZE];
	struct err err;
	int first, result;
	size_t verb;

	prog_start("tel-archive");
	first = parse(&run, argc, argv, &verb, &err);
	if (first <= 0)
		return first < 0 ? prog_fail(&err) : prog_end(EXIT_YES);
	run.operands = argv + first;
	run.operand_count = argc - first;
	run.action = archive_action_find(verbs[verb].name, strlen(verbs[verb].name));
	prog_instance(instance);
	event_writer_init(&run.events, instance);
	result = run_verb(&run, verb, &err);
	free(run.tables.items);
	free(run.types.items);
	return prog_end(result < 0 ? prog_fail(&err) : result);
}
