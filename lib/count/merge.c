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

int
count_merge(struct count_base *base, struct count_base *other,
    const struct count_wanted *wanted, size_t count, struct err *err)
{
	struct db_statement *hours;
	int result = 0;

	if (db_prepare(count_base_db(other), &hours, "SELECT hour, minutes, key"
	    " FROM count_hours JOIN count_groups ON group_no = count_groups.no"
	    " WHERE definition_no = :no ORDER BY hour / 24, group_no, hour", err) < 0)
		return -1;
	for (size_t i = 0; i < count && result == 0; i++) {
		DB_BIND(hours, db_value_integer(":no", wanted[i].no));
		while ((result = db_step(hours, err)) == 1)
			if (merge_hour(base, hours, wanted[i].no, err) < 0) {
				db_reset(hours);
				result = -1;
				break;
			}
	}
	db_finalize(hours);
	if (result < 0)
		return -1;
	return count_base_finish(base, err);
}
