/* SPDX-License-Identifier: ISC
 *
 * prog -- the start and the end of every main.
 */
#ifndef BASE_PROG_H
#define BASE_PROG_H

#include "base/err.h"

#include <stdint.h>

#define PROG_VERSION "0.1.0"
/* The commit that the program was built from, or "". The build gives it to the
 * programs; others that link the library have none. */
extern const char prog_commit[];

/* Names the program in messages, keeps descriptors 0 to 2, if closed, from being
 * reused for files, and makes a broken pipe an error of write(2) instead of a signal,
 * so that main may clean up first. */
void prog_start(const char *name);

/* Random bits, for names that two processes must not share even where they have
 * the same pid, as in containers. */
uint32_t prog_random(void);

/* A name that no other run of a program has: PROGRAM-HOST-PID-STARTMS-RANDOM. */
#define PROG_INSTANCE_SIZE 64
void prog_instance(char out[PROG_INSTANCE_SIZE]);

/* The end of every main. result is an exit code, or -1 and err says why. Prints
 * the error on stderr; flushes and closes stdout. Returns the code for the shell: result,
 * or that of err; EXIT_IO, with a message, when the output could not be written (a
 * full disk may show only here), also after an error. When the reader of stdout has
 * gone, ends the program quietly by SIGPIPE, as other filters do. */
MUST_USE int prog_exit(int result, const struct err *err);

/* After prog_catch_signals, prog_signal is the number of the SIGINT or SIGTERM
 * that has come, else 0; a second one ends the program at once. prog_signal_fd
 * can be read from then on: a poll that watches it misses no signal. */
void prog_catch_signals(void);
MUST_USE int prog_signal(void);
MUST_USE int prog_signal_fd(void);

#endif
