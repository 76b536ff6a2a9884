/* SPDX-License-Identifier: ISC
 *
 * Stores one input from its first new line to its end, batch by batch, while another
 * thread reads ahead.
 */
#include "base/prog.h"
#include "read/ahead.h"
#include "ingest/ingest_private.h"

#include <inttypes.h>

/* Stores one batch. Returns 1 when there may be more, 0 at the end, -1 on an error.
 * A signal or a read error ends the input: complete lines before it are stored, an
 * unfinished line is left for the next run. */
static int
store_next_batch(struct ingest *ingest, struct ingest_input *input,
    struct ahead *ahead, struct err *err)
{
	struct err input_error;
	struct batch *batch;
	int more = ahead_next(ahead, &batch, &input_error);

	for (;;) {
		enum ingest_outcome outcome = ingest_store_batch(ingest, input,
		    batch, err);

		if (outcome == INGEST_ERROR)
			return -1;
		if (outcome == INGEST_STORED)
			break;
		more = ahead_again(ahead, input->wanted_bytes, &batch,
		    &input_error);
	}
	if (more < 0)
		*err = input_error;
	return more;
}

static int
store_input(struct ingest *ingest, struct ingest_input *input,
    struct line_reader *lines, struct err *err)
{
	struct ahead *ahead;
	struct line_buffer buffer = { NULL, 0, 0 };
	struct err fill_error;
	int filled, result;

	line_reader_use(lines, &buffer);
	filled = line_fill(lines, 0, &fill_error);
	result = ingest_resume(ingest, input, lines, err);
	line_reader_park(lines);
	line_buffer_release(&buffer);
	if (result < 0)
		return -1;
	if (filled < 0)
		*err = fill_error;
	/* The lines already stored may be followed by new ones. */
	if (filled == 0 && !line_at_end(lines))
		filled = 1;
	if (ahead_open(&ahead, ingest->reader, lines, filled, err) < 0)
		return -1;
	do
		result = store_next_batch(ingest, input, ahead, err);
	while (result > 0);
	ahead_close(ahead);
	return result;
}

int
ingest_run(struct ingest *ingest, int fd, const char *name, struct err *err)
{
	struct ingest_input input;
	struct line_reader *lines;
	int result;

	if (ingest_describe(ingest, &input, fd, name, err) < 0)
		return -1;
	lines = line_reader_open(fd, false);
	result = store_input(ingest, &input, lines, err);
	line_reader_close(lines);
	if (result == 0)
		return 0;
	if (prog_signal() != 0 && err->exit_code == EXIT_AGAIN) {
		ingest->totals.is_interrupted = true;
		if (!input.identity.is_file)
			return 0;
		err_set(err, EXIT_AGAIN, "interrupted; run again for the rest");
	}
	if (input.stored_offset > 0 || err->exit_code == EXIT_IO)
		err_in(err, "%s: byte %" PRId64, name, input.stored_offset);
	else
		err_in(err, "%s", name);
	return -1;
}
