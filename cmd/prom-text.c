/* SPDX-License-Identifier: ISC
 *
 * prom-text -- the metrics of a run as Prometheus text: on stdout, or in a
 * file for node_exporter's textfile collector.
 */
#include "base/log.h"
#include "base/opt.h"
#include "base/prog.h"
#include "io/file.h"
#include "metric/metric.h"
#include "store/store.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static struct {
	const char *db, *run, *textfile;
	struct opt_list metrics;
	bool list;
} options;

static const struct opt option_table[] = {
	{ "db", 0, OPT_TEXT, "FILE", "the database (default: $TEL_DB)",
	    &options.db, 0, 0 },
	{ "run", 0, OPT_TEXT, "ID", "the run to show (default: the newest)",
	    &options.run, 0, 0 },
	{ "metrics", 0, OPT_LIST, "PACK", "tel, docstokg, a folder or "
	    "an .sql file; repeatable (default: tel)",
	    &options.metrics, 0, 0 },
	{ "textfile", 0, OPT_TEXT, "FILE", "replace FILE at once instead of "
	    "printing", &options.textfile, 0, 0 },
	{ "list", 0, OPT_FLAG, NULL, "print pack, name, type and help of "
	    "each metric", &options.list, 0, 0 },
};

static const struct opt_program program = {
	"[OPTION]...",
	"Print the metrics of a run as Prometheus text.",
	option_table, sizeof(option_table) / sizeof(option_table[0]),
	"Exit status: 0 printed; 2 there is no run to show, and only what does not\n"
	"depend on one was printed; 64 and more: nothing was printed or replaced.",
};

static int
check_options(int argc, char **argv, int first, struct err *err)
{
	if (first < argc)
		return err_set(err, EXIT_USAGE, "unexpected operand '%s'; the "
		    "database is given with --db FILE", argv[first]);
	if (options.run != NULL && options.run[0] == '\0')
		return err_set(err, EXIT_USAGE, "--run: the run is empty");
	if (options.textfile != NULL && options.textfile[0] == '\0')
		return err_set(err, EXIT_USAGE, "--textfile: no file is named");
	if (options.textfile != NULL && strcmp(options.textfile, "-") == 0)
		return err_set(err, EXIT_USAGE, "--textfile: needs a file; "
		    "without the option standard output is used");
	return 0;
}

static int
load(struct metric_pack *packs, struct err *err)
{
	if (options.metrics.count == 0)
		return options.list ? metric_pack_add_built_in(packs, err)
		    : metric_pack_add(packs, "tel", err);
	for (size_t i = 0; i < options.metrics.count; i++)
		if (metric_pack_add(packs, options.metrics.items[i], err) < 0)
			return -1;
	return 0;
}

static int
replace(const char *path, const struct buf *text, struct err *err)
{
	const char *dot = strrchr(path, '.');
	struct file_new file;

	if (dot == NULL || strcmp(dot, ".prom") != 0)
		log_warning("%s: node_exporter reads only files named *.prom",
		    path);
	if (file_create(&file, path, err) < 0)
		return -1;
	/* The collector is another user; the umask of a cron job must not
	 * lock it out. */
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
put(const struct buf *text, struct err *err)
{
	if (options.textfile != NULL)
		return replace(options.textfile, text, err);
	/* prog_end looks whether it could be written. */
	fwrite(buf_text(text), 1, text->len, stdout);
	return 0;
}

/* Returns the exit code, or -1 with err. */
static int
print_metrics(const struct metric_pack *packs, struct err *err)
{
	struct buf text = BUF_EMPTY;
	struct metric_result result;
	struct db *db = NULL;
	const char *path;
	int code = -1;

	if (store_path(options.db, &path, err) < 0 ||
	    store_open(&db, path, DB_READ, DB_WAIT_MS, err) < 0 ||
	    metric_print(packs, db, options.run, &text, &result, err) < 0)
		goto done;
	if (put(&text, err) == 0)
		code = result.lacks_run ? EXIT_NO_DATA : EXIT_YES;
	if (code == EXIT_NO_DATA && options.run != NULL)
		log_error("%s: no data: no event of run '%s'", path,
		    options.run);
	else if (code == EXIT_NO_DATA)
		log_error("%s: no data: no event that belongs to a run", path);
	log_info("run %s: %zu metrics, %zu samples", result.run_id != NULL
	    ? result.run_id : "none", result.family_count, result.sample_count);
	free(result.run_id);
done:
	db_close(db);
	buf_release(&text);
	return code;
}

int
main(int argc, char **argv)
{
	struct metric_pack *packs = metric_pack_open();
	struct buf text = BUF_EMPTY;
	struct err err;
	int first, code = -1;

	prog_start("prom-text");
	first = opt_parse(&program, argc, argv, &err);
	if (first == 0)
		code = EXIT_YES;
	else if (first < 0 || check_options(argc, argv, first, &err) < 0 ||
	    load(packs, &err) < 0)
		code = -1;
	else if (!options.list)
		code = print_metrics(packs, &err);
	else {
		metric_pack_list(packs, &text);
		fwrite(buf_text(&text), 1, text.len, stdout);
		code = EXIT_YES;
	}
	metric_pack_close(packs);
	buf_release(&text);
	return code < 0 ? prog_fail(&err) : prog_end(code);
}
