/* SPDX-License-Identifier: ISC
 *
 * Judges and prints.
 */
#include "base/log.h"
#include "base/term.h"
#include "base/tim.h"
#include "cmd/slo-eval/run.h"
#include "judge/outside.h"
#include "judge/print_json.h"
#include "judge/print_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

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

void
run_warn(void *context, const char *text)
{
	(void)context;
	log_warning("%s", text);
}

void
run_tell(const char *text)
{
	log_info("%s", text);
}

static void
show_progress(void *context, int64_t row_count)
{
	progress_show(context, "counting: %lld events", (long long)row_count);
}

/* Judges, and with --recount compares the counts with the rows; where they differ, the
 * rows are believed. Returns 1 when they agree, 0 when they do not, -1 on an error. */
static int
judge_lines(struct run *run, struct db *db, struct judge_lines *lines, struct err *err)
{
	int agree = 1, result;

	run->how.counts.progress = show_progress;
	run->how.counts.context = &run->progress;
	if (run->must_recount)
		agree = judge_recount(db, &run->set, &run->how, err);
	if (agree < 0)
		return -1;
	run->how.counts.has_no_file = run->how.counts.has_no_file || agree == 0;
	result = judge_all(db, &run->set, &run->when, &run->how, lines, err);
	progress_end(&run->progress);
	return result < 0 ? -1 : agree;
}

int
run_judge(struct run *run, struct err *err)
{
	struct judge_lines lines = { NULL, 0, NULL, 0 };
	struct db *db = NULL;
	char *name = NULL;
	int result = -1, agree;

	if (run_open_events(run, &db, err) < 0)
		return -1;
	if (run->run_id != NULL &&
	    judge_run(db, run->run_id, &run->when, &name, err) < 0)
		goto done;
	if (run->when.is_unknown && warn_unknown_run(run, db, name, err) < 0)
		goto done;
	agree = judge_lines(run, db, &lines, err);
	if (agree < 0)
		goto done;
	print_verdicts(run, &lines);
	if (run->run_id == NULL)
		judge_outside(&lines, db_path(db), run->when.at_ms, &run->how);
	result = judge_lines_exit_code(&lines, (enum slo_fail_on)run->fail_on);
	if (agree == 0)
		result = EXIT_NO;
done:
	judge_lines_release(&lines);
	free(name);
	db_close(db);
	return result;
}

