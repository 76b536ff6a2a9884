/* SPDX-License-Identifier: ISC */
#include "count/gather_values.h"
#include "base/mem.h"
#include "base/number_map.h"
#include "base/require.h"
#include "count/group_cache.h"

#include <stdlib.h>
#include <string.h>

/* What was gathered is flushed when there are so many values: some 10 MB. */
#define MAX_VALUES 16384

struct gather_values {
	struct count_base *base;
	const struct count_task *tasks;
	size_t task_count;
	struct count_bounds *bounds; /* of each task */
	struct group_cache *groups;
	struct number_map by_group;
	int64_t *group_nos;
	struct count_value *items; /* at place of the group * task_count + task */
	size_t room;               /* for so many groups */
	size_t chosen;             /* place of a group */
};

int
gather_values_open(struct gather_values **out, struct count_base *base,
    const struct count_task *tasks, size_t count, struct err *err)
{
	struct gather_values *values = mem_new(1, sizeof(*values));

	values->base = base;
	values->tasks = tasks;
	values->task_count = count;
	values->groups = group_cache_open(base);
	values->bounds = mem_new(count, sizeof(*values->bounds));
	for (size_t i = 0; i < count; i++) {
		const char *bounds = tasks[i].definition.bounds;

		if (bounds != NULL && count_bounds_parse(&values->bounds[i], bounds) < 0) {
			gather_values_close(values);
			return err_set(err, EXIT_DATA, "no ascending bounds of buckets: "
			    "'%.80s'", bounds);
		}
	}
	*out = values;
	return 0;
}

void
gather_values_close(struct gather_values *values)
{
	if (values == NULL)
		return;
	group_cache_close(values->groups);
	number_map_release(&values->by_group);
	free(values->group_nos);
	free(values->items);
	free(values->bounds);
	free(values);
}

/* Makes room for one more group. */
static void
make_room(struct gather_values *values)
{
	values->room = values->room * 2 + 16;
	values->group_nos = mem_resize(values->group_nos, values->room,
	    sizeof(*values->group_nos));
	values->items = mem_resize(values->items, values->room * values->task_count,
	    sizeof(*values->items));
}

int
gather_values_choose(struct gather_values *values, const char *const *group,
    const size_t *lens, struct err *err)
{
	int64_t no = group_cache_find(values->groups, group, lens,
	    values->tasks[0].definition.group_count, err);
	size_t count = values->by_group.count;

	if (no < 0)
		return -1;
	if ((count + 1) * values->task_count > MAX_VALUES &&
	    number_map_find(&values->by_group, no) == NUMBER_MAP_NONE) {
		if (gather_values_flush(values, err) < 0)
			return -1;
		count = 0;
	}
	values->chosen = number_map_add(&values->by_group, no, count);
	if (values->chosen < count)
		return 0;
	if (count == values->room)
		make_room(values);
	values->group_nos[count] = no;
	memset(values->items + count * values->task_count, 0,
	    values->task_count * sizeof(*values->items));
	return 0;
}

void
gather_values_add(struct gather_values *values, size_t i,
    const struct count_number *number, int64_t ts_ms, int64_t id)
{
	REQUIRE(i < values->task_count);
	count_value_add(&values->items[values->chosen * values->task_count + i],
	    &values->bounds[i], number, ts_ms, id);
}

int
gather_values_flush(struct gather_values *values, struct err *err)
{
	for (size_t place = 0; place < values->by_group.count; place++)
		for (size_t i = 0; i < values->task_count; i++) {
			const struct count_value *value =
			    &values->items[place * values->task_count + i];

			if (value->count + value->unknown > 0 &&
			    count_base_add_value(values->base, values->tasks[i].no,
			    values->group_nos[place], value, values->bounds[i].count,
			    err) < 0)
				return -1;
		}
	number_map_release(&values->by_group);
	return 0;
}
