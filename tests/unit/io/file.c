/* SPDX-License-Identifier: ISC */
#include "io/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void
folder_is(const char *path, const char *expected)
{
	char *folder = file_folder_of(path);

	assert_string_equal(folder, expected);
	free(folder);
}

static void
finds_the_folder_of_a_path(void **state)
{
	(void)state;
	folder_is("a", ".");
	folder_is("a/b", "a");
	folder_is("a/b/c", "a/b");
	folder_is("/a", "/");
	folder_is("/a/b", "/a");
}

/* Expects the real name to be the working directory of the test, followed by rest. */
static void
real_name_is(const char *path, const char *rest)
{
	char *here = realpath(".", NULL), *name = file_real_name(path);
	size_t len = strlen(here);

	assert_memory_equal(name, here, len);
	assert_string_equal(name + len, rest);
	free(here);
	free(name);
}

static void
resolves_all_but_the_last_part(void **state)
{
	const char *above = getenv("TMPDIR");
	char folder[] = "file.XXXXXX";

	(void)state;
	assert_int_equal(chdir(above != NULL ? above : "/tmp"), 0);
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	assert_int_equal(mkdir("real", 0777), 0);
	assert_int_equal(symlink("real", "link"), 0);
	real_name_is("x", "/x");
	real_name_is("./x", "/x");
	real_name_is("real/x", "/real/x");
	real_name_is("link/x", "/real/x");
	real_name_is("link/../x", "/x");
	real_name_is("link", "/link");
	assert_int_equal(unlink("link") | rmdir("real"), 0);
	assert_int_equal(chdir(".."), 0);
	assert_int_equal(rmdir(folder), 0);
}

static void
keeps_the_name_of_a_missing_folder(void **state)
{
	char *name = file_real_name("/nosuch/folder/x");

	(void)state;
	assert_string_equal(name, "/nosuch/folder/x");
	free(name);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_folder_of_a_path),
		cmocka_unit_test(resolves_all_but_the_last_part),
		cmocka_unit_test(keeps_the_name_of_a_missing_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
