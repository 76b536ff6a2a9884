/* SPDX-License-Identifier: ISC
 *
 * dl-fetch -- fetches the items of a work list into a content-addressed store and
 * prints what happened as events on stdout.
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

/* Descriptors that are needed in addition to those of the workers. */
#define SPARE_FILES 32
/* Descriptors of stored files that may be open until they are on the disk. */
#define HELD_FILES 300
#define MAX_TIMEOUT_MS (7 * (int64_t)TIM_MS_PER_DAY)

/* The words of --durability, in the order of the help. */
enum { DURABILITY_FULL, DURABILITY_NONE };

/* The command line, and what the run has open. */
struct run {
	struct fetch_options fetch;
	const char *list, *resume_from;
	int durability; /* DURABILITY_FULL ... */
	struct opt_list rates;
	bool is_dry_run;
	char made_up_id[64];
	struct url_hash hash;
	struct fetch_admission admission;
	struct progress progress;
};

static void
print_message(void *context, enum log_level level, const char *text)
{
	struct run *run = context;

	progress_end(&run->progress);
	log_print(level, "%s", text);
}

static void
show_progress(void *context, const struct fetch_totals *totals,
    int64_t elapsed_ms)
{
	struct run *run = context;
	double seconds = (double)(elapsed_ms > 0 ? elapsed_ms : 1) / 1000;

	progress_show(&run->progress, "%" PRId64 " done, %" PRId64 " failed, "
	    "%.1f MB, %.1f items/s", totals->success_count +
	    totals->skipped_count, totals->failed_count,
	    (double)totals->received_bytes / 1e6,
	    (double)(totals->success_count + totals->failed_count) / seconds);
}

static const struct opt options[] = {
	OPT_TEXT_AT("out", 'o', "DIR", fetch.out,
	    "root of the store"),
	OPT_INTEGER_AT("workers", 'w', "N", 1, 256, fetch.workers,
	    "items worked on at once (default: 8)"),
	OPT_INTEGER_AT("max", 0, "N", 1, INT64_MAX, fetch.max_items,
	    "fetch at most N items"),
	OPT_LIST_AT("rate", 0, "SPEC", rates,
	    "HOST[.ROLE]=3/s,180/h: never more requests than that; may be "
	    "repeated"),
	OPT_TEXT_AT("resume-from", 0, "FILE", resume_from,
	    "skip what this manifest says is stored"),
	OPT_FLAG_AT("dry-run", 'n', is_dry_run,
	    "print what would be fetched, do nothing"),
	OPT_CHOICE_AT("durability", 0, "full|none", durability,
	    "whether files are safe from a power failure (default: full)"),
	OPT_DURATION_MS_AT("timeout", 0, "DURATION", 1, MAX_TIMEOUT_MS,
	    fetch.timeout_ms, "time limit of a request as a whole (default: 30m)"),
	OPT_DURATION_MS_AT("connect-timeout", 0, "DURATION", 1,
	    MAX_TIMEOUT_MS, fetch.connect_timeout_ms,
	    "time limit for connecting (default: 10s)"),
	OPT_TEXT_AT("run-id", 0, "ID", fetch.run_id,
	    "name of the run in events (default: generated)"),
	OPT_TEXT_AT("cohort", 0, "NAME", fetch.cohort,
	    "group of a rollout in events, such as canary"),
};

static const struct opt_program program = {
	.synopsis = "--out DIR [OPTION]... [FILE]",
	.purpose = "Fetch what FILE (default: stdin) lists, JSON items "
	    "or URLs, one a line,\ninto a content-addressed store; "
	    "events go to stdout.",
	.options = options,
	.count = sizeof(options) / sizeof(options[0]),
	.examples = {
		"dl-fetch --out run/ works.jsonl | tel-ingest --db tel.db",
		"dl-fetch --out run/ --rate example.org=3/s <urls.txt >events.jsonl",
	},
};

/* Returns what opt_parse returns. */
static int
parse(struct run *run, int argc, char **argv, struct err *err)
{
	int first = opt_parse(&program, run, argc, argv, err);

	if (first <= 0)
		return first;
	if (argc - first > 1)
		return err_set(err, EXIT_USAGE, "'%s': only one work list, or "
		    "none for stdin", argv[first + 1]);
	run->list = first < argc ? argv[first] : "-";
	return first;
}

/* Raises the limit of open files: each worker needs a connection and a file. A worker
 * without a descriptor would report a fault of the host. */
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
	    "files, but only %llu are allowed (ulimit -n)", workers,
	    (unsigned long long)needed, (unsigned long long)limit.rlim_cur);
}

static int
check(const struct run *run, struct err *err)
{
	const char *out = run->fetch.out;

	if (out == NULL && !run->is_dry_run)
		return err_set(err, EXIT_USAGE, "--out DIR is needed, to know "
		    "where to put the files");
	return allow_files(run->fetch.workers, err);
}

/* Opens everything that the run reads; release closes it, also after an error. */
static int
open_inputs(struct run *run, struct err *err)
{
	int64_t broken_count;

	if (fetch_admission_init(&run->admission, run->rates.items,
	    run->rates.count, err) < 0 ||
	    url_hash_init(&run->hash, getenv("TEL_HASH_KEY_FILE"), err) < 0)
		return -1;
	if (run->resume_from != NULL) {
		if (manifest_index_open(&run->fetch.index, run->resume_from,
		    &broken_count, err) < 0)
			return err_in(err, "--resume-from");
		if (broken_count > 0)
			log_warning("%s: %" PRId64 " lines are not JSON objects "
			    "and were skipped", run->resume_from,
			    broken_count);
	}
	return work_list_open(&run->fetch.list, run->list, &run->hash, err);
}

static void
release(struct run *run)
{
	work_list_close(run->fetch.list);
	manifest_index_close(run->fetch.index);
	fetch_admission_release(&run->admission);
	url_hash_release(&run->hash);
	opt_list_release(&run->rates);
}

static void
print_summary(const struct fetch_totals *totals, int64_t elapsed_ms)
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

/* Returns the exit code, or -1. */
static int
fetch_items(struct run *run, struct err *err)
{
	int64_t start_ns = tim_monotonic_ns();
	struct fetch_totals totals;
	int result;

	prog_catch_signals();
	result = fetch_run(&run->fetch, &totals, err);
	progress_end(&run->progress);
	if (run->fetch.events != NULL && ferror(run->fetch.events))
		return EXIT_IO; /* prog_exit says why */
	print_summary(&totals, (tim_monotonic_ns() - start_ns) / 1000000);
	if (result < 0)
		return -1;
	if (totals.has_work_left && prog_signal() != 0)
		return EXIT_AGAIN;
	return totals.failed_count + totals.bad_line_count > 0 ? EXIT_NO
	    : EXIT_YES;
}

/* Returns the exit code, or -1. */
static int
print_plan(const struct run *run, struct err *err)
{
	int64_t bad_line_count = fetch_plan(&run->fetch, stdout, err);

	if (bad_line_count < 0)
		return -1;
	return bad_line_count > 0 ? EXIT_NO : EXIT_YES;
}

/* Executes the command line. Returns the exit code, or -1. */
static int
work(struct run *run, struct err *err)
{
	const char *enable = getenv("TEL_ENABLE");

	run->fetch.is_durable = run->durability == DURABILITY_FULL;
	if (enable == NULL || strcmp(enable, "0") != 0)
		run->fetch.events = stdout;
	if (isatty(STDERR_FILENO) && log_get_level() > LOG_ERROR)
		run->fetch.progress = show_progress;
	if (check(run, err) < 0 || open_inputs(run, err) < 0)
		return -1;
	return run->is_dry_run ? print_plan(run, err) : fetch_items(run, err);
}

int
main(int argc, char **argv)
{
	struct run run = { .fetch = { .workers = 8,
		.timeout_ms = 1800000, .connect_timeout_ms = 10000,
		.run_id = run.made_up_id, .admission = &run.admission,
		.hash = &run.hash, .context = &run, .message = print_message } };
	struct err err;
	int result;

	prog_start("dl-fetch");
	snprintf(run.made_up_id, sizeof(run.made_up_id), "%" PRId64 "-%08" PRIx32,
	    tim_now_ms(), prog_random());
	result = parse(&run, argc, argv, &err);
	if (result > 0)
		result = work(&run, &err);
	release(&run);
	return prog_exit(result, &err);
}
