/* SPDX-License-Identifier: ISC */
#include "io/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

/* Returns memory at the end of a page, filled with 'x'. The next page is not
 * readable, so a text without a NUL faults. */
static struct http_url *
url_at_the_edge(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(pages, MAP_FAILED);
	assert_int_equal(mprotect(pages + page, page, PROT_NONE), 0);
	memset(pages, 'x', page);
	return (struct http_url *)(void *)(pages + page -
	    sizeof(struct http_url));
}

static void
refuses_text_that_is_no_url(void **state)
{
	static const char *const texts[] = { "", "not a url", "ftp://h/", "http://",
		"http://h:99999/", "http://[::1/" };
	struct http_url *url = url_at_the_edge();
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		memset(url, 'x', sizeof(*url));
		assert_int_equal(http_url_read(texts[i], url, &err), -1);
		assert_int_equal(err.exit_code, EXIT_DATA);
	}
}

static void
normalises_hosts(void **state)
{
	struct http_url *url = url_at_the_edge();
	struct err err;

	(void)state;
	assert_int_equal(http_url_read("HTTPS://Files.Example:8443/a", url, &err), 0);
	assert_string_equal(url->scheme, "https");
	assert_string_equal(url->host, "files.example");
	assert_int_equal(http_url_read("http://[2001:DB8::1]:80/", url, &err), 0);
	assert_string_equal(url->host, "2001:db8::1");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_text_that_is_no_url),
		cmocka_unit_test(normalises_hosts),
	};

	return cmocka_run_group_tests_name("http_url", tests, NULL, NULL);
}
