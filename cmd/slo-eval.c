/* SPDX-License-Identifier: ISC
 *
 * slo-eval -- judges service level objectives from the events in a database.
 * The exit code is the verdict.
 */
#include "base/log.h"
#include "base/opt.h"
#include "base/prog.h"
#include "base/tim.h"
#include "cmd/slo-eval/run.h"

#include <stdlib.h>
#include <string.h>

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
	OPT_LIST_AT("only", 0, "NAME", only,
	    "judge only the SLO of this name; may be repeated"),
	OPT_FLAG_AT("recount", 0, must_recount,
	    "also count all rows anew and compare: exit code 1 when the file of counts "
	    "says anything else"),
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

/* Checks the command line, and sets the end of the window. */
static int
check(struct run *run, struct err *err)
{
	if (run->db != NULL && strcmp(run->db, "-") == 0 &&
	    run_stdin_has_objectives(run))
		return err_set(err, EXIT_USAGE, "--db - and --slo -: standard "
		    "input cannot be both");
	if (run->run_id != NULL && run->when.window_ms > 0)
		return err_set(err, EXIT_USAGE, "--run judges all of a run; "
		    "--window does not go with it");
	if (run->must_recount && run->how.counts.has_no_file)
		return err_set(err, EXIT_USAGE, "--recount compares the file of counts "
		    "with the rows; --no-counts does not go with it");
	if (run->how.counts.has_no_file && run->how.counts.path != NULL)
		return err_set(err, EXIT_USAGE, "--counts and --no-counts do not go "
		    "together");
	if (run_reads_stdin(run) && (run->must_recount || run->how.counts.path != NULL))
		return err_set(err, EXIT_USAGE, "%s: events on standard input have no file "
		    "of counts", run->must_recount ? "--recount" : "--counts");
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
	if (run->only.count > 0 && judge_set_keep(&run->set, run->only.items,
	    run->only.count, err) < 0)
		return -1;
	for (size_t i = 0; i < run->set.warning_count; i++)
		log_warning("%s", run->set.warnings[i]);
	return 0;
}

/* Executes the command line. Returns the exit code, or -1. */
static int
work(struct run *run, struct err *err)
{
	if (check(run, err) < 0 || read_objectives(run, err) < 0)
		return -1;
	return run->is_check ? EXIT_YES : run_judge(run, err);
}

int
main(int argc, char **argv)
{
	struct run run = { .how = { .warn = run_warn, .tell = run_tell },
		 .at_ms = NO_TIME, .fail_on = SLO_FAIL_ON_PAGE };
	struct err err;
	int result;

	prog_start("slo-eval");
	result = parse(&run, argc, argv, &err);
	if (result > 0)
		result = work(&run, &err);
	judge_set_release(&run.set);
	free(run.when.left.archive);
	opt_list_release(&run.slo_files);
	opt_list_release(&run.only);
	return prog_exit(result, &err);
}
