/* SPDX-License-Identifier: ISC
 *
 * mem -- allocation that does not fail: out of memory ends the program with one
 * line on stderr, because a short-lived filter gains nothing from recovering.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Returns zeroed memory for count items of size bytes; the caller frees it. */
void *mem_new(size_t count, size_t size);

/* Like realloc, for count items of size bytes; new bytes are not zeroed. */
void *mem_resize(void *memory, size_t count, size_t size);

/* Each returns a copy of text, or of its first len bytes, with a NUL at the
 * end; the caller frees it. */
char *mem_text(const char *text);
char *mem_text_of(const char *text, size_t len);

/* Prints "PROGRAM: out of memory" on stderr and ends the program with EXIT_IO.
 * Also for callers whose foreign library could not allocate. */
__attribute__((noreturn, cold)) void mem_exhausted(void);

#ifdef __cplusplus
}
#endif

#endif
