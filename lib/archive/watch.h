/* SPDX-License-Identifier: ISC
 *
 * watch -- callbacks through which work on an archive reports.
 * Every member may be NULL. Arguments are borrowed for the call.
 */
#ifndef ARCHIVE_WATCH_H
#define ARCHIVE_WATCH_H

#include "segment/part.h"
#include "tel/event.h"
#include "tel/word.h"

struct archive_report {
	const char *path;               /* below the root of the archive */
	const struct part_name *name;   /* NULL when the file has no such name */
	const struct part_facts *facts; /* NULL when nothing could be read */
	const char *reason;             /* NULL for success, else a word of word.def */
	const char *words;              /* with a reason: what is wrong, naming the file */
	int64_t elapsed_ms;
};

struct archive_watch {
	void *context;
	/* One partition is done. */
	void (*part)(void *context, const struct archive_report *report);
	/* A warning for people, in words. */
	void (*warning)(void *context, const char *text);
	/* Progress: the current task, and how far it is. */
	void (*progress)(void *context, const char *doing, const char *table,
	    const char *day, int64_t row_count);
};

/* Appends the report as a line with an `archive` event. */
void archive_report_print(struct buf *out, struct event_writer *events,
    enum archive_action action, const struct archive_report *report);

/* Appends a line that says what would be packed: table, day, row_count. */
void archive_plan_print(struct buf *out, const char *table, const char *day,
    int64_t row_count);

#endif
