/* SPDX-License-Identifier: ISC
 *
 * One evaluation, on stdout or into a file for node_exporter's textfile collector.
 */
#include "base/log.h"
#include "base/mem.h"
#include "base/tim.h"
#include "cmd/prom-text/run.h"
#include "io/file.h"
#include "metric/self_families.h"
#include "store/store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Sets *out to the file that is to be replaced, which the caller frees: of a link, what it
 * points to. A device or FIFO would be gone for all who use it. */
static int
find_textfile(const char *path, char **out, struct err *err)
{
	struct stat status;

	*out = realpath(path, NULL);
	if (*out == NULL && lstat(path, &status) < 0 && errno == ENOENT) {
		*out = mem_text(path);
		return 0;
	}
	if (*out == NULL)
		return err_system(err, EXIT_CREATE, "%s", path);
	if (stat(*out, &status) == 0 && S_ISREG(status.st_mode))
		return 0;
	free(*out);
	return err_set(err, EXIT_CREATE, "%s: not a regular file", path);
}

static int
replace_file(const char *path, const struct buf *text, struct err *err)
{
	struct file_new file;

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
replace_textfile(const char *path, const struct buf *text, struct err *err)
{
	const char *dot = strrchr(path, '.');
	char *real;
	int result;

	if (dot == NULL || strcmp(dot, ".prom") != 0)
		log_warning("%s: node_exporter reads only files named *.prom",
		    path);
	if (find_textfile(path, &real, err) < 0)
		return -1;
	result = replace_file(real, text, err);
	free(real);
	return result;
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

/* Says what is not shown of a run. */
static void
tell_run(const struct run *run, const char *path, const struct metric_result *result)
{
	const struct run_left *left = &result->left;

	if (left->rows > 0)
		log_error("%s: no data: run '%s' is not whole: %s%" PRId64
		    " of its events left for %s", path, result->run_id,
		    left->is_exact ? "" : "at most ", left->rows,
		    left->archive != NULL ? left->archive : "an archive");
	else if (result->lacks_run)
		log_error("%s: no data: no event of run '%s'", path, run->run_id);
}

void
run_warn_samples(const struct judge_options *options, const struct metric_result *result)
{
	struct buf text = BUF_EMPTY;

	if (result->dropped_count > 0) {
		buf_printf(&text, "samples left out: %zu; the first: %s",
		    result->dropped_count, result->dropped.text);
		options->warn(options->warn_context, buf_text(&text));
	}
	buf_reset(&text);
	if (result->folded_count > 0) {
		buf_printf(&text, "%zu label set%s the series 'other'; tel_dropped_series "
		    "says of which metric", result->folded_count, result->folded_count == 1
		    ? " is past max_series and has" : "s are past max_series and share");
		options->warn(options->warn_context, buf_text(&text));
	}
	buf_release(&text);
}

/* Evaluates db and appends the text. */
static int
print_metrics(struct run *run, struct db *db, struct buf *text,
    struct metric_result *result, struct err *err)
{
	const struct metric_request request = { .packs = run->packs,
		.slos = run->has_slos ? &run->slos : NULL, .run_id = run->run_id,
		.run_count = (size_t)run->run_count,
		.options = run->how, .now_ms = tim_now_ms() };
	struct self_facts facts = { .is_up = true, .at_ms = request.now_ms, .since_ms = -1 };
	enum exposition_format format = run->is_openmetrics ? EXPOSITION_OPENMETRICS
	    : EXPOSITION_TEXT;
	struct metric_families families = { NULL, 0, 0 }, self = { NULL, 0, 0 };
	int64_t start_ns = tim_monotonic_ns();
	int code = metric_evaluate(&families, &request, db, result, err);

	if (code == 0) {
		facts.since_ms = result->since_ms;
		facts.pending_count = result->pending_count;
		facts.elapsed_ns = tim_monotonic_ns() - start_ns;
		if (run->has_self)
			self_families_add(&self, &facts);
		code = metric_families_print(&families, format, run->constants,
		    run->constant_count, text, err);
	}
	if (code == 0)
		code = metric_families_settle(&self, err);
	if (code == 0)
		code = metric_families_print(&self, format, run->constants,
		    run->constant_count, text, err);
	if (code == 0)
		exposition_end(format, text);
	metric_families_release(&self);
	metric_families_release(&families);
	return code;
}

int
run_once(struct run *run, struct err *err)
{
	struct buf text = BUF_EMPTY;
	struct metric_result result = { .run_id = NULL };
	struct db *db = NULL;
	const char *path;
	int code = -1;

	if (store_path(run->db, &path, err) == 0 &&
	    store_open(&db, path, DB_READ, DB_WAIT_MS, err) == 0 &&
	    print_metrics(run, db, &text, &result, err) == 0 &&
	    write_text(run, &text, err) == 0) {
		code = result.lacks_run || result.left.rows > 0 ? EXIT_NO_DATA : EXIT_YES;
		tell_run(run, path, &result);
		run_warn_samples(&run->how, &result);
		log_info("run %s: %zu metrics, %zu samples", result.run_id != NULL
		    ? result.run_id : "none", result.family_count, result.sample_count);
	}
	metric_result_release(&result);
	db_close(db);
	buf_release(&text);
	return code;
}
