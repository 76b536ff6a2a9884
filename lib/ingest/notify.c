/* SPDX-License-Identifier: ISC
 *
 * Reports to other programs: each dead letter as a JSON line, and after each commit
 * an acknowledgement of how far the input is stored. Both are buffered until the
 * commit, because a rollback would make them untrue.
 */
#include "base/json_writer.h"
#include "base/prog.h"
#include "ingest/ingest_private.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

const char *
ingest_words(const struct ingest *ingest, const struct row_refusal *refusal)
{
	return ingest->options.reading.keep_extra ? refusal->detail
	    : reason_word(refusal->reason);
}

void
ingest_notify_dead_letter(struct ingest *ingest,
    const struct dead_letter *letter)
{
	struct json_writer json;

	if (ingest->options.dead_letters == NULL)
		return;
	json_writer_init(&json, &ingest->dead_lines);
	json_writer_open(&json, '{');
	json_writer_key_text(&json, "input", letter->input);
	json_writer_key_integer(&json, "offset_bytes", letter->offset_bytes);
	json_writer_key_integer(&json, "line", letter->line);
	if (letter->column > 0)
		json_writer_key_integer(&json, "column", letter->column);
	json_writer_key_text(&json, "field", letter->field);
	json_writer_key_text(&json, "reason",
	    reason_word(letter->reason));
	json_writer_key_text(&json, "detail", letter->detail);
	if (ingest->options.reading.keep_extra) {
		json_writer_key(&json, "raw");
		json_writer_text(&json, letter->raw, letter->raw_len);
	}
	json_writer_close(&json, '}');
	buf_add_char(&ingest->dead_lines, '\n');
}

static void
add_producer(void *context, const char *name, size_t name_len, int64_t seq)
{
	struct json_writer *json = context;

	json_writer_open(json, '{');
	json_writer_key(json, "producer");
	json_writer_text(json, name, name_len);
	json_writer_key_integer(json, "durable_seq", seq);
	json_writer_close(json, '}');
}

void
ingest_notify_commit(struct ingest *ingest, int64_t offset)
{
	struct json_writer json;

	if (ingest->options.acknowledgements == NULL)
		return;
	json_writer_init(&json, &ingest->acknowledgement);
	json_writer_open(&json, '{');
	json_writer_key_text(&json, "source", ingest->input->identity.name);
	json_writer_key_integer(&json, "durable_offset", offset);
	json_writer_key(&json, "producers");
	json_writer_open(&json, '[');
	ledger_each_producer(ingest->ledger, add_producer, &json);
	json_writer_close(&json, ']');
	json_writer_close(&json, '}');
	buf_add_char(&ingest->acknowledgement, '\n');
}

/* A pipe that poll reports as writable accepts this number of bytes without blocking
 * (pipe(7), PIPE_BUF). */
#define WRITE_BYTES 4096

/* Writes all of data. Waits for the reader of a full pipe until a signal comes. */
static int
write_all(int fd, const char *data, size_t len, const char *what,
    struct err *err)
{
	while (len > 0) {
		struct pollfd ready[2] = { { fd, POLLOUT, 0 },
			{ prog_signal_fd(), POLLIN, 0 } };
		ssize_t written;

		if (poll(ready, 2, -1) < 0 && errno != EINTR)
			return err_system(err, EXIT_IO, "%s", what);
		if (ready[0].revents == 0 && prog_signal() != 0)
			return err_set(err, EXIT_AGAIN, "%s: interrupted while "
			    "no process reads it", what);
		if (ready[0].revents == 0)
			continue;
		written = write(fd, data, len < WRITE_BYTES ? len
		    : WRITE_BYTES);
		if (written < 0 && errno != EINTR && errno != EAGAIN)
			return err_system(err, EXIT_IO, "%s", what);
		data += written > 0 ? written : 0;
		len -= written > 0 ? (size_t)written : 0;
	}
	return 0;
}

/* Appends all of the text or, after an error such as a full disk, none of it: a
 * partial line is cut off again, so that the next report begins on a new line. */
static int
append_text(FILE *file, struct buf *text, const char *what, struct err *err)
{
	int fd = fileno(file);
	off_t end = text->len > 0 ? lseek(fd, 0, SEEK_END) : -1;
	int result = write_all(fd, buf_text(text), text->len, what, err);

	if (result < 0 && end >= 0)
		(void)!ftruncate(fd, end);
	buf_reset(text);
	return result;
}

int
ingest_notify(struct ingest *ingest, struct err *err)
{
	struct err ack_error;

	if (ingest->options.acknowledgements != NULL &&
	    append_text(ingest->options.acknowledgements,
	    &ingest->acknowledgement, "acknowledgement", &ack_error) < 0) {
		/* A broken acknowledgement pipe loses no data: warn and go on
		 * without it. */
		ingest->options.acknowledgements = NULL;
		if (ingest->options.warn != NULL)
			ingest->options.warn(ingest->options.context,
			    ack_error.text);
	}
	if (ingest->options.dead_letters == NULL)
		return 0;
	return append_text(ingest->options.dead_letters, &ingest->dead_lines,
	    ingest->options.dead_letters_name, err);
}
