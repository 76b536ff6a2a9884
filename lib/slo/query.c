/* SPDX-License-Identifier: ISC */
#include "slo/query.h"
#include "base/require.h"
#include "tel/event_sql.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void
slo_query_release(struct slo_query *query)
{
	free(query->where);
	free(query->exclude);
	free(query->good);
	free(query->presence_where);
	slo_events_release(&query->event);
	slo_events_release(&query->presence);
	for (size_t i = 0; i < SLO_MAX_GROUP; i++)
		reference_group_release(&query->group[i]);
	memset(query, 0, sizeof(*query));
}

int
slo_slot(int64_t age_ms)
{
	int slot = 0;

	while (slot < SLO_AGE_COUNT && age_ms >= slo_age_ms(slot))
		slot++;
	return slot;
}

const char *
slo_compare_sql(enum slo_compare compare)
{
	static const char *const signs[] = {
		[SLO_LTE] = "<=", [SLO_LT] = "<", [SLO_GTE] = ">=", [SLO_GT] = ">",
	};

	REQUIRE((size_t)compare < sizeof(signs) / sizeof(signs[0]));
	return signs[compare];
}

/* Appends the columns of the group, by the names group0, group1 ... */
static void
add_group(struct buf *out, const struct slo_query *query, bool is_presence)
{
	for (size_t i = 0; i < query->group_count; i++)
		buf_printf(out, "%s AS group%zu, ", is_presence
		    ? query->group[i].presence_sql : query->group[i].sql, i);
}

/* The windows of slo.h, oldest first: most events are old, and stop there. */
static void
add_slot(struct buf *out, const struct slo_scope *scope)
{
	buf_add_text(out, "CASE");
	for (int i = SLO_SLOT_COUNT - 1; i > 0; i--)
		buf_printf(out, " WHEN ts_ms <= %" PRId64 " THEN %d",
		    scope->window.until_ms - slo_age_ms(i - 1), i);
	buf_add_text(out, " ELSE 0 END");
}

/* Slices are those of the clock (UTC), or count from the start of the run. */
static int64_t
slice_origin(const struct slo_scope *scope)
{
	return scope->run_id != NULL ? scope->window.from_ms : 0;
}

static void
add_slice(struct buf *out, const struct slo_query *query,
    const struct slo_scope *scope)
{
	buf_printf(out, "(ts_ms - %" PRId64 ") / %" PRId64, slice_origin(scope),
	    query->slice_ms);
}

static void
add_from(struct buf *out, const struct slo_events *events, const char *where,
    const struct slo_scope *scope)
{
	buf_printf(out, " FROM %s%s%s WHERE ",
	    scope->before_table != NULL ? scope->before_table : "",
	    slo_events_table(events),
	    scope->after_table != NULL ? scope->after_table : "");
	buf_add_text(out, scope->run_id != NULL
	    ? "ts_ms >= :from_ms AND ts_ms <= :until_ms AND run_id = :run_id"
	    : "ts_ms > :from_ms AND ts_ms <= :until_ms");
	slo_events_add_condition(out, events);
	if (where != NULL)
		buf_printf(out, " AND %s", where);
}

/* The condition of events that are not excluded, and good or bad. */
static void
add_condition(struct buf *out, const struct slo_query *query, bool wants_good)
{
	if (query->exclude != NULL)
		buf_printf(out, "%s IS NOT TRUE AND ", query->exclude);
	buf_printf(out, "%s IS %sTRUE", query->good,
	    wants_good == query->is_bad ? "NOT " : "");
}

static void
add_event_counts(struct buf *out, const struct slo_query *query,
    const struct slo_scope *scope)
{
	buf_add_text(out, "SELECT ");
	add_group(out, query, false);
	if (query->slice_ms > 0)
		add_slice(out, query, scope);
	else
		add_slot(out, scope);
	buf_add_text(out, " AS slot");
	for (int good = 1; good >= 0; good--) {
		buf_add_text(out, ", count(*) FILTER (WHERE ");
		add_condition(out, query, good == 1);
		buf_add_char(out, ')');
	}
	buf_add_text(out, ", count(DISTINCT ts_ms / 60000) FILTER (WHERE ");
	add_condition(out, query, false);
	buf_printf(out, "), count(*) FILTER (WHERE %s IS TRUE), min(ts_ms), "
	    "max(ts_ms)", query->exclude != NULL ? query->exclude : "FALSE");
	add_from(out, &query->event, query->where, scope);
}

/* Matching events count 1; events that only show that the slice exists count 0. */
static void
add_slice_counts(struct buf *out, const struct slo_query *query,
    const struct slo_scope *scope)
{
	buf_add_text(out, "SELECT ");
	for (size_t i = 0; i < query->group_count; i++)
		buf_printf(out, "group%zu, ", i);
	add_slice(out, query, scope);
	buf_add_text(out, " AS slot, sum(one), 0, 0, 0, min(ts_ms), max(ts_ms) "
	    "FROM (SELECT ");
	add_group(out, query, false);
	buf_add_text(out, "ts_ms, 1 AS one");
	add_from(out, &query->event, query->where, scope);
	buf_add_text(out, " UNION ALL SELECT ");
	add_group(out, query, true);
	buf_add_text(out, "ts_ms, 0 AS one");
	add_from(out, &query->presence, query->presence_where, scope);
	buf_add_text(out, ")");
}

void
slo_query_sql(struct buf *out, const struct slo_query *query,
    const struct slo_scope *scope)
{
	if (query->counts_events)
		add_slice_counts(out, query, scope);
	else
		add_event_counts(out, query, scope);
	for (size_t i = 0; i <= query->group_count; i++)
		buf_printf(out, "%s%zu", i == 0 ? " GROUP BY " : ", ", i + 1);
	for (size_t i = 0; i <= query->group_count; i++)
		buf_printf(out, "%s%zu", i == 0 ? " ORDER BY " : ", ", i + 1);
}

static bool
is_within(enum slo_compare compare, int64_t count, int64_t limit)
{
	switch (compare) {
	case SLO_LTE:
		return count <= limit;
	case SLO_LT:
		return count < limit;
	case SLO_GTE:
		return count >= limit;
	case SLO_GT:
		return count > limit;
	}
	return false;
}

static void
add_slice_state(const struct slo_query *query, struct slo_counts *counts,
    int64_t good, int64_t bad)
{
	bool is_good;

	if (query->counts_events) {
		is_good = is_within(query->compare, good, query->limit);
	} else if (good + bad == 0) {
		counts->excluded++;
		return;
	} else {
		is_good = decimal_compare((uint64_t)good, (uint64_t)(good + bad),
		    &query->slice_target) >= 0;
	}
	if (is_good)
		counts->good++;
	else
		counts->bad++;
}

void
slo_query_add(const struct slo_query *query, const struct slo_scope *scope,
    struct slo_slots *slots, const int64_t row[SLO_ROW_COUNT])
{
	bool is_first = slots->first_ms == 0 && slots->last_ms == 0;
	struct slo_counts *counts;
	int64_t last_ms;

	if (is_first || row[SLO_ROW_FIRST] < slots->first_ms)
		slots->first_ms = row[SLO_ROW_FIRST];
	if (is_first || row[SLO_ROW_LAST] > slots->last_ms)
		slots->last_ms = row[SLO_ROW_LAST];
	if (query->slice_ms == 0) {
		counts = &slots->slots[row[SLO_ROW_SLOT]];
		counts->good += row[SLO_ROW_GOOD];
		counts->bad += row[SLO_ROW_BAD];
		counts->bad_minutes += row[SLO_ROW_BAD_MINUTES];
		counts->excluded += row[SLO_ROW_EXCLUDED];
		return;
	}
	/* A slice belongs to a window when any part of it does. */
	last_ms = slice_origin(scope) +
	    (row[SLO_ROW_SLOT] + 1) * query->slice_ms - 1;
	counts = &slots->slots[slo_slot(scope->window.until_ms - last_ms)];
	add_slice_state(query, counts, row[SLO_ROW_GOOD], row[SLO_ROW_BAD]);
}

void
slo_query_sql_bad(struct buf *out, const struct slo_query *query,
    const struct slo_scope *scope, const char *const *values)
{
	buf_printf(out, "SELECT * FROM %s WHERE ",
	    slo_events_table(&query->event));
	if (scope->run_id != NULL) {
		buf_add_text(out, "run_id = ");
		event_sql_text(out, scope->run_id, strlen(scope->run_id));
	} else
		buf_printf(out, "ts_ms > %" PRId64 " AND ts_ms <= %" PRId64,
		    scope->window.from_ms, scope->window.until_ms);
	for (size_t i = 0; i < query->group_count; i++) {
		buf_printf(out, " AND %s ", query->group[i].sql);
		if (values[i] == NULL) {
			buf_add_text(out, "IS NULL");
			continue;
		}
		buf_add_text(out, "= ");
		event_sql_text(out, values[i], strlen(values[i]));
	}
	slo_events_add_condition(out, &query->event);
	if (query->where != NULL)
		buf_printf(out, " AND %s", query->where);
	if (!query->counts_events) {
		buf_add_text(out, " AND ");
		add_condition(out, query, false);
	}
}
