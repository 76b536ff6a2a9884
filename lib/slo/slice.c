/* SPDX-License-Identifier: ISC */
#include "slo/slice.h"

/* Whether a number compares so with the limit of the query. */
static bool
is_within(const struct slo_query *query, int64_t number)
{
	switch (query->compare) {
	case SLO_LTE:
		return number <= query->limit;
	case SLO_LT:
		return number < query->limit;
	case SLO_GTE:
		return number >= query->limit;
	case SLO_GT:
		return number > query->limit;
	}
	return false;
}

static enum slo_slice_state
state_of(bool is_good)
{
	return is_good ? SLO_SLICE_GOOD : SLO_SLICE_BAD;
}

/* An age that is low enough stays so, whatever other events there were. Never is old. */
static enum slo_slice_state
judge_age(const struct slo_query *query, const struct slo_slice *slice)
{
	bool is_upper = query->compare == SLO_LTE || query->compare == SLO_LT;
	bool is_good = slice->newest_ms >= 0
	    ? is_within(query, slice->until_ms - slice->newest_ms) : !is_upper;

	if (slice->is_archived && !(is_upper && is_good))
		return SLO_SLICE_UNKNOWN;
	return state_of(is_good);
}

static enum slo_slice_state
judge_number(const struct slo_query *query, const struct slo_slice *slice)
{
	if (slice->is_archived)
		return SLO_SLICE_UNKNOWN;
	return slice->present == 0 ? SLO_SLICE_ABSENT
	    : state_of(is_within(query, slice->good));
}

static enum slo_slice_state
judge_empty(const struct slo_query *query, const struct slo_slice *slice,
    bool *is_empty)
{
	if (slice->excluded > 0)
		return SLO_SLICE_EXCLUDED;
	if (slice->is_before_first)
		return SLO_SLICE_ABSENT;
	if (slice->is_after_newest)
		return SLO_SLICE_UNKNOWN;
	*is_empty = true;
	switch (query->empty_slices) {
	case SLO_EMPTY_GOOD:
		return SLO_SLICE_GOOD;
	case SLO_EMPTY_BAD:
		return SLO_SLICE_BAD;
	default:
		return SLO_SLICE_EXCLUDED;
	}
}

enum slo_slice_state
slo_slice_state(const struct slo_query *query, const struct slo_slice *slice,
    bool *is_empty)
{
	int64_t total = slice->good + slice->bad + slice->unknown;
	bool at_best, at_worst;

	*is_empty = false;
	if (query->counts_age)
		return judge_age(query, slice);
	if (query->counts_events)
		return judge_number(query, slice);
	if (slice->is_archived)
		return SLO_SLICE_UNKNOWN;
	if (total == 0)
		return judge_empty(query, slice, is_empty);
	/* Nearly all slices are so, and no target is above 1. */
	if (slice->good == total)
		return SLO_SLICE_GOOD;
	at_best = decimal_compare((uint64_t)(slice->good + slice->unknown),
	    (uint64_t)total, &query->slice_target) >= 0;
	at_worst = slice->unknown == 0 ? at_best : decimal_compare(
	    (uint64_t)slice->good, (uint64_t)total, &query->slice_target) >= 0;
	return at_best == at_worst ? state_of(at_best) : SLO_SLICE_UNKNOWN;
}
