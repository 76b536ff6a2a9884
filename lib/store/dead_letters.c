/* SPDX-License-Identifier: ISC */
#include "store/dead_letters.h"
#include "base/mem.h"
#include "base/require.h"

#include <stdlib.h>

enum query { ADD, CHANGE, DROP, COMPLETE, FIND_TRUNCATED, FIND, QUERY_COUNT };

static const char *const queries[QUERY_COUNT] = {
	[ADD] = "INSERT INTO dead_letters (id, batch_transaction_no, input,"
	    " offset_bytes, line, column, field, reason, detail, raw, line_bytes)"
	    " VALUES (:id, :transaction_no, :input, :offset_bytes, :line, :column,"
	    " :field, :reason, :detail, :raw, :line_bytes)"
	    " ON CONFLICT (id) DO NOTHING",
	[CHANGE] = "UPDATE dead_letters SET column = :column, field = :field,"
	    " reason = :reason, detail = :detail WHERE id = :id",
	[DROP] = "DELETE FROM dead_letters WHERE id = :id",
	[COMPLETE] = "DELETE FROM dead_letters WHERE id = :id"
	    " AND reason = :reason",
	[FIND_TRUNCATED] = "SELECT max(id) FROM dead_letters"
	    " WHERE id BETWEEN :first_id AND :last_id AND reason = :reason",
	[FIND] = "SELECT 1 FROM dead_letters WHERE id = :id AND raw = :raw",
};

struct dead_letters {
	struct db *db;
	struct db_statement *queries[QUERY_COUNT];
};

int
dead_letters_open(struct dead_letters **out, struct db *db, struct err *err)
{
	struct dead_letters *letters = mem_new(1, sizeof(*letters));

	letters->db = db;
	for (int i = 0; i < QUERY_COUNT; i++)
		if (db_prepare(db, &letters->queries[i], queries[i], err) < 0) {
			dead_letters_close(letters);
			return -1;
		}
	*out = letters;
	return 0;
}

void
dead_letters_close(struct dead_letters *letters)
{
	if (letters == NULL)
		return;
	for (int i = 0; i < QUERY_COUNT; i++)
		db_finalize(letters->queries[i]);
	free(letters);
}

/* Column 0 is stored as NULL. */
static struct db_value
value_of_column(int64_t column)
{
	return column > 0 ? db_value_integer(":column", column)
	    : db_value_text(":column", NULL);
}

static struct db_value
value_of_reason(enum reason reason)
{
	REQUIRE(reason != REASON_ABSENT);
	return db_value_text(":reason", reason_word(reason));
}

int
dead_letters_add(struct dead_letters *letters, const struct dead_letter *letter,
    int64_t transaction_no, struct err *err)
{
	struct db_statement *add = letters->queries[ADD];

	DB_BIND(add, db_value_integer(":id", letter->id),
	    db_value_integer(":transaction_no", transaction_no),
	    db_value_text(":input", letter->input),
	    db_value_integer(":offset_bytes", letter->offset_bytes),
	    db_value_integer(":line", letter->line),
	    value_of_column(letter->column),
	    db_value_text(":field", letter->field),
	    value_of_reason(letter->reason),
	    db_value_text(":detail", letter->detail),
	    db_value_blob(":raw", letter->raw, letter->raw_len),
	    db_value_integer(":line_bytes", letter->line_bytes));
	if (db_execute(add, err) < 0)
		return -1;
	return db_changes(letters->db) > 0;
}

int
dead_letters_change(struct dead_letters *letters,
    const struct dead_letter *letter, struct err *err)
{
	struct db_statement *change = letters->queries[CHANGE];

	DB_BIND(change, value_of_column(letter->column),
	    db_value_text(":field", letter->field),
	    value_of_reason(letter->reason),
	    db_value_text(":detail", letter->detail),
	    db_value_integer(":id", letter->id));
	return db_execute(change, err);
}

int
dead_letters_drop(struct dead_letters *letters, int64_t id, struct err *err)
{
	struct db_statement *drop = letters->queries[DROP];

	DB_BIND(drop, db_value_integer(":id", id));
	if (db_execute(drop, err) < 0)
		return -1;
	return db_changes(letters->db) > 0;
}

int
dead_letters_complete(struct dead_letters *letters, int64_t id, struct err *err)
{
	struct db_statement *complete = letters->queries[COMPLETE];

	DB_BIND(complete, db_value_integer(":id", id),
	    value_of_reason(REASON_truncated));
	if (db_execute(complete, err) < 0)
		return -1;
	return db_changes(letters->db) > 0;
}

int
dead_letters_find_truncated(struct dead_letters *letters, int64_t first_id,
    int64_t last_id, int64_t *id, struct err *err)
{
	struct db_statement *find = letters->queries[FIND_TRUNCATED];
	int result;

	DB_BIND(find, db_value_integer(":first_id", first_id),
	    db_value_integer(":last_id", last_id),
	    value_of_reason(REASON_truncated));
	result = db_step(find, err);
	if (result != 1)
		return result;
	if (db_column_type(find, 0) == DB_NULL)
		result = 0;
	else
		*id = db_column_integer(find, 0);
	db_reset(find);
	return result;
}

int
dead_letters_has(struct dead_letters *letters, const struct dead_letter *letter,
    struct err *err)
{
	struct db_statement *find = letters->queries[FIND];
	int result;

	DB_BIND(find, db_value_integer(":id", letter->id),
	    db_value_blob(":raw", letter->raw, letter->raw_len));
	result = db_step(find, err);
	if (result == 1)
		db_reset(find);
	return result;
}
