/* SPDX-License-Identifier: ISC */
#include "io/listener.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static void
test_loopback(void **state)
{
	static const struct {
		const char *address;
		int result; /* 0: not, 1: loopback, -1: no address */
	} cases[] = {
		{ "127.0.0.1:9108", 1 }, { "127.1.2.3:1", 1 }, { "[::1]:9108", 1 },
		{ "localhost:0", 1 }, { "[::ffff:127.0.0.1]:1", 1 },
		{ ":9108", 0 }, { "0.0.0.0:9108", 0 }, { "[::]:9108", 0 }, { "10.0.0.1:9108", 0 },
		{ "[::ffff:10.0.0.1]:1", 0 }, { "[fe80::1]:1", 0 },
		{ "", -1 }, { "9108", -1 }, { "127.0.0.1", -1 }, { "127.0.0.1:", -1 },
		{ "127.0.0.1:x", -1 }, { "127.0.0.1:65536", -1 }, { "127.0.0.1:-1", -1 },
		{ "127.0.0.1: 1", -1 }, { "127.0.0.1:+1", -1 }, { "::1:9108", -1 },
		{ "[]:9108", -1 }, { "[127.0.0.1]:9108", -1 }, { "[::1:9108", -1 },
		{ "127.0.0.1:http", -1 }, { "999.1.1.1:1", -1 }, { "[::g]:1", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = { .exit_code = 0 };
		bool is_loopback = false;
		int result = listener_is_loopback(cases[i].address, &is_loopback, &err);

		if (result != (cases[i].result < 0 ? -1 : 0) ||
		    (result == 0 && is_loopback != (cases[i].result == 1)))
			fail_msg("%s", cases[i].address);
		if (result < 0)
			assert_int_equal(err.exit_code, EXIT_USAGE);
	}
}

static void
test_open(void **state)
{
	struct listener one, other;
	struct err err;

	(void)state;
	assert_int_equal(listener_open(&one, "127.0.0.1:0", &err), 0);
	assert_true(one.is_loopback);
	assert_int_equal(strncmp(one.name, "127.0.0.1:", 10), 0);
	assert_string_not_equal(one.name, "127.0.0.1:0");
	/* The port is taken. */
	assert_int_equal(listener_open(&other, one.name, &err), -1);
	assert_int_equal(err.exit_code, EXIT_CREATE);
	assert_non_null(strstr(err.text, one.name));
	close(one.fd);
	/* An address that this machine does not have (RFC 5737). */
	assert_int_equal(listener_open(&other, "192.0.2.1:0", &err), -1);
	assert_int_equal(err.exit_code, EXIT_CREATE);
}

static void
test_take(void **state)
{
	struct listener one, taken;
	struct err err;
	int fds[2], fd;

	(void)state;
	assert_int_equal(listener_open(&one, "127.0.0.1:0", &err), 0);
	fd = dup(one.fd);
	assert_int_equal(listener_take(&taken, fd, &err), 0);
	assert_string_equal(taken.name, one.name);
	assert_true(taken.is_loopback);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	close(one.fd);
	close(fd);
	assert_int_equal(listener_take(&taken, fd, &err), -1);
	assert_int_equal(err.exit_code, EXIT_CONFIG);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_int_equal(listener_take(&taken, fds[0], &err), -1);
	close(fds[0]);
	close(fds[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_loopback),
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_take),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
