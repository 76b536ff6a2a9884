/* SPDX-License-Identifier: ISC
 *
 * schema-dump sql|json|mdoc|exit|LIST -- schema/event.def, schema/exit.def and
 * schema/word.def in other languages: the tables of the store, a JSON Schema (draft
 * 2020-12) of the wire, the list of events in tel-events(5), the list of exit codes
 * in tel(7), a list of words by its name for a page. Refuses (70) a table that
 * breaks the rules at its head, so that a number without a unit does not build.
 */
#include "base/json_writer.h"
#include "base/log.h"
#include "base/num.h"
#include "base/prog.h"
#include "tel/event.h"
#include "tel/event_sql.h"
#include "tel/text.h"
#include "tel/word.h"

#include <ctype.h>
#include <stdio.h>
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

static const struct {
	int code;
	const char *meaning;
} exits[] = {
#define EXIT(name, code, meaning) { code, meaning },
#include "schema/exit.def"
};
#define EXIT_COUNT (sizeof(exits) / sizeof(exits[0]))

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

/* Whether limits are "a|b|c": two or more different words. */
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
		    " different words, \"a|b|c\"; not \"%s\"", field->name, limits);
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

/* Returns the file that defines a list. */
static const char *
file_of(int list)
{
	return list == WORD_LIST_REASON ? "schema/reason.def" : "schema/word.def";
}

static int
check(struct err *err)
{
	for (int i = 0; i < WORD_LIST_COUNT; i++)
		if (check_list(&word_lists[i], err) < 0)
			return err_in(err, "%s: %s", file_of(i), word_lists[i].name);
	for (int i = 0; i < EVENT_ENVELOPE_COUNT; i++)
		if (check_field(&event_envelope[i], err) < 0)
			return err_in(err, "schema/event.def: the envelope");
	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++)
		if (check_event((enum event_kind)kind, err) < 0)
			return err_in(err, "schema/event.def: %s",
			    event_descriptions[kind].wire);
	return 0;
}

static void
print_sql(struct buf *out)
{
	buf_add_text(out, "-- Made from schema/event.def and schema/store.sql by"
	    " `make schema`; do not edit.\n\n");
	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		buf_printf(out, "-- %s\n", event_descriptions[kind].doc);
		event_sql_table(out, (enum event_kind)kind);
		buf_add_char(out, '\n');
	}
	buf_add_text(out, text_find("schema/store.sql"));
}

/* Writes "type": "x" or, for an optional key, ["x", "null"]: null is the same
 * as an absent key. */
static void
add_type(struct json_writer *json, const struct event_field *field, const char *type)
{
	if (field->need == EVENT_REQUIRED) {
		json_writer_key_text(json, "type", type);
		return;
	}
	json_writer_key(json, "type");
	json_writer_open(json, '[');
	json_writer_text(json, type, strlen(type));
	json_writer_text(json, "null", 4);
	json_writer_close(json, ']');
}

/* Returns the list of word.def that a field has; NULL when its words are its own. */
static const struct word_list *
list_of(const struct event_field *field)
{
	for (int i = 0; i < WORD_LIST_COUNT; i++)
		if (field->limits == word_lists[i].limits)
			return &word_lists[i];
	return NULL;
}

/* Writes the doc of the field and the meanings of its words. */
static void
add_description(struct json_writer *json, const struct event_field *field)
{
	const struct word_list *list = list_of(field);
	struct buf text = BUF_EMPTY;

	buf_add_text(&text, field->doc);
	for (size_t i = 1; list != NULL && i < list->count; i++)
		buf_printf(&text, " %s: %s", list->words[i].word, list->words[i].doc);
	json_writer_key_text(json, "description", buf_text(&text));
	buf_release(&text);
}

static void
add_choices(struct json_writer *json, const struct event_field *field)
{
	json_writer_key(json, "enum");
	json_writer_open(json, '[');
	for (const char *word = field->limits; *word != '\0';) {
		size_t len = strcspn(word, "|");

		json_writer_text(json, word, len);
		word += len + (word[len] == '|');
	}
	if (field->need == EVENT_OPTIONAL)
		json_writer_null(json);
	json_writer_close(json, ']');
}

static void
add_integer(struct json_writer *json, const struct event_field *field)
{
	int64_t min, max;

	event_limits_integer(field->limits, &min, &max);
	add_type(json, field, "integer");
	/* Limits of 64 bits are left out, because many readers of JSON have
	 * only doubles and would round them. */
	if (min != INT64_MIN)
		json_writer_key_integer(json, "minimum", min);
	if (max != INT64_MAX)
		json_writer_key_integer(json, "maximum", max);
}

static void
add_hex(struct json_writer *json, const struct event_field *field)
{
	char pattern[48];

	snprintf(pattern, sizeof(pattern), "^[0-9A-Fa-f]%s%.8s%s$",
	    field->limits[0] != '\0' ? "{" : "*", field->limits,
	    field->limits[0] != '\0' ? "}" : "");
	add_type(json, field, "string");
	json_writer_key_text(json, "pattern", pattern);
}

static void
add_property(struct json_writer *json, const struct event_field *field)
{
	static const char flags[] = "[true,false,0,1,null]";
	static const char nested[] = "[\"object\",\"array\",\"null\"]";

	json_writer_key(json, field->name);
	json_writer_open(json, '{');
	add_description(json, field);
	switch (field->type) {
	case EVENT_TEXT:
		add_type(json, field, "string");
		break;
	case EVENT_HEX:
		add_hex(json, field);
		break;
	case EVENT_CHOICE:
		add_choices(json, field);
		break;
	case EVENT_INTEGER:
		add_integer(json, field);
		break;
	case EVENT_REAL:
		add_type(json, field, "number");
		break;
	case EVENT_BOOLEAN:
		json_writer_key(json, "enum");
		json_writer_raw(json, flags, strlen(flags));
		break;
	case EVENT_JSON:
		json_writer_key(json, "type");
		json_writer_raw(json, nested, strlen(nested));
		break;
	}
	json_writer_close(json, '}');
}

static void
add_required(struct json_writer *json, const struct event_field *fields, size_t count)
{
	json_writer_key(json, "required");
	json_writer_open(json, '[');
	for (size_t i = 0; i < count; i++)
		if (fields[i].need == EVENT_REQUIRED)
			json_writer_text(json, fields[i].name, strlen(fields[i].name));
	json_writer_close(json, ']');
}

/* Writes the definition of one event, or of the envelope when event is NULL. */
static void
add_definition(struct json_writer *json, const struct event_description *event)
{
	static const char envelope[] = "{\"$ref\":\"#/$defs/envelope\"}";
	const struct event_field *fields = event != NULL ? event->fields : event_envelope;
	size_t count = event != NULL ? event->field_count : EVENT_ENVELOPE_COUNT;

	json_writer_open(json, '{');
	json_writer_key_text(json, "description", event != NULL ? event->doc
	    : "The keys of every event.");
	json_writer_key_text(json, "type", "object");
	if (event != NULL) {
		json_writer_key(json, "allOf");
		json_writer_open(json, '[');
		json_writer_raw(json, envelope, strlen(envelope));
		json_writer_close(json, ']');
	}
	json_writer_key(json, "properties");
	json_writer_open(json, '{');
	if (event != NULL) {
		json_writer_key(json, "type");
		json_writer_open(json, '{');
		json_writer_key_text(json, "const", event->wire);
		json_writer_close(json, '}');
	}
	for (size_t i = 0; i < count; i++)
		add_property(json, &fields[i]);
	json_writer_close(json, '}');
	add_required(json, fields, count);
	json_writer_close(json, '}');
}

/* Writes the definition of events whose type event.def does not know. */
static void
add_other(struct json_writer *json)
{
	static const char before[] = "{\"description\":\"An event of a type that this"
	    " schema does not know.\",\"allOf\":[{\"$ref\":\"#/$defs/envelope\"}],"
	    "\"properties\":{\"type\":{\"not\":{\"enum\":";

	json_writer_key(json, "other");
	json_writer_raw(json, before, strlen(before));
	json->after_value = false;
	json_writer_open(json, '[');
	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++)
		json_writer_text(json, event_descriptions[kind].wire,
		    strlen(event_descriptions[kind].wire));
	json_writer_close(json, ']');
	buf_add_text(json->out, "}}}}");
}

static void
add_reference(struct json_writer *json, const char *name)
{
	char path[80];

	snprintf(path, sizeof(path), "#/$defs/%.60s", name);
	json_writer_open(json, '{');
	json_writer_key_text(json, "$ref", path);
	json_writer_close(json, '}');
}

static void
print_json(struct buf *out)
{
	struct json_writer json;

	json_writer_init(&json, out);
	json_writer_open(&json, '{');
	json_writer_key_text(&json, "$schema", "https://json-schema.org/draft/2020-12/schema");
	json_writer_key_text(&json, "title", "teltools event");
	json_writer_key_text(&json, "description", "One line of the wire, see tel-events(5)."
	    " Unknown keys are allowed.");
	json_writer_key(&json, "oneOf");
	json_writer_open(&json, '[');
	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++)
		add_reference(&json, event_descriptions[kind].wire);
	add_reference(&json, "other");
	json_writer_close(&json, ']');
	json_writer_key(&json, "$defs");
	json_writer_open(&json, '{');
	json_writer_key(&json, "envelope");
	add_definition(&json, NULL);
	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		json_writer_key(&json, event_descriptions[kind].wire);
		add_definition(&json, &event_descriptions[kind]);
	}
	add_other(&json);
	json_writer_close(&json, '}');
	json_writer_close(&json, '}');
	buf_add_char(out, '\n');
}

/* Appends text for mdoc, with each sentence on a line of its own, as mandoc wants. */
static void
add_mdoc_text(struct buf *out, const char *text)
{
	bool at_line = true;

	for (; *text != '\0'; text++) {
		if (at_line && (*text == '.' || *text == '\''))
			buf_add_text(out, "\\&");
		at_line = false;
		if (*text == '\\')
			buf_add_text(out, "\\e");
		else if (*text == ' ' && text[-1] == '.' && isupper((unsigned char)text[1])) {
			buf_add_char(out, '\n');
			at_line = true;
		} else
			buf_add_char(out, *text);
	}
	buf_add_char(out, '\n');
}

static void
add_mdoc_words(struct buf *out, const struct word_list *list)
{
	const char *longest = "";

	for (size_t i = 1; i < list->count; i++)
		if (strlen(list->words[i].word) > strlen(longest))
			longest = list->words[i].word;
	buf_printf(out, ".Bl -tag -width %s -compact\n", longest);
	for (size_t i = 1; i < list->count; i++) {
		buf_printf(out, ".It Cm %s\n", list->words[i].word);
		add_mdoc_text(out, list->words[i].doc);
	}
	buf_add_text(out, ".El\n");
}

/* Writes the words that a field of a list may have: all of them at the first
 * field of an event that has the list, at later fields a reference. */
static void
add_mdoc_list(struct buf *out, const struct event_field *fields, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (fields[k].limits == fields[i].limits) {
			buf_printf(out, "One of the words of\n.Cm %s .\n",
			    fields[k].name);
			return;
		}
	buf_add_text(out, "One of:\n");
	add_mdoc_words(out, list_of(&fields[i]));
}

static void
add_mdoc_limits(struct buf *out, const struct event_field *fields, size_t i)
{
	const struct event_field *field = &fields[i];

	if (field->limits[0] == '\0')
		return;
	if (field->type == EVENT_HEX) {
		buf_printf(out, "%s hexadecimal digits.\n", field->limits);
	} else if (field->type == EVENT_INTEGER) {
		int64_t min, max;

		event_limits_integer(field->limits, &min, &max);
		if (max == INT64_MAX)
			buf_printf(out, "At least %lld.\n", (long long)min);
		else
			buf_printf(out, "From %lld to %lld.\n", (long long)min,
			    (long long)max);
	} else if (list_of(field) != NULL) {
		add_mdoc_list(out, fields, i);
	} else {
		buf_add_text(out, "One of");
		for (const char *word = field->limits; *word != '\0';) {
			size_t len = strcspn(word, "|");

			buf_printf(out, "\n.Cm %.*s%s", (int)len, word,
			    word[len] == '|' ? " ," : " .\n");
			word += len + (word[len] == '|');
		}
	}
}

static void
add_mdoc_fields(struct buf *out, const struct event_field *fields, size_t count)
{
	static const char *const types[] = {
		[EVENT_TEXT] = "text", [EVENT_HEX] = "text", [EVENT_CHOICE] = "text",
		[EVENT_INTEGER] = "integer", [EVENT_REAL] = "number",
		[EVENT_BOOLEAN] = "boolean", [EVENT_JSON] = "object",
	};

	buf_add_text(out, ".Bl -tag -width Ds\n");
	for (size_t i = 0; i < count; i++) {
		buf_printf(out, ".It Cm %s Pq %s%s\n", fields[i].name, types[fields[i].type],
		    fields[i].need == EVENT_REQUIRED ? ", required" : "");
		add_mdoc_text(out, fields[i].doc);
		add_mdoc_limits(out, fields, i);
	}
	buf_add_text(out, ".El\n");
}

static void
print_mdoc(struct buf *out)
{
	buf_add_text(out, ".\\\" Made from schema/event.def and schema/word.def by"
	    " `make schema`; do not edit.\n"
	    ".Ss The envelope\nKeys of every event.\n");
	add_mdoc_fields(out, event_envelope, EVENT_ENVELOPE_COUNT);
	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		const struct event_description *event = &event_descriptions[kind];

		buf_printf(out, ".Ss %s\n", event->wire);
		add_mdoc_text(out, event->doc);
		buf_printf(out, "Kept in the table\n.Sy %s .\n", event->table);
		add_mdoc_fields(out, event->fields, event->field_count);
	}
}

static void
print_exit(struct buf *out)
{
	buf_add_text(out, ".\\\" Made from schema/exit.def by `make schema`; do not edit.\n"
	    ".Bl -tag -width 3n -compact\n");
	for (size_t i = 0; i < EXIT_COUNT; i++)
		buf_printf(out, ".It %d\n%s.\n", exits[i].code, exits[i].meaning);
	buf_add_text(out, ".El\n");
}

/* Prints the list of that name; false when there is none. */
static bool
print_list(struct buf *out, const char *name)
{
	for (int i = 0; i < WORD_LIST_COUNT; i++) {
		if (strcmp(word_lists[i].name, name) != 0)
			continue;
		buf_printf(out, ".\\\" Made from %s by `make schema`; do not edit.\n",
		    file_of(i));
		add_mdoc_words(out, &word_lists[i]);
		return true;
	}
	return false;
}

static int
print(struct buf *out)
{
	fwrite(out->data, 1, out->len, stdout);
	buf_release(out);
	return prog_exit(EXIT_YES, NULL);
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*print)(struct buf *out);
	} languages[] = {
		{ "sql", print_sql }, { "json", print_json },
		{ "mdoc", print_mdoc }, { "exit", print_exit },
	};
	struct buf out = BUF_EMPTY;
	struct err err;

	prog_start("schema-dump");
	if (check(&err) < 0)
		return prog_exit(-1, &err);
	for (size_t i = 0; argc == 2 && i < sizeof(languages) / sizeof(languages[0]); i++) {
		if (strcmp(argv[1], languages[i].name) != 0)
			continue;
		languages[i].print(&out);
		return print(&out);
	}
	if (argc == 2 && print_list(&out, argv[1]))
		return print(&out);
	log_error("usage: schema-dump sql|json|mdoc|exit|LIST, a LIST of schema/word.def");
	return EXIT_USAGE;
}
