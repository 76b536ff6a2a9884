/* SPDX-License-Identifier: ISC */
#include "cmd/tel-archive/run.h"
#include "base/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int
run_open_catalog(const struct run *run, struct catalog *catalog,
    struct err *err)
{
	if (catalog_init(catalog, run->archive, true, err) < 0)
		return -1;
	if (catalog->is_torn)
		log_warning("%s/%s: the last line is incomplete and was "
		    "skipped", run->archive, CATALOG_FILE);
	return 0;
}

void
run_print(const struct buf *text)
{
	/* prog_exit reports it when the write fails. */
	fwrite(buf_text(text), 1, text->len, stdout);
}

/* Returns the action by which events name the verb. */
static enum archive_action
action_of(const struct verb *verb)
{
	return archive_action_find(verb->name, strlen(verb->name));
}

/* Prints an event on stdout, and after a failure a message on stderr. */
static void
print_report(void *context, const struct archive_report *what)
{
	struct run *run = context;
	struct buf line = BUF_EMPTY;

	archive_report_print(&line, &run->events, action_of(run->verb), what);
	run_print(&line);
	buf_release(&line);
	if (what->reason != NULL)
		log_error("%s", what->words);
}

static void
print_warning(void *context, const char *text)
{
	(void)context;
	log_warning("%s", text);
}

static void
show_progress(void *context, const char *doing, const char *table,
    const char *day, int64_t row_count)
{
	struct run *run = context;

	progress_show(&run->progress, "%s %s %s: %" PRId64 " rows", doing,
	    table, day, row_count);
}

struct archive_watch
run_watch(struct run *run)
{
	return (struct archive_watch){ run, print_report, print_warning,
		show_progress };
}
