/* SPDX-License-Identifier: ISC */
#include "io/lock.h"
#include "base/tim.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#define LONGEST_STEP_MS 16

int
lock_open(struct lock *lock, const char *path, bool may_make, struct err *err)
{
	lock->fd = open(path, O_CLOEXEC | (may_make ? O_RDWR | O_CREAT
	    : O_RDONLY), 0666);
	if (lock->fd < 0 && may_make)
		return err_system(err, EXIT_CREATE, "%s", path);
	return 0;
}

static void
pause_ms(int64_t ms)
{
	struct timespec pause = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&pause, NULL);
}

/* Waits in short, growing steps: flock(2) itself knows no time limit. */
int
lock_take(struct lock *lock, bool is_shared, int64_t wait_ms, const char *name,
    struct err *err)
{
	int64_t deadline_ns = tim_monotonic_ns() + wait_ms * 1000000;
	int64_t step_ms = 1;

	if (lock->fd < 0)
		return 0;
	while (flock(lock->fd, (is_shared ? LOCK_SH : LOCK_EX) | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return err_system(err, EXIT_IO, "%s.lock", name);
		if (tim_monotonic_ns() >= deadline_ns)
			return err_set(err, EXIT_AGAIN,
			    "%s: another process has been writing for %lld ms; "
			    "try again", name, (long long)wait_ms);
		pause_ms(step_ms);
		if (step_ms < LONGEST_STEP_MS)
			step_ms *= 2;
	}
	return 0;
}

void
lock_give(struct lock *lock)
{
	if (lock->fd >= 0)
		flock(lock->fd, LOCK_UN);
}

void
lock_close(struct lock *lock)
{
	if (lock->fd >= 0)
		close(lock->fd);
	lock->fd = -1;
}
