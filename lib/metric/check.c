/* SPDX-License-Identifier: ISC */
#include "metric/check.h"
#include "metric/counted_metric.h"
#include "metric/metric_name.h"
#include "metric/self_families.h"
#include "metric/slo_families.h"
#include "metric/sql_family.h"

#include <ctype.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Appends each line of `found` with where it was found. */
static void
add_lines(struct buf *out, const struct metric_definition *definition,
    const struct buf *found)
{
	const char *line = buf_text(found);

	while (*line != '\0') {
		size_t len = strcspn(line, "\n");

		buf_printf(out, "%s: line %d: %.*s\n", definition->path, definition->line,
		    (int)len, line);
		line += len + (line[len] == '\n');
	}
}

/* The labels of a definition, and of its buckets. */
struct labels {
	const char *names[SQL_FAMILY_MAX_LABELS + 1];
	size_t count;
};

static void
add_counted_labels(struct labels *labels, const struct metric_definition *definition)
{
	const struct metric_counted *counted = definition->counted;

	for (size_t i = 0; i < counted->label_count; i++)
		labels->names[labels->count++] = counted->label_names[i];
	if (counted->edge_count > 0)
		labels->names[labels->count++] = "le";
}

static size_t
check_names(const struct metric_definition *definition, const struct labels *labels,
    struct buf *out)
{
	const struct metric_names names = { .name = definition->name,
		.type = definition->type, .labels = labels->names,
		.label_count = labels->count };
	struct buf found = BUF_EMPTY;
	size_t count = metric_name_check(&names, &found);

	add_lines(out, definition, &found);
	buf_release(&found);
	return count;
}

/* Whether a word of the SQL ends in _ms. */
static bool
has_ms(const char *sql)
{
	const char *place = sql;

	while ((place = strstr(place, "_ms")) != NULL) {
		place += 3;
		if (!isalnum((unsigned char)*place) && *place != '_')
			return true;
	}
	return false;
}

/* A value in ms is divided by 1000 where it is one column, and else by the person who
 * wrote it. */
static size_t
check_value(const struct metric_definition *definition, struct buf *out)
{
	const struct metric_counted *counted = definition->counted;

	if (counted->divisor > 1 || !has_ms(counted->value) ||
	    strstr(counted->value, "1000") != NULL ||
	    !metric_name_is_in_seconds(definition->name))
		return 0;
	buf_printf(out, "%s: line %d: metric %s: the value is in ms, and only one column is "
	    "divided by itself: write (...) / 1000\n", definition->path, definition->line,
	    definition->name);
	return 1;
}

static size_t
check_one(const struct metric_definition *definition, struct db *store, struct buf *out)
{
	struct sql_family_labels columns;
	struct labels labels = { .count = 0 };
	size_t count;
	struct err err;

	if (definition->counted != NULL) {
		add_counted_labels(&labels, definition);
		count = check_names(definition, &labels, out);
		return count + check_value(definition, out);
	}
	if (sql_family_labels(&columns, definition, store, &err) < 0) {
		buf_printf(out, "%s\n", err.text);
		return 1;
	}
	for (size_t i = 0; i < columns.count; i++)
		labels.names[labels.count++] = columns.names[i];
	count = check_names(definition, &labels, out);
	sql_family_labels_release(&columns);
	return count;
}

/* The families that no file defines: those of objectives, and about the evaluation. */
static void
add_own(struct metric_families *own)
{
	const struct self_facts facts = { .since_ms = 0 };

	(void)metric_families_add_dropped(own);
	self_families_add(own, &facts);
	slo_families_begin(own);
}

/* Returns -1 when the definition has a name that clashes with theirs. */
static int
check_own(const struct metric_definition *definition, const struct metric_families *own,
    struct err *err)
{
	for (size_t i = 0; i < own->count; i++) {
		const struct prometheus_family *family = own->items[i];

		if (metric_name_clash(definition->name, definition->type, family->name,
		    family->type))
			return err_set(err, EXIT_CONFIG, "%s: line %d: metric %s cannot "
			    "stand beside %s, which is printed without a file",
			    definition->path, definition->name_line, definition->name,
			    family->name);
	}
	return 0;
}

int
metric_check_own(const struct metric_pack *packs, struct err *err)
{
	struct metric_families own = { NULL, 0, 0 };
	int result = 0;

	add_own(&own);
	for (size_t i = 0; i < packs->count && result == 0; i++)
		result = check_own(&packs->entries[i].definition, &own, err);
	metric_families_release(&own);
	return result;
}

size_t
metric_check(const struct metric_pack *packs, struct db *store, struct buf *out)
{
	struct metric_families own = { NULL, 0, 0 };
	size_t count = packs->fault_count;
	struct err err;

	add_own(&own);
	buf_add(out, packs->faults.data, packs->faults.len);
	for (size_t i = 0; i < packs->count; i++) {
		const struct metric_definition *definition = &packs->entries[i].definition;

		if (check_own(definition, &own, &err) < 0) {
			buf_printf(out, "%s\n", err.text);
			count++;
		}
		count += check_one(definition, store, out);
	}
	metric_families_release(&own);
	return count;
}

/* Labels of families that no file defines. */
static const char *const self_labels[] = { "family", "version", "commit" };
static const char *const slo_labels[] = { "service", "slo", "objective", "verdict",
	"tel_slo_verdict", "window", "severity", "long", "short", "digest" };

static int
check_label(const char *const *names, size_t count, const char *owner,
    const struct prometheus_label *label, struct err *err)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], label->name) == 0)
			return err_set(err, EXIT_USAGE, "--label %s: %s has a label of that "
			    "name", label->name, owner);
	return 0;
}

/* Compares the labels with those of one definition. What else is wrong with its SQL is told
 * when it is used. */
static int
check_labels_of(const struct metric_definition *definition, struct db *store,
    const struct prometheus_label *labels, size_t count, struct err *err)
{
	struct sql_family_labels columns = { .count = 0 };
	struct labels own = { .count = 0 };
	struct buf owner = BUF_EMPTY;
	struct err ignored;
	int result = 0;

	if (definition->counted != NULL)
		add_counted_labels(&own, definition);
	else if (sql_family_labels(&columns, definition, store, &ignored) == 0)
		for (size_t i = 0; i < columns.count; i++)
			own.names[own.count++] = columns.names[i];
	buf_printf(&owner, "metric %s", definition->name);
	for (size_t i = 0; i < count && result == 0; i++)
		result = check_label(own.names, own.count, buf_text(&owner), &labels[i], err);
	buf_release(&owner);
	sql_family_labels_release(&columns);
	return result;
}

int
metric_check_labels(const struct metric_pack *packs, bool with_slos, struct db *store,
    const struct prometheus_label *labels, size_t count, struct err *err)
{
	for (size_t i = 0; i < packs->count; i++)
		if (check_labels_of(&packs->entries[i].definition, store, labels, count,
		    err) < 0)
			return -1;
	for (size_t i = 0; i < count; i++)
		if (check_label(self_labels, COUNT_OF(self_labels), "a metric of prom-text",
		    &labels[i], err) < 0 || (with_slos && check_label(slo_labels,
		    COUNT_OF(slo_labels), "an objective", &labels[i], err) < 0))
			return -1;
	return 0;
}
