/* SPDX-License-Identifier: ISC
 *
 * shown -- what is served: the last page, and whether the service is ready. One thread
 * replaces it, the one of the server answers from it.
 */
#ifndef CMD_PROM_TEXT_SHOWN_H
#define CMD_PROM_TEXT_SHOWN_H

#include "base/err.h"
#include "cmd/prom-text/page.h"
#include "io/serve.h"

#include <pthread.h>
#include <stdint.h>

/* What both threads see, under the lock. */
struct shown {
	pthread_mutex_t lock;
	struct page *page;
	struct err problem;         /* why the database is not up; its text is "" if it is */
	struct err config_problem;  /* the same of the web configuration, at the last scrape */
	int64_t last_event_ms;      /* -1: none ever came */
	int64_t max_age_ms;         /* 0: events may be of any age */
};

/* Shows a page, which is had from then on; problem says why the database is not up, or is
 * "". */
void shown_replace(struct shown *shown, struct page *page, int64_t last_event_ms,
    const char *problem);

/* Sets *out to what is wrong with the web configuration; its text is "" for nothing. */
void shown_config_problem(struct shown *shown, struct err *out);

/* The handler of serve.h; context is a struct shown. */
MUST_USE int shown_answer(void *context, const struct serve_request *request,
    struct serve_answer *answer);

#endif
