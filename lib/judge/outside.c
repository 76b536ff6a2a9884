/* SPDX-License-Identifier: ISC */
#include "judge/outside.h"
#include "base/buf.h"
#include "base/tim.h"

#include <inttypes.h>

/* The lines of a type that have no data. */
struct unseen {
	int64_t from_ms; /* the first begin of their windows; INT64_MIN: no such line */
	int64_t at_ms;   /* the first --at that would judge the newest event in all of them */
};

/* Says it when the newest event of the type is older than all windows. */
static void
tell_newest(const struct judge_type *type, const char *path, const struct unseen *unseen,
    const struct judge_options *options)
{
	struct buf text = BUF_EMPTY;
	char when[TIM_TEXT_SIZE], at[TIM_TEXT_SIZE];

	if (type->newest_ms < 0 || type->newest_ms >= unseen->from_ms)
		return;
	tim_print(when, type->newest_ms);
	tim_print(at, unseen->at_ms);
	buf_printf(&text, "%s: no %s event in the windows; the newest is of %s, and "
	    "--at %s would judge it", path, slo_events_type(type->events), when, at);
	options->warn(options->warn_context, buf_text(&text));
	buf_release(&text);
}

static void
tell_later(const struct judge_type *type, const char *path, int64_t at_ms,
    const struct judge_options *options)
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
	options->warn(options->warn_context, buf_text(&text));
	buf_release(&text);
}

/* Returns the first --at that judges an event of that time: a slice is judged when it is
 * over. */
static int64_t
judging_at(const struct slo_query *query, int64_t ms)
{
	return query->slice_ms == 0 ? ms : ms - ms % query->slice_ms + query->slice_ms;
}

static struct unseen
find_unseen(const struct judge_lines *lines, const struct judge_type *type)
{
	struct unseen unseen = { INT64_MIN, INT64_MIN };

	for (size_t i = 0; i < lines->count; i++) {
		const struct judge_line *line = &lines->items[i];
		const struct slo_query *query = &line->item->query;
		int64_t at_ms = judging_at(query, type->newest_ms);

		if (line->result.verdict != VERDICT_no_data ||
		    !slo_events_are_same(&query->event, type->events))
			continue;
		if (unseen.from_ms == INT64_MIN ||
		    line->scope.window.from_ms < unseen.from_ms)
			unseen.from_ms = line->scope.window.from_ms;
		if (at_ms > unseen.at_ms)
			unseen.at_ms = at_ms;
	}
	return unseen;
}

void
judge_outside(const struct judge_lines *lines, const char *path, int64_t at_ms,
    const struct judge_options *options)
{
	const char *name = path[0] != '\0' ? path : "standard input";

	for (size_t i = 0; i < lines->type_count; i++) {
		const struct unseen unseen = find_unseen(lines, &lines->types[i]);

		tell_newest(&lines->types[i], name, &unseen, options);
	}
	for (size_t i = 0; i < lines->type_count; i++)
		tell_later(&lines->types[i], name, at_ms, options);
}
