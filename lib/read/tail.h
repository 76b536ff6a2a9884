/* SPDX-License-Identifier: ISC
 *
 * tail -- which of many files have something to read, for as long as they are
 * written to, renamed away, made anew, or copied and truncated. It knows files,
 * inotify and rotation, and nothing of what is in them.
 *
 * A struct tail_file is one content: an inode, and where a file is truncated and
 * written again, each of its lives. An operand (a path) has at most one current
 * content and any number of old ones, which are kept open for whoever still
 * writes to them. Of one operand an older content is handed out, and must be
 * read to its end, before a newer one is.
 *
 * The loop of a caller:
 *
 *	while (!tail_is_over(tail) && tail_wait(tail, -1, err) >= 0) {
 *		while ((path = tail_next_rotated(tail)) != NULL)
 *			look for siblings (read/tail_rotated.h), tail_add the unread ones
 *		while ((file = tail_next(tail)) != NULL) {
 *			read tail_file_fd to its end
 *			if (tail_file_set_offset(file, what was read) < 0)
 *				throw away what was just read
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

/* An old file is let go when nobody has written to it for so long. */
#define TAIL_RETIRE_MS 5000
/* Between looks where inotify cannot help. */
#define TAIL_POLL_MS 1000

struct tail_options {
	int64_t retire_ms;
	int64_t poll_ms;
	bool is_polling; /* inotify is not even tried */
	/* Is told, in a sentence, what a person should know; may be NULL. */
	void (*warn)(void *context, const char *text);
	void *context; /* borrowed */
};

#define TAIL_OPTIONS { .retire_ms = TAIL_RETIRE_MS, .poll_ms = TAIL_POLL_MS }

enum tail_state {
	TAIL_CURRENT,   /* there may be more, of an old content too */
	TAIL_RETIRED,   /* there will be no more than there is now */
	TAIL_TRUNCATED, /* what was not read is gone */
};

struct tail;
struct tail_file;

/* Follows the files; "-" is stdin, which is read to its end. A file that does not
 * exist is waited for. Two paths to one file are followed as one. EXIT_NO_INPUT
 * when a file cannot be opened, or the folder that it is to be in. *out is the
 * caller's, for tail_close, and borrows nothing but context. */
MUST_USE int tail_open(struct tail **out, char *const *paths, size_t count,
    const struct tail_options *options, struct err *err);
/* Closes all files, stdin excepted. NULL is fine. */
void tail_close(struct tail *tail);

/* Waits until a file has something to read, or an operand was rotated. Returns 1
 * then; 0 after timeout_ms (-1: there is no limit); or -1 with EXIT_AGAIN when
 * prog_signal says so, or EXIT_IO. Begins a new round of tail_next. */
MUST_USE int tail_wait(struct tail *tail, int timeout_ms, struct err *err);

/* Whether nothing can come any more: all there was were streams that ended. */
bool tail_is_over(const struct tail *tail);

/* The next file to read, each once in a round; NULL when there is none. A file
 * is withheld while an older one of its operand is not read to its end or, when it
 * is no longer TAIL_CURRENT, not done; the current one also until
 * tail_next_rotated has told of the operand. What is not read, or not asked for,
 * comes again in the next round. Borrowed until tail_file_done. */
struct tail_file *tail_next(struct tail *tail);

/* The next operand whose siblings are to be looked at: of every one at the start,
 * then when it was rotated or truncated; NULL when there is none. Borrowed. */
const char *tail_next_rotated(struct tail *tail);

/* Follows one more file as an old one of the operand, newer than those that it has
 * and older than the current one: a file that was rotated before it was ever
 * seen, or the copy of one that was truncated before it was read. Returns 1 when
 * it was added, -1 when it cannot be opened, and 0
 *   - when it is followed already;
 *   - when path leads to another inode by now, or nowhere: then the operand counts
 *     as rotated again;
 *   - when all that it holds a followed file of the operand holds too, in the same
 *     place: the copy of one that is about to be truncated. */
MUST_USE int tail_add(struct tail *tail, const char *operand, const char *path,
    uint64_t device, uint64_t inode, struct err *err);

/* All files, from NULL on; any but the previous one may be gone by then. */
struct tail_file *tail_each(struct tail *tail, const struct tail_file *previous);

/* To be read by the caller, regular files and streams to the end. May be
 * non-blocking. Its position is the caller's business; it is 0 at first, and
 * where it stood for stdin. */
int tail_file_fd(const struct tail_file *file);
/* The operand as it was given. Borrowed. */
const char *tail_file_path(const struct tail_file *file);
enum tail_state tail_file_state(const struct tail_file *file);
/* A FIFO, pipe, terminal or socket; else a regular file. */
bool tail_file_is_stream(const struct tail_file *file);
/* That the content before it in the same inode was seen to end. */
bool tail_file_is_new_content(const struct tail_file *file);

/* For the caller, NULL at first. */
void *tail_file_user(const struct tail_file *file);
void tail_file_set_user(struct tail_file *file, void *user);

/* How much has been read of the file (not: how much of it was used). To be called
 * after every reading, before what was read is trusted, and before reading when
 * that does not begin at 0. Returns 0, or -1 when the file was truncated: then
 * what was read since the last call may be of the new content, which will come as
 * a file of its own; and the file is TAIL_TRUNCATED now. */
MUST_USE int tail_file_set_offset(struct tail_file *file, int64_t offset);

/* The caller has finished with the file, and it goes. After TAIL_TRUNCATED the
 * new content of the inode follows, in the same round. A file that is
 * TAIL_CURRENT ends its operand, which is not looked at again: so may the caller
 * end a stream that it has read to its end, or refuse a file. */
void tail_file_done(struct tail_file *file);

#endif
