/* SPDX-License-Identifier: ISC */
#include "count/group_order.h"

int
count_group_order_add(struct count_base *base, int64_t no, int64_t group_no,
    struct err *err)
{
	struct db_statement *add;

	if (count_base_prepare(base, &add, "INSERT INTO count_group_order"
	    " (definition_no, place, group_no) SELECT :no, coalesce(max(place), 0) + 1,"
	    " :group_no FROM count_group_order WHERE definition_no = :no"
	    " ON CONFLICT (definition_no, group_no) DO NOTHING", err) < 0)
		return -1;
	DB_BIND(add, db_value_integer(":no", no), db_value_integer(":group_no", group_no));
	return db_execute(add, err);
}

int
count_group_order_forget(struct count_base *base, int64_t no, struct err *err)
{
	struct db_statement *forget;

	if (count_base_prepare(base, &forget,
	    "DELETE FROM count_group_order WHERE definition_no = :no", err) < 0)
		return -1;
	DB_BIND(forget, db_value_integer(":no", no));
	return db_execute(forget, err);
}

int
count_group_order_read(struct count_base *base, int64_t no, count_group_visitor *visit,
    void *context, struct err *err)
{
	struct db_statement *groups;
	int result;

	if (count_base_prepare(base, &groups, "SELECT group_no FROM count_group_order"
	    " WHERE definition_no = :no ORDER BY place", err) < 0)
		return -1;
	DB_BIND(groups, db_value_integer(":no", no));
	while ((result = db_step(groups, err)) == 1)
		if (visit(context, db_column_integer(groups, 0), err) < 0) {
			db_reset(groups);
			return -1;
		}
	return result;
}
