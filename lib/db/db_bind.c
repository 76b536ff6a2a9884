/* SPDX-License-Identifier: ISC
 *
 * Values for the parameters of statements, by name.
 */
#include "base/mem.h"
#include "base/require.h"
#include "db/db_private.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Binding an unknown parameter or a running statement is a bug of the caller; SQLite
 * would drop the value. */
static void
check_bound(int code)
{
	if (code == SQLITE_NOMEM)
		mem_exhausted();
	REQUIRE(code == SQLITE_OK);
}

void
db_name_parameters(struct db_statement *statement)
{
	int count = sqlite3_bind_parameter_count(statement->handle);

	statement->name_count = (size_t)count;
	statement->names = mem_new((size_t)count + 1,
	    sizeof(statement->names[0]));
	for (int i = 0; i < count; i++) {
		const char *name = sqlite3_bind_parameter_name(
		    statement->handle, i + 1);

		statement->names[i] = name != NULL ? mem_text(name) : NULL;
	}
}

void
db_release_names(struct db_statement *statement)
{
	for (size_t i = 0; i < statement->name_count; i++)
		free(statement->names[i]);
	free(statement->names);
}

struct db_value
db_value_integer(const char *name, int64_t value)
{
	return (struct db_value){ .name = name, .type = DB_INTEGER,
		.integer = value };
}

struct db_value
db_value_text(const char *name, const char *text)
{
	return (struct db_value){ .name = name, .bytes = text,
		.type = text != NULL ? DB_TEXT : DB_NULL,
		.len = text != NULL ? strlen(text) : 0 };
}

struct db_value
db_value_text_of(const char *name, const char *text, size_t len)
{
	return (struct db_value){ .name = name, .bytes = text,
		.type = text != NULL ? DB_TEXT : DB_NULL, .len = len };
}

struct db_value
db_value_blob(const char *name, const void *bytes, size_t len)
{
	return (struct db_value){ .name = name, .type = DB_BLOB,
		.bytes = bytes, .len = len };
}

static bool
has_name(const struct db_statement *statement, size_t i, const char *name)
{
	return i < statement->name_count && statement->names[i] != NULL &&
	    strcmp(statement->names[i], name) == 0;
}

bool
db_has_parameter(const struct db_statement *statement, const char *name)
{
	for (size_t i = 0; i < statement->name_count; i++)
		if (has_name(statement, i, name))
			return true;
	return false;
}

static void
bind_text(struct db_statement *statement, int i, const char *text, size_t len)
{
	REQUIRE(len <= INT_MAX);
	check_bound(sqlite3_bind_text(statement->handle, i, text, (int)len,
	    SQLITE_STATIC));
}

static void
bind_blob(struct db_statement *statement, int i, const void *bytes,
    size_t len)
{
	REQUIRE(len <= INT_MAX);
	if (len == 0)
		check_bound(sqlite3_bind_zeroblob(statement->handle, i, 0));
	else
		check_bound(sqlite3_bind_blob(statement->handle, i, bytes, (int)len,
		    SQLITE_STATIC));
}

static void
bind_value(struct db_statement *statement, int i, const struct db_value *value)
{
	switch (value->type) {
	case DB_INTEGER:
		check_bound(sqlite3_bind_int64(statement->handle, i,
		    value->integer));
		return;
	case DB_TEXT:
		bind_text(statement, i, value->bytes, value->len);
		return;
	case DB_BLOB:
		bind_blob(statement, i, value->bytes, value->len);
		return;
	case DB_REAL: /* db_value_... makes none */
		REQUIRE(value->type != DB_REAL);
		return;
	case DB_NULL: /* what is not bound is NULL */
		return;
	}
}

void
db_bind(struct db_statement *statement, const struct db_value *values,
    size_t count)
{
	size_t at = 0; /* where the next name is expected */

	sqlite3_clear_bindings(statement->handle);
	for (size_t i = 0; i < count; i++) {
		const char *name = values[i].name;

		if (!has_name(statement, at, name))
			for (at = 0; at < statement->name_count &&
			    !has_name(statement, at, name); at++)
				;
		REQUIRE(at < statement->name_count);
		bind_value(statement, (int)at + 1, &values[i]);
		at++;
	}
}
