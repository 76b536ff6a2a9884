/* SPDX-License-Identifier: ISC
 *
 * err -- what went wrong, in words, and the exit code for it.
 *
 * The library never prints and never exits: a function that fails fills the
 * caller's struct err and returns -1. Only main prints the error.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#define EXIT(name, code, meaning) EXIT_##name = (code),
enum exit_code {
#include "schema/exit.def"
};

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(at, first) __attribute__((format(printf, at, first)))

struct err {
	int exit_code; /* an enum exit_code */
	char text[512];
};

/* Sets the error and returns -1, so that a function may end with
 * `return err_set(...)`. A text that is too long is cut. */
int err_set(struct err *err, int exit_code, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* The same, followed by ": " and the text of errno. */
int err_system(struct err *err, int exit_code, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* Puts the formatted text and ": " in front of the text of the error, to say
 * where it happened. Returns -1. */
int err_in(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);

#ifdef __clang_analyzer__
/* The analyser sees one file at a time, so these tell it what the functions
 * return. */
#define err_set(...) (err_set(__VA_ARGS__), -1)
#define err_system(...) (err_system(__VA_ARGS__), -1)
#define err_in(...) (err_in(__VA_ARGS__), -1)
#endif

#endif
