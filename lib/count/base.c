/* SPDX-License-Identifier: ISC
 *
 * Whose counts they are, groups, and what is missing.
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
	/* Those of another version may have other columns. */
	if (db_run(db, "DROP TABLE IF EXISTS count_store;"
	    "DROP TABLE IF EXISTS count_definitions; DROP TABLE IF EXISTS count_groups;"
	    "DROP TABLE IF EXISTS count_totals; DROP TABLE IF EXISTS count_days;"
	    "DROP TABLE IF EXISTS count_hours;"
	    "DROP TABLE IF EXISTS count_values; DROP TABLE IF EXISTS count_corrections;"
	    "DROP TABLE IF EXISTS count_group_order;"
	    "DROP TABLE IF EXISTS count_missing", err) < 0 ||
	    db_run(db, schema, err) < 0 || db_prepare(db, &add,
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
	base_cells_close(&base->cells);
	for (size_t i = 0; i < base->statement_count; i++)
		db_finalize(base->statements[i].statement);
	free(base->statements);
	free(base);
}

struct db *
count_base_db(struct count_base *base)
{
	return base->db;
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
count_base_read_missing(struct count_base *base, int64_t no,
    const struct departures *departures, bool *is_missing, struct err *err)
{
	struct db_statement *missing;
	int result, any = 0;
	size_t i = 0;

	for (size_t k = 0; k < departures->count; k++)
		is_missing[k] = false;
	if (db_prepare(base->db, &missing, "SELECT departure_no FROM count_missing"
	    " WHERE definition_no = :no ORDER BY departure_no", err) < 0)
		return -1;
	DB_BIND(missing, db_value_integer(":no", no));
	/* Both are in order. */
	while ((result = db_step(missing, err)) == 1) {
		int64_t departure_no = db_column_integer(missing, 0);

		while (i < departures->count && departures->items[i].no < departure_no)
			i++;
		if (i < departures->count && departures->items[i].no == departure_no) {
			is_missing[i] = true;
			any = 1;
		}
	}
	db_finalize(missing);
	return result < 0 ? -1 : any;
}
