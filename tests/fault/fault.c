/* SPDX-License-Identifier: ISC
 *
 * fault -- preloaded into a program, makes the n-th call that changes a file
 * fail, or kills the program there, as a power cut would. FAULT_AT is n,
 * counted from 1. FAULT_HOW is "kill" (before the call), "term" (SIGTERM, and
 * then the call is made), "hang" (the call never returns, as one to a dead
 * disk), or an errno by name: ENOSPC, EIO. The file named by
 * FAULT_COUNT gets the number of such calls when the program ends, so that a
 * test knows which n there are.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static long calls;

/* Counts a call. Returns the errno to fail with, or 0 to make the call. */
static int
strike(void)
{
	const char *at = getenv("FAULT_AT"), *how = getenv("FAULT_HOW");
	long call = __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);

	if (at == NULL || how == NULL || call != strtol(at, NULL, 10))
		return 0;
	if (strcmp(how, "kill") == 0)
		raise(SIGKILL);
	if (strcmp(how, "term") == 0) {
		raise(SIGTERM);
		return 0;
	}
	while (strcmp(how, "hang") == 0)
		pause();
	return strcmp(how, "ENOSPC") == 0 ? ENOSPC : EIO;
}

__attribute__((destructor)) static void
report(void)
{
	const char *path = getenv("FAULT_COUNT");
	FILE *file = path != NULL ? fopen(path, "w") : NULL;

	if (file == NULL)
		return;
	fprintf(file, "%ld\n", calls);
	fclose(file);
}

/* For a removal, which works on a full disk too: only a kill may come here. */
static void
strike_at_removal(void)
{
	const char *how = getenv("FAULT_HOW");

	if (how == NULL || strcmp(how, "kill") == 0)
		(void)strike();
}

/* Whether fd is a file. Others are left alone: only files can be half written. */
static int
is_file(int fd)
{
	return lseek(fd, 0, SEEK_CUR) >= 0;
}

#define REAL(name) (__extension__(name##_function *)dlsym(RTLD_NEXT, #name))

#define FAIL_OR(call)                          \
	do {                                   \
		int failure = strike();        \
		if (failure != 0) {            \
			errno = failure;       \
			return -1;             \
		}                              \
		return call;                   \
	} while (0)

typedef ssize_t write_function(int, const void *, size_t);
typedef ssize_t pwrite64_function(int, const void *, size_t, off64_t);
typedef int fsync_function(int);
typedef int fdatasync_function(int);
typedef int ftruncate64_function(int, off64_t);
typedef int rename_function(const char *, const char *);
typedef int link_function(const char *, const char *);
typedef int unlink_function(const char *);
typedef int syncfs_function(int);
typedef int renameat_function(int, const char *, int, const char *);
typedef int linkat_function(int, const char *, int, const char *, int);
typedef int unlinkat_function(int, const char *, int);

ssize_t
write(int fd, const void *bytes, size_t len)
{
	if (!is_file(fd))
		return REAL(write)(fd, bytes, len);
	FAIL_OR(REAL(write)(fd, bytes, len));
}

ssize_t
pwrite64(int fd, const void *bytes, size_t len, off64_t offset)
{
	FAIL_OR(REAL(pwrite64)(fd, bytes, len, offset));
}

int
fsync(int fd)
{
	FAIL_OR(REAL(fsync)(fd));
}

int
fdatasync(int fd)
{
	FAIL_OR(REAL(fdatasync)(fd));
}

int
ftruncate64(int fd, off64_t length)
{
	FAIL_OR(REAL(ftruncate64)(fd, length));
}

int
rename(const char *from, const char *to)
{
	FAIL_OR(REAL(rename)(from, to));
}

int
link(const char *from, const char *to)
{
	FAIL_OR(REAL(link)(from, to));
}

int
unlink(const char *path)
{
	strike_at_removal();
	return REAL(unlink)(path);
}

int
syncfs(int fd)
{
	FAIL_OR(REAL(syncfs)(fd));
}

int
renameat(int from_fd, const char *from, int to_fd, const char *to)
{
	FAIL_OR(REAL(renameat)(from_fd, from, to_fd, to));
}

int
linkat(int from_fd, const char *from, int to_fd, const char *to, int flags)
{
	FAIL_OR(REAL(linkat)(from_fd, from, to_fd, to, flags));
}

int
unlinkat(int fd, const char *path, int flags)
{
	strike_at_removal();
	return REAL(unlinkat)(fd, path, flags);
}
