/* SPDX-License-Identifier: ISC
 *
 * A process that waits for the lock gets it next, even when the holder tries
 * to take it again at once.
 */
#include "io/lock.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define WAIT_MS 20000

/* Whether another process holds the turnstile. */
static bool
is_turnstile_taken(const struct lock *lock)
{
	struct flock record = { .l_type = F_WRLCK, .l_whence = SEEK_SET,
		.l_len = 1 };

	assert_int_equal(fcntl(lock->fd, F_OFD_GETLK, &record), 0);
	return record.l_type != F_UNLCK;
}

/* In a child: waits for the lock, writes a byte to the pipe, releases the lock. */
static void
lock_and_report(const char *path, int report_fd)
{
	struct lock lock = LOCK_NONE;
	struct err err;

	if (lock_init(&lock, path, true, &err) < 0 ||
	    lock_take(&lock, false, WAIT_MS, "test", &err) < 0 ||
	    write(report_fd, "x", 1) != 1)
		_exit(1);
	lock_release(&lock);
	_exit(0);
}

static void
a_waiting_process_is_next(void **state)
{
	char path[] = P_tmpdir "/lock-test-XXXXXX";
	struct lock lock = LOCK_NONE;
	struct pollfd report = { -1, POLLIN, 0 };
	int status, pipe_fds[2], file = mkstemp(path);
	struct err err;
	pid_t child;

	(void)state;
	assert_true(file >= 0);
	close(file);
	assert_int_equal(pipe(pipe_fds), 0);
	assert_int_equal(lock_init(&lock, path, true, &err), 0);
	assert_int_equal(lock_take(&lock, false, WAIT_MS, "test", &err), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		lock_and_report(path, pipe_fds[1]);
	while (!is_turnstile_taken(&lock))
		assert_int_equal(waitpid(child, &status, WNOHANG), 0);
	lock_give(&lock);
	assert_int_equal(lock_take(&lock, false, WAIT_MS, "test", &err), 0);
	/* The byte is in the pipe already: the child had the lock before us. */
	report.fd = pipe_fds[0];
	assert_int_equal(poll(&report, 1, 0), 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	lock_release(&lock);
	unlink(path);
}

static void
waits_no_longer_than_allowed(void **state)
{
	char path[] = P_tmpdir "/lock-test-XXXXXX";
	struct lock one = LOCK_NONE, two = LOCK_NONE;
	int file = mkstemp(path);
	struct err err;

	(void)state;
	assert_true(file >= 0);
	close(file);
	assert_int_equal(lock_init(&one, path, true, &err), 0);
	assert_int_equal(lock_init(&two, path, true, &err), 0);
	assert_int_equal(lock_take(&one, false, 0, "test", &err), 0);
	assert_int_equal(lock_take(&two, false, 0, "test", &err), -1);
	assert_int_equal(err.exit_code, EXIT_AGAIN);
	assert_int_equal(lock_take(&two, true, 0, "test", &err), -1);
	/* Both attempts failed, and released the turnstile. */
	assert_false(is_turnstile_taken(&one));
	lock_give(&one);
	assert_int_equal(lock_take(&one, true, 0, "test", &err), 0);
	assert_int_equal(lock_take(&two, true, 0, "test", &err), 0);
	lock_release(&one);
	lock_release(&two);
	lock_release(&two);
	unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_waiting_process_is_next),
		cmocka_unit_test(waits_no_longer_than_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
