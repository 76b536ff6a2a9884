/* SPDX-License-Identifier: ISC */
#include "fetch/item.h"
#include "base/mem.h"
#include "base/require.h"

#include <stdlib.h>
#include <string.h>

struct fetch_item *
fetch_item_open(struct work_item *work, struct object_store *store,
    int64_t now_ns)
{
	struct fetch_item *item = mem_new(1, sizeof(*item));

	item->work = work;
	item->body.store = store;
	item->body.work = work;
	item->start_ns = now_ns;
	return item;
}

void
fetch_item_close(struct fetch_item *item)
{
	object_file_abandon(item->body.file);
	work_item_close(item->work);
	free(item->url);
	free(item->etag);
	free(item->last_modified);
	free(item->content_type);
	free(item);
}

const struct work_candidate *
fetch_item_candidate(const struct fetch_item *item)
{
	REQUIRE(item->candidate < item->work->candidate_count);
	return &item->work->candidates[item->candidate];
}

void
fetch_item_aim(struct fetch_item *item, char *url, int64_t now_ns)
{
	struct http_url parts;
	struct err err;

	free(item->url);
	item->url = url;
	item->host[0] = '\0';
	if (http_url_read(url, &parts, &err) == 0)
		memcpy(item->host, parts.host, sizeof(item->host));
	item->asked_ns = now_ns;
	item->rate_delay_ms = 0;
}
