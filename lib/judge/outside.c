/* SPDX-License-Identifier: ISC */
#include "judge/outside.h"
#include "base/buf.h"
#include "base/tim.h"

#include <inttypes.h>

/* Says it when the newest event of the type is older than all windows. */
static void
tell_newest(const struct judge_type *type, const char *path, int64_t from_ms,
    void (*warn)(const char *text))
{
	struct buf text = BUF_EMPTY;
	char when[TIM_TEXT_SIZE];

	if (type->newest_ms < 0 || type->newest_ms >= from_ms)
		return;
	tim_print(when, type->newest_ms);
	buf_printf(&text, "%s: no %s event in the windows; the newest is of %s, and "
	    "--at %s would judge it", path, slo_events_type(type->events), when, when);
	warn(buf_text(&text));
	buf_release(&text);
}

static void
tell_later(const struct judge_type *type, const char *path, int64_t at_ms,
    void (*warn)(const char *text))
{
	struct buf text = BUF_EMPTY;
	char when[TIM_TEXT_SIZE];

	if (type->later_count == 0)
		return;
	tim_print(when, at_ms);
	buf_printf(&text, "%s: %" PRId64 " %s event%s later than %s, the end of the "
	    "windows, %s not judged", path, type->later_count,
	    slo_events_type(type->events), type->later_count == 1 ? "" : "s", when,
	    type->later_count == 1 ? "is" : "are");
	warn(buf_text(&text));
	buf_release(&text);
}

/* Returns the first begin of the windows of that type that have no data; INT64_MIN when
 * none lacks data. */
static int64_t
find_begin(const struct judge_lines *lines, const struct judge_type *type)
{
	int64_t from_ms = INT64_MIN;

	for (size_t i = 0; i < lines->count; i++) {
		const struct judge_line *line = &lines->items[i];

		if (line->result.verdict == VERDICT_no_data &&
		    slo_events_are_same(&line->item->query.event, type->events) &&
		    (from_ms == INT64_MIN || line->scope.window.from_ms < from_ms))
			from_ms = line->scope.window.from_ms;
	}
	return from_ms;
}

void
judge_outside(const struct judge_lines *lines, const char *path, int64_t at_ms,
    void (*warn)(const char *text))
{
	const char *name = path[0] != '\0' ? path : "standard input";

	for (size_t i = 0; i < lines->type_count; i++) {
		tell_newest(&lines->types[i], name, find_begin(lines, &lines->types[i]),
		    warn);
		tell_later(&lines->types[i], name, at_ms, warn);
	}
}
