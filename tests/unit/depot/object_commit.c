/* SPDX-License-Identifier: ISC */
#include "depot/object_commit.h"
#include "tests/unit/folder.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define SHA256 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* A store in a new folder. */
static int
enter(void **state)
{
	static struct object_tree tree;

	if (folder_enter(state) < 0 || mkdir("staging", 0777) < 0 ||
	    mkdir("objects", 0777) < 0)
		return -1;
	tree = (struct object_tree){ .root = "store", .is_durable = true,
		.staging_fd = open("staging", O_RDONLY | O_DIRECTORY),
		.objects_fd = open("objects", O_RDONLY | O_DIRECTORY) };
	*state = &tree;
	return 0;
}

static int
leave(void **state)
{
	const struct object_tree *tree = *state;

	close(tree->staging_fd);
	close(tree->objects_fd);
	return folder_leave(state);
}

/* Commits a file with that text, of which `bytes` were written as far as is known. */
static enum object_result
commit(struct object_tree *tree, const char *text, int64_t bytes)
{
	struct object_work file = { .name = "a.part", .sha256 = SHA256, .bytes = bytes };
	struct object_work *group[] = { &file };

	file.fd = openat(tree->staging_fd, file.name, O_RDWR | O_CREAT, 0666);
	assert_int_equal(write(file.fd, text, strlen(text)), strlen(text));
	object_commit(tree, group, 1);
	assert_int_equal(faccessat(tree->staging_fd, "a.part", F_OK, 0), -1);
	return file.result;
}

static long long
stored_bytes(void)
{
	char path[OBJECT_PATH_SIZE];
	struct stat status;

	object_path(path, SHA256);
	return stat(path, &status) < 0 ? -1 : (long long)status.st_size;
}

static void
does_not_store_a_file_that_lost_bytes(void **state)
{
	assert_int_equal(commit(*state, "ab", 3), OBJECT_CORRUPT);
	assert_int_equal(stored_bytes(), -1);
}

static void
stores_a_file_once_and_heals_a_damaged_object(void **state)
{
	char path[OBJECT_PATH_SIZE];

	assert_int_equal(commit(*state, "abc", 3), OBJECT_STORED);
	assert_int_equal(stored_bytes(), 3);
	assert_int_equal(commit(*state, "abc", 3), OBJECT_PRESENT);
	object_path(path, SHA256);
	assert_int_equal(truncate(path, 1), 0);
	assert_int_equal(commit(*state, "ab", 3), OBJECT_CORRUPT);
	assert_int_equal(stored_bytes(), 1);
	assert_int_equal(commit(*state, "abc", 3), OBJECT_HEALED);
	assert_int_equal(stored_bytes(), 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(does_not_store_a_file_that_lost_bytes,
		    enter, leave),
		cmocka_unit_test_setup_teardown(stores_a_file_once_and_heals_a_damaged_object,
		    enter, leave),
	};

	return cmocka_run_group_tests_name("object_commit", tests, NULL, NULL);
}
