/* SPDX-License-Identifier: ISC
 *
 * folder -- a new folder for each test, which is the working directory while
 * the test runs and is removed with its content afterwards.
 */
#ifndef TESTS_UNIT_FOLDER_H
#define TESTS_UNIT_FOLDER_H

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* An item of a list of tests: a test that runs in a new folder. */
#define IN_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, folder_enter, folder_leave)

static char folder_path[4096];

static inline int
folder_enter(void **state)
{
	const char *above = getenv("TMPDIR");

	(void)state;
	snprintf(folder_path, sizeof(folder_path), "%s/unit.XXXXXX",
	    above != NULL ? above : "/tmp");
	return mkdtemp(folder_path) == NULL || chdir(folder_path) < 0 ? -1 : 0;
}

static inline int
folder_remove_one(const char *path, const struct stat *status, int type, struct FTW *at)
{
	(void)status;
	(void)type;
	(void)at;
	return remove(path);
}

static inline int
folder_leave(void **state)
{
	(void)state;
	return chdir("/") < 0 ? -1
	    : nftw(folder_path, folder_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Makes a file of len bytes, or replaces it. Returns 0 or -1. */
static inline int
folder_put(const char *path, const void *bytes, size_t len)
{
	FILE *file = fopen(path, "we");

	if (file == NULL)
		return -1;
	len -= fwrite(bytes, 1, len, file);
	return fclose(file) == 0 && len == 0 ? 0 : -1;
}

static inline int
folder_put_text(const char *path, const char *text)
{
	return folder_put(path, text, strlen(text));
}

/* Returns the content of a file as text, which the caller frees; NULL when it
 * cannot be read. */
static inline char *
folder_get(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t size = 0;

	if (file == NULL)
		return NULL;
	if (getdelim(&text, &size, EOF, file) < 0 && text != NULL)
		text[0] = '\0'; /* an empty file */
	fclose(file);
	return text;
}

/* Returns how many files and folders are in the working directory. */
static inline int
folder_count(void)
{
	DIR *folder = opendir(".");
	int count = 0;

	if (folder == NULL)
		return -1;
	for (const struct dirent *entry; (entry = readdir(folder)) != NULL;)
		count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	closedir(folder);
	return count;
}

#endif
