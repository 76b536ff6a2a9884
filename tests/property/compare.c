/* SPDX-License-Identifier: ISC */
#include "tests/property/compare_numbers.h"
#include "tests/property/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
is_group(const struct line *line, const struct json_text *json)
{
	for (int i = 0; line->has_group && i < line->slo->group_count; i++) {
		const struct value *value = &line->group[i];
		const struct json_member *member;
		char path[64], number[24];
		const char *text = line->is_other ? "other" : value->text;

		snprintf(path, sizeof(path), "group.%s",
		    types[line->slo->event].columns[line->slo->group[i]].name);
		member = json_text_find(json, path);
		snprintf(number, sizeof(number), "%" PRId64, value->part);
		if (value->kind == VALUE_NUMBER && !line->is_other)
			text = number;
		if (member == NULL || member->is_text != (text != NULL) ||
		    (text != NULL && strcmp(member->text, text) != 0))
			return false;
	}
	for (size_t i = 0; !line->has_group && i < json->count; i++)
		if (strncmp(json->members[i].path, "group.", 6) == 0)
			return false;
	return true;
}

static bool
is_same(const struct line *line, const struct json_text *json)
{
	const struct json_member *slo = json_text_find(json, "slo");
	const struct json_member *objective = json_text_find(json, "objective");

	return slo != NULL && objective != NULL &&
	    strcmp(slo->text, line->slo->name) == 0 &&
	    strcmp(objective->text, line->objective->name) == 0 && is_group(line, json);
}

/* An optional line without data need not be there. */
static bool
may_miss(const struct line *line)
{
	return line->slo->is_optional && line->verdict == NO_DATA;
}

static void
compare_with(struct comparison *comparison, const struct lines *lines, bool *is_seen,
    const struct json_text *json, const char *text, int len)
{
	for (size_t i = 0; i < lines->count; i++) {
		struct pair pair = { comparison, &lines->items[i], json };

		if (is_seen[i] || !is_same(pair.line, json))
			continue;
		is_seen[i] = true;
		compare_numbers(&pair);
		return;
	}
	if (compare_is_shown(comparison))
		printf("%s: the judge has no such line: %.*s\n", comparison->name,
		    len > 120 ? 120 : len, text);
}

void
compare_lines(struct comparison *comparison, const struct lines *lines,
    const char *text)
{
	bool *is_seen = memory_zeros(lines->count, sizeof(*is_seen));

	for (const char *end; *text != '\0'; text = end + (*end != '\0')) {
		struct json_text json;

		end = text + strcspn(text, "\n");
		if (json_text_read(&json, text, (size_t)(end - text)) == 0)
			compare_with(comparison, lines, is_seen, &json, text,
			    (int)(end - text));
		else if (compare_is_shown(comparison))
			printf("%s: no JSON: %.*s\n", comparison->name, (int)(end - text),
			    text);
		json_text_release(&json);
	}
	for (size_t i = 0; i < lines->count; i++) {
		struct pair pair = { comparison, &lines->items[i], NULL };

		if (!is_seen[i] && !may_miss(pair.line))
			compare_differ(&pair, "line", judge_verdict_name(pair.line->verdict),
			    "has none");
	}
	free(is_seen);
}

int
compare_exit_code(const struct lines *lines)
{
	bool can_tell = true, has_line = false;

	for (size_t i = 0; i < lines->count; i++) {
		const struct line *line = &lines->items[i];

		if (line->verdict == BREACH)
			return 1;
		for (int k = 0; k < line->burn_count; k++)
			if (line->burns[k].is_firing &&
			    strcmp(line->burns[k].severity, "page") == 0)
				return 1;
		if (may_miss(line))
			continue;
		has_line = true;
		if (line->verdict == NO_DATA || line->verdict == INSUFFICIENT)
			can_tell = false;
	}
	return has_line && can_tell ? 0 : 2;
}
