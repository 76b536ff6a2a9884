/* SPDX-License-Identifier: ISC */
#include "cmd/tel-ingest/take.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "base/prog.h"
#include "base/progress.h"
#include "base/tim.h"
#include "io/file.h"
#include "io/ingest.h"
#include "io/store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAP_MAX_BYTES (1 << 20)

static struct progress progress;

static void
show_progress(const struct ingest_totals *totals)
{
	progress_show(&progress, "%" PRId64 " lines, %" PRId64 " MB, %" PRId64
	    " dead", totals->lines, totals->bytes / 1000000,
	    totals->fates[LEDGER_DEAD]);
}

/* Takes one input; "-" is stdin. */
static int
take(struct ingest *ingest, const char *path, struct err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	int result;

	if (fd < 0)
		return err_system(err, EXIT_NO_INPUT, "%s", path);
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

/* What is open while inputs are taken. */
struct taking {
	struct ingest_options options;
	struct db *db;
	struct ingest *ingest;
};

int
take_open_map(const char *path, struct map **out, struct err *err)
{
	struct buf program = BUF_EMPTY;
	int result = file_read(path, MAP_MAX_BYTES, &program, err);

	if (result == 0)
		result = map_open(out, buf_text(&program), path, NULL, err);
	buf_release(&program);
	return result;
}

/* Whether the option is the second of its two words; NULL is the first. */
static int
choose(const char *option, const char *text, const char *first,
    const char *second, bool *is_second, struct err *err)
{
	*is_second = text != NULL && strcmp(text, second) == 0;
	if (text == NULL || *is_second || strcmp(text, first) == 0)
		return 0;
	return err_set(err, EXIT_USAGE, "--%s: '%s' is neither %s nor %s",
	    option, text, first, second);
}

static int
open_redactor(struct taking *taking, const struct request *request,
    struct err *err)
{
	struct redact_options options = {
		.hash_keys = request->hash_keys.items,
		.hash_key_count = request->hash_keys.count,
	};
	bool is_off, drops;

	if (choose("redact", request->redact, "on", "off", &is_off, err) < 0 ||
	    choose("extra", request->extra, "keep", "drop", &drops, err) < 0)
		return -1;
	taking->options.reading.keep_extra = !drops;
	if (is_off && request->hash_keys.count > 0)
		return err_set(err, EXIT_USAGE, "--hash hides values and "
		    "--redact=off hides none; give one of them");
	if (is_off)
		return 0;
	taking->options.reading.redactor = redactor_open(&options);
	return 0;
}

/* Where to tell of dead letters and of what is stored for good. */
static int
open_listeners(struct taking *taking, const struct request *request,
    struct err *err)
{
	int mode;

	if (request->dead_letters != NULL) {
		taking->options.dead_letters = fopen(request->dead_letters,
		    "ae");
		if (taking->options.dead_letters == NULL)
			return err_system(err, EXIT_CREATE, "%s",
			    request->dead_letters);
	}
	if (request->ack_fd < 0)
		return 0;
	mode = fcntl((int)request->ack_fd, F_GETFL);
	if (mode < 0 || (mode & O_ACCMODE) == O_RDONLY)
		return err_set(err, EXIT_USAGE, "--ack-fd %" PRId64 ": is not "
		    "open for writing; try %" PRId64 ">FILE",
		    request->ack_fd, request->ack_fd);
	taking->options.acknowledgements = fdopen((int)request->ack_fd, "w");
	if (taking->options.acknowledgements == NULL)
		return err_system(err, EXIT_IO, "--ack-fd %" PRId64,
		    request->ack_fd);
	return 0;
}

/* The map first: its process is made from this one, while that is small and has
 * no database open. */
static int
open_all(struct taking *taking, const struct request *request,
    struct err *err)
{
	if (request->map != NULL && take_open_map(request->map,
	    &taking->options.reading.map, err) < 0)
		return -1;
	if (open_redactor(taking, request, err) < 0 ||
	    open_listeners(taking, request, err) < 0 ||
	    store_open(&taking->db, request->db, DB_WRITE, request->wait_ms,
	    err) < 0)
		return -1;
	return ingest_open(&taking->ingest, taking->db, &taking->options, err);
}

static void
close_all(struct taking *taking)
{
	ingest_close(taking->ingest);
	db_close(taking->db);
	map_close(taking->options.reading.map);
	redactor_close(taking->options.reading.redactor);
	if (taking->options.dead_letters != NULL)
		fclose(taking->options.dead_letters);
	if (taking->options.acknowledgements != NULL)
		fclose(taking->options.acknowledgements);
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
	if (open_all(&taking, request, &err) < 0) {
		exit_code = prog_fail(&err);
	} else {
		exit_code = (request->is_followed ? follow : take_all)(
		    taking.ingest, request->operands, request->operand_count);
		exit_code = judge(request, ingest_totals(taking.ingest),
		    exit_code);
		print_totals(ingest_totals(taking.ingest), round((double)(
		    tim_monotonic_ns() - start_ns) / 1e6) / 1e3);
	}
	close_all(&taking);
	return exit_code;
}
