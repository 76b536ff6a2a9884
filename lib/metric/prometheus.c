/* SPDX-License-Identifier: ISC */
#include "metric/prometheus_private.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/require.h"
#include "base/utf8.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The suffixes that each type takes, and the label that tells its points apart, which
 * only samples with edge_suffix have. */
static const struct shape {
	bool takes[PROMETHEUS_SUFFIX_COUNT];
	const char *words;
	const char *edge;
	enum prometheus_suffix edge_suffix;
} shapes[PROMETHEUS_TYPE_COUNT] = {
	[PROMETHEUS_COUNTER] = { { [PROMETHEUS_PLAIN] = true, [PROMETHEUS_CREATED] = true },
	    "none or _created", NULL, PROMETHEUS_PLAIN },
	[PROMETHEUS_GAUGE] = { { true }, "none", NULL, PROMETHEUS_PLAIN },
	[PROMETHEUS_HISTOGRAM] = { { false, true, true, true, true },
	    "_bucket, _sum, _count or _created", "le", PROMETHEUS_BUCKET },
	[PROMETHEUS_SUMMARY] = { { true, true, true, false, true },
	    "none, _sum, _count or _created", "quantile", PROMETHEUS_PLAIN },
	[PROMETHEUS_INFO] = { { true }, "none", NULL, PROMETHEUS_PLAIN },
	[PROMETHEUS_STATESET] = { { true }, "none", NULL, PROMETHEUS_PLAIN },
	[PROMETHEUS_UNKNOWN] = { { true }, "none", NULL, PROMETHEUS_PLAIN },
};

void
prometheus_add_escaped(struct buf *out, const char *text, size_t len, bool escapes_quotes)
{
	for (size_t i = 0; i < len;) {
		size_t length = utf8_length(text + i, len - i);

		if (length == 0 || text[i] == '\0') {
			buf_add_text(out, UTF8_REPLACEMENT);
			length = 1;
		} else if (text[i] == '\n') {
			buf_add_text(out, "\\n");
		} else {
			if (text[i] == '\\' || (text[i] == '"' && escapes_quotes))
				buf_add_char(out, '\\');
			buf_add(out, text + i, length);
		}
		i += length;
	}
}

/* Whether the name of the label is this; a label without a value is none. */
static bool
is_label(const struct prometheus_label *label, const char *name)
{
	return name != NULL && label->value != NULL && label->len > 0 &&
	    strcmp(label->name, name) == 0;
}

/* Appends {name="value",...}, or nothing when no label but `except` has a value; an
 * empty value is the same as no label. The label named edge has the value `edge`,
 * unless that is NaN. */
static void
add_labels(struct buf *out, const struct prometheus_label *labels, size_t count,
    const char *except, const char *edge_name, double edge)
{
	char before = '{', number[NUM_REAL_SIZE];

	for (size_t i = 0; i < count; i++) {
		if (labels[i].value == NULL || labels[i].len == 0 ||
		    is_label(&labels[i], except))
			continue;
		buf_add_char(out, before);
		buf_printf(out, "%s=\"", labels[i].name);
		if (is_label(&labels[i], edge_name) && !isnan(edge))
			buf_add(out, number, prometheus_print_edge(number, edge));
		else
			prometheus_add_escaped(out, labels[i].value, utf8_cut(
			    labels[i].value, labels[i].len, PROMETHEUS_MAX_LABEL_BYTES),
			    true);
		buf_add_char(out, '"');
		before = ',';
	}
	if (before == ',')
		buf_add_char(out, '}');
}

void
prometheus_init(struct prometheus_family *family, const char *name,
    enum prometheus_type type, const char *help)
{
	REQUIRE((size_t)type < sizeof(shapes) / sizeof(shapes[0]));
	memset(family, 0, sizeof(*family));
	family->name = name;
	family->help = help;
	family->type = type;
}

void
prometheus_release(struct prometheus_family *family)
{
	free(family->samples);
	buf_release(&family->keys);
	buf_release(&family->label_names);
	family->samples = NULL;
	family->count = 0;
}

void
prometheus_fault(struct prometheus_family *family, struct prometheus_sample *sample,
    enum prometheus_fault fault, const char *format, ...)
{
	struct err reason;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(reason.text, sizeof(reason.text), format, arguments);
	va_end(arguments);
	reason.exit_code = EXIT_CONFIG;
	if (sample->fault < fault)
		sample->fault = fault;
	if (family->dropped.exit_code == 0)
		family->dropped = reason;
	if (fault == PROMETHEUS_SHAPE && family->shape.exit_code == 0)
		family->shape = reason;
}

static struct prometheus_sample *
new_sample(struct prometheus_family *family)
{
	/* The array doubles when its count is a power of two. */
	if ((family->count & (family->count - 1)) == 0)
		family->samples = mem_resize(family->samples,
		    family->count > 0 ? family->count * 2 : 1,
		    sizeof(family->samples[0]));
	memset(&family->samples[family->count], 0, sizeof(family->samples[0]));
	return &family->samples[family->count++];
}

static int
find_suffix(const struct prometheus_family *family, const char *text,
    enum prometheus_suffix *out, struct err *err)
{
	const struct shape *shape = &shapes[family->type];

	for (int suffix = 0; suffix < PROMETHEUS_SUFFIX_COUNT; suffix++) {
		*out = (enum prometheus_suffix)suffix;
		if (strcmp(text, prometheus_suffixes[suffix]) == 0 &&
		    shape->takes[suffix])
			return 0;
	}
	return err_set(err, EXIT_CONFIG, "suffix '%.40s' does not go with type "
	    "%s, which takes %s", text, prometheus_type_names[family->type],
	    shape->words);
}

/* The names of labels of a family are few, and mostly those of the first sample. */
static void
keep_names(struct prometheus_family *family, const struct prometheus_label *labels,
    size_t count)
{
	struct buf *names = &family->label_names;

	for (size_t i = 0; i < count; i++) {
		size_t at = 0;

		while (at < names->len && strcmp(names->data + at, labels[i].name) != 0)
			at += strlen(names->data + at) + 1;
		if (at == names->len)
			buf_add(names, labels[i].name, strlen(labels[i].name) + 1);
	}
}

static int
parse_edge(const char *name, const struct prometheus_label *label,
    double *out)
{
	if (strlen(label->value) != label->len)
		return -1;
	if (strcmp(name, "le") == 0 && strcmp(label->value, "+Inf") == 0) {
		*out = INFINITY;
		return 0;
	}
	if (num_real(label->value, out) < 0)
		return -1;
	return strcmp(name, "quantile") == 0 && (*out < 0 || *out > 1) ? -1 : 0;
}

/* Returns the quantile or le of the sample; NaN when it has none or no number.
 * *label is the label, or NULL. */
static double
find_edge(const struct prometheus_family *family, const struct prometheus_label *labels,
    size_t count, const struct prometheus_label **label)
{
	const char *edge = shapes[family->type].edge;
	double value = NAN;

	*label = NULL;
	for (size_t i = 0; i < count; i++)
		if (is_label(&labels[i], edge))
			*label = &labels[i];
	if (*label != NULL && parse_edge(edge, *label, &value) < 0)
		value = NAN;
	return value;
}

/* A quantile or le that is missing, no number or out of place. */
static void
check_edge(struct prometheus_family *family, struct prometheus_sample *sample,
    const struct prometheus_label *label)
{
	const struct shape *shape = &shapes[family->type];
	const char *key = KEY_OF(family, sample);
	bool is_wanted = sample->suffix == shape->edge_suffix;

	if (shape->edge == NULL)
		return;
	if (!is_wanted && label != NULL)
		prometheus_fault(family, sample, PROMETHEUS_SHAPE, KEY "%s takes no "
		    "label %s", key, prometheus_suffixes[sample->suffix], shape->edge);
	else if (is_wanted && label == NULL)
		prometheus_fault(family, sample, PROMETHEUS_SHAPE, KEY "a %s needs the "
		    "label %s here", key, prometheus_type_names[family->type],
		    shape->edge);
	else if (is_wanted && isnan(sample->edge))
		prometheus_fault(family, sample, PROMETHEUS_SHAPE, KEY "label %s is "
		    "not a number%s", key, shape->edge,
		    shape->edge_suffix == PROMETHEUS_BUCKET ? " or +Inf"
		    : " from 0 to 1");
}

/* Returns what is wrong with the value, or NULL. A sum of a histogram may be negative
 * when a bucket is, which is known when all samples are. */
static const char *
find_fault(enum prometheus_type type, enum prometheus_suffix suffix, double value)
{
	bool is_plain = suffix == PROMETHEUS_PLAIN, is_count = value >= 0;

	if ((suffix == PROMETHEUS_COUNT || suffix == PROMETHEUS_BUCKET) &&
	    is_count && (isinf(value) || value != trunc(value)))
		return "is not a count: it must be a whole number";
	if ((suffix == PROMETHEUS_COUNT || suffix == PROMETHEUS_BUCKET ||
	    (type == PROMETHEUS_COUNTER && is_plain)) && !is_count)
		return "is not a count: it must be 0 or more";
	if (suffix == PROMETHEUS_CREATED && !(is_count && !isinf(value)))
		return "is not a time: it must be seconds since the epoch";
	if (suffix == PROMETHEUS_SUM && (isnan(value) ||
	    (type == PROMETHEUS_SUMMARY && value < 0)))
		return "is not a sum: Prometheus takes sums for counters";
	if (type == PROMETHEUS_SUMMARY && is_plain && value < 0)
		return "is negative, which OpenMetrics does not allow for a quantile";
	if (type == PROMETHEUS_STATESET && !(value >= 0 && value <= 1 &&
	    value == trunc(value)))
		return "is not a state: it must be 0 or 1";
	if (type == PROMETHEUS_INFO && !(value >= 1 && value <= 1))
		return "is not an info: it must be 1";
	return NULL;
}

/* Returns the new sample, or NULL when the type does not take the suffix. */
static struct prometheus_sample *
add_sample(struct prometheus_family *family, const char *suffix,
    const struct prometheus_label *labels, size_t label_count, struct err *err)
{
	const struct shape *shape = &shapes[family->type];
	bool is_stateset = family->type == PROMETHEUS_STATESET, has_state = false;
	const char *apart = is_stateset ? family->name : shape->edge;
	const struct prometheus_label *edge;
	struct prometheus_sample *sample;
	enum prometheus_suffix found;

	if (find_suffix(family, suffix, &found, err) < 0)
		return NULL;
	keep_names(family, labels, label_count);
	sample = new_sample(family);
	sample->suffix = found;
	sample->edge = find_edge(family, labels, label_count, &edge);
	sample->key_at = family->keys.len;
	buf_add_text(&family->keys, family->name);
	buf_add_text(&family->keys, suffix);
	add_labels(&family->keys, labels, label_count, NULL, shape->edge, sample->edge);
	buf_add_char(&family->keys, '\0');
	sample->group_at = family->keys.len;
	add_labels(&family->keys, labels, label_count, apart, NULL, NAN);
	buf_add_char(&family->keys, '\0');
	check_edge(family, sample, edge);
	for (size_t i = 0; i < label_count; i++)
		has_state |= is_stateset && is_label(&labels[i], family->name);
	if (is_stateset && !has_state)
		prometheus_fault(family, sample, PROMETHEUS_DATA, KEY "a stateset needs "
		    "its state, the label %s", KEY_OF(family, sample), family->name);
	return sample;
}

int
prometheus_add(struct prometheus_family *family, const char *suffix,
    const struct prometheus_label *labels, size_t label_count, double value,
    struct err *err)
{
	struct prometheus_sample *sample = add_sample(family, suffix, labels,
	    label_count, err);
	char number[NUM_REAL_SIZE];
	const char *fault;

	if (sample == NULL)
		return -1;
	sample->value = value;
	fault = find_fault(family->type, sample->suffix, value);
	if (fault != NULL) {
		prometheus_print_number(number, value);
		prometheus_fault(family, sample, PROMETHEUS_DATA, KEY "%s %s",
		    KEY_OF(family, sample), number, fault);
	}
	return 0;
}

int
prometheus_add_wrong(struct prometheus_family *family, const char *suffix,
    const struct prometheus_label *labels, size_t label_count, const char *reason,
    struct err *err)
{
	struct prometheus_sample *sample = add_sample(family, suffix, labels,
	    label_count, err);

	if (sample == NULL)
		return -1;
	prometheus_fault(family, sample, PROMETHEUS_DATA, KEY "%s",
	    KEY_OF(family, sample), reason);
	return 0;
}

void
prometheus_leave_out(struct prometheus_family *family, size_t first,
    const struct err *reason)
{
	size_t count = family->count - first;

	family->dropped_count += count > 0 ? count : 1;
	family->count = first;
	if (family->dropped.exit_code == 0)
		family->dropped = *reason;
}
