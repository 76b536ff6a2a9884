/* SPDX-License-Identifier: ISC
 *
 * lock -- turns between processes, by flock(2) on a file that holds nothing.
 * The kernel gives the lock back when its holder dies. Whoever waits holds a
 * second lock, the turnstile (a record lock on the same file): who has just
 * given the lock back cannot take it again before those who wait.
 */
#ifndef IO_LOCK_H
#define IO_LOCK_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct lock {
	int fd; /* -1: there is no file, and taking it does nothing */
};

#define LOCK_NONE { -1 }

/* Opens the file, and makes it when may_make. Without may_make a missing or
 * unreadable file leaves LOCK_NONE, which is no error. */
MUST_USE int lock_init(struct lock *lock, const char *path, bool may_make,
    struct err *err);

/* Waits for the lock, at most wait_ms; then EXIT_AGAIN. name is what the lock
 * guards, for the message. */
MUST_USE int lock_take(struct lock *lock, bool is_shared, int64_t wait_ms,
    const char *name, struct err *err);

void lock_give(struct lock *lock);

/* Gives it back too; does nothing for LOCK_NONE. */
void lock_release(struct lock *lock);

#endif
