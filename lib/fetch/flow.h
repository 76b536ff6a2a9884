/* SPDX-License-Identifier: ISC
 *
 * flow -- the steps of one item through the engine: from the list to its first
 * candidate; from a request to its outcome; from there to the store, the next
 * candidate or the end. The loop that calls them is in fetch.c.
 */
#ifndef FETCH_FLOW_H
#define FETCH_FLOW_H

#include "fetch/report.h"

/* The state of a run, shared by fetch.c and flow.c only. */
struct fetch {
	const struct fetch_options *options;
	struct fetch_totals *totals;
	struct fetch_report report;
	struct http *http;
	struct object_store *store;
	struct fetch_item **items; /* under way, in the order of the list */
	size_t item_count;
	size_t commit_count;       /* items that wait for the disk */
	bool list_is_done;         /* no more items are read from it */
	bool wants_input;          /* the list has no line ready at the moment */
	bool has_failed;           /* err is set; nothing new is begun */
	int64_t start_ns, shown_ns;
	int64_t next_ns;           /* when an item that waits may go */
	struct err *err;
};

/* Records a failure of our own side. The first one counts; items under way are
 * deferred. */
void fetch_give_up(struct fetch *fetch, const struct err *err);

/* Begins an item and takes ownership of work; there must be room in items. */
void fetch_begin(struct fetch *fetch, struct work_item *work);

/* Sends the next request of an item that has been admitted. */
void fetch_send(struct fetch *fetch, struct fetch_item *item, int64_t now_ns);

/* Reports that the request of an item is on the wire, or ended without having
 * been sent. */
void fetch_note_sent(struct fetch *fetch, struct fetch_item *item);

/* A transfer is done: judges it and does what follows. */
void fetch_conclude(struct fetch *fetch, struct http_transfer *transfer);

/* An object is in the store, or the disk refused it. */
void fetch_end_commit(struct fetch *fetch, const struct object_end *commit);

/* Gives up requests that are on the wire or wait for admission, and the rest of
 * the list. */
void fetch_defer(struct fetch *fetch);

#endif
