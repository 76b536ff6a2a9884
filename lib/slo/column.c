/* SPDX-License-Identifier: ISC */
#include "slo/column.h"
#include "base/opt.h"
#include "base/require.h"
#include "tel/event_sql.h"

#include <string.h>

#define MAX_NAMES 64 /* most names considered for "did you mean" */

int
column_find(struct column *out, const char *name, enum event_kind kind,
    struct err *err)
{
	const char *names[MAX_NAMES];
	const char *nearest;
	size_t count = 0;

	REQUIRE(kind < EVENT_KIND_COUNT);
	for (size_t i = 0; i < event_sql_column_count(kind); i++) {
		const char *known = event_sql_column_name(kind, i);

		if (strcmp(known, name) == 0) {
			*out = (struct column){ known,
				event_sql_column_type(kind, i),
				event_sql_column_choices(kind, i) };
			return 0;
		}
		if (count < MAX_NAMES)
			names[count++] = known;
	}
	nearest = opt_nearest(name, names, count);
	if (nearest != NULL)
		return err_set(err, EXIT_CONFIG, "event %s has no column '%.60s'; did "
		    "you mean '%s'?", event_descriptions[kind].wire, name, nearest);
	return err_set(err, EXIT_CONFIG, "event %s has no column '%.60s'; "
	    "tel-events(5) lists them", event_descriptions[kind].wire, name);
}
