/* SPDX-License-Identifier: ISC */
#include "judge/groups.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* A group with its values, while they are put in order. */
struct entry {
	struct judge_candidate candidate;
	char *values[SLO_MAX_GROUP];
};

/* As SQLite orders them: NULL first, then by bytes. */
static int
compare_values(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;

	for (size_t i = 0; i < SLO_MAX_GROUP; i++) {
		const char *x = left->values[i], *y = right->values[i];
		int order = x == NULL || y == NULL ? (x != NULL) - (y != NULL)
		    : strcmp(x, y);

		if (order != 0)
			return order;
	}
	return 0;
}

/* Those with the most events first. */
static int
compare_counts(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;

	if (left->candidate.event_count != right->candidate.event_count)
		return left->candidate.event_count > right->candidate.event_count
		    ? -1 : 1;
	return compare_values(a, b);
}

static int
read_entries(struct entry *entries, struct count *count, const struct slo_query *query,
    const struct judge_candidate *candidates, size_t candidate_count, struct err *err)
{
	for (size_t i = 0; i < candidate_count; i++) {
		entries[i].candidate = candidates[i];
		if (count_read_group(count, candidates[i].group_no, entries[i].values,
		    query->group_count, err) < 0)
			return -1;
	}
	return 0;
}

/* The lines of the first `kept` entries, and one for the others. */
static void
add_lines(struct judge_groups *out, struct entry *entries, size_t kept, size_t count)
{
	out->items = mem_new(kept + 1, sizeof(*out->items));
	for (size_t i = 0; i < kept; i++) {
		struct judge_group *group = &out->items[out->count++];

		group->has_group = true;
		memcpy(group->values, entries[i].values, sizeof(group->values));
		memset(entries[i].values, 0, sizeof(entries[i].values));
		number_map_add(&out->lines, entries[i].candidate.group_no, i);
	}
	if (count == kept)
		return;
	out->count++;
	out->items[kept].has_group = out->items[kept].is_other = true;
	out->items[kept].other_count = count - kept;
	for (size_t i = kept; i < count; i++)
		number_map_add(&out->lines, entries[i].candidate.group_no, kept);
}

int
judge_groups_make(struct judge_groups *out, struct count *count,
    const struct slo_query *query, const struct judge_candidate *candidates,
    size_t candidate_count, struct err *err)
{
	struct entry *entries = mem_new(candidate_count + 1, sizeof(*entries));
	size_t kept = candidate_count;
	int result;

	memset(out, 0, sizeof(*out));
	result = read_entries(entries, count, query, candidates, candidate_count, err);
	if (result == 0) {
		/* An age has no sum: the newest event of many groups would hide the others. */
		if ((int64_t)kept > query->max_groups && !query->counts_age) {
			kept = (size_t)query->max_groups;
			qsort(entries, candidate_count, sizeof(*entries),
			    compare_counts);
		}
		qsort(entries, kept, sizeof(*entries), compare_values);
		add_lines(out, entries, kept, candidate_count);
		if (out->count == 0)
			out->count = 1;
	}
	for (size_t i = 0; i < candidate_count; i++)
		for (size_t k = 0; k < SLO_MAX_GROUP; k++)
			free(entries[i].values[k]);
	free(entries);
	return result;
}

void
judge_groups_release(struct judge_groups *groups)
{
	for (size_t i = 0; i < groups->count; i++)
		for (size_t k = 0; k < SLO_MAX_GROUP; k++)
			free(groups->items[i].values[k]);
	free(groups->items);
	number_map_release(&groups->lines);
	memset(groups, 0, sizeof(*groups));
}
