/* SPDX-License-Identifier: ISC
 *
 * slo-eval -- judges service level objectives from the events in a database.
 * The exit code is the verdict.
 */
#include "base/log.h"
#include "base/opt.h"
#include "base/prog.h"
#include "base/term.h"
#include "base/tim.h"
#include "ingest/ingest.h"
#include "judge/outside.h"
#include "judge/print_json.h"
#include "judge/print_table.h"
#include "store/run.h"
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The words of --format, in the order of the help. Those of --fail-on are in that of enum
 * slo_fail_on. */
enum { FORMAT_JSONL, FORMAT_JSON, FORMAT_TABLE };

/* Earlier than any time that tim_parse takes. */
#define NO_TIME (-1)

/* The command line, and the objectives and times that it names. */
struct run {
	const char *db, *run_id;
	int64_t at_ms; /* NO_TIME: --at was not given */
	int format;    /* FORMAT_JSONL ... */
	int fail_on;   /* an enum slo_fail_on */
	struct opt_list slo_files;
	bool is_check; /* only check the SLO files */
	struct judge_time when;
	struct judge_options how;
	struct judge_set set;
};

static const struct opt options[] = {
	OPT_TEXT_AT("db", 'd', "FILE", db, "database to judge; - for "
	    "events on stdin (default: $TEL_DB, else stdin)"),
	OPT_LIST_AT("slo", 0, "FILE-or-DIR", slo_files,
	    "objectives, OpenSLO v1; may be repeated (default: those built "
	    "in)"),
	OPT_TEXT_AT("run", 'r', "ID", run_id,
	    "judge one run as a whole; \"latest\" is the newest"),
	OPT_TIME_MS_AT("at", 0, at_ms,
	    "end of the window: a time, an age (-7d), \"now\" (the default)"),
	OPT_DURATION_MS_AT("window", 0, "DURATION", 1, INT64_C(100) *
	    366 * TIM_MS_PER_DAY, when.window_ms,
	    "length of the window, in place of that of each SLO"),
	OPT_TEXT_AT("counts", 0, "FILE", how.counts.path,
	    "file of counts (default: that of --db with .counts added)"),
	OPT_TEXT_AT("archive", 'a', "DIR", how.counts.archive,
	    "archive of what left the database (default: $TEL_ARCHIVE, else the one "
	    "that the database names)"),
	OPT_FLAG_AT("no-counts", 0, how.counts.has_no_file,
	    "count from rows, without a file of counts"),
	OPT_CHOICE_AT("format", 'F', "jsonl|json|table", format,
	    "a line each, an array, or a table for people (default: jsonl)"),
	OPT_CHOICE_AT("fail-on", 0, "breach|page|warn", fail_on,
	    "what exit code 1 is for: a breach, also a budget that burns so fast "
	    "that it pages, also a warning (default: page)"),
	OPT_FLAG_AT("check", 'c', is_check,
	    "only check the SLO files"),
};

static const struct opt_program program = {
	.synopsis = "[OPTION]...",
	.purpose = "Judge service level objectives from the events in a "
	    "database or on stdin.",
	.options = options,
	.count = sizeof(options) / sizeof(options[0]),
	.more = "Exit code: 0 all met, 1 one is missed or burns its budget too fast, "
	    "2 cannot\ntell, 78 bad SLO file.",
	.examples = {
		"slo-eval --db tel.db --format table",
		"slo-eval --db tel.db --slo slo/ --run latest && ./deploy",
	},
};

/* Returns what opt_parse returns. */
static int
parse(struct run *run, int argc, char **argv, struct err *err)
{
	int first = opt_parse(&program, run, argc, argv, err);

	if (first > 0 && first < argc)
		return err_set(err, EXIT_USAGE, "unexpected operand '%s'; the "
		    "database is given with --db, SLO files with --slo",
		    argv[first]);
	return first;
}

/* Whether an SLO file comes from stdin. */
static bool
stdin_has_objectives(const struct run *run)
{
	for (size_t i = 0; i < run->slo_files.count; i++)
		if (strcmp(run->slo_files.items[i], "-") == 0)
			return true;
	return false;
}

/* Checks the command line, and sets the end of the window. */
static int
check(struct run *run, struct err *err)
{
	if (run->db != NULL && strcmp(run->db, "-") == 0 &&
	    stdin_has_objectives(run))
		return err_set(err, EXIT_USAGE, "--db - and --slo -: standard "
		    "input cannot be both");
	if (run->run_id != NULL && run->when.window_ms > 0)
		return err_set(err, EXIT_USAGE, "--run judges all of a run; "
		    "--window does not go with it");
	if (run->how.counts.archive == NULL)
		run->how.counts.archive = getenv("TEL_ARCHIVE");
	if (run->at_ms != NO_TIME)
		run->when.at_ms = run->at_ms;
	else
		run->when.at_ms = run->run_id != NULL ? TIM_MAX_MS : tim_now_ms();
	return 0;
}

static int
read_objectives(struct run *run, struct err *err)
{
	if (judge_set_read(&run->set, run->slo_files.items,
	    run->slo_files.count, err) < 0)
		return -1;
	for (size_t i = 0; i < run->set.warning_count; i++)
		log_warning("%s", run->set.warnings[i]);
	return 0;
}

/* Warns that there is no such run, and lists the newest ones. */
static int
warn_unknown_run(const struct run *run, struct db *db, const char *name,
    struct err *err)
{
	const char *up_to = run->at_ms != NO_TIME ? " up to " : "";
	char at[TIM_TEXT_SIZE] = "";
	struct buf runs = BUF_EMPTY;
	int result = run_list(db, run->when.at_ms, &runs, err);

	if (run->at_ms != NO_TIME)
		tim_print(at, run->at_ms);
	if (result == 0 && runs.len == 0)
		log_warning("%s: run %s: no such run%s%s; the database has no "
		    "events of any run", db_path(db), name, up_to, at);
	else if (result == 0)
		log_warning("%s: run %s: no such run%s%s; the newest are %s",
		    db_path(db), name, up_to, at, buf_text(&runs));
	buf_release(&runs);
	return result;
}

static void
print_verdicts(const struct run *run, const struct judge_lines *lines)
{
	bool is_array = run->format == FORMAT_JSON;
	const char *no_color = getenv("NO_COLOR");
	struct buf out = BUF_EMPTY;

	if (run->format == FORMAT_TABLE) {
		judge_print_table(&out, lines, term_width(STDOUT_FILENO),
		    isatty(STDOUT_FILENO) &&
		    (no_color == NULL || no_color[0] == '\0'));
	} else {
		if (is_array)
			buf_add_text(&out, "[\n");
		for (size_t i = 0; i < lines->count; i++) {
			judge_print_json(&out, &lines->items[i]);
			buf_add_text(&out, is_array && i + 1 < lines->count
			    ? ",\n" : "\n");
		}
		if (is_array)
			buf_add_text(&out, "]\n");
	}
	fwrite(buf_text(&out), 1, out.len, stdout);
	buf_release(&out);
}

/* Stores the events of stdin in a temporary database. */
static int
read_stdin(struct db **out, struct err *err)
{
	const struct ingest_options plain = { .reading.keep_extra = true };
	struct ingest *ingest = NULL;
	int64_t dead;

	if (store_open(out, DB_TEMPORARY, DB_WRITE, DB_WAIT_MS, err) < 0)
		return -1;
	if (ingest_open(&ingest, *out, &plain, err) < 0 ||
	    ingest_run(ingest, STDIN_FILENO, "-", err) < 0) {
		ingest_close(ingest);
		db_close(*out);
		return -1;
	}
	dead = ingest_totals(ingest)->fates[LEDGER_DEAD];
	if (dead > 0)
		log_warning("standard input: %lld of %lld lines refused; "
		    "tel-ingest says why", (long long)dead,
		    (long long)ingest_totals(ingest)->lines);
	ingest_close(ingest);
	return 0;
}

/* Opens the named database; without a name, reads events from stdin unless it is a
 * terminal. */
static int
open_events(const struct run *run, struct db **out, struct err *err)
{
	bool is_stdin = run->db != NULL && strcmp(run->db, "-") == 0;
	const char *path;

	if (is_stdin || (run->db == NULL && getenv("TEL_DB") == NULL &&
	    !stdin_has_objectives(run) && !isatty(STDIN_FILENO)))
		return read_stdin(out, err);
	if (store_path(run->db, &path, err) < 0)
		return -1;
	return store_open(out, path, DB_READ, DB_WAIT_MS, err);
}

static void
warn(const char *text)
{
	log_warning("%s", text);
}

/* Opens the database, judges, prints. Returns the exit code, or -1. */
static int
judge_and_print(struct run *run, struct err *err)
{
	struct judge_lines lines = { NULL, 0 };
	struct db *db = NULL;
	char *name = NULL;
	int result = -1;

	if (open_events(run, &db, err) < 0)
		return -1;
	if (run->run_id != NULL &&
	    judge_run(db, run->run_id, &run->when, &name, err) < 0)
		goto done;
	if (run->when.is_unknown && warn_unknown_run(run, db, name, err) < 0)
		goto done;
	if (judge_all(db, &run->set, &run->when, &run->how, &lines,
	    err) < 0)
		goto done;
	print_verdicts(run, &lines);
	if (run->run_id == NULL && judge_outside(db, &lines, run->when.at_ms,
	    warn, err) < 0)
		goto done;
	result = judge_lines_exit_code(&lines, (enum slo_fail_on)run->fail_on);
done:
	judge_lines_release(&lines);
	free(name);
	db_close(db);
	return result;
}

/* Executes the command line. Returns the exit code, or -1. */
static int
work(struct run *run, struct err *err)
{
	if (check(run, err) < 0 || read_objectives(run, err) < 0)
		return -1;
	return run->is_check ? EXIT_YES : judge_and_print(run, err);
}

int
main(int argc, char **argv)
{
	struct run run = { .how.warn = warn, .at_ms = NO_TIME, .fail_on = SLO_FAIL_ON_PAGE };
	struct err err;
	int result;

	prog_start("slo-eval");
	result = parse(&run, argc, argv, &err);
	if (result > 0)
		result = work(&run, &err);
	judge_set_release(&run.set);
	free(run.when.left.archive);
	opt_list_release(&run.slo_files);
	return prog_exit(result, &err);
}
