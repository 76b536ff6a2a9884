/* SPDX-License-Identifier: ISC
 *
 * bench-insert -- how fast rows of http_events can be inserted into a SQLite
 * file when nothing else is done: the limit that tel-ingest is measured
 * against.
 *
 *   bench-insert dump DB ROWS   writes the rows of a database to a flat file
 *   bench-insert run ROWS DB    inserts them into the same table of a new
 *                               database, as durably as tel-ingest does
 *   bench-insert plain ROWS DB  inserts them into a table without types and
 *                               constraints, in one transaction, with SQLite's
 *                               default settings
 *
 * ROWS has a header and then the values: the SQLite type of each (a byte),
 * followed by 8 bytes for an integer or a double, or 4 bytes of length and the
 * text. Byte order is that of the machine.
 */
#include "base/buf.h"
#include "base/log.h"
#include "base/prog.h"
#include "tel/event_sql.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The settings of lib/db/db.c. */
#define PRAGMAS "PRAGMA page_size = 8192; PRAGMA cache_size = -16384;" \
	"PRAGMA temp_store = MEMORY; PRAGMA journal_mode = WAL;" \
	"PRAGMA synchronous = FULL"
#define CHECKPOINT_PAGES ((32 << 20) / 8192)
/* Rows in a transaction; more are not faster. */
#define GROUP_ROWS 20000

struct header {
	char magic[8];
	int64_t column_count, row_count;
};
static const char magic[8] = "telrows1";

struct rows {
	const char *next; /* borrowed from the mapping, which stays until the end */
	int64_t column_count, row_count;
};

static int
fail(sqlite3 *db, struct err *err)
{
	return err_set(err, EXIT_IO, "%s", sqlite3_errmsg(db));
}

static void
dump_value(sqlite3_stmt *query, int i, FILE *out)
{
	int type = sqlite3_column_type(query, i);

	fputc(type, out);
	if (type == SQLITE_INTEGER) {
		int64_t integer = sqlite3_column_int64(query, i);

		fwrite(&integer, sizeof(integer), 1, out);
	} else if (type == SQLITE_FLOAT) {
		double real = sqlite3_column_double(query, i);

		fwrite(&real, sizeof(real), 1, out);
	} else if (type == SQLITE_TEXT) {
		const unsigned char *text = sqlite3_column_text(query, i);
		uint32_t len = (uint32_t)sqlite3_column_bytes(query, i);

		fwrite(&len, sizeof(len), 1, out);
		fwrite(text, 1, len, out);
	}
}

static int
dump_rows(sqlite3 *db, FILE *out, struct err *err)
{
	struct header header;
	sqlite3_stmt *query;
	int result;

	memset(&header, 0, sizeof(header));
	memcpy(header.magic, magic, sizeof(magic));
	if (sqlite3_prepare_v2(db, "SELECT * FROM http_events ORDER BY id", -1,
	    &query, NULL) != SQLITE_OK)
		return fail(db, err);
	header.column_count = sqlite3_column_count(query);
	fwrite(&header, sizeof(header), 1, out);
	while ((result = sqlite3_step(query)) == SQLITE_ROW) {
		for (int i = 0; i < header.column_count; i++)
			dump_value(query, i, out);
		header.row_count++;
	}
	sqlite3_finalize(query);
	if (result != SQLITE_DONE)
		return fail(db, err);
	rewind(out);
	fwrite(&header, sizeof(header), 1, out);
	return 0;
}

static int
dump(const char *db_path, const char *rows_path, struct err *err)
{
	sqlite3 *db;
	FILE *out;
	int result;

	if (sqlite3_open_v2(db_path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
		return fail(db, err);
	out = fopen(rows_path, "wb");
	if (out == NULL)
		return err_system(err, EXIT_CREATE, "%s", rows_path);
	result = dump_rows(db, out, err);
	if (ferror(out) || fclose(out) != 0)
		result = err_system(err, EXIT_IO, "%s", rows_path);
	sqlite3_close(db);
	return result;
}

static int
map_rows(struct rows *rows, const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct header header;
	struct stat status;
	const char *bytes;

	if (fd < 0 || fstat(fd, &status) < 0)
		return err_system(err, EXIT_NO_INPUT, "%s", path);
	if ((size_t)status.st_size < sizeof(header))
		return err_set(err, EXIT_DATA, "%s: not a file of rows", path);
	bytes = mmap(NULL, (size_t)status.st_size, PROT_READ,
	    MAP_PRIVATE | MAP_POPULATE, fd, 0);
	close(fd);
	if (bytes == MAP_FAILED)
		return err_system(err, EXIT_IO, "%s", path);
	memcpy(&header, bytes, sizeof(header));
	if (memcmp(header.magic, magic, sizeof(magic)) != 0)
		return err_set(err, EXIT_DATA, "%s: not a file of rows", path);
	rows->next = bytes + sizeof(header);
	rows->column_count = header.column_count;
	rows->row_count = header.row_count;
	return 0;
}

static int
prepare(sqlite3 *db, sqlite3_stmt **out, const char *sql, struct err *err)
{
	if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, out,
	    NULL) != SQLITE_OK)
		return fail(db, err);
	return 0;
}

static void
add_plain_table(struct buf *sql)
{
	buf_add_text(sql, "CREATE TABLE http_events (id INTEGER PRIMARY KEY");
	for (size_t i = 1; i < event_sql_column_count(EVENT_http); i++)
		buf_printf(sql, ", %s", event_sql_column_name(EVENT_http, i));
	buf_add_text(sql, ")");
}

static int
make_table(sqlite3 *db, bool is_plain, sqlite3_stmt **insert, struct err *err)
{
	struct buf sql = BUF_EMPTY;
	int result = 0;

	if (is_plain)
		add_plain_table(&sql);
	else
		event_sql_table(&sql, EVENT_http);
	if (sqlite3_exec(db, buf_text(&sql), NULL, NULL, NULL) != SQLITE_OK)
		result = fail(db, err);
	buf_reset(&sql);
	buf_add_text(&sql, "INSERT INTO http_events VALUES (?");
	for (size_t i = 1; i < event_sql_column_count(EVENT_http); i++)
		buf_add_text(&sql, ", ?");
	buf_add_text(&sql, ")");
	if (result == 0)
		result = prepare(db, insert, buf_text(&sql), err);
	buf_release(&sql);
	return result;
}

/* Binds a row. Lengths are not checked: this program wrote the file. */
static void
bind_row(sqlite3_stmt *insert, struct rows *rows)
{
	const char *next = rows->next;
	sqlite3_int64 integer;
	double real;
	uint32_t len;

	sqlite3_clear_bindings(insert);
	for (int i = 1; i <= rows->column_count; i++) {
		switch (*next++) {
		case SQLITE_INTEGER:
			memcpy(&integer, next, sizeof(integer));
			sqlite3_bind_int64(insert, i, integer);
			next += sizeof(integer);
			break;
		case SQLITE_FLOAT:
			memcpy(&real, next, sizeof(real));
			sqlite3_bind_double(insert, i, real);
			next += sizeof(real);
			break;
		case SQLITE_TEXT:
			memcpy(&len, next, sizeof(len));
			next += sizeof(len);
			sqlite3_bind_text(insert, i, next, (int)len, SQLITE_STATIC);
			next += len;
			break;
		default:
			break;
		}
	}
	rows->next = next;
}

static int
note_wal_pages(void *context, sqlite3 *db, const char *name, int pages)
{
	(void)db;
	(void)name;
	*(int *)context = pages;
	return SQLITE_OK;
}

static int
insert_rows(sqlite3 *db, sqlite3_stmt *insert, struct rows *rows,
    int64_t group_rows, const int *wal_pages)
{
	for (int64_t row = 0; row < rows->row_count;) {
		int64_t until = row + group_rows;

		if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
			return -1;
		for (; row < until && row < rows->row_count; row++) {
			bind_row(insert, rows);
			if (sqlite3_step(insert) != SQLITE_DONE)
				return -1;
			sqlite3_reset(insert);
		}
		if (sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
			return -1;
		if (*wal_pages > CHECKPOINT_PAGES)
			sqlite3_wal_checkpoint_v2(db, NULL,
			    SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	}
	return 0;
}

static int
run(const char *rows_path, const char *db_path, bool is_plain, struct err *err)
{
	sqlite3_stmt *insert;
	struct rows rows = { 0 };
	sqlite3 *db;
	int wal_pages = 0, result = 0;

	if (map_rows(&rows, rows_path, err) < 0)
		return -1;
	if (access(db_path, F_OK) == 0)
		return err_set(err, EXIT_CREATE, "%s: already exists", db_path);
	if (sqlite3_open_v2(db_path, &db, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		return fail(db, err);
	if (!is_plain) {
		if (sqlite3_exec(db, PRAGMAS, NULL, NULL, NULL) != SQLITE_OK)
			return fail(db, err);
		sqlite3_wal_hook(db, note_wal_pages, &wal_pages);
	}
	if (make_table(db, is_plain, &insert, err) < 0)
		return -1;
	if (sqlite3_bind_parameter_count(insert) != rows.column_count)
		return err_set(err, EXIT_DATA,
		    "%s: made for another table; dump it again", rows_path);
	if (insert_rows(db, insert, &rows, is_plain ? INT64_MAX / 2 : GROUP_ROWS,
	    &wal_pages) < 0)
		result = fail(db, err);
	sqlite3_finalize(insert);
	/* Makes a checkpoint, as tel-ingest does when it ends. */
	if (sqlite3_close(db) != SQLITE_OK && result == 0)
		result = fail(db, err);
	return result;
}

int
main(int argc, char **argv)
{
	struct err err;
	int result;

	prog_start("bench-insert");
	if (argc == 4 && strcmp(argv[1], "dump") == 0)
		result = dump(argv[2], argv[3], &err);
	else if (argc == 4 && strcmp(argv[1], "run") == 0)
		result = run(argv[2], argv[3], false, &err);
	else if (argc == 4 && strcmp(argv[1], "plain") == 0)
		result = run(argv[2], argv[3], true, &err);
	else
		result = err_set(&err, EXIT_USAGE,
		    "usage: bench-insert dump DB ROWS | run ROWS DB | plain ROWS DB");
	return prog_exit(result, &err);
}
