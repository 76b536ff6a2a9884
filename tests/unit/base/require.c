/* SPDX-License-Identifier: ISC */
#include "base/mem.h"
#include "base/require.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Calls run in a child. out gets what the child wrote to stderr; returns the
 * status as waitpid gives it. */
static int
in_child(void (*run)(void), char *out, size_t size)
{
	int ends[2], status;
	size_t len = 0;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		const struct rlimit none = { 0, 0 };

		setrlimit(RLIMIT_CORE, &none);
		signal(SIGABRT, SIG_DFL);
		dup2(ends[1], STDERR_FILENO);
		run();
		_exit(0);
	}
	close(ends[1]);
	while ((n = read(ends[0], out + len, size - 1 - len)) > 0)
		len += (size_t)n;
	out[len] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void
must_be_small(void)
{
	volatile int i = 7;

	REQUIRE(i < 10);
	REQUIRE(i < 3);
}

static void
says_what_must_hold(void **state)
{
	static const char program[] = "require: ";
	char said[1000];
	char *words;
	int status;

	(void)state;
	status = in_child(must_be_small, said, sizeof(said));
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
	assert_int_equal(strncmp(said, program, strlen(program)), 0);
	words = strstr(said, "tests/unit/");
	assert_non_null(words);
	words = strchr(words, ' ');
	assert_non_null(words);
	assert_string_equal(words, " must_be_small must hold: i < 3\n"
	    "require: this is a bug in the program; please report it with the line "
	    "above\n");
}

static void
evaluates_the_condition_once(void **state)
{
	int count = 0;

	(void)state;
	REQUIRE(++count == 1);
	assert_int_equal(count, 1);
}

static void
take_too_much(void)
{
	free(mem_new(SIZE_MAX / 2, 1));
}

static void
says_out_of_memory(void **state)
{
	char said[1000];
	int status;

	(void)state;
	status = in_child(take_too_much, said, sizeof(said));
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 74);
	/* A sanitizer may print more before it. */
	assert_non_null(strstr(said, "require: out of memory\n"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_must_hold),
		cmocka_unit_test(evaluates_the_condition_once),
		cmocka_unit_test(says_out_of_memory),
	};

	return cmocka_run_group_tests_name("require", tests, NULL, NULL);
}
