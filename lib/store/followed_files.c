/* SPDX-License-Identifier: ISC */
#include "store/followed_files.h"
#include "base/mem.h"

#include <stdlib.h>

struct followed_files {
	struct db_statement *add, *set_taken, *find;
};

int
followed_files_open(struct followed_files **out, struct db *db, struct err *err)
{
	struct followed_files *files = mem_new(1, sizeof(*files));

	if (db_prepare(db, &files->add, "INSERT INTO followed_files"
	    " (path, first_ms) VALUES (:path, :now_ms)"
	    " ON CONFLICT (path) DO NOTHING", err) < 0 ||
	    db_prepare(db, &files->set_taken, "UPDATE followed_files"
	    " SET taken_ms = :now_ms WHERE path = :path", err) < 0 ||
	    db_prepare(db, &files->find, "SELECT first_ms, coalesce(taken_ms, 0)"
	    " FROM followed_files WHERE path = :path", err) < 0) {
		followed_files_close(files);
		return -1;
	}
	*out = files;
	return 0;
}

void
followed_files_close(struct followed_files *files)
{
	if (files == NULL)
		return;
	db_finalize(files->add);
	db_finalize(files->set_taken);
	db_finalize(files->find);
	free(files);
}

int
followed_files_add(struct followed_files *files, const char *path, int64_t now_ms,
    struct err *err)
{
	DB_BIND(files->add, db_value_text(":path", path),
	    db_value_integer(":now_ms", now_ms));
	return db_execute(files->add, err);
}

int
followed_files_set_taken(struct followed_files *files, const char *path,
    int64_t now_ms, struct err *err)
{
	DB_BIND(files->set_taken, db_value_integer(":now_ms", now_ms),
	    db_value_text(":path", path));
	return db_execute(files->set_taken, err);
}

int
followed_files_find(struct followed_files *files, const char *path,
    int64_t *first_ms, int64_t *taken_ms, struct err *err)
{
	int result;

	DB_BIND(files->find, db_value_text(":path", path));
	result = db_step(files->find, err);
	if (result != 1)
		return result;
	*first_ms = db_column_integer(files->find, 0);
	*taken_ms = db_column_integer(files->find, 1);
	db_reset(files->find);
	return 1;
}
