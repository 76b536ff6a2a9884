/* SPDX-License-Identifier: ISC
 *
 * What SQLite says of a failure, as a message and an exit code.
 */
#include "db/db_private.h"

static int
exit_code_of(int result)
{
	switch (result & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL: /* a race for the locks of the WAL */
		return EXIT_AGAIN;
	case SQLITE_FULL:
	case SQLITE_IOERR:
		return EXIT_IO;
	case SQLITE_CANTOPEN:
		return EXIT_NO_INPUT;
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return EXIT_CREATE;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_SCHEMA:
		return EXIT_DATA;
	default:
		return EXIT_BUG;
	}
}

int
db_fail(const struct db *db, struct err *err)
{
	int result = sqlite3_extended_errcode(db->handle);
	int code = exit_code_of(result);

	/* A writer's file is its output, so EXIT_DATA would blame the input. */
	if ((result & 0xff) == SQLITE_CORRUPT && db->lock.fd >= 0 &&
	    !db->is_immutable)
		code = EXIT_IO;
	if (code == EXIT_AGAIN)
		return err_set(err, code,
		    "%s: in use by another process (waited %lld ms); try again",
		    db->path, (long long)db->wait_ms);
	if ((result & 0xff) == SQLITE_FULL)
		return err_set(err, code, "%s: disk full: nothing of this "
		    "transaction was stored; free space and run again",
		    db->path);
	if ((result & 0xff) == SQLITE_INTERRUPT)
		return err_set(err, code, "%s%sthe statement took longer than %lld ms",
		    db->path, db->path[0] != '\0' ? ": " : "", (long long)db->limit_ms);
	/* A temporary database has no name. */
	return err_set(err, code, "%s%s%s", db->path, db->path[0] != '\0' ? ": " : "",
	    sqlite3_errmsg(db->handle));
}
