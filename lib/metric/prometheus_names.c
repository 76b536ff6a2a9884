/* SPDX-License-Identifier: ISC
 *
 * Types, names, units and numbers, as the two text formats write them.
 */
#include "metric/prometheus.h"
#include "base/num.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
#define DIGITS "0123456789"
/* Whole numbers up to here are exact in a double. */
#define MAX_WHOLE 9007199254740992.0

const char *const prometheus_type_names[PROMETHEUS_TYPE_COUNT] = {
	"counter", "gauge", "histogram", "summary", "info", "stateset", "unknown"
};

const char *const prometheus_suffixes[PROMETHEUS_SUFFIX_COUNT] = {
	"", "_sum", "_count", "_bucket", "_created"
};

int
prometheus_find_type(const char *name)
{
	for (int type = 0; type < PROMETHEUS_TYPE_COUNT; type++)
		if (strcmp(prometheus_type_names[type], name) == 0)
			return type;
	return strcmp(name, "untyped") == 0 ? PROMETHEUS_UNKNOWN : -1;
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

/* Returns the length of name without the ending, len if it has another one. */
static size_t
length_without(const char *name, size_t len, const char *ending)
{
	size_t tail = strlen(ending);

	return len >= tail && strcmp(name + len - tail, ending) == 0 ? len - tail
	    : len;
}

size_t
prometheus_base_length(const char *name, enum prometheus_type type)
{
	size_t len = strlen(name);

	return type == PROMETHEUS_COUNTER ? length_without(name, len, "_total")
	    : type == PROMETHEUS_INFO ? length_without(name, len, "_info") : len;
}

const char *
prometheus_unit(const char *name, enum prometheus_type type)
{
	/* OpenMetrics 1.0, "Units and Base Units". */
	static const char *const units[] = { "seconds", "bytes", "ratio", "celsius",
		"kelvin", "meters", "joules", "volts", "amperes", "grams" };
	size_t len = prometheus_base_length(name, type);

	if (type == PROMETHEUS_INFO || type == PROMETHEUS_STATESET)
		return NULL;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		size_t tail = strlen(units[i]);

		if (len > tail && name[len - tail - 1] == '_' &&
		    strncmp(name + len - tail, units[i], tail) == 0)
			return units[i];
	}
	return NULL;
}

size_t
prometheus_print_number(char *out, double value)
{
	if (isnan(value))
		return (size_t)snprintf(out, NUM_REAL_SIZE, "NaN");
	if (isinf(value))
		return (size_t)snprintf(out, NUM_REAL_SIZE, "%s",
		    value > 0 ? "+Inf" : "-Inf");
	if (fabs(value) <= MAX_WHOLE && value == trunc(value))
		return (size_t)snprintf(out, NUM_REAL_SIZE, "%.0f",
		    value + 0.0); /* -0 + 0 is 0 */
	return num_print_real(out, value);
}

size_t
prometheus_print_edge(char *out, double edge)
{
	int len = 0, digits = 0, exponent;

	if (isinf(edge))
		return prometheus_print_number(out, edge);
	/* 17 digits tell any two doubles apart. + 0.0, because -0 + 0 is 0. */
	do
		len = snprintf(out, NUM_REAL_SIZE, "%.*e", digits, edge + 0.0);
	while (strtod(out, NULL) != edge && ++digits < 17);
	exponent = (int)strtol(strchr(out, 'e') + 1, NULL, 10);
	if (exponent >= -4 && exponent < 6)
		len = snprintf(out, NUM_REAL_SIZE, "%.*f",
		    digits > exponent ? digits - exponent : 1, edge + 0.0);
	return (size_t)len;
}
