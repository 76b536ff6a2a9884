/* SPDX-License-Identifier: ISC */
#include "metric/exposition.h"
#include "base/num.h"

#include <string.h>

const char *const exposition_content_types[EXPOSITION_FORMAT_COUNT] = {
	"text/plain; version=0.0.4; charset=utf-8",
	"application/openmetrics-text; version=1.0.0; charset=utf-8",
};

/* The words of TYPE lines in text 0.0.4; those of OpenMetrics are the names. */
static const char *const text_types[PROMETHEUS_TYPE_COUNT] = {
	"counter", "gauge", "histogram", "summary", "gauge", "gauge", "untyped"
};

int
exposition_check_labels(const struct prometheus_label *labels, size_t count,
    struct err *err)
{
	for (size_t i = 0; i < count; i++) {
		const char *name = labels[i].name;

		if (!prometheus_is_label_name(name))
			return err_set(err, EXIT_USAGE, "'%.80s' is not a name for a "
			    "label (letters, digits and _, no digit first, not __)",
			    name);
		if (strcmp(name, "le") == 0 || strcmp(name, "quantile") == 0)
			return err_set(err, EXIT_USAGE, "label %s: belongs to histograms "
			    "and summaries", name);
		if (labels[i].len == 0)
			return err_set(err, EXIT_USAGE, "label %.80s: an empty value is "
			    "the same as no label", name);
		for (size_t k = 0; k < i; k++)
			if (strcmp(labels[k].name, name) == 0)
				return err_set(err, EXIT_USAGE, "label %.80s: given "
				    "twice", name);
	}
	return 0;
}

static int
check_collision(const struct prometheus_family *family,
    const struct prometheus_label *labels, size_t count, struct err *err)
{
	const struct buf *names = &family->label_names;

	for (size_t i = 0; i < count; i++)
		for (size_t at = 0; at < names->len; at += strlen(names->data + at) + 1)
			if (strcmp(labels[i].name, names->data + at) == 0)
				return err_set(err, EXIT_CONFIG, "metric %.80s has a "
				    "label %.80s itself, so not every sample can be given "
				    "one", family->name, labels[i].name);
	return 0;
}

static void
add_help(enum exposition_format format, const struct prometheus_family *family,
    size_t name_len, struct buf *out)
{
	const char *help = family->help;
	size_t len = strlen(help);

	if (len == 0)
		return;
	buf_printf(out, "# HELP %.*s ", (int)name_len, family->name);
	prometheus_add_escaped(out, help, len, format == EXPOSITION_OPENMETRICS);
	buf_add_char(out, '\n');
}

/* name_len is the length of the name without what OpenMetrics appends to samples. */
static void
add_metadata(enum exposition_format format, const struct prometheus_family *family,
    enum prometheus_type type, size_t name_len, struct buf *out)
{
	const char *unit = prometheus_unit(family->name, type);

	if (format == EXPOSITION_TEXT) {
		add_help(format, family, name_len, out);
		buf_printf(out, "# TYPE %s %s\n", family->name, text_types[type]);
		return;
	}
	buf_printf(out, "# TYPE %.*s %s\n", (int)name_len, family->name,
	    prometheus_type_names[type]);
	if (unit != NULL)
		buf_printf(out, "# UNIT %.*s %s\n", (int)name_len, family->name, unit);
	add_help(format, family, name_len, out);
}

/* Returns whether OpenMetrics wants _sum and _count of the metric that begins there. */
static bool
takes_sum(const struct prometheus_family *family, size_t first)
{
	const struct prometheus_sample *samples = family->samples;
	bool has_sum = false, has_count = false, has_negative = false;

	if (family->type != PROMETHEUS_HISTOGRAM)
		return true;
	for (size_t i = first; i < family->count &&
	    samples[i].metric == samples[first].metric; i++) {
		has_sum |= samples[i].suffix == PROMETHEUS_SUM;
		has_count |= samples[i].suffix == PROMETHEUS_COUNT;
		has_negative |= samples[i].suffix == PROMETHEUS_BUCKET &&
		    samples[i].edge < 0;
	}
	return has_sum && has_count && !has_negative;
}

/* The labels of the sample, "{...}" or "". */
static const char *
labels_of(const struct prometheus_family *family, const struct prometheus_sample *sample)
{
	return family->keys.data + sample->key_at + strlen(family->name) +
	    strlen(prometheus_suffixes[sample->suffix]);
}

/* constant is "", or the labels of all samples with a comma after each. */
static void
add_sample_line(const struct prometheus_family *family,
    const struct prometheus_sample *sample, const char *name, const char *constant,
    struct buf *out)
{
	const char *labels = labels_of(family, sample);
	char number[NUM_REAL_SIZE];

	buf_add_text(out, name);
	buf_add_text(out, prometheus_suffixes[sample->suffix]);
	if (constant[0] == '\0') {
		buf_add_text(out, labels);
	} else if (labels[0] != '\0') {
		buf_printf(out, "{%s", constant);
		buf_add_text(out, labels + 1);
	} else {
		buf_printf(out, "{%.*s}", (int)strlen(constant) - 1, constant);
	}
	buf_add_char(out, ' ');
	buf_add(out, number, prometheus_print_number(number, sample->value));
	buf_add_char(out, '\n');
}

static void
add_samples(enum exposition_format format, const struct prometheus_family *family,
    enum prometheus_type type, size_t name_len, const char *constant, struct buf *out)
{
	bool is_open = format == EXPOSITION_OPENMETRICS, takes = true;
	struct buf base = BUF_EMPTY, plain = BUF_EMPTY;

	buf_add(&base, family->name, name_len);
	buf_add(&plain, family->name, name_len);
	if (is_open && type == PROMETHEUS_COUNTER)
		buf_add_text(&plain, "_total");
	if (is_open && type == PROMETHEUS_INFO)
		buf_add_text(&plain, "_info");
	for (size_t i = 0; i < family->count; i++) {
		const struct prometheus_sample *sample = &family->samples[i];
		enum prometheus_suffix suffix = sample->suffix;

		if (i == 0 || sample->metric != sample[-1].metric)
			takes = takes_sum(family, i);
		if (suffix == PROMETHEUS_CREATED &&
		    (!is_open || type == PROMETHEUS_UNKNOWN))
			continue;
		if (is_open && !takes && (suffix == PROMETHEUS_SUM ||
		    suffix == PROMETHEUS_COUNT))
			continue;
		add_sample_line(family, sample, buf_text(suffix == PROMETHEUS_PLAIN
		    ? &plain : &base), constant, out);
	}
	buf_release(&base);
	buf_release(&plain);
}

int
exposition_print(enum exposition_format format, const struct prometheus_family *family,
    const struct prometheus_label *labels, size_t label_count, struct buf *out,
    struct err *err)
{
	enum prometheus_type type = family->type;
	size_t name_len = strlen(family->name), base_len;
	struct buf constant = BUF_EMPTY;

	if (check_collision(family, labels, label_count, err) < 0)
		return -1;
	if (family->count == 0)
		return 0;
	base_len = prometheus_base_length(family->name, type);
	if (format == EXPOSITION_OPENMETRICS && base_len == 0)
		type = PROMETHEUS_UNKNOWN; /* the name is nothing but _total or _info */
	else if (format == EXPOSITION_OPENMETRICS)
		name_len = base_len;
	for (size_t i = 0; i < label_count; i++) {
		buf_printf(&constant, "%s=\"", labels[i].name);
		prometheus_add_escaped(&constant, labels[i].value, labels[i].len, true);
		buf_add_text(&constant, "\",");
	}
	add_metadata(format, family, type, name_len, out);
	add_samples(format, family, type, name_len, buf_text(&constant), out);
	buf_release(&constant);
	return 0;
}

void
exposition_end(enum exposition_format format, struct buf *out)
{
	if (format == EXPOSITION_OPENMETRICS)
		buf_add_text(out, "# EOF\n");
}
