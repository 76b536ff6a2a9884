/* SPDX-License-Identifier: ISC */
#include "db/db.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/require.h"
#include "db/db_private.h"
#include "io/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A commit that leaves a larger WAL, 32 MiB, is followed by a checkpoint. */
#define CHECKPOINT_PAGES ((32 << 20) / PAGE_BYTES)
#define PAGE_BYTES 8192
#define TEXT_OF(number) #number
#define TEXT(number) TEXT_OF(number)

static int
take_lock(struct db *db, struct err *err)
{
	return lock_take(&db->lock, false, db->wait_ms, db->path, err);
}

static void
give_lock(struct db *db)
{
	lock_give(&db->lock);
}

static int
open_lock(struct db *db, bool may_make, struct err *err)
{
	struct buf path = BUF_EMPTY;
	int result;

	buf_printf(&path, "%s.lock", db->real_path);
	result = lock_init(&db->lock, buf_text(&path), may_make, err);
	buf_release(&path);
	return result;
}

/* Tells apart the cases for which SQLite says "unable to open database file". */
static int
check_path(const char *path, enum db_mode mode, struct err *err)
{
	struct stat status;

	if (strcmp(path, DB_TEMPORARY) == 0)
		return 0;
	if (stat(path, &status) < 0) {
		if (mode == DB_WRITE && errno == ENOENT)
			return 0;
		return err_system(err, EXIT_NO_INPUT, "%s", path);
	}
	if (S_ISDIR(status.st_mode))
		return err_set(err, EXIT_NO_INPUT,
		    "%s: is a directory; name a database file in it", path);
	if (!S_ISREG(status.st_mode))
		return err_set(err, EXIT_NO_INPUT, "%s: is not a regular file", path);
	if (access(path, R_OK) < 0)
		return err_system(err, EXIT_NO_INPUT, "%s", path);
	if (mode == DB_WRITE && access(path, W_OK) < 0)
		return err_system(err, EXIT_CREATE, "%s: this user may read "
		    "the database but not write to it", path);
	return 0;
}

static int
note_wal_pages(void *context, sqlite3 *handle, const char *name, int pages)
{
	struct db *db = context;

	(void)handle;
	(void)name;
	db->wal_pages = pages;
	return SQLITE_OK;
}

/* synchronous=FULL here too: a file that a power cut has damaged would have to be noticed
 * by every reader. The journal mode is that of a new file, and not set: the file may be
 * one of another program, which is read to find that out and must stay as it is. */
static int
set_pragmas_of_shared(struct db *db, enum db_mode mode, struct err *err)
{
	if (mode == DB_SHARE_READ)
		return db_run(db, "PRAGMA query_only = ON", err);
	return db_run(db, "PRAGMA page_size = " TEXT(PAGE_BYTES) ";"
	    "PRAGMA synchronous = FULL; PRAGMA cache_size = -4096", err);
}

static int
set_pragmas(struct db *db, enum db_mode mode, struct err *err)
{
	sqlite3_extended_result_codes(db->handle, 1);
	sqlite3_busy_timeout(db->handle, (int)db->wait_ms);
	if (db_run(db, "PRAGMA temp_store = MEMORY", err) < 0)
		return -1;
	if (mode == DB_SHARE || mode == DB_SHARE_READ)
		return set_pragmas_of_shared(db, mode, err);
	if (mode == DB_READ)
		return db_run(db, "PRAGMA query_only = ON", err);
	/* synchronous=FULL: a reported commit survives a power cut. */
	if (take_lock(db, err) < 0)
		return -1;
	/* cache_size comes last, because SQLite converts KiB to pages at once,
	 * and knows the page size only after it has read the file. */
	if (db_run(db,
	    "PRAGMA page_size = " TEXT(PAGE_BYTES) "; PRAGMA journal_mode = WAL;"
	    "PRAGMA synchronous = FULL; PRAGMA cache_size = -4096", err) < 0) {
		give_lock(db);
		return -1;
	}
	give_lock(db);
	/* Replaces SQLite's automatic checkpoints, which do not take the lock. */
	sqlite3_wal_hook(db->handle, note_wal_pages, db);
	return 0;
}

/* Appends path as a SQLite URI which promises that the file will not change. */
static void
add_immutable_uri(struct buf *out, const char *path)
{
	buf_add_text(out, "file:");
	for (; *path != '\0'; path++)
		if (strchr("?#%", *path) != NULL)
			buf_printf(out, "%%%02X", (unsigned char)*path);
		else
			buf_add_char(out, *path);
	buf_add_text(out, "?immutable=1");
}

/* In WAL mode a reader must make PATH-shm when it is missing. Where it has no
 * right to, it can read the file alone if the WAL is empty and no process
 * changes the file: a shared lock blocks writers until db_close. */
static int
reopen_immutable(struct db *db, struct err *err)
{
	struct buf uri = BUF_EMPTY;
	struct stat wal;
	int result;

	if (open_lock(db, false, err) < 0 || lock_take(&db->lock, true,
	    db->wait_ms, db->path, err) < 0)
		return -1;
	if (stat(db->wal_path, &wal) == 0 && wal.st_size > 0)
		return err_set(err, EXIT_NO_INPUT, "%s: its newest rows are in "
		    "%s, which can be read only where this user may write",
		    db->path, db->wal_path);
	add_immutable_uri(&uri, db->real_path);
	db->is_immutable = true;
	sqlite3_close_v2(db->handle);
	db->handle = NULL;
	result = sqlite3_open_v2(buf_text(&uri), &db->handle,
	    SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX,
	    NULL) == SQLITE_OK ? set_pragmas(db, DB_READ, err) : db_fail(db, err);
	buf_release(&uri);
	return result;
}

/* Finds out whether the file can be read, since opening alone reads nothing. */
static int
try_reading(struct db *db, struct err *err)
{
	int result = db_run(db, "PRAGMA schema_version", err);

	if (result == 0 || (err->exit_code != EXIT_CREATE &&
	    err->exit_code != EXIT_NO_INPUT))
		return result;
	return reopen_immutable(db, err);
}

/* Returns the absolute name of the file without links, which the caller frees.
 * Two names of one file must lead to one lock, and SQLite must not see a name
 * that it gives a meaning, such as ":memory:". */
static char *
real_path_of(const char *path)
{
	char *real;

	if (strcmp(path, DB_TEMPORARY) == 0)
		return mem_text(path);
	real = realpath(path, NULL);
	return real != NULL ? real : file_real_name(path);
}

int
db_open(struct db **out, const char *path, enum db_mode mode, int64_t wait_ms,
    struct err *err)
{
	int flags = mode == DB_WRITE ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
	    : mode == DB_SHARE ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
	struct buf wal = BUF_EMPTY;
	struct db *db;

	REQUIRE(wait_ms >= 0);
	if (check_path(path, mode, err) < 0)
		return -1;
	db = mem_new(1, sizeof(*db));
	db->path = mem_text(path);
	db->real_path = real_path_of(path);
	buf_printf(&wal, "%s-wal", db->real_path);
	db->wal_path = wal.data;
	db->wait_ms = wait_ms;
	db->is_shared = mode == DB_SHARE || mode == DB_SHARE_READ;
	db->lock.fd = -1;
	if (mode == DB_WRITE && strcmp(path, DB_TEMPORARY) != 0 &&
	    open_lock(db, true, err) < 0)
		goto fail;
	if (sqlite3_open_v2(db->real_path, &db->handle, flags | SQLITE_OPEN_NOMUTEX,
	    NULL) != SQLITE_OK) {
		db_fail(db, err);
		goto fail;
	}
	if (set_pragmas(db, mode, err) < 0 ||
	    (mode == DB_READ && try_reading(db, err) < 0))
		goto fail;
	*out = db;
	return 0;
fail:
	db_close(db);
	return -1;
}

void
db_close(struct db *db)
{
	struct err ignored;
	bool may_checkpoint;

	if (db == NULL)
		return;
	db_rollback(db);
	db_finalize(db->data_version);
	/* The last connection to close makes a checkpoint, which needs the lock.
	 * A process that holds the lock now will close later and make it. */
	may_checkpoint = !db->is_immutable && db->lock.fd >= 0 &&
	    lock_take(&db->lock, false, 0, db->path, &ignored) == 0;
	if (db->handle != NULL && !may_checkpoint)
		sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
		    1, NULL);
	sqlite3_close_v2(db->handle);
	table_image_release(&db->image);
	lock_release(&db->lock);
	free(db->path);
	free(db->real_path);
	free(db->wal_path);
	free(db);
}

const char *
db_path(const struct db *db)
{
	return db->path;
}

const char *
db_real_path(const struct db *db)
{
	return db->real_path;
}

int
db_run(struct db *db, const char *sql, struct err *err)
{
	if (sqlite3_exec(db->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
		return db_fail(db, err);
	return 0;
}

int
db_keep_little(struct db *db, struct err *err)
{
	return db_run(db, "PRAGMA cache_size = -256", err);
}

int
db_integer(struct db *db, const char *sql, int64_t absent, int64_t *out,
    struct err *err)
{
	struct db_statement *statement;
	int result;

	if (db_prepare(db, &statement, sql, err) < 0)
		return -1;
	result = db_step(statement, err);
	*out = absent;
	if (result == 1 && db_column_type(statement, 0) != DB_NULL)
		*out = db_column_integer(statement, 0);
	db_finalize(statement);
	return result < 0 ? -1 : 0;
}

int
db_begin(struct db *db, struct err *err)
{
	int result;

	REQUIRE(!db->in_transaction);
	if (take_lock(db, err) < 0)
		return -1;
	if (db->is_shared)
		sqlite3_busy_timeout(db->handle, 0);
	result = db_run(db, "BEGIN IMMEDIATE", err);
	if (db->is_shared)
		sqlite3_busy_timeout(db->handle, (int)db->wait_ms);
	if (result < 0) {
		give_lock(db);
		return -1;
	}
	db->in_transaction = true;
	return 0;
}

int
db_commit(struct db *db, struct err *err)
{
	REQUIRE(db->in_transaction);
	if (db_run(db, "COMMIT", err) < 0) {
		db_rollback(db);
		return -1;
	}
	/* A failed checkpoint loses nothing: the rows stay in the WAL. */
	if (db->wal_pages > CHECKPOINT_PAGES)
		sqlite3_wal_checkpoint_v2(db->handle, "main",
		    SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	db->in_transaction = false;
	give_lock(db);
	return 0;
}

void
db_rollback(struct db *db)
{
	if (!db->in_transaction)
		return;
	if (!sqlite3_get_autocommit(db->handle))
		sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
	db->in_transaction = false;
	give_lock(db);
}

int64_t
db_changes(struct db *db)
{
	return sqlite3_changes64(db->handle);
}

int
db_data_version(struct db *db, int64_t *out, struct err *err)
{
	int result;

	if (db->data_version == NULL && db_prepare(db, &db->data_version,
	    "PRAGMA data_version", err) < 0)
		return -1;
	result = db_step(db->data_version, err);
	if (result == 1) {
		*out = db_column_integer(db->data_version, 0);
		db_reset(db->data_version);
	}
	return result < 0 ? -1 : 0;
}
