/* SPDX-License-Identifier: ISC */
#include "read/ahead.h"
#include "base/mem.h"
#include "base/require.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct ahead {
	struct batch_reader *reader;
	struct line_reader *lines;
	int filled;            /* the last result of line_fill */
	struct err fill_error; /* if filled is -1 */
	bool is_fresh;         /* its lines have not been read yet */
	struct batch batches[2];
	int results[2];
	struct err errors[2];

	int stop_fd;           /* readable when the thread must end */
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	/* Guarded by the mutex. Batches count from 0; batch n is in slot n %
	 * 2. */
	int64_t read_count, wanted_count;
	bool may_run_ahead, is_over, is_closing;
};

/* Reads one batch. An error of the input is returned only after all lines before
 * it. */
static int
read_batch(struct ahead *ahead, struct batch *batch, size_t prefix_bytes,
    struct err *err)
{
	line_reader_use(ahead->lines, &batch->buffer);
	if (ahead->filled == 1 && !ahead->is_fresh)
		ahead->filled = line_fill(ahead->lines, prefix_bytes,
		    &ahead->fill_error);
	ahead->is_fresh = false;
	if (batch_read(ahead->reader, ahead->lines, batch, err) < 0)
		return -1;
	if (line_has_next(ahead->lines))
		return 1;
	if (ahead->filled < 0)
		*err = ahead->fill_error;
	return ahead->filled;
}

static bool
may_read(const struct ahead *ahead)
{
	return ahead->read_count < ahead->wanted_count +
	    (ahead->may_run_ahead ? 1 : 0);
}

static void *
read_batches(void *context)
{
	struct ahead *ahead = context;

	pthread_mutex_lock(&ahead->mutex);
	while (!ahead->is_over) {
		size_t slot = (size_t)(ahead->read_count % 2);

		while (!may_read(ahead) && !ahead->is_closing)
			pthread_cond_wait(&ahead->changed, &ahead->mutex);
		if (ahead->is_closing)
			break;
		pthread_mutex_unlock(&ahead->mutex);
		ahead->results[slot] = read_batch(ahead, &ahead->batches[slot],
		    0, &ahead->errors[slot]);
		pthread_mutex_lock(&ahead->mutex);
		ahead->read_count++;
		ahead->is_over = ahead->results[slot] <= 0;
		ahead->may_run_ahead = ahead->batches[slot].prefix_len ==
		    LINE_PREFIX_BYTES;
		pthread_cond_broadcast(&ahead->changed);
	}
	pthread_mutex_unlock(&ahead->mutex);
	return NULL;
}

/* The thread blocks all signals, so that they wake the main thread. */
static int
start_thread(struct ahead *ahead, struct err *err)
{
	sigset_t all, before;
	int result;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	result = pthread_create(&ahead->thread, NULL, read_batches, ahead);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (result == 0)
		return 0;
	return err_set(err, EXIT_AGAIN, "cannot start a thread (error %d); "
	    "try again", result);
}

int
ahead_open(struct ahead **out, struct batch_reader *reader,
    struct line_reader *lines, int filled, struct err *err)
{
	struct ahead *ahead = mem_new(1, sizeof(*ahead));

	ahead->reader = reader;
	ahead->lines = lines;
	ahead->filled = filled;
	if (filled < 0)
		ahead->fill_error = *err;
	ahead->is_fresh = true;
	ahead->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (ahead->stop_fd < 0) {
		free(ahead);
		return err_system(err, EXIT_AGAIN, "eventfd");
	}
	line_reader_stop_by(lines, ahead->stop_fd);
	pthread_mutex_init(&ahead->mutex, NULL);
	pthread_cond_init(&ahead->changed, NULL);
	if (start_thread(ahead, err) < 0) {
		line_reader_stop_by(lines, -1);
		close(ahead->stop_fd);
		free(ahead);
		return -1;
	}
	*out = ahead;
	return 0;
}

void
ahead_close(struct ahead *ahead)
{
	const uint64_t one = 1;

	if (ahead == NULL)
		return;
	pthread_mutex_lock(&ahead->mutex);
	ahead->is_closing = true;
	pthread_cond_broadcast(&ahead->changed);
	pthread_mutex_unlock(&ahead->mutex);
	(void)!write(ahead->stop_fd, &one, sizeof(one));
	pthread_join(ahead->thread, NULL);
	line_reader_stop_by(ahead->lines, -1);
	close(ahead->stop_fd);
	line_reader_park(ahead->lines);
	for (int i = 0; i < 2; i++)
		batch_release(&ahead->batches[i]);
	pthread_cond_destroy(&ahead->changed);
	pthread_mutex_destroy(&ahead->mutex);
	free(ahead);
}

static int
give_batch(struct ahead *ahead, size_t slot, struct batch **out, struct err *err)
{
	*out = &ahead->batches[slot];
	if (ahead->results[slot] < 0)
		*err = ahead->errors[slot];
	return ahead->results[slot];
}

int
ahead_next(struct ahead *ahead, struct batch **out, struct err *err)
{
	int64_t number;

	pthread_mutex_lock(&ahead->mutex);
	number = ahead->wanted_count++;
	pthread_cond_broadcast(&ahead->changed);
	while (ahead->read_count <= number)
		pthread_cond_wait(&ahead->changed, &ahead->mutex);
	pthread_mutex_unlock(&ahead->mutex);
	return give_batch(ahead, (size_t)(number % 2), out, err);
}

int
ahead_again(struct ahead *ahead, size_t prefix_bytes, struct batch **out,
    struct err *err)
{
	size_t slot = (size_t)((ahead->wanted_count - 1) % 2);
	struct batch *batch = &ahead->batches[slot];

	REQUIRE(ahead->wanted_count > 0);
	/* The thread waits for the next ahead_next, or has ended. */
	line_rewind(ahead->lines, &batch->begin);
	ahead->results[slot] = read_batch(ahead, batch, prefix_bytes,
	    &ahead->errors[slot]);
	pthread_mutex_lock(&ahead->mutex);
	ahead->may_run_ahead = batch->prefix_len == LINE_PREFIX_BYTES;
	ahead->is_over |= ahead->results[slot] <= 0;
	pthread_mutex_unlock(&ahead->mutex);
	return give_batch(ahead, slot, out, err);
}
