/* SPDX-License-Identifier: ISC */
#include "store/store_identity.h"
#include "store/ledger.h"
#include "store/ledger_leave.h"

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
