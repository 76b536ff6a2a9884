/* SPDX-License-Identifier: ISC
 *
 * input -- any bytes as an input, read whole and in small pieces: both give the
 * same bytes and end the same way, and plain input comes out unchanged.
 */
#include "base/buf.h"
#include "read/input.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Larger inputs only take longer. */
#define MAX_PACKED_BYTES (32 << 10)
#define MAX_OUT_BYTES (1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

struct reading {
	struct buf out;
	enum input_format format;
	int exit_code; /* -1 when the input was not read to its end */
};

/* Reads until nothing more is available for now. Returns the last result. */
static int64_t
drain(struct input *input, struct reading *reading, size_t room)
{
	struct err err;
	int64_t got;

	do {
		got = input_read(input, buf_room(&reading->out, room), room, &err);
		if (got > 0)
			reading->out.len += (size_t)got;
	} while (got > 0 && reading->out.len < MAX_OUT_BYTES);
	if (got == INPUT_WAIT && input_is_ready(input))
		abort();
	reading->format = input_format(input);
	if (got == -1 && (err.exit_code != EXIT_DATA || err.text[0] == '\0'))
		abort();
	reading->exit_code = got > 0 || got == INPUT_WAIT ? -1
	    : got == 0 ? 0 : err.exit_code;
	return got;
}

static void
read_whole(const uint8_t *bytes, size_t len, struct reading *reading)
{
	int fd = memfd_create("input", MFD_CLOEXEC);
	struct input *input = input_open(fd);

	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len ||
	    lseek(fd, 0, SEEK_SET) != 0)
		abort();
	while (drain(input, reading, 256 << 10) == INPUT_WAIT)
		;
	if (reading->exit_code == 0 && input_read_bytes(input) != (int64_t)len)
		abort();
	input_close(input);
	close(fd);
}

static void
read_pieces(const uint8_t *bytes, size_t len, struct reading *reading)
{
	size_t piece = 1 + len % 61, room = 1 + len % 997;
	struct input *input;
	int64_t got = INPUT_WAIT;
	int fds[2];

	if (pipe2(fds, O_NONBLOCK | O_CLOEXEC) < 0)
		abort();
	input = input_open(fds[0]);
	for (; len > 0 && got == INPUT_WAIT; got = drain(input, reading, room)) {
		if (piece > len)
			piece = len;
		if (write(fds[1], bytes, piece) != (ssize_t)piece)
			abort();
		bytes += piece;
		len -= piece;
	}
	close(fds[1]);
	while (got == INPUT_WAIT)
		got = drain(input, reading, room);
	input_close(input);
	close(fds[0]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct reading whole = { BUF_EMPTY, INPUT_PLAIN, 0 };
	struct reading pieces = { BUF_EMPTY, INPUT_PLAIN, 0 };
	bool is_cut;

	if (len > MAX_PACKED_BYTES)
		return 0;
	read_whole(bytes, len, &whole);
	read_pieces(bytes, len, &pieces);
	is_cut = whole.exit_code < 0 || pieces.exit_code < 0;
	if (whole.format != pieces.format)
		abort();
	if (!is_cut && (whole.out.len != pieces.out.len ||
	    whole.exit_code != pieces.exit_code))
		abort();
	if (whole.out.len > 0 && pieces.out.len > 0 &&
	    memcmp(whole.out.data, pieces.out.data, whole.out.len < pieces.out.len
	    ? whole.out.len : pieces.out.len) != 0)
		abort();
	if (whole.format == INPUT_PLAIN && (whole.out.len != len ||
	    (len > 0 && memcmp(whole.out.data, bytes, len) != 0)))
		abort();
	buf_release(&whole.out);
	buf_release(&pieces.out);
	return 0;
}
