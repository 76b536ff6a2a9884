/* SPDX-License-Identifier: ISC */
#include "ingest/missed_files.h"
#include "base/mem.h"
#include "base/tim.h"
#include "io/file.h"

#include <stdlib.h>
#include <string.h>

/* A sibling that was not modified since the last commit of its operand was read
 * already. A commit may follow the read by this long. */
#define SLACK_MS 60000
/* How far the clock of a file system may lag. */
#define TICK_MS 10

struct missed_files {
	struct db *db;
	struct followed_files *followed;
	char *const *paths;
	char **full_paths; /* owned; of the files in paths, in the same order */
	size_t count;
	struct db_statement *find_inode;
};

/* Records, for the next run, when following of each file began. */
static int
note_paths(struct missed_files *files, struct err *err)
{
	int result = db_begin(files->db, err);

	for (size_t i = 0; i < files->count && result == 0; i++)
		if (strcmp(files->paths[i], "-") != 0)
			result = followed_files_add(files->followed,
			    files->full_paths[i], tim_file_ms(), err);
	if (result == 0)
		return db_commit(files->db, err);
	db_rollback(files->db);
	return -1;
}

int
missed_files_open(struct missed_files **out, struct db *db,
    struct followed_files *followed, char *const *paths, size_t count,
    struct err *err)
{
	struct missed_files *files = mem_new(1, sizeof(*files));

	files->db = db;
	files->followed = followed;
	files->paths = paths;
	files->count = count;
	files->full_paths = mem_new(count, sizeof(files->full_paths[0]));
	for (size_t i = 0; i < count; i++)
		files->full_paths[i] = file_real_name(paths[i]);
	/* Inode numbers are reused, so size and time must agree too. */
	if (db_prepare(db, &files->find_inode, "SELECT"
	    " max(taken_bytes = :size_bytes AND taken_ms >= :from_ms)"
	    " FROM sources WHERE kind = 'file' AND inode = :inode", err) < 0 ||
	    note_paths(files, err) < 0) {
		missed_files_close(files);
		return -1;
	}
	*out = files;
	return 0;
}

void
missed_files_close(struct missed_files *files)
{
	if (files == NULL)
		return;
	db_finalize(files->find_inode);
	for (size_t i = 0; i < files->count; i++)
		free(files->full_paths[i]);
	free(files->full_paths);
	free(files);
}

const char *
missed_files_path(const struct missed_files *files, const char *path)
{
	for (size_t i = 0; i < files->count; i++)
		if (strcmp(files->paths[i], path) == 0)
			return files->full_paths[i];
	return path;
}

enum taken { TAKEN_ERROR = -1, TAKEN_UNKNOWN, TAKEN_PARTLY, TAKEN_WHOLE };

/* Returns how much of the sibling was stored; TAKEN_UNKNOWN when no source has its
 * inode. */
static enum taken
find_taken(struct missed_files *files, const struct tail_rotated *sibling,
    int64_t mtime_ms, struct err *err)
{
	struct db_statement *find = files->find_inode;
	enum taken taken = TAKEN_UNKNOWN;

	DB_BIND(find, db_value_integer(":size_bytes", sibling->size_bytes),
	    db_value_integer(":from_ms", mtime_ms - TICK_MS),
	    db_value_integer(":inode", (int64_t)sibling->inode));
	if (db_step(find, err) < 0)
		return TAKEN_ERROR;
	/* max() of no rows is NULL. */
	if (db_column_type(find, 0) != DB_NULL)
		taken = db_column_integer(find, 0) == 0 ? TAKEN_PARTLY
		    : TAKEN_WHOLE;
	db_reset(find);
	return taken;
}

/* Sets *since_ms to the time before which files of the path need not be read: they
 * were stored, or written before the path was followed. */
static int
find_since(struct missed_files *files, const char *path, int64_t *since_ms,
    struct err *err)
{
	int64_t first_ms = INT64_MAX, taken_ms = 0;
	int result = followed_files_find(files->followed,
	    missed_files_path(files, path), &first_ms, &taken_ms, err);

	*since_ms = taken_ms > 0 ? taken_ms - SLACK_MS : first_ms - TICK_MS;
	return result < 0 ? -1 : 0;
}

int
missed_files_has(struct missed_files *files, const char *path,
    const struct tail_rotated *sibling, bool *out, struct err *err)
{
	int64_t mtime_ms = sibling->mtime_ns / 1000000, since_ms;
	enum taken taken = find_taken(files, sibling, mtime_ms, err);

	if (taken == TAKEN_ERROR || find_since(files, path, &since_ms, err) < 0)
		return -1;
	*out = taken == TAKEN_PARTLY ||
	    (taken == TAKEN_UNKNOWN && mtime_ms >= since_ms);
	return 0;
}
