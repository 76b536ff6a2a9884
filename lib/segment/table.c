/* SPDX-License-Identifier: ISC */
#include "segment/table.h"
#include "base/opt.h"
#include "tel/event.h"

#include <string.h>

static int
check_table(const char *name, struct err *err)
{
	const char *names[EVENT_TABLE_COUNT], *near;

	for (int i = 0; i < EVENT_TABLE_COUNT; i++) {
		names[i] = event_table(i);
		if (strcmp(names[i], name) == 0)
			return 0;
	}
	near = opt_nearest(name, names, EVENT_TABLE_COUNT);
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
