/* SPDX-License-Identifier: ISC */
#include "json/spec.h"
#include "base/buf.h"
#include "base/num.h"
#include "base/opt.h"
#include "base/require.h"

#include <stdarg.h>
#include <string.h>

#define DAY_MINUTES INT64_C(1440)
#define MAX_MINUTES (100 * 365 * DAY_MINUTES)

int
spec_fail(const struct spec *spec, const struct yaml_node *node,
    const char *format, ...)
{
	struct buf words = BUF_EMPTY;
	va_list arguments;

	va_start(arguments, format);
	buf_vprintf(&words, format, arguments);
	va_end(arguments);
	err_set(spec->err, EXIT_CONFIG, "%s: line %d: %s", spec->file, node->line,
	    buf_text(&words));
	buf_release(&words);
	return -1;
}

static size_t
count_words(const char *const *words)
{
	size_t count = 0;

	while (words[count] != NULL)
		count++;
	return count;
}

/* Appends "a, b or c". */
static void
add_words(struct buf *out, const char *const *words)
{
	size_t count = count_words(words);

	for (size_t i = 0; i < count; i++)
		buf_printf(out, "%s%s", i == 0 ? "" : i + 1 < count ? ", " : " or ",
		    words[i]);
}

int
spec_fields(const struct spec *spec, const struct yaml_node *node,
    const char *what, const char *const *fields)
{
	struct buf list = BUF_EMPTY;
	const char *nearest;

	if (node->type != YAML_MAPPING)
		return spec_fail(spec, node, "%s: expected fields (name: value)",
		    what);
	for (size_t i = 0; i < node->count; i++) {
		size_t k = 0;

		while (fields[k] != NULL && strcmp(fields[k], node->keys[i]) != 0)
			k++;
		if (fields[k] != NULL)
			continue;
		nearest = opt_nearest(node->keys[i], fields, k);
		if (nearest != NULL)
			return spec_fail(spec, node->children[i], "%s has no field "
			    "'%.60s'; did you mean '%s'?", what, node->keys[i],
			    nearest);
		add_words(&list, fields);
		spec_fail(spec, node->children[i], "%s has no field '%.60s'; it may "
		    "have %s", what, node->keys[i], buf_text(&list));
		buf_release(&list);
		return -1;
	}
	return 0;
}

int
spec_text(const struct spec *spec, const struct yaml_node *node,
    const char *field, enum spec_need need, const char **out)
{
	const struct yaml_node *value = yaml_find(node, field);

	*out = NULL;
	if (value == NULL && need == SPEC_OPTIONAL)
		return 0;
	if (value == NULL)
		return spec_fail(spec, node, "'%s' is missing", field);
	if (value->type != YAML_SCALAR || yaml_is_null(value) ||
	    value->text[0] == '\0')
		return spec_fail(spec, value, "'%s' must be text", field);
	*out = value->text;
	return 0;
}

int
spec_integer(const struct spec *spec, const struct yaml_node *node,
    const char *field, int64_t min, int64_t max, int64_t *out)
{
	const char *text;

	if (spec_text(spec, node, field, SPEC_OPTIONAL, &text) < 0)
		return -1;
	if (text != NULL && num_integer(text, min, max, out) < 0)
		return spec_fail(spec, yaml_find(node, field), "'%s' is '%.40s', not "
		    "an integer from %lld to %lld", field, text, (long long)min,
		    (long long)max);
	return 0;
}

int
spec_boolean(const struct spec *spec, const struct yaml_node *node,
    const char *field, bool *out)
{
	static const char *const words[] = { "false", "true", NULL };
	int choice = *out;

	if (spec_choice(spec, node, field, SPEC_OPTIONAL, words, &choice) < 0)
		return -1;
	*out = choice == 1;
	return 0;
}

int
spec_duration_ms(const struct spec *spec, const struct yaml_node *node,
    const char *field, int64_t *out)
{
	static const struct {
		char letter;
		int64_t minutes;
	} units[] = {
		{ 'm', 1 }, { 'h', 60 }, { 'd', DAY_MINUTES },
		{ 'w', 7 * DAY_MINUTES }, { 'M', 30 * DAY_MINUTES },
		{ 'Q', 90 * DAY_MINUTES }, { 'Y', 365 * DAY_MINUTES },
	};
	const char *text;
	size_t digits;

	if (spec_text(spec, node, field, SPEC_REQUIRED, &text) < 0)
		return -1;
	REQUIRE(text != NULL); /* it is required */
	digits = strspn(text, "0123456789");
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		char number[8] = "";
		int64_t count;

		if (digits == 0 || digits >= sizeof(number) ||
		    text[digits] != units[i].letter || text[digits + 1] != '\0')
			continue;
		memcpy(number, text, digits);
		if (num_integer(number, 1, MAX_MINUTES / units[i].minutes, &count) < 0)
			break;
		*out = count * units[i].minutes * 60000;
		return 0;
	}
	return spec_fail(spec, yaml_find(node, field), "'%s' is '%.40s', not a "
	    "duration such as 5m, 1h, 30d, 4w or 1M (a month), of at most 100 "
	    "years", field, text);
}

int
spec_choice(const struct spec *spec, const struct yaml_node *node,
    const char *field, enum spec_need need, const char *const *words, int *out)
{
	struct buf list = BUF_EMPTY;
	const char *text;

	if (spec_text(spec, node, field, need, &text) < 0)
		return -1;
	if (text == NULL)
		return 0;
	for (int i = 0; words[i] != NULL; i++)
		if (strcmp(words[i], text) == 0) {
			*out = i;
			return 0;
		}
	add_words(&list, words);
	spec_fail(spec, yaml_find(node, field), "'%s' is '%.40s', not %s", field,
	    text, buf_text(&list));
	buf_release(&list);
	return -1;
}
