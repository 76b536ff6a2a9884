/* SPDX-License-Identifier: ISC */
#include "io/lock.h"
#include "base/require.h"
#include "base/tim.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#define MAX_INTERVAL_MS 16

int
lock_init(struct lock *lock, const char *path, bool may_make, struct err *err)
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

/* F_WRLCK takes the turnstile, F_UNLCK releases it. Its owner is the open file
 * description, as for a flock. */
static int
set_turnstile(const struct lock *lock, short type)
{
	struct flock record = { .l_type = type, .l_whence = SEEK_SET,
		.l_len = 1 };

	return fcntl(lock->fd, F_OFD_SETLK, &record);
}

static int
take_turnstile(const struct lock *lock)
{
	return set_turnstile(lock, F_WRLCK);
}

static int
take_exclusive(const struct lock *lock)
{
	return flock(lock->fd, LOCK_EX | LOCK_NB);
}

static int
take_shared(const struct lock *lock)
{
	return flock(lock->fd, LOCK_SH | LOCK_NB);
}

/* Polls at growing intervals, because flock and F_OFD_SETLKW have no timeout.
 * Returns 1 when the lock was taken, 0 at the deadline, -1 with errno. */
static int
poll_lock(int (*take)(const struct lock *), const struct lock *lock,
    int64_t deadline_ns)
{
	int64_t interval_ms = 1;

	while (take(lock) < 0) {
		if (errno != EWOULDBLOCK && errno != EACCES && errno != EINTR)
			return -1;
		if (tim_monotonic_ns() >= deadline_ns)
			return 0;
		pause_ms(interval_ms);
		if (interval_ms < MAX_INTERVAL_MS)
			interval_ms *= 2;
	}
	return 1;
}

int
lock_take(struct lock *lock, bool is_shared, int64_t wait_ms, const char *name,
    struct err *err)
{
	int64_t deadline_ns = tim_monotonic_ns() + wait_ms * 1000000;
	int result = 1;

	REQUIRE(wait_ms >= 0);
	if (lock->fd < 0)
		return 0;
	if (!is_shared)
		result = poll_lock(take_turnstile, lock, deadline_ns);
	if (result == 1) {
		result = poll_lock(is_shared ? take_shared : take_exclusive, lock,
		    deadline_ns);
		if (!is_shared) {
			int saved = errno;

			set_turnstile(lock, F_UNLCK);
			errno = saved;
		}
	}
	if (result < 0)
		return err_system(err, EXIT_IO, "%s.lock", name);
	if (result == 0)
		return err_set(err, EXIT_AGAIN,
		    "%s: another process has been writing for %lld ms; "
		    "try again", name, (long long)wait_ms);
	return 0;
}

void
lock_give(struct lock *lock)
{
	if (lock->fd >= 0)
		flock(lock->fd, LOCK_UN);
}

void
lock_release(struct lock *lock)
{
	if (lock->fd >= 0)
		close(lock->fd);
	lock->fd = -1;
}
