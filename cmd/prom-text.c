/* SPDX-License-Identifier: ISC
 *
 * prom-text -- prints the metrics of a run as Prometheus text, on stdout or into a
 * file for node_exporter's textfile collector.
 */
#include "base/log.h"
#include "base/opt.h"
#include "base/prog.h"
#include "io/file.h"
#include "metric/metric.h"
#include "store/store.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The command line, and the packs that it names. */
struct run {
	const char *db, *run_id, *textfile;
	struct opt_list metrics;
	bool is_list; /* print the list of metrics, not their values */
	struct metric_pack *packs;
};

static const struct opt options[] = {
	OPT_TEXT_AT("db", 'd', "FILE", db,
	    "the database (default: $TEL_DB)"),
	OPT_TEXT_AT("run", 'r', "ID", run_id,
	    "the run to show (default: the newest)"),
	OPT_LIST_AT("metrics", 0, "PACK", metrics,
	    "tel, docstokg, a folder or an .sql file; may be repeated "
	    "(default: tel)"),
	OPT_TEXT_AT("textfile", 0, "FILE", textfile,
	    "replace FILE at once instead of printing"),
	OPT_FLAG_AT("list", 0, is_list,
	    "print pack, name, type and help of each metric"),
};

static const struct opt_program program = {
	.synopsis = "[OPTION]...",
	.purpose = "Print the metrics of a run as Prometheus text.",
	.options = options,
	.count = sizeof(options) / sizeof(options[0]),
	.more = "Exit code: 0 printed; 2 no run to show or not all of it, only the\n"
	    "metrics that need none were printed; 64 and above: nothing was\n"
	    "printed or replaced.",
	.examples = {
		"prom-text --db tel.db --textfile tel.prom",
		"prom-text --db tel.db --run r1 --metrics docstokg",
	},
};

/* Returns what opt_parse returns. */
static int
parse(struct run *run, int argc, char **argv, struct err *err)
{
	int first = opt_parse(&program, run, argc, argv, err);

	if (first > 0 && first < argc)
		return err_set(err, EXIT_USAGE, "unexpected operand '%s'; the "
		    "database is given with --db FILE", argv[first]);
	return first;
}

static int
check(const struct run *run, struct err *err)
{
	if (run->textfile != NULL && strcmp(run->textfile, "-") == 0)
		return err_set(err, EXIT_USAGE, "--textfile: needs a file; "
		    "without the option standard output is used");
	return 0;
}

static int
load_packs(struct run *run, struct err *err)
{
	run->packs = metric_pack_open();
	if (run->metrics.count == 0)
		return run->is_list ? metric_pack_add_built_in(run->packs, err)
		    : metric_pack_add(run->packs, "tel", err);
	for (size_t i = 0; i < run->metrics.count; i++)
		if (metric_pack_add(run->packs, run->metrics.items[i], err) < 0)
			return -1;
	return 0;
}

static int
replace_textfile(const char *path, const struct buf *text, struct err *err)
{
	const char *dot = strrchr(path, '.');
	struct file_new file;

	if (dot == NULL || strcmp(dot, ".prom") != 0)
		log_warning("%s: node_exporter reads only files named *.prom",
		    path);
	if (file_create(&file, path, err) < 0)
		return -1;
	/* The collector runs as another user, who must be able to read the file whatever
	 * the umask of a cron job is. */
	if (fchmod(file.fd, 0644) < 0) {
		err_system(err, EXIT_CREATE, "%s", path);
		goto fail;
	}
	if (file_write(&file, buf_text(text), text->len, err) < 0)
		goto fail;
	return file_commit(&file, err);
fail:
	file_abandon(&file);
	return -1;
}

static int
write_text(const struct run *run, const struct buf *text, struct err *err)
{
	if (run->textfile != NULL)
		return replace_textfile(run->textfile, text, err);
	/* prog_exit reports it when the write fails. */
	fwrite(buf_text(text), 1, text->len, stdout);
	return 0;
}

/* Says why no run was shown. */
static void
tell_no_run(const struct run *run, const char *path, const struct metric_result *result)
{
	const struct run_left *left = &result->left;

	if (left->rows > 0)
		log_error("%s: no data: run '%s' is not whole: %s%" PRId64
		    " of its events left for %s", path, result->run_id,
		    left->is_exact ? "" : "at most ", left->rows,
		    left->archive != NULL ? left->archive : "an archive");
	else if (run->run_id != NULL)
		log_error("%s: no data: no event of run '%s'", path,
		    run->run_id);
	else
		log_error("%s: no data: no event that belongs to a run", path);
}

/* Returns the exit code, or -1. */
static int
print_metrics(const struct run *run, struct err *err)
{
	struct buf text = BUF_EMPTY;
	struct metric_result result;
	struct db *db = NULL;
	const char *path;
	int code = -1;

	if (store_path(run->db, &path, err) < 0 ||
	    store_open(&db, path, DB_READ, DB_WAIT_MS, err) < 0 ||
	    metric_print(run->packs, db, run->run_id, &text, &result, err) < 0)
		goto done;
	if (write_text(run, &text, err) == 0)
		code = result.lacks_run || result.left.rows > 0 ? EXIT_NO_DATA
		    : EXIT_YES;
	if (result.dropped_count > 0)
		log_warning("samples left out: %zu; the first: %s", result.dropped_count,
		    result.dropped.text);
	if (code == EXIT_NO_DATA)
		tell_no_run(run, path, &result);
	log_info("run %s: %zu metrics, %zu samples", result.run_id != NULL
	    ? result.run_id : "none", result.family_count, result.sample_count);
	metric_result_release(&result);
done:
	db_close(db);
	buf_release(&text);
	return code;
}

static void
print_list(const struct run *run)
{
	struct buf text = BUF_EMPTY;

	metric_pack_list(run->packs, &text);
	fwrite(buf_text(&text), 1, text.len, stdout);
	buf_release(&text);
}

/* Executes the command line. Returns the exit code, or -1. */
static int
work(struct run *run, struct err *err)
{
	if (check(run, err) < 0 || load_packs(run, err) < 0)
		return -1;
	if (!run->is_list)
		return print_metrics(run, err);
	print_list(run);
	return EXIT_YES;
}

int
main(int argc, char **argv)
{
	struct run run = { .db = NULL };
	struct err err;
	int result;

	prog_start("prom-text");
	result = parse(&run, argc, argv, &err);
	if (result > 0)
		result = work(&run, &err);
	metric_pack_close(run.packs);
	opt_list_release(&run.metrics);
	return prog_exit(result, &err);
}
