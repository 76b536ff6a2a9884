/* SPDX-License-Identifier: ISC
 *
 * nth_call -- for LD_PRELOAD: what happens to a program when the N-th call that
 * changes a file does not come back (FAULT_KILL=N: SIGKILL instead of the call)
 * or fails (FAULT_FULL=N: that call and all later ones say ENOSPC). Without
 * either it only counts; FAULT_COUNT names a file that the count is put into.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long call_count;

static long
number(const char *name)
{
	const char *text = getenv(name);

	return text == NULL ? -1 : strtol(text, NULL, 10);
}

/* Whether this call is to fail. */
static int
fault(void)
{
	long count = atomic_fetch_add(&call_count, 1) + 1;
	long full = number("FAULT_FULL");

	if (count == number("FAULT_KILL"))
		kill(getpid(), SIGKILL);
	if (full < 0 || count < full)
		return 0;
	errno = ENOSPC;
	return 1;
}

__attribute__((destructor)) static void
tell(void)
{
	const char *path = getenv("FAULT_COUNT");
	FILE *file = path == NULL ? NULL : fopen(path, "we");

	if (file == NULL)
		return;
	fprintf(file, "%ld\n", atomic_load(&call_count));
	fclose(file);
}

#define REAL(name) __extension__ (__typeof__(&name))dlsym(RTLD_NEXT, #name)

ssize_t
write(int fd, const void *bytes, size_t len)
{
	/* Chat and the product go to the terminal or a pipe, not to a file. */
	if (fd > STDERR_FILENO && fault())
		return -1;
	return (REAL(write))(fd, bytes, len);
}

ssize_t
pwrite64(int fd, const void *bytes, size_t len, off64_t offset)
{
	return fault() ? -1 : (REAL(pwrite64))(fd, bytes, len, offset);
}

ssize_t
pwrite(int fd, const void *bytes, size_t len, off_t offset)
{
	return fault() ? -1 : (REAL(pwrite))(fd, bytes, len, offset);
}

int
fsync(int fd)
{
	return fault() ? -1 : (REAL(fsync))(fd);
}

int
fdatasync(int fd)
{
	return fault() ? -1 : (REAL(fdatasync))(fd);
}

int
ftruncate64(int fd, off64_t length)
{
	return fault() ? -1 : (REAL(ftruncate64))(fd, length);
}

int
ftruncate(int fd, off_t length)
{
	return fault() ? -1 : (REAL(ftruncate))(fd, length);
}

int
rename(const char *from, const char *to)
{
	return fault() ? -1 : (REAL(rename))(from, to);
}

int
unlink(const char *path)
{
	return fault() ? -1 : (REAL(unlink))(path);
}
