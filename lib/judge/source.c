/* SPDX-License-Identifier: ISC */
#include "judge/source.h"
#include "base/mem.h"
#include "base/opt.h"

#include <stdlib.h>
#include <string.h>

/* An expression of a field as SQL; *out stays NULL when the field is absent. */
int
judge_source_expression(const struct spec *spec, const struct yaml_node *source,
    const char *field, enum event_kind event, enum expression_use use, char **out)
{
	struct buf sql = BUF_EMPTY;
	const char *text;
	int result = 0;

	if (spec_text(spec, source, field, SPEC_OPTIONAL, &text) < 0)
		return -1;
	if (text != NULL && expression_sql(&sql, text, event, use, spec->err) < 0) {
		err_in(spec->err, "%s: line %d: %s", spec->file,
		    yaml_find(source, field)->line, field);
		result = -1;
	} else if (text != NULL) {
		free(*out);
		*out = mem_text(buf_text(&sql));
	}
	buf_release(&sql);
	return result;
}

/* `type` of events of one's own. */
static int
read_other_type(const struct spec *spec, const struct yaml_node *source,
    struct slo_events *out)
{
	const struct yaml_node *node = yaml_find(source, "type");
	const char *type;

	if (node == NULL)
		return spec_fail(spec, yaml_find(source, "event"), "'type' is missing: "
		    "the type of your events, as in event: " EVENTS_OTHER_NAME
		    ", type: backup");
	if (spec_text(spec, source, "type", SPEC_REQUIRED, &type) < 0)
		return -1;
	if (event_find(type, strlen(type)) >= 0)
		return spec_fail(spec, node, "type '%.40s' is not your own; write "
		    "event: %.40s, without 'type'", type, type);
	out->kind = EVENTS_OTHER;
	out->type = mem_text(type);
	return 0;
}

/* An unknown event may be a misspelled one, or the type of events of one's own. */
static int
fail_unknown_event(const struct spec *spec, const struct yaml_node *source,
    const char *name)
{
	const char *names[EVENT_KIND_COUNT + 1], *nearest;

	for (int i = 0; i <= EVENT_KIND_COUNT; i++)
		names[i] = slo_events_kind_name((enum event_kind)i);
	nearest = opt_nearest(name, names, EVENT_KIND_COUNT + 1);
	if (nearest != NULL)
		return spec_fail(spec, yaml_find(source, "event"), "there is no event "
		    "'%.40s'; did you mean '%s'?", name, nearest);
	return spec_fail(spec, yaml_find(source, "event"), "there is no event '%.40s'; "
	    "tel-events(5) lists them; those of your own are event: "
	    EVENTS_OTHER_NAME ", type: %.40s", name, name);
}

int
judge_source_event(const struct spec *spec, const struct yaml_node *source,
    struct slo_events *out)
{
	const char *name;
	int kind;

	if (spec_text(spec, source, "event", SPEC_REQUIRED, &name) < 0)
		return -1;
	if (strcmp(name, EVENTS_OTHER_NAME) == 0)
		return read_other_type(spec, source, out);
	kind = event_find(name, strlen(name));
	if (kind < 0)
		return fail_unknown_event(spec, source, name);
	if (yaml_find(source, "type") != NULL)
		return spec_fail(spec, yaml_find(source, "type"), "'type' goes with "
		    "event: " EVENTS_OTHER_NAME "; event %s has only the type '%s'",
		    name, name);
	out->kind = (enum event_kind)kind;
	return 0;
}

static int
add_group_column(const struct spec *spec, const struct yaml_node *node,
    struct slo_query *query)
{
	struct slo_group *group = &query->group[query->group_count];

	if (node->type != YAML_SCALAR)
		return spec_fail(spec, node, "'group' names a column, or is a list "
		    "of columns");
	if (query->group_count == SLO_MAX_GROUP)
		return spec_fail(spec, node, "'group' has at most %d columns",
		    SLO_MAX_GROUP);
	if (reference_group_sql(&group->sql, node->text, query->event.kind,
	    spec->err) < 0)
		return err_in(spec->err, "%s: line %d: group", spec->file,
		    node->line);
	group->name = mem_text(node->text);
	query->group_count++;
	if (strcmp(group->sql, "id") == 0 || strcmp(group->sql, "ts_ms") == 0)
		return spec_fail(spec, node, "'group': %s is another one in every "
		    "event", group->sql);
	return 0;
}

static int
read_group(const struct spec *spec, const struct yaml_node *source,
    struct slo_query *query)
{
	const struct yaml_node *node = yaml_find(source, "group");

	if (node == NULL)
		return 0;
	if (node->type != YAML_SEQUENCE)
		return add_group_column(spec, node, query);
	for (size_t i = 0; i < node->count; i++)
		if (add_group_column(spec, node->children[i], query) < 0)
			return -1;
	return 0;
}

/* What slices without events are. */
static int
read_empty(const struct spec *spec, const struct yaml_node *source,
    struct slo_query *query)
{
	static const char *const words[] = { [SLO_EMPTY_GOOD] = "good",
		[SLO_EMPTY_BAD] = "bad", [SLO_EMPTY_EXCLUDED] = "exclude", NULL };
	int word = SLO_EMPTY_GOOD;

	if (yaml_find(source, "empty_slices") == NULL)
		return 0;
	if (query->slice_ms == 0)
		return spec_fail(spec, yaml_find(source, "empty_slices"),
		    "'empty_slices' goes with budgetingMethod Timeslices");
	if (yaml_find(source, "presence") != NULL)
		return spec_fail(spec, yaml_find(source, "empty_slices"),
		    "'empty_slices' does not go with 'presence', which says which slices "
		    "there are");
	if (spec_choice(spec, source, "empty_slices", SPEC_REQUIRED, words, &word) < 0)
		return -1;
	query->empty_slices = (enum slo_empty)word;
	return 0;
}

static int
read_limits(const struct spec *spec, const struct yaml_node *source,
    struct judge_indicator *indicator)
{
	struct slo_objective *objective = &indicator->objective;
	const char *coverage;

	if (spec_integer(spec, source, "min_events", 1, INT64_MAX,
	    &objective->min_events) < 0 ||
	    spec_integer(spec, source, "min_bad_events", 1, INT64_MAX,
	    &objective->min_bad_events) < 0 ||
	    spec_integer(spec, source, "min_bad_minutes", 1, INT64_MAX,
	    &objective->min_bad_minutes) < 0 ||
	    (yaml_find(source, "max_silence") != NULL && spec_duration_ms(spec, source,
	    "max_silence", &objective->max_silence_ms) < 0) ||
	    spec_boolean(spec, source, "optional", &indicator->is_optional) < 0 ||
	    spec_text(spec, source, "min_coverage", SPEC_OPTIONAL, &coverage) < 0)
		return -1;
	if (coverage != NULL &&
	    decimal_parse(coverage, 0, &objective->min_coverage) < 0)
		return spec_fail(spec, yaml_find(source, "min_coverage"),
		    "'min_coverage' is '%.40s', not a decimal from 0 to 1", coverage);
	return 0;
}

/* What total_fields name. */
int
judge_source_counting(const struct spec *spec, const struct yaml_node *source,
    struct judge_indicator *indicator)
{
	struct slo_query *query = &indicator->query;

	if (judge_source_event(spec, source, &query->event) < 0 ||
	    judge_source_expression(spec, source, "where", query->event.kind,
	    EXPRESSION_CONDITION, &query->where) < 0 ||
	    judge_source_expression(spec, source, "exclude", query->event.kind,
	    EXPRESSION_CONDITION, &query->exclude) < 0)
		return -1;
	if (read_group(spec, source, query) < 0 ||
	    read_empty(spec, source, query) < 0 ||
	    spec_integer(spec, source, "max_groups", 1, SLO_MOST_GROUPS,
	    &query->max_groups) < 0)
		return -1;
	return read_limits(spec, source, indicator);
}

/* metricSource of a metric: its spec. NULL after an error. */
const struct yaml_node *
judge_source_find(const struct spec *spec, const struct yaml_node *metric,
    const struct judge_indicator *indicator, const char *const *fields)
{
	static const char *const metric_fields[] = { "metricSource", NULL };
	static const char *const source_fields[] = { "metricSourceRef", "type",
		"spec", NULL };
	const struct yaml_node *source, *body;
	const char *type, *reference;

	if (spec_fields(spec, metric, "a metric", metric_fields) < 0)
		return NULL;
	source = yaml_find(metric, "metricSource");
	if (source == NULL) {
		spec_fail(spec, metric, "'metricSource' is missing");
		return NULL;
	}
	if (spec_fields(spec, source, "metricSource", source_fields) < 0 ||
	    spec_text(spec, source, "type", SPEC_OPTIONAL, &type) < 0 ||
	    spec_text(spec, source, "metricSourceRef", SPEC_OPTIONAL,
	    &reference) < 0)
		return NULL;
	if (type == NULL && reference == NULL) {
		spec_fail(spec, source, "'type' is missing; ours is 'teltools'");
		return NULL;
	}
	if ((type != NULL && strcmp(type, "teltools") != 0) || (reference != NULL &&
	    !indicator->has_source(indicator->context, reference))) {
		spec_fail(spec, source, "only sources of type 'teltools' can be "
		    "judged here, not '%.40s'", type != NULL ? type : reference);
		return NULL;
	}
	body = yaml_find(source, "spec");
	if (body == NULL)
		spec_fail(spec, source, "'spec' is missing");
	else if (spec_fields(spec, body, "the spec of a teltools source",
	    fields) < 0)
		body = NULL;
	return body;
}
