/* SPDX-License-Identifier: ISC */
#include "depot/object_commit.h"
#include "base/tim.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* From this number of files on, one syncfs costs less than a sync for each. */
#define SYNC_ALL_COUNT 6

void
object_path(char out[OBJECT_PATH_SIZE], const char *sha256)
{
	snprintf(out, OBJECT_PATH_SIZE, "objects/%.2s/%.2s/%s", sha256,
	    sha256 + 2, sha256);
}

static void
set_failed(const struct object_tree *tree, struct object_work *file, const char *what)
{
	file->result = OBJECT_FAILED;
	err_system(&file->err, EXIT_IO, "%s: %s of %s", tree->root, what,
	    file->sha256);
}

static bool
is_failed(const struct object_work *file)
{
	return file->result == OBJECT_FAILED ||
	    file->result == OBJECT_CORRUPT;
}

static void
sync_contents(struct object_tree *tree, struct object_work **group,
    size_t count)
{
	int all = count < SYNC_ALL_COUNT ? -1 : syncfs(tree->staging_fd);

	for (size_t i = 0; i < count; i++)
		if (all < 0 && fdatasync(group[i]->fd) < 0)
			set_failed(tree, group[i], "syncing the content");
}

static unsigned
folder_number(const char *sha256)
{
	char digits[5] = { sha256[0], sha256[1], sha256[2], sha256[3], '\0' };

	return (unsigned)strtoul(digits, NULL, 16);
}

static bool
is_durable(const struct object_tree *tree, unsigned folder)
{
	return (tree->known[folder / 8] >> folder % 8 & 1) != 0;
}

static int
make_folder(struct object_tree *tree, const char *sha256)
{
	char path[] = "ab/cd";

	memcpy(path, sha256, 2);
	path[2] = '\0';
	if (mkdirat(tree->objects_fd, path, 0777) < 0 && errno != EEXIST)
		return -1;
	path[2] = '/';
	memcpy(path + 3, sha256 + 2, 2);
	if (mkdirat(tree->objects_fd, path, 0777) < 0 && errno != EEXIST)
		return -1;
	return 0;
}

/* Renames the file to its name, where linking failed because the name
 * exists or the file system has no hard links. Keeps an object that has the
 * right length. */
static enum object_result
rename_object(struct object_tree *tree, struct object_work *file, const char *name)
{
	struct stat status;
	bool is_there = fstatat(tree->objects_fd, name, &status,
	    AT_SYMLINK_NOFOLLOW) == 0;

	if (is_there && S_ISREG(status.st_mode) &&
	    status.st_size == file->bytes)
		return OBJECT_PRESENT;
	if (renameat(tree->staging_fd, file->name, tree->objects_fd, name) < 0) {
		set_failed(tree, file, "renaming the object");
		return OBJECT_FAILED;
	}
	return is_there ? OBJECT_HEALED : OBJECT_STORED;
}

static void
link_object(struct object_tree *tree, struct object_work *file)
{
	char path[OBJECT_PATH_SIZE];
	const char *name = path + strlen("objects/");
	struct stat status;

	object_path(path, file->sha256);
	if (fstat(file->fd, &status) == 0 && status.st_size != file->bytes)
		file->result = OBJECT_CORRUPT;
	else if (!is_durable(tree, folder_number(file->sha256)) &&
	    make_folder(tree, file->sha256) < 0)
		set_failed(tree, file, "making the folder");
	else if (linkat(tree->staging_fd, file->name, tree->objects_fd, name,
	    0) == 0)
		file->result = OBJECT_STORED;
	else if (errno == EEXIST || errno == EPERM || errno == EOPNOTSUPP)
		file->result = rename_object(tree, file, name);
	else
		set_failed(tree, file, "linking the object");
}

static int
sync_folder(struct object_tree *tree, const char *name)
{
	int fd = openat(tree->objects_fd, name,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result = fd < 0 ? -1 : fsync(fd);

	/* Some file systems cannot sync a folder and return EINVAL. */
	if (fd >= 0 && result < 0 && errno == EINVAL)
		result = 0;
	if (fd >= 0)
		close(fd);
	return result;
}

/* Syncs the folder of an object and, the first time in this process, those
 * above it, because another process may have made them without a sync yet. */
static int
sync_name(struct object_tree *tree, const char *sha256)
{
	char path[] = "ab/cd";

	memcpy(path, sha256, 2);
	memcpy(path + 3, sha256 + 2, 2);
	if (sync_folder(tree, path) < 0)
		return -1;
	if (is_durable(tree, folder_number(sha256)))
		return 0;
	path[2] = '\0';
	return sync_folder(tree, path) < 0 || sync_folder(tree, ".") < 0
	    ? -1 : 0;
}

static void
sync_names(struct object_tree *tree, struct object_work **group, size_t count)
{
	int all = count < SYNC_ALL_COUNT ? -1 : syncfs(tree->staging_fd);

	for (size_t i = 0; i < count; i++)
		if (all < 0 && !is_failed(group[i]) &&
		    sync_name(tree, group[i]->sha256) < 0)
			set_failed(tree, group[i], "syncing the folder");
}

void
object_commit(struct object_tree *tree, struct object_work **group,
    size_t count)
{
	int64_t start_ns = tim_monotonic_ns(), spent_ns = 0;

	if (tree->is_durable) {
		sync_contents(tree, group, count);
		spent_ns = tim_monotonic_ns() - start_ns;
	}
	for (size_t i = 0; i < count; i++)
		if (!is_failed(group[i]))
			link_object(tree, group[i]);
	start_ns = tim_monotonic_ns();
	if (tree->is_durable) {
		sync_names(tree, group, count);
		spent_ns += tim_monotonic_ns() - start_ns;
	}
	for (size_t i = 0; i < count; i++) {
		unsigned folder = folder_number(group[i]->sha256);

		if (!is_failed(group[i]))
			tree->known[folder / 8] |=
			    (unsigned char)(1 << folder % 8);
		group[i]->sync_ms = spent_ns / 1000000;
		close(group[i]->fd);
		unlinkat(tree->staging_fd, group[i]->name, 0);
	}
}
