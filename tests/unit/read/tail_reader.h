/* SPDX-License-Identifier: ISC
 *
 * tail_reader -- for the tests of read/tail: real files in a folder of their own,
 * and a reader as a caller would write it, which collects bytes by content. No
 * test sleeps: when a call that changes a file returns, its event is already in
 * the queue of inotify.
 */
#ifndef TESTS_UNIT_READ_TAIL_READER_H
#define TESTS_UNIT_READ_TAIL_READER_H

#include "base/buf.h"
#include "base/mem.h"
#include "read/tail.h"
#include "read/tail_rotated.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define NEVER_MS INT64_C(1000000000)
#define MAX_CONTENTS 4096

/* One content as far as it was read, from any number of files. */
struct content {
	struct buf bytes;
	bool is_open;
};

struct reader {
	struct tail *tail;
	struct content contents[MAX_CONTENTS];
	size_t content_count;
	struct buf all, warnings; /* in the order they came */
	size_t most_bytes;        /* to read from a file at once; 0: no limit */
	size_t rotated_count, truncated_count, retired_count;
};

static struct reader reader;
static inline void
warn(void *context, const char *text)
{
	buf_printf(context, "%s\n", text);
}

/* names are separated by blanks. */
static inline int
try_start(struct tail_options options, const char *names, struct err *err)
{
	char *text = mem_text(names), *paths[8];
	size_t count = 0;
	int result;

	for (char *at = text; at != NULL; count++) {
		paths[count] = at;
		at = strchr(at, ' ');
		if (at != NULL)
			*at++ = '\0';
	}
	options.warn = warn;
	options.context = &reader.warnings;
	result = tail_open(&reader.tail, paths, count, &options, err);
	free(text);
	return result;
}

static inline void
start_with(struct tail_options options, const char *names)
{
	struct err err;

	if (try_start(options, names, &err) < 0)
		fail_msg("%s", err.text);
}

static inline void
start(const char *names, int64_t retire_ms)
{
	struct tail_options options = TAIL_OPTIONS;

	options.retire_ms = retire_ms;
	start_with(options, names);
}

static inline void
stop(void)
{
	tail_close(reader.tail);
	for (size_t i = 0; i < reader.content_count; i++)
		buf_release(&reader.contents[i].bytes);
	buf_release(&reader.all);
	buf_release(&reader.warnings);
	memset(&reader, 0, sizeof(reader));
}

/* Returns the content that continues in the file: the longest one with which it
 * begins; NULL if there is none. */
static inline struct content *
known_content(int fd)
{
	struct content *best = NULL;
	struct stat status;
	char *bytes;

	assert_int_equal(fstat(fd, &status), 0);
	bytes = mem_new((size_t)status.st_size, 1);
	assert_int_equal(pread(fd, bytes, (size_t)status.st_size, 0), status.st_size);
	for (size_t i = 0; i < reader.content_count; i++) {
		struct content *known = &reader.contents[i];
		size_t len = known->bytes.len;

		if (!known->is_open && len > (best == NULL ? 0 : best->bytes.len) &&
		    len <= (size_t)status.st_size &&
		    memcmp(known->bytes.data, bytes, len) == 0)
			best = known;
	}
	free(bytes);
	return best;
}

static inline struct content *
content_of(struct tail_file *file)
{
	struct content *content = tail_file_user(file);
	int fd = tail_file_fd(file);

	if (content == NULL && !tail_file_is_new_generation(file) && !tail_file_is_stream(file))
		content = known_content(fd);
	if (content == NULL) {
		assert_true(reader.content_count < MAX_CONTENTS);
		content = &reader.contents[reader.content_count++];
	}
	if (!content->is_open && !tail_file_is_stream(file))
		assert_int_equal(lseek(fd, (off_t)content->bytes.len, SEEK_SET),
		    content->bytes.len);
	content->is_open = true;
	tail_file_set_user(file, content);
	return content;
}

static inline void
read_file(struct tail_file *file)
{
	struct content *content = content_of(file);
	size_t had = content->bytes.len;
	struct pollfd ready = { tail_file_fd(file), POLLIN, 0 };
	size_t most = reader.most_bytes == 0 ? SIZE_MAX : reader.most_bytes, sum = 0;
	ssize_t got = 1;
	char bytes[4096];

	/* A retired file is read to its end, because it does not come again. */
	if (tail_file_state(file) == TAIL_RETIRED)
		most = SIZE_MAX;
	while (sum < most && got > 0 && poll(&ready, 1, 0) == 1) {
		size_t room = most - sum < sizeof(bytes) ? most - sum : sizeof(bytes);

		got = read(ready.fd, bytes, room);
		if (got > 0) {
			buf_add(&content->bytes, bytes, (size_t)got);
			sum += (size_t)got;
		}
	}
	if (tail_file_set_offset(file, (int64_t)content->bytes.len) < 0) {
		content->bytes.len = had;
		memset(buf_room(&content->bytes, 1), 0, 1);
	} else if (content->bytes.len > had) {
		buf_add(&reader.all, content->bytes.data + had, content->bytes.len - had);
	}
	if (tail_file_state(file) != TAIL_CURRENT) {
		reader.truncated_count += tail_file_state(file) == TAIL_TRUNCATED;
		reader.retired_count += tail_file_state(file) == TAIL_RETIRED;
		content->is_open = false;
		tail_file_done(file);
	}
}

static inline void
add_siblings(const char *path)
{
	struct tail_rotated_list list = TAIL_ROTATED_NONE;
	struct err err;

	reader.rotated_count++;
	assert_int_equal(tail_rotated(path, &list, &err), 0);
	for (size_t i = 0; i < list.count; i++) {
		const struct tail_rotated *item = &list.items[i];
		int fd = open(item->path, O_RDONLY);
		const struct content *known;

		assert_true(fd >= 0);
		known = known_content(fd);
		close(fd);
		if (known == NULL || item->size_bytes > (int64_t)known->bytes.len)
			assert_true(tail_add(reader.tail, path, item->path, item->device,
			    item->inode, &err) >= 0);
	}
	tail_rotated_release(&list);
}

/* Reads everything. Returns what came since the last call; borrowed. */
static inline const char *
settle(void)
{
	struct tail_file *file;
	const char *path;
	struct err err;
	int result;

	buf_reset(&reader.all);
	while ((result = tail_wait(reader.tail, 0, &err)) == 1) {
		while ((path = tail_next_rotated(reader.tail)) != NULL)
			add_siblings(path);
		while ((file = tail_next(reader.tail)) != NULL)
			read_file(file);
	}
	assert_int_equal(result, 0);
	return buf_text(&reader.all);
}

static inline size_t
open_count(void)
{
	size_t count = 0;

	for (struct tail_file *file = NULL;
	    (file = tail_each(reader.tail, file)) != NULL;)
		count++;
	return count;
}

static inline int
append_to(const char *path, const char *text, int flags)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | flags, 0666);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	return fd;
}

static inline void
append(const char *path, const char *text)
{
	close(append_to(path, text, O_CREAT));
}

static inline void
copy(const char *from, const char *to)
{
	struct buf bytes = BUF_EMPTY;
	int fd = open(from, O_RDONLY);
	ssize_t got;

	assert_true(fd >= 0);
	while ((got = read(fd, buf_room(&bytes, 4096), 4096)) > 0)
		bytes.len += (size_t)got;
	close(fd);
	fd = open(to, O_WRONLY | O_CREAT | O_EXCL, 0666);
	assert_int_equal(write(fd, buf_text(&bytes), bytes.len), bytes.len);
	close(fd);
	buf_release(&bytes);
}

static inline int
enter(void **state)
{
	const char *above = getenv("TMPDIR");
	struct buf folder = BUF_EMPTY;

	buf_printf(&folder, "%s/tail.XXXXXX", above != NULL ? above : "/tmp");
	if (mkdtemp(folder.data) == NULL || chdir(folder.data) < 0)
		return -1;
	*state = folder.data;
	return 0;
}

static inline int
leave(void **state)
{
	int status = -1;
	pid_t child;

	stop();
	if (chdir("/") < 0 || (child = fork()) < 0)
		return -1;
	if (child == 0) {
		execlp("rm", "rm", "-rf", "--", (const char *)*state, (char *)NULL);
		_exit(1);
	}
	waitpid(child, &status, 0);
	free(*state);
	return status;
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, enter, leave)

#endif
