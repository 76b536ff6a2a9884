/* SPDX-License-Identifier: ISC
 *
 * db_private -- what db.c, db_bind.c and db_feed.c share; nobody else includes it.
 */
#ifndef DB_DB_PRIVATE_H
#define DB_DB_PRIVATE_H

#include "db/db.h"
#include "io/lock.h"
#include "db/table_image.h"

#include <sqlite3.h>

struct db {
	sqlite3 *handle;
	char *path;      /* as it was given, for messages */
	char *real_path; /* the file itself: so must its lock and WAL be named */
	char *wal_path;
	struct lock lock; /* none for readers, but see is_immutable */
	bool is_immutable; /* a reader that keeps writers out */
	int64_t wait_ms;
	int wal_pages; /* in use after the last commit; the file never shrinks */
	bool in_transaction;
	struct db_statement *data_version;
	bool has_image; /* db_feed.c has attached its database */
	/* What that reads, as long as handle is open; between its beginning and its
	 * end no statement may run. */
	struct table_image image;
};

struct db_statement {
	sqlite3_stmt *handle;
	struct db *db;
	int result; /* of the last step */
	const char **names; /* ours: of the parameters; what they point to is SQLite's */
	size_t name_count;
};

/* Fills names of a statement that was just compiled. */
void db_name_parameters(struct db_statement *statement);

#endif
