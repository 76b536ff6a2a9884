/* SPDX-License-Identifier: ISC */
#include "ingest/suggest.h"
#include "tel/event.h"

#include <inttypes.h>
#include <string.h>

/* Names that a field cannot have: words reserved in C or SQLite, and columns of
 * every table. */
static const char *const reserved[] = {
	/* C11, 6.4.1 */
	"auto", "break", "case", "char", "const", "continue", "default", "do",
	"double", "else", "enum", "extern", "float", "for", "goto", "if",
	"inline", "int", "long", "register", "restrict", "return", "short",
	"signed", "sizeof", "static", "struct", "switch", "typedef", "union",
	"unsigned", "void", "volatile", "while",
	/* sqlite.org/lang_keywords.html: those that cannot name a column */
	"add", "all", "alter", "and", "as", "autoincrement", "between", "check",
	"collate", "commit", "constraint", "create", "deferrable", "delete",
	"distinct", "drop", "escape", "except", "exists", "foreign", "from",
	"group", "having", "in", "index", "insert", "intersect", "into", "is",
	"isnull", "join", "limit", "not", "notnull", "null", "on", "or",
	"order", "primary", "references", "returning", "select", "set",
	"table", "then", "to", "transaction", "unique", "update", "using",
	"values", "when", "where",
	"id", "extra",
};

static const char *const units[] = {
#define UNIT(suffix, meaning, base, factor) suffix,
#include "schema/unit.def"
};

static const char *const plain_numbers[] = {
#define PLAIN(name, meaning) name,
#include "schema/unit.def"
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool
is_in(const char *const *words, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}

/* Whether the name has only a-z, 0-9 and _ and begins with a letter, as schema-dump
 * demands. */
static bool
is_name(const char *name)
{
	return name[0] >= 'a' && name[0] <= 'z' &&
	    name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

static bool
has_unit(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < COUNT(units); i++) {
		size_t suffix = strlen(units[i]);

		if (len > suffix &&
		    strcmp(name + len - suffix, units[i]) == 0)
			return true;
	}
	return is_in(plain_numbers, COUNT(plain_numbers), name);
}

static bool
is_taken(const char *kind, const char *key)
{
	int known = event_find(kind, strlen(kind));

	for (int i = 0; i < EVENT_ENVELOPE_COUNT; i++)
		if (strcmp(event_envelope[i].name, key) == 0)
			return true;
	for (size_t i = 0; known >= 0 &&
	    i < event_descriptions[known].field_count; i++)
		if (strcmp(event_descriptions[known].fields[i].name, key) == 0)
			return true;
	return is_in(reserved, COUNT(reserved), key);
}

/* Returns the type of event.def that accepts all values seen; NULL, with the reason
 * in *note, when no type does. */
static const char *
type_of(const struct suggest_values *values, struct buf *note)
{
	int64_t numbers = values->integers + values->reals;
	int64_t all = numbers + values->texts + values->booleans +
	    values->nested;

	if (all + values->nulls < values->seen) {
		buf_printf(note, "the types of %" PRId64 " of %" PRId64
		    " values are unknown", values->seen - all -
		    values->nulls, values->seen);
		return NULL;
	}
	if (all == 0) {
		buf_add_text(note, "only null was seen");
		return NULL;
	}
	if (values->integers == all)
		return "INTEGER";
	if (values->texts == all)
		return "TEXT";
	if (values->booleans == all)
		return "BOOLEAN";
	if (values->nested == all)
		return "JSON";
	if (numbers == all) {
		if (values->integers > 0)
			buf_add_text(note, "integers beyond 2^53 would be "
			    "refused");
		return "REAL";
	}
	buf_add_text(note, "values of several types: no type accepts them "
	    "all; extra keeps them");
	return NULL;
}

bool
suggest_field(struct buf *line, struct buf *note, const char *kind,
    const char *key, const struct suggest_values *values)
{
	const char *type;

	if (!is_name(key)) {
		buf_add_text(note, "the name of a field has only a-z, 0-9 and "
		    "_; rename it where it is sent, or in a map");
		return false;
	}
	if (is_taken(kind, key)) {
		buf_add_text(note, "the name is taken or reserved; rename it "
		    "where it is sent, or in a map");
		return false;
	}
	type = type_of(values, note);
	if (type == NULL)
		return false;
	if ((strcmp(type, "INTEGER") == 0 || strcmp(type, "REAL") == 0) &&
	    !has_unit(key))
		buf_printf(note, "%sthe name of a number ends in its unit: "
		    "rename it where it is sent, or add it to "
		    "schema/unit.def as PLAIN",
		    note->len > 0 ? "; " : "");
	buf_printf(line, "FIELD(%s, %s, %s, OPTIONAL, \"\", \"Seen in %" PRId64
	    " event%s.\")", kind, key, type, values->seen,
	    values->seen == 1 ? "" : "s");
	return true;
}

bool
suggest_event(struct buf *line, struct buf *note, const char *wire, int64_t seen)
{
	if (!is_name(wire) || is_in(reserved, COUNT(reserved), wire)) {
		buf_add_text(note, "the name of a type has only a-z, 0-9 and "
		    "_; rename it where it is sent, or in a map");
		return false;
	}
	buf_printf(line, "EVENT(%s, \"%s\", \"%s_events\", \"Seen %" PRId64
	    " time%s.\")", wire, wire, wire, seen, seen == 1 ? "" : "s");
	return true;
}

void
suggest_end(struct buf *line, const char *wire)
{
	buf_printf(line, "END(%s)", wire);
}
