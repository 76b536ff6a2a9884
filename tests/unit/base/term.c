/* SPDX-License-Identifier: ISC */
#include "base/term.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmocka.h>

static void
test_columns_come_first(void **state)
{
	static const char *const wrong[] = { "", "0", "-5", "wide", "80x", "100001" };
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)state;
	setenv("COLUMNS", "132", 1);
	assert_int_equal(term_width(fd), 132);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		setenv("COLUMNS", wrong[i], 1);
		assert_int_equal(term_width(fd), 80);
	}
	unsetenv("COLUMNS");
	assert_int_equal(term_width(fd), 80);
	close(fd);
	assert_int_equal(term_width(fd), 80);
}

static void
test_a_terminal_knows(void **state)
{
	struct winsize size = { .ws_col = 57, .ws_row = 10 };
	int fd = posix_openpt(O_RDWR | O_NOCTTY);

	(void)state;
	unsetenv("COLUMNS");
	if (fd < 0)
		skip();
	assert_int_equal(ioctl(fd, TIOCSWINSZ, &size), 0);
	assert_int_equal(term_width(fd), 57);
	setenv("COLUMNS", "99", 1);
	assert_int_equal(term_width(fd), 99);
	/* Some terminals do not know. */
	unsetenv("COLUMNS");
	size.ws_col = 0;
	assert_int_equal(ioctl(fd, TIOCSWINSZ, &size), 0);
	assert_int_equal(term_width(fd), 80);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_columns_come_first),
		cmocka_unit_test(test_a_terminal_knows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
