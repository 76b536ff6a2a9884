/* SPDX-License-Identifier: ISC */
#include "store/store_identity.h"
#include "base/mem.h"
#include "store/ledger.h"
#include "store/ledger_leave.h"

#include <stdio.h>

static int
insert_identity(struct db *db, int64_t now_ms, struct err *err)
{
	struct db_statement *insert;
	int result;

	if (db_prepare(db, &insert, "INSERT INTO store_identity (id, made_ms,"
	    " pieces_since) SELECT lower(hex(randomblob(16))), :now_ms,"
	    " coalesce(max(transaction_no), 0) FROM batches", err) < 0)
		return -1;
	DB_BIND(insert, db_value_integer(":now_ms", now_ms));
	result = db_execute(insert, err);
	db_finalize(insert);
	return result;
}

int
store_identity_make(struct db *db, int64_t now_ms, struct err *err)
{
	int64_t count;

	if (db_integer(db, "SELECT count(*) FROM store_identity", 0, &count, err) < 0)
		return -1;
	if (count > 0)
		return 0;
	if (ledger_leave_note_old(db, err) < 0 || ledger_note_old_runs(db, err) < 0)
		return -1;
	return insert_identity(db, now_ms, err);
}

int
store_identity_read(struct db *db, char id[STORE_ID_SIZE], char **archive,
    struct err *err)
{
	struct db_statement *read;
	int64_t count;
	int result;

	id[0] = '\0';
	*archive = NULL;
	if (db_integer(db, "SELECT count(*) FROM sqlite_schema"
	    " WHERE name = 'store_identity'", 0, &count, err) < 0)
		return -1;
	if (count == 0)
		return 0;
	if (db_prepare(db, &read, "SELECT id, archive FROM store_identity", err) < 0)
		return -1;
	result = db_step(read, err);
	if (result == 1) {
		const char *path = db_column_text(read, 1);

		snprintf(id, STORE_ID_SIZE, "%s", db_column_text(read, 0));
		*archive = path != NULL ? mem_text(path) : NULL;
	}
	db_finalize(read);
	return result < 0 ? -1 : 0;
}

int
store_identity_set_archive(struct db *db, const char *path, int64_t bytes,
    const char *head, struct err *err)
{
	struct db_statement *set;
	int result;

	if (db_prepare(db, &set, "UPDATE store_identity SET archive = :path,"
	    " archive_bytes = :bytes, archive_head = :head", err) < 0)
		return -1;
	DB_BIND(set, db_value_text(":path", path), db_value_integer(":bytes", bytes),
	    db_value_text(":head", head));
	result = db_begin(db, err);
	if (result == 0 && db_execute(set, err) < 0) {
		db_rollback(db);
		result = -1;
	}
	db_finalize(set);
	return result == 0 ? db_commit(db, err) : -1;
}
