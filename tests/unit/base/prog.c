/* SPDX-License-Identifier: ISC */
#include "base/prog.h"
#include "base/log.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* What the child of ended has said on stderr. */
static char said[1024];

/* Runs prog_exit in a child whose stdout is fd, after it has printed text there.
 * Returns the status of waitpid. */
static int
ended(int fd, const char *text, int result, const struct err *err)
{
	int pipe_fds[2], status;
	ssize_t n;
	size_t len = 0;
	pid_t child;

	assert_int_equal(pipe(pipe_fds), 0);
	fflush(stdout);
	child = fork();
	if (child == 0) {
		dup2(fd, STDOUT_FILENO);
		dup2(pipe_fds[1], STDERR_FILENO);
		prog_start("test");
		fputs(text, stdout);
		_exit(prog_exit(result, err));
	}
	close(pipe_fds[1]);
	while ((n = read(pipe_fds[0], said + len, sizeof(said) - 1 - len)) > 0)
		len += (size_t)n;
	said[len] = '\0';
	close(pipe_fds[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static const struct err wrong = { EXIT_DATA, "x: is wrong" };

static void
returns_the_code(void **state)
{
	int null = open("/dev/null", O_WRONLY), status;

	(void)state;
	status = ended(null, "text", EXIT_NO, NULL);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), EXIT_NO);
	assert_string_equal(said, "");
	status = ended(null, "text", -1, &wrong);
	assert_int_equal(WEXITSTATUS(status), EXIT_DATA);
	assert_string_equal(said, "test: x: is wrong\n");
	close(null);
}

static void
reports_a_full_disk(void **state)
{
	int full = open("/dev/full", O_WRONLY), status;

	(void)state;
	if (full < 0)
		skip();
	status = ended(full, "text", EXIT_YES, NULL);
	assert_int_equal(WEXITSTATUS(status), EXIT_IO);
	assert_string_equal(said,
	    "test: standard output: No space left on device\n");
	/* After an error too, and both are reported. */
	status = ended(full, "text", -1, &wrong);
	assert_int_equal(WEXITSTATUS(status), EXIT_IO);
	assert_string_equal(said, "test: x: is wrong\n"
	    "test: standard output: No space left on device\n");
	/* Where nothing was printed, nothing is lost. */
	status = ended(full, "", -1, &wrong);
	assert_int_equal(WEXITSTATUS(status), EXIT_DATA);
	close(full);
}

static void
is_quiet_without_a_reader(void **state)
{
	int fds[2], status;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	close(fds[0]);
	status = ended(fds[1], "text", EXIT_YES, NULL);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGPIPE);
	assert_string_equal(said, "");
	status = ended(fds[1], "text", -1, &wrong);
	assert_true(WIFSIGNALED(status));
	assert_string_equal(said, "test: x: is wrong\n");
	close(fds[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(returns_the_code),
		cmocka_unit_test(reports_a_full_disk),
		cmocka_unit_test(is_quiet_without_a_reader),
	};

	return cmocka_run_group_tests_name("prog", tests, NULL, NULL);
}
