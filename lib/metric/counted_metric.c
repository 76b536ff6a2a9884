/* SPDX-License-Identifier: ISC */
#include "metric/counted_metric.h"
#include "base/mem.h"
#include "base/num.h"
#include "count/count_value.h"
#include "judge/source.h"
#include "metric/metric_name.h"
#include "metric/prometheus.h"
#include "slo/reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MS_PER_SECOND 1000

void
metric_counted_release(struct metric_counted *counted)
{
	if (counted == NULL)
		return;
	slo_events_release(&counted->events);
	free(counted->where);
	free(counted->value);
	free(counted->bounds);
	for (size_t i = 0; i < counted->label_count; i++) {
		free(counted->label_names[i]);
		free(counted->label_sql[i]);
	}
	free(counted);
}

struct slo_definition
metric_counted_definition(const struct metric_counted *counted)
{
	struct slo_definition definition = { .events = &counted->events,
		.where = counted->where, .value = counted->value,
		.bounds = counted->bounds, .group_count = counted->label_count };

	for (size_t i = 0; i < counted->label_count; i++)
		definition.group[i] = counted->label_sql[i];
	return definition;
}

static bool
ends_with(const char *text, const char *tail)
{
	size_t len = strlen(text), tail_len = strlen(tail);

	return len >= tail_len && strcmp(text + len - tail_len, tail) == 0;
}

/* Reads what is counted, and its value. */
static int
read_source(const struct spec *spec, const struct yaml_node *root,
    const char *name, struct metric_counted *counted)
{
	static const char *const fields[] = { "event", "type", "where", NULL };
	const struct yaml_node *source = yaml_find(root, "source");
	const char *value;

	if (source == NULL)
		return spec_fail(spec, root, "'source' is missing: which events are "
		    "counted, as in source: {event: http}");
	if (spec_fields(spec, source, "source", fields) < 0 ||
	    judge_source_event(spec, source, &counted->events) < 0 ||
	    judge_source_expression(spec, source, "where", counted->events.kind,
	    EXPRESSION_CONDITION, &counted->where) < 0 ||
	    spec_text(spec, root, "value", SPEC_OPTIONAL, &value) < 0)
		return -1;
	counted->divisor = 1;
	counted->has_value = value != NULL;
	if (value == NULL) {
		counted->value = mem_text("1");
		return 0;
	}
	if (judge_source_expression(spec, root, "value", counted->events.kind,
	    EXPRESSION_NUMBER, &counted->value) < 0)
		return -1;
	/* One column: names have no blanks and no operators. */
	if (!ends_with(value, "_ms") || strpbrk(value, " \t()+-*/,'\"") != NULL)
		return 0;
	if (!metric_name_is_in_seconds(name))
		return spec_fail(spec, yaml_find(root, "value"), "'value' is in ms, and "
		    "metrics are in seconds: name it ..._seconds, or calculate another "
		    "unit");
	counted->divisor = MS_PER_SECOND;
	return 0;
}

/* Reads one bound in the unit of the metric, and appends it in that of the value: a
 * decimal is moved by its point, so that 0.005 s is exactly 5 ms. */
static int
read_bucket(const struct spec *spec, const struct yaml_node *node,
    struct metric_counted *counted, struct buf *bounds)
{
	char number[NUM_REAL_SIZE];
	struct buf text = BUF_EMPTY;
	double edge, bound;
	int result = 0;

	if (node->type != YAML_SCALAR || num_real(node->text, &edge) < 0)
		return spec_fail(spec, node, "'buckets' is a list of numbers; +Inf is "
		    "there without being named");
	if (counted->edge_count > 0 && edge <= counted->edges[counted->edge_count - 1])
		return spec_fail(spec, node, "'buckets' must rise, and %.40s does not",
		    node->text);
	if (counted->edge_count == COUNT_MAX_BOUNDS)
		return spec_fail(spec, node, "'buckets' has at most %d numbers",
		    COUNT_MAX_BOUNDS);
	bound = edge * counted->divisor;
	if (counted->divisor > 1 && strpbrk(node->text, "eE") == NULL) {
		buf_printf(&text, "%se3", node->text);
		result = num_real(buf_text(&text), &bound);
		buf_release(&text);
	}
	if (result < 0 || isinf(bound))
		return spec_fail(spec, node, "'buckets' has %.40s, which is too large",
		    node->text);
	counted->edges[counted->edge_count++] = edge;
	num_print_real(number, bound);
	buf_printf(bounds, "%s%s", bounds->len > 0 ? "," : "", number);
	return 0;
}

static int
read_buckets(const struct spec *spec, const struct yaml_node *root,
    struct metric_counted *counted, enum prometheus_type type)
{
	const struct yaml_node *buckets = yaml_find(root, "buckets");
	struct buf bounds = BUF_EMPTY;
	int result = 0;

	if ((buckets != NULL) != (type == PROMETHEUS_HISTOGRAM))
		return spec_fail(spec, buckets != NULL ? buckets : root, "'buckets' go "
		    "with type: histogram, which needs them");
	if (buckets == NULL)
		return 0;
	if (!counted->has_value)
		return spec_fail(spec, root, "'value' is missing: the number that is put "
		    "into buckets");
	if (buckets->type != YAML_SEQUENCE || buckets->count == 0)
		return spec_fail(spec, buckets, "'buckets' is a list of numbers");
	for (size_t i = 0; i < buckets->count && result == 0; i++)
		result = read_bucket(spec, buckets->children[i], counted, &bounds);
	counted->bounds = mem_text(buf_text(&bounds));
	buf_release(&bounds);
	return result;
}

/* Sets *sql to class(COLUMN) as SQL when text is that. Returns 1, 0 when it is not, -1. */
static int
read_class(const struct spec *spec, const char *text, enum event_kind kind, char **sql)
{
	static const char head[] = "class(";
	size_t len = strlen(text);
	struct buf out = BUF_EMPTY;
	char *column, *column_sql;
	int result;

	if (strncmp(text, head, strlen(head)) != 0 || text[len - 1] != ')')
		return 0;
	column = mem_text_of(text + strlen(head), len - strlen(head) - 1);
	result = reference_group_sql(&column_sql, column, kind, spec->err);
	free(column);
	if (result < 0)
		return -1;
	buf_printf(&out, "CASE WHEN %s BETWEEN 100 AND 599 THEN (CAST(%s AS INTEGER) / 100)"
	    " || 'xx' END", column_sql, column_sql);
	*sql = mem_text(buf_text(&out));
	free(column_sql);
	buf_release(&out);
	return 1;
}

static int
read_label(const struct spec *spec, const char *name, const struct yaml_node *node,
    struct metric_counted *counted)
{
	enum event_kind kind = counted->events.kind;
	char *sql = NULL;
	int result;

	if (!prometheus_is_label_name(name))
		return spec_fail(spec, node, "'%.60s' is not a name for a label (letters, "
		    "digits and _, no digit first, not __)", name);
	if (strcmp(name, "le") == 0 || strcmp(name, "quantile") == 0)
		return spec_fail(spec, node, "label %s: belongs to histograms and "
		    "summaries", name);
	if (node->type != YAML_SCALAR || node->text[0] == '\0')
		return spec_fail(spec, node, "the label %.60s names a column, or a member "
		    "such as labels.job", name);
	if (counted->label_count == SLO_MAX_GROUP)
		return spec_fail(spec, node, "more than %d labels", SLO_MAX_GROUP);
	result = read_class(spec, node->text, kind, &sql);
	if (result == 0)
		result = reference_group_sql(&sql, node->text, kind, spec->err);
	if (result < 0)
		return err_in(spec->err, "%s: line %d: label %s", spec->file, node->line,
		    name);
	counted->label_names[counted->label_count] = mem_text(name);
	counted->label_sql[counted->label_count++] = sql;
	return 0;
}

static int
read_labels(const struct spec *spec, const struct yaml_node *root,
    struct metric_counted *counted)
{
	const struct yaml_node *labels = yaml_find(root, "labels");

	counted->max_series = METRIC_MAX_SERIES;
	if (spec_integer(spec, root, "max_series", 1, 100000, &counted->max_series) < 0)
		return -1;
	if (labels == NULL)
		return 0;
	if (labels->type != YAML_MAPPING)
		return spec_fail(spec, labels, "'labels' has a column for each label, as "
		    "in labels: {host: host}");
	for (size_t i = 0; i < labels->count; i++)
		if (read_label(spec, labels->keys[i], labels->children[i], counted) < 0)
			return -1;
	return 0;
}

/* The unit stands in the name; who gives it beside that has it compared. */
static int
read_unit(const struct spec *spec, const struct yaml_node *root,
    const struct metric_definition *definition)
{
	const char *in_name = prometheus_unit(definition->name, definition->type), *unit;

	if (spec_text(spec, root, "unit", SPEC_OPTIONAL, &unit) < 0)
		return -1;
	if (unit == NULL || (in_name != NULL && strcmp(unit, in_name) == 0))
		return 0;
	return spec_fail(spec, yaml_find(root, "unit"), "'unit' must be a base unit that the "
	    "name of the metric ends in (before _total), such as seconds or bytes");
}

/* What is added up must not fall: a negative value is none, unless buckets ask for it. */
static void
leave_out_negative(struct metric_counted *counted)
{
	struct buf sql = BUF_EMPTY;

	buf_printf(&sql, "CASE WHEN (%s) >= 0 THEN (%s) END", counted->value, counted->value);
	free(counted->value);
	counted->value = mem_text(buf_text(&sql));
	buf_release(&sql);
}

static int
read_root(const struct spec *spec, const struct yaml_node *root,
    struct metric_definition *out)
{
	static const char *const fields[] = { "metric", "type", "help", "unit", "source",
		"value", "buckets", "labels", "max_series", NULL };
	static const char *const types[] = { "counter", "gauge", "histogram", NULL };
	static const enum prometheus_type kinds[] = { PROMETHEUS_COUNTER,
		PROMETHEUS_GAUGE, PROMETHEUS_HISTOGRAM };
	const char *name, *help;
	int type = 0;

	if (spec_fields(spec, root, "a metric", fields) < 0 ||
	    spec_text(spec, root, "metric", SPEC_REQUIRED, &name) < 0 ||
	    spec_text(spec, root, "help", SPEC_REQUIRED, &help) < 0 ||
	    spec_choice(spec, root, "type", SPEC_REQUIRED, types, &type) < 0)
		return -1;
	out->name = mem_text(name);
	out->help = mem_text(help);
	out->type = kinds[type];
	out->line = out->name_line = yaml_find(root, "metric")->line;
	if (!prometheus_is_metric_name(name))
		return spec_fail(spec, yaml_find(root, "metric"), "'%.80s' is no metric "
		    "name (letters, digits, _ and :, and no digit first)", name);
	if (!metric_definition_is_named(out->path, name))
		return spec_fail(spec, yaml_find(root, "metric"), "metric: %.80s; the file "
		    "must be named %.80s.yaml", name, name);
	if (out->type != PROMETHEUS_COUNTER && ends_with(name, "_total"))
		return spec_fail(spec, yaml_find(root, "metric"), "metric: %.80s; a name "
		    "that ends in _total is that of a counter", name);
	if (read_unit(spec, root, out) < 0 ||
	    read_source(spec, root, name, out->counted) < 0 ||
	    read_buckets(spec, root, out->counted, out->type) < 0)
		return -1;
	if (out->type == PROMETHEUS_GAUGE && !out->counted->has_value)
		return spec_fail(spec, root, "'value' is missing: a gauge shows the last "
		    "value; a counter counts events");
	if (out->counted->has_value && out->type != PROMETHEUS_GAUGE &&
	    (out->counted->edge_count == 0 || out->counted->edges[0] >= 0))
		leave_out_negative(out->counted);
	return read_labels(spec, root, out->counted);
}

int
metric_counted_parse(struct metric_definition *out, const char *path, const char *text,
    size_t len, struct err *err)
{
	const struct spec spec = { path, err };
	struct yaml *yaml;
	int result;

	memset(out, 0, sizeof(*out));
	out->path = mem_text(path);
	out->text = mem_text_of(text, len);
	out->counted = mem_new(1, sizeof(*out->counted));
	if (yaml_open(&yaml, text, len, err) < 0)
		return err_in(err, "%s", path);
	if (yaml_document_count(yaml) != 1)
		result = err_set(err, EXIT_CONFIG, "%s: line 1: a file has one "
		    "metric", path);
	else
		result = read_root(&spec, yaml_document(yaml, 0), out);
	yaml_close(yaml);
	return result;
}
