/* SPDX-License-Identifier: ISC
 *
 * rotate SEED PAUSE_US LOG POOL -- appends the lines of POOL to LOG, and rotates
 * it in all the ways that a reader has to live with: by rename, also several
 * times before anybody can look, also while the old file is still written to and
 * while there is no new one; and by copying and truncating. LOG.1 is the newest
 * of the old files; some of the others are compressed, none is deleted. What it
 * does follows from SEED; its pauses, of at most PAUSE_US microseconds, are there
 * for variety only. Each step is told on stdout.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* At most this part of the pool is written at once: most writes are far smaller,
 * and there are about a hundred rotations. */
#define APPEND_DIVISOR 4
#define MAX_PAUSE_US 60000000
#define COPY_BYTES (128 << 10)
/* Rotation compresses the newest of the old files but LOG.1, which may still be
 * written to; here it is any of these. */
#define FIRST_COMPRESSED 2
#define LAST_COMPRESSED 5

struct writer {
	uint64_t random;
	size_t pause_us;
	const char *path;
	const char *next, *end; /* of the pool */
	size_t pool_bytes;
	int fd;
	int old_count; /* LOG.1 to LOG.old_count are there */
};

static _Noreturn void
fail(const char *what)
{
	fprintf(stderr, "rotate: %s: %s\n", what, strerror(errno));
	exit(1);
}

__attribute__((format(printf, 1, 2))) static void
tell(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	fflush(stdout);
}

/* splitmix64, by Sebastiano Vigna (2015), public domain. */
static uint64_t
random_next(struct writer *writer)
{
	uint64_t z = writer->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static size_t
below(struct writer *writer, size_t count)
{
	return (size_t)(random_next(writer) % count);
}

/* 1 to most, small numbers far more often than large ones. */
static size_t
size_up_to(struct writer *writer, size_t most)
{
	int bits = 1;

	while (bits < 62 && most >> bits > 0)
		bits++;
	return 1 + below(writer, (size_t)1 << below(writer, (size_t)bits)) % most;
}

static void
pause_sometimes(struct writer *writer)
{
	struct timespec pause;
	size_t us;

	if (below(writer, 2) == 0)
		return;
	us = size_up_to(writer, writer->pause_us);
	pause.tv_sec = (time_t)(us / 1000000);
	pause.tv_nsec = (long)(us % 1000000) * 1000;
	nanosleep(&pause, NULL);
}

static void
write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t wrote = write(fd, bytes, len);

		if (wrote < 0)
			fail("write");
		bytes += wrote;
		len -= (size_t)wrote;
	}
}

/* Appends lines of about this number of bytes, at least one line if any is left, in
 * pieces that are cut anywhere. */
static void
append(struct writer *writer, size_t bytes)
{
	size_t left = (size_t)(writer->end - writer->next);
	const char *until;

	if (left == 0)
		return;
	until = writer->next + (bytes < left ? bytes : left) - 1;
	until = memchr(until, '\n', (size_t)(writer->end - until));
	if (until == NULL)
		fail("the pool does not end in a newline");
	until++;
	while (writer->next < until) {
		size_t rest = (size_t)(until - writer->next);
		size_t piece = below(writer, 4) == 0 ? size_up_to(writer, rest) : rest;

		write_all(writer->fd, writer->next, piece);
		writer->next += piece;
		if (writer->next < until)
			pause_sometimes(writer);
	}
}

static void
name_old(const struct writer *writer, int number, const char *ending,
    char out[PATH_MAX])
{
	snprintf(out, PATH_MAX, "%s.%d%s", writer->path, number, ending);
}

/* Makes LOG.1 free. */
static void
shift(struct writer *writer)
{
	static const char *const endings[] = { "", ".gz", ".zst" };
	char from[PATH_MAX], to[PATH_MAX];

	for (int number = writer->old_count; number > 0; number--) {
		int result = -1;

		for (size_t i = 0; i < 3 && result < 0; i++) {
			name_old(writer, number, endings[i], from);
			name_old(writer, number + 1, endings[i], to);
			result = rename(from, to);
		}
		if (result < 0)
			fail(from);
	}
	writer->old_count++;
}

static void
compress(const char *path, bool with_gzip)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		if (with_gzip)
			execlp("gzip", "gzip", "-1", path, (char *)NULL);
		else
			execlp("zstd", "zstd", "-1", "-q", "--rm", path, (char *)NULL);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		fail(path);
	if (status != 0) {
		fprintf(stderr, "rotate: %s: cannot be compressed\n", path);
		exit(1);
	}
}

/* Makes LOG.N.gz or LOG.N.zst of LOG.N. */
static void
compress_old(struct writer *writer)
{
	int number = FIRST_COMPRESSED + (int)below(writer, LAST_COMPRESSED -
	    FIRST_COMPRESSED + 1);
	char path[PATH_MAX];

	name_old(writer, number, "", path);
	if (access(path, F_OK) < 0)
		return;
	tell("compress %s\n", path);
	compress(path, below(writer, 2) == 0);
	tell("compressed\n");
}

static void
open_log(struct writer *writer)
{
	writer->fd = open(writer->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC,
	    0666);
	if (writer->fd < 0)
		fail(writer->path);
}

static void
rotate_by_rename(struct writer *writer)
{
	bool makes_first = below(writer, 2) == 0, lags = below(writer, 3) == 0;
	char first[PATH_MAX];
	int old_fd = writer->fd;

	tell("rename%s%s, %zu bytes to come\n", makes_first ? ", create" : "",
	    lags ? ", lag" : "", (size_t)(writer->end - writer->next));
	shift(writer);
	name_old(writer, 1, "", first);
	if (rename(writer->path, first) < 0)
		fail(first);
	if (makes_first)
		open_log(writer);
	if (lags) {
		int new_fd = writer->fd;

		pause_sometimes(writer);
		writer->fd = old_fd;
		append(writer, size_up_to(writer, 100000));
		writer->fd = new_fd;
	}
	close(old_fd);
	if (!makes_first) {
		pause_sometimes(writer);
		open_log(writer);
	}
}

/* As slow as that of a large file. */
static void
copy(struct writer *writer, const char *from, const char *to)
{
	static char bytes[COPY_BYTES];
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	ssize_t got;

	if (in < 0 || out < 0)
		fail(to);
	while ((got = read(in, bytes, size_up_to(writer, sizeof(bytes)))) > 0) {
		pause_sometimes(writer);
		write_all(out, bytes, (size_t)got);
	}
	if (got < 0)
		fail(from);
	close(in);
	close(out);
}

/* Nothing is written between, since that is what this way of rotation loses. */
static void
rotate_by_copy(struct writer *writer)
{
	char first[PATH_MAX];

	tell("copy, %zu bytes to come\n", (size_t)(writer->end - writer->next));
	shift(writer);
	name_old(writer, 1, "", first);
	copy(writer, writer->path, first);
	pause_sometimes(writer);
	if (ftruncate(writer->fd, 0) < 0)
		fail(writer->path);
	tell("truncated\n");
	pause_sometimes(writer);
}

static void
rotate(struct writer *writer)
{
	size_t way = below(writer, 3), count = 1;

	if (way == 0) {
		rotate_by_copy(writer);
		return;
	}
	/* In the blink of an eye. */
	if (way == 1)
		count = 2 + below(writer, 3);
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && below(writer, 4) > 0)
			append(writer, size_up_to(writer, 2000));
		rotate_by_rename(writer);
	}
}

static void
map_pool(struct writer *writer, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;

	if (fd < 0 || fstat(fd, &status) < 0)
		fail(path);
	writer->pool_bytes = (size_t)status.st_size;
	writer->next = mmap(NULL, writer->pool_bytes, PROT_READ, MAP_PRIVATE, fd, 0);
	if (writer->next == MAP_FAILED)
		fail(path);
	writer->end = writer->next + writer->pool_bytes;
	close(fd);
}

int
main(int argc, char **argv)
{
	struct writer writer = { 0 };
	size_t most;

	if (argc == 5) {
		writer.random = strtoull(argv[1], NULL, 10);
		writer.pause_us = strtoull(argv[2], NULL, 10);
		writer.path = argv[3];
	}
	if (writer.pause_us == 0 || writer.pause_us > MAX_PAUSE_US) {
		fputs("usage: rotate SEED PAUSE_US LOG POOL\n", stderr);
		return 64;
	}
	map_pool(&writer, argv[4]);
	open_log(&writer);
	most = writer.pool_bytes / APPEND_DIVISOR + 1;
	while (writer.next < writer.end) {
		size_t appends = below(&writer, 4);

		for (size_t i = 0; i < appends; i++) {
			append(&writer, size_up_to(&writer, most));
			pause_sometimes(&writer);
		}
		rotate(&writer);
		pause_sometimes(&writer);
		if (below(&writer, 2) == 0)
			compress_old(&writer);
	}
	return 0;
}
