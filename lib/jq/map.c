/* SPDX-License-Identifier: ISC */
#include "jq/map_private.h"
#include "base/mem.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A line that takes long is checked this often within its time limit. */
#define LOOKS 10
#define LOOK_MAX_MS 1000

int
map_open(struct map **out, const char *program, const char *name,
    const struct map_limits *limits, struct err *err)
{
	static const struct map_limits defaults = MAP_LIMITS_DEFAULT;
	struct map *map = mem_new(1, sizeof(*map));

	map->limits = limits != NULL ? *limits : defaults;
	if (filter_open(&map->filter, program, name, err) < 0)
		goto fail;
	map->shared = mmap(NULL, sizeof(*map->shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (map->shared == MAP_FAILED) {
		map->shared = NULL;
		err_system(err, EXIT_AGAIN, "memory shared with the map");
		goto fail;
	}
	map->out = mem_new(map_child_out_size(&map->limits), 1);
	if (map_process_start(map, err) < 0)
		goto fail;
	*out = map;
	return 0;
fail:
	map_close(map);
	return -1;
}

void
map_close(struct map *map)
{
	int status;

	if (map == NULL)
		return;
	map_process_end(map, &status);
	if (map->shared != NULL)
		munmap(map->shared, sizeof(*map->shared));
	for (size_t i = map->first; i < map->count; i++)
		free(map->queue[i].verdict);
	filter_close(map->filter);
	buf_release(&map->in);
	free(map->queue);
	free(map->words);
	free(map->out);
	free(map);
}

/* Makes room in the queue for one more line: in place of finished lines, or by
 * growing. */
static void
make_room(struct map *map)
{
	if (map->count < map->size)
		return;
	if (map->first > map->size / 2) {
		map->count -= map->first;
		map->unsent -= map->first;
		memmove(map->queue, map->queue + map->first,
		    map->count * sizeof(*map->queue));
		map->first = 0;
		return;
	}
	map->size = map->size > 0 ? map->size * 2 : 64;
	map->queue = mem_resize(map->queue, map->size, sizeof(*map->queue));
}

void
map_put(struct map *map, const char *text, size_t len, bool is_json)
{
	struct map_entry *entry;

	make_room(map);
	entry = &map->queue[map->count++];
	memset(entry, 0, sizeof(*entry));
	entry->text = text;
	entry->request.len = (uint32_t)len;
	entry->request.is_json = is_json;
	/* libjq counts bytes in an int. */
	if (len > INT32_MAX)
		entry->verdict = mem_text("the line is too long for a map");
}

/* Sends lines or receives answers, whichever is possible first. */
static int
exchange_once(struct map *map, struct err *err)
{
	struct pollfd link = { .fd = map->fd, .events = POLLIN };
	int64_t look_ms = map->limits.time_ms / LOOKS;
	int wait_ms = look_ms < 1 ? 1
	    : look_ms < LOOK_MAX_MS ? (int)look_ms : LOOK_MAX_MS;
	int result;

	if (map_has_unsent(map))
		link.events |= POLLOUT;
	result = poll(&link, 1, wait_ms);
	if (result < 0)
		return errno == EINTR || errno == EAGAIN ? 0
		    : err_system(err, EXIT_BUG, "the process of the map");
	if (result == 0)
		return map_process_watch(map, wait_ms, err);
	if (link.revents & POLLOUT)
		map_send(map);
	if (link.revents & ~POLLOUT) {
		result = map_receive(map, err);
		if (result < 0)
			return -1;
		if (result == 0)
			return map_process_recover(map, err);
	}
	return 0;
}

/* Takes the complete answer at in_at as the result. */
static void
read_answer(struct map *map, struct map_result *result)
{
	const char *at = map->in.data + map->in_at;
	struct map_answer answer;

	memcpy(&answer, at, sizeof(answer));
	at += sizeof(answer);
	result->end = (enum map_end)answer.end;
	result->words = answer.end == MAP_DONE ? "" : at;
	result->count = answer.count;
	result->next = at;
	map->in_at += sizeof(answer) + answer.bytes;
	map->whole_count--;
}

int
map_get(struct map *map, struct map_result *result, struct err *err)
{
	memset(result, 0, sizeof(*result));
	free(map->words);
	map->words = NULL;
	if (map->first == map->count)
		return err_set(err, EXIT_BUG, "the map was given no line");
	while (map->queue[map->first].verdict == NULL &&
	    map->whole_count == 0) {
		if (map->pid == 0 && map_process_start(map, err) < 0)
			return -1;
		if (exchange_once(map, err) < 0)
			return -1;
	}
	map->words = map->queue[map->first].verdict;
	if (map->words != NULL) {
		result->end = MAP_STOPPED;
		result->words = map->words;
	} else {
		read_answer(map, result);
	}
	map->first++;
	if (map->unsent < map->first)
		map->unsent = map->first;
	if (map->first == map->count)
		map->first = map->count = map->unsent = 0;
	return 0;
}

const char *
map_output(struct map_result *result, size_t *len)
{
	const char *json;
	uint32_t prefix;

	memcpy(&prefix, result->next, sizeof(prefix));
	json = result->next + sizeof(prefix);
	result->next = json + prefix;
	*len = prefix;
	return json;
}
