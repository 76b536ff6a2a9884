/* SPDX-License-Identifier: ISC */
#include "count/gather.h"
#include "base/mem.h"
#include "count/group_cache.h"

#include <stdlib.h>
#include <string.h>

/* Gathered cells are flushed when there are so many: some 15 MB. Where there are groups,
 * most events are the first of their minute, and each flush writes the days again. */
#define MAX_CELLS (3 * 262144)
#define CLASS_MASK ((1u << SLO_CLASS_BITS) - 1)

/* The counts of one definition in one minute; empty when all is 0. */
struct small_cell {
	uint32_t counts[4];       /* good, bad, unknown, excluded */
	uint16_t first_before;    /* ms from the first event to the end of the minute */
	uint16_t newest;          /* ms from the begin of the minute to the newest event */
};

/* One minute of one group; its cells are at index * task_count. */
struct slot {
	int64_t minute; /* -1: free */
	int64_t group_no;
	size_t index;
};

struct gather {
	struct count_base *base;
	const struct count_task *tasks;
	size_t task_count, first;
	struct group_cache *groups;
	struct slot *slots;        /* a hash table with open addressing */
	size_t slot_count, used;   /* slot_count is a power of two */
	struct small_cell *cells;
	size_t cell_room;          /* for so many slots */
	struct slot *last;         /* the one found last */
};

struct gather *
gather_open(struct count_base *base, const struct count_task *tasks, size_t count,
    size_t first)
{
	struct gather *gather = mem_new(1, sizeof(*gather));

	gather->base = base;
	gather->tasks = tasks;
	gather->task_count = count;
	gather->first = first;
	gather->groups = group_cache_open(base);
	return gather;
}

void
gather_close(struct gather *gather)
{
	if (gather == NULL)
		return;
	group_cache_close(gather->groups);
	free(gather->slots);
	free(gather->cells);
	free(gather);
}

/* Returns the classes of tasks from `task` on, as many as there are in one word, the first
 * in the lowest bits and 0 after the last. *end is the task after these. */
static uint64_t
classes_from(const struct gather *gather, const uint64_t *classes, size_t task, size_t *end)
{
	size_t place = gather->first + task, within = place % GATHER_WORD;
	uint64_t bits = classes[place / GATHER_WORD] >> SLO_CLASS_BITS * within;

	*end = task + GATHER_WORD - within;
	if (*end <= gather->task_count)
		return bits;
	*end = gather->task_count;
	return bits & ((UINT64_C(1) << SLO_CLASS_BITS * (*end - task)) - 1);
}

bool
gather_is_counted(const struct gather *gather, const uint64_t *classes)
{
	for (size_t i = 0; i < gather->task_count;)
		if (classes_from(gather, classes, i, &i) != 0)
			return true;
	return false;
}

static size_t
place_of(const struct gather *gather, int64_t minute, int64_t group_no)
{
	uint64_t hash = (uint64_t)minute * UINT64_C(0x9e3779b97f4a7c15) ^
	    (uint64_t)group_no * UINT64_C(0xc2b2ae3d27d4eb4f);

	return (size_t)(hash ^ hash >> 32) & (gather->slot_count - 1);
}

/* Returns the slot of a minute and group, or the free one where it belongs. */
static struct slot *
probe(struct gather *gather, int64_t minute, int64_t group_no)
{
	size_t i = place_of(gather, minute, group_no);

	while (gather->slots[i].minute >= 0 && (gather->slots[i].minute != minute ||
	    gather->slots[i].group_no != group_no))
		i = (i + 1) & (gather->slot_count - 1);
	return &gather->slots[i];
}

static void
grow(struct gather *gather)
{
	struct slot *old = gather->slots;
	size_t old_count = gather->slot_count;

	gather->slot_count = old_count > 0 ? old_count * 2 : 1024;
	gather->slots = mem_new(gather->slot_count, sizeof(*gather->slots));
	for (size_t i = 0; i < gather->slot_count; i++)
		gather->slots[i].minute = -1;
	for (size_t i = 0; i < old_count; i++)
		if (old[i].minute >= 0)
			*probe(gather, old[i].minute, old[i].group_no) = old[i];
	free(old);
}

static struct slot *
slot_of(struct gather *gather, int64_t minute, int64_t group_no)
{
	struct slot *slot = gather->last;

	if (slot != NULL && slot->minute == minute && slot->group_no == group_no)
		return slot;
	if (gather->used * 2 >= gather->slot_count)
		grow(gather);
	slot = probe(gather, minute, group_no);
	if (slot->minute < 0) {
		*slot = (struct slot){ minute, group_no, gather->used++ };
		if (slot->index == gather->cell_room) {
			gather->cell_room = gather->cell_room * 2 + 64;
			gather->cells = mem_resize(gather->cells,
			    gather->cell_room * gather->task_count,
			    sizeof(*gather->cells));
		}
		memset(gather->cells + slot->index * gather->task_count, 0,
		    gather->task_count * sizeof(*gather->cells));
	}
	gather->last = slot;
	return slot;
}

static void
add_event(struct small_cell *cell, unsigned int class, uint16_t offset)
{
	uint16_t before = (uint16_t)(COUNT_MINUTE_MS - offset);

	cell->counts[class - SLO_GOOD]++;
	if (before > cell->first_before)
		cell->first_before = before;
	if (offset > cell->newest)
		cell->newest = offset;
}

/* Adds an event to the cells of its minute and group. */
static void
add_classes(struct gather *gather, struct small_cell *cells, const uint64_t *classes,
    uint16_t offset)
{
	for (size_t i = 0, end; i < gather->task_count; i = end) {
		uint64_t bits = classes_from(gather, classes, i, &end);

		for (struct small_cell *cell = cells + i; bits != 0; cell++) {
			unsigned int class = (unsigned int)bits & CLASS_MASK;

			if (class != SLO_NOT_COUNTED)
				add_event(cell, class, offset);
			bits >>= SLO_CLASS_BITS;
		}
	}
}

int
gather_add(struct gather *gather, const char *const *values, const size_t *lens,
    int64_t ts_ms, const uint64_t *classes, struct err *err)
{
	int64_t group_no = group_cache_find(gather->groups, values, lens,
	    gather->tasks[0].definition.group_count, err);
	struct slot *slot;

	if (group_no < 0)
		return -1;
	slot = slot_of(gather, ts_ms / COUNT_MINUTE_MS, group_no);
	add_classes(gather, gather->cells + slot->index * gather->task_count, classes,
	    (uint16_t)(ts_ms % COUNT_MINUTE_MS));
	if (gather->used * gather->task_count >= MAX_CELLS)
		return gather_flush(gather, err);
	return 0;
}

/* By day, group and minute: the order in which a base is written fastest. */
static int
compare_slots(const void *a, const void *b)
{
	const struct slot *left = a, *right = b;
	int64_t left_day = left->minute / (COUNT_MINUTES * COUNT_HOURS);
	int64_t right_day = right->minute / (COUNT_MINUTES * COUNT_HOURS);

	if (left_day != right_day)
		return left_day < right_day ? -1 : 1;
	if (left->group_no != right->group_no)
		return left->group_no < right->group_no ? -1 : 1;
	return (left->minute > right->minute) - (left->minute < right->minute);
}

static void
set_cell(struct count_row *row, const struct small_cell *small, int64_t minute)
{
	struct count_cell *cell = &row->cells[minute % COUNT_MINUTES];

	cell->good = small->counts[0];
	cell->bad = small->counts[1];
	cell->unknown = small->counts[2];
	cell->excluded = small->counts[3];
	cell->bad_minutes = small->counts[1] > 0;
	cell->first_ms = (minute + 1) * COUNT_MINUTE_MS - small->first_before;
	cell->newest_ms = minute * COUNT_MINUTE_MS + small->newest;
}

/* Writes one definition; slots are in order. */
static int
flush_task(struct gather *gather, size_t task, const struct slot *slots, size_t count,
    struct err *err)
{
	int64_t no = gather->tasks[task].no;
	struct count_row row;

	for (size_t i = 0; i < count;) {
		const struct slot *first = &slots[i];
		int64_t hour = first->minute / COUNT_MINUTES;

		count_row_init_hour(&row, hour * COUNT_HOUR_MS);
		for (; i < count && slots[i].group_no == first->group_no &&
		    slots[i].minute / COUNT_MINUTES == hour; i++) {
			const struct small_cell *cell = gather->cells +
			    slots[i].index * gather->task_count + task;

			if (cell->first_before > 0)
				set_cell(&row, cell, slots[i].minute);
		}
		if (count_base_add_hour(gather->base, no, first->group_no, &row, err) < 0)
			return -1;
	}
	return count_base_finish(gather->base, err);
}

int
gather_flush(struct gather *gather, struct err *err)
{
	size_t count = 0;
	int result = 0;

	for (size_t i = 0; i < gather->slot_count; i++)
		if (gather->slots[i].minute >= 0)
			gather->slots[count++] = gather->slots[i];
	if (count > 0)
		qsort(gather->slots, count, sizeof(*gather->slots), compare_slots);
	for (size_t i = 0; i < gather->task_count && result == 0; i++)
		result = flush_task(gather, i, gather->slots, count, err);
	for (size_t i = 0; i < gather->slot_count; i++)
		gather->slots[i].minute = -1;
	gather->used = 0;
	gather->last = NULL;
	return result;
}
