/* SPDX-License-Identifier: ISC
 *
 * tel-ingest without a verb: stores events of files and stdin in the database, prints
 * what became of the lines, and reports faults.
 */
#include "base/json_writer.h"
#include "base/log.h"
#include "base/prog.h"
#include "base/tim.h"
#include "cmd/tel-ingest/take_setup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void
show_progress(void *context, const struct ingest_totals *totals)
{
	struct run *run = context;

	progress_show(&run->progress, "%" PRId64 " lines, %" PRId64 " MB, %" PRId64
	    " dead", totals->lines, totals->bytes / 1000000,
	    totals->fates[LEDGER_DEAD]);
}

/* Sets *err to the reason, open_errno, why path could not be opened. A mistyped verb
 * looks like a missing file, so the verb that may be meant is suggested. Returns -1. */
static int
explain_open(const struct run *run, const char *path, int open_errno,
    struct err *err)
{
	char near[VERB_WORD_SIZE];

	if (open_errno == ENOENT &&
	    verb_nearest(run->verbs, run->verb_count, path, near))
		return err_set(err, EXIT_NO_INPUT, "%s: no such file; did you "
		    "mean tel-ingest %s?", path, near);
	errno = open_errno;
	return err_system(err, EXIT_NO_INPUT, "%s", path);
}

/* Stores one input; "-" is stdin. */
static int
store_input(const struct run *run, struct ingest *ingest, const char *path,
    struct err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	int result;

	if (fd < 0)
		return explain_open(run, path, errno, err);
	result = ingest_run(ingest, fd, path, err);
	if (!is_stdin)
		close(fd);
	return result;
}

/* Ends after a signal: the lines that were read are stored, the rest of the file is
 * not. Returns the exit code: success after SIGTERM, which asks for a clean end, but
 * not after Ctrl-C, because "&& rm FILE" may follow. */
static int
end_interrupted(struct run *run, const char *words)
{
	progress_end(&run->progress);
	log_warning("%s", words);
	return prog_signal() == SIGTERM ? EXIT_YES : EXIT_AGAIN;
}

/* Prints the error at once, because other inputs and the totals follow. Returns
 * its exit code. */
static int
print_error(struct run *run, const struct err *err)
{
	progress_end(&run->progress);
	log_error("%s", err->text);
	return err->exit_code;
}

/* Prints why an input failed. Returns the exit code for it. */
static int
exit_code_of_input(struct run *run, const struct ingest *ingest,
    const struct err *err)
{
	if (ingest_totals(ingest)->is_interrupted &&
	    err->exit_code == EXIT_AGAIN)
		return end_interrupted(run, err->text);
	return print_error(run, err);
}

/* Stores all inputs. When one cannot be opened or has damaged data, the others are
 * still stored. Returns the exit code. */
static int
store_inputs(struct run *run, struct ingest *ingest)
{
	int exit_code = EXIT_YES, i;
	struct buf words = BUF_EMPTY;
	struct err err;

	if (run->operand_count == 0 && store_input(run, ingest, "-", &err) < 0)
		exit_code = exit_code_of_input(run, ingest, &err);
	for (i = 0; i < run->operand_count && prog_signal() == 0; i++) {
		if (store_input(run, ingest, run->operands[i], &err) == 0)
			continue;
		exit_code = exit_code_of_input(run, ingest, &err);
		if (exit_code != EXIT_NO_INPUT && exit_code != EXIT_DATA)
			return exit_code;
	}
	progress_end(&run->progress);
	if (i < run->operand_count) {
		buf_printf(&words, "%s: interrupted before it was read; "
		    "run again", run->operands[i]);
		exit_code = end_interrupted(run, buf_text(&words));
		buf_release(&words);
	}
	return exit_code;
}

/* Stores what is appended to the inputs. Returns the exit code. */
static int
follow_inputs(struct run *run, struct ingest *ingest)
{
	char dash[] = "-", *stdin_path[] = { dash };
	bool has_files = run->operand_count > 0;
	struct err err;

	if (ingest_follow(ingest, has_files ? run->operands : stdin_path,
	    has_files ? run->operand_count : 1, &err) < 0)
		return print_error(run, &err);
	progress_end(&run->progress);
	return EXIT_YES;
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

/* Warns of refused lines. Returns exit_code; EXIT_NO when it is EXIT_YES, lines were
 * refused, and --strict was given. */
static int
exit_code_of_totals(const struct run *run, const struct ingest_totals *totals,
    int exit_code)
{
	int64_t dead = totals->fates[LEDGER_DEAD];

	if (dead > 0)
		log_warning("%" PRId64 " of %" PRId64 " lines %s refused; see "
		    "table dead_letters of %s", dead, totals->lines,
		    dead == 1 ? "was" : "were", run->db);
	if (exit_code == EXIT_YES && dead > 0 && run->is_strict)
		return EXIT_NO;
	return exit_code;
}

static void
print_warning(void *context, const char *text)
{
	struct run *run = context;

	progress_end(&run->progress);
	log_warning("%s", text);
}

int
take_verb(struct run *run, struct err *err)
{
	struct take_setup setup = { .options = { .source = run->source,
		.context = run, .progress = show_progress,
		.warn = print_warning } };
	int64_t start_ns = tim_monotonic_ns();
	int result;

	prog_catch_signals();
	result = take_setup_open(&setup, run, err);
	if (result == 0) {
		result = (run->is_followed ? follow_inputs : store_inputs)(run,
		    setup.ingest);
		result = exit_code_of_totals(run, ingest_totals(setup.ingest),
		    result);
		print_totals(ingest_totals(setup.ingest), round((double)(
		    tim_monotonic_ns() - start_ns) / 1e6) / 1e3);
	}
	take_setup_close(&setup);
	return result;
}
