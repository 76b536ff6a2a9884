/* SPDX-License-Identifier: ISC */
#include "store/rebuild.h"
#include "base/buf.h"

#include <string.h>

/* How the CHECKs begin in the SQL of the old tables. */
static const struct {
	const char *table, *check;
} checks[] = {
	{ "sources", "CHECK (kind IN (" },
	{ "batches", "CHECK (redaction = " },
	{ "dead_letters", "CHECK (reason IN (" },
};

/* Returns the end of the CHECK that begins here, after its last parenthesis; NULL when
 * it has no end. No text in it contains a parenthesis. */
static const char *
end_of_check(const char *check)
{
	int depth = 0;

	for (const char *p = check; *p != '\0'; p++) {
		if (*p == '(')
			depth++;
		if (*p == ')' && --depth == 0)
			return p + 1;
	}
	return NULL;
}

/* Appends the first column of all rows, each with a semicolon on a line of its own: the
 * SQL of an index may end with a comment. */
static int
add_column(struct db *db, const char *sql, const char *table, struct buf *out,
    struct err *err)
{
	struct db_statement *statement;
	int result;

	if (db_prepare(db, &statement, sql, err) < 0)
		return -1;
	DB_BIND(statement, db_value_text(":table", table));
	while ((result = db_step(statement, err)) == 1)
		buf_printf(out, "%s\n;\n", db_column_text(statement, 0));
	db_finalize(statement);
	return result;
}

/* Appends the statements that make the table without the CHECK, if it has one. Columns,
 * indexes and triggers that users have added stay. */
static int
add_rebuild(struct db *db, const char *table, const char *check, struct buf *out,
    struct err *err)
{
	struct buf old = BUF_EMPTY;
	const char *text, *body, *start, *end;
	int result = add_column(db, "SELECT sql FROM sqlite_schema"
	    " WHERE type = 'table' AND name = :table", table, &old, err);

	text = buf_text(&old);
	body = strchr(text, '(');
	start = strstr(text, check);
	end = start != NULL ? end_of_check(start) : NULL;
	if (result == 0 && body != NULL && end != NULL) {
		buf_add_text(out, "CREATE TABLE store_rebuilt ");
		buf_add(out, body, (size_t)(start - body));
		buf_add_text(out, end);
		result = add_column(db, "SELECT printf('INSERT INTO store_rebuilt"
		    " (%s) SELECT %s FROM %s', names, names, :table)"
		    " FROM (SELECT group_concat('\"' || replace(name, '\"',"
		    " '\"\"') || '\"') AS names FROM pragma_table_info(:table))",
		    table, out, err);
		/* Dropping the old table drops its indexes and triggers. */
		if (result == 0)
			result = add_column(db, "SELECT printf('DROP TABLE %s;"
			    " ALTER TABLE store_rebuilt RENAME TO %s', :table, :table)"
			    " UNION ALL SELECT sql FROM sqlite_schema"
			    " WHERE tbl_name = :table COLLATE NOCASE AND sql IS NOT NULL"
			    " AND type IN ('index', 'trigger')", table, out, err);
	}
	buf_release(&old);
	return result;
}

/* Fails when the file has a table of the user with the name that is needed. */
static int
check_name(struct db *db, struct err *err)
{
	int64_t count = 0;

	if (db_integer(db, "SELECT count(*) FROM sqlite_schema"
	    " WHERE name = 'store_rebuilt' COLLATE NOCASE", 0, &count, err) < 0)
		return -1;
	if (count > 0)
		return err_set(err, EXIT_DATA, "%s: store_rebuilt, a name that is "
		    "needed to bring it up to date, is taken; rename it",
		    db_path(db));
	return 0;
}

int
rebuild_tables(struct db *db, struct err *err)
{
	struct buf sql = BUF_EMPTY;
	int result = 0;
	size_t empty_len;

	/* Allows renaming a table while views that refer to it are broken. */
	buf_add_text(&sql, "PRAGMA legacy_alter_table = ON;\n");
	empty_len = sql.len;
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]) && result == 0;
	    i++)
		result = add_rebuild(db, checks[i].table, checks[i].check, &sql,
		    err);
	if (result == 0 && sql.len > empty_len)
		result = check_name(db, err);
	buf_add_text(&sql, "PRAGMA legacy_alter_table = OFF;\n");
	if (result == 0)
		result = db_run(db, buf_text(&sql), err);
	buf_release(&sql);
	return result;
}
