/* SPDX-License-Identifier: ISC */
#include "metric/prometheus.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/require.h"
#include "base/utf8.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
#define DIGITS "0123456789"
/* Keys may be long; messages show only the beginning. */
#define KEY "sample %.160s: "
#define KEY_OF(family, sample) ((family)->keys.data + (sample)->key_at)

enum suffix { NONE, SUM, COUNT, BUCKET, SUFFIX_COUNT };

struct prometheus_sample {
	size_t key_at;   /* into keys: "name{label=...}", ends in NUL */
	size_t group_at; /* into keys: its labels but quantile or le */
	enum suffix suffix;
	double edge; /* quantile or le; NaN when the sample has none */
	double value;
};

const char *const prometheus_type_names[PROMETHEUS_TYPE_COUNT] = {
	"counter", "gauge", "histogram", "summary", "untyped"
};

static const char *const suffixes[SUFFIX_COUNT] = {
	"", "_sum", "_count", "_bucket"
};

/* The suffixes that each type allows, and the label that tells its points apart,
 * which only samples with edge_suffix have. */
static const struct shape {
	bool takes[SUFFIX_COUNT];
	const char *words;
	const char *edge;
	enum suffix edge_suffix;
} shapes[PROMETHEUS_TYPE_COUNT] = {
	[PROMETHEUS_COUNTER] = { { [NONE] = true }, "none", NULL, NONE },
	[PROMETHEUS_GAUGE] = { { [NONE] = true }, "none", NULL, NONE },
	[PROMETHEUS_HISTOGRAM] = { { false, true, true, true },
	    "_bucket, _sum or _count", "le", BUCKET },
	[PROMETHEUS_SUMMARY] = { { true, true, true, false },
	    "none, _sum or _count", "quantile", NONE },
	[PROMETHEUS_UNTYPED] = { { [NONE] = true }, "none", NULL, NONE },
};

int
prometheus_find_type(const char *name)
{
	for (int type = 0; type < PROMETHEUS_TYPE_COUNT; type++)
		if (strcmp(prometheus_type_names[type], name) == 0)
			return type;
	return -1;
}

bool
prometheus_is_metric_name(const char *name)
{
	return name[0] != '\0' && strchr(DIGITS, name[0]) == NULL &&
	    name[strspn(name, LETTERS DIGITS ":")] == '\0';
}

bool
prometheus_is_label_name(const char *name)
{
	return prometheus_is_metric_name(name) && strchr(name, ':') == NULL &&
	    strncmp(name, "__", 2) != 0;
}

size_t
prometheus_print_number(char *out, double value)
{
	if (isnan(value))
		return (size_t)snprintf(out, NUM_REAL_SIZE, "NaN");
	if (isinf(value))
		return (size_t)snprintf(out, NUM_REAL_SIZE, "%s",
		    value > 0 ? "+Inf" : "-Inf");
	if (fabs(value) <= 9007199254740992.0 && value == trunc(value))
		return (size_t)snprintf(out, NUM_REAL_SIZE, "%.0f",
		    value + 0.0); /* -0 + 0 is 0 */
	return num_print_real(out, value);
}

static void
add_escaped(struct buf *out, const char *text, size_t len, bool in_quotes)
{
	for (size_t i = 0; i < len;) {
		size_t length = utf8_length(text + i, len - i);

		if (length == 0 || text[i] == '\0') {
			buf_add_text(out, UTF8_REPLACEMENT);
			length = 1;
		} else if (text[i] == '\n') {
			buf_add_text(out, "\\n");
		} else {
			if (text[i] == '\\' || (text[i] == '"' && in_quotes))
				buf_add_char(out, '\\');
			buf_add(out, text + i, length);
		}
		i += length;
	}
}

/* Appends {name="value",...}, or nothing when no label but `except` has a
 * value; an empty value is the same as no label. */
static void
add_labels(struct buf *out, const struct prometheus_label *labels,
    size_t count, const char *except)
{
	char before = '{';

	for (size_t i = 0; i < count; i++) {
		if (labels[i].value == NULL || labels[i].len == 0 ||
		    (except != NULL && strcmp(labels[i].name, except) == 0))
			continue;
		buf_add_char(out, before);
		buf_printf(out, "%s=\"", labels[i].name);
		add_escaped(out, labels[i].value, labels[i].len, true);
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
	family->samples = NULL;
	family->count = 0;
}

static struct prometheus_sample *
new_sample(struct prometheus_family *family)
{
	/* The array doubles when its count is a power of two. */
	if ((family->count & (family->count - 1)) == 0)
		family->samples = mem_resize(family->samples,
		    family->count > 0 ? family->count * 2 : 1,
		    sizeof(family->samples[0]));
	return &family->samples[family->count++];
}

static int
find_suffix(const struct prometheus_family *family, const char *text,
    enum suffix *out, struct err *err)
{
	const struct shape *shape = &shapes[family->type];

	for (int suffix = 0; suffix < SUFFIX_COUNT; suffix++) {
		*out = (enum suffix)suffix;
		if (strcmp(text, suffixes[suffix]) == 0 && shape->takes[suffix])
			return 0;
	}
	return err_set(err, EXIT_CONFIG, "suffix '%.40s' does not go with type "
	    "%s, which takes %s", text, prometheus_type_names[family->type],
	    shape->words);
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

/* Finds quantile or le; an error when it is missing, bad or out of place. */
static int
find_edge(const struct prometheus_family *family,
    struct prometheus_sample *sample, const struct prometheus_label *labels,
    size_t count, struct err *err)
{
	const struct shape *shape = &shapes[family->type];
	const char *key = KEY_OF(family, sample), *edge = shape->edge;
	bool wanted = edge != NULL && sample->suffix == shape->edge_suffix;

	sample->edge = NAN;
	for (size_t i = 0; edge != NULL && i < count; i++) {
		if (strcmp(labels[i].name, edge) != 0 ||
		    labels[i].value == NULL || labels[i].len == 0)
			continue;
		if (!wanted)
			return err_set(err, EXIT_CONFIG, KEY "%s takes no label "
			    "%s", key, suffixes[sample->suffix], edge);
		if (parse_edge(edge, &labels[i], &sample->edge) < 0)
			return err_set(err, EXIT_CONFIG, KEY "label %s is not a "
			    "number%s", key, edge, shape->edge_suffix == BUCKET
			    ? " or +Inf" : " from 0 to 1");
	}
	if (wanted && isnan(sample->edge))
		return err_set(err, EXIT_CONFIG, KEY "a %s needs the label %s "
		    "here", key, prometheus_type_names[family->type], edge);
	return 0;
}

int
prometheus_add(struct prometheus_family *family, const char *suffix,
    const struct prometheus_label *labels, size_t label_count, double value,
    struct err *err)
{
	struct prometheus_sample *sample;
	char number[NUM_REAL_SIZE];
	enum suffix found;
	bool counts;

	if (find_suffix(family, suffix, &found, err) < 0)
		return -1;
	sample = new_sample(family);
	sample->suffix = found;
	sample->value = value;
	sample->key_at = family->keys.len;
	buf_add_text(&family->keys, family->name);
	buf_add_text(&family->keys, suffix);
	add_labels(&family->keys, labels, label_count, NULL);
	buf_add_char(&family->keys, '\0');
	sample->group_at = family->keys.len;
	add_labels(&family->keys, labels, label_count, shapes[family->type].edge);
	buf_add_char(&family->keys, '\0');
	if (find_edge(family, sample, labels, label_count, err) < 0)
		return -1;
	counts = family->type == PROMETHEUS_COUNTER || found == COUNT ||
	    found == BUCKET;
	prometheus_print_number(number, value);
	if (counts && !(value >= 0))
		return err_set(err, EXIT_CONFIG, KEY "%s is not a count: it must be "
		    "0 or more", KEY_OF(family, sample), number);
	return 0;
}

static int
compare_keys(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int
check_unique(const struct prometheus_family *family, struct err *err)
{
	const char **keys = mem_new(family->count, sizeof(keys[0]));
	int result = 0;

	for (size_t i = 0; i < family->count; i++)
		keys[i] = KEY_OF(family, &family->samples[i]);
	qsort(keys, family->count, sizeof(keys[0]), compare_keys);
	for (size_t i = 1; i < family->count && result == 0; i++)
		if (strcmp(keys[i - 1], keys[i]) == 0)
			result = err_set(err, EXIT_CONFIG, KEY "occurs "
			    "twice; each row needs other labels", keys[i]);
	free(keys);
	return result;
}

static bool
same_group(const struct prometheus_family *family,
    const struct prometheus_sample *a, const struct prometheus_sample *b)
{
	return strcmp(family->keys.data + a->group_at,
	    family->keys.data + b->group_at) == 0;
}

/* before is the preceding sample, or NULL. */
static int
check_rising(const struct prometheus_family *family,
    const struct prometheus_sample *before,
    const struct prometheus_sample *sample, struct err *err)
{
	const char *key = KEY_OF(family, sample);

	if (before == NULL || isnan(before->edge) || isnan(sample->edge) ||
	    !same_group(family, before, sample))
		return 0;
	if (sample->edge <= before->edge)
		return err_set(err, EXIT_CONFIG, KEY "label %s must rise from row "
		    "to row", key, shapes[family->type].edge);
	if (sample->suffix == BUCKET && sample->value < before->value)
		return err_set(err, EXIT_CONFIG, KEY "holds less than the bucket "
		    "before it; buckets count all up to le", key);
	return 0;
}

/* top is the last bucket seen, or NULL; after is the next sample, or NULL. */
static int
check_top(const struct prometheus_family *family,
    const struct prometheus_sample *top, const struct prometheus_sample *sample,
    const struct prometheus_sample *after, struct err *err)
{
	const char *key = KEY_OF(family, sample);
	bool is_last = after == NULL || after->suffix != BUCKET ||
	    !same_group(family, sample, after);

	if (sample->suffix == BUCKET && is_last && !isinf(sample->edge))
		return err_set(err, EXIT_CONFIG, KEY "the last bucket must be "
		    "le=\"+Inf\"", key);
	if (sample->suffix != COUNT)
		return 0;
	if (top == NULL || !same_group(family, top, sample))
		return err_set(err, EXIT_CONFIG, KEY "must come after its own "
		    "buckets", key);
	if (top->value < sample->value || top->value > sample->value)
		return err_set(err, EXIT_CONFIG, KEY "differs from the bucket "
		    "le=\"+Inf\"", key);
	return 0;
}

int
prometheus_check(const struct prometheus_family *family, struct err *err)
{
	const struct prometheus_sample *top = NULL;

	if (check_unique(family, err) < 0)
		return -1;
	for (size_t i = 0; i < family->count; i++) {
		const struct prometheus_sample *sample = &family->samples[i];

		if (check_rising(family, i > 0 ? sample - 1 : NULL, sample,
		    err) < 0)
			return -1;
		if (sample->suffix == BUCKET)
			top = sample;
		if (family->type == PROMETHEUS_HISTOGRAM && check_top(family,
		    top, sample, i + 1 < family->count ? sample + 1 : NULL,
		    err) < 0)
			return -1;
	}
	return 0;
}

void
prometheus_print(const struct prometheus_family *family, struct buf *out)
{
	char number[NUM_REAL_SIZE];

	if (family->count == 0)
		return;
	buf_printf(out, "# HELP %s ", family->name);
	add_escaped(out, family->help, strlen(family->help), false);
	buf_printf(out, "\n# TYPE %s %s\n", family->name,
	    prometheus_type_names[family->type]);
	for (size_t i = 0; i < family->count; i++) {
		prometheus_print_number(number, family->samples[i].value);
		buf_printf(out, "%s %s\n",
		    KEY_OF(family, &family->samples[i]), number);
	}
}
