/* SPDX-License-Identifier: ISC */
#include "tests/property/memory.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

static void
need(const void *memory)
{
	if (memory != NULL)
		return;
	fputs("property: out of memory\n", stderr);
	exit(70);
}

void *
memory_resize(void *old, size_t size)
{
	void *memory = realloc(old, size);

	need(memory);
	return memory;
}

void *
memory_zeros(size_t count, size_t size)
{
	void *memory = calloc(count > 0 ? count : 1, size);

	need(memory);
	return memory;
}

/* They are in a list, so that no checker takes them for lost. */
void *
memory_forever(size_t size)
{
	static struct kept {
		struct kept *next;
		max_align_t memory[];
	} *all;
	struct kept *kept = memory_zeros(1, sizeof(*kept) + size);

	kept->next = all;
	all = kept;
	return kept->memory;
}

char *
memory_text(const char *format, ...)
{
	va_list list;
	char *text = NULL;
	int len;

	va_start(list, format);
	len = vsnprintf(NULL, 0, format, list);
	va_end(list);
	text = memory_resize(NULL, (size_t)len + 1);
	va_start(list, format);
	vsnprintf(text, (size_t)len + 1, format, list);
	va_end(list);
	return text;
}

char *
memory_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	size_t len = 0, room = 4096;
	char *text;

	if (file == NULL)
		return NULL;
	text = memory_resize(NULL, room + 1);
	for (;;) {
		len += fread(text + len, 1, room - len, file);
		if (len < room)
			break;
		room *= 2;
		text = memory_resize(text, room + 1);
	}
	fclose(file);
	text[len] = '\0';
	return text;
}
