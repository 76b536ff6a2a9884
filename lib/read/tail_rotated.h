/* SPDX-License-Identifier: ISC
 *
 * tail_rotated -- finds the files beside a file that rotation made of it. They
 * are recognised only by their names; the caller knows whether one of them was
 * read before, and how far. For a file "app.log" these are, where D is a number
 * or date (digits with T, Z and . : _ - between them):
 *
 * app.log.D  app.log-D  app.log_D  app.log.old app-D.log  app.D.log  app_D.log
 * if D has at least the 6 digits of a date
 *
 * and all of these followed by .gz or .zst. If the path is a symbolic link, the
 * files beside its target are found too.
 */
#ifndef READ_TAIL_ROTATED_H
#define READ_TAIL_ROTATED_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tail_rotated {
	char *path; /* owned by the list */
	uint64_t device, inode;
	int64_t size_bytes, mtime_ns;
	bool is_compressed; /* its name says so */
};

struct tail_rotated_list {
	struct tail_rotated *items; /* oldest first; of the same age, by name */
	size_t count;
};

#define TAIL_ROTATED_NONE { NULL, 0 }

/* Fills the list, which must be empty, with the regular files, each once, except
 * the one that the path leads to now. A missing folder has none. Returns -1, with
 * the list empty, when a folder cannot be read. The caller releases the list. */
MUST_USE int tail_rotated(const char *path, struct tail_rotated_list *list,
    struct err *err);

/* Empties the list. */
void tail_rotated_release(struct tail_rotated_list *list);

/* Whether rotation may give the name to a file named base. */
bool tail_rotated_is_name(const char *name, const char *base);

#endif
