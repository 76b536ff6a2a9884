/* SPDX-License-Identifier: ISC
 *
 * mem -- allocation that does not fail: out of memory ends the program with
 * one line on stderr, because a short-lived filter gains nothing by living on.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

/* Zeroed memory for count items of size bytes; the caller frees it. */
void *mem_new(size_t count, size_t size);

/* Like realloc for count items; new bytes are not zeroed. */
void *mem_resize(void *memory, size_t count, size_t size);

/* A copy of text, or of its first len bytes; the caller frees it. */
char *mem_text(const char *text);
char *mem_text_of(const char *text, size_t len);

#endif
