/* SPDX-License-Identifier: ISC */
#include "metric/metric_name.h"

#include <ctype.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Words that stand for a unit which is no base unit, and the base unit. The short ones
 * are those of promtool, which are units wherever they stand. */
static const struct unit_word {
	const char *word, *base;
} unit_words[] = {
	{ "s", "seconds" }, { "sec", "seconds" }, { "ms", "seconds" },
	{ "us", "seconds" }, { "ns", "seconds" }, { "m", "seconds" },
	{ "h", "seconds" }, { "d", "seconds" }, { "minutes", "seconds" },
	{ "hours", "seconds" }, { "days", "seconds" }, { "weeks", "seconds" },
	{ "b", "bytes" }, { "kb", "bytes" }, { "mb", "bytes" }, { "gb", "bytes" },
	{ "tb", "bytes" }, { "pb", "bytes" }, { "bits", "bytes" }, { "kib", "bytes" },
	{ "mib", "bytes" }, { "gib", "bytes" }, { "tib", "bytes" },
	{ "percent", "ratio" }, { "percentage", "ratio" }, { "pct", "ratio" },
	{ "fahrenheit", "celsius" }, { "rankine", "kelvin" }, { "inches", "meters" },
	{ "yards", "meters" }, { "miles", "meters" }, { "calories", "joules" },
	{ "pounds", "grams" }, { "ounces", "grams" },
};

static const char *const bases[] = { "seconds", "bytes", "bits", "celsius", "kelvin",
	"meters", "metres", "joules", "volts", "amperes", "grams" };

static const char *const prefixes[] = { "pico", "nano", "micro", "milli", "centi", "deci",
	"deca", "hecto", "kilo", "mega", "giga", "tera", "peta", "kibi", "mebi", "gibi",
	"tebi", "pebi" };

/* The messages so far. */
struct complaints {
	const struct metric_names *names;
	struct buf *out;
	size_t count;
};

/* Appends "WHAT VALUE: message". */
PRINTF_LIKE(4, 5) static void
complain(struct complaints *complaints, const char *what, const char *value,
    const char *format, ...)
{
	size_t len = strlen(value);
	va_list arguments;

	buf_printf(complaints->out, "%s ", what);
	buf_add_visible(complaints->out, value, len < 160 ? len : 160);
	buf_add_text(complaints->out, ": ");
	va_start(arguments, format);
	buf_vprintf(complaints->out, format, arguments);
	va_end(arguments);
	buf_add_char(complaints->out, '\n');
	complaints->count++;
}

/* Whether the word of that length is the text. */
static bool
matches_word(const char *word, size_t len, const char *text)
{
	return strlen(text) == len && strncmp(word, text, len) == 0;
}

/* Returns the base unit that should stand in place of the word, or NULL. */
static const char *
find_base(const char *word, size_t len)
{
	for (size_t i = 0; i < COUNT_OF(unit_words); i++)
		if (matches_word(word, len, unit_words[i].word))
			return unit_words[i].base;
	for (size_t i = 0; i < COUNT_OF(prefixes); i++) {
		size_t prefix = strlen(prefixes[i]);

		if (len <= prefix || strncmp(word, prefixes[i], prefix) != 0)
			continue;
		for (size_t k = 0; k < COUNT_OF(bases); k++)
			if (matches_word(word + prefix, len - prefix, bases[k]))
				return strcmp(bases[k], "bits") == 0 ? "bytes"
				    : strcmp(bases[k], "metres") == 0 ? "meters"
				    : bases[k];
	}
	return NULL;
}

static bool
is_camel(const char *name)
{
	for (; name[0] != '\0'; name++)
		if (islower((unsigned char)name[0]) && isupper((unsigned char)name[1]))
			return true;
	return false;
}

static bool
ends_in(const char *name, const char *ending)
{
	size_t len = strlen(name), tail = strlen(ending);

	return len >= tail && strcmp(name + len - tail, ending) == 0;
}

/* The words between underscores: units, and names of types. */
static void
check_words(struct complaints *complaints)
{
	const char *name = complaints->names->name;
	size_t len;

	for (const char *word = name; word[0] != '\0'; word += len + (word[len] == '_')) {
		const char *base;

		len = strcspn(word, "_");
		base = find_base(word, len);
		if (base != NULL)
			complain(complaints, "metric", name, "%.*s is no base unit; "
			    "better %.*s%s%s", (int)len, word, (int)(word - name), name,
			    base, word + len);
		/* promtool looks for a type after an underscore. */
		for (int type = 0; word > name && type < PROMETHEUS_INFO; type++)
			if (matches_word(word, len, prometheus_type_names[type]))
				complain(complaints, "metric", name, "the type %s stands "
				    "in TYPE; leave it out of the name",
				    prometheus_type_names[type]);
	}
}

static void
check_endings(struct complaints *complaints)
{
	static const char *const reserved[] = { "_sum", "_count", "_bucket", "_created",
		"_gsum", "_gcount" };
	const struct metric_names *names = complaints->names;
	const char *name = names->name;
	bool is_counter = names->type == PROMETHEUS_COUNTER;
	bool is_info = names->type == PROMETHEUS_INFO;

	if (ends_in(name, "_total") != is_counter)
		complain(complaints, "metric", name, is_counter
		    ? "the name of a counter must end in _total"
		    : "only the name of a counter may end in _total");
	if (ends_in(name, "_info") != is_info)
		complain(complaints, "metric", name, is_info
		    ? "the name of an info must end in _info"
		    : "only the name of an info may end in _info");
	if (prometheus_base_length(name, names->type) == 0)
		complain(complaints, "metric", name, "nothing but a suffix");
	for (size_t i = 0; i < COUNT_OF(reserved); i++)
		if (ends_in(name, reserved[i]))
			complain(complaints, "metric", name, "the suffix %s is reserved "
			    "for samples of histograms, summaries and counters",
			    reserved[i]);
}

static void
check_unit(struct complaints *complaints)
{
	const struct metric_names *names = complaints->names;
	const char *unit = names->unit, *base, *of_name;

	if (unit == NULL)
		return;
	base = find_base(unit, strlen(unit));
	of_name = prometheus_unit(names->name, names->type);
	if (names->type == PROMETHEUS_INFO || names->type == PROMETHEUS_STATESET)
		complain(complaints, "unit", unit, "%s has no unit",
		    names->type == PROMETHEUS_INFO ? "an info" : "a stateset");
	else if (base != NULL)
		complain(complaints, "unit", unit, "is no base unit; better %s", base);
	else if (of_name == NULL || strcmp(of_name, unit) != 0)
		complain(complaints, "unit", unit, "must be a base unit that the name of "
		    "the metric ends in (before _total)");
}

static void
check_label(struct complaints *complaints, const char *label)
{
	const struct metric_names *names = complaints->names;
	enum prometheus_type type = names->type;

	if (strncmp(label, "__", 2) == 0)
		complain(complaints, "label", label, "names that begin with __ are "
		    "Prometheus' own");
	else if (!prometheus_is_label_name(label))
		complain(complaints, "label", label, "is not a name for a label "
		    "(letters, digits and _, no digit first)");
	if (is_camel(label))
		complain(complaints, "label", label, "write snake_case, not camelCase");
	if (strcmp(label, "le") == 0 && type != PROMETHEUS_HISTOGRAM)
		complain(complaints, "label", label, "belongs to histograms");
	if (strcmp(label, "quantile") == 0 && type != PROMETHEUS_SUMMARY)
		complain(complaints, "label", label, "belongs to summaries");
	if (strcmp(label, "job") == 0 || strcmp(label, "instance") == 0)
		complain(complaints, "label", label, "a scrape sets this label and "
		    "renames ours to exported_%s; better %s_name", label, label);
	if (strcmp(label, names->name) == 0 && type != PROMETHEUS_STATESET)
		complain(complaints, "label", label, "only a stateset has a label that is "
		    "named as the metric");
}

static void
check_labels(struct complaints *complaints)
{
	const struct metric_names *names = complaints->names;
	bool has_state = false;

	for (size_t i = 0; i < names->label_count; i++) {
		bool is_twice = false;

		for (size_t k = 0; k < i; k++)
			is_twice |= strcmp(names->labels[i], names->labels[k]) == 0;
		if (is_twice)
			complain(complaints, "label", names->labels[i], "given twice");
		else
			check_label(complaints, names->labels[i]);
		has_state |= strcmp(names->labels[i], names->name) == 0;
	}
	if (names->type == PROMETHEUS_STATESET && !has_state)
		complain(complaints, "metric", names->name, "a stateset has its states in "
		    "a label that is named as the metric");
}

size_t
metric_name_check(const struct metric_names *names, struct buf *out)
{
	struct complaints complaints = { names, out, 0 };

	if (!prometheus_is_metric_name(names->name)) {
		complain(&complaints, "metric", names->name, "is not a name for a metric "
		    "(letters, digits and _, no digit first)");
	} else {
		if (strchr(names->name, ':') != NULL)
			complain(&complaints, "metric", names->name, "colons are for "
			    "recording rules");
		if (is_camel(names->name))
			complain(&complaints, "metric", names->name, "write snake_case, "
			    "not camelCase");
		check_words(&complaints);
		check_endings(&complaints);
		check_unit(&complaints);
	}
	check_labels(&complaints);
	return complaints.count;
}

bool
metric_name_is_in_seconds(const char *name)
{
	return ends_in(name, "_seconds") || ends_in(name, "_seconds_total");
}

/* What follows the base name in the names that a family has or may have; the first is
 * the name of the family in OpenMetrics, which no other family may have either. */
static size_t
list_endings(enum prometheus_type type, const char **endings)
{
	size_t count = 0;

	endings[count++] = "";
	if (type == PROMETHEUS_COUNTER)
		endings[count++] = "_total";
	if (type == PROMETHEUS_INFO)
		endings[count++] = "_info";
	if (type == PROMETHEUS_HISTOGRAM)
		endings[count++] = "_bucket";
	if (type == PROMETHEUS_HISTOGRAM || type == PROMETHEUS_SUMMARY) {
		endings[count++] = "_sum";
		endings[count++] = "_count";
	}
	if (type == PROMETHEUS_COUNTER || type == PROMETHEUS_HISTOGRAM ||
	    type == PROMETHEUS_SUMMARY)
		endings[count++] = "_created";
	return count;
}

bool
metric_name_clash(const char *one, enum prometheus_type one_type, const char *two,
    enum prometheus_type two_type)
{
	const char *of_one[6], *of_two[6];
	size_t one_count = list_endings(one_type, of_one);
	size_t two_count = list_endings(two_type, of_two);
	struct buf a = BUF_EMPTY, b = BUF_EMPTY;
	bool clash = false;

	for (size_t i = 0; i < one_count; i++)
		for (size_t k = 0; k < two_count; k++) {
			buf_reset(&a);
			buf_reset(&b);
			buf_add(&a, one, prometheus_base_length(one, one_type));
			buf_add(&b, two, prometheus_base_length(two, two_type));
			buf_add_text(&a, of_one[i]);
			buf_add_text(&b, of_two[k]);
			clash |= strcmp(buf_text(&a), buf_text(&b)) == 0;
		}
	buf_release(&a);
	buf_release(&b);
	return clash;
}
