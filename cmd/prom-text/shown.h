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
#include <stdbool.h>

/* What both threads see, under the lock. */
struct shown {
	pthread_mutex_t lock;
	struct page *page;
	bool is_up;
	char reason[sizeof(((struct err *)0)->text)]; /* why it is not */
	int64_t last_event_ms;      /* -1: none ever came */
	int64_t max_age_ms;         /* 0: events may be of any age */
};

/* Shows a page, which is had from then on; reason says why the database is not up, or is
 * "". */
void shown_replace(struct shown *shown, struct page *page, bool is_up, const char *reason);

/* The handler of serve.h; context is a struct shown. */
MUST_USE int shown_answer(void *context, const struct serve_request *request,
    struct serve_answer *answer);

#endif
