/* SPDX-License-Identifier: ISC
 *
 * password -- checks passwords against bcrypt hashes; the only caller of libcrypt. A hash
 * takes long by design, so a thread of its own computes one at a time, a few may wait, and
 * verdicts are remembered, right and wrong ones apart: who tries wrong passwords burns one
 * core at most and makes nobody wait who has been right before.
 *
 * An unknown name costs what a known one does: it is compared with the hash of one of the
 * users, always the same one for the same name. What is remembered is an HMAC of name, hash
 * and password, each with its length, by a random key of this process; no password.
 *
 * All functions are called by one thread, the caller's.
 */
#ifndef IO_PASSWORD_H
#define IO_PASSWORD_H

#include "base/err.h"

#include <stddef.h>

#define PASSWORD_MIN_COST 4
#define PASSWORD_MAX_COST 14 /* almost a second */

enum password_verdict {
	PASSWORD_RIGHT,
	PASSWORD_WRONG,
	PASSWORD_BUSY,   /* too many are waiting: try again */
	PASSWORD_PENDING /* password_next will tell */
};

struct password_user {
	char *name, *hash; /* borrowed */
};

struct password;

/* Says in *why, a constant, what is wrong with a hash: returns 0 when it is a bcrypt hash
 * ($2a$, $2b$ or $2y$) of PASSWORD_MIN_COST to PASSWORD_MAX_COST, else -1. */
MUST_USE int password_check_hash(const char *hash, const char **why);

/* Opens *out, which the caller closes, and starts its thread. EXIT_BUG when there is no
 * thread or no chance to be had. */
MUST_USE int password_open(struct password **out, struct err *err);

/* Ends the thread; what still waits for it becomes PASSWORD_BUSY, in password_next. */
void password_stop(struct password *password);
void password_close(struct password *password); /* after password_stop; NULL is fine */

/* Judges a password, of at most 72 bytes. count > 0. With PASSWORD_PENDING, context comes
 * back once by password_next; nothing else is borrowed. */
MUST_USE enum password_verdict password_judge(struct password *password,
    const struct password_user *users, size_t count, const char *name,
    const char *text, void *context);

/* Returns a descriptor that is readable when password_next has something. Borrowed. */
MUST_USE int password_fd(const struct password *password);

/* Returns the context of a password that was pending and sets its verdict; NULL when there
 * is none yet. */
void *password_next(struct password *password, enum password_verdict *verdict);

#endif
