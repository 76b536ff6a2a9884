/* SPDX-License-Identifier: ISC */
#include "archive/cleanup.h"
#include "base/log.h"
#include "base/prog.h"
#include "store/store.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void
archive_program(char out[CATALOG_PROGRAM_SIZE])
{
	snprintf(out, CATALOG_PROGRAM_SIZE, "%s %s", log_program(),
	    PROG_VERSION);
}

static void
warn(const struct archive_watch *watch, const char *text)
{
	if (watch->warning != NULL)
		watch->warning(watch->context, text);
}

static int
remove_leftovers(const char *root, const struct segment_scan *scan,
    struct err *err)
{
	struct buf path = BUF_EMPTY;
	int result = 0;

	for (size_t i = 0; i < scan->leftover_count && result == 0; i++) {
		buf_reset(&path);
		buf_printf(&path, "%s/%s", root, scan->leftovers[i]);
		if (unlink(buf_text(&path)) < 0 && errno != ENOENT)
			result = err_system(err, EXIT_IO, "%s",
			    buf_text(&path));
	}
	buf_release(&path);
	return result;
}

/* A damaged file is left as it is: it may be what remains of something. */
static int
enter_in_catalog(struct catalog *catalog, const struct part_name *name,
    struct json_parser *parser, int64_t now_ms,
    const struct archive_watch *watch, struct err *err)
{
	struct catalog_entry entry = { .name = *name, .created_ms = now_ms,
		.store_version = STORE_VERSION };
	struct buf path = BUF_EMPTY, text = BUF_EMPTY;
	struct err damage;
	int result = 0;

	archive_program(entry.program);
	part_path(&path, catalog->root, name);
	if (part_check(buf_text(&path), parser, &entry.facts,
	    &damage) < 0) {
		buf_printf(&text, "%s; it is not in the catalog either and is "
		    "left alone", damage.text);
		warn(watch, buf_text(&text));
	} else if (entry.facts.from_ts_ms < name->day_ms ||
	    entry.facts.until_ts_ms > name->day_ms + TIM_MS_PER_DAY) {
		buf_printf(&text, "%s: holds rows of other days than %s; it is "
		    "not in the catalog and is left alone", buf_text(&path),
		    name->day);
		warn(watch, buf_text(&text));
	} else
		result = catalog_add(catalog, &entry, err);
	buf_release(&path);
	buf_release(&text);
	return result;
}

int
archive_clean_up(struct catalog *catalog, struct segment_scan *scan,
    int64_t now_ms, const struct archive_watch *watch, struct err *err)
{
	struct json_parser *parser = NULL;
	int result = 0;

	if (segment_scan(scan, catalog->root, err) < 0 ||
	    remove_leftovers(catalog->root, scan, err) < 0)
		return -1;
	for (size_t i = 0; i < scan->part_count && result == 0; i++) {
		const struct part_name *name = &scan->parts[i];

		if (catalog_find(catalog, name) != NULL ||
		    strcmp(name->format, "jsonl.zst") != 0)
			continue;
		if (parser == NULL)
			parser = json_open(PART_MAX_LINE_BYTES);
		result = enter_in_catalog(catalog, name, parser, now_ms, watch, err);
	}
	json_close(parser);
	return result;
}
