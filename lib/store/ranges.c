/* SPDX-License-Identifier: ISC */
#include "store/ranges.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

size_t
ranges_find(const struct ranges *ranges, int64_t value)
{
	size_t low = 0, high = ranges->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ranges->items[middle].until < value)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool
ranges_have(const struct ranges *ranges, int64_t value)
{
	const struct range *last;
	size_t i;

	if (ranges->count == 0)
		return false;
	last = &ranges->items[ranges->count - 1];
	if (value >= last->from)
		return value < last->until;
	i = ranges_find(ranges, value);
	if (i < ranges->count && ranges->items[i].until == value)
		i++;
	return i < ranges->count && ranges->items[i].from <= value;
}

static void
insert(struct ranges *ranges, size_t at, int64_t from, int64_t until)
{
	if (ranges->count == ranges->size) {
		ranges->size = ranges->size > 0 ? ranges->size * 2 : 4;
		ranges->items = mem_resize(ranges->items, ranges->size,
		    sizeof(ranges->items[0]));
	}
	memmove(ranges->items + at + 1, ranges->items + at,
	    (ranges->count - at) * sizeof(ranges->items[0]));
	ranges->items[at].from = from;
	ranges->items[at].until = until;
	ranges->count++;
}

void
ranges_add(struct ranges *ranges, int64_t from, int64_t until)
{
	struct range *first;
	size_t i, next;

	if (from >= until)
		return;
	i = ranges->count;
	if (i > 0 && ranges->items[i - 1].until >= from)
		i = ranges_find(ranges, from);
	if (i == ranges->count || ranges->items[i].from > until) {
		insert(ranges, i, from, until);
		return;
	}
	first = &ranges->items[i];
	if (from < first->from)
		first->from = from;
	if (until <= first->until)
		return;
	first->until = until;
	for (next = i + 1; next < ranges->count &&
	    ranges->items[next].from <= first->until; next++)
		if (ranges->items[next].until > first->until)
			first->until = ranges->items[next].until;
	memmove(ranges->items + i + 1, ranges->items + next,
	    (ranges->count - next) * sizeof(ranges->items[0]));
	ranges->count -= next - i - 1;
}

void
ranges_release(struct ranges *ranges)
{
	free(ranges->items);
	memset(ranges, 0, sizeof(*ranges));
}
