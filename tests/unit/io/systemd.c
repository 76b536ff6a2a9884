/* SPDX-License-Identifier: ISC */
#include "io/systemd.h"
#include "tests/unit/folder.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/socket.h>

#include <cmocka.h>

static const char *const variables[] = { "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID",
	"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES" };
#define VARIABLE_COUNT (sizeof(variables) / sizeof(variables[0]))

/* Opens with an environment of pairs, which NULL ends. */
static int
open_with(struct systemd *out, const char *const *pairs, struct err *err)
{
	for (size_t i = 0; i < VARIABLE_COUNT; i++)
		unsetenv(variables[i]);
	for (; *pairs != NULL; pairs += 2)
		setenv(pairs[0], pairs[1], 1);
	return systemd_open(out, err);
}

static void
test_nothing(void **state)
{
	static const char *const none[] = { NULL };
	struct systemd systemd;
	struct err err;

	(void)state;
	assert_int_equal(open_with(&systemd, none, &err), 0);
	assert_int_equal(systemd.listen_fd, -1);
	assert_int_equal(systemd.watchdog_ms, 0);
	systemd_notify(&systemd, "READY=1");
	systemd_close(&systemd);
}

/* A socket by path or abstract name gets the states, as one datagram each. */
static void
test_notify(void **state)
{
	char names[2][128], got[64];

	(void)state;
	snprintf(names[0], sizeof(names[0]), "%.100s/notify", folder_path);
	snprintf(names[1], sizeof(names[1]), "@teltools-test-%ld", (long)getpid());
	for (int i = 0; i < 2; i++) {
		const char *const pairs[] = { "NOTIFY_SOCKET", names[i], NULL };
		struct sockaddr_un address = { .sun_family = AF_UNIX };
		int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		struct systemd systemd;
		struct err err;

		memcpy(address.sun_path, names[i], strlen(names[i]));
		if (names[i][0] == '@')
			address.sun_path[0] = '\0';
		assert_int_equal(bind(fd, (struct sockaddr *)&address, (socklen_t)
		    (offsetof(struct sockaddr_un, sun_path) + strlen(names[i]))), 0);
		assert_int_equal(open_with(&systemd, pairs, &err), 0);
		assert_null(getenv("NOTIFY_SOCKET"));
		systemd_notify(&systemd, "READY=1");
		systemd_notify(&systemd, "STATUS=well");
		assert_int_equal(recv(fd, got, sizeof(got), 0), 7);
		assert_memory_equal(got, "READY=1", 7);
		assert_int_equal(recv(fd, got, sizeof(got), 0), 11);
		close(fd);
		systemd_notify(&systemd, "STOPPING=1"); /* nobody listens any more */
		systemd_close(&systemd);
		systemd_notify(&systemd, "STOPPING=1");
	}
}

static void
test_watchdog(void **state)
{
	char own[16];
	const struct {
		const char *pairs[5];
		int64_t ms;
	} cases[] = {
		{ { "WATCHDOG_USEC", "30000000", NULL }, 15000 },
		{ { "WATCHDOG_USEC", "30000000", "WATCHDOG_PID", own, NULL }, 15000 },
		{ { "WATCHDOG_USEC", "30000000", "WATCHDOG_PID", "1", NULL }, 0 },
		{ { "WATCHDOG_USEC", "1", NULL }, 1 },
		{ { "WATCHDOG_USEC", "0", NULL }, 0 },
		{ { "WATCHDOG_USEC", "x", NULL }, 0 },
	};

	(void)state;
	snprintf(own, sizeof(own), "%ld", (long)getpid());
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct systemd systemd;
		struct err err;

		assert_int_equal(open_with(&systemd, cases[i].pairs, &err), 0);
		assert_int_equal(systemd.watchdog_ms, cases[i].ms);
		for (size_t k = 0; k < VARIABLE_COUNT; k++)
			assert_null(getenv(variables[k]));
		systemd_close(&systemd);
	}
}

static void
test_listen(void **state)
{
	char own[16];
	const struct {
		const char *pairs[5];
		int result, fd;
	} cases[] = {
		{ { "LISTEN_PID", own, "LISTEN_FDS", "1", NULL }, 0, 3 },
		{ { "LISTEN_PID", own, "LISTEN_FDS", "0", NULL }, 0, -1 },
		{ { "LISTEN_PID", "1", "LISTEN_FDS", "1", NULL }, 0, -1 },
		{ { "LISTEN_FDS", "1", NULL }, 0, -1 },
		{ { "LISTEN_PID", own, "LISTEN_FDS", "2", NULL }, -1, -1 },
		{ { "LISTEN_PID", own, "LISTEN_FDS", "x", NULL }, -1, -1 },
		{ { "NOTIFY_SOCKET", "relative", NULL }, -1, -1 },
		{ { "NOTIFY_SOCKET", "/", NULL }, -1, -1 },
	};

	(void)state;
	snprintf(own, sizeof(own), "%ld", (long)getpid());
	/* Descriptor 3 must be open, as systemd leaves it. */
	if (fcntl(3, F_GETFD) < 0)
		assert_int_equal(dup2(STDERR_FILENO, 3), 3);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct systemd systemd;
		struct err err = { .exit_code = 0 };

		assert_int_equal(open_with(&systemd, cases[i].pairs, &err), cases[i].result);
		assert_int_equal(systemd.listen_fd, cases[i].fd);
		if (cases[i].result < 0)
			assert_int_equal(err.exit_code, EXIT_CONFIG);
		else
			systemd_close(&systemd);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),
		IN_FOLDER(test_notify),
		cmocka_unit_test(test_watchdog),
		cmocka_unit_test(test_listen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
