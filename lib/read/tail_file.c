/* SPDX-License-Identifier: ISC
 *
 * One generation of a file that is followed: the open file and what is known about it.
 * It is recognised by its first bytes and those before the offset, because its name and
 * even its inode may come to stand for another one.
 */
#include "read/tail_private.h"
#include "base/mem.h"
#include "base/require.h"
#include "base/tim.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/vfs.h>
#include <unistd.h>

static struct tail_file *
new_file(struct tail_name *name, int fd, const struct stat *status)
{
	struct tail_file *file = mem_new(1, sizeof(*file));

	file->fd = fd;
	file->watch = TAIL_UNWATCHED;
	file->device = status->st_dev;
	file->inode = status->st_ino;
	file->is_stream = !S_ISREG(status->st_mode);
	file->may_have_changed = !file->is_stream;
	file->idle_since_ns = tim_monotonic_ns();
	tail_file_move(file, name, NULL);
	return file;
}

/* Whether path is a pipe such as <(command) gives in /dev/fd, which has no name
 * by which it could be opened again. */
static bool
is_nameless(const char *path)
{
	struct statfs system;

	return statfs(path, &system) == 0 && system.f_type == PIPEFS_MAGIC;
}

static int
open_path(const char *path, bool is_fifo)
{
	int flags = O_NONBLOCK | O_NOCTTY | O_CLOEXEC, fd = -1;

	/* While we have the FIFO open for writing, it does not end when its last
	 * writer closes it. */
	if (is_fifo)
		fd = open(path, O_RDWR | flags);
	return fd < 0 ? open(path, O_RDONLY | flags) : fd;
}

int
tail_file_open(struct tail_file **out, struct tail_name *name, const char *path,
    const struct stat *status)
{
	struct stat opened;
	bool is_fifo = S_ISFIFO(status->st_mode), is_pipe = is_fifo && is_nameless(path);
	int fd;

	*out = NULL;
	if (S_ISDIR(status->st_mode)) {
		errno = EISDIR;
		return -1;
	}
	fd = open_path(path, is_fifo && !is_pipe);
	if (fd < 0)
		return -1;
	errno = 0;
	if (fstat(fd, &opened) < 0 || opened.st_dev != status->st_dev ||
	    opened.st_ino != status->st_ino) {
		close(fd);
		return errno == 0 ? 0 : -1;
	}
	*out = new_file(name, fd, status);
	if (S_ISREG(status->st_mode))
		tail_watch_file(name->tail, *out);
	else if (!is_fifo || is_pipe)
		name->is_fixed = true;
	return 0;
}

void
tail_file_open_stdin(struct tail_name *name, const struct stat *status)
{
	struct tail_file *file = new_file(name, STDIN_FILENO, status);

	name->is_fixed = true;
	name->current = file;
	/* poll(2) does not report the end of a file, or of devices such as
	 * /dev/null. */
	if (!file->is_stream || (S_ISCHR(status->st_mode) && !isatty(file->fd))) {
		file->state = TAIL_RETIRED;
		file->is_ready = true;
	}
}

static void
remove_from_name(struct tail_file *file)
{
	struct tail_file **at = &file->name->first;

	while (*at != NULL && *at != file)
		at = &(*at)->next;
	if (*at == file)
		*at = file->next;
	if (file->name->current == file)
		file->name->current = NULL;
}

void
tail_file_move(struct tail_file *file, struct tail_name *to,
    const struct tail_file *before)
{
	struct tail_file **at = &to->first;

	if (file->name != NULL)
		remove_from_name(file);
	while (*at != before)
		at = &(*at)->next;
	file->name = to;
	file->next = *at;
	*at = file;
}

void
tail_file_close(struct tail_file *file)
{
	struct tail *tail = file->name->tail;

	remove_from_name(file);
	tail_watch_drop(tail, file->watch);
	if (file->fd != STDIN_FILENO)
		close(file->fd);
	free(file);
}

/* Whether the file has these bytes at the offset. */
static bool
has_bytes(const struct tail_file *file, int64_t offset, const char *bytes, size_t len)
{
	char found[TAIL_PREFIX_BYTES];
	ssize_t got = len == 0 ? 0 : pread(file->fd, found, len, offset);

	/* If the file cannot be read, the caller will find out, with an errno. */
	return got < 0 || ((size_t)got == len && memcmp(found, bytes, len) == 0);
}

static bool
is_same_generation(const struct tail_file *file)
{
	return has_bytes(file, 0, file->prefix, file->prefix_len) &&
	    has_bytes(file, file->offset - (int64_t)file->last_len, file->last,
	    file->last_len);
}

bool
tail_file_is_copy(const struct tail_file *file, const struct tail_file *other)
{
	char bytes[TAIL_PREFIX_BYTES];
	struct stat status;
	ssize_t got;

	/* The bytes that a truncated file has now will be read too. */
	if (other->is_stream || fstat(file->fd, &status) < 0)
		return false;
	got = pread(file->fd, bytes, sizeof(bytes), 0);
	if (got <= 0 || !has_bytes(other, 0, bytes, (size_t)got))
		return false;
	got = pread(file->fd, bytes, (size_t)got, status.st_size - got);
	return got > 0 && has_bytes(other, status.st_size - got, bytes, (size_t)got);
}

static void
learn_prefix(struct tail_file *file)
{
	ssize_t got;

	if (file->prefix_len == TAIL_PREFIX_BYTES)
		return;
	got = pread(file->fd, file->prefix + file->prefix_len,
	    TAIL_PREFIX_BYTES - file->prefix_len, (off_t)file->prefix_len);
	if (got > 0)
		file->prefix_len += (size_t)got;
}

static void
set_truncated(struct tail_file *file)
{
	file->state = TAIL_TRUNCATED;
	file->is_ready = true;
	file->name->is_rotated = true;
}

void
tail_file_check(struct tail_file *file)
{
	struct stat status;

	file->may_have_changed = false;
	if (file->is_stream || file->state != TAIL_CURRENT ||
	    fstat(file->fd, &status) < 0)
		return;
	if (status.st_size < file->offset || !is_same_generation(file)) {
		set_truncated(file);
		return;
	}
	learn_prefix(file);
	if (status.st_size != file->seen_bytes) {
		file->seen_bytes = status.st_size;
		file->idle_since_ns = tim_monotonic_ns();
	}
	if (status.st_nlink == 0 && file != file->name->current)
		tail_file_replace(file);
	file->is_ready = status.st_size > file->offset;
	/* No event comes for bytes that the caller leaves unread. */
	file->may_have_changed = file->is_ready;
}

void
tail_file_check_stream(struct tail_file *file, short events)
{
	char byte;

	file->is_ready = events != 0;
	if (events == 0)
		return;
	file->idle_since_ns = tim_monotonic_ns();
	if ((events & POLLIN) == 0 ||
	    recv(file->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0)
		file->state = TAIL_RETIRED;
}

bool
tail_file_is_drained(const struct tail_file *file)
{
	struct stat status;
	struct pollfd poll_fd = { file->fd, POLLIN, 0 };

	if (file->state != TAIL_CURRENT)
		return false;
	if (file->is_stream)
		return poll(&poll_fd, 1, 0) <= 0;
	return fstat(file->fd, &status) < 0 || status.st_size <= file->offset;
}

void
tail_file_replace(struct tail_file *file)
{
	if (!file->is_replaced)
		file->idle_since_ns = tim_monotonic_ns();
	file->is_replaced = true;
}

int
tail_file_fd(const struct tail_file *file)
{
	return file->fd;
}

const char *
tail_file_path(const struct tail_file *file)
{
	return file->name->path;
}

enum tail_state
tail_file_state(const struct tail_file *file)
{
	return file->state;
}

bool
tail_file_is_stream(const struct tail_file *file)
{
	return file->is_stream;
}

bool
tail_file_is_new_generation(const struct tail_file *file)
{
	return file->is_new_generation;
}

void *
tail_file_user(const struct tail_file *file)
{
	return file->user;
}

void
tail_file_set_user(struct tail_file *file, void *user)
{
	file->user = user;
}

int
tail_file_set_offset(struct tail_file *file, int64_t offset)
{
	size_t len = offset < TAIL_LAST_BYTES ? (size_t)offset : TAIL_LAST_BYTES;
	ssize_t got;

	REQUIRE(offset >= 0);
	/* stdin is not followed, so its offset is not checked. */
	if (file->is_stream || file->fd == STDIN_FILENO) {
		file->offset = offset;
		return 0;
	}
	if (file->state == TAIL_TRUNCATED)
		return -1;
	if (!is_same_generation(file)) {
		set_truncated(file);
		return -1;
	}
	got = pread(file->fd, file->last, len, offset - (int64_t)len);
	if (got >= 0 && (size_t)got < len) {
		set_truncated(file);
		return -1;
	}
	learn_prefix(file);
	file->offset = offset;
	file->last_len = got < 0 ? 0 : len;
	return 0;
}

void
tail_file_begin_anew(struct tail_file *old)
{
	struct tail_file *file = mem_new(1, sizeof(*file));
	bool is_current = old->name->current == old;

	file->fd = old->fd;
	file->watch = old->watch;
	file->device = old->device;
	file->inode = old->inode;
	file->is_new_generation = true;
	file->is_replaced = old->is_replaced;
	file->idle_since_ns = tim_monotonic_ns();
	tail_file_move(file, old->name, is_current ? NULL : old);
	remove_from_name(old);
	free(old);
	if (is_current)
		file->name->current = file;
	(void)lseek(file->fd, 0, SEEK_SET);
	tail_file_check(file);
}
