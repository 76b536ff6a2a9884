/* SPDX-License-Identifier: ISC
 *
 * Reads the table departures, for news.h.
 */
#include "base/mem.h"
#include "store/news.h"

#include <stdlib.h>
#include <string.h>

static int64_t
integer_or(struct db_statement *statement, int column, int64_t absent)
{
	return db_column_type(statement, column) == DB_NULL ? absent
	    : db_column_integer(statement, column);
}

static void
add(struct departures *departures, struct db_statement *row)
{
	struct departure *departure;

	departures->items = mem_resize(departures->items, departures->count + 1,
	    sizeof(*departures->items));
	departure = &departures->items[departures->count++];
	*departure = (struct departure){
		.no = db_column_integer(row, 0),
		.transaction_no = db_column_integer(row, 1),
		.listed_batch_no = integer_or(row, 2, -1),
		.table = mem_text(db_column_text(row, 3)),
		.row_count = db_column_integer(row, 4),
		.has_times = db_column_type(row, 5) != DB_NULL &&
		    db_column_type(row, 6) != DB_NULL,
		.from_ms = integer_or(row, 5, 0),
		.until_ms = integer_or(row, 6, INT64_MAX),
		.archive = mem_text(db_column_text(row, 7)),
		.committed_ms = db_column_integer(row, 8),
	};
}

int
departures_read(struct db *db, int64_t after_no, struct departures *out,
    struct err *err)
{
	struct db_statement *rows;
	int64_t has;
	int result;

	memset(out, 0, sizeof(*out));
	if (db_integer(db, "SELECT count(*) FROM pragma_table_info('departures')"
	    " WHERE name = 'listed_batch_no'", 0, &has, err) < 0)
		return -1;
	if (has == 0)
		return 0;
	if (db_prepare(db, &rows, "SELECT no, transaction_no, listed_batch_no,"
	    " table_name, row_count, from_ts_ms, until_ts_ms, archive, committed_ms"
	    " FROM departures WHERE no > :after ORDER BY no", err) < 0)
		return -1;
	DB_BIND(rows, db_value_integer(":after", after_no));
	while ((result = db_step(rows, err)) == 1)
		add(out, rows);
	db_finalize(rows);
	return result;
}

void
departures_release(struct departures *departures)
{
	for (size_t i = 0; i < departures->count; i++) {
		free(departures->items[i].table);
		free(departures->items[i].archive);
	}
	free(departures->items);
	memset(departures, 0, sizeof(*departures));
}
