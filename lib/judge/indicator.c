/* SPDX-License-Identifier: ISC */
#include "judge/indicator.h"
#include "base/mem.h"
#include "base/num.h"

#include <stdlib.h>
#include <string.h>

static const char *const single_fields[] = { JUDGE_SOURCE_COUNTING, "good",
	"bad", "value", "presence", "aggregate", NULL };
static const char *const total_fields[] = { JUDGE_SOURCE_COUNTING, NULL };
static const char *const part_fields[] = { "event", "type", "where", NULL };

/* `good` or `bad` beside `where`. */
static int
read_good(const struct spec *spec, const struct yaml_node *source,
    struct judge_indicator *indicator)
{
	struct slo_query *query = &indicator->query;

	query->is_bad = yaml_find(source, "bad") != NULL;
	if (query->is_bad == (yaml_find(source, "good") != NULL))
		return spec_fail(spec, source, "one of 'good' and 'bad' has to say "
		    "which events are");
	if (yaml_find(source, "value") != NULL ||
	    yaml_find(source, "presence") != NULL ||
	    yaml_find(source, "aggregate") != NULL)
		return spec_fail(spec, source, "'value', 'presence' and 'aggregate' "
		    "belong to a thresholdMetric without 'good' and 'bad'");
	if (indicator->compare != NULL || indicator->value != NULL)
		return spec_fail(spec, source, "'op' and 'value' of the objective "
		    "belong to a thresholdMetric without 'good' and 'bad'");
	if (judge_source_counting(spec, source, indicator) < 0 ||
	    judge_source_expression(spec, source,
	    query->is_bad ? "bad" : "good", query->event.kind, EXPRESSION_CONDITION,
	    &query->good) < 0)
		return -1;
	return 0;
}

/* `good` (or `bad`) and `total`, each a metric with its own where. Good events
 * are those of total that meet the other where too. */
static int
read_good_of_total(const struct spec *spec, const struct yaml_node *ratio,
    struct judge_indicator *indicator)
{
	const struct yaml_node *bad = yaml_find(ratio, "bad"), *total, *part;
	struct slo_query *query = &indicator->query;
	struct slo_events event = { .type = NULL };
	bool is_same;

	if ((bad != NULL) == (yaml_find(ratio, "good") != NULL) ||
	    yaml_find(ratio, "total") == NULL)
		return spec_fail(spec, ratio, "a ratioMetric has 'total' and one of "
		    "'good' and 'bad', or 'raw' and 'rawType', or 'metricSource'");
	if (indicator->compare != NULL || indicator->value != NULL)
		return spec_fail(spec, ratio, "'op' and 'value' of the objective do "
		    "not go with a ratioMetric");
	total = judge_source_find(spec, yaml_find(ratio, "total"), indicator,
	    total_fields);
	if (total == NULL)
		return -1;
	part = judge_source_find(spec, bad != NULL ? bad : yaml_find(ratio, "good"),
	    indicator, part_fields);
	if (part == NULL || judge_source_counting(spec, total, indicator) < 0 ||
	    judge_source_event(spec, part, &event) < 0)
		return -1;
	is_same = slo_events_are_same(&event, &query->event);
	slo_events_release(&event);
	if (!is_same)
		return spec_fail(spec, part, "counts events of another kind than "
		    "'total' does, which is not a share of it");
	if (yaml_find(part, "where") == NULL)
		return spec_fail(spec, part, "'where' is missing: all of 'total' "
		    "would be %s", bad != NULL ? "bad" : "good");
	query->is_bad = bad != NULL;
	return judge_source_expression(spec, part, "where", query->event.kind,
	    EXPRESSION_CONDITION, &query->good);
}

static int
read_ratio(const struct spec *spec, const struct yaml_node *ratio,
    struct judge_indicator *indicator)
{
	static const char *const fields[] = { "counter", "good", "bad", "total",
		"raw", "rawType", "metricSource", NULL };
	static const char *const raw_types[] = { "success", "failure", NULL };
	const struct yaml_node *raw, *source;
	bool is_counter = false;
	int raw_type;

	if (spec_fields(spec, ratio, "ratioMetric", fields) < 0 ||
	    spec_boolean(spec, ratio, "counter", &is_counter) < 0)
		return -1;
	raw = yaml_find(ratio, "raw");
	if (raw == NULL && yaml_find(ratio, "metricSource") == NULL)
		return read_good_of_total(spec, ratio, indicator);
	if (yaml_find(ratio, "good") != NULL || yaml_find(ratio, "bad") != NULL ||
	    yaml_find(ratio, "total") != NULL)
		return spec_fail(spec, ratio, "'raw' and 'metricSource' replace "
		    "'good', 'bad' and 'total'");
	if (raw == NULL) {
		/* An extension of teltools: one source directly in the ratioMetric. */
		if (ratio->count > 1)
			return spec_fail(spec, ratio, "'metricSource' must be the only "
			    "field of a ratioMetric");
		raw = ratio;
		raw_type = -1;
	} else if (spec_choice(spec, ratio, "rawType", SPEC_REQUIRED, raw_types,
	    &raw_type) < 0)
		return -1;
	source = judge_source_find(spec, raw, indicator, single_fields);
	if (source == NULL)
		return -1;
	if (raw_type >= 0 && (raw_type == 1) != (yaml_find(source, "bad") != NULL))
		return spec_fail(spec, source, "rawType success goes with 'good', "
		    "failure with 'bad'");
	return read_good(spec, source, indicator);
}

static int
read_compare(const struct spec *spec, const struct yaml_node *source,
    const struct judge_indicator *indicator, enum slo_compare *out)
{
	static const char *const words[] = { [SLO_LTE] = "lte", [SLO_LT] = "lt",
		[SLO_GTE] = "gte", [SLO_GT] = "gt" };

	if (indicator->compare == NULL || indicator->value == NULL)
		return spec_fail(spec, source, "the objective of a thresholdMetric "
		    "needs 'op' and 'value'");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i], indicator->compare) == 0)
			*out = (enum slo_compare)i;
	return 0;
}

/* `value`: an event is good when its value meets the op and value of the
 * objective. */
static int
read_value(const struct spec *spec, const struct yaml_node *source,
    struct judge_indicator *indicator)
{
	struct slo_query *query = &indicator->query;
	struct buf sql = BUF_EMPTY;
	const char *number = indicator->value;
	double real;

	if (yaml_find(source, "presence") != NULL)
		return spec_fail(spec, source, "'presence' does not go with 'value'");
	if (num_real(number, &real) < 0 || number[strspn(number,
	    "-0123456789.")] != '\0')
		return spec_fail(spec, source, "the objective's value '%.40s' is not "
		    "a plain decimal", number);
	if (judge_source_expression(spec, source, "value", query->event.kind,
	    EXPRESSION_NUMBER, &query->good) < 0)
		return -1;
	buf_printf(&sql, "(%s %s %s)", query->good,
	    slo_compare_sql(query->compare), number);
	free(query->good);
	query->good = mem_text(buf_text(&sql));
	buf_release(&sql);
	return 0;
}

/* No `value`: the events of each slice are counted. */
static int
read_slice_count(const struct spec *spec, const struct yaml_node *source,
    struct judge_indicator *indicator)
{
	static const char *const fields[] = { "event", "type", "where", NULL };
	const struct yaml_node *presence = yaml_find(source, "presence");
	struct slo_query *query = &indicator->query;

	if (query->slice_ms == 0)
		return spec_fail(spec, source, "'value' is missing; without it the "
		    "events of a slice are counted, with budgetingMethod Timeslices");
	if (presence == NULL)
		return spec_fail(spec, source, "'presence' is missing: which events "
		    "show that there was something to count in a slice");
	if (query->exclude != NULL)
		return spec_fail(spec, source, "'exclude' does not go with "
		    "'presence'; 'where' can say it");
	if (num_integer(indicator->value, 0, INT64_MAX, &query->limit) < 0)
		return spec_fail(spec, source, "the objective's value '%.40s' is not "
		    "a count of events", indicator->value);
	if (query->slice_target.units != 1 || query->slice_target.scale != 0)
		return spec_fail(spec, source, "where the events of a slice are "
		    "counted, the objective's 'timeSliceTarget' has to be 1");
	query->counts_events = true;
	if (spec_fields(spec, presence, "presence", fields) < 0 ||
	    judge_source_event(spec, presence, &query->presence) < 0 ||
	    judge_source_expression(spec, presence, "where", query->presence.kind,
	    EXPRESSION_CONDITION, &query->presence_where) < 0)
		return -1;
	for (size_t i = 0; i < query->group_count; i++)
		if (reference_group_sql(&query->group[i].presence_sql,
		    query->group[i].name, query->presence.kind, spec->err) < 0)
			return err_in(spec->err, "%s: line %d: presence", spec->file,
			    presence->line);
	return 0;
}

/* `aggregate: age`: a slice is good when the newest event is not older at its end than the
 * objective's value says. */
static int
read_age(const struct spec *spec, const struct yaml_node *source,
    struct judge_indicator *indicator)
{
	static const char *const aggregates[] = { "age", NULL };
	static const char *const others[] = { "value", "presence", "exclude",
		"empty_slices", NULL };
	struct slo_query *query = &indicator->query;
	int aggregate;

	if (spec_choice(spec, source, "aggregate", SPEC_REQUIRED, aggregates,
	    &aggregate) < 0)
		return -1;
	for (size_t i = 0; others[i] != NULL; i++)
		if (yaml_find(source, others[i]) != NULL)
			return spec_fail(spec, yaml_find(source, others[i]), "'%s' does "
			    "not go with 'aggregate: age'", others[i]);
	if (query->slice_ms == 0)
		return spec_fail(spec, source, "'aggregate: age' is that of the end of "
		    "each slice, so it goes with budgetingMethod Timeslices");
	if (query->slice_target.units != 1 || query->slice_target.scale != 0)
		return spec_fail(spec, source, "with 'aggregate: age' the objective's "
		    "'timeSliceTarget' has to be 1");
	if (num_integer(indicator->value, 0, INT64_MAX / 2, &query->limit) < 0 &&
	    num_duration_ms(indicator->value, &query->limit) < 0)
		return spec_fail(spec, source, "the objective's value '%.40s' is neither "
		    "a duration such as 26h nor a number of ms", indicator->value);
	query->counts_age = true;
	return 0;
}

static int
read_threshold(const struct spec *spec, const struct yaml_node *metric,
    struct judge_indicator *indicator)
{
	const struct yaml_node *source = judge_source_find(spec, metric, indicator,
	    single_fields);

	if (source == NULL)
		return -1;
	if (yaml_find(source, "good") != NULL || yaml_find(source, "bad") != NULL)
		return read_good(spec, source, indicator);
	if (read_compare(spec, source, indicator, &indicator->query.compare) < 0 ||
	    judge_source_counting(spec, source, indicator) < 0)
		return -1;
	if (yaml_find(source, "aggregate") != NULL)
		return read_age(spec, source, indicator);
	return yaml_find(source, "value") != NULL
	    ? read_value(spec, source, indicator)
	    : read_slice_count(spec, source, indicator);
}

int
judge_indicator_read(const struct spec *spec, const struct yaml_node *node,
    struct judge_indicator *indicator)
{
	static const char *const fields[] = { "description", "thresholdMetric",
		"ratioMetric", NULL };
	const struct yaml_node *ratio, *threshold;
	int result;

	if (spec_fields(spec, node, "the spec of an SLI", fields) < 0)
		return -1;
	ratio = yaml_find(node, "ratioMetric");
	threshold = yaml_find(node, "thresholdMetric");
	if ((ratio == NULL) == (threshold == NULL))
		return spec_fail(spec, node, "an SLI has one of 'ratioMetric' and "
		    "'thresholdMetric'");
	result = ratio != NULL ? read_ratio(spec, ratio, indicator)
	    : read_threshold(spec, threshold, indicator);
	if (result < 0)
		slo_query_release(&indicator->query);
	return result;
}
