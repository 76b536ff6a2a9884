/* SPDX-License-Identifier: ISC */
#include "tel/text.h"

#include <string.h>

const char *
text_find(const char *path)
{
	for (size_t i = 0; texts[i].path != NULL; i++)
		if (strcmp(texts[i].path, path) == 0)
			return texts[i].text;
	return NULL;
}

const struct text *
text_next(const char *prefix, size_t *cursor)
{
	while (texts[*cursor].path != NULL) {
		const struct text *text = &texts[(*cursor)++];

		if (strncmp(text->path, prefix, strlen(prefix)) == 0)
			return text;
	}
	return NULL;
}
