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

const char *
slo_compare_sql(enum slo_compare compare)
{
	static const char *const signs[] = {
		[SLO_LTE] = "<=", [SLO_LT] = "<", [SLO_GTE] = ">=", [SLO_GT] = ">",
	};

	REQUIRE((size_t)compare < sizeof(signs) / sizeof(signs[0]));
	return signs[compare];
}

/* The condition of events that are not excluded, and bad; unknown ones are not. */
static void
add_condition(struct buf *out, const struct slo_query *query)
{
	if (query->exclude != NULL)
		buf_printf(out, " AND %s IS NOT TRUE", query->exclude);
	if (query->good != NULL)
		buf_printf(out, " AND %s IS %s", query->good,
		    query->is_bad ? "TRUE" : "FALSE");
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
	} else if (query->counts_age)
		buf_printf(out, "ts_ms <= %" PRId64, scope->window.until_ms);
	else
		buf_printf(out, "ts_ms >= %" PRId64 " AND ts_ms <= %" PRId64,
		    scope->window.from_ms, scope->window.until_ms);
	for (size_t i = 0; values != NULL && i < query->group_count; i++) {
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
	if (query->counts_age)
		buf_add_text(out, " ORDER BY ts_ms DESC LIMIT 1");
	else if (!query->counts_events)
		add_condition(out, query);
}
