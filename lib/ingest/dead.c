/* SPDX-License-Identifier: ISC */
#include "ingest/dead.h"
#include "base/json_writer.h"
#include "base/mem.h"
#include "base/opt.h"
#include "store/ledger_leave.h"
#include "store/event_id.h"
#include "store/store.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct dead_reader {
	struct db_statement *statement;
	struct buf values; /* the bound values */
};

/* Returns the reason that is spelled most like the given word; NULL when none is
 * close. */
static const char *
nearest_reason(const char *given)
{
	const struct word_list *list = &word_lists[WORD_LIST_REASON];
	const char **words = mem_new(list->count, sizeof(words[0])), *near;

	for (size_t i = 1; i < list->count; i++)
		words[i - 1] = list->words[i].word;
	near = opt_nearest(given, words, list->count - 1);
	free(words);
	return near;
}

int
dead_check_reasons(const struct dead_selection *selection, struct err *err)
{
	for (size_t i = 0; i < selection->reason_count; i++) {
		const char *given = selection->reasons[i], *near;

		if (reason_find(given, strlen(given)) != REASON_ABSENT)
			continue;
		near = nearest_reason(given);
		if (near != NULL)
			return err_set(err, EXIT_USAGE, "--reason: '%s' is not "
			    "a reason; did you mean %s?", given, near);
		return err_set(err, EXIT_USAGE, "--reason: '%s' is not a "
		    "reason; tel-ingest(1) lists them", given);
	}
	return 0;
}

/* Appends "[[ids], [reasons]]" for the conditions of add_where, so that a single
 * value is bound, whatever the number of ids and reasons. */
static void
add_values(struct buf *out, const struct dead_selection *selection)
{
	struct json_writer json;

	json_writer_init(&json, out);
	json_writer_open(&json, '[');
	json_writer_open(&json, '[');
	for (size_t i = 0; i < selection->id_count; i++)
		json_writer_integer(&json, selection->ids[i]);
	json_writer_close(&json, ']');
	json_writer_open(&json, '[');
	for (size_t i = 0; i < selection->reason_count; i++)
		json_writer_text(&json, selection->reasons[i],
		    strlen(selection->reasons[i]));
	json_writer_close(&json, ']');
	json_writer_close(&json, ']');
}

/* Appends the conditions; bind_where binds their :values and :input. */
static void
add_where(struct buf *sql, const struct dead_selection *selection)
{
	buf_add_text(sql, " WHERE 1");
	if (selection->id_count > 0)
		buf_add_text(sql, " AND id IN"
		    " (SELECT value FROM json_each(:values, '$[0]'))");
	if (selection->reason_count > 0)
		buf_add_text(sql, " AND reason IN"
		    " (SELECT value FROM json_each(:values, '$[1]'))");
	if (selection->input != NULL)
		buf_add_text(sql, " AND input = :input");
}

static void
bind_where(struct db_statement *statement, const struct dead_selection *selection,
    const struct buf *values)
{
	struct db_value wanted[2];
	size_t count = 0;

	if (selection->id_count > 0 || selection->reason_count > 0)
		wanted[count++] = db_value_text_of(":values", values->data,
		    values->len);
	if (selection->input != NULL)
		wanted[count++] = db_value_text(":input", selection->input);
	db_bind(statement, wanted, count);
}

/* Checks that every id has a dead letter, so that a mistyped one is reported
 * before anything is done. */
static int
check_ids(struct db *db, const struct dead_selection *selection,
    const struct buf *values, struct err *err)
{
	struct db_statement *statement;
	int64_t id = 0;
	int result;

	if (selection->id_count == 0)
		return 0;
	if (store_prepare(db, &statement, "SELECT value"
	    " FROM json_each(:values, '$[0]') WHERE value NOT IN"
	    " (SELECT id FROM dead_letters) LIMIT 1", err) < 0)
		return -1;
	DB_BIND(statement, db_value_text_of(":values", values->data, values->len));
	result = db_step(statement, err);
	if (result == 1)
		id = db_column_integer(statement, 0);
	db_finalize(statement);
	if (result == 1)
		return err_set(err, EXIT_DATA, "%s: no dead letter has the id %"
		    PRId64 "; tel-ingest dead ls lists them", db_path(db), id);
	return result;
}

int
dead_open(struct dead_reader **out, struct db *db,
    const struct dead_selection *selection, struct err *err)
{
	struct dead_reader *reader = mem_new(1, sizeof(*reader));
	struct buf sql = BUF_EMPTY;
	int result;

	add_values(&reader->values, selection);
	buf_add_text(&sql, "SELECT id, input, offset_bytes, line, column,"
	    " field, reason, detail, line_bytes, raw, name, kind"
	    " FROM dead_letters LEFT JOIN sources ON no = " STORE_SQL_SOURCE_NO);
	add_where(&sql, selection);
	buf_add_text(&sql, " ORDER BY id");
	if (selection->limit > 0)
		buf_printf(&sql, " LIMIT %" PRId64, selection->limit);
	result = check_ids(db, selection, &reader->values, err);
	if (result == 0)
		result = store_prepare(db, &reader->statement, buf_text(&sql),
		    err);
	buf_release(&sql);
	if (result < 0) {
		dead_close(reader);
		return -1;
	}
	bind_where(reader->statement, selection, &reader->values);
	*out = reader;
	return 0;
}

void
dead_close(struct dead_reader *reader)
{
	if (reader == NULL)
		return;
	db_finalize(reader->statement);
	buf_release(&reader->values);
	free(reader);
}

int
dead_next(struct dead_reader *reader, struct dead_letter *letter,
    struct err *err)
{
	struct db_statement *row = reader->statement;
	int result = db_step(row, err);

	if (result != 1)
		return result;
	letter->id = db_column_integer(row, 0);
	letter->input = db_column_text(row, 1);
	letter->offset_bytes = db_column_integer(row, 2);
	letter->line = db_column_integer(row, 3);
	letter->column = db_column_integer(row, 4);
	letter->field = db_column_text(row, 5);
	letter->reason_text = db_column_text(row, 6);
	letter->reason = reason_find(letter->reason_text,
	    db_column_bytes(row, 6));
	letter->detail = db_column_text(row, 7);
	letter->line_bytes = db_column_integer(row, 8);
	letter->raw = db_column_text(row, 9);
	letter->raw_len = db_column_bytes(row, 9);
	letter->source = db_column_text(row, 10);
	letter->source_kind = db_column_text(row, 11);
	return 1;
}

bool
dead_is_whole(const struct dead_letter *letter)
{
	return letter->reason != REASON_too_long &&
	    (letter->raw_len > 0 || letter->line_bytes <= 1);
}

/* Deletes each dead letter while it is the current row of the reader, which SQLite
 * allows. */
static int
drop_all(struct db *db, struct dead_reader *reader, struct ledger_leave *leave,
    int64_t *dropped, struct err *err)
{
	struct dead_letters *letters;
	struct dead_letter letter;
	int result;

	if (dead_letters_open(&letters, db, err) < 0)
		return -1;
	*dropped = 0;
	while ((result = dead_next(reader, &letter, err)) == 1) {
		result = dead_letters_drop(letters, letter.id, err);
		if (result < 0)
			break;
		if (result == 0) /* A trigger of the user kept it. */
			continue;
		ledger_leave_add_letter(leave, letter.id);
		++*dropped;
	}
	dead_letters_close(letters);
	return result;
}

int
dead_drop(struct db *db, const struct dead_selection *selection, int64_t now_ms,
    int64_t *dropped, struct err *err)
{
	struct dead_selection all = *selection;
	struct dead_reader *reader = NULL;
	struct ledger_leave leave = { 0 };
	int result;

	all.limit = 0;
	if (db_begin(db, err) < 0)
		return -1;
	result = dead_open(&reader, db, &all, err);
	if (result == 0)
		result = drop_all(db, reader, &leave, dropped, err);
	dead_close(reader);
	if (result == 0)
		result = ledger_leave_write(&leave, db, now_ms, err);
	ledger_leave_release(&leave);
	if (result == 0)
		return db_commit(db, err);
	db_rollback(db);
	return -1;
}
