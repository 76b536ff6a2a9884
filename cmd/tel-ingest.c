/* SPDX-License-Identifier: ISC
 *
 * tel-ingest -- takes events from stdin and files into one SQLite database,
 * each exactly once, and accounts for every line.
 */
#include "base/json_writer.h"
#include "base/log.h"
#include "base/opt.h"
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
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAP_MAX_BYTES (1 << 20)

struct settings {
	const char *db, *map, *source, *dead_letters;
	int64_t wait_ms;
	bool is_strict;
};

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

/* Takes all inputs; one that cannot be opened does not keep the others out.
 * Returns the exit code. */
static int
take_all(struct ingest *ingest, char **paths, int count)
{
	int exit_code = EXIT_YES, i;
	struct err err;

	if (count == 0 && take(ingest, "-", &err) < 0)
		exit_code = prog_fail(&err);
	for (i = 0; i < count && prog_signal() == 0; i++) {
		if (take(ingest, paths[i], &err) == 0)
			continue;
		progress_end(&progress);
		exit_code = prog_fail(&err);
		if (exit_code != EXIT_NO_INPUT && exit_code != EXIT_DATA)
			return exit_code;
	}
	progress_end(&progress);
	if (i < count) {
		log_error("%s: interrupted before it was taken; run again",
		    paths[i]);
		exit_code = EXIT_AGAIN;
	}
	return exit_code;
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
	json_writer_key_integer(&json, "bytes", totals->bytes);
	json_writer_key_real(&json, "seconds", seconds);
	json_writer_close(&json, '}');
	puts(buf_text(&out));
	buf_release(&out);
}

/* What the totals mean for the exit code. */
static int
judge(const struct settings *settings, const struct ingest_totals *totals,
    int exit_code)
{
	int64_t dead = totals->fates[LEDGER_DEAD];

	if (dead > 0)
		log_warning("%" PRId64 " of %" PRId64 " lines %s refused; see "
		    "table dead_letters of %s", dead, totals->lines,
		    dead == 1 ? "was" : "were", settings->db);
	if (exit_code == EXIT_YES && dead > 0 && settings->is_strict)
		return EXIT_NO;
	return exit_code;
}

static int
open_map(const char *path, struct filter **out, struct err *err)
{
	struct buf program = BUF_EMPTY;
	int result = file_read(path, MAP_MAX_BYTES, &program, err);

	if (result == 0)
		result = filter_open(out, buf_text(&program), path, err);
	buf_release(&program);
	return result;
}

/* Opens what the settings name, takes the inputs, returns the exit code. */
static int
run(const struct settings *settings, char **paths, int count)
{
	struct ingest_options options = { settings->source, NULL, NULL,
		show_progress };
	int64_t start_ns = tim_monotonic_ns();
	struct ingest *ingest = NULL;
	struct db *db = NULL;
	struct err err;
	int exit_code;

	if (settings->map != NULL &&
	    open_map(settings->map, &options.map, &err) < 0)
		goto fail;
	if (settings->dead_letters != NULL) {
		options.dead_letters = fopen(settings->dead_letters, "ae");
		if (options.dead_letters == NULL) {
			err_system(&err, EXIT_CREATE, "%s",
			    settings->dead_letters);
			goto fail;
		}
	}
	if (store_open(&db, settings->db, DB_WRITE, settings->wait_ms,
	    &err) < 0 || ingest_open(&ingest, db, &options, &err) < 0)
		goto fail;
	exit_code = take_all(ingest, paths, count);
	exit_code = judge(settings, ingest_totals(ingest), exit_code);
	print_totals(ingest_totals(ingest),
	    round((double)(tim_monotonic_ns() - start_ns) / 1e6) / 1e3);
	goto done;
fail:
	exit_code = prog_fail(&err);
done:
	ingest_close(ingest);
	db_close(db);
	filter_close(options.map);
	if (options.dead_letters != NULL)
		fclose(options.dead_letters);
	return exit_code;
}

int
main(int argc, char **argv)
{
	struct settings settings = { NULL, NULL, NULL, NULL, DB_WAIT_MS, false };
	const struct opt options[] = {
		{ "db", 'd', OPT_TEXT, "FILE",
		    "the database; made when it is missing (default: $TEL_DB)",
		    &settings.db, 0, 0 },
		{ "map", 'm', OPT_TEXT, "FILE.jq",
		    "jq program that makes events of each line", &settings.map,
		    0, 0 },
		{ "source", 's', OPT_TEXT, "NAME",
		    "name of the input, for lines that no producer stamped",
		    &settings.source, 0, 0 },
		{ "strict", 0, OPT_FLAG, NULL,
		    "exit 1 when a line was refused", &settings.is_strict, 0,
		    0 },
		{ "dead-letters", 0, OPT_TEXT, "FILE",
		    "append refused lines to FILE too, as JSON",
		    &settings.dead_letters, 0, 0 },
		{ "wait", 'w', OPT_DURATION_MS, "DURATION",
		    "how long to wait for other writers (default: 4s)",
		    &settings.wait_ms, 0, 3600000 },
	};
	const struct opt_program program = {
		"[OPTION]... [FILE]...",
		"Take events (JSON, one a line) into a SQLite database, each "
		"exactly once.\nWithout FILE, or for -, read stdin. Prints what "
		"became of the lines.",
		options, sizeof(options) / sizeof(options[0]), NULL,
	};
	struct err err;
	int first;

	prog_start("tel-ingest");
	first = opt_parse(&program, argc, argv, &err);
	if (first < 0 || (first > 0 &&
	    store_path(settings.db, &settings.db, &err) < 0))
		return prog_fail(&err);
	if (first == 0)
		return prog_end(EXIT_YES);
	prog_catch_signals();
	return prog_end(run(&settings, argv + first, argc - first));
}
