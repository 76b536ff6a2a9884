/* SPDX-License-Identifier: ISC */
#include "metric/sql_family.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define MAX_LABELS SQL_FAMILY_MAX_LABELS
#define RUN_ID "run_id"

/* The statement of a definition and the roles of its columns. */
struct query {
	const struct metric_definition *definition;
	struct db_statement *statement;
	int value; /* column */
	int suffix; /* column, or -1 */
	struct prometheus_label labels[MAX_LABELS + 1]; /* and the run, */
	int columns[MAX_LABELS + 1]; /* of the labels; -1: the run, which is no column */
	size_t label_count;
};

/* A statement that SQLite refuses is a fault of the metric file; a busy or broken
 * database is not. */
static int
blame_definition(const struct metric_definition *definition, struct err *err)
{
	if (err->exit_code == EXIT_BUG)
		err->exit_code = EXIT_CONFIG;
	return err_in(err, "%s: line %d", definition->path, definition->line);
}

static int
add_label(struct query *query, const char *name, int column, struct err *err)
{
	if (!prometheus_is_label_name(name))
		return err_set(err, EXIT_CONFIG, "column '%s' is not a name for a "
		    "label (letters, digits and _, no digit first, not __)",
		    name);
	for (size_t i = 0; i < query->label_count; i++)
		if (strcmp(query->labels[i].name, name) == 0)
			return err_set(err, EXIT_CONFIG,
			    "two columns are named %s", name);
	if (query->label_count == MAX_LABELS)
		return err_set(err, EXIT_CONFIG, "more than %d labels",
		    MAX_LABELS);
	query->labels[query->label_count].name = name;
	query->columns[query->label_count++] = column;
	return 0;
}

static int
find_columns(struct query *query, struct err *err)
{
	int count = db_column_count(query->statement);

	query->value = query->suffix = -1;
	query->label_count = 0;
	for (int i = 0; i < count; i++) {
		const char *name = db_column_name(query->statement, i);
		int *role = strcmp(name, "value") == 0 ? &query->value
		    : strcmp(name, "suffix") == 0 ? &query->suffix : NULL;

		if (role == NULL) {
			if (add_label(query, name, i, err) < 0)
				return -1;
		} else if (*role >= 0) {
			return err_set(err, EXIT_CONFIG,
			    "two columns are named %s", name);
		} else {
			*role = i;
		}
	}
	if (query->value < 0)
		return err_set(err, EXIT_CONFIG, "no column is named value");
	return 0;
}

static int
open_query(struct query *query, struct db *db, const char *run_id,
    struct err *err)
{
	query->statement = NULL;
	if (db_prepare(db, &query->statement, query->definition->text, err) < 0)
		return -1;
	if (!db_is_read_only(query->statement))
		return err_set(err, EXIT_CONFIG,
		    "the statement changes the database; it must only read");
	if (find_columns(query, err) < 0)
		return -1;
	if (db_has_parameter(query->statement, ":run_id"))
		DB_BIND(query->statement, db_value_text(":run_id", run_id));
	return 0;
}

/* Adds the sample of the current row, unless its value is NULL. */
static int
add_row(struct query *query, struct prometheus_family *family, struct err *err)
{
	struct db_statement *statement = query->statement;
	enum db_type type = db_column_type(statement, query->value);
	const char *suffix = NULL;
	struct err reason;

	if (type == DB_NULL)
		return 0;
	for (size_t i = 0; i < query->label_count; i++) {
		if (query->columns[i] < 0)
			continue;
		query->labels[i].value = db_column_text(statement,
		    query->columns[i]);
		query->labels[i].len = db_column_bytes(statement,
		    query->columns[i]);
	}
	if (query->suffix >= 0)
		suffix = db_column_text(statement, query->suffix);
	suffix = suffix != NULL ? suffix : "";
	if (type == DB_INTEGER || type == DB_REAL)
		return prometheus_add(family, suffix, query->labels, query->label_count,
		    db_column_real(statement, query->value), err);
	err_set(&reason, EXIT_CONFIG, "column value is text, not a number: '%.40s'",
	    type == DB_TEXT ? db_column_text(statement, query->value) : "");
	return prometheus_add_wrong(family, suffix, query->labels, query->label_count,
	    type == DB_TEXT ? reason.text : "column value is a blob, not a number",
	    err);
}

/* Has all samples name the run, unless the statement does so. */
static void
name_run(struct query *query, const char *run_id)
{
	for (size_t i = 0; i < query->label_count; i++)
		if (strcmp(query->labels[i].name, RUN_ID) == 0)
			return;
	query->labels[query->label_count] = (struct prometheus_label){ RUN_ID, run_id,
		strlen(run_id) };
	query->columns[query->label_count++] = -1;
}

/* Adds the samples of all rows. A statement that SQLite compiles and that fails all the same
 * does so because of what is in the tables, or of how much: it is left out. */
static int
add_rows(struct query *query, struct prometheus_family *family, struct err *err)
{
	size_t first = family->count;
	int more;

	while ((more = db_step(query->statement, err)) == 1)
		if (add_row(query, family, err) < 0)
			return -1;
	if (more < 0 && err->exit_code == EXIT_BUG) {
		prometheus_leave_out(family, first, err);
		return 0;
	}
	return more;
}

int
sql_family_add(struct prometheus_family *family,
    const struct metric_definition *definition, struct db *db, const char *run_id,
    bool names_run, struct err *err)
{
	struct query query = { .definition = definition };
	int result = open_query(&query, db, run_id, err);

	if (result == 0 && names_run)
		name_run(&query, run_id);
	if (result == 0) {
		db_limit(db, SQL_FAMILY_LIMIT_MS);
		result = add_rows(&query, family, err);
		db_limit(db, 0);
	}
	db_finalize(query.statement);
	return result < 0 ? blame_definition(definition, err) : 0;
}

int
sql_family_labels(struct sql_family_labels *out, const struct metric_definition *definition,
    struct db *db, struct err *err)
{
	struct query query = { .definition = definition };
	int result = open_query(&query, db, NULL, err);

	out->count = 0;
	for (size_t i = 0; i < query.label_count && result == 0; i++)
		out->names[out->count++] = mem_text(query.labels[i].name);
	db_finalize(query.statement);
	return result < 0 ? blame_definition(definition, err) : 0;
}

void
sql_family_labels_release(struct sql_family_labels *labels)
{
	for (size_t i = 0; i < labels->count; i++)
		free(labels->names[i]);
	labels->count = 0;
}
