/* SPDX-License-Identifier: ISC */
#include "metric/definition.h"
#include "base/mem.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BLANKS " \t\r"
#define TOTAL "_total"
/* What an unquoted word of SQLite consists of: keywords, names, numbers. */
#define WORD "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$"

/* What the comment lines say. */
enum header { HEADER_METRIC, HEADER_TYPE, HEADER_HELP, HEADER_ROWS, HEADER_COUNT };

static const char *const headers[HEADER_COUNT] = { "metric", "type", "help", "rows" };

static int
definition_error(const struct metric_definition *definition, int line, const char *what,
    const char *text, struct err *err)
{
	return err_set(err, EXIT_CONFIG, "%s: line %d: %s%.80s",
	    definition->path, line, what, text);
}

bool
metric_definition_is_named(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
	const char *start = slash != NULL ? slash + 1 : path;
	size_t len = dot != NULL && dot >= start && (strcmp(dot, ".sql") == 0 ||
	    strcmp(dot, ".yaml") == 0) ? (size_t)(dot - start) : strlen(start);

	return strlen(name) == len && memcmp(start, name, len) == 0;
}

static int
set_name(struct metric_definition *out, int line, struct err *err)
{
	int result = 0;

	if (!prometheus_is_metric_name(out->name))
		result = definition_error(out, line, "no metric name (letters, digits, _ "
		    "and :, and no digit first): ", out->name, err);
	else if (!metric_definition_is_named(out->path, out->name))
		result = err_set(err, EXIT_CONFIG, "%s: line %d: metric: "
		    "%.80s; the file must be named %.80s.sql",
		    out->path, line, out->name, out->name);
	return result;
}

static int
set_type(struct metric_definition *out, int line, const char *text, struct err *err)
{
	int type = prometheus_find_type(text);

	if (type < 0)
		return definition_error(out, line, "the type must be one of "
		    PROMETHEUS_TYPES, "", err);
	out->type = (enum prometheus_type)type;
	return 0;
}

static int
set_rows(struct metric_definition *out, int line, const char *text, struct err *err)
{
	if (strcmp(text, "run") != 0)
		return definition_error(out, line, "rows: must be 'run', not ", text, err);
	out->reads_run = true;
	return 0;
}

/* Stores the value of one header line. */
static int
set_header(struct metric_definition *out, int line, enum header header, const char *value,
    size_t len, unsigned *seen, struct err *err)
{
	char *copy;
	int result;

	if ((*seen & 1U << header) != 0)
		return definition_error(out, line, "given twice: ", headers[header], err);
	if (len == 0)
		return definition_error(out, line, "nothing follows ", headers[header], err);
	*seen |= 1U << header;
	copy = mem_text_of(value, len);
	switch (header) {
	case HEADER_METRIC:
		out->name = copy;
		out->name_line = line;
		return set_name(out, line, err);
	case HEADER_HELP:
		out->help = copy;
		return 0;
	case HEADER_TYPE:
		result = set_type(out, line, copy, err);
		break;
	default:
		result = set_rows(out, line, copy, err);
	}
	free(copy);
	return result;
}

/* Reads a comment line "-- key: value"; comments of other forms are ignored. */
static int
parse_comment(struct metric_definition *out, int line, const char *text,
    size_t len, unsigned *seen, struct err *err)
{
	for (int i = 0; i < HEADER_COUNT; i++) {
		size_t key_len = strlen(headers[i]);
		const char *value = text + key_len + 1;

		if (len <= key_len || strncmp(text, headers[i], key_len) != 0 ||
		    text[key_len] != ':')
			continue;
		len -= key_len + 1;
		while (len > 0 && strchr(BLANKS, value[0]) != NULL) {
			value++;
			len--;
		}
		while (len > 0 && strchr(BLANKS, value[len - 1]) != NULL)
			len--;
		return set_header(out, line, (enum header)i, value, len, seen, err);
	}
	return 0;
}

/* Prometheus and its users expect a metric named *_total to be a counter. */
static int
check_total(const struct metric_definition *definition, struct err *err)
{
	size_t len = strlen(definition->name), tail = strlen(TOTAL);

	if (definition->type == PROMETHEUS_COUNTER || len < tail ||
	    strcmp(definition->name + len - tail, TOTAL) != 0)
		return 0;
	return err_set(err, EXIT_CONFIG, "%s: line %d: metric %.80s: a name that ends in "
	    TOTAL " is that of a counter; the type is %s", definition->path,
	    definition->name_line, definition->name, prometheus_type_names[definition->type]);
}

/* Reads the comment lines that the file begins with. */
static int
parse_headers(struct metric_definition *out, struct err *err)
{
	const char *text = out->text;
	unsigned seen = 0;
	const char *missing;

	for (int line = 1; *text != '\0'; line++) {
		size_t len = strcspn(text, "\n"), blank = strspn(text, BLANKS);

		if (blank < len && strncmp(text + blank, "--", 2) != 0)
			break;
		if (blank < len) {
			size_t start = blank + 2 +
			    strspn(text + blank + 2, BLANKS);

			if (start < len && parse_comment(out, line,
			    text + start, len - start, &seen, err) < 0)
				return -1;
		}
		text += len + (text[len] == '\n');
	}
	if (out->name == NULL)
		missing = "-- metric: NAME";
	else if ((seen & 1U << HEADER_TYPE) == 0)
		missing = "-- type: TYPE";
	else if (out->help == NULL)
		missing = "-- help: TEXT";
	else
		return check_total(out, err);
	return definition_error(out, 1, "the comments that the file begins with lack "
	    "a line ", missing, err);
}

/* The length of the comment, quoted text or word that begins at text, else 1.
 * An unclosed one extends to the end of the file; SQLite will complain. */
static size_t
token_length(const char *text)
{
	const char *end;

	if (strncmp(text, "--", 2) == 0)
		return strcspn(text, "\n");
	if (strncmp(text, "/*", 2) == 0) {
		end = strstr(text + 2, "*/");
		return end != NULL ? (size_t)(end - text) + 2 : strlen(text);
	}
	if (strchr("['\"`", text[0]) != NULL) {
		end = strchr(text + 1, text[0] == '[' ? ']' : text[0]);
		return end != NULL ? (size_t)(end - text) + 1 : strlen(text);
	}
	if (strchr(":@?$", text[0]) != NULL)
		return 1 + strspn(text + 1, WORD);
	return strspn(text, WORD) > 0 ? strspn(text, WORD) : 1;
}

/* Refuses tokens that the statement must not have; is_first and is_after_end say
 * where the token is. */
static int
check_token(struct metric_definition *out, int line, const char *token,
    size_t len, bool is_first, bool is_after_end, struct err *err)
{
	char word[80];

	if (len >= sizeof(word))
		len = sizeof(word) - 1;
	memcpy(word, token, len);
	word[len] = '\0';
	if (is_after_end)
		return definition_error(out, line, "a definition is one SELECT; after its "
		    "';' there is more: ", word, err);
	if (is_first && strcasecmp(word, "SELECT") != 0 &&
	    strcasecmp(word, "WITH") != 0)
		return definition_error(out, line, "a definition is one SELECT (or WITH "
		    "... SELECT), not ", word, err);
	if (strchr(":@?$", word[0]) == NULL)
		return 0;
	if (strcmp(word, ":run_id") != 0)
		return definition_error(out, line, "the only parameter is :run_id, not ",
		    word, err);
	out->uses_run = true;
	return 0;
}

static int
count_lines(const char *text, size_t len)
{
	int count = 0;

	for (size_t i = 0; i < len; i++)
		count += text[i] == '\n';
	return count;
}

/* SQLite compiles the first statement and does not look at the rest. */
static int
check_statement(struct metric_definition *out, struct err *err)
{
	bool has_ended = false;
	int line = 1;
	size_t len;

	for (const char *text = out->text; *text != '\0'; text += len) {
		len = token_length(text);
		line += count_lines(text, len);
		if (isspace((unsigned char)text[0]) ||
		    strncmp(text, "--", 2) == 0 || strncmp(text, "/*", 2) == 0)
			continue;
		if (text[0] == ';' && out->line > 0) {
			has_ended = true;
			continue;
		}
		if (check_token(out, line - count_lines(text, len), text, len,
		    out->line == 0, has_ended, err) < 0)
			return -1;
		if (out->line == 0)
			out->line = line;
	}
	if (out->line == 0)
		return definition_error(out, line, "no SELECT follows the comments", "",
		    err);
	if (out->reads_run && !out->uses_run)
		return definition_error(out, out->line, "rows: run, but the statement has no "
		    ":run_id", "", err);
	return 0;
}

int
metric_definition_parse(struct metric_definition *out, const char *path,
    const char *text, size_t len, struct err *err)
{
	memset(out, 0, sizeof(*out));
	out->path = mem_text(path);
	out->text = mem_text_of(text, len);
	if (strlen(out->text) != len)
		return definition_error(out, count_lines(text, strlen(out->text)) + 1,
		    "a NUL byte: this is not text", "", err);
	if (parse_headers(out, err) < 0)
		return -1;
	return check_statement(out, err);
}

void
metric_definition_release(struct metric_definition *definition)
{
	free(definition->path);
	free(definition->text);
	free(definition->name);
	free(definition->help);
	memset(definition, 0, sizeof(*definition));
}
