/* SPDX-License-Identifier: ISC
 *
 * map_child -- for the tests of jq/map: a map, what it should answer, and two functions
 * of libc replaced, to count its children and to see one at work.
 */
#ifndef TESTS_UNIT_JQ_MAP_CHILD_H
#define TESTS_UNIT_JQ_MAP_CHILD_H

#include "jq/map.h"

#include <dlfcn.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

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

/* A short limit of processor time, for lines that never end. Sanitizers make a line
 * with too many events several times slower, and that line must not reach the limit. */
#ifdef __SANITIZE_ADDRESS__
#define QUICK_MS 400
#define RAN_LONGER "it ran longer than 400 ms on this line"
#else
#define QUICK_MS 20
#define RAN_LONGER "it ran longer than 20 ms on this line"
#endif
static const struct map_limits quick = { QUICK_MS, MAP_MEMORY_BYTES,
	MAP_OUTPUT_BYTES, MAP_OUTPUT_COUNT };

static inline struct map *
open_map(const char *program, const struct map_limits *limits)
{
	struct err err = { 0, "" };
	struct map *map;

	if (map_open(&map, program, "test", limits, &err) < 0)
		fail_msg("%s", err.text);
	return map;
}

static inline void
put_json(struct map *map, const char *json)
{
	map_put(map, json, strlen(json), true);
}

static inline struct map_result
get_result(struct map *map)
{
	struct map_result result;
	struct err err = { 0, "" };

	if (map_get(map, &result, &err) < 0)
		fail_msg("%s", err.text);
	return result;
}

static inline void
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

static inline void
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

#endif
