/* SPDX-License-Identifier: ISC
 *
 * lock -- mutual exclusion between processes, by flock(2) on an empty file.
 * The kernel releases the lock when its holder dies. A process that waits for
 * the exclusive lock holds a second one, the turnstile (a record lock on the
 * same file), so that the process that has just released the lock cannot take
 * it again first.
 */
#ifndef IO_LOCK_H
#define IO_LOCK_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct lock {
	int fd; /* -1: there is no file, and taking the lock does nothing */
};

#define LOCK_NONE { -1 }

/* Opens the file. With may_make, makes a missing one; EXIT_CREATE when that fails.
 * Without may_make, a missing or unreadable file leaves LOCK_NONE and is not an error. */
MUST_USE int lock_init(struct lock *lock, const char *path, bool may_make,
    struct err *err);

/* Takes the lock, and waits for it at most wait_ms; after that EXIT_AGAIN. name
 * is the file that the lock protects, for messages. */
MUST_USE int lock_take(struct lock *lock, bool is_shared, int64_t wait_ms,
    const char *name, struct err *err);

/* Releases the lock; it may be taken again. */
void lock_give(struct lock *lock);

/* Releases the lock and closes its file; does nothing for LOCK_NONE. */
void lock_release(struct lock *lock);

#endif
