/* SPDX-License-Identifier: ISC
 *
 * tail_rotated -- the files that rotation made of a file, as they lie beside it.
 * They are told by their names alone; whether one of them was read before, and how
 * far, is the caller's to know. For a file "app.log", of digits and dates D
 * (digits, T, Z and . : _ - between them):
 *
 *	app.log.D  app.log-D  app.log_D  app.log.old
 *	app-D.log  app.D.log  app_D.log     when D has the digits of a date, 6
 *
 * and all of these with .gz or .zst behind them. Where the path is a symbolic
 * link, what lies beside its target is found too.
 */
#ifndef READ_TAIL_ROTATED_H
#define READ_TAIL_ROTATED_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tail_rotated {
	char *path; /* the list's */
	uint64_t device, inode;
	int64_t size_bytes, mtime_ns;
	bool is_compressed; /* by its name */
};

struct tail_rotated_list {
	struct tail_rotated *items; /* oldest first; of one time, by their names */
	size_t count;
};

#define TAIL_ROTATED_NONE { NULL, 0 }

/* Puts the files into list, which was empty: regular ones only, each once, and
 * not the one that the path leads to now. A folder that is gone holds none.
 * Returns -1, with the list empty, when one cannot be read. The list is the
 * caller's, for tail_rotated_release. */
MUST_USE int tail_rotated(const char *path, struct tail_rotated_list *list,
    struct err *err);

/* Empties the list. */
void tail_rotated_release(struct tail_rotated_list *list);

/* Whether name is one that rotation makes of the file name base. */
bool tail_rotated_is_name(const char *name, const char *base);

#endif
