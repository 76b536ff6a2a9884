/* SPDX-License-Identifier: ISC */
#include "metric/metric.h"
#include "base/mem.h"
#include "metric/exposition.h"
#include "store/run.h"

#include <stdlib.h>
#include <string.h>

#define MAX_LABELS 30

/* The statement of a definition and the roles of its columns. */
struct query {
	const struct metric_definition *definition;
	struct db_statement *statement;
	int value; /* column */
	int suffix; /* column, or -1 */
	struct prometheus_label labels[MAX_LABELS];
	int columns[MAX_LABELS]; /* of the labels */
	size_t label_count;
};

/* The run to show; *out stays NULL when there is none. */
static int
choose_run(struct db *db, const char *run_id, char **out, struct err *err)
{
	int known;

	if (run_id == NULL)
		return run_newest(db, RUN_ANY_TIME, out, err) < 0 ? -1 : 0;
	known = run_is_known(db, run_id, err);
	if (known == 1)
		*out = mem_text(run_id);
	return known < 0 ? -1 : 0;
}

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

/* Counts what was left out of a family. */
static void
note_dropped(const struct metric_definition *definition,
    const struct prometheus_family *family, struct metric_result *result)
{
	if (family->dropped_count > 0 && result->dropped_count == 0) {
		result->dropped = family->dropped;
		err_in(&result->dropped, "%s: line %d", definition->path,
		    definition->line);
	}
	result->dropped_count += family->dropped_count;
}

static int
print_family(const struct metric_definition *definition, struct db *db,
    struct buf *out, struct metric_result *result, struct err *err)
{
	struct query query = { .definition = definition };
	struct prometheus_family family;
	int more = -1;

	prometheus_init(&family, definition->name, definition->type,
	    definition->help);
	if (open_query(&query, db, result->run_id, err) < 0)
		goto done;
	while ((more = db_step(query.statement, err)) == 1)
		if (add_row(&query, &family, err) < 0) {
			more = -1;
			break;
		}
	if (more == 0)
		more = prometheus_settle(&family, err);
	if (more == 0)
		more = exposition_print(EXPOSITION_TEXT, &family, NULL, 0, out, err);
	if (more == 0) {
		note_dropped(definition, &family, result);
		result->family_count += family.count > 0;
		result->sample_count += family.count;
	}
done:
	prometheus_release(&family);
	db_finalize(query.statement);
	return more < 0 ? blame_definition(definition, err) : 0;
}

static int
print_all(const struct metric_pack *packs, struct db *db, const char *run_id,
    struct buf *out, struct metric_result *result, struct err *err)
{
	bool needs_run = run_id != NULL;

	for (size_t i = 0; i < packs->count; i++)
		needs_run |= packs->entries[i].definition.uses_run;
	if (needs_run && choose_run(db, run_id, &result->run_id, err) < 0)
		return -1;
	result->lacks_run = needs_run && result->run_id == NULL;
	if (result->run_id != NULL &&
	    run_left(db, result->run_id, &result->left, err) < 0)
		return -1;
	for (size_t i = 0; i < packs->count; i++) {
		const struct metric_definition *definition =
		    &packs->entries[i].definition;

		if (definition->uses_run &&
		    (result->run_id == NULL || result->left.rows > 0))
			continue;
		if (print_family(definition, db, out, result, err) < 0)
			return -1;
	}
	return 0;
}

void
metric_result_release(struct metric_result *result)
{
	free(result->run_id);
	free(result->left.archive);
	result->run_id = result->left.archive = NULL;
}

int
metric_print(const struct metric_pack *packs, struct db *db,
    const char *run_id, struct buf *out, struct metric_result *result,
    struct err *err)
{
	struct err ignored;

	memset(result, 0, sizeof(*result));
	if (db_run(db, "BEGIN", err) < 0)
		return -1;
	if (print_all(packs, db, run_id, out, result, err) == 0 &&
	    db_run(db, "COMMIT", err) == 0)
		return 0;
	(void)!db_run(db, "ROLLBACK", &ignored);
	metric_result_release(result);
	return -1;
}
