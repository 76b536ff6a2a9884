/* SPDX-License-Identifier: ISC */
#include "segment/part_name.h"
#include "base/mem.h"
#include "base/require.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TAG "telidx01"
#define TAG_BYTES 8
#define ENTRY_BYTES 24
#define DAY_CHARACTERS 10

void
part_name_print(struct buf *out, const struct part_name *name)
{
	REQUIRE(name->number >= 1 && name->number <= PART_MAX_NUMBER);
	buf_printf(out, "%s/%s/dt=%s/part-%04d.%s", name->tier, name->table,
	    name->day, name->number, name->format);
}

struct cursor {
	const char *next, *end;
};

static int
take_text(struct cursor *at, const char *text)
{
	size_t len = strlen(text);

	if ((size_t)(at->end - at->next) < len ||
	    memcmp(at->next, text, len) != 0)
		return -1;
	at->next += len;
	return 0;
}

/* The longest run of the given characters, which must fit and not be empty. */
static int
take_word(struct cursor *at, const char *characters, char *out, size_t size)
{
	size_t len = 0;

	while (at->next + len < at->end && at->next[len] != '\0' &&
	    strchr(characters, at->next[len]) != NULL)
		len++;
	if (len == 0 || len >= size)
		return -1;
	memcpy(out, at->next, len);
	out[len] = '\0';
	at->next += len;
	return 0;
}

static int
take_day(struct cursor *at, struct part_name *out)
{
	if (take_word(at, "0123456789-", out->day, DAY_CHARACTERS + 1) < 0 ||
	    strlen(out->day) != DAY_CHARACTERS)
		return -1;
	return tim_parse(out->day, 0, &out->day_ms);
}

static int
take_number(struct cursor *at, struct part_name *out)
{
	char digits[8];
	long value;

	if (take_word(at, "0123456789", digits, sizeof(digits)) < 0)
		return -1;
	value = strtol(digits, NULL, 10);
	if (value < 1 || value > PART_MAX_NUMBER)
		return -1;
	out->number = (int)value;
	return 0;
}

int
part_name_parse(const char *path, size_t len, struct part_name *out)
{
	static const char lower[] = "abcdefghijklmnopqrstuvwxyz";
	struct cursor at = { path, path + len };
	struct buf again = BUF_EMPTY;
	int result = -1;

	memset(out, 0, sizeof(*out));
	if (take_word(&at, lower, out->tier, sizeof(out->tier)) < 0 ||
	    (strcmp(out->tier, "warm") != 0 && strcmp(out->tier, "cold") != 0) ||
	    take_text(&at, "/") < 0 ||
	    take_word(&at, "abcdefghijklmnopqrstuvwxyz_", out->table,
	    sizeof(out->table)) < 0 ||
	    take_text(&at, "/dt=") < 0 || take_day(&at, out) < 0 ||
	    take_text(&at, "/part-") < 0 || take_number(&at, out) < 0 ||
	    take_text(&at, ".") < 0 ||
	    take_word(&at, "abcdefghijklmnopqrstuvwxyz.", out->format,
	    sizeof(out->format)) < 0 || at.next != at.end)
		return -1;
	/* Each file has exactly one spelling. */
	part_name_print(&again, out);
	if (again.len == len && memcmp(again.data, path, len) == 0)
		result = 0;
	buf_release(&again);
	return result;
}

int
part_name_compare(const struct part_name *a, const struct part_name *b)
{
	int order = strcmp(a->tier, b->tier);

	if (order == 0)
		order = strcmp(a->table, b->table);
	if (order == 0)
		order = strcmp(a->day, b->day);
	if (order == 0)
		order = a->number - b->number;
	return order;
}

static void
put_64(struct buf *out, int64_t value)
{
	uint64_t bits = (uint64_t)value;

	for (int i = 0; i < 8; i++)
		buf_add_char(out, (char)(bits >> (8 * i) & 0xff));
}

static int64_t
get_64(const unsigned char *bytes)
{
	uint64_t bits = 0;

	for (int i = 7; i >= 0; i--)
		bits = bits << 8 | bytes[i];
	return (int64_t)bits;
}

void
part_index_print(struct buf *out, const struct part_frame *frames,
    size_t count)
{
	buf_add(out, TAG, TAG_BYTES);
	for (size_t i = 0; i < count; i++) {
		put_64(out, frames[i].first_ts_ms);
		put_64(out, frames[i].last_ts_ms);
		put_64(out, frames[i].row_count);
	}
}

static int
check_frame(const struct part_frame *frames, size_t i, struct err *err)
{
	const struct part_frame *frame = &frames[i];

	if (frame->first_ts_ms < 0 || frame->last_ts_ms > TIM_MAX_MS ||
	    frame->first_ts_ms > frame->last_ts_ms)
		return err_set(err, EXIT_DATA, "frame index: frame %zu is said "
		    "to run from %" PRId64 " to %" PRId64 " ms", i,
		    frame->first_ts_ms, frame->last_ts_ms);
	if (i > 0 && frame->first_ts_ms < frames[i - 1].last_ts_ms)
		return err_set(err, EXIT_DATA, "frame index: frame %zu begins "
		    "before frame %zu ends", i, i - 1);
	if (frame->row_count < 1)
		return err_set(err, EXIT_DATA, "frame index: frame %zu is said "
		    "to hold %" PRId64 " rows", i, frame->row_count);
	return 0;
}

int
part_index_parse(const void *bytes, size_t len, size_t count,
    struct part_frame **out, struct err *err)
{
	const unsigned char *p = bytes;
	struct part_frame *frames;

	if (len < TAG_BYTES || memcmp(bytes, TAG, TAG_BYTES) != 0)
		return err_set(err, EXIT_DATA,
		    "frame index: does not begin with '%s'", TAG);
	if ((len - TAG_BYTES) % ENTRY_BYTES != 0 ||
	    (len - TAG_BYTES) / ENTRY_BYTES != count)
		return err_set(err, EXIT_DATA, "frame index: %zu bytes cannot "
		    "describe the %zu frames of the seek table", len, count);
	frames = mem_new(count, sizeof(*frames));
	p += TAG_BYTES;
	for (size_t i = 0; i < count; i++, p += ENTRY_BYTES) {
		frames[i].first_ts_ms = get_64(p);
		frames[i].last_ts_ms = get_64(p + 8);
		frames[i].row_count = get_64(p + 16);
		if (check_frame(frames, i, err) < 0) {
			free(frames);
			return -1;
		}
	}
	*out = frames;
	return 0;
}
