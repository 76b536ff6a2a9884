/* SPDX-License-Identifier: ISC */
#include "store/pending_files.h"

#include <sys/stat.h>

/* Adds 1 when the file at path has bytes that were not taken. */
static int
look_at(struct db_statement *taken, const char *path, int64_t *count, struct err *err)
{
	struct stat status;
	int64_t taken_bytes = 0;
	int result;

	if (stat(path, &status) < 0 || !S_ISREG(status.st_mode))
		return 0;
	DB_BIND(taken, db_value_integer(":device", (int64_t)status.st_dev),
	    db_value_integer(":inode", (int64_t)status.st_ino));
	result = db_step(taken, err);
	if (result == 1) {
		taken_bytes = db_column_integer(taken, 0);
		db_reset(taken);
	}
	*count += result >= 0 && status.st_size > taken_bytes;
	return result < 0 ? -1 : 0;
}

int
pending_files_count(struct db *db, int64_t *count, struct err *err)
{
	struct db_statement *files = NULL, *taken = NULL;
	int64_t has_table;
	int result;

	*count = 0;
	if (db_integer(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'followed_files'",
	    0, &has_table, err) < 0)
		return -1;
	if (has_table == 0)
		return 0;
	result = db_prepare(db, &files, "SELECT path FROM followed_files", err);
	if (result == 0)
		result = db_prepare(db, &taken, "SELECT max(taken_bytes) FROM sources"
		    " WHERE kind = 'file' AND device = :device AND inode = :inode", err);
	while (result == 0 && (result = db_step(files, err)) == 1)
		result = look_at(taken, db_column_text(files, 0), count, err);
	db_finalize(files);
	db_finalize(taken);
	return result;
}
