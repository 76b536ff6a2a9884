/* SPDX-License-Identifier: ISC */
#include "store/run_view.h"
#include "base/buf.h"
#include "store/event_id.h"
#include "store/run.h"
#include "tel/event.h"

#include <inttypes.h>
#include <string.h>

/* A run of more sources is read from the tables: SQLite takes 500 SELECTs in one. */
#define MAX_PLACES 400

/* Sets *condition to a condition for each place of the run, each with a NUL, and *count to
 * their number; 0 when the list is not complete. */
static int
read_places(struct db *db, const char *run_id, struct buf *conditions, size_t *count,
    struct err *err)
{
	struct db_statement *places;
	struct run_from from;
	int result;

	*count = 0;
	if (run_from(db, run_id, &from, err) < 0)
		return -1;
	if (from.before[0] == '\0')
		return 0;
	if (db_prepare(db, &places, "SELECT source_no, min(from_position),"
	    " max(until_position) FROM run_sources WHERE run_id IN (:run_id, '')"
	    " GROUP BY source_no", err) < 0)
		return -1;
	DB_BIND(places, db_value_text(":run_id", run_id));
	while ((result = db_step(places, err)) == 1) {
		int64_t base = db_column_integer(places, 0) << STORE_POSITION_BITS;

		buf_printf(conditions, "id >= %" PRId64 " AND id < %" PRId64,
		    base + db_column_integer(places, 1),
		    base + db_column_integer(places, 2));
		buf_add_char(conditions, '\0');
		++*count;
	}
	db_finalize(places);
	return result;
}

/* Makes the view of one table. */
static int
make_view(struct db *db, const char *table, const struct buf *conditions, size_t count,
    struct err *err)
{
	const char *condition = conditions->data;
	struct buf sql = BUF_EMPTY;
	int result;

	buf_printf(&sql, "CREATE TEMP VIEW %s AS ", table);
	for (size_t i = 0; i < count; i++) {
		buf_printf(&sql, "%sSELECT * FROM main.%s WHERE %s",
		    i > 0 ? " UNION ALL " : "", table, condition);
		condition += strlen(condition) + 1;
	}
	result = db_run(db, buf_text(&sql), err);
	buf_release(&sql);
	return result;
}

int
run_view_open(struct db *db, const char *run_id, struct err *err)
{
	struct buf conditions = BUF_EMPTY;
	size_t count;
	int result = read_places(db, run_id, &conditions, &count, err);

	/* Readers may not even make a temporary view, unless they say so. */
	if (result == 0)
		result = db_run(db, "PRAGMA query_only = OFF", err);
	for (int i = 0; i < EVENT_TABLE_COUNT && result == 0 && count > 0 &&
	    count <= MAX_PLACES; i++)
		result = make_view(db, event_table(i), &conditions, count, err);
	buf_release(&conditions);
	if (result == 0)
		result = db_run(db, "PRAGMA query_only = ON", err);
	return result;
}

int
run_view_close(struct db *db, struct err *err)
{
	struct buf sql = BUF_EMPTY;
	int result = db_run(db, "PRAGMA query_only = OFF", err);

	for (int i = 0; i < EVENT_TABLE_COUNT && result == 0; i++) {
		buf_reset(&sql);
		buf_printf(&sql, "DROP VIEW IF EXISTS temp.%s", event_table(i));
		result = db_run(db, buf_text(&sql), err);
	}
	buf_release(&sql);
	if (result == 0)
		result = db_run(db, "PRAGMA query_only = ON", err);
	return result;
}
