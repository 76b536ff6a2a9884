/* SPDX-License-Identifier: ISC
 *
 * map: a line that loops, grows or kills the child fails alone; its neighbours do
 * not. The tests do not depend on time: only lines that never end are stopped by
 * it.
 */
#include "base/buf.h"
#include "tests/unit/jq/map_child.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>

/* The program does its harm on the line true; the other lines come back. */
static void
harm_one_line(const char *program, enum map_end end, const char *words,
    int fork_max)
{
	struct buf text = BUF_EMPTY;
	struct map *map;
	int before;

	buf_printf(&text, "if . == true then (%s) else . end", program);
	map = open_map(buf_text(&text), &quick);
	before = fork_count;
	put_json(map, "1");
	put_json(map, "true");
	put_json(map, "2");
	put_json(map, "3");
	expect_output(map, "1");
	expect(map, end, words);
	expect_output(map, "2");
	expect_output(map, "3");
	assert_in_range(fork_count - before, 0, fork_max);
	map_close(map);
	buf_release(&text);
}

static void
lines_that_never_end(void **state)
{
	(void)state;
	harm_one_line("def f: f; f", MAP_STOPPED, RAN_LONGER, 1);
	harm_one_line("last(repeat(1))", MAP_STOPPED, RAN_LONGER, 1);
	harm_one_line("repeat(1)", MAP_TOO_MANY, "more than 10000", 0);
}

static void
lines_that_kill_the_child(void **state)
{
	const char *words = map_limits_memory() ? "died of signal SIGABRT"
	    : "on this line";

	(void)state;
	harm_one_line("1e18 | todate", MAP_STOPPED, words, 1);
	harm_one_line("1e1000 | todate", MAP_STOPPED, words, 1);
}

static void
lines_that_eat_memory(void **state)
{
	static const struct map_limits patient = { 60000, 32 << 20,
		MAP_OUTPUT_BYTES, MAP_OUTPUT_COUNT };
	const char *words = "it wanted more than 32 MiB of memory on this line";
	struct map *map;
	int before;

	(void)state;
	if (!map_limits_memory()) {
		print_message("# memory is not limited under sanitizers\n");
		skip();
	}
	map = open_map("if . == 1 then [range(1e9)] elif . == 2 then "
	    "reduce range(60) as $i (\"x\"; . + .) elif . == 3 then "
	    "[range(1e5)] | length else . end",
	    &patient);
	before = fork_count;
	for (int i = 0; i < 16; i++)
		put_json(map, i % 4 == 0 ? "0" : i % 4 == 1 ? "1" : i % 4 == 2 ? "2"
		    : "3");
	for (int i = 0; i < 4; i++) {
		expect_output(map, "0");
		expect(map, MAP_STOPPED, words);
		expect(map, MAP_STOPPED, words);
		expect_output(map, "100000");
	}
	/* One for each of 8 bad lines, and one more for each that was not the
	 * first line of its child. */
	assert_in_range(fork_count - before, 8, 16);
	map_close(map);
}

static void
many_bad_lines_cost_one_process_each(void **state)
{
	struct map *map = open_map("1e18 | todate", &quick);
	int before = fork_count;

	(void)state;
	for (int i = 0; i < 50; i++)
		put_json(map, "0");
	for (int i = 0; i < 50; i++)
		expect(map, MAP_STOPPED, "on this line");
	assert_int_equal(fork_count - before, 49);
	map_close(map);
}

static void
children_that_do_nothing_are_an_error(void **state)
{
	struct map *map = open_map(".", NULL);
	struct map_result result;
	struct err err;
	int before;

	(void)state;
	assert_int_equal(map_get(map, &result, &err), -1);
	assert_int_equal(err.exit_code, EXIT_BUG);
	map_close(map);

	fork_mode = CHILD_DIES;
	before = fork_count;
	map = open_map(".", NULL);
	put_json(map, "1");
	assert_int_equal(map_get(map, &result, &err), -1);
	assert_int_equal(err.exit_code, EXIT_AGAIN);
	assert_non_null(strstr(err.text, "ends before it reads a line"));
	assert_int_equal(fork_count - before, 3);
	/* Now the child can start. */
	fork_mode = FORK_WELL;
	expect_output(map, "1");
	map_close(map);

	fork_mode = FORK_FAILS;
	assert_int_equal(map_open(&map, ".", "test", NULL, &err), -1);
	assert_int_equal(err.exit_code, EXIT_AGAIN);
	fork_mode = FORK_WELL;
}

static size_t
count_files(long pid)
{
	const struct dirent *entry;
	size_t count = 0;
	char path[64];
	DIR *folder;

	snprintf(path, sizeof(path), "/proc/%ld/fd", pid);
	folder = opendir(path);
	assert_non_null(folder);
	while ((entry = readdir(folder)) != NULL)
		count += entry->d_name[0] != '.';
	closedir(folder);
	return count;
}

static void
no_file_and_no_child_is_left(void **state)
{
	size_t before = count_files(getpid());
	struct map *map = open_map("if . == 0 then 1e18 | todate else . end",
	    NULL);

	(void)state;
	for (int i = 0; i < 200; i++)
		put_json(map, i % 2 == 0 ? "0" : "1");
	for (int i = 0; i < 100; i++) {
		expect(map, MAP_STOPPED, "on this line");
		expect_output(map, "1");
	}
	put_json(map, "0");
	map_close(map);
	assert_int_equal(count_files(getpid()), before);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

/* Returns the pid of the only child, or 0 when it cannot be found out. */
static pid_t
child_pid(void)
{
	char path[64];
	char text[32] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%ld/children",
	    (long)getpid());
	file = fopen(path, "r");
	if (file == NULL)
		return 0;
	(void)!fgets(text, sizeof(text), file);
	fclose(file);
	return (pid_t)strtol(text, NULL, 10);
}

static void
the_child_has_only_its_socket_open(void **state)
{
	int low = open("/dev/zero", O_RDONLY);
	int high = fcntl(low, F_DUPFD, 200);
	struct map *map = open_map(".", NULL);

	(void)state;
	assert_true(low >= 0 && high >= 0);
	put_json(map, "1");
	expect_output(map, "1");
	if (child_pid() != 0)
		assert_int_equal(count_files(child_pid()), 4);
	map_close(map);
	close(low);
	close(high);
}

static void
a_killed_child_is_replaced(void **state)
{
	struct map *map = open_map(".", NULL);
	int before;

	(void)state;
	put_json(map, "1");
	expect_output(map, "1");
	if (child_pid() == 0) {
		map_close(map);
		skip();
	}
	before = fork_count;
	for (int i = 0; i < 5; i++) {
		/* A signal to the whole group is for the parent to handle. */
		kill(child_pid(), SIGINT);
		kill(child_pid(), SIGTERM);
		put_json(map, "2");
		expect_output(map, "2");
	}
	assert_int_equal(fork_count, before);
	for (int i = 0; i < 5; i++) {
		put_json(map, "2");
		put_json(map, "3");
		expect_output(map, "2");
		kill(child_pid(), SIGKILL);
		expect_output(map, "3");
	}
	map_close(map);
}

/* A parent dies of SIGKILL while its child runs a line that never ends. The
 * child, which this process inherits, must have been killed too. */
static void
no_child_outlives_its_parent(void **state)
{
	int told[2], status;
	pid_t parent;
	char byte;

	(void)state;
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	assert_int_equal(pipe(told), 0);
	parent = fork();
	assert_true(parent >= 0);
	if (parent == 0) {
		struct map *map = open_map("def f: f; f", NULL);
		struct map_result result;
		struct err err;

		busy_fd = told[1];
		put_json(map, "1");
		(void)!map_get(map, &result, &err);
		_exit(0);
	}
	close(told[1]);
	assert_int_equal(read(told[0], &byte, 1), 1);
	kill(parent, SIGKILL);
	assert_int_equal(waitpid(parent, &status, 0), parent);
	assert_true(WIFSIGNALED(status));
	assert_true(waitpid(-1, &status, 0) > 0);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_int_equal(waitpid(-1, &status, 0), -1);
	close(told[0]);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
}

/* Only the parent writes the contents of its stdio buffers. */
static void
output_is_not_written_twice(void **state)
{
	char path[] = P_tmpdir "/map-test-XXXXXX";
	int fd = mkstemp(path);
	FILE *file = fdopen(fd, "w");
	struct map *map;

	(void)state;
	assert_non_null(file);
	fputs("once", file);
	map = open_map("if . == 1 then 1e18 | todate else . end", NULL);
	put_json(map, "1");
	put_json(map, "2");
	expect(map, MAP_STOPPED, "on this line");
	expect_output(map, "2");
	map_close(map);
	fclose(file);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	assert_int_equal(ftell(file), 4);
	fclose(file);
	unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_that_never_end),
		cmocka_unit_test(lines_that_kill_the_child),
		cmocka_unit_test(lines_that_eat_memory),
		cmocka_unit_test(many_bad_lines_cost_one_process_each),
		cmocka_unit_test(children_that_do_nothing_are_an_error),
		cmocka_unit_test(no_file_and_no_child_is_left),
		cmocka_unit_test(the_child_has_only_its_socket_open),
		cmocka_unit_test(a_killed_child_is_replaced),
		cmocka_unit_test(no_child_outlives_its_parent),
		cmocka_unit_test(output_is_not_written_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
