/* SPDX-License-Identifier: ISC
 *
 * Definitions, groups and what is missing; the cells are in base_cells.c.
 */
#include "base/mem.h"
#include "base/require.h"
#include "base/tim.h"
#include "count/base_private.h"
#include "io/digest.h"
#include "tel/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int
open_statements(struct count_base *base, struct err *err)
{
	struct db *db = base->db;

	if (db_prepare(db, &base->find_group,
	    "SELECT no FROM count_groups WHERE key = :key", err) < 0 ||
	    db_prepare(db, &base->add_group, "INSERT INTO count_groups (no, key)"
	    " VALUES (:no, :key)", err) < 0 ||
	    db_prepare(db, &base->mark, "UPDATE count_definitions"
	    " SET batch_no = :batch_no, transaction_no = :transaction_no,"
	    " committed_ms = :committed_ms, departure_no = :departure_no"
	    " WHERE no = :no", err) < 0 ||
	    db_prepare(db, &base->miss, "INSERT OR IGNORE INTO count_missing"
	    " (definition_no, departure_no) VALUES (:no, :departure_no)", err) < 0 ||
	    db_prepare(db, &base->is_missing, "SELECT 1 FROM count_missing"
	    " WHERE definition_no = :no AND departure_no = :departure_no", err) < 0 ||
	    db_prepare(db, &base->found, "DELETE FROM count_missing"
	    " WHERE definition_no = :no AND departure_no = :departure_no", err) < 0)
		return -1;
	return base_cells_open(&base->cells, db, err);
}

int
count_base_begin(struct db *db, const char *store_id, int64_t now_ms, struct err *err)
{
	const char *schema = text_find("schema/counts.sql");
	struct db_statement *add;
	int result;

	REQUIRE(schema != NULL);
	if (db_run(db, schema, err) < 0 || db_run(db, "DELETE FROM count_store;"
	    "DELETE FROM count_hours; DELETE FROM count_days; DELETE FROM count_totals;"
	    "DELETE FROM count_missing; DELETE FROM count_groups;"
	    "DELETE FROM count_definitions;", err) < 0 || db_prepare(db, &add,
	    "INSERT INTO count_store (id, made_ms) VALUES (:id, :made_ms)", err) < 0)
		return -1;
	DB_BIND(add, db_value_text(":id", store_id),
	    db_value_integer(":made_ms", now_ms));
	result = db_execute(add, err);
	db_finalize(add);
	return result;
}

int
count_base_store(struct db *db, char **id, struct err *err)
{
	struct db_statement *read;
	int result;

	*id = NULL;
	if (db_prepare(db, &read, "SELECT id FROM count_store", err) < 0)
		return -1;
	result = db_step(read, err);
	if (result == 1)
		*id = mem_text(db_column_text(read, 0));
	db_finalize(read);
	return result < 0 ? -1 : 0;
}

int
count_base_open(struct count_base **out, struct db *db, struct count_base *under,
    struct err *err)
{
	struct count_base *base = mem_new(1, sizeof(*base));

	base->db = db;
	base->under = base->groups_of = under;
	if (open_statements(base, err) < 0) {
		count_base_close(base);
		return -1;
	}
	*out = base;
	return 0;
}

void
count_base_close(struct count_base *base)
{
	if (base == NULL)
		return;
	db_finalize(base->find_group);
	db_finalize(base->add_group);
	db_finalize(base->mark);
	db_finalize(base->miss);
	db_finalize(base->found);
	db_finalize(base->is_missing);
	base_cells_close(&base->cells);
	free(base);
}

struct db *
count_base_db(struct count_base *base)
{
	return base->db;
}

/* Runs a statement with the parameter :no, and :at_ms where it has one. */
static int
run_for(struct db *db, const char *sql, int64_t no, int64_t at_ms, struct err *err)
{
	struct db_statement *statement;
	int result;

	if (db_prepare(db, &statement, sql, err) < 0)
		return -1;
	if (db_has_parameter(statement, ":at_ms"))
		DB_BIND(statement, db_value_integer(":no", no),
		    db_value_integer(":at_ms", at_ms));
	else
		DB_BIND(statement, db_value_integer(":no", no));
	result = db_execute(statement, err);
	db_finalize(statement);
	return result;
}

/* Finds a definition. Returns 1; 0 and *no = 0 when the base has none; -1 on an error. */
static int
find_definition(struct count_base *base, const char *digest, int64_t *no,
    struct count_mark *mark, struct err *err)
{
	struct db_statement *statement;
	int result;

	*no = 0;
	memset(mark, 0, sizeof(*mark));
	if (db_prepare(base->db, &statement, "SELECT no, batch_no, transaction_no,"
	    " committed_ms, departure_no FROM count_definitions"
	    " WHERE digest = :digest", err) < 0)
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
	db_finalize(statement);
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
	return run_for(base->db, "UPDATE count_definitions SET asked_ms = :at_ms"
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
		"DELETE FROM count_missing WHERE definition_no = :no",
	};

	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++)
		if (run_for(base->db, statements[i], no, 0, err) < 0)
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
	if (clear(base, no, err) < 0)
		return -1;
	return run_for(base->db, "DELETE FROM count_definitions WHERE no = :no", no, 0,
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

void
count_base_ask_groups(struct count_base *base, struct count_base *other)
{
	base->groups_of = other;
}

/* Returns the number of a group in the base or those that it asks, 0 when none has it, -1
 * on an error. */
static int64_t
find_group(struct count_base *base, const char *key, size_t key_len, struct err *err)
{
	int64_t no = base->groups_of != NULL
	    ? find_group(base->groups_of, key, key_len, err) : 0;
	int result;

	if (no != 0)
		return no;
	DB_BIND(base->find_group, db_value_text_of(":key", key, key_len));
	result = db_step(base->find_group, err);
	if (result == 1) {
		no = db_column_integer(base->find_group, 0);
		db_reset(base->find_group);
	}
	return result < 0 ? -1 : no;
}

/* Sets *no to the highest number of a group in the base and those that it asks. */
static int
last_group(struct count_base *base, int64_t *no, struct err *err)
{
	int64_t other = 0;

	if (db_integer(base->db, "SELECT max(no) FROM count_groups", 0, no, err) < 0 ||
	    (base->groups_of != NULL && last_group(base->groups_of, &other, err) < 0))
		return -1;
	if (other > *no)
		*no = other;
	return 0;
}

int64_t
count_base_group(struct count_base *base, const char *key, size_t key_len,
    struct err *err)
{
	int64_t no = find_group(base, key, key_len, err);

	if (no != 0)
		return no;
	if (last_group(base, &no, err) < 0)
		return -1;
	DB_BIND(base->add_group, db_value_integer(":no", no + 1),
	    db_value_text_of(":key", key, key_len));
	return db_execute(base->add_group, err) < 0 ? -1 : no + 1;
}

int
count_base_miss(struct count_base *base, int64_t no, int64_t departure_no,
    struct err *err)
{
	DB_BIND(base->miss, db_value_integer(":no", no),
	    db_value_integer(":departure_no", departure_no));
	return db_execute(base->miss, err);
}

int
count_base_found(struct count_base *base, int64_t no, int64_t departure_no,
    struct err *err)
{
	DB_BIND(base->found, db_value_integer(":no", no),
	    db_value_integer(":departure_no", departure_no));
	return db_execute(base->found, err);
}

int
count_base_is_missing(struct count_base *base, int64_t no, int64_t departure_no,
    struct err *err)
{
	int result;

	DB_BIND(base->is_missing, db_value_integer(":no", no),
	    db_value_integer(":departure_no", departure_no));
	result = db_step(base->is_missing, err);
	if (result == 1)
		db_reset(base->is_missing);
	return result;
}
