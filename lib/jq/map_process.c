/* SPDX-License-Identifier: ISC
 *
 * Starts, watches and ends the child of map.c, in the parent.
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

/* A line that uses no processor time may take this many times its limit in wall
 * time. */
#define CLOCK_FACTOR 12
#define CLOCK_MIN_MS 60000
/* How many children in a row may end without doing anything. */
#define MAX_IDLE_DEATHS 3

/* Kills the child. Returns its status from waitpid, or -1 when that fails. */
static int
kill_child(struct map *map)
{
	int status = -1;

	kill(map->pid, SIGKILL);
	while (waitpid(map->pid, &status, 0) < 0)
		if (errno != EINTR)
			break;
	map->pid = 0;
	return status;
}

void
map_process_end(struct map *map, int *status)
{
	*status = -1;
	if (map->pid > 0) {
		*status = kill_child(map);
		close(map->fd);
	}
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
	/* Otherwise a signal that comes before the child ignores it would be
	 * handled twice. */
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

/* Returns the processor time of the child; 0 when the system does not report
 * it. */
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
has_progressed(const struct map *map)
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

/* Returns the words for the line on which the child died. The caller frees
 * them. */
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

/* Whether the line may not be the cause: another process may have killed the
 * child, or earlier lines may have used up the memory. */
static bool
may_be_innocent(const struct map *map, int status)
{
	return map->shared->started_count > 1 &&
	    (map->shared->is_out_of_memory || (status >= 0 &&
	    WIFSIGNALED(status) && (WTERMSIG(status) == SIGKILL ||
	    WTERMSIG(status) == SIGTERM)));
}

/* Queues the lines that have neither an answer nor a verdict to be sent again.
 * Returns the line that the child was working on, or NULL. */
static struct map_entry *
rewind_queue(struct map *map)
{
	uint64_t finished_count = map->shared->finished_count;
	uint64_t unreceived = finished_count - map->received_count;
	size_t answered = map->whole_count, at = map->first, running;

	while (at < map->count &&
	    (map->queue[at].verdict != NULL || answered > 0))
		answered -= map->queue[at++].verdict == NULL;
	map->unsent = at;
	map->unsent_at = 0;
	if (map->shared->started_count == finished_count)
		return NULL;
	for (running = at; running < map->count; running++)
		if (map->queue[running].verdict == NULL && unreceived-- == 0)
			return &map->queue[running];
	return NULL;
}

/* Handles the end of a child. verdict is for the line that it was working on,
 * which takes ownership; NULL: status decides. */
static int
recover(struct map *map, int status, char *verdict, struct err *err)
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
	    "it reads a line; is memory short?");
}

int
map_process_recover(struct map *map, struct err *err)
{
	int status;

	map_process_end(map, &status);
	return recover(map, status, NULL, err);
}

/* Ends the child because its line takes too long. Answers that came before that
 * are valid. If the child finished the line at the last moment, no line fails. */
static int
stop_slow_line(struct map *map, int64_t limit_ms, const char *what, struct err *err)
{
	struct buf words = BUF_EMPTY;
	bool is_at_line = map->watch.started_count > map->watch.finished_count;
	char limit[32];
	int result, status = kill_child(map);

	while ((result = map_receive(map, err)) > 0)
		continue;
	close(map->fd);
	if (result < 0)
		return -1;
	if (has_progressed(map)) {
		map->in.len = map->in_whole;
		rewind_queue(map);
		return 0;
	}
	if (is_at_line) {
		print_ms(limit, sizeof(limit), limit_ms);
		buf_printf(&words, "the map was stopped: it %s %s on this line",
		    what, limit);
	}
	return recover(map, status, words.data, err);
}

int
map_process_watch(struct map *map, int waited_ms, struct err *err)
{
	int64_t now_ms = cpu_ms(map->pid);

	if (has_progressed(map) || map->watch.waited_ms == 0) {
		map->watch.started_count = map->shared->started_count;
		map->watch.finished_count = map->shared->finished_count;
		map->watch.cpu_ms = now_ms;
		map->watch.waited_ms = 1;
		return 0;
	}
	map->watch.waited_ms += waited_ms;
	if (now_ms - map->watch.cpu_ms >= map->limits.time_ms)
		return stop_slow_line(map, map->limits.time_ms,
		    "ran longer than", err);
	if (map->watch.waited_ms > clock_limit_ms(map))
		return stop_slow_line(map, clock_limit_ms(map),
		    "did not end within", err);
	return 0;
}
