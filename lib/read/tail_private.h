/* SPDX-License-Identifier: ISC
 *
 * tail_private -- what the files of tail share: tail.c is the loop, tail_name.c
 * what an operand names from one moment to the next, tail_file.c one content,
 * tail_watch.c inotify. Each calls those named after it, never one before.
 */
#ifndef READ_TAIL_PRIVATE_H
#define READ_TAIL_PRIVATE_H

#include "read/tail.h"

#include <sys/stat.h>

/* A content is known by its first bytes and those before the offset. */
#define TAIL_PREFIX_BYTES 1024
#define TAIL_LAST_BYTES 64
#define TAIL_UNWATCHED (-1)

struct tail_file {
	struct tail_name *name;
	struct tail_file *next; /* the next newer one */
	int fd, watch;
	uint64_t device, inode;
	enum tail_state state;
	bool is_stream, is_new_content;
	bool may_have_changed; /* is to be checked */
	bool may_be_copy;      /* was empty when added: nobody could tell */
	bool is_ready, is_handed_out;
	bool is_replaced;      /* old, and may be retired */
	int64_t idle_since_ns; /* monotonic: replaced or changed, the later one */
	int64_t offset, seen_bytes;
	char prefix[TAIL_PREFIX_BYTES], last[TAIL_LAST_BYTES];
	size_t prefix_len, last_len;
	void *user;
};

/* A name in a watched folder that decides where the path of an operand leads:
 * that of the file, or of a symbolic link on the way. */
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
	bool is_dirty;   /* is to be looked at */
	bool is_rotated; /* its siblings are to be looked at */
	bool is_failing; /* is looked at again and again, and a person knows it */
	bool is_fixed;   /* is not looked at any more */
	int64_t folder_ns; /* when polling: the folder's time of change */
};

struct tail {
	struct tail_options options;
	struct tail_name *names;
	size_t name_count;
	int inotify; /* -1: there is none */
	bool is_polling;
	int64_t polled_ns;
	size_t turn; /* where tail_next is */
	struct pollfd *polls;
};

#define TAIL_EACH_NAME(tail, name) \
	for (struct tail_name *name = (tail)->names; \
	    name < (tail)->names + (tail)->name_count; name++)
#define TAIL_EACH_FILE(owner, file) \
	for (struct tail_file *file = (owner)->first; file != NULL; file = file->next)

/* tail_file.c */

/* Opens the file of the name and puts it behind the others, but does not make it
 * the current one. *out is NULL, and errno 0, when another file is there than
 * status says. Returns -1 with errno. */
MUST_USE int tail_file_open(struct tail_file **out, struct tail_name *name,
    const char *path, const struct stat *status);
/* Takes stdin for the name. */
void tail_file_open_stdin(struct tail_name *name, const struct stat *status);
/* Moves the file to another name, before the one given, or behind all. */
void tail_file_move(struct tail_file *file, struct tail_name *to,
    const struct tail_file *before);
/* Ends all use of the file. */
void tail_file_close(struct tail_file *file);
/* Sees whether a regular file grew, ended or was truncated. */
void tail_file_check(struct tail_file *file);
/* Whether all that is there was read. */
bool tail_file_is_drained(const struct tail_file *file);
/* The same for a stream, by what poll(2) says of it. */
void tail_file_check_stream(struct tail_file *file, short events);
/* Whether all that the file holds, another that can be read still does. */
bool tail_file_is_copy(const struct tail_file *file, const struct tail_file *other);
/* Puts the new content of the inode in place of the old one, which was
 * truncated. */
void tail_file_begin_anew(struct tail_file *old);
/* From now on the file is retired when it is idle. */
void tail_file_replace(struct tail_file *file);

/* tail_name.c */

/* The file with that identity among those followed, or NULL. */
struct tail_file *tail_find(const struct tail *tail, uint64_t device,
    uint64_t inode);
/* Whether all that the file holds, another of its name still does. */
bool tail_name_has_copy(const struct tail_file *added);
/* Brings the name's current file up to date with what the path leads to. */
MUST_USE int tail_name_look(struct tail_name *name, struct err *err);
/* Sees whether names came or went in the folder of the path. */
void tail_name_poll(struct tail_name *name);
void tail_name_release(struct tail_name *name);

/* tail_watch.c */

/* Tells a person, when the options have a way to. */
void tail_warn(const struct tail *tail, const char *format, ...)
    PRINTF_LIKE(2, 3);

/* Opens inotify; without it, and from the first thing that cannot be watched, the
 * tail is polling. */
void tail_watch_start(struct tail *tail);
/* Watches a folder for names that come and go. *watch is TAIL_UNWATCHED when only
 * polling helps. Returns -1, with errno, when there is no such folder. */
MUST_USE int tail_watch_folder(struct tail *tail, const char *folder, int *watch);
void tail_watch_file(struct tail *tail, struct tail_file *file);
/* Ends a watch if nobody has it any more. */
void tail_watch_drop(struct tail *tail, int watch);
/* Marks what the events that came were about. */
void tail_watch_take(struct tail *tail);
/* Marks everything. */
void tail_watch_doubt(struct tail *tail);

#endif
