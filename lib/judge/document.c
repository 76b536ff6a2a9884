/* SPDX-License-Identifier: ISC */
#include "judge/document.h"
#include "base/buf.h"
#include "base/mem.h"
#include "io/file.h"
#include "tel/text.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PACKS "schema/slo/"

#define MAX_LABEL 63        /* RFC 1123; OpenSLO also cuts displayName there */
#define MAX_DESCRIPTION 1050

static const char *const kind_names[] = {
	[JUDGE_KIND_SLO] = "SLO",
	[JUDGE_KIND_SLI] = "SLI",
	[JUDGE_KIND_SERVICE] = "Service",
	[JUDGE_KIND_DATA_SOURCE] = "DataSource",
	[JUDGE_KIND_ALERT_POLICY] = "AlertPolicy",
	[JUDGE_KIND_ALERT_CONDITION] = "AlertCondition",
	[JUDGE_KIND_ALERT_TARGET] = "AlertNotificationTarget",
	NULL
};

/* Fields of the spec of each kind; those of an SLI differ by metric. */
#define MAX_FIELDS 9
static const char *const kind_fields[][MAX_FIELDS] = {
	[JUDGE_KIND_SLO] = { "description", "service", "indicator", "indicatorRef",
	    "timeWindow", "budgetingMethod", "objectives", "alertPolicies" },
	[JUDGE_KIND_SLI] = { "description", "thresholdMetric", "ratioMetric" },
	[JUDGE_KIND_SERVICE] = { "description" },
	[JUDGE_KIND_DATA_SOURCE] = { "description", "type", "connectionDetails" },
	[JUDGE_KIND_ALERT_POLICY] = { "description", "alertWhenNoData",
	    "alertWhenBreaching", "alertWhenResolved", "conditions",
	    "notificationTargets" },
	[JUDGE_KIND_ALERT_CONDITION] = { "description", "severity", "condition" },
	[JUDGE_KIND_ALERT_TARGET] = { "description", "target" },
};

/* ^[a-z0-9]([-a-z0-9]*[a-z0-9])?$ (RFC 1123, 2.1) */
static bool
is_label(const char *text)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return len > 0 && len <= MAX_LABEL && text[len] == '\0' &&
	    text[0] != '-' && text[len - 1] != '-';
}

/* Annotations are free text, except for our own prefix: people may expect options
 * of teltools there, but those belong in metricSource.spec. */
static int
check_annotations(const struct spec *spec, const struct yaml_node *node)
{
	if (node == NULL)
		return 0;
	if (node->type != YAML_MAPPING)
		return spec_fail(spec, node, "'annotations' are fields with texts");
	for (size_t i = 0; i < node->count; i++) {
		if (node->children[i]->type != YAML_SCALAR)
			return spec_fail(spec, node->children[i],
			    "annotation '%.60s' must be text", node->keys[i]);
		if (strncmp(node->keys[i], "teltools/", 9) == 0)
			return spec_fail(spec, node->children[i], "no annotation "
			    "'%.60s' is known; extensions of teltools belong in "
			    "metricSource.spec", node->keys[i]);
	}
	return 0;
}

int
judge_metadata_read(const struct spec *spec, const struct yaml_node *node,
    const char **name, const char **title)
{
	static const char *const fields[] = { "name", "displayName", "labels",
		"annotations", NULL };
	const struct yaml_node *labels = yaml_find(node, "labels");

	if (spec_fields(spec, node, "metadata", fields) < 0 ||
	    spec_text(spec, node, "name", SPEC_REQUIRED, name) < 0 ||
	    spec_text(spec, node, "displayName", SPEC_OPTIONAL, title) < 0)
		return -1;
	if (!is_label(*name))
		return spec_fail(spec, yaml_find(node, "name"), "the name '%.80s' "
		    "has to be at most %d of a-z, 0-9 and -, and to begin and end "
		    "with one of the former", *name, MAX_LABEL);
	if (*title != NULL && strlen(*title) > MAX_LABEL)
		return spec_fail(spec, yaml_find(node, "displayName"),
		    "'displayName' is longer than %d bytes", MAX_LABEL);
	if (*title == NULL)
		*title = *name;
	if (labels != NULL && labels->type != YAML_MAPPING)
		return spec_fail(spec, labels, "'labels' are fields with texts");
	return check_annotations(spec, yaml_find(node, "annotations"));
}

static int
check_spec(const struct spec *spec, const struct judge_document *document)
{
	char what[48] = "the spec of ";
	const char *description;

	strncat(what, kind_names[document->kind], 30);
	if (spec_fields(spec, document->spec, what,
	    kind_fields[document->kind]) < 0 ||
	    spec_text(spec, document->spec, "description", SPEC_OPTIONAL,
	    &description) < 0)
		return -1;
	if (description != NULL && strlen(description) > MAX_DESCRIPTION)
		return spec_fail(spec, yaml_find(document->spec, "description"),
		    "'description' is longer than %d bytes", MAX_DESCRIPTION);
	return 0;
}

static int
add_document(struct judge_documents *documents, const struct spec *spec,
    const struct yaml_node *node)
{
	static const char *const fields[] = { "apiVersion", "kind", "metadata",
		"spec", NULL };
	struct judge_document document = { .file = spec->file, .line = node->line };
	const struct judge_document *other;
	const char *version;
	int kind;

	if (spec_fields(spec, node, "an OpenSLO document", fields) < 0 ||
	    spec_text(spec, node, "apiVersion", SPEC_REQUIRED, &version) < 0)
		return -1;
	if (strcmp(version, "openslo/v1") != 0)
		return spec_fail(spec, yaml_find(node, "apiVersion"),
		    "apiVersion is '%.40s', not openslo/v1", version);
	if (spec_choice(spec, node, "kind", SPEC_REQUIRED, kind_names, &kind) < 0)
		return -1;
	document.kind = (enum judge_kind)kind;
	document.spec = yaml_find(node, "spec");
	if (document.spec == NULL || yaml_find(node, "metadata") == NULL)
		return spec_fail(spec, node, "'%s' is missing",
		    document.spec == NULL ? "spec" : "metadata");
	if (judge_metadata_read(spec, yaml_find(node, "metadata"), &document.name,
	    &document.title) < 0 || check_spec(spec, &document) < 0)
		return -1;
	other = judge_documents_find(documents, document.kind, document.name);
	if (other != NULL)
		return spec_fail(spec, node, "there is another %s '%s' in %s, line "
		    "%d", kind_names[kind], document.name, other->file, other->line);
	documents->items = mem_resize(documents->items, documents->count + 1,
	    sizeof(*documents->items));
	documents->items[documents->count++] = document;
	return 0;
}

static int
add_file(struct judge_documents *documents, const char *file, const char *text,
    size_t len, struct err *err)
{
	struct spec spec = { .err = err };
	struct yaml *tree;

	if (yaml_open(&tree, text, len, err) < 0)
		return err_in(err, "%s", file);
	documents->trees = mem_resize(documents->trees, documents->file_count + 1,
	    sizeof(*documents->trees));
	documents->files = mem_resize(documents->files, documents->file_count + 1,
	    sizeof(*documents->files));
	documents->trees[documents->file_count] = tree;
	spec.file = documents->files[documents->file_count] = mem_text(file);
	documents->file_count++;
	for (size_t i = 0; i < yaml_document_count(tree); i++) {
		const struct yaml_node *node = yaml_document(tree, i);

		if (yaml_is_null(node))
			continue;
		if (node->type != YAML_SEQUENCE) {
			if (add_document(documents, &spec, node) < 0)
				return -1;
			continue;
		}
		for (size_t k = 0; k < node->count; k++)
			if (add_document(documents, &spec, node->children[k]) < 0)
				return -1;
	}
	return 0;
}

static int
read_file(struct judge_documents *documents, const char *path, struct err *err)
{
	struct buf text = BUF_EMPTY;
	int result = file_read(path, JUDGE_FILE_MAX_BYTES, &text, err);

	if (result == 0)
		result = add_file(documents, path, buf_text(&text),
		    text.len, err);
	else if (err->exit_code == EXIT_DATA)
		err->exit_code = EXIT_CONFIG;
	buf_release(&text);
	return result;
}

static int
is_slo_name(const struct dirent *entry)
{
	static const char *const ends[] = { ".yaml", ".yml", ".json" };
	size_t len = strlen(entry->d_name);

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (entry->d_name[0] != '.' && len > strlen(ends[i]) &&
		    strcmp(entry->d_name + len - strlen(ends[i]), ends[i]) == 0)
			return 1;
	return 0;
}

/* The order of bytes, whatever the locale. */
static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
read_folder(struct judge_documents *documents, const char *path, struct err *err)
{
	struct dirent **entries;
	int count = scandir(path, &entries, is_slo_name, by_name);
	int result = 0;

	if (count < 0)
		return err_system(err, EXIT_NO_INPUT, "%s", path);
	if (count == 0)
		result = err_set(err, EXIT_CONFIG, "%s: no *.yaml, *.yml or *.json "
		    "in this folder", path);
	for (int i = 0; i < count; i++) {
		struct buf file = BUF_EMPTY;

		buf_printf(&file, "%s/%s", path, entries[i]->d_name);
		if (result == 0)
			result = read_file(documents, buf_text(&file), err);
		buf_release(&file);
		free(entries[i]);
	}
	free(entries);
	return result;
}

int
judge_documents_read(struct judge_documents *documents, const char *path,
    struct err *err)
{
	struct stat status;

	if (strcmp(path, "-") == 0)
		return read_file(documents, path, err);
	if (stat(path, &status) < 0)
		return err_system(err, EXIT_NO_INPUT, "%s", path);
	return S_ISDIR(status.st_mode) ? read_folder(documents, path, err)
	    : read_file(documents, path, err);
}

int
judge_documents_read_packs(struct judge_documents *documents, struct err *err)
{
	const struct text *text;
	size_t cursor = 0;

	while ((text = text_next(PACKS, &cursor)) != NULL)
		if (add_file(documents, text->path, text->text,
		    strlen(text->text), err) < 0)
			return -1;
	return 0;
}

const struct judge_document *
judge_documents_find(const struct judge_documents *documents, enum judge_kind kind,
    const char *name)
{
	for (size_t i = 0; i < documents->count; i++)
		if (documents->items[i].kind == kind &&
		    strcmp(documents->items[i].name, name) == 0)
			return &documents->items[i];
	return NULL;
}

void
judge_documents_release(struct judge_documents *documents)
{
	for (size_t i = 0; i < documents->file_count; i++) {
		yaml_close(documents->trees[i]);
		free(documents->files[i]);
	}
	free(documents->trees);
	free(documents->files);
	free(documents->items);
	memset(documents, 0, sizeof(*documents));
}
