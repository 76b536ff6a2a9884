/* SPDX-License-Identifier: ISC
 *
 * Adds values of events to what a base keeps of them.
 */
#include "count/base_private.h"
#include "count/group_order.h"

#include <string.h>

static struct count_sealed
sealed_of(int64_t no, int64_t group_no, const void *bytes, size_t len)
{
	return (struct count_sealed){ no, 0, group_no, NULL, bytes, len };
}

/* Reads what the base, or the one below, has. */
static int
read_kept_value(struct count_base *base, int64_t no, int64_t group_no, size_t bound_count,
    struct count_value *out, struct err *err)
{
	struct db_statement *read;
	int result;

	if (count_base_prepare(base, &read, "SELECT value, seal FROM count_values"
	    " WHERE definition_no = :no AND group_no = :group_no", err) < 0)
		return -1;
	DB_BIND(read, db_value_integer(":no", no), db_value_integer(":group_no", group_no));
	result = db_step(read, err);
	if (result == 1) {
		struct count_sealed sealed = sealed_of(no, group_no,
		    db_column_blob(read, 0), db_column_bytes(read, 0));

		result = count_seal(&sealed) == db_column_integer(read, 1)
		    ? count_value_read(out, sealed.bytes, sealed.len, bound_count, err)
		    : count_seal_fail(&sealed, db_path(base->db), err);
		db_reset(read);
	} else if (result == 0 && base->under != NULL)
		result = read_kept_value(base->under, no, group_no, bound_count, out, err);
	return result < 0 ? -1 : 0;
}

int
count_base_add_value(struct count_base *base, int64_t no, int64_t group_no,
    const struct count_value *added, size_t bound_count, struct err *err)
{
	struct buf *bytes = &base->cells.bytes;
	struct count_value value = { 0 };
	struct count_sealed sealed;
	struct db_statement *write;

	if (read_kept_value(base, no, group_no, bound_count, &value, err) < 0 ||
	    count_base_prepare(base, &write, "INSERT OR REPLACE INTO count_values"
	    " (definition_no, group_no, value, seal)"
	    " VALUES (:no, :group_no, :value, :seal)", err) < 0)
		return -1;
	if (value.count == 0 && value.unknown == 0 &&
	    count_group_order_add(base, no, group_no, err) < 0)
		return -1;
	count_value_merge(&value, added);
	buf_reset(bytes);
	count_value_write(bytes, &value, bound_count);
	sealed = sealed_of(no, group_no, bytes->data, bytes->len);
	DB_BIND(write, db_value_integer(":no", no), db_value_integer(":group_no", group_no),
	    db_value_blob(":value", bytes->data, bytes->len),
	    db_value_integer(":seal", count_seal(&sealed)));
	return db_execute(write, err);
}
