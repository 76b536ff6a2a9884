/* SPDX-License-Identifier: ISC */
#include "base/buf.h"
#include "base/mem.h"
#include "tests/unit/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void
empty(void **state)
{
	struct buf buf = BUF_EMPTY;

	(void)state;
	assert_string_equal(buf_text(&buf), "");
	buf_reset(&buf);
	buf_release(&buf);
	buf_add(&buf, NULL, 0);
	assert_non_null(buf.data);
	assert_int_equal(buf.len, 0);
	assert_int_equal(buf.data[0], '\0');
	buf_release(&buf);
	buf_printf(&buf, "%s", "");
	assert_non_null(buf.data);
	buf_release(&buf);
	assert_null(buf.data);
}

static void
adds(void **state)
{
	struct buf buf = BUF_EMPTY;

	(void)state;
	buf_add_text(&buf, "ab");
	buf_add_char(&buf, 'c');
	buf_add(&buf, "d\0e", 3);
	buf_printf(&buf, "%d-%s", 7, "x");
	assert_int_equal(buf.len, 9);
	assert_memory_equal(buf.data, "abcd\0e7-x", 10);
	buf_reset(&buf);
	assert_int_equal(buf.len, 0);
	assert_string_equal(buf_text(&buf), "");
	assert_true(buf.size > 0);
	buf_release(&buf);
}

/* All the room that buf_room made, and the NUL after it, may be written to. */
static void
room(void **state)
{
	struct buf buf = BUF_EMPTY;
	char *end;

	(void)state;
	buf_add_text(&buf, "abc");
	end = buf_room(&buf, 1000);
	assert_ptr_equal(end, buf.data + 3);
	assert_true(buf.size >= 1004);
	memset(end, 'x', 1001);
	assert_memory_equal(buf.data, "abcx", 4);
	buf_release(&buf);
}

/* Holds the same bytes as a plain array, with a NUL after them at every step. */
static void
like_an_array(void **state)
{
	struct buf buf = BUF_EMPTY;
	char *model = mem_new(1 << 20, 1), piece[600];
	size_t len = 0;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		size_t count = random_below(sizeof(piece));

		if (random_below(50) == 0) {
			buf_reset(&buf);
			len = 0;
		}
		if (len + count > 1 << 20)
			continue;
		for (size_t k = 0; k < count; k++)
			piece[k] = (char)random_next();
		buf_add(&buf, piece, count);
		memcpy(model + len, piece, count);
		len += count;
		assert_int_equal(buf.len, len);
		assert_true(buf.size > buf.len);
		assert_int_equal(buf.data[len], '\0');
		assert_true(memcmp(buf.data, model, len) == 0);
	}
	buf_release(&buf);
	free(model);
}

static void
long_format(void **state)
{
	struct buf buf = BUF_EMPTY;

	(void)state;
	buf_printf(&buf, "%0*d", 100000, 5);
	assert_int_equal(buf.len, 100000);
	assert_int_equal(buf.data[99999], '5');
	assert_int_equal(buf.data[100000], '\0');
	buf_release(&buf);
}

/* Runs action in a child; returns the exit code of the child, -1 for a signal. */
static int
ends_with(void (*action)(void))
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		/* Hides the expected message. */
		fclose(stderr);
		action();
		_exit(0);
	}
	assert_true(child > 0);
	assert_true(waitpid(child, &status, 0) == child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
too_much(void)
{
	struct buf buf = BUF_EMPTY;

	buf_add_text(&buf, "abc");
	buf_room(&buf, SIZE_MAX - 3);
}

static void
too_many(void)
{
	mem_resize(NULL, SIZE_MAX / 4 + 2, 4);
}

/* A size that overflows ends the program. */
static void
overflow(void **state)
{
	(void)state;
	assert_int_equal(ends_with(too_much), EXIT_IO);
	assert_int_equal(ends_with(too_many), EXIT_IO);
}

static void
memory(void **state)
{
	char *text = mem_text("abc"), *part = mem_text_of("abc", 2), *none = mem_text_of(NULL, 0);
	unsigned char *zero = mem_new(100, 1);

	(void)state;
	assert_string_equal(text, "abc");
	assert_string_equal(part, "ab");
	assert_string_equal(none, "");
	for (int i = 0; i < 100; i++)
		assert_int_equal(zero[i], 0);
	free(text);
	free(part);
	free(none);
	free(zero);
	free(mem_new(0, 0));
}

static void
visible(void **state)
{
	static const struct {
		const char *text, *shown;
	} cases[] = {
		{ "", "" },
		{ "a b\\~", "a b\\~" },
		{ "\x1b[2J", "\\x1b[2J" },
		{ "\t\r\n\x7f", "\\x09\\x0d\\x0a\\x7f" },
		{ "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
		    "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80" },
		{ "\xc2\x9b" "2J\xc2\xa0", "\\xc2\\x9b2J\xc2\xa0" }, /* C1: CSI */
		{ "\x9b" "2J\xc3", "\\x9b2J\\xc3" },
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },
	};
	struct buf buf = BUF_EMPTY;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_reset(&buf);
		buf_add_visible(&buf, cases[i].text, strlen(cases[i].text));
		assert_string_equal(buf_text(&buf), cases[i].shown);
	}
	buf_reset(&buf);
	buf_add_visible(&buf, "a\0b", 3);
	assert_string_equal(buf_text(&buf), "a\\x00b");
	buf_release(&buf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty),
		cmocka_unit_test(adds),
		cmocka_unit_test(room),
		cmocka_unit_test(like_an_array),
		cmocka_unit_test(long_format),
		cmocka_unit_test(overflow),
		cmocka_unit_test(memory),
		cmocka_unit_test(visible),
	};

	random_start();
	return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
