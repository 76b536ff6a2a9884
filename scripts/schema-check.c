/* SPDX-License-Identifier: ISC
 *
 * The rules of schema/event.def and of the lists of words; and what the languages of
 * schema-dump ask of the lists.
 */
#include "scripts/schema-dump.h"
#include "base/num.h"
#include "tel/event_sql.h"

#include <ctype.h>
#include <string.h>

struct unit {
	const char *name; /* a suffix, or the whole name of a PLAIN number */
	const char *meaning;
	bool is_plain;
};

static const struct unit units[] = {
#define UNIT(suffix, meaning, base, factor) { suffix, meaning, false },
#define PLAIN(name, meaning) { name, meaning, true },
#include "schema/unit.def"
};
#define UNIT_COUNT (sizeof(units) / sizeof(units[0]))

/* Returns the unit that the name of a number has; NULL for none. */
static const char *
unit_of(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < UNIT_COUNT; i++) {
		size_t unit_len = strlen(units[i].name);

		if (units[i].is_plain ? strcmp(units[i].name, name) == 0
		    : len > unit_len &&
		    strcmp(name + len - unit_len, units[i].name) == 0)
			return units[i].meaning;
	}
	return NULL;
}

/* Whether limits are "min..max" with at least one side and min <= max. */
static bool
is_range(const char *limits)
{
	const char *dots = strstr(limits, "..");
	char low[24];
	int64_t min = INT64_MIN, max = INT64_MAX;

	if (dots == NULL || strlen(limits) == 2 ||
	    (size_t)(dots - limits) >= sizeof(low))
		return false;
	memcpy(low, limits, (size_t)(dots - limits));
	low[dots - limits] = '\0';
	return (low[0] == '\0' || num_integer(low, INT64_MIN, INT64_MAX, &min) == 0) &&
	    (dots[2] == '\0' || num_integer(dots + 2, min, INT64_MAX, &max) == 0);
}

/* Whether limits are "a|b|c": two or more different words of letters, digits, _. */
static bool
is_list(const char *limits)
{
	size_t count = 0;

	for (const char *word = limits;; count++) {
		size_t len = strcspn(word, "|");

		for (size_t i = 0; i < len; i++)
			if (!isalnum((unsigned char)word[i]) && word[i] != '_')
				return false;
		if (len == 0 || (word[len] == '|' &&
		    event_limits_choice(word + len + 1, word, len)))
			return false;
		if (word[len] == '\0')
			return count > 0;
		word += len + 1;
	}
}

static bool
is_name(const char *name)
{
	if (!islower((unsigned char)name[0]))
		return false;
	for (; *name != '\0'; name++)
		if (!islower((unsigned char)*name) && *name != '_' &&
		    !isdigit((unsigned char)*name))
			return false;
	return true;
}

static int
check_limits(const struct event_field *field, struct err *err)
{
	const char *limits = field->limits;
	int64_t digits;

	switch (field->type) {
	case EVENT_INTEGER:
		if (is_range(limits))
			return 0;
		return err_set(err, EXIT_BUG, "%s: limits of an INTEGER are \"min..max\","
		    " one side may be missing; not \"%s\"", field->name, limits);
	case EVENT_CHOICE:
		if (is_list(limits))
			return 0;
		return err_set(err, EXIT_BUG, "%s: limits of a CHOICE are two or more"
		    " different words of letters, digits and _, \"a|b|c\"; not \"%s\"",
		    field->name, limits);
	case EVENT_HEX:
		if (limits[0] == '\0' || num_integer(limits, 1, 1024, &digits) == 0)
			return 0;
		return err_set(err, EXIT_BUG, "%s: limits of a HEX are the number of"
		    " digits, or \"\"; not \"%s\"", field->name, limits);
	case EVENT_TEXT:
	case EVENT_REAL:
	case EVENT_BOOLEAN:
	case EVENT_JSON:
		break;
	}
	if (limits[0] == '\0')
		return 0;
	return err_set(err, EXIT_BUG, "%s: this type has no limits, but \"%s\" is given",
	    field->name, limits);
}

static bool
is_sentence(const char *text)
{
	size_t len = strlen(text);

	return len > 1 && text[len - 1] == '.';
}

static int
check_field(const struct event_field *field, struct err *err)
{
	bool is_number = field->type == EVENT_INTEGER || field->type == EVENT_REAL;

	if (!is_name(field->name))
		return err_set(err, EXIT_BUG, "%s: a name is made of a-z, 0-9 and _",
		    field->name);
	if (is_number && unit_of(field->name) == NULL)
		return err_set(err, EXIT_BUG, "%s: the name of a number must end in a"
		    " unit of schema/unit.def, such as _ms or _bytes", field->name);
	if (!is_sentence(field->doc))
		return err_set(err, EXIT_BUG, "%s: its doc must be a sentence and end"
		    " in a full stop", field->name);
	if (field->type == EVENT_BOOLEAN && field->need == EVENT_REQUIRED)
		return err_set(err, EXIT_BUG, "%s: a BOOLEAN is OPTIONAL, absent means"
		    " false", field->name);
	return check_limits(field, err);
}

/* Refuses two columns or keys of the same name: one value would be lost. */
static int
check_names(enum event_kind kind, struct err *err)
{
	const struct event_description *event = &event_descriptions[kind];
	size_t count = event_sql_column_count(kind);

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < i; k++)
			if (strcmp(event_sql_column_name(kind, i),
			    event_sql_column_name(kind, k)) == 0)
				return err_set(err, EXIT_BUG, "%s: the table has two columns"
				    " of this name", event_sql_column_name(kind, i));
	for (size_t i = 0; i < event->field_count; i++)
		for (int k = 0; k < EVENT_ENVELOPE_COUNT; k++)
			if (strcmp(event->fields[i].name, event_envelope[k].name) == 0)
				return err_set(err, EXIT_BUG, "%s: is a key of the envelope"
				    " already", event->fields[i].name);
	return 0;
}

static int
check_event(enum event_kind kind, struct err *err)
{
	const struct event_description *event = &event_descriptions[kind];

	if (!is_name(event->wire) || !is_name(event->table))
		return err_set(err, EXIT_BUG, "wire type and table are made of a-z, 0-9"
		    " and _, not \"%s\" and \"%s\"", event->wire, event->table);
	for (int other = 0; other < (int)kind; other++)
		if (strcmp(event_descriptions[other].wire, event->wire) == 0 ||
		    strcmp(event_descriptions[other].table, event->table) == 0)
			return err_set(err, EXIT_BUG, "shares its wire type or table with"
			    " %s", event_descriptions[other].wire);
	for (size_t i = 0; i < event->field_count; i++)
		if (check_field(&event->fields[i], err) < 0)
			return -1;
	return check_names(kind, err);
}

static int
check_list(const struct word_list *list, struct err *err)
{
	if (!is_list(list->limits))
		return err_set(err, EXIT_BUG, "a list has two or more different words");
	for (size_t i = 1; i < list->count; i++)
		if (!is_sentence(list->words[i].doc))
			return err_set(err, EXIT_BUG, "%s: its doc must be a sentence and"
			    " end in a full stop", list->words[i].word);
	return 0;
}

const char *
schema_list_file(int list)
{
	switch (list) {
	case WORD_LIST_REASON:
		return "schema/reason.def";
	case WORD_LIST_VERDICT:
	case WORD_LIST_VERDICT_REASON:
	case WORD_LIST_SEVERITY:
		return "schema/verdict.def";
	default:
		return "schema/word.def";
	}
}

int
schema_check(struct err *err)
{
	for (int i = 0; i < WORD_LIST_COUNT; i++)
		if (check_list(&word_lists[i], err) < 0)
			return err_in(err, "%s: %s", schema_list_file(i), word_lists[i].name);
	for (int i = 0; i < EVENT_ENVELOPE_COUNT; i++)
		if (check_field(&event_envelope[i], err) < 0)
			return err_in(err, "schema/event.def: the envelope");
	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++)
		if (check_event((enum event_kind)kind, err) < 0)
			return err_in(err, "schema/event.def: %s",
			    event_descriptions[kind].wire);
	return 0;
}

const struct word_list *
schema_list_of(const struct event_field *field)
{
	for (int i = 0; i < WORD_LIST_COUNT; i++)
		if (field->limits == word_lists[i].limits)
			return &word_lists[i];
	return NULL;
}
