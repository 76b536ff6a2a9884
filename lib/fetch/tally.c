/* SPDX-License-Identifier: ISC */
#include "fetch/tally.h"
#include "base/mem.h"
#include "base/require.h"

#include <stdlib.h>
#include <string.h>

#define PAGE_VALUES 512

void
tally_add(struct tally *tally, int64_t value)
{
	size_t page;

	if (value < 0)
		value = 0;
	if (value > TALLY_MAX_VALUE)
		value = TALLY_MAX_VALUE;
	page = (size_t)(value / PAGE_VALUES);
	if (page >= tally->page_count) {
		tally->pages = mem_resize(tally->pages, page + 1,
		    sizeof(tally->pages[0]));
		memset(tally->pages + tally->page_count, 0,
		    (page + 1 - tally->page_count) * sizeof(tally->pages[0]));
		tally->page_count = page + 1;
	}
	if (tally->pages[page] == NULL)
		tally->pages[page] = mem_new(PAGE_VALUES, sizeof(int64_t));
	tally->pages[page][value % PAGE_VALUES]++;
	tally->total++;
}

void
tally_add_endless(struct tally *tally)
{
	tally->total++;
}

int64_t
tally_percentile(const struct tally *tally, int percent)
{
	/* The rank ceil(n * percent / 100), without overflow. */
	int64_t rank = tally->total / 100 * percent +
	    (tally->total % 100 * percent + 99) / 100;
	int64_t seen = 0;

	REQUIRE(percent >= 0 && percent <= 100);
	for (size_t page = 0; page < tally->page_count; page++) {
		if (tally->pages[page] == NULL)
			continue;
		for (size_t i = 0; i < PAGE_VALUES; i++) {
			seen += tally->pages[page][i];
			if (seen >= rank && seen > 0)
				return (int64_t)(page * PAGE_VALUES + i);
		}
	}
	return -1;
}

void
tally_release(struct tally *tally)
{
	for (size_t i = 0; i < tally->page_count; i++)
		free(tally->pages[i]);
	free(tally->pages);
	memset(tally, 0, sizeof(*tally));
}
