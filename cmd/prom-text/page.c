/* SPDX-License-Identifier: ISC */
#include "cmd/prom-text/page.h"
#include "base/mem.h"
#include "base/require.h"
#include "io/gz.h"

#include <stdatomic.h>
#include <stdlib.h>

struct page {
	atomic_int keeper_count;
	struct buf texts[EXPOSITION_FORMAT_COUNT];
	struct buf packed[EXPOSITION_FORMAT_COUNT];
};

int
page_body_print(struct page_body *body, const struct metric_families *families,
    const struct prometheus_label *labels, size_t label_count, struct err *err)
{
	for (int i = 0; i < EXPOSITION_FORMAT_COUNT; i++) {
		buf_reset(&body->texts[i]);
		if (metric_families_print(families, (enum exposition_format)i, labels,
		    label_count, &body->texts[i], err) < 0)
			return -1;
	}
	return 0;
}

void
page_body_release(struct page_body *body)
{
	for (int i = 0; i < EXPOSITION_FORMAT_COUNT; i++)
		buf_release(&body->texts[i]);
}

int
page_make(struct page **out, const struct page_body *body, const struct self_facts *facts,
    const struct prometheus_label *labels, size_t label_count, struct err *err)
{
	struct page *page = mem_new(1, sizeof(*page));
	struct metric_families self = { NULL, 0, 0 };
	int result;

	atomic_init(&page->keeper_count, 1);
	self_families_add(&self, facts);
	result = metric_families_settle(&self, err);
	for (int i = 0; i < EXPOSITION_FORMAT_COUNT && result == 0; i++) {
		struct buf *text = &page->texts[i];

		buf_add(text, buf_text(&body->texts[i]), body->texts[i].len);
		result = metric_families_print(&self, (enum exposition_format)i, labels,
		    label_count, text, err);
		exposition_end((enum exposition_format)i, text);
		gz_pack(buf_text(text), text->len, &page->packed[i]);
	}
	metric_families_release(&self);
	if (result < 0) {
		page_leave(page);
		return -1;
	}
	*out = page;
	return 0;
}

struct page_text
page_text(const struct page *page, enum exposition_format format)
{
	const struct buf *text, *packed;

	REQUIRE(format < EXPOSITION_FORMAT_COUNT);
	text = &page->texts[format];
	packed = &page->packed[format];
	return (struct page_text){ text->data, packed->data, text->len, packed->len };
}

void
page_keep(struct page *page)
{
	atomic_fetch_add(&page->keeper_count, 1);
}

void
page_leave(struct page *page)
{
	if (page == NULL || atomic_fetch_sub(&page->keeper_count, 1) > 1)
		return;
	for (int i = 0; i < EXPOSITION_FORMAT_COUNT; i++) {
		buf_release(&page->texts[i]);
		buf_release(&page->packed[i]);
	}
	free(page);
}
