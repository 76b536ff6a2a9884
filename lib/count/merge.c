/* SPDX-License-Identifier: ISC */
#include "count/merge.h"

static int
merge_hour(struct count_base *base, struct db_statement *hours, int64_t no,
    struct err *err)
{
	struct count_row row;
	int64_t group_no = count_base_group(base, db_column_text(hours, 2),
	    db_column_bytes(hours, 2), err);

	if (group_no < 0)
		return -1;
	count_row_init_hour(&row, db_column_integer(hours, 0) * COUNT_HOUR_MS);
	if (count_row_read(&row, db_column_blob(hours, 1), db_column_bytes(hours, 1),
	    err) < 0)
		return -1;
	return count_base_add_hour(base, no, group_no, &row, err);
}

/* Merges a row of (unused, value, key). */
static int
merge_value(struct count_base *base, struct db_statement *values,
    const struct count_wanted *wanted, struct err *err)
{
	const char *text = wanted->definition.bounds;
	struct count_bounds bounds = { .count = 0 };
	struct count_value value;
	int64_t group_no = count_base_group(base, db_column_text(values, 2),
	    db_column_bytes(values, 2), err);

	if (group_no < 0)
		return -1;
	if (text != NULL && count_bounds_parse(&bounds, text) < 0)
		return err_set(err, EXIT_DATA, "no bounds of buckets: '%.80s'", text);
	if (count_value_read(&value, db_column_blob(values, 1), db_column_bytes(values, 1),
	    bounds.count, err) < 0)
		return -1;
	return count_base_add_value(base, wanted->no, group_no, &value, bounds.count, err);
}

/* Merges what one definition has. */
static int
merge_one(struct count_base *base, struct count_base *other,
    const struct count_wanted *wanted, struct err *err)
{
	static const char hours[] = "SELECT hour, minutes, key"
	    " FROM count_hours JOIN count_groups ON group_no = count_groups.no"
	    " WHERE definition_no = :no ORDER BY hour / 24, group_no, hour";
	static const char values[] = "SELECT 0, value, key"
	    " FROM count_values JOIN count_groups ON group_no = count_groups.no"
	    " WHERE definition_no = :no ORDER BY group_no";
	bool is_values = wanted->definition.value != NULL;
	struct db_statement *rows;
	int result;

	if (count_base_prepare(other, &rows, is_values ? values : hours, err) < 0)
		return -1;
	DB_BIND(rows, db_value_integer(":no", wanted->no));
	while ((result = db_step(rows, err)) == 1)
		if ((is_values ? merge_value(base, rows, wanted, err)
		    : merge_hour(base, rows, wanted->no, err)) < 0) {
			db_reset(rows);
			return -1;
		}
	return result;
}

int
count_merge(struct count_base *base, struct count_base *other,
    const struct count_wanted *wanted, size_t count, struct err *err)
{
	for (size_t i = 0; i < count; i++)
		if (merge_one(base, other, &wanted[i], err) < 0)
			return -1;
	return count_base_finish(base, err);
}
