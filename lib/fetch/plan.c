/* SPDX-License-Identifier: ISC */
#include "fetch/plan.h"
#include "base/json_writer.h"
#include "depot/object_store.h"

#include <poll.h>
#include <string.h>

/* Whether the item is stored: 1, 0, or -1 on errors. */
static int
is_stored(const struct fetch_options *options, const struct work_item *item,
    struct err *err)
{
	struct manifest_hit hit;
	int found = 0;

	if (options->index != NULL && options->out != NULL)
		found = manifest_index_find(options->index, item->id, &hit, err);
	if (found <= 0)
		return found;
	return object_store_has(options->out, hit.sha256, hit.content_length);
}

static void
print_plan(FILE *out, const struct work_item *item, bool is_skipped)
{
	struct buf line = BUF_EMPTY;
	struct json_writer json;

	json_writer_init(&json, &line);
	json_writer_open(&json, '{');
	json_writer_key_text(&json, "would", is_skipped ? "skip" : "fetch");
	json_writer_key_text(&json, "artifact_id", item->id);
	if (is_skipped)
		json_writer_key_text(&json, "reason",
		    item_reason_word(ITEM_REASON_already_downloaded));
	else {
		json_writer_key(&json, "urls");
		json_writer_open(&json, '[');
		for (size_t i = 0; i < item->candidate_count; i++)
			json_writer_text(&json, item->candidates[i].url,
			    strlen(item->candidates[i].url));
		json_writer_close(&json, ']');
	}
	json_writer_close(&json, '}');
	buf_add_char(&line, '\n');
	fwrite(line.data, 1, line.len, out);
	buf_release(&line);
}

static void
wait_for_input(FILE *out, int fd)
{
	struct pollfd ready = { fd, POLLIN, 0 };

	fflush(out);
	poll(&ready, 1, -1);
}

int64_t
fetch_plan(const struct fetch_options *options, FILE *out, struct err *err)
{
	int64_t bad_line_count = 0, fetch_count = 0;
	struct work_item *item;
	int stored;

	while (options->max_items == 0 || fetch_count < options->max_items) {
		switch (work_list_next(options->list, &item, err)) {
		case WORK_LIST_ITEM:
			stored = is_stored(options, item, err);
			if (stored >= 0)
				print_plan(out, item, stored > 0);
			work_item_close(item);
			if (stored < 0)
				return -1;
			fetch_count += stored == 0;
			break;
		case WORK_LIST_BAD:
			options->message(options->context, LOG_ERROR, err->text);
			bad_line_count++;
			break;
		case WORK_LIST_WAIT:
			wait_for_input(out, work_list_fd(options->list));
			break;
		case WORK_LIST_END:
			return bad_line_count;
		case WORK_LIST_FAILED:
			return -1;
		}
	}
	return bad_line_count;
}
