/* SPDX-License-Identifier: ISC */
#include "tel/origin.h"

#include <stdbool.h>
#include <string.h>

static bool
is_valid(const struct origin *origin)
{
	return ((origin->kind_len == 4 &&
	    memcmp(origin->kind, "file", 4) == 0) ||
	    (origin->kind_len == 6 &&
	    memcmp(origin->kind, "stream", 6) == 0)) &&
	    memchr(origin->fingerprint, ':', origin->fingerprint_len) == NULL;
}

int
origin_print(struct buf *out, const struct origin *origin)
{
	if (!is_valid(origin))
		return -1;
	buf_add(out, origin->kind, origin->kind_len);
	buf_add_char(out, ':');
	buf_add(out, origin->name, origin->name_len);
	buf_add_char(out, ':');
	buf_add(out, origin->fingerprint, origin->fingerprint_len);
	return 0;
}

int
origin_parse(const char *text, size_t len, struct origin *out)
{
	const char *first = memchr(text, ':', len);
	const char *last = memrchr(text, ':', len);

	if (first == NULL || first == last)
		return -1;
	*out = (struct origin){
		.kind = text, .kind_len = (size_t)(first - text),
		.name = first + 1, .name_len = (size_t)(last - first - 1),
		.fingerprint = last + 1,
		.fingerprint_len = (size_t)(text + len - last - 1),
	};
	return is_valid(out) ? 0 : -1;
}
