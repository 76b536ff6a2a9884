/* SPDX-License-Identifier: ISC
 *
 * tail -- follows many files and finds out which of them have something to read,
 * while they are written, renamed, created again, or copied and truncated. It
 * knows about files, inotify and rotation, but not about what the files contain.
 *
 * A struct tail_file is one generation of a file: an inode or, when a file is
 * truncated and written again, what the inode holds between two truncations. An
 * operand (a path) has at most one current generation and any number of old ones,
 * which stay open because a process may still write to them. The generations of an
 * operand are handed out from the oldest to the newest; each must be read to its
 * end before the next.
 *
 * The loop of a caller:
 *
 *	while (!tail_is_over(tail) && tail_wait(tail, -1, err) >= 0) {
 *		while ((path = tail_next_rotated(tail)) != NULL)
 *			find siblings (read/tail_rotated.h), tail_add the unread ones
 *		while ((file = tail_next(tail)) != NULL) {
 *			read tail_file_fd to its end
 *			if (tail_file_set_offset(file, what was read) < 0)
 *				discard what was just read
 *			if (tail_file_state(file) != TAIL_CURRENT)
 *				tail_file_done(file)
 *		}
 *	}
 */
#ifndef READ_TAIL_H
#define READ_TAIL_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An old file is closed when no process has written to it for this long. */
#define TAIL_RETIRE_MS 5000
/* Time between two checks where inotify does not work. */
#define TAIL_POLL_MS 1000

struct tail_options {
	int64_t retire_ms;
	int64_t poll_ms;
	bool is_polling; /* do not use inotify */
	/* Receives warnings for the user, one sentence each. May be NULL. */
	void (*warn)(void *context, const char *text);
	void *context; /* for warn; borrowed */
};

#define TAIL_OPTIONS { .retire_ms = TAIL_RETIRE_MS, .poll_ms = TAIL_POLL_MS }

enum tail_state {
	TAIL_CURRENT,   /* it may still grow, even if it is an old generation */
	TAIL_RETIRED,   /* its size is final */
	TAIL_TRUNCATED, /* what has not been read is lost */
};

struct tail;
struct tail_file;

/* Follows the files; "-" is stdin, which is read to its end. If a file does not
 * exist, waits for it. Follows two paths to one file as one. Fails with
 * EXIT_NO_INPUT when a file or its folder cannot be opened. The caller closes
 * *out, which borrows only context. */
MUST_USE int tail_open(struct tail **out, char *const *paths, size_t count,
    const struct tail_options *options, struct err *err);
/* Closes all files except stdin. NULL is fine. */
void tail_close(struct tail *tail);

/* Begins a new round of tail_next: waits until a file has something to read or an
 * operand was rotated. Returns 1 then; 0 after timeout_ms (-1: no limit); or -1
 * with EXIT_AGAIN when prog_signal reports a signal, or with EXIT_IO. */
MUST_USE int tail_wait(struct tail *tail, int timeout_ms, struct err *err);

/* Whether nothing more can come: all operands were streams, and have ended. */
bool tail_is_over(const struct tail *tail);

/* Returns the next file to read, each once per round, or NULL when there are no
 * more. Withholds a file while an older one of its operand has not been read to
 * its end or, if that is no longer TAIL_CURRENT, is not done. Withholds the
 * current file of an operand also until tail_next_rotated has returned the
 * operand. A file that is not read to its end comes again in the next round.
 * Borrowed until tail_file_done. */
struct tail_file *tail_next(struct tail *tail);

/* Returns the next operand whose siblings the caller must look for: each operand
 * at the start, and again when it was rotated or truncated. Returns NULL when
 * there is none. Borrowed. */
const char *tail_next_rotated(struct tail *tail);

/* Follows one more file as an old one of the operand, newer than its other old ones
 * and older than the current one. It is a file that was rotated before it was ever
 * seen, or the copy of one that was truncated before it was read. Returns 1 when
 * it was added, -1 when it cannot be opened, and 0
 *   - when it is already followed;
 *   - when path now leads to another inode, or to none: then the operand counts as
 *     rotated again;
 *   - when a followed file of the operand has the same bytes at the same offsets:
 *     then path is the copy of one that is about to be truncated. */
MUST_USE int tail_add(struct tail *tail, const char *operand, const char *path,
    uint64_t device, uint64_t inode, struct err *err);

/* Returns the first file, or the one after previous; NULL when there is none. Any
 * file except previous may be closed between two calls. */
struct tail_file *tail_each(struct tail *tail, const struct tail_file *previous);

/* Returns the descriptor from which the caller reads the file to its end. It may
 * be non-blocking. The caller may seek in it; its position is 0 at first, except
 * that stdin keeps its own. */
MUST_USE int tail_file_fd(const struct tail_file *file);
/* Returns the operand as it was given. Borrowed. */
const char *tail_file_path(const struct tail_file *file);
enum tail_state tail_file_state(const struct tail_file *file);
/* Whether the file is a FIFO, pipe, terminal or socket, not a regular file. */
bool tail_file_is_stream(const struct tail_file *file);
/* Whether it began while it was followed: the inode held an earlier generation, which
 * was truncated. */
bool tail_file_is_new_generation(const struct tail_file *file);

/* A pointer for use by the caller, NULL at first. */
void *tail_file_user(const struct tail_file *file);
void tail_file_set_user(struct tail_file *file, void *user);

/* Reports how much of the file has been read (not how much of it was used). Call
 * it after each read, before trusting what was read, and before the first read if
 * that does not begin at 0. Returns 0, or -1 when the file was truncated and is
 * now TAIL_TRUNCATED: then what was read since the last call may belong to the
 * next generation, which will come as a file of its own. */
MUST_USE int tail_file_set_offset(struct tail_file *file, int64_t offset);

/* Frees a file that the caller has finished with. If it was TAIL_TRUNCATED, the
 * next generation of the inode takes its place in the same round. If it is
 * TAIL_CURRENT, its operand is no longer followed: the caller may end a stream
 * that it has read to its end, or refuse a file. */
void tail_file_done(struct tail_file *file);

#endif
