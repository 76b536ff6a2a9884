/* SPDX-License-Identifier: ISC
 *
 * The definitions of a base, and how far each has been counted.
 */
#include "base/buf.h"
#include "count/base_private.h"
#include "count/corrections.h"
#include "count/group_order.h"
#include "io/digest.h"

#include <inttypes.h>
#include <string.h>

/* Runs a statement of a static text with the parameter :no, and :at_ms where it has one. */
static int
run_for(struct count_base *base, const char *sql, int64_t no, int64_t at_ms,
    struct err *err)
{
	struct db_statement *statement;

	if (count_base_prepare(base, &statement, sql, err) < 0)
		return -1;
	if (db_has_parameter(statement, ":at_ms"))
		DB_BIND(statement, db_value_integer(":no", no),
		    db_value_integer(":at_ms", at_ms));
	else
		DB_BIND(statement, db_value_integer(":no", no));
	return db_execute(statement, err);
}

/* Finds a definition. Returns 1; 0 and *no = 0 when the base has none; -1 on an error. */
static int
find_definition(struct count_base *base, const char *digest, int64_t *no,
    struct count_mark *mark, struct err *err)
{
	static const char sql[] = "SELECT no, batch_no, transaction_no, committed_ms,"
	    " departure_no FROM count_definitions WHERE digest = :digest";
	struct db_statement *statement;
	int result;

	*no = 0;
	memset(mark, 0, sizeof(*mark));
	if (count_base_prepare(base, &statement, sql, err) < 0)
		return -1;
	DB_BIND(statement, db_value_text(":digest", digest));
	result = db_step(statement, err);
	if (result == 1) {
		*no = db_column_integer(statement, 0);
		mark->batch_no = db_column_integer(statement, 1);
		mark->transaction_no = db_column_integer(statement, 2);
		mark->committed_ms = db_column_integer(statement, 3);
		mark->departure_no = db_column_integer(statement, 4);
	}
	db_reset(statement);
	return result;
}

/* Sets *no to a number that is free in this base and the one below. */
static int
free_number(struct count_base *base, int64_t *no, struct err *err)
{
	static const char last[] = "SELECT max(no) FROM count_definitions";
	int64_t own, below = 0;

	if (db_integer(base->db, last, 0, &own, err) < 0 || (base->under != NULL &&
	    db_integer(base->under->db, last, 0, &below, err) < 0))
		return -1;
	*no = (own > below ? own : below) + 1;
	return 0;
}

/* Takes over what a definition of the base below has not counted. */
static int
copy_missing(struct count_base *base, int64_t no, struct err *err)
{
	struct db_statement *missing;
	int result;

	if (db_prepare(base->under->db, &missing, "SELECT departure_no"
	    " FROM count_missing WHERE definition_no = :no", err) < 0)
		return -1;
	DB_BIND(missing, db_value_integer(":no", no));
	while ((result = db_step(missing, err)) == 1)
		if (count_base_miss(base, no, db_column_integer(missing, 0), err) < 0)
			break;
	db_finalize(missing);
	return result == 0 ? 0 : -1;
}

static int
add_definition(struct count_base *base, const char *text, const char *digest,
    int64_t now_ms, int64_t no, const struct count_mark *mark, struct err *err)
{
	struct db_statement *add;
	int result;

	if (db_prepare(base->db, &add,
	    "INSERT INTO count_definitions (no, digest, text, batch_no,"
	    " transaction_no, committed_ms, departure_no, asked_ms, since_ms)"
	    " VALUES (:no, :digest, :text, :batch_no, :transaction_no, :committed_ms,"
	    " :departure_no, :asked_ms, :since_ms)", err) < 0)
		return -1;
	DB_BIND(add, db_value_integer(":no", no), db_value_text(":digest", digest),
	    db_value_text(":text", text), db_value_integer(":batch_no", mark->batch_no),
	    db_value_integer(":transaction_no", mark->transaction_no),
	    db_value_integer(":committed_ms", mark->committed_ms),
	    db_value_integer(":departure_no", mark->departure_no),
	    db_value_integer(":asked_ms", now_ms),
	    db_value_integer(":since_ms", now_ms));
	result = db_execute(add, err);
	db_finalize(add);
	return result;
}

int
count_base_find(struct count_base *base, const char *text, int64_t *no,
    struct count_mark *mark, struct err *err)
{
	char digest[DIGEST_HEX_SIZE];

	digest_of(text, strlen(text), digest);
	return find_definition(base, digest, no, mark, err);
}

int
count_base_register(struct count_base *base, const char *text, int64_t now_ms,
    int64_t *no, struct count_mark *mark, struct err *err)
{
	char digest[DIGEST_HEX_SIZE];
	int found, below = 0;

	digest_of(text, strlen(text), digest);
	found = find_definition(base, digest, no, mark, err);
	if (found != 0)
		return found < 0 ? -1 : 0;
	if (base->under != NULL)
		below = find_definition(base->under, digest, no, mark, err);
	if (below < 0 || (below == 0 && free_number(base, no, err) < 0) ||
	    add_definition(base, text, digest, now_ms, *no, mark, err) < 0)
		return -1;
	return below == 1 ? copy_missing(base, *no, err) : 0;
}

int
count_base_mark(struct count_base *base, int64_t no, const struct count_mark *mark,
    struct err *err)
{
	DB_BIND(base->mark, db_value_integer(":batch_no", mark->batch_no),
	    db_value_integer(":transaction_no", mark->transaction_no),
	    db_value_integer(":committed_ms", mark->committed_ms),
	    db_value_integer(":departure_no", mark->departure_no),
	    db_value_integer(":no", no));
	return db_execute(base->mark, err);
}

int
count_base_asked(struct count_base *base, int64_t no, int64_t now_ms, struct err *err)
{
	return run_for(base, "UPDATE count_definitions SET asked_ms = :at_ms"
	    " WHERE no = :no AND abs(asked_ms - :at_ms) > 86400000", no, now_ms, err);
}

/* Deletes what a definition has counted. */
static int
clear(struct count_base *base, int64_t no, struct err *err)
{
	static const char *const statements[] = {
		"DELETE FROM count_hours WHERE definition_no = :no",
		"DELETE FROM count_days WHERE definition_no = :no",
		"DELETE FROM count_totals WHERE definition_no = :no",
		"DELETE FROM count_values WHERE definition_no = :no",
		"DELETE FROM count_missing WHERE definition_no = :no",
	};

	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++)
		if (run_for(base, statements[i], no, 0, err) < 0)
			return -1;
	return 0;
}

int
count_base_restart(struct count_base *base, int64_t *no, struct err *err)
{
	static const struct count_mark nothing;
	struct db_statement *renumber;
	int64_t other = *no;
	int result;

	/* Counters are shown from files of counts, which lie over no other. */
	if (base->under == NULL && count_corrections_keep(base, *no, err) < 0)
		return -1;
	if (clear(base, *no, err) < 0 || count_base_mark(base, *no, &nothing, err) < 0)
		return -1;
	if (base->under == NULL)
		return 0;
	if (free_number(base, &other, err) < 0 || db_prepare(base->db, &renumber,
	    "UPDATE count_definitions SET no = :other WHERE no = :no", err) < 0)
		return -1;
	DB_BIND(renumber, db_value_integer(":other", other),
	    db_value_integer(":no", *no));
	result = db_execute(renumber, err);
	db_finalize(renumber);
	*no = other;
	return result;
}

static int
remove_definition(struct count_base *base, int64_t no, struct err *err)
{
	if (clear(base, no, err) < 0 || count_corrections_forget(base, no, err) < 0 ||
	    count_group_order_forget(base, no, err) < 0)
		return -1;
	return run_for(base, "DELETE FROM count_definitions WHERE no = :no", no, 0,
	    err);
}

int
count_base_remove_old(struct count_base *base, int64_t asked_before_ms, struct err *err)
{
	struct buf sql = BUF_EMPTY;
	int64_t no = 0;
	int result = 0;

	buf_printf(&sql, "SELECT no FROM count_definitions WHERE asked_ms < %" PRId64
	    " LIMIT 1", asked_before_ms);
	do {
		result = db_integer(base->db, buf_text(&sql), 0, &no, err);
		if (result == 0 && no > 0)
			result = remove_definition(base, no, err);
	} while (result == 0 && no > 0);
	buf_release(&sql);
	return result;
}
