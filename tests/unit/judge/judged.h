/* SPDX-License-Identifier: ISC
 *
 * judged -- for the tests of what is printed: lines of an objective, made from a few
 * numbers as in slo_line.h.
 */
#ifndef TESTS_UNIT_JUDGE_JUDGED_H
#define TESTS_UNIT_JUDGE_JUDGED_H

#include "base/mem.h"
#include "judge/judge.h"
#include "tests/unit/slo/slo_line.h"

static char slo_name[] = "mine", objective_name[] = "target 0.9", title[] = "Mine";
static char description[] = "It should work.", condition[] = "(status < 500)";
static char host_column[] = "host";

/* The name of the column is borrowed. */
static inline void
add_group(struct judge_set_item *item, char *column)
{
	item->query.group[item->query.group_count++] = (struct slo_group){
		column, column, NULL };
}

/* An objective without groups, or one by host. */
static inline struct judge_set_item
item_of(bool is_grouped)
{
	struct judge_set_item item = {
		.slo = slo_name, .objective = objective_name, .title = title,
		.description = description, .window_ms = 30 * DAY_MS,
		.query = { .event = { EVENT_http, NULL }, .good = condition },
	};

	if (is_grouped)
		add_group(&item, host_column);
	return item;
}

/* Adds the judged line, of a host when that is not NULL. The item must stay. */
static inline struct judge_line *
add_judged(struct judge_lines *lines, struct judge_set_item *item, const struct line *line,
    const char *host)
{
	struct judge_line *added;

	lines->items = mem_resize(lines->items, lines->count + 1, sizeof(*lines->items));
	added = &lines->items[lines->count++];
	memset(added, 0, sizeof(*added));
	item->judged = line->objective;
	item->query.slice_ms = line->objective.slice_ms;
	added->item = item;
	added->has_group = true;
	if (host != NULL)
		added->values[0] = mem_text(host);
	added->scope.window = line->judged.window;
	if (line->judged.is_run)
		added->scope.run_id = "r1";
	added->result = judge(line);
	return added;
}

#endif
