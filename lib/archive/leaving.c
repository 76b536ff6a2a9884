/* SPDX-License-Identifier: ISC */
#include "archive/leaving.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/require.h"
#include "base/tim.h"
#include "store/row_store.h"

#include <stdlib.h>
#include <time.h>

/* A transaction ends at either limit. The pause between two transactions is longer
 * than the interval at which waiting writers poll the lock (db.c), so that they get
 * their turn. */
#define DELETE_ROWS 10000
#define DELETE_NS 200000000
#define PAUSE_NS 20000000

struct archive_leaving {
	struct db *reader;
	const char *table;
	int64_t listed_batch_no; /* the last batch when the rows were listed */
	struct db_statement *any, *has, *mark, *next;
	bool is_walking;
	enum archive_leaving_state walked; /* of the rows that next returns, while is_walking */
};

int
archive_leaving_prepare(struct db *reader, struct err *err)
{
	return db_run(reader, "PRAGMA temp_store = FILE;"
	    "PRAGMA query_only = OFF;"
	    "CREATE TEMP TABLE leaving (ts_ms INTEGER, id INTEGER,"
	    " state INTEGER NOT NULL, PRIMARY KEY (ts_ms, id)) WITHOUT ROWID;",
	    err);
}

static int
list_rows(struct archive_leaving *leaving, int64_t before_ms, const char *condition,
    struct err *err)
{
	struct db_statement *statement = NULL;
	struct buf sql = BUF_EMPTY;
	int result;

	buf_printf(&sql, "INSERT INTO temp.leaving SELECT ts_ms, id, 0 FROM main.%s"
	    " WHERE ts_ms < :before_ms%s ORDER BY ts_ms, id", leaving->table,
	    condition);
	result = db_run(leaving->reader, "DELETE FROM temp.leaving", err);
	if (result == 0)
		result = db_prepare(leaving->reader, &statement, buf_text(&sql),
		    err);
	buf_release(&sql);
	if (result < 0)
		return -1;
	DB_BIND(statement, db_value_integer(":before_ms", before_ms));
	result = db_execute(statement, err);
	db_finalize(statement);
	return result;
}

int
archive_leaving_open(struct archive_leaving **out, struct db *reader,
    const char *table, int64_t before_ms, const char *condition, struct err *err)
{
	struct archive_leaving *leaving = mem_new(1, sizeof(*leaving));

	leaving->reader = reader;
	leaving->table = table;
	if (list_rows(leaving, before_ms, condition, err) < 0 ||
	    db_integer(reader, "SELECT max(no) FROM main.batches", 0,
	    &leaving->listed_batch_no, err) < 0 ||
	    db_prepare(reader, &leaving->any, "SELECT 1 FROM temp.leaving"
	    " WHERE ts_ms BETWEEN :from_ms AND :last_ms LIMIT 1", err) < 0 ||
	    db_prepare(reader, &leaving->has, "SELECT 1 FROM temp.leaving"
	    " WHERE ts_ms = :ts_ms AND id = :id", err) < 0 ||
	    db_prepare(reader, &leaving->mark, "UPDATE temp.leaving"
	    " SET state = :state WHERE ts_ms = :ts_ms AND id = :id", err) < 0 ||
	    db_prepare(reader, &leaving->next, "SELECT ts_ms, id FROM temp.leaving"
	    " WHERE state = :state ORDER BY ts_ms, id", err) < 0) {
		archive_leaving_close(leaving);
		return -1;
	}
	*out = leaving;
	return 0;
}

void
archive_leaving_close(struct archive_leaving *leaving)
{
	if (leaving == NULL)
		return;
	db_finalize(leaving->any);
	db_finalize(leaving->has);
	db_finalize(leaving->mark);
	db_finalize(leaving->next);
	free(leaving);
}

int
archive_leaving_count(struct archive_leaving *leaving,
    enum archive_leaving_state state, int64_t *out, struct err *err)
{
	struct buf sql = BUF_EMPTY;
	int result;

	REQUIRE(state <= ARCHIVE_LEAVING_REFUSED);
	buf_printf(&sql, "SELECT count(*) FROM temp.leaving WHERE state = %d",
	    (int)state);
	result = db_integer(leaving->reader, buf_text(&sql), 0, out, err);
	buf_release(&sql);
	return result;
}

/* Returns 1 when the statement, whose values are bound, has a row; 0 when it has none;
 * -1 on an error. */
static int
has_row(struct db_statement *statement, struct err *err)
{
	int result = db_step(statement, err);

	if (result == 1)
		db_reset(statement);
	return result;
}

int
archive_leaving_any(struct archive_leaving *leaving, int64_t from_ms, int64_t last_ms,
    struct err *err)
{
	REQUIRE(from_ms <= last_ms);
	DB_BIND(leaving->any, db_value_integer(":from_ms", from_ms),
	    db_value_integer(":last_ms", last_ms));
	return has_row(leaving->any, err);
}

int
archive_leaving_has(struct archive_leaving *leaving, int64_t ts_ms, int64_t id,
    struct err *err)
{
	DB_BIND(leaving->has, db_value_integer(":ts_ms", ts_ms),
	    db_value_integer(":id", id));
	return has_row(leaving->has, err);
}

int
archive_leaving_mark(struct archive_leaving *leaving, int64_t ts_ms, int64_t id,
    enum archive_leaving_state state, struct err *err)
{
	REQUIRE(state <= ARCHIVE_LEAVING_REFUSED);
	DB_BIND(leaving->mark, db_value_integer(":state", (int64_t)state),
	    db_value_integer(":ts_ms", ts_ms), db_value_integer(":id", id));
	return db_execute(leaving->mark, err);
}

int
archive_leaving_next(struct archive_leaving *leaving, enum archive_leaving_state state,
    int64_t *ts_ms, int64_t *id, struct err *err)
{
	int result;

	REQUIRE(state <= ARCHIVE_LEAVING_REFUSED);
	if (leaving->is_walking && leaving->walked != state) {
		db_reset(leaving->next);
		leaving->is_walking = false;
	}
	if (!leaving->is_walking) {
		DB_BIND(leaving->next, db_value_integer(":state", (int64_t)state));
		leaving->walked = state;
		leaving->is_walking = true;
	}
	result = db_step(leaving->next, err);
	if (result == 1) {
		*ts_ms = db_column_integer(leaving->next, 0);
		*id = db_column_integer(leaving->next, 1);
	} else
		leaving->is_walking = false;
	return result;
}

/* Runs one transaction. Returns 1 when more rows may be left, 0 when all are
 * done, -1 on errors. */
static int
delete_some(struct archive_leaving *leaving, struct db *writer,
    struct row_remover *remover, enum archive_leaving_state state,
    int64_t *deleted, struct err *err)
{
	int64_t end_ns, ts_ms = 0, id = 0;
	int result = 1;

	if (db_begin(writer, err) < 0)
		return -1;
	end_ns = tim_monotonic_ns() + DELETE_NS;
	for (int i = 0; i < DELETE_ROWS && result == 1; i++) {
		result = archive_leaving_next(leaving, state, &ts_ms, &id, err);
		if (result < 1)
			break;
		result = row_remover_remove(remover, id, ts_ms, err);
		if (result < 0)
			break;
		*deleted += result;
		result = 1;
		if (i % 64 == 63 && tim_monotonic_ns() > end_ns)
			break;
	}
	if (result < 0 || row_remover_finish(remover, tim_now_ms(), err) < 0) {
		db_rollback(writer);
		return -1;
	}
	return db_commit(writer, err) < 0 ? -1 : result;
}

int
archive_leaving_delete(struct archive_leaving *leaving, struct db *writer,
    const char *archive, void (*progress)(void *context, int64_t deleted), void *context,
    int64_t *deleted, struct err *err)
{
	static const enum archive_leaving_state states[] = { ARCHIVE_LEAVING_ARCHIVED,
		ARCHIVE_LEAVING_NEW };
	const struct timespec pause = { 0, PAUSE_NS };
	struct row_remover *remover;
	int result = 0;

	if (row_remover_open(&remover, writer, leaving->table, archive,
	    leaving->listed_batch_no, err) < 0)
		return -1;
	for (int i = 0; i < 2 && result == 0; i++) {
		while ((result = delete_some(leaving, writer, remover, states[i],
		    deleted, err)) == 1) {
			if (progress != NULL)
				progress(context, *deleted);
			nanosleep(&pause, NULL);
		}
	}
	row_remover_close(remover);
	return result;
}
