/* SPDX-License-Identifier: ISC */
#include "read/tail_rotated.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A date has at least 6 digits: 20261122 or 261122. A shorter number may belong
 * to the log of another program: app-2.log beside app.log. */
#define DATE_DIGITS 6
/* A longer number is a date, not the number of rotations. */
#define COUNTER_DIGITS 5

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
ends_in(const char *name, size_t len, const char *end)
{
	size_t end_len = strlen(end);

	return len > end_len && memcmp(name + len - end_len, end, end_len) == 0;
}

/* Returns the length of name without .gz or .zst. */
static size_t
plain_len(const char *name)
{
	size_t len = strlen(name);

	if (ends_in(name, len, ".gz"))
		return len - 3;
	return ends_in(name, len, ".zst") ? len - 4 : len;
}

/* Whether text is a separator and then at least min_digits digits, with only the
 * characters between them that dates have. */
static bool
is_stamp(const char *text, size_t len, size_t min_digits)
{
	size_t digits = 0;

	if (len < 2 || strchr("._-", text[0]) == NULL || !is_digit(text[1]))
		return false;
	for (size_t i = 1; i < len; i++) {
		if (is_digit(text[i]))
			digits++;
		else if (strchr("TZ:._-", text[i]) == NULL)
			return false;
	}
	return digits >= min_digits;
}

bool
tail_rotated_is_name(const char *name, const char *base)
{
	size_t len = plain_len(name), base_len = strlen(base);
	const char *extension = strrchr(base, '.');
	size_t stem_len = extension == NULL ? 0 : (size_t)(extension - base);

	if (len > base_len && memcmp(name, base, base_len) == 0) {
		const char *rest = name + base_len;
		size_t rest_len = len - base_len;

		return is_stamp(rest, rest_len, 1) ||
		    (rest_len == 4 && memcmp(rest, ".old", 4) == 0);
	}
	return stem_len > 0 && len > base_len && memcmp(name, base, stem_len) == 0 &&
	    ends_in(name, len, extension) &&
	    is_stamp(name + stem_len, len - base_len, DATE_DIGITS);
}

/* Returns how often the file was rotated, as in app.log.3; 0 if its name has a
 * date. */
static long
rotation_count(const char *path)
{
	size_t len = plain_len(path), start = len;

	while (start > 0 && is_digit(path[start - 1]))
		start--;
	return len - start > COUNTER_DIGITS ? 0 : strtol(path + start, NULL, 10);
}

static int
compare_ages(const void *left, const void *right)
{
	const struct tail_rotated *a = left, *b = right;
	long a_counter, b_counter;

	if (a->mtime_ns != b->mtime_ns)
		return a->mtime_ns < b->mtime_ns ? -1 : 1;
	a_counter = rotation_count(a->path);
	b_counter = rotation_count(b->path);
	if (a_counter != b_counter)
		return a_counter > b_counter ? -1 : 1;
	return strcmp(a->path, b->path);
}

static bool
is_listed(const struct tail_rotated_list *list, const struct stat *status)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].device == status->st_dev &&
		    list->items[i].inode == status->st_ino)
			return true;
	return false;
}

static void
add_rotated(struct tail_rotated_list *list, const char *path, size_t folder_len,
    const char *name, const struct stat *status)
{
	struct tail_rotated *item;
	size_t name_len = strlen(name);

	list->items = mem_resize(list->items, list->count + 1, sizeof(*list->items));
	item = &list->items[list->count++];
	item->path = mem_new(folder_len + name_len + 1, 1);
	memcpy(item->path, path, folder_len);
	memcpy(item->path + folder_len, name, name_len);
	item->device = status->st_dev;
	item->inode = status->st_ino;
	item->size_bytes = status->st_size;
	item->mtime_ns = status->st_mtim.tv_sec * INT64_C(1000000000) +
	    status->st_mtim.tv_nsec;
	item->is_compressed = plain_len(name) < name_len;
}

static DIR *
open_folder(const char *path, size_t folder_len)
{
	char *folder = folder_len == 0 ? mem_text(".") : mem_text_of(path, folder_len);
	DIR *out = opendir(folder);
	int saved = errno;

	free(folder);
	errno = saved;
	return out;
}

/* Adds the rotated files beside path. Returns -1 with errno. */
static int
list_beside(const char *path, struct tail_rotated_list *list)
{
	const char *slash = strrchr(path, '/');
	size_t folder_len = slash == NULL ? 0 : (size_t)(slash + 1 - path);
	DIR *folder = open_folder(path, folder_len);
	struct stat own, status;
	struct dirent *entry;
	bool has_own = stat(path, &own) == 0;
	int failed;

	if (folder == NULL)
		return errno == ENOENT ? 0 : -1;
	while (errno = 0, (entry = readdir(folder)) != NULL) {
		if (!tail_rotated_is_name(entry->d_name, path + folder_len) ||
		    fstatat(dirfd(folder), entry->d_name, &status,
		    AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(status.st_mode) ||
		    (has_own && own.st_dev == status.st_dev && own.st_ino == status.st_ino) ||
		    is_listed(list, &status))
			continue;
		add_rotated(list, path, folder_len, entry->d_name, &status);
	}
	failed = errno;
	closedir(folder);
	errno = failed;
	return failed == 0 ? 0 : -1;
}

int
tail_rotated(const char *path, struct tail_rotated_list *list, struct err *err)
{
	char *target;

	if (list_beside(path, list) < 0)
		goto fail;
	target = realpath(path, NULL);
	if (target != NULL && list_beside(target, list) < 0) {
		free(target);
		goto fail;
	}
	free(target);
	if (list->count > 1)
		qsort(list->items, list->count, sizeof(*list->items), compare_ages);
	return 0;
fail:
	err_system(err, EXIT_NO_INPUT, "%s: its folder", path);
	tail_rotated_release(list);
	return -1;
}

void
tail_rotated_release(struct tail_rotated_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i].path);
	free(list->items);
	*list = (struct tail_rotated_list)TAIL_ROTATED_NONE;
}
