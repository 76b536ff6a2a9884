/* SPDX-License-Identifier: ISC
 *
 * Finds what an operand of the command line names at a given moment: the way
 * through symbolic links, the file at its end, and the files that it named before
 * and that have not been read to their end yet.
 */
#include "read/tail_private.h"
#include "base/mem.h"
#include "io/file.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The most that the kernel follows (path_resolution(7)). */
#define MAX_SYMBOLIC_LINKS 40

struct tail_file *
tail_find(const struct tail *tail, uint64_t device, uint64_t inode)
{
	TAIL_EACH_NAME(tail, name)
		TAIL_EACH_FILE(name, file)
			if (file->device == device && file->inode == inode)
				return file;
	return NULL;
}

static void
forget_links(struct tail *tail, struct tail_link *links, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		tail_watch_drop(tail, links[i].watch);
		free(links[i].component);
	}
	free(links);
}

static int
add_link(struct tail_name *name, const char *folder, const char *component,
    size_t len)
{
	struct tail_link *link;
	int watch;

	if (tail_watch_folder(name->tail, folder, &watch) < 0)
		return -1;
	name->links = mem_resize(name->links, name->link_count + 1,
	    sizeof(*name->links));
	link = &name->links[name->link_count++];
	link->watch = watch;
	link->component = mem_text_of(component, len);
	return 0;
}

/* How far a path has been followed. */
struct way {
	char folder[PATH_MAX]; /* without symbolic links */
	char rest[PATH_MAX];
};

static int
join_path(char out[PATH_MAX], const char *folder, const char *separator,
    const char *rest, size_t len)
{
	int all = snprintf(out, PATH_MAX, "%s%s%.*s", folder, separator, (int)len, rest);

	if (all < 0 || all >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return 0;
}

/* Follows one component of the way. Returns 1 when there are more, 0 when that
 * was the last, -1 with errno. */
static int
follow_component(struct tail_name *name, struct way *way, int *link_count)
{
	const char *component = way->rest + strspn(way->rest, "/");
	size_t len = strcspn(component, "/");
	const char *after = component + len;
	char place[PATH_MAX], target[PATH_MAX], rest[PATH_MAX];
	bool is_last = after[strspn(after, "/")] == '\0';
	ssize_t got;

	if (join_path(place, way->folder, strcmp(way->folder, "/") == 0 ? "" : "/",
	    component, len) < 0)
		return -1;
	got = readlink(place, target, sizeof(target) - 1);
	if ((got >= 0 || is_last) &&
	    add_link(name, way->folder, component, len) < 0)
		return -1;
	if (got < 0 && !is_last)
		memcpy(way->folder, place, sizeof(place));
	if (got < 0) {
		memmove(way->rest, after, strlen(after) + 1);
		return is_last ? 0 : 1;
	}
	target[got] = '\0';
	if (++*link_count > MAX_SYMBOLIC_LINKS) {
		errno = ELOOP;
		return -1;
	}
	if (join_path(rest, target, "", after, strlen(after)) < 0)
		return -1;
	memcpy(way->rest, rest, sizeof(rest));
	if (target[0] == '/')
		memcpy(way->folder, "/", 2);
	return 1;
}

/* Watches all folders that determine where the path leads: that of each
 * symbolic link on the way, and that of the file. Returns -1 with errno. */
static int
watch_way(struct tail_name *name)
{
	struct tail_link *old = name->links;
	size_t old_count = name->link_count;
	struct way way = { 0 };
	int result, links = 0, saved;

	name->links = NULL;
	name->link_count = 0;
	memcpy(way.folder, name->path[0] == '/' ? "/" : ".", 2);
	result = join_path(way.rest, "", "", name->path, strlen(name->path));
	while (result >= 0 && (result = follow_component(name, &way, &links)) == 1)
		continue;
	saved = errno;
	forget_links(name->tail, old, old_count);
	errno = saved;
	return result;
}

/* Marks all files before the current one as replaced. */
static void
replace_old(struct tail_name *name)
{
	TAIL_EACH_FILE(name, file)
		if (file != name->current)
			tail_file_replace(file);
}

static void
leave_current(struct tail_name *name)
{
	name->is_rotated = true;
	if (name->current == NULL)
		return;
	name->current->may_have_changed = true;
	name->current = NULL;
	/* Another operand may lead to the same file, which was this operand's until
	 * now. */
	TAIL_EACH_NAME(name->tail, other)
		other->is_dirty |= other->current == NULL;
}

static int
open_current(struct tail_name *name, const struct stat *status, struct err *err)
{
	struct tail_file *file;

	if (tail_file_open(&file, name, name->path, status) < 0) {
		if (errno != ENOENT)
			return err_system(err, EXIT_NO_INPUT, "%s", name->path);
		file = NULL;
	}
	name->is_dirty = file == NULL;
	if (file == NULL)
		return 0;
	leave_current(name);
	name->current = file;
	replace_old(name);
	return 0;
}

/* Makes a file that is already open the current one of the name. */
static void
adopt_known(struct tail_name *name, struct tail_file *file)
{
	bool is_free = file->name->current != file && file->state != TAIL_RETIRED;

	leave_current(name);
	if (is_free) {
		tail_file_move(file, name, NULL);
		file->is_replaced = false;
		name->current = file;
	}
	name->is_dirty = false;
	replace_old(name);
}

int
tail_name_look(struct tail_name *name, struct err *err)
{
	struct tail_file *known;
	struct stat status;

	name->is_dirty = false;
	if (watch_way(name) < 0)
		return err_system(err, EXIT_NO_INPUT, "%s: its folder", name->path);
	if (stat(name->path, &status) < 0) {
		if (errno != ENOENT)
			return err_system(err, EXIT_NO_INPUT, "%s", name->path);
		if (name->current != NULL)
			leave_current(name);
		name->is_dirty = false;
		return 0;
	}
	known = tail_find(name->tail, status.st_dev, status.st_ino);
	if (known != NULL && known == name->current)
		return 0;
	if (known == NULL)
		return open_current(name, &status, err);
	if (known->name->current != known || name->current != NULL)
		adopt_known(name, known);
	return 0;
}

static struct tail_name *
find_name(struct tail *tail, const char *path)
{
	TAIL_EACH_NAME(tail, name)
		if (strcmp(name->path, path) == 0)
			return name;
	return NULL;
}

bool
tail_name_has_copy(const struct tail_file *added)
{
	TAIL_EACH_FILE(added->name, file)
		if (file != added && tail_file_is_copy(added, file))
			return true;
	return false;
}

/* Whether the path leads to a file that will be followed, but is not yet. */
static bool
leads_to_new_file(const struct tail_name *name)
{
	struct stat status;

	return !name->is_fixed && !name->is_failing &&
	    stat(name->path, &status) == 0 &&
	    tail_find(name->tail, status.st_dev, status.st_ino) == NULL;
}

int
tail_add(struct tail *tail, const char *operand, const char *path,
    uint64_t device, uint64_t inode, struct err *err)
{
	struct tail_name *name = find_name(tail, operand);
	struct tail_file *file = NULL;
	struct stat status;

	if (name == NULL || tail_find(tail, device, inode) != NULL)
		return 0;
	if (stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
	    status.st_dev == device && status.st_ino == inode &&
	    tail_file_open(&file, name, path, &status) < 0 && errno != ENOENT)
		return err_system(err, EXIT_NO_INPUT, "%s", path);
	if (file == NULL) {
		name->is_rotated = true;
		return 0;
	}
	/* The new file may be a copy of the one that the path leads to. */
	if (leads_to_new_file(name) && tail_name_look(name, err) < 0)
		name->is_dirty = true;
	if (tail_name_has_copy(file)) {
		tail_file_close(file);
		return 0;
	}
	file->may_be_copy = status.st_size == 0;
	/* If the current generation was truncated, its copy must come after it. */
	if (name->current != NULL && name->current->state != TAIL_TRUNCATED)
		tail_file_move(file, name, name->current);
	tail_file_replace(file);
	tail_file_check(file);
	return 1;
}

void
tail_name_poll(struct tail_name *name)
{
	char *folder = file_folder_of(name->path);
	struct stat status;

	if (stat(folder, &status) == 0) {
		int64_t changed_ns = status.st_mtim.tv_sec * INT64_C(1000000000) +
		    status.st_mtim.tv_nsec;

		name->is_rotated |= changed_ns != name->folder_ns;
		name->folder_ns = changed_ns;
	}
	free(folder);
}

/* Stops following the path. */
static void
stop_following(struct tail_name *name)
{
	struct tail_link *links = name->links;
	size_t count = name->link_count;

	name->is_fixed = true;
	name->is_rotated = false;
	name->links = NULL;
	name->link_count = 0;
	forget_links(name->tail, links, count);
}

void
tail_file_done(struct tail_file *file)
{
	struct tail_name *name = file->name;
	bool is_refused = file->state == TAIL_CURRENT && name->current == file;

	if (file->state == TAIL_TRUNCATED) {
		tail_file_begin_anew(file);
		return;
	}
	tail_file_close(file);
	if (is_refused)
		stop_following(name);
	/* Another operand may lead to the same file, which was this operand's until
	 * now. */
	TAIL_EACH_NAME(name->tail, other)
		other->is_dirty = true;
}

void
tail_name_release(struct tail_name *name)
{
	while (name->first != NULL)
		tail_file_close(name->first);
	for (size_t i = 0; i < name->link_count; i++)
		free(name->links[i].component);
	free(name->links);
	free(name->path);
}
