/* SPDX-License-Identifier: ISC */
#include "read/input.h"
#include "base/mem.h"
#include "base/require.h"
#include "io/gz.h"
#include "io/zst_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PACKED_BYTES (64 << 10)
#define MAX_MAGIC_BYTES 4

static const struct magic {
	enum input_format format;
	size_t len;
	unsigned char bytes[MAX_MAGIC_BYTES];
	unsigned char variants; /* bits of the first byte to ignore */
} magics[] = {
	{ INPUT_GZIP, 2, { 0x1f, 0x8b }, 0 },
	{ INPUT_ZSTD, 4, { 0x28, 0xb5, 0x2f, 0xfd }, 0 },
	/* A skippable frame. */
	{ INPUT_ZSTD, 4, { 0x50, 0x2a, 0x4d, 0x18 }, 0x0f },
};

struct input {
	int fd;
	int64_t read_bytes;
	enum input_format format;
	bool is_known;             /* format is final */
	bool is_damaged;
	struct err damage;
	unsigned char head[MAX_MAGIC_BYTES]; /* the first bytes of the input */
	unsigned char *packed;     /* PACKED_BYTES of a compressed input */
	const unsigned char *next; /* in head or packed: the first unused byte */
	size_t left;
	struct gz *gz;
	struct zst_stream *zst;
};

/* The most that an unprivileged process may set (pipe(7),
 * /proc/sys/fs/pipe-max-size). */
#define PIPE_BYTES (1 << 20)

struct input *
input_open(int fd)
{
	struct input *input = mem_new(1, sizeof(*input));

	input->fd = fd;
	input->next = input->head;
	/* A larger pipe lets its writer go on while a batch is read. The call
	 * fails without harm if fd is not a pipe, or if it is not allowed. */
	(void)fcntl(fd, F_SETPIPE_SZ, PIPE_BYTES);
	return input;
}

void
input_close(struct input *input)
{
	if (input == NULL)
		return;
	gz_close(input->gz);
	zst_stream_close(input->zst);
	free(input->packed);
	free(input);
}

enum input_format
input_format(const struct input *input)
{
	return input->format;
}

int64_t
input_read_bytes(const struct input *input)
{
	return input->read_bytes;
}

static bool
has_more(const struct input *input)
{
	return input->format == INPUT_GZIP ? gz_has_more(input->gz)
	    : input->format == INPUT_ZSTD && zst_stream_has_more(input->zst);
}

bool
input_is_ready(const struct input *input)
{
	return input->is_known &&
	    (input->is_damaged || input->left > 0 || has_more(input));
}

/* Calls read(2) once. Returns what input_read returns. */
static int64_t
read_some(struct input *input, void *to, size_t room, struct err *err)
{
	ssize_t got = read(input->fd, to, room < SSIZE_MAX ? room : SSIZE_MAX);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return INPUT_WAIT;
	if (got < 0)
		return input->format == INPUT_PLAIN
		    ? err_system(err, EXIT_IO, "read")
		    : err_system(err, EXIT_IO, "read at compressed byte %"
		    PRId64, input->read_bytes);
	input->read_bytes += got;
	return got;
}

/* Whether the first len bytes, at least 1, may be the beginning of the magic
 * number. */
static bool
may_be(const struct magic *magic, const unsigned char *bytes, size_t len)
{
	if (len > magic->len)
		len = magic->len;
	return (bytes[0] & ~magic->variants) == magic->bytes[0] &&
	    memcmp(bytes + 1, magic->bytes + 1, len - 1) == 0;
}

static void
set_format(struct input *input, enum input_format format)
{
	input->is_known = true;
	input->format = format;
	if (format == INPUT_PLAIN)
		return;
	input->packed = mem_new(PACKED_BYTES, 1);
	if (format == INPUT_GZIP)
		input->gz = gz_open();
	else
		input->zst = zst_stream_open();
}

/* Reads the first bytes, from which the format is recognised. Returns 1 when the
 * format is known; otherwise what input_read returns. */
static int64_t
recognise(struct input *input, struct err *err)
{
	int64_t got = read_some(input, input->head + input->left,
	    sizeof(input->head) - input->left, err);
	bool is_open = false;

	if (got < 0 || (got == 0 && input->left == 0))
		return got;
	input->left += (size_t)got;
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		const struct magic *magic = &magics[i];

		if (!may_be(magic, input->head, input->left))
			continue;
		is_open = true;
		if (input->left >= magic->len) {
			set_format(input, magic->format);
			return 1;
		}
	}
	if (is_open && got > 0)
		return INPUT_WAIT;
	set_format(input, INPUT_PLAIN);
	return 1;
}

static int64_t
read_plain(struct input *input, char *to, size_t room, struct err *err)
{
	size_t len = input->left < room ? input->left : room;

	if (len == 0)
		return read_some(input, to, room, err);
	memcpy(to, input->next, len);
	input->next += len;
	input->left -= len;
	return (int64_t)len;
}

static int
decompress(struct input *input, unsigned char **to, size_t *room, struct err *err)
{
	if (input->format == INPUT_GZIP)
		return gz_decode(input->gz, &input->next, &input->left, to, room,
		    err);
	return zst_stream_decode(input->zst, &input->next, &input->left, to,
	    room, err);
}

static int
check_end(const struct input *input, struct err *err)
{
	return input->format == INPUT_GZIP ? gz_end(input->gz, err)
	    : zst_stream_end(input->zst, err);
}

/* Returns the bytes before the damage first, and the error with the next call. */
static int64_t
read_packed(struct input *input, char *to, size_t room, struct err *err)
{
	unsigned char *out = (unsigned char *)to;
	size_t room_left = room;

	if (!input_is_ready(input)) {
		int64_t got = read_some(input, input->packed, PACKED_BYTES, err);

		if (got == 0)
			return check_end(input, err);
		if (got < 0)
			return got;
		input->next = input->packed;
		input->left = (size_t)got;
	}
	if (!input->is_damaged)
		input->is_damaged = decompress(input, &out, &room_left,
		    &input->damage) < 0;
	if (room_left < room)
		return (int64_t)(room - room_left);
	if (!input->is_damaged)
		return INPUT_WAIT;
	*err = input->damage;
	return -1;
}

int64_t
input_read(struct input *input, char *out, size_t room, struct err *err)
{
	REQUIRE(room > 0);
	if (!input->is_known) {
		int64_t result = recognise(input, err);

		if (result <= 0)
			return result;
	}
	return input->format == INPUT_PLAIN ? read_plain(input, out, room, err)
	    : read_packed(input, out, room, err);
}
