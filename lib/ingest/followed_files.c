/* SPDX-License-Identifier: ISC */
#include "ingest/followed_files.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/tim.h"
#include "io/file.h"

#include <stdlib.h>
#include <string.h>

/* A sibling whose last line is older than the last commit of its operand was
 * read; but a commit may come so much later than the reading. */
#define SLACK_MS 60000
/* How far the clock of file systems may be behind. */
#define TICK_MS 10

struct followed_files {
	struct db *db;
	char *const *paths;
	char **full_paths; /* of the same; ours */
	size_t count;
	struct db_statement *find_since, *find_inode;
};

/* Notes that the files are followed, so that the next run knows since when. */
static int
note_paths(struct followed_files *files, struct err *err)
{
	struct db *db = files->db;
	struct db_statement *add;
	int result;

	if (db_prepare(db, &add, "INSERT INTO followed_files (path, first_ms)"
	    " VALUES (?1, ?2) ON CONFLICT (path) DO NOTHING", err) < 0)
		return -1;
	result = db_begin(db, err);
	for (size_t i = 0; i < files->count && result == 0; i++) {
		const char *path = files->full_paths[i];

		if (strcmp(files->paths[i], "-") == 0)
			continue;
		db_bind_text(add, 1, path, strlen(path));
		db_bind_integer(add, 2, tim_file_ms());
		result = db_execute(add, err);
	}
	if (result == 0)
		result = db_commit(db, err);
	else
		db_rollback(db);
	db_finalize(add);
	return result;
}

int
followed_files_open(struct followed_files **out, struct db *db,
    char *const *paths, size_t count, struct err *err)
{
	struct followed_files *files = mem_new(1, sizeof(*files));
	struct buf sql = BUF_EMPTY;
	int result;

	files->db = db;
	files->paths = paths;
	files->count = count;
	files->full_paths = mem_new(count, sizeof(files->full_paths[0]));
	for (size_t i = 0; i < count; i++)
		files->full_paths[i] = file_real_name(paths[i]);
	buf_printf(&sql, "SELECT coalesce(taken_ms - %d, first_ms - %d)"
	    " FROM followed_files WHERE path = ?1", SLACK_MS, TICK_MS);
	result = db_prepare(db, &files->find_since, buf_text(&sql), err);
	buf_release(&sql);
	if (result < 0 || db_prepare(db, &files->find_inode,
	    "SELECT max(taken_bytes = ?2 AND taken_ms >= ?3) FROM sources"
	    " WHERE kind = 'file' AND inode = ?1", err) < 0 ||
	    note_paths(files, err) < 0) {
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
	db_finalize(files->find_since);
	db_finalize(files->find_inode);
	for (size_t i = 0; i < files->count; i++)
		free(files->full_paths[i]);
	free(files->full_paths);
	free(files);
}

const char *
followed_files_path(const struct followed_files *files, const char *path)
{
	for (size_t i = 0; i < files->count; i++)
		if (strcmp(files->paths[i], path) == 0)
			return files->full_paths[i];
	return path;
}

/* The first column of the only row; absent when there is none or it is NULL. */
static int
look_up(struct db_statement *find, int64_t absent, int64_t *out,
    struct err *err)
{
	int result = db_step(find, err);

	*out = absent;
	if (result == 1) {
		if (db_column_type(find, 0) != DB_NULL)
			*out = db_column_integer(find, 0);
		db_reset(find);
	}
	return result < 0 ? -1 : 0;
}

/* All that was written to files of the path before *since_ms was taken, or is
 * older than our following it. */
static int
find_since(struct followed_files *files, const char *path, int64_t *since_ms,
    struct err *err)
{
	const char *full_path = followed_files_path(files, path);

	db_bind_text(files->find_since, 1, full_path,
	    strlen(full_path));
	return look_up(files->find_since, INT64_MAX, since_ms, err);
}

int
followed_files_misses(struct followed_files *files, const char *path,
    const struct tail_rotated *sibling, bool *out, struct err *err)
{
	struct db_statement *find = files->find_inode;
	int64_t mtime_ms = sibling->mtime_ns / 1000000, is_taken, since_ms;

	/* Inodes are used again, so size and time have to agree. */
	db_bind_integer(find, 1, (int64_t)sibling->inode);
	db_bind_integer(find, 2, sibling->size_bytes);
	db_bind_integer(find, 3, mtime_ms - TICK_MS);
	if (look_up(find, -1, &is_taken, err) < 0 ||
	    find_since(files, path, &since_ms, err) < 0)
		return -1;
	*out = is_taken < 0 ? mtime_ms >= since_ms : is_taken == 0;
	return 0;
}
