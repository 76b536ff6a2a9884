/* SPDX-License-Identifier: ISC */
#include "judge/objectives.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/opt.h"
#include "judge/document.h"
#include "judge/indicator.h"

#include <stdlib.h>
#include <string.h>

#define SHORTEST_USUAL_MS INT64_C(3600000)
#define MINUTE_MS INT64_C(60000)

struct reader {
	struct judge_set *set;
	const struct judge_documents *documents;
	const struct judge_document *slo;
	struct spec spec; /* file of slo */
	const struct yaml_node *indicator; /* the spec of its SLI */
	const char *indicator_file;
	const char *service;
	int64_t window_ms;
	bool has_slices;
};

static bool
has_source(const void *context, const char *name)
{
	const struct judge_document *source = judge_documents_find(context,
	    JUDGE_KIND_DATA_SOURCE, name);
	const struct yaml_node *type = source != NULL
	    ? yaml_find(source->spec, "type") : NULL;

	return type != NULL && type->type == YAML_SCALAR &&
	    strcmp(type->text, "teltools") == 0;
}

static void
add_warning(struct reader *reader, const char *words)
{
	struct judge_set *set = reader->set;
	struct buf text = BUF_EMPTY;

	buf_printf(&text, "%s: line %d: SLO %s: %s", reader->spec.file,
	    reader->slo->line, reader->slo->name, words);
	set->warnings = mem_resize(set->warnings, set->warning_count + 1,
	    sizeof(*set->warnings));
	set->warnings[set->warning_count++] = text.data;
}

static int
read_window(struct reader *reader, const struct yaml_node *node)
{
	static const char *const fields[] = { "duration", "isRolling", "calendar",
		NULL };
	const struct yaml_node *list = yaml_find(node, "timeWindow"), *window;
	bool is_rolling = true;

	if (list == NULL || list->type != YAML_SEQUENCE || list->count != 1)
		return spec_fail(&reader->spec, list != NULL ? list : node,
		    "'timeWindow' has to be a list of one window");
	window = list->children[0];
	if (spec_fields(&reader->spec, window, "timeWindow", fields) < 0 ||
	    spec_boolean(&reader->spec, window, "isRolling", &is_rolling) < 0 ||
	    spec_duration_ms(&reader->spec, window, "duration",
	    &reader->window_ms) < 0)
		return -1;
	if (!is_rolling || yaml_find(window, "calendar") != NULL)
		return spec_fail(&reader->spec, window, "only rolling windows can be "
		    "judged: isRolling: true, and no calendar");
	return 0;
}

/* Whether an objective has an indicator or weight of its own. */
static bool
has_own_indicator(const struct yaml_node *objective)
{
	return yaml_find(objective, "indicator") != NULL ||
	    yaml_find(objective, "indicatorRef") != NULL ||
	    yaml_find(objective, "compositeWeight") != NULL;
}

static bool
is_composite(const struct yaml_node *slo)
{
	const struct yaml_node *objectives = yaml_find(slo, "objectives");

	for (size_t i = 0; objectives != NULL && objectives->type == YAML_SEQUENCE &&
	    i < objectives->count; i++)
		if (has_own_indicator(objectives->children[i]))
			return true;
	return false;
}

static int
fail_composite(const struct spec *spec, const struct yaml_node *node)
{
	return spec_fail(spec, node, "composite objectives (with an indicator or a weight "
	    "each) cannot be judged");
}

/* indicator {metadata, spec} or indicatorRef. */
static int
read_indicator(struct reader *reader, const struct yaml_node *node)
{
	static const char *const fields[] = { "metadata", "spec", NULL };
	const struct yaml_node *inlined = yaml_find(node, "indicator");
	const struct judge_document *sli;
	const char *reference, *name, *title;

	if (inlined == NULL && yaml_find(node, "indicatorRef") == NULL &&
	    is_composite(node))
		return fail_composite(&reader->spec, yaml_find(node, "objectives"));
	if (spec_text(&reader->spec, node, "indicatorRef", SPEC_OPTIONAL,
	    &reference) < 0)
		return -1;
	if ((inlined == NULL) == (reference == NULL))
		return spec_fail(&reader->spec, node, "an SLO has one of 'indicator' "
		    "and 'indicatorRef'");
	if (reference != NULL) {
		sli = judge_documents_find(reader->documents, JUDGE_KIND_SLI, reference);
		if (sli == NULL)
			return spec_fail(&reader->spec,
			    yaml_find(node, "indicatorRef"), "there is no SLI '%.63s' "
			    "in the files read", reference);
		reader->indicator = sli->spec;
		reader->indicator_file = sli->file;
		return 0;
	}
	reader->indicator = yaml_find(inlined, "spec");
	reader->indicator_file = reader->spec.file;
	if (spec_fields(&reader->spec, inlined, "indicator", fields) < 0)
		return -1;
	if (reader->indicator == NULL)
		return spec_fail(&reader->spec, inlined, "'spec' is missing");
	if (yaml_find(inlined, "metadata") == NULL)
		return 0;
	return judge_metadata_read(&reader->spec, yaml_find(inlined, "metadata"),
	    &name, &title);
}

static int
read_target(struct reader *reader, const struct yaml_node *node,
    struct decimal *out)
{
	const char *target, *percent;

	if (spec_text(&reader->spec, node, "target", SPEC_OPTIONAL, &target) < 0 ||
	    spec_text(&reader->spec, node, "targetPercent", SPEC_OPTIONAL,
	    &percent) < 0)
		return -1;
	if ((target == NULL) == (percent == NULL))
		return spec_fail(&reader->spec, node, "an objective has one of "
		    "'target' (0.99) and 'targetPercent' (99)");
	if (target != NULL && decimal_parse(target, 0, out) < 0)
		return spec_fail(&reader->spec, yaml_find(node, "target"), "'target' "
		    "is '%.40s', not a decimal from 0 to 1 with at most %d digits "
		    "after the point", target, DECIMAL_MAX_SCALE);
	if (percent != NULL && decimal_parse(percent, 2, out) < 0)
		return spec_fail(&reader->spec, yaml_find(node, "targetPercent"),
		    "'targetPercent' is '%.40s', not a decimal from 0 to 100 with "
		    "at most %d digits after the point", percent,
		    DECIMAL_MAX_SCALE - 2);
	return 0;
}

static int
read_slices(struct reader *reader, const struct yaml_node *node,
    struct judge_indicator *indicator)
{
	struct slo_query *query = &indicator->query;
	const char *target;

	if (!reader->has_slices) {
		if (yaml_find(node, "timeSliceTarget") != NULL ||
		    yaml_find(node, "timeSliceWindow") != NULL)
			return spec_fail(&reader->spec, node, "'timeSliceTarget' and "
			    "'timeSliceWindow' go with budgetingMethod Timeslices");
		return 0;
	}
	if (spec_text(&reader->spec, node, "timeSliceTarget", SPEC_REQUIRED,
	    &target) < 0 || spec_duration_ms(&reader->spec, node,
	    "timeSliceWindow", &query->slice_ms) < 0)
		return -1;
	if (decimal_parse(target, 0, &query->slice_target) < 0 ||
	    query->slice_target.units == 0)
		return spec_fail(&reader->spec, yaml_find(node, "timeSliceTarget"),
		    "'timeSliceTarget' is '%.40s', not a decimal above 0 and up to 1",
		    target);
	if (2 * query->slice_ms > reader->window_ms + MINUTE_MS)
		add_warning(reader, "its window does not always hold a whole "
		    "'timeSliceWindow'; one that is twice as long does");
	indicator->objective.slice_ms = query->slice_ms;
	return 0;
}

/* Appends the objective to the set; takes the query. */
static int
add_item(struct reader *reader, const struct yaml_node *node, const char *name,
    struct judge_indicator *indicator)
{
	struct judge_set *set = reader->set;
	const struct yaml_node *description = yaml_find(reader->slo->spec,
	    "description");
	char target[DECIMAL_TEXT_SIZE];
	struct buf objective = BUF_EMPTY;
	struct judge_set_item *item;

	decimal_print(target, &indicator->objective.target);
	buf_printf(&objective, name != NULL ? "%s" : "target %s",
	    name != NULL ? name : target);
	set->items = mem_resize(set->items, set->count + 1, sizeof(*set->items));
	item = &set->items[set->count++];
	item->slo = mem_text(reader->slo->name);
	item->service = mem_text(reader->service);
	item->objective = objective.data;
	item->title = mem_text(reader->slo->title);
	item->description = mem_text(description != NULL ? description->text : "");
	item->window_ms = reader->window_ms;
	item->judged = indicator->objective;
	item->query = indicator->query;
	item->is_optional = indicator->is_optional;
	for (struct judge_set_item *other = set->items; other < item; other++)
		if (strcmp(other->slo, item->slo) == 0 &&
		    strcmp(other->objective, item->objective) == 0)
			return spec_fail(&reader->spec, node, "two objectives are "
			    "called '%.63s'; give each another 'displayName'",
			    item->objective);
	return 0;
}

static int
read_objective(struct reader *reader, const struct yaml_node *node)
{
	static const char *const fields[] = { "displayName", "op", "value",
		"target", "targetPercent", "timeSliceTarget", "timeSliceWindow", NULL };
	static const char *const compares[] = { "lte", "lt", "gte", "gt", NULL };
	struct spec indicator_spec = { reader->indicator_file, reader->spec.err };
	struct judge_indicator indicator = {
		.objective = { .min_events = 1, .min_bad_minutes = SLO_MIN_BAD_MINUTES },
		.query.max_groups = SLO_MAX_GROUPS,
		.has_source = has_source, .context = reader->documents };
	const char *name;
	int compare = -1;

	if (has_own_indicator(node))
		return fail_composite(&reader->spec, node);
	if (spec_fields(&reader->spec, node, "an objective", fields) < 0 ||
	    spec_text(&reader->spec, node, "displayName", SPEC_OPTIONAL,
	    &name) < 0 ||
	    spec_text(&reader->spec, node, "value", SPEC_OPTIONAL,
	    &indicator.value) < 0 ||
	    spec_choice(&reader->spec, node, "op", SPEC_OPTIONAL, compares,
	    &compare) < 0 ||
	    read_target(reader, node, &indicator.objective.target) < 0 ||
	    read_slices(reader, node, &indicator) < 0)
		return -1;
	indicator.compare = compare >= 0 ? compares[compare] : NULL;
	if (judge_indicator_read(&indicator_spec, reader->indicator,
	    &indicator) < 0)
		return -1;
	return add_item(reader, node, name, &indicator);
}

static int
read_slo(struct reader *reader)
{
	static const char *const methods[] = { "Occurrences", "Timeslices", NULL };
	const struct yaml_node *node = reader->slo->spec;
	const struct yaml_node *objectives = yaml_find(node, "objectives");
	int method;

	if (spec_text(&reader->spec, node, "service", SPEC_REQUIRED,
	    &reader->service) < 0 || spec_choice(&reader->spec, node, "budgetingMethod",
	    SPEC_REQUIRED, methods, &method) < 0 ||
	    read_window(reader, node) < 0 || read_indicator(reader, node) < 0)
		return -1;
	reader->has_slices = method == 1;
	if (objectives == NULL || objectives->type != YAML_SEQUENCE ||
	    objectives->count == 0)
		return spec_fail(&reader->spec, objectives != NULL ? objectives
		    : node, "'objectives' has to be a list of at least one");
	for (size_t i = 0; i < objectives->count; i++)
		if (read_objective(reader, objectives->children[i]) < 0)
			return -1;
	/* How old something is now takes no longer window. */
	if (reader->window_ms < SHORTEST_USUAL_MS &&
	    !reader->set->items[reader->set->count - 1].query.counts_age)
		add_warning(reader, "a window of less than an hour; 1m is a minute, "
		    "1M a month");
	return 0;
}

static int
resolve_objectives(struct judge_set *set, const struct judge_documents *documents,
    struct err *err)
{
	for (size_t i = 0; i < documents->count; i++) {
		const struct judge_document *document = &documents->items[i];
		struct reader reader = { .set = set, .documents = documents,
			.slo = document, .spec = { document->file, err } };

		if (document->kind == JUDGE_KIND_SLO && read_slo(&reader) < 0)
			return -1;
	}
	if (set->count == 0)
		return err_set(err, EXIT_CONFIG, "%s: no document of kind SLO",
		    documents->file_count > 0 ? documents->files[0] : "no files");
	return 0;
}

int
judge_set_read(struct judge_set *set, const char *const *paths, size_t count,
    struct err *err)
{
	struct judge_documents documents;
	int result = 0;

	memset(set, 0, sizeof(*set));
	memset(&documents, 0, sizeof(documents));
	if (count == 0)
		result = judge_documents_read_packs(&documents, err);
	for (size_t i = 0; i < count && result == 0; i++)
		result = judge_documents_read(&documents, paths[i], err);
	if (result == 0)
		result = resolve_objectives(set, &documents, err);
	judge_documents_release(&documents);
	return result;
}

static void
release_item(struct judge_set_item *item)
{
	free(item->slo);
	free(item->service);
	free(item->objective);
	free(item->title);
	free(item->description);
	slo_query_release(&item->query);
}

static bool
is_among(const char *name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* Fails when no SLO has the name. */
static int
check_name(const struct judge_set *set, const char *name, struct err *err)
{
	const char **known = mem_new(set->count + 1, sizeof(*known));
	const char *nearest;
	int result = 0;

	for (size_t i = 0; i < set->count; i++)
		known[i] = set->items[i].slo;
	nearest = opt_nearest(name, known, set->count);
	if (!is_among(name, known, set->count))
		result = err_set(err, EXIT_USAGE, "--only %.63s: there is no SLO of that "
		    "name%s%s%s", name, nearest != NULL ? "; did you mean '" : "",
		    nearest != NULL ? nearest : "", nearest != NULL ? "'?" : "");
	free(known);
	return result;
}

int
judge_set_keep(struct judge_set *set, const char *const *names, size_t count,
    struct err *err)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (check_name(set, names[i], err) < 0)
			return -1;
	for (size_t i = 0; i < set->count; i++)
		if (is_among(set->items[i].slo, names, count))
			set->items[kept++] = set->items[i];
		else
			release_item(&set->items[i]);
	set->count = kept;
	return 0;
}

void
judge_set_release(struct judge_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		release_item(&set->items[i]);
	for (size_t i = 0; i < set->warning_count; i++)
		free(set->warnings[i]);
	free(set->items);
	free(set->warnings);
	memset(set, 0, sizeof(*set));
}
