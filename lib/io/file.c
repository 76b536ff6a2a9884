/* SPDX-License-Identifier: ISC */
#include "io/file.h"
#include "base/mem.h"
#include "base/prog.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int
file_read(const char *path, size_t max_bytes, struct buf *out, struct err *err)
{
	int fd = strcmp(path, "-") == 0 ? STDIN_FILENO
	    : open(path, O_RDONLY | O_CLOEXEC);
	size_t start = out->len;
	ssize_t got;

	if (fd < 0)
		return err_system(err, EXIT_NO_INPUT, "%s", path);
	do {
		got = read(fd, buf_room(out, 65536), 65536);
		if (got > 0) {
			out->len += (size_t)got;
			out->data[out->len] = '\0';
		}
	} while ((got > 0 && out->len - start <= max_bytes) ||
	    (got < 0 && errno == EINTR));
	if (got < 0)
		err_system(err, EXIT_IO, "%s", path);
	if (fd != STDIN_FILENO)
		close(fd);
	if (got < 0)
		return -1;
	if (out->len - start > max_bytes)
		return err_set(err, EXIT_DATA, "%s: larger than %zu bytes",
		    path, max_bytes);
	return 0;
}

size_t
file_folder_len(const char *path)
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	return len;
}

char *
file_folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return mem_text(".");
	return mem_text_of(path, slash == path ? 1 : (size_t)(slash - path));
}

char *
file_real_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = file_folder_of(path);
	char *real = realpath(folder, NULL);
	struct buf out = BUF_EMPTY;

	buf_printf(&out, "%s/%s", real != NULL ? real : folder,
	    slash == NULL ? path : slash + 1);
	free(folder);
	free(real);
	return out.data;
}

int
file_real_path(const char *path, char **out, struct err *err)
{
	*out = realpath(path, NULL);
	return *out != NULL ? 0 : err_system(err, EXIT_NO_INPUT, "%s", path);
}

/* With may_be_closed, a folder that we have no right to open is not an error. */
static int
sync_folder_of(const char *path, bool may_be_closed, struct err *err)
{
	char *folder = file_folder_of(path);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool is_closed = fd < 0 && errno == EACCES && may_be_closed;
	int result = 0;

	/* Some file systems cannot sync a folder and say EINVAL. */
	if (!is_closed && (fd < 0 || (fsync(fd) < 0 && errno != EINVAL)))
		result = err_system(err, EXIT_IO, "%s", folder);
	if (fd >= 0)
		close(fd);
	free(folder);
	return result;
}

int
file_sync_folder_of(const char *path, struct err *err)
{
	return sync_folder_of(path, false, err);
}

/* Makes folders from the top, and the name of each durable before it makes the
 * next. So when a killed process left folders, only the name of the lowest may
 * not be durable; that name is made durable as well. */
int
file_make_folders(const char *path, struct err *err)
{
	char *copy = mem_text(path);
	size_t len = file_folder_len(path), lowest = 0;
	int result = 0;

	for (size_t i = 1; i <= len && result == 0; i++) {
		if (i < len && (path[i] != '/' || path[i - 1] == '/'))
			continue;
		copy[i] = '\0';
		if (mkdir(copy, 0777) == 0)
			result = sync_folder_of(copy, false, err);
		else if (errno == EEXIST)
			lowest = i;
		else
			result = err_system(err, EXIT_CREATE, "%s", copy);
		copy[i] = path[i];
	}
	copy[lowest] = '\0';
	if (result == 0 && lowest > 0)
		result = sync_folder_of(copy, true, err);
	free(copy);
	return result;
}

int
file_write_all(int fd, const void *bytes, size_t len)
{
	const char *next = bytes;

	while (len > 0) {
		ssize_t put = write(fd, next, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		next += put;
		len -= (size_t)put;
	}
	return 0;
}

int
file_create(struct file_new *file, const char *path, struct err *err)
{
	struct buf temporary = BUF_EMPTY;

	buf_printf(&temporary, "%s.%08" PRIx32 ".tmp", path, prog_random());
	file->path = mem_text(path);
	file->temporary = temporary.data;
	file->fd = open(file->temporary,
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (file->fd >= 0)
		return 0;
	err_system(err, EXIT_CREATE, "%s", file->temporary);
	free(file->path);
	free(file->temporary);
	file->path = file->temporary = NULL;
	return -1;
}

int
file_write(struct file_new *file, const void *bytes, size_t len,
    struct err *err)
{
	if (file_write_all(file->fd, bytes, len) < 0)
		return err_system(err, EXIT_IO, "%s", file->temporary);
	return 0;
}

int
file_commit(struct file_new *file, struct err *err)
{
	int result = 0;

	if (fsync(file->fd) < 0)
		result = err_system(err, EXIT_IO, "%s", file->temporary);
	if (close(file->fd) < 0 && result == 0)
		result = err_system(err, EXIT_IO, "%s", file->temporary);
	file->fd = -1;
	if (result == 0 && rename(file->temporary, file->path) < 0)
		result = err_system(err, EXIT_CREATE, "%s", file->path);
	if (result == 0)
		result = file_sync_folder_of(file->path, err);
	else
		unlink(file->temporary);
	free(file->path);
	free(file->temporary);
	file->path = file->temporary = NULL;
	return result;
}

void
file_abandon(struct file_new *file)
{
	if (file->temporary == NULL)
		return;
	if (file->fd >= 0)
		close(file->fd);
	unlink(file->temporary);
	free(file->path);
	free(file->temporary);
	file->path = file->temporary = NULL;
	file->fd = -1;
}
