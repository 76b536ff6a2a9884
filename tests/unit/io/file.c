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
the_folder_of_a_path(void **state)
{
	(void)state;
	folder_is("a", ".");
	folder_is("a/b", "a");
	folder_is("a/b/c", "a/b");
	folder_is("/a", "/");
	folder_is("/a/b", "/a");
}

/* Ends in rest, behind the absolute name of the folder that the test is in. */
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
folders_are_resolved_and_the_last_part_is_not(void **state)
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
a_missing_folder_keeps_its_name(void **state)
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
		cmocka_unit_test(the_folder_of_a_path),
		cmocka_unit_test(folders_are_resolved_and_the_last_part_is_not),
		cmocka_unit_test(a_missing_folder_keeps_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
