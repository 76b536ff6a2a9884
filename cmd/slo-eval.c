/* SPDX-License-Identifier: ISC
 *
 * slo-eval -- judges service level objectives from the events in a database.
 * The exit code is the verdict.
 */
#include "base/log.h"
#include "base/num.h"
#include "base/opt.h"
#include "base/prog.h"
#include "base/tim.h"
#include "ingest/ingest.h"
#include "store/run.h"
#include "judge/print_json.h"
#include "judge/print_table.h"
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *db_option;
static struct opt_list slo_option;
static const char *run_option;
static const char *at_option;
static int64_t window_ms;
static const char *format_option = "jsonl";
static bool check_option;

static const struct opt options[] = {
	{ "db", 'd', OPT_TEXT, "FILE", "database to judge; - for events on stdin "
	    "(default: $TEL_DB, else stdin)", &db_option, 0, 0 },
	{ "slo", 's', OPT_LIST, "FILE-or-DIR", "objectives, OpenSLO v1; may be "
	    "given again (else the pack of downloads)", &slo_option, 0, 0 },
	{ "run", 'r', OPT_TEXT, "ID", "judge one run as a whole; \"latest\" is the "
	    "newest", &run_option, 0, 0 },
	{ "at", 'a', OPT_TEXT, "TIME", "end of the window: a time, an age (-7d), "
	    "\"now\"", &at_option, 0, 0 },
	{ "window", 'w', OPT_DURATION_MS, "DURATION", "length of the window, in "
	    "place of that of each SLO", &window_ms, 1, INT64_C(100) * 366 *
	    TIM_MS_PER_DAY },
	{ "format", 'f', OPT_TEXT, "FORMAT", "jsonl (a line each), json (an array) "
	    "or table", &format_option, 0, 0 },
	{ "check", 'c', OPT_FLAG, NULL, "only check the SLO files", &check_option,
	    0, 0 },
};

static const struct opt_program program = {
	"[OPTION]...",
	"Judges service level objectives from the events in a database or on stdin.",
	options, sizeof(options) / sizeof(options[0]),
	"Exit code: 0 all met, 1 one is missed, 2 cannot tell, 78 bad SLO file.",
};

/* Whether an SLO file comes from stdin. */
static bool
stdin_has_objectives(void)
{
	for (size_t i = 0; i < slo_option.count; i++)
		if (strcmp(slo_option.items[i], "-") == 0)
			return true;
	return false;
}

static int
read_options(int argc, char **argv, struct judge_time *when, struct err *err)
{
	int first = opt_parse(&program, argc, argv, err);
	int64_t now_ms = tim_now_ms();

	if (first <= 0)
		return first;
	if (first < argc)
		return err_set(err, EXIT_USAGE, "%s: an operand is not expected; "
		    "SLO files are given with --slo", argv[first]);
	if (strcmp(format_option, "jsonl") != 0 &&
	    strcmp(format_option, "json") != 0 &&
	    strcmp(format_option, "table") != 0)
		return err_set(err, EXIT_USAGE, "--format %s: has to be jsonl, json "
		    "or table", format_option);
	if (db_option != NULL && strcmp(db_option, "-") == 0 &&
	    stdin_has_objectives())
		return err_set(err, EXIT_USAGE, "--db - and --slo -: standard "
		    "input cannot be both");
	if (run_option != NULL && window_ms > 0)
		return err_set(err, EXIT_USAGE, "--run judges all of a run; "
		    "--window does not go with it");
	when->window_ms = window_ms;
	when->at_ms = run_option != NULL ? TIM_MAX_MS : now_ms;
	if (at_option != NULL && tim_parse(at_option, now_ms, &when->at_ms) < 0)
		return err_set(err, EXIT_USAGE, "--at %s: not a time; write "
		    "2015-05-17T10:05, -7d, now or ms since the epoch", at_option);
	return 1;
}

static int
read_objectives(struct judge_set *set, struct err *err)
{
	if (judge_set_read(set, slo_option.items, slo_option.count, err) < 0)
		return -1;
	for (size_t i = 0; i < set->warning_count; i++)
		log_warning("%s", set->warnings[i]);
	return 0;
}

/* Says that there is no such run, and which there are. */
static int
warn_unknown(struct db *db, const char *name, int64_t at_ms, struct err *err)
{
	const char *up_to = at_option != NULL ? " up to " : "";
	const char *at = at_option != NULL ? at_option : "";
	struct buf runs = BUF_EMPTY;
	int result = run_list(db, at_ms, &runs, err);

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
print(const struct judge_lines *lines)
{
	bool is_array = strcmp(format_option, "json") == 0;
	const char *no_color = getenv("NO_COLOR");
	struct buf out = BUF_EMPTY;

	if (strcmp(format_option, "table") == 0) {
		judge_print_table(&out, lines, isatty(STDOUT_FILENO) &&
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

/* Takes the events of stdin into a database of this process alone. */
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
		log_warning("standard input: %lld of %lld lines were no events; "
		    "tel-ingest tells why", (long long)dead,
		    (long long)ingest_totals(ingest)->lines);
	ingest_close(ingest);
	return 0;
}

/* The database that is named; without a name the events on stdin, unless
 * somebody sits there. */
static int
open_events(struct db **out, struct err *err)
{
	bool is_named = db_option != NULL && strcmp(db_option, "-") == 0;
	const char *path;

	if (is_named || (db_option == NULL && getenv("TEL_DB") == NULL &&
	    !stdin_has_objectives() && !isatty(STDIN_FILENO)))
		return read_stdin(out, err);
	if (store_path(db_option, &path, err) < 0)
		return -1;
	return store_open(out, path, DB_READ, DB_WAIT_MS, err);
}

/* Opens the database, judges, prints. Returns the exit code, -1 on errors. */
static int
judge(const struct judge_set *set, struct judge_time *when, struct err *err)
{
	struct judge_lines lines = { NULL, 0 };
	struct db *db = NULL;
	char *run = NULL;
	int result = -1;

	if (open_events(&db, err) < 0)
		return -1;
	if (run_option != NULL &&
	    judge_run(db, run_option, when, &run, err) < 0)
		goto done;
	if (when->is_unknown && warn_unknown(db, run, when->at_ms, err) < 0)
		goto done;
	if (judge_all(db, set, when, &lines, err) < 0)
		goto done;
	print(&lines);
	result = judge_lines_exit_code(&lines);
done:
	judge_lines_release(&lines);
	free(run);
	db_close(db);
	return result;
}

int
main(int argc, char **argv)
{
	struct judge_time when = { 0 };
	struct judge_set set = { 0 };
	struct err err;
	int result;

	prog_start("slo-eval");
	result = read_options(argc, argv, &when, &err);
	if (result == 0)
		return prog_end(EXIT_YES);
	if (result > 0)
		result = read_objectives(&set, &err);
	if (result == 0)
		result = check_option ? EXIT_YES : judge(&set, &when, &err);
	judge_set_release(&set);
	return result < 0 ? prog_fail(&err) : prog_end(result);
}
