/* SPDX-License-Identifier: ISC
 *
 * tail: files with many changes, followed with inotify and without.
 */
#include "tests/unit/random.h"
#include "tests/unit/read/tail_reader.h"

#include <sched.h>
#include <stdio.h>

#define SKIPPED 77

/* Makes every kind of change to a file. */
static void
go_through_all_changes(void)
{
	append("a", "1\n");
	assert_string_equal(settle(), "1\n");
	append("a", "2\n");
	assert_int_equal(rename("a", "a.1"), 0);
	append("a", "3\n");
	assert_int_equal(rename("a", "a.2"), 0);
	append("a", "4\n");
	append("a.1", "5\n");
	assert_string_equal(settle(), "2\n5\n3\n4\n");
	append("a", "6\n");
	copy("a", "a.3");
	assert_int_equal(truncate("a", 0), 0);
	append("a", "7\n");
	assert_string_equal(settle(), "6\n7\n");
	assert_int_equal(unlink("a"), 0);
	assert_string_equal(settle(), "");
	append("a", "8\n");
	assert_string_equal(settle(), "8\n");
}

static void
polling_gives_the_same(void **state)
{
	struct tail_options options = { NEVER_MS, 0, true, NULL, NULL };

	(void)state;
	start_with(options, "a");
	go_through_all_changes();
	assert_string_equal(buf_text(&reader.warnings),
	    "a: does not exist yet; waiting for it\n");
}

static void
polling_finds_a_copy_of_missed_lines(void **state)
{
	struct tail_options options = { NEVER_MS, 0, true, NULL, NULL };
	const struct timespec past[2] = { { 1000, 0 }, { 1000, 0 } };

	(void)state;
	append("a", "");
	assert_int_equal(utimensat(AT_FDCWD, ".", past, 0), 0);
	start_with(options, "a");
	settle();
	append("a", "1\n");
	copy("a", "a.1");
	assert_int_equal(truncate("a", 0), 0);
	assert_string_equal(settle(), "1\n");
}

static bool
write_value(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY);
	bool done = fd >= 0 && write(fd, value, strlen(value)) == (ssize_t)strlen(value);

	if (fd >= 0)
		close(fd);
	return done;
}

/* Runs in a user namespace of its own, where it may set the limit. */
static void
run_with_limit(const char *limit, const char *value, const char *warning)
{
	struct tail_options options = { NEVER_MS, 0, false, NULL, NULL };

	if (unshare(CLONE_NEWUSER) < 0 || !write_value("/proc/self/uid_map", "0 0 1") ||
	    !write_value(limit, value))
		_exit(SKIPPED);
	append("a", "");
	start_with(options, "a");
	go_through_all_changes();
	assert_non_null(strstr(buf_text(&reader.warnings), warning));
	assert_null(strchr(strchr(reader.warnings.data, '\n') + 1, '\n'));
	_exit(0);
}

static void
run_in_child_with_limit(const char *limit, const char *value, const char *warning)
{
	pid_t child = fork();
	int status = 0;

	assert_true(child >= 0);
	if (child == 0) {
		run_with_limit(limit, value, warning);
		_exit(1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED)
		skip();
	assert_int_equal(status, 0);
	unlink("a");
	unlink("a.1");
	unlink("a.2");
	unlink("a.3");
}

static void
tail_polls_when_inotify_is_exhausted(void **state)
{
	(void)state;
	run_in_child_with_limit("/proc/sys/user/max_inotify_watches", "1",
	    "a: this user has too many watches (fs.inotify.max_user_watches); "
	    "files are checked every 0 ms instead\n");
	run_in_child_with_limit("/proc/sys/user/max_inotify_watches", "0",
	    ".: this user has");
	run_in_child_with_limit("/proc/sys/user/max_inotify_instances", "0",
	    "inotify: this user has too many already (fs.inotify.max_user_instances); ");
}

/* Counts in seen how often each line that the test wrote is in bytes. */
static void
count_lines(const struct buf *bytes, unsigned char *seen, size_t written)
{
	for (const char *at = buf_text(bytes); *at != '\0';) {
		char *end;
		size_t number = strtoul(at, &end, 10);

		assert_true(*end == '\n' && number < written);
		seen[number]++;
		at = end + 1;
	}
}

static size_t written, rotation;

static void
append_some(const char *path)
{
	char text[32];

	for (size_t i = random_below(4); i > 0; i--) {
		snprintf(text, sizeof(text), "%zu\n", written++);
		append(path, text);
	}
}

static void
rotate(void)
{
	char path[32];

	snprintf(path, sizeof(path), "a.%zu", ++rotation);
	if (random_below(3) > 0) {
		/* tail may not have seen the file yet when it is renamed. */
		assert_int_equal(rename("a", path), 0);
		if (random_below(4) == 0)
			settle();
		append_some(path);
	} else {
		copy("a", path);
		if (random_below(4) == 0)
			settle();
		assert_int_equal(truncate("a", 0), 0);
	}
	append("a", "");
}

static void
make_one_change(void)
{
	char path[32];

	switch (random_below(8)) {
	case 0:
		rotate();
		append_some("a");
		/* fallthrough */
	case 1:
		rotate();
		break;
	case 2:
		/* Once its name is removed, only an open file can be read. */
		settle();
		append_some("a");
		assert_int_equal(unlink("a"), 0);
		append("a", "");
		break;
	case 3:
		settle();
		append_some("a");
		append("new", "");
		append_some("new");
		assert_int_equal(rename("new", "a"), 0);
		break;
	case 4:
		snprintf(path, sizeof(path), "a.%zu", rotation);
		if (rotation > 0)
			append_some(path);
		break;
	case 5:
		settle();
		break;
	default:
		append_some("a");
	}
}

static void
follow_changes(int64_t retire_ms, bool is_polling, size_t most_bytes)
{
	struct tail_options options = { retire_ms, 0, is_polling, NULL, NULL };
	char path[32];
	unsigned char *seen;

	written = rotation = 0;
	append("a", "");
	append_some("a");
	start_with(options, "a");
	reader.most_bytes = most_bytes;
	for (int i = 0; i < 200; i++)
		make_one_change();
	/* This makes tail find lines written to a file after it was closed. */
	rotate();
	settle();
	seen = mem_new(written, 1);
	for (size_t i = 0; i < reader.content_count; i++)
		count_lines(&reader.contents[i].bytes, seen, written);
	for (size_t i = 0; i < written; i++)
		if (seen[i] != 1)
			fail_msg("line %zu of %zu was seen %d times", i, written, seen[i]);
	free(seen);
	stop();
	unlink("a");
	for (; rotation > 0; rotation--) {
		snprintf(path, sizeof(path), "a.%zu", rotation);
		unlink(path);
	}
}

static void
every_line_is_seen_once(void **state)
{
	(void)state;
	random_start();
	for (int i = 0; i < 24; i++)
		follow_changes(i % 2 == 0 ? NEVER_MS : 0, i % 6 == 5,
		    i % 4 == 3 ? 1 + random_below(9) : 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(polling_gives_the_same),
		TEST(polling_finds_a_copy_of_missed_lines),
		TEST(tail_polls_when_inotify_is_exhausted),
		TEST(every_line_is_seen_once),
	};

	return cmocka_run_group_tests_name("tail_changes", tests, NULL, NULL);
}
