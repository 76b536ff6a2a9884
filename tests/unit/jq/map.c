/* SPDX-License-Identifier: ISC
 *
 * map: a line that loops, grows or kills the child fails alone; its neighbours do
 * not. The tests do not depend on time: only lines that never end are stopped by
 * it.
 */
#include "jq/filter.h"
#include "jq/map.h"
#include "base/buf.h"
#include "tests/unit/random.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

/* Replaces fork of libc: counts the children and, in some modes, spoils them. */
static enum { FORK_WELL, FORK_FAILS, CHILD_DIES } fork_mode;
static int fork_count;

pid_t
fork(void)
{
	void *symbol = dlsym(RTLD_NEXT, "fork");
	pid_t (*libc_fork)(void);
	pid_t pid;

	memcpy(&libc_fork, &symbol, sizeof(libc_fork));
	fork_count++;
	if (fork_mode == FORK_FAILS) {
		errno = EAGAIN;
		return -1;
	}
	pid = libc_fork();
	if (pid == 0 && fork_mode == CHILD_DIES)
		_exit(1);
	return pid;
}

/* Replaces that of libc, which map calls for a child that takes long. When the
 * child has used enough processor time to be at its line, writes a byte to
 * busy_fd. */
static int busy_fd = -1;

int
clock_getcpuclockid(pid_t pid, clockid_t *clock_id)
{
	void *symbol = dlsym(RTLD_NEXT, "clock_getcpuclockid");
	int (*libc_clock)(pid_t, clockid_t *);
	struct timespec used;
	int result;

	memcpy(&libc_clock, &symbol, sizeof(libc_clock));
	result = libc_clock(pid, clock_id);
	if (busy_fd >= 0 && result == 0 && clock_gettime(*clock_id, &used) == 0 &&
	    (used.tv_sec > 0 || used.tv_nsec > 300000000)) {
		(void)!write(busy_fd, "x", 1);
		busy_fd = -1;
	}
	return result;
}

/* A short time limit for lines that never end. */
static const struct map_limits quick = { 20, MAP_MEMORY_BYTES,
	MAP_OUTPUT_BYTES, MAP_OUTPUT_COUNT };

static struct map *
open_map(const char *program, const struct map_limits *limits)
{
	struct err err = { 0, "" };
	struct map *map;

	if (map_open(&map, program, "test", limits, &err) < 0)
		fail_msg("%s", err.text);
	return map;
}

static void
put_json(struct map *map, const char *json)
{
	map_put(map, json, strlen(json), true);
}

static struct map_result
get_result(struct map *map)
{
	struct map_result result;
	struct err err = { 0, "" };

	if (map_get(map, &result, &err) < 0)
		fail_msg("%s", err.text);
	return result;
}

static void
expect(struct map *map, enum map_end end, const char *words)
{
	struct map_result result = get_result(map);

	if (result.end != end || strstr(result.words, words) == NULL)
		fail_msg("end %d (%s), expected %d (%s)", result.end,
		    result.words, end, words);
	if (end != MAP_DONE) {
		assert_int_equal(result.count, 0);
		assert_true(result.words[0] != '\0');
	}
}

static void
expect_output(struct map *map, const char *expected)
{
	struct map_result result = get_result(map);
	const char *json;
	size_t len;

	assert_int_equal(result.end, MAP_DONE);
	assert_string_equal(result.words, "");
	assert_int_equal(result.count, 1);
	json = map_output(&result, &len);
	assert_int_equal(len, strlen(expected));
	assert_memory_equal(json, expected, len);
}

static void
none_one_and_many_in_order(void **state)
{
	struct map *map = open_map("if type == \"string\" then {text: .} "
	    "else .n as $n | range($n) end", NULL);
	struct map_result result, again;
	const char *json;
	size_t len;

	(void)state;
	put_json(map, "{\"n\":0}");
	put_json(map, "{\"n\":3}");
	map_put(map, "plain \"text\"", 12, false);
	map_put(map, "", 0, false);
	result = get_result(map);
	assert_int_equal(result.end, MAP_DONE);
	assert_int_equal(result.count, 0);
	again = result = get_result(map);
	assert_int_equal(result.count, 3);
	for (int i = 0; i < 3; i++) {
		volatile char after;

		json = map_output(&result, &len);
		assert_int_equal(len, 1);
		assert_int_equal(json[0], '0' + i);
		for (size_t k = 0; k < MAP_PADDING; k++)
			after = json[len + k];
		(void)after;
	}
	assert_int_equal(map_output(&again, &len)[0], '0');
	expect_output(map, "{\"text\":\"plain \\\"text\\\"\"}");
	put_json(map, "{\"n\":1}");
	expect_output(map, "{\"text\":\"\"}");
	expect_output(map, "0");
	map_close(map);
	map_close(NULL);
}

static void
json_that_libjq_rejects_is_text(void **state)
{
	struct map *map = open_map("type", NULL);
	struct buf deep = BUF_EMPTY;

	(void)state;
	for (int i = 0; i < 2000; i++)
		buf_add_char(&deep, '[');
	for (int i = 0; i < 2000; i++)
		buf_add_char(&deep, ']');
	map_put(map, deep.data, deep.len, true);
	put_json(map, "[1]");
	expect_output(map, "\"string\"");
	expect_output(map, "\"array\"");
	map_close(map);
	buf_release(&deep);
}

static void
a_program_that_does_not_compile_fails(void **state)
{
	struct err err;
	struct map *map;
	int before = fork_count;

	(void)state;
	assert_int_equal(map_open(&map, "1 +\n nothing_known", "my.jq", NULL,
	    &err), -1);
	assert_int_equal(err.exit_code, EXIT_CONFIG);
	assert_non_null(strstr(err.text, "my.jq: "));
	assert_non_null(strstr(err.text, "nothing_known"));
	assert_int_equal(map_open(&map, "error(1) | not_this", "my.jq", NULL,
	    &err), -1);
	assert_non_null(strstr(err.text, "not_this/0 is not defined"));
	assert_null(strstr(err.text, "_error"));
	assert_int_equal(fork_count, before);
}

static void
every_end_is_reported(void **state)
{
	static const struct { const char *program, *words; } cases[] = {
		{ "error(\"x\")", "x" },
		{ "error", "error(null)" },
		{ "error(null)", "error(null)" },
		{ "error({a: 1})", "{\"a\":1}" },
		{ "1, error(null)", "error(null)" },
		{ "halt", "halted" },
		{ "1, halt", "halted" },
		{ "\"bye\" | halt_error", "bye" },
		{ "{a: 1} | halt_error", "{\"a\":1}" },
		{ "null | halt_error", "null" },
		{ "input", "there is no more input" },
		{ ".a.b.c[0] | keys", "null (null) has no keys" },
	};
	struct map *map;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		map = open_map(cases[i].program, NULL);
		for (int k = 0; k < 2; k++) {
			put_json(map, "null");
			expect(map, MAP_ERROR, cases[i].words);
		}
		map_close(map);
	}
	map = open_map("if . == 1 then empty elif . == 2 then inputs "
	    "elif . == 3 then halt else debug | stderr | try error(null) catch \"caught\" end",
	    NULL);
	for (int k = 0; k < 2; k++) {
		put_json(map, "1");
		put_json(map, "2");
		put_json(map, "3");
		put_json(map, "4");
		expect(map, MAP_DONE, "");
		expect(map, MAP_DONE, "");
		expect(map, MAP_ERROR, "halted");
		expect_output(map, "\"caught\"");
	}
	map_close(map);
}

static void
too_much_output_stops_only_its_line(void **state)
{
	static const struct map_limits small = { MAP_TIME_MS,
		MAP_MEMORY_BYTES, 100, 3 };
	struct map *map = open_map("if . == 1 then repeat(1) "
	    "elif . == 2 then \"x\" * 1000 elif . == 3 then range(3) "
	    "else . end", &small);
	int before = fork_count;

	(void)state;
	put_json(map, "0");
	put_json(map, "1");
	put_json(map, "2");
	put_json(map, "3");
	put_json(map, "4");
	expect_output(map, "0");
	expect(map, MAP_TOO_MANY, "makes more than 3 events from this line");
	expect(map, MAP_STOPPED, "made more than 100 bytes from this line");
	assert_int_equal(get_result(map).count, 3);
	expect_output(map, "4");
	/* This needs no new process. */
	assert_int_equal(fork_count, before);
	map_close(map);
}

static void
output_as_large_as_allowed(void **state)
{
	struct map *map = open_map("\"x\" * 4194302, 7", NULL);
	struct map_result result;
	size_t len;

	(void)state;
	put_json(map, "0");
	put_json(map, "0");
	expect(map, MAP_STOPPED, "more than 4194304 bytes");
	expect(map, MAP_STOPPED, "more than 4194304 bytes");
	map_close(map);
	map = open_map("\"x\" * 4194302", NULL);
	for (int i = 0; i < 3; i++)
		put_json(map, "0");
	for (int i = 0; i < 3; i++) {
		result = get_result(map);
		assert_int_equal(result.count, 1);
		map_output(&result, &len);
		assert_int_equal(len, 4194304);
	}
	map_close(map);
}

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
	harm_one_line("def f: f; f", MAP_STOPPED,
	    "it ran longer than 20 ms on this line", 1);
	harm_one_line("last(repeat(1))", MAP_STOPPED,
	    "it ran longer than 20 ms on this line", 1);
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

#define RANDOM_LINES 2000
static const char random_program[] =
    "if .loop then def f: f; f elif .die then 1e18 | todate "
    "elif .many then repeat(1) elif .fail then error(.fail) "
    "elif .deep then reduce range(.deep) as $i (0; [.]) "
    "else range(.count) as $i | {i: $i, text: .text} end";

/* Makes a line. Returns whether it must run in a child, because it loops or
 * kills. */
static bool
make_line(struct buf *line)
{
	uint64_t kind = random_below(100);

	buf_reset(line);
	if (kind < 1)
		buf_add_text(line, "{\"loop\":true}");
	else if (kind < 3)
		buf_add_text(line, "{\"die\":true}");
	else if (kind < 4)
		buf_add_text(line, "{\"many\":true}");
	else if (kind < 8)
		buf_add_text(line, random_below(2) ? "{\"fail\":\"no\"}"
		    : "{\"fail\":null,\"count\":\"x\"}");
	else if (kind < 10)
		buf_printf(line, "{\"deep\":%d}", (int)random_below(100) + 1);
	else
		buf_printf(line, "{\"count\":%d,\"text\":\"%*s\"}",
		    (int)random_below(5), (int)random_below(kind < 12 ? 100000
		    : 200), "\xC3\xA4");
	return kind < 4;
}

/* Writes to out the outputs of a run in this process, a newline after each; or
 * "error MESSAGE". */
static void
run_here(struct filter *filter, const struct buf *line, struct buf *out)
{
	const char *json;
	size_t len;
	int result;

	buf_reset(out);
	assert_int_equal(filter_start(filter, line->data, line->len, true), 0);
	while ((result = filter_next(filter, &json, &len)) == 1) {
		buf_add(out, json, len);
		buf_add_char(out, '\n');
	}
	if (result < 0) {
		buf_reset(out);
		buf_printf(out, "error %s", json);
	}
}

static void
check_line(struct map *map, struct filter *filter, const struct buf *line,
    bool is_bad)
{
	struct buf here = BUF_EMPTY, there = BUF_EMPTY;
	struct map_result result = get_result(map);
	const char *json;
	size_t len;

	if (is_bad) {
		assert_int_equal(result.end, strstr(line->data, "many") != NULL
		    ? MAP_TOO_MANY : MAP_STOPPED);
		if (strstr(line->data, "loop") != NULL)
			assert_non_null(strstr(result.words, "ran longer"));
		return;
	}
	run_here(filter, line, &here);
	if (result.end == MAP_ERROR)
		buf_printf(&there, "error %s", result.words);
	else
		assert_int_equal(result.end, MAP_DONE);
	for (size_t i = 0; i < result.count; i++) {
		json = map_output(&result, &len);
		buf_add(&there, json, len);
		buf_add_char(&there, '\n');
	}
	assert_string_equal(buf_text(&here), buf_text(&there));
	buf_release(&here);
	buf_release(&there);
}

static void
results_are_those_of_a_run_in_process(void **state)
{
	static struct buf lines[RANDOM_LINES];
	static bool is_bad[RANDOM_LINES];
	struct map *map = open_map(random_program, &quick);
	struct filter *filter;
	struct err err;
	size_t put_count = 0;

	(void)state;
	random_start();
	assert_int_equal(filter_open(&filter, random_program, "test", &err), 0);
	for (size_t i = 0; i < RANDOM_LINES; i++)
		is_bad[i] = make_line(&lines[i]);
	for (size_t i = 0; i < RANDOM_LINES; i++) {
		size_t ahead = random_below(700);

		while (put_count < RANDOM_LINES && (put_count <= i ||
		    (random_below(4) == 0 && put_count < i + ahead))) {
			map_put(map, lines[put_count].data,
			    lines[put_count].len, true);
			put_count++;
		}
		check_line(map, filter, &lines[i], is_bad[i]);
	}
	map_close(map);
	filter_close(filter);
	for (size_t i = 0; i < RANDOM_LINES; i++)
		buf_release(&lines[i]);
}

/* Both sides have much to send at the same time; neither may block the other. */
static void
long_lines_in_both_directions(void **state)
{
	struct map *map = open_map(".", NULL);
	struct buf line = BUF_EMPTY;
	size_t len;

	(void)state;
	buf_printf(&line, "\"%*s\"", 1 << 20, "x");
	for (int i = 0; i < 40; i++)
		map_put(map, line.data, line.len, true);
	for (int i = 0; i < 40; i++) {
		struct map_result result = get_result(map);

		assert_int_equal(result.count, 1);
		assert_memory_equal(map_output(&result, &len), line.data,
		    line.len);
		assert_int_equal(len, line.len);
	}
	map_close(map);
	buf_release(&line);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(none_one_and_many_in_order),
		cmocka_unit_test(json_that_libjq_rejects_is_text),
		cmocka_unit_test(a_program_that_does_not_compile_fails),
		cmocka_unit_test(every_end_is_reported),
		cmocka_unit_test(too_much_output_stops_only_its_line),
		cmocka_unit_test(output_as_large_as_allowed),
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
		cmocka_unit_test(results_are_those_of_a_run_in_process),
		cmocka_unit_test(long_lines_in_both_directions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
