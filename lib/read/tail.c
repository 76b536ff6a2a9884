/* SPDX-License-Identifier: ISC */
#include "read/tail_private.h"
#include "base/mem.h"
#include "base/prog.h"
#include "base/tim.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NS_PER_MS INT64_C(1000000)

static int
open_stdin(struct tail_name *name, struct err *err)
{
	struct stat status;

	name->is_fixed = true;
	if (fstat(STDIN_FILENO, &status) < 0)
		return err_system(err, EXIT_NO_INPUT, "standard input");
	if (S_ISDIR(status.st_mode)) {
		errno = EISDIR;
		return err_system(err, EXIT_NO_INPUT, "standard input");
	}
	if (tail_find(name->tail, status.st_dev, status.st_ino) == NULL)
		tail_file_open_stdin(name, &status);
	return 0;
}

static int
open_name(struct tail_name *name, struct err *err)
{
	if (strcmp(name->path, "-") == 0)
		return open_stdin(name, err);
	if (tail_name_look(name, err) < 0)
		return -1;
	name->is_rotated = true;
	if (access(name->path, F_OK) < 0)
		tail_warn(name->tail, "%s: does not exist yet; waiting for it",
		    name->path);
	return 0;
}

int
tail_open(struct tail **out, char *const *paths, size_t count,
    const struct tail_options *options, struct err *err)
{
	struct tail *tail = mem_new(1, sizeof(*tail));

	tail->options = *options;
	tail->names = mem_new(count, sizeof(*tail->names));
	tail_watch_start(tail);
	for (size_t i = 0; i < count; i++) {
		struct tail_name *name = &tail->names[tail->name_count++];

		name->tail = tail;
		name->path = mem_text(paths[i]);
		if (open_name(name, err) < 0) {
			tail_close(tail);
			return -1;
		}
	}
	*out = tail;
	return 0;
}

void
tail_close(struct tail *tail)
{
	if (tail == NULL)
		return;
	/* Ends all watches at once. */
	if (tail->inotify >= 0)
		close(tail->inotify);
	tail->inotify = -1;
	TAIL_EACH_NAME(tail, name)
		tail_name_release(name);
	free(tail->names);
	free(tail->polls);
	free(tail);
}

/* Resolves the path of the name. A failure is tried again, and reported once. */
static void
resolve_name(struct tail_name *name)
{
	struct err err;

	if (tail_name_look(name, &err) == 0) {
		name->is_failing = false;
		return;
	}
	if (!name->is_failing)
		tail_warn(name->tail, "%s; trying again", err.text);
	name->is_failing = true;
}

static void
resolve_dirty_names(struct tail *tail)
{
	TAIL_EACH_NAME(tail, name) {
		if (name->is_dirty && !name->is_fixed)
			resolve_name(name);
		name->is_dirty &= !name->is_fixed;
	}
}

static bool
needs_polling(const struct tail *tail)
{
	if (tail->is_polling)
		return true;
	TAIL_EACH_NAME(tail, name)
		if ((name->is_failing || name->is_dirty) && !name->is_fixed)
			return true;
	return false;
}

static void
poll_files(struct tail *tail, int64_t now_ns)
{
	if (now_ns - tail->polled_ns < tail->options.poll_ms * NS_PER_MS)
		return;
	tail->polled_ns = now_ns;
	if (tail->is_polling)
		tail_watch_doubt(tail);
	TAIL_EACH_NAME(tail, name) {
		name->is_dirty |= name->is_failing;
		if (tail->is_polling && !name->is_fixed)
			tail_name_poll(name);
	}
}

/* Returns the time until the file may be retired; 0 if that is now. */
static int64_t
retires_in_ms(const struct tail_file *file, int64_t now_ns)
{
	int64_t idle_ms = (now_ns - file->idle_since_ns) / NS_PER_MS;
	int64_t retire_ms = file->name->tail->options.retire_ms;

	if (!file->is_replaced || file->state != TAIL_CURRENT)
		return INT64_MAX;
	return idle_ms >= retire_ms ? 0 : retire_ms - idle_ms;
}

static void
check_file(struct tail_file *file, int64_t now_ns)
{
	/* A file is checked once more before it is retired. */
	if (file->may_have_changed || retires_in_ms(file, now_ns) == 0)
		tail_file_check(file);
	if (!file->is_ready && retires_in_ms(file, now_ns) == 0) {
		file->state = TAIL_RETIRED;
		file->is_ready = true;
	}
}

static bool
is_truncated(const struct tail_name *name)
{
	TAIL_EACH_FILE(name, file)
		if (file->state == TAIL_TRUNCATED)
			return true;
	return false;
}

/* Closes files that were empty when they were added and now turn out to be
 * copies. The caller will find them again when the original is truncated. If it
 * already is, they must come after it, so they are closed too. */
static void
drop_copies(struct tail_name *name)
{
	struct tail_file *next;

	for (struct tail_file *file = name->first; file != NULL; file = next) {
		next = file->next;
		if (!file->may_be_copy || !file->is_ready)
			continue;
		file->may_be_copy = false;
		if (is_truncated(name) || tail_name_has_copy(file))
			tail_file_close(file);
	}
}

/* Brings all names and files up to date. Returns whether the caller has something
 * to do. */
static bool
update_all(struct tail *tail)
{
	int64_t now_ns = tim_monotonic_ns();
	bool is_ready = false;

	tail_watch_take(tail);
	if (needs_polling(tail))
		poll_files(tail, now_ns);
	/* Twice: a file that one operand has left may be the one another leads
	 * to. */
	resolve_dirty_names(tail);
	resolve_dirty_names(tail);
	TAIL_EACH_NAME(tail, name) {
		TAIL_EACH_FILE(name, file) {
			check_file(file, now_ns);
			is_ready |= file->is_ready;
		}
		drop_copies(name);
		is_ready |= name->is_rotated;
	}
	return is_ready;
}

/* Returns how long to sleep at most, if no event comes; -1: without limit. */
static int
sleep_ms(const struct tail *tail, int64_t until_ns)
{
	int64_t now_ns = tim_monotonic_ns();
	int64_t wait_ms = INT64_MAX;

	if (until_ns != INT64_MAX)
		wait_ms = until_ns <= now_ns ? 0 : (until_ns - now_ns) / NS_PER_MS + 1;
	if (needs_polling(tail) && tail->options.poll_ms < wait_ms)
		wait_ms = tail->options.poll_ms;
	TAIL_EACH_NAME(tail, name) {
		TAIL_EACH_FILE(name, file) {
			int64_t retire_ms = retires_in_ms(file, now_ns);

			if (retire_ms < wait_ms)
				wait_ms = retire_ms;
		}
	}
	return wait_ms == INT64_MAX ? -1 : wait_ms > INT_MAX ? INT_MAX : (int)wait_ms;
}

static bool
is_polled(const struct tail_file *file)
{
	return file->is_stream && file->state == TAIL_CURRENT;
}

/* Sleeps until something happens. Returns 1 when a stream has bytes, otherwise 0, or
 * -1 with errno. */
static int
sleep_on(struct tail *tail, int wait_ms)
{
	size_t count = 2;
	int result, ready = 0;

	TAIL_EACH_NAME(tail, name)
		TAIL_EACH_FILE(name, file)
			count += is_polled(file);
	tail->polls = mem_resize(tail->polls, count, sizeof(*tail->polls));
	tail->polls[0] = (struct pollfd){ tail->inotify, POLLIN, 0 };
	tail->polls[1] = (struct pollfd){ prog_signal_fd(), POLLIN, 0 };
	count = 2;
	TAIL_EACH_NAME(tail, name)
		TAIL_EACH_FILE(name, file)
			if (is_polled(file))
				tail->polls[count++] = (struct pollfd){ file->fd, POLLIN, 0 };
	result = poll(tail->polls, (nfds_t)count, wait_ms);
	if (result < 0)
		return errno == EINTR ? 0 : -1;
	count = 2;
	TAIL_EACH_NAME(tail, name) {
		TAIL_EACH_FILE(name, file) {
			if (is_polled(file)) {
				tail_file_check_stream(file, tail->polls[count++].revents);
				ready |= file->is_ready;
			}
		}
	}
	return ready;
}

static void
begin_round(struct tail *tail)
{
	tail->turn = 0;
	TAIL_EACH_NAME(tail, name) {
		TAIL_EACH_FILE(name, file) {
			file->is_handed_out = false;
			/* The next poll(2) finds it out again. */
			file->is_ready &= !is_polled(file);
		}
	}
}

int
tail_wait(struct tail *tail, int timeout_ms, struct err *err)
{
	int64_t until_ns = timeout_ms < 0 ? INT64_MAX
	    : tim_monotonic_ns() + timeout_ms * NS_PER_MS;

	begin_round(tail);
	for (;;) {
		bool is_ready = update_all(tail);
		int has_stream;

		if (prog_signal() != 0)
			return err_set(err, EXIT_AGAIN, "interrupted");
		has_stream = sleep_on(tail, is_ready ? 0 : sleep_ms(tail, until_ns));
		if (has_stream < 0)
			return err_system(err, EXIT_IO, "waiting for files");
		if (is_ready || has_stream > 0)
			return 1;
		if (tim_monotonic_ns() >= until_ns)
			return 0;
	}
}

bool
tail_is_over(const struct tail *tail)
{
	TAIL_EACH_NAME(tail, name)
		if (!name->is_fixed || name->first != NULL)
			return false;
	return true;
}

struct tail_file *
tail_next(struct tail *tail)
{
	for (; tail->turn < tail->name_count; tail->turn++) {
		struct tail_name *name = &tail->names[tail->turn];

		TAIL_EACH_FILE(name, file) {
			/* The caller may find siblings that come before it. */
			if (name->is_rotated && file == name->current)
				break;
			if (file->is_ready && !file->is_handed_out) {
				file->is_handed_out = true;
				return file;
			}
			if (!tail_file_is_drained(file))
				break;
		}
	}
	return NULL;
}

const char *
tail_next_rotated(struct tail *tail)
{
	TAIL_EACH_NAME(tail, name) {
		if (name->is_rotated) {
			name->is_rotated = false;
			tail->turn = 0;
			return name->path;
		}
	}
	return NULL;
}

struct tail_file *
tail_each(struct tail *tail, const struct tail_file *previous)
{
	struct tail_name *name = previous == NULL ? tail->names : previous->name;

	if (previous != NULL && previous->next != NULL)
		return previous->next;
	if (previous != NULL)
		name++;
	for (; name < tail->names + tail->name_count; name++)
		if (name->first != NULL)
			return name->first;
	return NULL;
}
