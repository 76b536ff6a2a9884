/* SPDX-License-Identifier: ISC */
#include "segment/table.h"
#include "base/opt.h"
#include "tel/event.h"

#include <string.h>

size_t
segment_table_count(void)
{
	return EVENT_KIND_COUNT + 1;
}

const char *
segment_table(size_t i)
{
	return i < EVENT_KIND_COUNT ? event_descriptions[i].table
	    : SEGMENT_OTHER_TABLE;
}

static int
check_table(const char *name, struct err *err)
{
	const char *names[EVENT_KIND_COUNT + 1], *near;

	for (size_t i = 0; i < segment_table_count(); i++) {
		names[i] = segment_table(i);
		if (strcmp(names[i], name) == 0)
			return 0;
	}
	near = opt_nearest(name, names, segment_table_count());
	return err_set(err, EXIT_USAGE, "'%s' is not a table of events%s%s%s",
	    name, near != NULL ? "; did you mean " : "",
	    near != NULL ? near : "", near != NULL ? "?" : "");
}

int
segment_tables_check(const char *const *names, size_t count, struct err *err)
{
	for (size_t i = 0; i < count; i++)
		if (check_table(names[i], err) < 0)
			return -1;
	return 0;
}
