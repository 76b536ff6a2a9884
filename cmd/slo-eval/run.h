/* SPDX-License-Identifier: ISC
 *
 * run -- the command line of slo-eval, and what its files share.
 */
#ifndef CMD_SLO_EVAL_RUN_H
#define CMD_SLO_EVAL_RUN_H

#include "base/opt.h"
#include "base/progress.h"
#include "judge/judge.h"

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
	struct opt_list only; /* names of SLOs; all when there are none */
	bool must_recount;
	bool is_check; /* only check the SLO files */
	struct progress progress;
	struct judge_time when;
	struct judge_options how;
	struct judge_set set;
};

/* Whether an SLO file comes from stdin. */
bool run_stdin_has_objectives(const struct run *run);

/* Whether events come from stdin: --db -, or no database at all and no terminal. */
bool run_reads_stdin(const struct run *run);

/* Opens the named database, or reads events from stdin. The caller closes *out. */
MUST_USE int run_open_events(const struct run *run, struct db **out, struct err *err);

/* Opens the database, judges, prints. Returns the exit code, or -1. */
MUST_USE int run_judge(struct run *run, struct err *err);

/* Prints a warning, or with -v what was counted. */
void run_warn(void *context, const char *text);
void run_tell(const char *text);

#endif
