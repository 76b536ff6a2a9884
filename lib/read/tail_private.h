/* SPDX-License-Identifier: ISC
 *
 * tail_private -- what the files of tail share. tail.c is the loop; tail_name.c
 * finds what an operand names at a given moment; tail_file.c handles one generation;
 * tail_watch.c handles inotify. In this order, each calls only later ones.
 */
#ifndef READ_TAIL_PRIVATE_H
#define READ_TAIL_PRIVATE_H

#include "read/tail.h"

#include <sys/stat.h>

/* A generation is recognised by its first bytes and those before the offset. */
#define TAIL_PREFIX_BYTES 1024
#define TAIL_LAST_BYTES 64
#define TAIL_UNWATCHED (-1)

struct tail_file {
	struct tail_name *name;
	struct tail_file *next; /* the next newer one */
	int fd, watch;
	uint64_t device, inode;
	enum tail_state state;
	bool is_stream, is_new_generation;
	bool may_have_changed; /* must be checked */
	bool may_be_copy;      /* was empty when added, so it could not be compared */
	bool is_ready, is_handed_out;
	bool is_replaced;      /* it is old, and may be retired */
	int64_t idle_since_ns; /* monotonic: when it was last replaced or changed */
	int64_t offset, seen_bytes;
	char prefix[TAIL_PREFIX_BYTES], last[TAIL_LAST_BYTES];
	size_t prefix_len, last_len;
	void *user;
};

/* A name in a watched folder that determines where the path of an operand leads:
 * the name of the file, or of a symbolic link on the way. */
struct tail_link {
	int watch;
	char *component;
};

struct tail_name {
	struct tail *tail;
	char *path;
	struct tail_link *links;
	size_t link_count;
	struct tail_file *first;   /* oldest first */
	struct tail_file *current; /* the last of them, or NULL */
	bool is_dirty;   /* the path must be resolved again */
	bool is_rotated; /* the caller must look for its siblings */
	bool is_failing; /* it is tried again and again; the user was warned */
	bool is_fixed;   /* its path is never resolved again */
	int64_t folder_ns; /* when polling: the time the folder last changed */
};

struct tail {
	struct tail_options options;
	struct tail_name *names;
	size_t name_count;
	int inotify; /* -1: there is none */
	bool is_polling;
	int64_t polled_ns;
	size_t turn; /* the name that tail_next is at */
	struct pollfd *polls;
};

#define TAIL_EACH_NAME(tail, name) \
	for (struct tail_name *name = (tail)->names; \
	    name < (tail)->names + (tail)->name_count; name++)
#define TAIL_EACH_FILE(owner, file) \
	for (struct tail_file *file = (owner)->first; file != NULL; file = file->next)

/* tail_file.c */

/* Opens the file of the name and adds it after the others, but does not make it
 * the current one. *out is NULL and errno is 0 when the path now leads to another
 * file than status describes. Returns -1 with errno. */
MUST_USE int tail_file_open(struct tail_file **out, struct tail_name *name,
    const char *path, const struct stat *status);
/* Makes stdin the file of the name. */
void tail_file_open_stdin(struct tail_name *name, const struct stat *status);
/* Moves the file to another name, in front of before, or to the end if that is
 * NULL. */
void tail_file_move(struct tail_file *file, struct tail_name *to,
    const struct tail_file *before);
/* Closes and frees the file. */
void tail_file_close(struct tail_file *file);
/* Finds out whether a regular file grew, ended or was truncated. */
void tail_file_check(struct tail_file *file);
/* Whether all that the file has for now was read. */
bool tail_file_is_drained(const struct tail_file *file);
/* Does the same as tail_file_check for a stream, from the events of poll(2). */
void tail_file_check_stream(struct tail_file *file, short events);
/* Whether file is a copy of other: other can still be read and has the bytes of file at
 * the same offsets. */
bool tail_file_is_copy(const struct tail_file *file, const struct tail_file *other);
/* Replaces a generation that was truncated by the next one of its inode. */
void tail_file_begin_anew(struct tail_file *old);
/* Lets the file be retired when it has been idle. */
void tail_file_replace(struct tail_file *file);

/* tail_name.c */

/* Returns the followed file with that identity, or NULL. */
struct tail_file *tail_find(const struct tail *tail, uint64_t device,
    uint64_t inode);
/* Whether another file of the same name can still be read and has the same
 * bytes. */
bool tail_name_has_copy(const struct tail_file *added);
/* Resolves the path again, and makes the file that it leads to the current
 * one. */
MUST_USE int tail_name_look(struct tail_name *name, struct err *err);
/* Finds out whether names came or went in the folder of the path. */
void tail_name_poll(struct tail_name *name);
void tail_name_release(struct tail_name *name);

/* tail_watch.c */

/* Gives a warning to options.warn, if there is one. */
void tail_warn(const struct tail *tail, const char *format, ...)
    PRINTF_LIKE(2, 3);

/* Opens inotify. If that fails, or later something cannot be watched, the tail
 * polls. */
void tail_watch_start(struct tail *tail);
/* Watches a folder for names that come and go. Sets *watch to TAIL_UNWATCHED when
 * the tail must poll instead. Returns -1, with errno, when there is no such
 * folder. */
MUST_USE int tail_watch_folder(struct tail *tail, const char *folder, int *watch);
void tail_watch_file(struct tail *tail, struct tail_file *file);
/* Ends a watch if no file and no link uses it any more. */
void tail_watch_drop(struct tail *tail, int watch);
/* Reads the events that have come and marks what they concern. */
void tail_watch_take(struct tail *tail);
/* Marks everything as possibly changed. */
void tail_watch_doubt(struct tail *tail);

#endif
