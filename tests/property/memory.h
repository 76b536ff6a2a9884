/* SPDX-License-Identifier: ISC
 *
 * memory -- memory for a program that ends soon: what does not fit ends it.
 */
#ifndef TESTS_PROPERTY_MEMORY_H
#define TESTS_PROPERTY_MEMORY_H

#include <stddef.h>

/* As realloc. The caller frees the result. */
void *memory_resize(void *old, size_t size);

/* Returns zeros that the caller frees. */
void *memory_zeros(size_t count, size_t size);

/* Returns zeros that are there until the program ends. */
void *memory_forever(size_t size);

/* Returns a text as printf makes it. The caller frees it. */
char *memory_text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Returns the whole file with a '\0' at its end, or NULL when it cannot be read. The
 * caller frees it. */
char *memory_file(const char *path);

/* Grows an array whose count is given, before an element is added. Rooms are powers of
 * two, so that the room follows from the count. */
#define MEMORY_GROW(array, count) \
	(((count) & ((count) - 1)) != 0 ? (void)0 : (void)((array) = \
	memory_resize((array), ((count) == 0 ? 1 : 2 * (count)) * sizeof(*(array)))))

#endif
