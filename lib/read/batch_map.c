/* SPDX-License-Identifier: ISC
 *
 * Batches whose lines go through a map. Many lines are sent to its child before
 * the first result is read, so that both processes work at the same time.
 */
#include "base/buf.h"
#include "base/require.h"
#include "read/batch_private.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

static_assert(MAP_PADDING >= JSON_PADDING, "outputs are read as they came");

/* Gives the line to the map, as JSON if it is JSON, or refuses it. */
static void
submit_line(struct batch_reader *reader, struct batch *batch, struct batch_line *item)
{
	const struct line *line = &item->line;
	struct json_object object;
	struct json_error error;
	bool is_json;

	batch_hide_line(reader, batch, item);
	if (item->refusal != NULL)
		return;
	is_json = line->len > 0 && strchr("{[ \t", line->text[0]) != NULL &&
	    (json_read(reader->map_parser, line->text, line->len, &object,
	    &error) == 0 || error.fault == JSON_NOT_OBJECT);

	if (is_json && object.has_inexact) {
		item->refusal = batch_refuse(batch, REASON_number_precision, NULL,
		    "an integer beyond 2^53 would change its value in the map");
		return;
	}
	map_put(reader->options.map, line->text, line->len, is_json);
}

/* Reads one output of the map as a row. Returns -1 when it is not an event.
 * Secrets are hidden again, because the map may have moved a value to another
 * key. */
static int
read_output(struct batch_reader *reader, struct batch *batch, const char *json,
    size_t len, size_t number, struct row *row, struct batch_line *item)
{
	struct json_object object;
	struct json_error error;
	const char *text = batch_hide(reader, batch, json, &len,
	    &item->hidden_count);

	if (text == json)
		text = arena_copy(&batch->arena, json, len + MAP_PADDING);
	if (json_read(reader->parser, text, len, &object, &error) < 0) {
		item->refusal = batch_refuse(batch, REASON_map_error, NULL,
		    "output %zu of the map: %s", number, error.words);
		return -1;
	}
	row_read(reader->rows, &batch->arena, &object, text, len, row);
	return 0;
}

static void
read_outputs(struct batch_reader *reader, struct batch *batch,
    struct map_result *result, struct batch_line *item)
{
	struct row *rows = arena_take(&batch->arena,
	    result->count * sizeof(rows[0]));
	for (size_t i = 0; i < result->count; i++) {
		size_t len;
		const char *json = map_output(result, &len);

		if (read_output(reader, batch, json, len, i + 1, &rows[i],
		    item) < 0)
			return;
	}
	item->rows = rows;
	item->row_count = result->count;
}

/* Refuses the line. The words of the map may quote the line, so their secrets are
 * hidden too. */
static void
refuse_result(struct batch_reader *reader, struct batch *batch,
    const struct map_result *result, struct batch_line *item)
{
	size_t len = strlen(result->words);
	const char *words = batch_hide(reader, batch, result->words, &len,
	    &item->hidden_count);

	item->refusal = batch_refuse(batch, result->end == MAP_TOO_MANY
	    ? REASON_map_too_many : REASON_map_error, NULL, "%.*s", (int)len, words);
}

static void
read_result(struct batch_reader *reader, struct batch *batch,
    struct map_result *result, struct batch_line *item)
{
	int64_t bytes = item->line.full_bytes;

	if (result->end != MAP_DONE)
		refuse_result(reader, batch, result, item);
	else if ((int64_t)result->count > bytes)
		/* Each event gets one byte of its line as its position. */
		item->refusal = batch_refuse(batch, REASON_map_too_many, NULL,
		    "the map makes more events from this line than it has bytes "
		    "(%" PRId64 ")", bytes);
	else
		read_outputs(reader, batch, result, item);
}

int
batch_map_lines(struct batch_reader *reader, struct batch *batch, size_t first,
    size_t *count, struct err *err)
{
	size_t end = first + *count;
	bool is_full = false;

	REQUIRE(end >= first && end <= batch->line_count);
	for (size_t i = first; i < end; i++)
		if (batch->lines[i].refusal == NULL)
			submit_line(reader, batch, &batch->lines[i]);
	for (size_t i = first; i < end; i++) {
		struct batch_line *item = &batch->lines[i];
		struct map_result result;

		if (item->refusal != NULL)
			continue;
		if (map_get(reader->options.map, &result, err) < 0)
			return -1;
		/* The remaining results must be taken in any case. */
		if (is_full)
			continue;
		read_result(reader, batch, &result, item);
		if (batch->arena.taken_bytes >= BATCH_ARENA_BYTES &&
		    i + 1 < end) {
			is_full = true;
			*count = i + 1 - first;
		}
	}
	return 0;
}

int
batch_read_mapped(struct batch_reader *reader, struct line_reader *lines,
    struct batch *batch, struct err *err)
{
	struct line_mark marks[BATCH_MAP_LINES + 1];

	for (;;) {
		size_t first = batch->line_count, wanted = 0, count;

		line_mark(lines, &marks[0]);
		while (wanted < reader->map_lines &&
		    batch_next_line(reader, lines, batch) != NULL)
			line_mark(lines, &marks[++wanted]);
		if (wanted == 0)
			return 0;
		count = wanted;
		if (batch_map_lines(reader, batch, first, &count, err) < 0)
			return -1;
		if (count == wanted) {
			reader->map_lines = 2 * reader->map_lines <
			    BATCH_MAP_LINES ? 2 * reader->map_lines
			    : BATCH_MAP_LINES;
			continue;
		}
		batch->line_count = first + count;
		line_rewind(lines, &marks[count]);
		reader->map_lines = count;
		return 0;
	}
}
