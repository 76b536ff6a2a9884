/* SPDX-License-Identifier: ISC
 *
 * nobody -- a part of a test that runs as a user who may not write in its folder. It runs in
 * a child, where no connection to a database may be used that was opened before.
 */
#ifndef TESTS_UNIT_NOBODY_H
#define TESTS_UNIT_NOBODY_H

#include <sys/wait.h>
#include <unistd.h>

/* Returns what the part returns, which is less than 99; -1 when it could not run. */
static inline int
as_nobody(int (*part)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
			_exit(99);
		_exit(part());
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status) ||
	    WEXITSTATUS(status) == 99)
		return -1;
	return WEXITSTATUS(status);
}

#endif
