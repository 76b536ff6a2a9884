/* SPDX-License-Identifier: ISC
 *
 * page -- what a scrape gets: the text of the last evaluation in both formats, packed and
 * not, shared by the thread that makes pages and the one that serves them.
 */
#ifndef CMD_PROM_TEXT_PAGE_H
#define CMD_PROM_TEXT_PAGE_H

#include "metric/families.h"
#include "metric/self_families.h"

/* One page, which lives while somebody has it. */
struct page;

struct page_text {
	const char *text, *gzip;
	size_t text_len, gzip_len;
};

/* The families of an evaluation as text, without those about itself. */
struct page_body {
	struct buf texts[EXPOSITION_FORMAT_COUNT];
};

/* Prints the families in place of what the body had. */
MUST_USE int page_body_print(struct page_body *body,
    const struct metric_families *families, const struct prometheus_label *labels,
    size_t label_count, struct err *err);
void page_body_release(struct page_body *body);

/* Makes a page of a body and of what is known of its evaluation; the caller has it. */
MUST_USE int page_make(struct page **out, const struct page_body *body,
    const struct self_facts *facts, const struct prometheus_label *labels,
    size_t label_count, struct err *err);

/* Borrowed while the page is had. */
struct page_text page_text(const struct page *page, enum exposition_format format);

/* One more has it; and one less. */
void page_keep(struct page *page);
void page_leave(struct page *page); /* NULL is fine */

#endif
