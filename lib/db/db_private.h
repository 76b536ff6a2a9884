/* SPDX-License-Identifier: ISC
 *
 * db_private -- what the files of this room that call SQLite share; no other room includes
 * it.
 */
#ifndef DB_DB_PRIVATE_H
#define DB_DB_PRIVATE_H

#include "db/db.h"
#include "io/lock.h"
#include "db/table_image.h"

#include <sqlite3.h>

struct db {
	sqlite3 *handle;
	char *path;      /* as given, for messages */
	char *real_path; /* without links: its lock and WAL are named after it */
	char *wal_path;
	struct lock lock; /* LOCK_NONE for readers, unless is_immutable */
	bool is_immutable; /* a reader whose shared lock blocks writers */
	bool is_shared;    /* opened with DB_SHARE or DB_SHARE_READ */
	int64_t wait_ms;
	int wal_pages; /* in use after the last commit: the WAL file never shrinks */
	bool in_transaction;
	struct db_statement *data_version;
	bool has_image; /* db_feed.c has attached its database in memory */
	/* The bytes of that database, while handle is open. Between its start
	 * and its finish no statement may run. */
	struct table_image image;
	int64_t limit_ms, deadline_ns; /* of what runs now; limit_ms 0: none */
};

struct db_statement {
	sqlite3_stmt *handle;
	struct db *db;
	int result; /* of the last step */
	int row_width; /* columns of the current row; 0 without one */
	/* Names of the parameters, NULL if unnamed; owned. They are copies, because
	 * SQLite frees its own when a changed schema makes it compile the statement
	 * again. */
	char **names;
	size_t name_count;
};

/* Sets *err to what SQLite says of the last call. Returns -1. */
int db_fail(const struct db *db, struct err *err);

/* Fills the names of a statement that was just compiled, and frees them. */
void db_name_parameters(struct db_statement *statement);
void db_release_names(struct db_statement *statement);

#endif
