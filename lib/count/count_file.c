/* SPDX-License-Identifier: ISC */
#include "count/count_file.h"
#include "base/tim.h"
#include "io/file.h"
#include "store/store_identity.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* How long a commit of another process is waited for. */
#define WAIT_MS 1000

void
count_file_path(struct buf *out, const struct db *store)
{
	buf_printf(out, "%s.counts", db_real_path(store));
}

/* Makes an empty file; one that is there already is fine. Returns 1, or 0 when this user
 * may not. */
static int
make(const char *path, const struct db *store)
{
	struct stat status;
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return errno == EEXIST;
	/* Only root can give the file to another owner, and only root needs to. */
	if (stat(db_real_path(store), &status) == 0) {
		if (fchown(fd, status.st_uid, status.st_gid) < 0)
			errno = 0;
		if (fchmod(fd, status.st_mode & 0666) < 0)
			errno = 0;
	}
	close(fd);
	return 1;
}

/* Sets *is_free when the file is empty, or has counts of another version, so that it may
 * be begun whosesoever it was. EXIT_DATA when it is something else. */
static int
check_kind(struct count_file *file, bool *is_free, struct err *err)
{
	int64_t application, version, tables;

	if (db_integer(file->db, "PRAGMA application_id", 0, &application, err) < 0 ||
	    db_integer(file->db, "PRAGMA user_version", 0, &version, err) < 0 ||
	    db_integer(file->db, "SELECT count(*) FROM sqlite_schema", 0, &tables,
	    err) < 0)
		return -1;
	*is_free = application == COUNT_APPLICATION_ID ? version != COUNT_VERSION
	    : application == 0 && tables == 0;
	if (!*is_free && application != COUNT_APPLICATION_ID)
		return err_set(err, EXIT_DATA, "%s: a SQLite database, but no file of "
		    "counts", db_path(file->db));
	return 0;
}

/* Returns 1 when the file is one of this store and version, 0 when it is not. */
static int
is_of_store(struct count_file *file, const char *store_id, struct err *err)
{
	int64_t version;
	char *id;
	int result;

	if (db_integer(file->db, "PRAGMA user_version", 0, &version, err) < 0)
		return -1;
	if (version != COUNT_VERSION)
		return 0;
	if (count_base_store(file->db, &id, err) < 0)
		return -1;
	result = id != NULL && strcmp(id, store_id) == 0;
	free(id);
	return result;
}

/* Under the lock of writers, since two programs may begin a file. */
static int
begin_anew(struct count_file *file, const char *store_id, struct err *err)
{
	struct buf sql = BUF_EMPTY;
	int result = db_begin(file->db, err);

	if (result < 0)
		return -1;
	buf_printf(&sql, "PRAGMA application_id = %d; PRAGMA user_version = %d;",
	    COUNT_APPLICATION_ID, COUNT_VERSION);
	result = is_of_store(file, store_id, err);
	if (result == 0)
		result = count_base_begin(file->db, store_id, tim_now_ms(), err);
	if (result == 0)
		result = db_run(file->db, buf_text(&sql), err);
	buf_release(&sql);
	if (result < 0) {
		db_rollback(file->db);
		return -1;
	}
	return db_commit(file->db, err);
}

/* Returns 1 when the file can be used, 0 when it has to be done without. */
static int
check_owner(struct count_file *file, const struct db *store, const char *store_id,
    bool is_given, struct err *err)
{
	bool is_free;
	int result = check_kind(file, &is_free, err);

	if (result == 0 && !is_free)
		result = is_of_store(file, store_id, err);
	if (result != 0)
		return result;
	if (is_given && !is_free)
		return err_set(err, EXIT_CONFIG, "%s: the counts of another database "
		    "than %s; --counts names a file of this one", db_path(file->db),
		    db_path(store));
	if (!file->is_writable)
		return 0;
	if (begin_anew(file, store_id, err) < 0)
		return err->exit_code == EXIT_AGAIN ? 0 : -1;
	return 1;
}

/* Notes which file was opened. */
static int
identify(struct count_file *file, struct err *err)
{
	struct stat status;

	if (stat(db_path(file->db), &status) < 0)
		return err_system(err, EXIT_AGAIN, "%s", db_path(file->db));
	file->device = status.st_dev;
	file->inode = status.st_ino;
	return 0;
}

/* Whether this user may write the file, and its journal beside it. */
static bool
may_write(const char *path)
{
	char *real = realpath(path, NULL), *folder;
	bool result;

	if (real == NULL)
		return false;
	folder = file_folder_of(real);
	result = access(real, W_OK) == 0 && access(folder, W_OK | X_OK) == 0;
	free(folder);
	free(real);
	return result;
}

static int
open_at(struct count_file *out, struct db *store, const char *store_id,
    const char *path, bool is_given, struct err *err)
{
	int result;

	if (make(path, store) == 0)
		return is_given ? err_system(err, EXIT_CREATE, "%s", path) : 0;
	out->is_writable = may_write(path);
	if (db_open(&out->db, path, out->is_writable ? DB_SHARE : DB_SHARE_READ,
	    WAIT_MS, err) < 0 || identify(out, err) < 0)
		return -1;
	result = check_owner(out, store, store_id, is_given, err);
	return result;
}

int
count_file_open(struct count_file *out, struct db *store, const char *path,
    struct err *err)
{
	char id[STORE_ID_SIZE];
	struct buf own = BUF_EMPTY;
	char *archive = NULL;
	int result;

	memset(out, 0, sizeof(*out));
	/* Events of standard input, and databases of older versions, have no identity
	 * by which counts would know them again. */
	if (db_path(store)[0] == '\0')
		return 0;
	if (store_identity_read(store, id, &archive, err) < 0)
		return -1;
	free(archive);
	if (id[0] == '\0')
		return 0;
	count_file_path(&own, store);
	result = open_at(out, store, id, path != NULL ? path : buf_text(&own),
	    path != NULL, err);
	buf_release(&own);
	return result;
}

void
count_file_close(struct count_file *file)
{
	db_close(file->db);
	file->db = NULL;
}

int
count_file_check(const struct count_file *file, struct err *err)
{
	struct stat status;

	if (stat(db_path(file->db), &status) == 0 && status.st_dev == file->device &&
	    status.st_ino == file->inode)
		return 0;
	return err_set(err, EXIT_AGAIN, "%s: was deleted or replaced meanwhile",
	    db_path(file->db));
}
