/* SPDX-License-Identifier: ISC
 *
 * Life and death of the child of map.c, as its parent sees them.
 */
#include "jq/map_private.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A line that uses no processor time is given so much of the clock. */
#define CLOCK_FACTOR 12
#define CLOCK_MIN_MS 60000
/* Children that may end in a row without having done anything. */
#define MAX_IDLE_DEATHS 3

/* Returns the status as of waitpid; -1 when there is none to be had. */
static int
reap(struct map *map)
{
	int status = -1;

	kill(map->pid, SIGKILL);
	while (waitpid(map->pid, &status, 0) < 0)
		if (errno != EINTR)
			break;
	map->pid = 0;
	return status;
}

int
map_process_end(struct map *map)
{
	int status = -1;

	if (map->pid > 0) {
		status = reap(map);
		close(map->fd);
	}
	return status;
}

int
map_process_start(struct map *map, struct err *err)
{
	struct map_child child = { .filter = map->filter,
		.limits = &map->limits, .shared = map->shared,
		.parent = getpid(), .out = map->out };
	sigset_t all, before;
	int fds[2], saved;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
		return err_system(err, EXIT_AGAIN, "the process of the map");
	map->shared->started_count = map->shared->finished_count = 0;
	map->shared->is_out_of_memory = false;
	memset(&map->watch, 0, sizeof(map->watch));
	map->received_count = 0;
	/* A signal that came before the child ignores it would be handled
	 * twice. */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	map->pid = fork();
	if (map->pid == 0) {
		child.fd = fds[1];
		map_child_run(&child);
	}
	saved = errno;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	close(fds[1]);
	map->fd = fds[0];
	if (map->pid > 0)
		return 0;
	close(map->fd);
	map->pid = 0;
	errno = saved;
	return err_system(err, EXIT_AGAIN, "the process of the map");
}

/* Processor time of the child; 0 when the system does not tell. */
static int64_t
cpu_ms(pid_t pid)
{
	struct timespec time;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) != 0 ||
	    clock_gettime(clock, &time) < 0)
		return 0;
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static bool
has_moved(const struct map *map)
{
	return map->shared->started_count != map->watch.started_count ||
	    map->shared->finished_count != map->watch.finished_count;
}

static int64_t
clock_limit_ms(const struct map *map)
{
	int64_t limit_ms = map->limits.time_ms > INT64_MAX / CLOCK_FACTOR
	    ? INT64_MAX : map->limits.time_ms * CLOCK_FACTOR;

	return limit_ms > CLOCK_MIN_MS ? limit_ms : CLOCK_MIN_MS;
}

static void
print_ms(char *out, size_t size, int64_t ms)
{
	if (ms % 1000 == 0)
		snprintf(out, size, "%lld s", (long long)ms / 1000);
	else
		snprintf(out, size, "%lld ms", (long long)ms);
}

/* Why the line is refused that the child died of. */
static char *
death_words(const struct map *map, int status)
{
	int number = status >= 0 && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	const char *name = sigabbrev_np(number);
	struct buf words = BUF_EMPTY;

	if (map->shared->is_out_of_memory)
		buf_printf(&words, "the map was stopped: it wanted more than "
		    "%lld MiB of memory on this line",
		    (long long)map->limits.memory_bytes >> 20);
	else if (number != 0 && name != NULL)
		buf_printf(&words, "the map died of signal SIG%s on this line",
		    name);
	else
		buf_printf(&words, "the map's process ended on this line, "
		    "status %d", status);
	return words.data;
}

/* Not by the line: somebody killed the child, or what earlier lines left behind
 * took the memory. */
static bool
may_be_innocent(const struct map *map, int status)
{
	return map->shared->started_count > 1 &&
	    (map->shared->is_out_of_memory || (status >= 0 &&
	    WIFSIGNALED(status) && (WTERMSIG(status) == SIGKILL ||
	    WTERMSIG(status) == SIGTERM)));
}

/* Has the lines sent again that have neither an answer nor a verdict. Returns
 * the one that the child was at, or NULL. */
static struct map_entry *
rewind_queue(struct map *map)
{
	uint64_t finished_count = map->shared->finished_count;
	uint64_t behind = finished_count - map->received_count;
	size_t answered = map->whole_count, at = map->first, running;

	while (at < map->count &&
	    (map->queue[at].verdict != NULL || answered > 0))
		answered -= map->queue[at++].verdict == NULL;
	map->unsent = at;
	map->unsent_at = 0;
	if (map->shared->started_count == finished_count)
		return NULL;
	for (running = at; running < map->count; running++)
		if (map->queue[running].verdict == NULL && behind-- == 0)
			return &map->queue[running];
	return NULL;
}

/* verdict is for the line that the child was at; NULL when its status tells. */
static int
bury(struct map *map, int status, char *verdict, struct err *err)
{
	struct map_entry *entry;
	bool was_busy = map->received_count > 0;

	map->in.len = map->in_whole;
	entry = rewind_queue(map);
	if (entry != NULL && verdict == NULL) {
		was_busy = true;
		if (may_be_innocent(map, status) && !entry->was_retried)
			entry->was_retried = true;
		else
			verdict = death_words(map, status);
	}
	if (entry != NULL && verdict != NULL) {
		entry->verdict = verdict;
		verdict = NULL;
		was_busy = true;
	}
	free(verdict);
	map->idle_deaths = was_busy ? 0 : map->idle_deaths + 1;
	if (map->idle_deaths < MAX_IDLE_DEATHS)
		return 0;
	return err_set(err, EXIT_AGAIN, "the process of the map ends before "
	    "it does anything; is memory short?");
}

int
map_process_bury(struct map *map, struct err *err)
{
	return bury(map, map_process_end(map), NULL, err);
}

/* Ends the child for the time that its line takes. Answers that have come in by
 * then are good, and when it has gone on in the last moment nobody is to blame. */
static int
stop(struct map *map, int64_t limit_ms, const char *what, struct err *err)
{
	struct buf words = BUF_EMPTY;
	bool is_at_line = map->watch.started_count > map->watch.finished_count;
	char limit[32];
	int result, status = reap(map);

	while ((result = map_receive(map, err)) > 0)
		continue;
	close(map->fd);
	if (result < 0)
		return -1;
	if (has_moved(map)) {
		map->in.len = map->in_whole;
		rewind_queue(map);
		return 0;
	}
	if (is_at_line) {
		print_ms(limit, sizeof(limit), limit_ms);
		buf_printf(&words, "the map was stopped: it %s %s on this line",
		    what, limit);
	}
	return bury(map, status, words.data, err);
}

int
map_process_watch(struct map *map, int waited_ms, struct err *err)
{
	int64_t now_ms = cpu_ms(map->pid);

	if (has_moved(map) || map->watch.waited_ms == 0) {
		map->watch.started_count = map->shared->started_count;
		map->watch.finished_count = map->shared->finished_count;
		map->watch.cpu_ms = now_ms;
		map->watch.waited_ms = 1;
		return 0;
	}
	map->watch.waited_ms += waited_ms;
	if (now_ms - map->watch.cpu_ms >= map->limits.time_ms)
		return stop(map, map->limits.time_ms, "ran longer than", err);
	if (map->watch.waited_ms > clock_limit_ms(map))
		return stop(map, clock_limit_ms(map), "did not end within",
		    err);
	return 0;
}
