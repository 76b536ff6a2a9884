/* SPDX-License-Identifier: ISC
 *
 * schema-dump mdoc, exit and LIST: what pages list.
 */
#include "scripts/schema-dump.h"

#include <ctype.h>
#include <string.h>

static const struct {
	int code;
	const char *meaning;
} exits[] = {
#define EXIT(name, code, meaning) { code, meaning },
#include "schema/exit.def"
};
#define EXIT_COUNT (sizeof(exits) / sizeof(exits[0]))

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
	add_mdoc_words(out, schema_list_of(&fields[i]));
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
	} else if (schema_list_of(field) != NULL) {
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

void
schema_print_mdoc(struct buf *out)
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

void
schema_print_exit(struct buf *out)
{
	buf_add_text(out, ".\\\" Made from schema/exit.def by `make schema`; do not edit.\n"
	    ".Bl -tag -width 3n -compact\n");
	for (size_t i = 0; i < EXIT_COUNT; i++)
		buf_printf(out, ".It %d\n%s.\n", exits[i].code, exits[i].meaning);
	buf_add_text(out, ".El\n");
}

bool
schema_print_list(struct buf *out, const char *name)
{
	for (int i = 0; i < WORD_LIST_COUNT; i++) {
		if (strcmp(word_lists[i].name, name) != 0)
			continue;
		buf_printf(out, ".\\\" Made from %s by `make schema`; do not edit.\n",
		    schema_list_file(i));
		add_mdoc_words(out, &word_lists[i]);
		return true;
	}
	return false;
}
