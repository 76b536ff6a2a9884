/* SPDX-License-Identifier: ISC */
#include "segment/scan.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* TIER/TABLE/dt=DAY/FILE */
#define DEPTH 4

static void
add_text(char ***list, size_t *count, const char *text)
{
	*list = mem_resize(*list, *count + 1, sizeof(**list));
	(*list)[(*count)++] = mem_text(text);
}

static bool
is_leftover(const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t len = strlen(path);

	return slash != NULL && strncmp(slash, "/part-", 6) == 0 && len > 4 &&
	    strcmp(path + len - 4, ".tmp") == 0;
}

static void
add_file(struct segment_scan *scan, const char *path)
{
	struct part_name name;

	if (is_leftover(path)) {
		add_text(&scan->leftovers, &scan->leftover_count, path);
		return;
	}
	if (part_name_parse(path, strlen(path), &name) < 0) {
		add_text(&scan->strangers, &scan->stranger_count, path);
		return;
	}
	/* Doubling: the count is a power of two when the array is full. */
	if ((scan->part_count & (scan->part_count - 1)) == 0)
		scan->parts = mem_resize(scan->parts,
		    scan->part_count > 0 ? 2 * scan->part_count : 1,
		    sizeof(scan->parts[0]));
	scan->parts[scan->part_count++] = name;
}

/* Lists one folder; path is below root and not empty. A file where a folder is
 * expected, or the reverse, is a stranger. */
static int
walk(struct segment_scan *scan, const char *root, const char *path, int depth,
    struct err *err)
{
	struct buf full = BUF_EMPTY;
	struct dirent *entry;
	int result = 0;
	DIR *folder;

	buf_printf(&full, "%s/%s", root, path);
	folder = opendir(buf_text(&full));
	if (folder == NULL && errno == ENOTDIR)
		add_text(&scan->strangers, &scan->stranger_count, path);
	else if (folder == NULL && (errno != ENOENT || depth > 1))
		result = err_system(err, EXIT_IO, "%s", buf_text(&full));
	while (folder != NULL && result == 0 &&
	    (entry = readdir(folder)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		buf_reset(&full);
		buf_printf(&full, "%s/%s", path, entry->d_name);
		if (depth + 1 == DEPTH)
			add_file(scan, buf_text(&full));
		else
			result = walk(scan, root, buf_text(&full), depth + 1,
			    err);
	}
	if (folder != NULL)
		closedir(folder);
	buf_release(&full);
	return result;
}

static int
compare_names(const void *a, const void *b)
{
	return part_name_compare(a, b);
}

int
segment_scan(struct segment_scan *scan, const char *root, struct err *err)
{
	memset(scan, 0, sizeof(*scan));
	if (walk(scan, root, "cold", 1, err) < 0 ||
	    walk(scan, root, "warm", 1, err) < 0)
		return -1;
	if (scan->part_count > 0)
		qsort(scan->parts, scan->part_count, sizeof(scan->parts[0]),
		    compare_names);
	return 0;
}

void
segment_scan_release(struct segment_scan *scan)
{
	for (size_t i = 0; i < scan->leftover_count; i++)
		free(scan->leftovers[i]);
	for (size_t i = 0; i < scan->stranger_count; i++)
		free(scan->strangers[i]);
	free(scan->leftovers);
	free(scan->strangers);
	free(scan->parts);
	memset(scan, 0, sizeof(*scan));
}
