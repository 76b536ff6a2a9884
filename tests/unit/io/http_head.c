/* SPDX-License-Identifier: ISC
 *
 * Heads that are accepted, and heads that are refused.
 */
#include "io/http_head.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Reads the lines; returns the fault, or NULL. */
static const char *
read_lines(struct http_head *head, const char *const *lines)
{
	const char *fault = NULL;

	http_head_reset(head);
	for (; *lines != NULL; lines++)
		if (http_head_line(head, *lines, strlen(*lines), &fault) < 0)
			return fault;
	return NULL;
}

static void
reads_fields(void **state)
{
	static const char *const lines[] = { "HTTP/1.1 100 Continue\r\n", "\r\n",
		"HTTP/1.1 200 OK\r\n", "content-LENGTH: 12\r\n",
		"Content-Length: 12\r\n", "ETag:\t\"a b\" \r\n",
		"Retry-After: 3\r\n", "\r\n", NULL };
	static const char *const bare[] = { "HTTP/2 204\n", "\n", NULL };
	struct http_head head = { 0 };

	(void)state;
	assert_null(read_lines(&head, lines));
	assert_int_equal(head.status, 200);
	assert_int_equal(head.content_length, 12);
	assert_string_equal(head.etag, "\"a b\"");
	assert_string_equal(head.retry_after, "3");
	assert_null(head.location);
	assert_null(read_lines(&head, bare));
	assert_int_equal(head.status, 204);
	assert_int_equal(head.content_length, -1);
	assert_null(head.etag);
	http_head_reset(&head);
}

static void
refuses_contradictions_and_nonsense(void **state)
{
	static const char *const heads[][5] = {
		{ "HTTP/1.1 2x0 OK\r\n" },
		{ "HTTP/1.1\r\n" },
		{ "HTTP/1.1 999 Odd\r\n" },
		{ "HTTP/1.1 200 OK\r\n", "Content-Length: 5\r\n",
		    "Content-Length: 6\r\n" },
		{ "HTTP/1.1 200 OK\r\n", "Content-Length: 5x\r\n" },
		{ "HTTP/1.1 200 OK\r\n", "Content-Length: -5\r\n" },
		{ "HTTP/1.1 200 OK\r\n",
		    "Content-Length: 99999999999999999999\r\n" },
		{ "HTTP/1.1 302 Found\r\n", "Location: /a\r\n",
		    "Location: /b\r\n" },
		{ "HTTP/1.1 200 OK\r\n", "Content-Length: 5\r\n",
		    "Transfer-Encoding: chunked\r\n", "\r\n" },
		{ "HTTP/1.1 200 OK\r\n", "no colon\r\n" },
		{ "HTTP/1.1 200 OK\r\n", ": no name\r\n" },
		{ "HTTP/1.1 200 OK\r\n", "A: b\rc: d\r\n" },
	};
	struct http_head head = { 0 };
	const char *fault;

	(void)state;
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		if (read_lines(&head, heads[i]) == NULL)
			fail_msg("head %zu was taken", i);
	http_head_reset(&head);
	assert_int_equal(http_head_line(&head, "A: b\0c\r\n", 8, &fault), -1);
	http_head_reset(&head);
}

static void
keeps_its_limits(void **state)
{
	static char line[HTTP_HEAD_MAX_LINE_BYTES + 2];
	struct http_head head = { 0 };
	const char *fault;
	int count = 0;

	(void)state;
	memset(line, 'a', sizeof(line));
	line[1] = ':';
	http_head_reset(&head);
	assert_int_equal(http_head_line(&head, line, HTTP_HEAD_MAX_LINE_BYTES,
	    &fault), 0);
	assert_int_equal(http_head_line(&head, line,
	    HTTP_HEAD_MAX_LINE_BYTES + 1, &fault), -1);
	http_head_reset(&head);
	while (http_head_line(&head, "a: b\r\n", 6, &fault) == 0)
		count++;
	assert_int_equal(count, HTTP_HEAD_MAX_LINES);
	http_head_reset(&head);
	for (count = 0; http_head_line(&head, line, HTTP_HEAD_MAX_LINE_BYTES,
	    &fault) == 0; count++)
		continue;
	assert_int_equal(count,
	    HTTP_HEAD_MAX_BYTES / HTTP_HEAD_MAX_LINE_BYTES);
	http_head_reset(&head);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_fields),
		cmocka_unit_test(refuses_contradictions_and_nonsense),
		cmocka_unit_test(keeps_its_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
