/* SPDX-License-Identifier: ISC
 *
 * dl-fetch -- fetches what a work list names into a content-addressed store and
 * tells what happened as events on stdout.
 */
#include "base/log.h"
#include "base/opt.h"
#include "base/prog.h"
#include "base/progress.h"
#include "base/tim.h"
#include "fetch/fetch.h"
#include "fetch/plan.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Descriptors beside those of the workers: at least, and when many stored files
 * wait for the disk. */
#define SPARE_FILES 32
#define HELD_FILES 300

struct arguments {
	const char *out, *resume_from, *durability, *run_id, *cohort;
	struct opt_list rates;
	int64_t workers, max_items, connect_timeout_ms, timeout_ms;
	bool is_dry_run;
	const char *list;
};

static struct progress progress;

static void
say(enum log_level level, const char *text)
{
	progress_end(&progress);
	log_print(level, "%s", text);
}

static void
show_progress(const struct fetch_totals *totals, int64_t elapsed_ms)
{
	double seconds = (double)(elapsed_ms > 0 ? elapsed_ms : 1) / 1000;

	progress_show(&progress, "%" PRId64 " done, %" PRId64 " failed, "
	    "%.1f MB, %.1f items/s", totals->success_count +
	    totals->skipped_count, totals->failed_count,
	    (double)totals->received_bytes / 1e6,
	    (double)(totals->success_count + totals->failed_count) / seconds);
}

static int
parse_arguments(int argc, char **argv, struct arguments *arguments,
    struct err *err)
{
	const struct opt options[] = {
		{ "out", 'o', OPT_TEXT, "DIR", "root of the store", &arguments->out,
		    0, 0 },
		{ "workers", 'w', OPT_INTEGER, "N",
		    "items worked on at once (default 8)", &arguments->workers,
		    1, 256 },
		{ "max", 'm', OPT_INTEGER, "N", "fetch at most N items",
		    &arguments->max_items, 1, INT64_MAX },
		{ "rate", 'r', OPT_LIST, "SPEC",
		    "HOST[.ROLE]=3/s,180/h: never more requests than that",
		    &arguments->rates, 0, 0 },
		{ "resume-from", 0, OPT_TEXT, "FILE",
		    "skip what this manifest says is stored",
		    &arguments->resume_from, 0, 0 },
		{ "dry-run", 'n', OPT_FLAG, NULL,
		    "print what would be fetched, do nothing",
		    &arguments->is_dry_run, 0, 0 },
		{ "durability", 0, OPT_TEXT, "full|none",
		    "whether files are safe from a power failure (default full)",
		    &arguments->durability, 0, 0 },
		{ "timeout", 't', OPT_DURATION_MS, "DURATION",
		    "for one request as a whole (default 30m)",
		    &arguments->timeout_ms, 1, 604800000 },
		{ "connect-timeout", 0, OPT_DURATION_MS, "DURATION",
		    "for its connection (default 10s)",
		    &arguments->connect_timeout_ms, 1, 604800000 },
		{ "run-id", 0, OPT_TEXT, "ID",
		    "name of the run in events (default: made up)",
		    &arguments->run_id, 0, 0 },
		{ "cohort", 0, OPT_TEXT, "NAME",
		    "group of a rollout in events, such as canary",
		    &arguments->cohort, 0, 0 },
	};
	const struct opt_program program = {
		.synopsis = "--out DIR [OPTION]... [FILE]",
		.purpose = "Fetches what FILE (default: stdin) lists, JSON items "
		    "or URLs, one a line,\ninto a content-addressed store; "
		    "events go to stdout.",
		.options = options,
		.count = sizeof(options) / sizeof(options[0]),
		.more = "Example: dl-fetch --out run/ works.jsonl | "
		    "tel-ingest --db tel.db",
	};
	int first = opt_parse(&program, argc, argv, err);

	if (first <= 0)
		return first;
	if (argc - first > 1)
		return err_set(err, EXIT_USAGE, "'%s': only one work list, or "
		    "none for stdin", argv[first + 1]);
	arguments->list = first < argc ? argv[first] : "-";
	return 1;
}

/* A worker has a connection and a file. Without them it would take our own want
 * of descriptors for a fault of the other side. */
static int
allow_files(int64_t workers, struct err *err)
{
	rlim_t needed = (rlim_t)workers * 2 + SPARE_FILES;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= needed +
	    HELD_FILES)
		return 0;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur >= needed)
		return 0;
	return err_set(err, EXIT_USAGE, "--workers %" PRId64 ": needs %llu open "
	    "files, and only %llu are allowed (ulimit -n)", workers,
	    (unsigned long long)needed, (unsigned long long)limit.rlim_cur);
}

static int
check_arguments(const struct arguments *arguments, struct err *err)
{
	if (strcmp(arguments->durability, "full") != 0 &&
	    strcmp(arguments->durability, "none") != 0)
		return err_set(err, EXIT_USAGE, "--durability: '%s' is not "
		    "full or none", arguments->durability);
	if (arguments->out == NULL && !arguments->is_dry_run)
		return err_set(err, EXIT_USAGE, "--out DIR is needed, to know "
		    "where to put the files");
	if (arguments->out != NULL && arguments->out[0] == '\0')
		return err_set(err, EXIT_USAGE, "--out: an empty name");
	if (arguments->run_id[0] == '\0')
		return err_set(err, EXIT_USAGE, "--run-id: an empty name");
	return allow_files(arguments->workers, err);
}

/* Opens what the run needs; all of it is released by main, also after an
 * error. */
static int
open_inputs(const struct arguments *arguments, struct url_hash *hash,
    struct fetch_options *options, struct err *err)
{
	int64_t broken_count;

	if (fetch_admission_init(options->admission, arguments->rates.items,
	    arguments->rates.count, err) < 0 ||
	    url_hash_init(hash, getenv("TEL_HASH_KEY_FILE"), err) < 0)
		return -1;
	if (arguments->resume_from != NULL) {
		if (manifest_index_open(&options->index, arguments->resume_from,
		    &broken_count, err) < 0)
			return err_in(err, "--resume-from");
		if (broken_count > 0)
			log_warning("%s: %" PRId64 " lines are not JSON objects "
			    "and were passed over", arguments->resume_from,
			    broken_count);
	}
	return work_list_open(&options->list, arguments->list, hash, err);
}

static void
sum_up(const struct fetch_totals *totals, int64_t elapsed_ms)
{
	char text[256];

	snprintf(text, sizeof(text), "%" PRId64 " items: %" PRId64 " stored, "
	    "%" PRId64 " skipped, %" PRId64 " failed, %" PRId64 " deferred; "
	    "%" PRId64 " requests, %.1f MB in %.1f s", totals->item_count,
	    totals->success_count, totals->skipped_count, totals->failed_count,
	    totals->deferred_count, totals->request_count,
	    (double)totals->received_bytes / 1e6, (double)elapsed_ms / 1000);
	if (log_get_level() == LOG_WARNING && isatty(STDERR_FILENO))
		log_warning("%s", text);
	else
		log_info("%s", text);
}

static int
fetch(const struct fetch_options *options, struct err *err)
{
	int64_t start_ns = tim_monotonic_ns();
	struct fetch_totals totals;
	int result;

	prog_catch_signals();
	result = fetch_run(options, &totals, err);
	progress_end(&progress);
	if (options->events != NULL && ferror(options->events))
		return EXIT_IO; /* prog_end says why */
	sum_up(&totals, (tim_monotonic_ns() - start_ns) / 1000000);
	if (result < 0)
		return prog_fail(err);
	if (totals.has_work_left && prog_signal() != 0)
		return EXIT_AGAIN;
	return totals.failed_count + totals.bad_line_count > 0 ? EXIT_NO
	    : EXIT_YES;
}

static int
plan(const struct fetch_options *options, struct err *err)
{
	int64_t bad_line_count = fetch_plan(options, stdout, err);

	if (bad_line_count < 0)
		return prog_fail(err);
	return bad_line_count > 0 ? EXIT_NO : EXIT_YES;
}

int
main(int argc, char **argv)
{
	char run_id[64];
	const char *enable = getenv("TEL_ENABLE");
	struct arguments arguments = { .durability = "full", .workers = 8,
		.timeout_ms = 1800000, .connect_timeout_ms = 10000,
		.run_id = run_id };
	struct url_hash hash = { .key = BUF_EMPTY };
	struct fetch_admission admission = { .rates = NULL };
	struct fetch_options options = { .admission = &admission, .hash = &hash,
		.say = say };
	struct err err;
	int code;

	prog_start("dl-fetch");
	snprintf(run_id, sizeof(run_id), "%" PRId64 "-%08" PRIx32,
	    tim_now_ms(), prog_random());
	code = parse_arguments(argc, argv, &arguments, &err);
	if (code <= 0)
		return code < 0 ? prog_fail(&err) : prog_end(EXIT_YES);
	options.out = arguments.out;
	options.workers = arguments.workers;
	options.max_items = arguments.max_items;
	options.connect_timeout_ms = arguments.connect_timeout_ms;
	options.timeout_ms = arguments.timeout_ms;
	options.is_durable = strcmp(arguments.durability, "full") == 0;
	options.run_id = arguments.run_id;
	options.cohort = arguments.cohort;
	if (enable == NULL || strcmp(enable, "0") != 0)
		options.events = stdout;
	if (isatty(STDERR_FILENO) && log_get_level() > LOG_ERROR)
		options.progress = show_progress;
	if (check_arguments(&arguments, &err) < 0 ||
	    open_inputs(&arguments, &hash, &options, &err) < 0)
		code = prog_fail(&err);
	else if (arguments.is_dry_run)
		code = plan(&options, &err);
	else
		code = fetch(&options, &err);
	work_list_close(options.list);
	manifest_index_close(options.index);
	fetch_admission_release(&admission);
	url_hash_release(&hash);
	free(arguments.rates.items);
	return prog_end(code);
}
