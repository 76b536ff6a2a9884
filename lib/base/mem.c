/* SPDX-License-Identifier: ISC */
#include "base/mem.h"
#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
mem_exhausted(void)
{
	/* log allocates, so this cannot use it; the C library has the name. */
	fprintf(stderr, "%s: out of memory\n", program_invocation_short_name);
	exit(EXIT_IO);
}

static void *
exit_if_null(void *memory)
{
	if (memory == NULL)
		mem_exhausted();
	return memory;
}

void *
mem_new(size_t count, size_t size)
{
	return exit_if_null(calloc(count > 0 ? count : 1, size > 0 ? size : 1));
}

void *
mem_resize(void *memory, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes))
		return exit_if_null(NULL);
	return exit_if_null(realloc(memory, bytes > 0 ? bytes : 1));
}

char *
mem_text_of(const char *text, size_t len)
{
	char *copy = mem_new(len + 1, 1);

	if (len > 0)
		memcpy(copy, text, len);
	return copy;
}

char *
mem_text(const char *text)
{
	return mem_text_of(text, strlen(text));
}
