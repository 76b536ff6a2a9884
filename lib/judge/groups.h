/* SPDX-License-Identifier: ISC
 *
 * groups -- the lines of one objective: a line for each group, or one without groups. Past
 * the limit of groups the ones with the fewest events share a line.
 */
#ifndef JUDGE_GROUPS_H
#define JUDGE_GROUPS_H

#include "count/sums.h"
#include "slo/query.h"

/* The line of one group, or of the others. */
struct judge_group {
	char *values[SLO_MAX_GROUP]; /* owned, NULL is NULL */
	bool has_group; /* false when nothing was found */
	bool is_other;
	size_t other_count;
};

struct judge_groups {
	struct judge_group *items; /* owned; ordered by their values, the others last */
	size_t count;              /* 1 or more */
	struct number_map lines;   /* group_no to items */
};

/* Groups, and how many events each has. */
struct judge_candidate {
	int64_t group_no, event_count;
};

/* Makes the lines. The caller releases *out in every case. */
MUST_USE int judge_groups_make(struct judge_groups *out, struct count *count,
    const struct slo_query *query, const struct judge_candidate *candidates,
    size_t candidate_count, struct err *err);
void judge_groups_release(struct judge_groups *groups);

#endif
