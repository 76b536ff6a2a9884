/* SPDX-License-Identifier: ISC */
#include "cmd/tel-ingest/take.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "base/prog.h"
#include "base/progress.h"
#include "base/tim.h"
#include "cmd/tel-ingest/taking.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct progress progress;

static void
show_progress(const struct ingest_totals *totals)
{
	progress_show(&progress, "%" PRId64 " lines, %" PRId64 " MB, %" PRId64
	    " dead", totals->lines, totals->bytes / 1000000,
	    totals->fates[LEDGER_DEAD]);
}

/* A verb that was mistyped looks like a file that is not there. */
static int
refuse(const char *path, struct err *err)
{
	static const char *const verbs[] = { "audit", "drift", "dead" };
	const char *near = errno != ENOENT ? NULL : opt_nearest(path, verbs,
	    sizeof(verbs) / sizeof(verbs[0]));

	err_system(err, EXIT_NO_INPUT, "%s", path);
	if (near == NULL)
		return -1;
	return err_set(err, EXIT_NO_INPUT, "%s: no such file; did you mean "
	    "tel-ingest %s?", path, near);
}

/* Takes one input; "-" is stdin. */
static int
take(struct ingest *ingest, const char *path, struct err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	int result;

	if (fd < 0)
		return refuse(path, err);
	result = ingest_run(ingest, fd, path, err);
	if (!is_stdin)
		close(fd);
	return result;
}

/* A signal came: what was read is stored, and the rest of a file is still there.
 * SIGTERM asks for a clean end, and this is one; whoever typed Ctrl-C before
 * "&& rm FILE" must not be told of success. */
static int
interrupted(const char *words)
{
	progress_end(&progress);
	log_warning("%s", words);
	return prog_signal() == SIGTERM ? EXIT_YES : EXIT_AGAIN;
}

/* What an input that did not end well means. */
static int
judge_input(const struct ingest *ingest, const struct err *err)
{
	if (ingest_totals(ingest)->is_interrupted &&
	    err->exit_code == EXIT_AGAIN)
		return interrupted(err->text);
	progress_end(&progress);
	return prog_fail(err);
}

/* Takes all inputs; one that cannot be opened does not keep the others out.
 * Returns the exit code. */
static int
take_all(struct ingest *ingest, char **paths, int count)
{
	int exit_code = EXIT_YES, i;
	struct buf words = BUF_EMPTY;
	struct err err;

	if (count == 0 && take(ingest, "-", &err) < 0)
		exit_code = judge_input(ingest, &err);
	for (i = 0; i < count && prog_signal() == 0; i++) {
		if (take(ingest, paths[i], &err) == 0)
			continue;
		exit_code = judge_input(ingest, &err);
		if (exit_code != EXIT_NO_INPUT && exit_code != EXIT_DATA)
			return exit_code;
	}
	progress_end(&progress);
	if (i < count) {
		buf_printf(&words, "%s: interrupted before it was taken; "
		    "run again", paths[i]);
		exit_code = interrupted(buf_text(&words));
		buf_release(&words);
	}
	return exit_code;
}

static int
follow(struct ingest *ingest, char **paths, int count)
{
	char dash[] = "-", *stdin_path[] = { dash };
	struct err err;
	int result = ingest_follow(ingest, count > 0 ? paths : stdin_path,
	    count > 0 ? count : 1, &err);

	progress_end(&progress);
	return result < 0 ? prog_fail(&err) : EXIT_YES;
}

static void
print_totals(const struct ingest_totals *totals, double seconds)
{
	struct buf out = BUF_EMPTY;
	struct json_writer json;

	json_writer_init(&json, &out);
	json_writer_open(&json, '{');
	json_writer_key_integer(&json, "lines", totals->lines);
	json_writer_key_integer(&json, "inserted",
	    totals->fates[LEDGER_INSERTED]);
	json_writer_key_integer(&json, "duplicate",
	    totals->fates[LEDGER_DUPLICATE]);
	json_writer_key_integer(&json, "filtered",
	    totals->fates[LEDGER_FILTERED]);
	json_writer_key_integer(&json, "dead", totals->fates[LEDGER_DEAD]);
	json_writer_key_integer(&json, "rows", totals->rows);
	json_writer_key_integer(&json, "redacted", totals->hidden);
	json_writer_key_integer(&json, "bytes", totals->bytes);
	json_writer_key_real(&json, "seconds", seconds);
	if (totals->is_interrupted) {
		json_writer_key(&json, "interrupted");
		json_writer_boolean(&json, true);
	}
	json_writer_close(&json, '}');
	puts(buf_text(&out));
	buf_release(&out);
}

/* What the totals mean for the exit code. */
static int
judge(const struct request *request, const struct ingest_totals *totals,
    int exit_code)
{
	int64_t dead = totals->fates[LEDGER_DEAD];

	if (dead > 0)
		log_warning("%" PRId64 " of %" PRId64 " lines %s refused; see "
		    "table dead_letters of %s", dead, totals->lines,
		    dead == 1 ? "was" : "were", request->db);
	if (exit_code == EXIT_YES && dead > 0 && request->is_strict)
		return EXIT_NO;
	return exit_code;
}

static void
warn(const char *text)
{
	progress_end(&progress);
	log_warning("%s", text);
}

int
take_run(const struct request *request)
{
	struct taking taking = { .options = { .source = request->source,
		.progress = show_progress, .warn = warn } };
	int64_t start_ns = tim_monotonic_ns();
	struct err err;
	int exit_code;

	prog_catch_signals();
	if (taking_open(&taking, request, &err) < 0) {
		exit_code = prog_fail(&err);
	} else {
		exit_code = (request->is_followed ? follow : take_all)(
		    taking.ingest, request->operands, request->operand_count);
		exit_code = judge(request, ingest_totals(taking.ingest),
		    exit_code);
		print_totals(ingest_totals(taking.ingest), round((double)(
		    tim_monotonic_ns() - start_ns) / 1e6) / 1e3);
	}
	taking_close(&taking);
	return exit_code;
}
