/* SPDX-License-Identifier: ISC */
#include "tests/property/condition.h"
#include "tests/property/memory.h"
#include "tests/property/world.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- events */

/* A text in quotes, as JSON and YAML both read it. */
static void
write_text(FILE *out, const char *text)
{
	fputc('"', out);
	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '"' || *p == '\\')
			fputc('\\', out);
		fputc(*p, out);
	}
	fputc('"', out);
}

/* A member of an object: labels.job. */
static void
write_member(FILE *out, const char *object, size_t len, const char *key,
    const struct value *value)
{
	fprintf(out, ",\"%.*s\":{\"zone\":\"z\"", (int)len, object);
	if (value->kind == VALUE_TEXT) {
		fprintf(out, ",\"%s\":", key);
		write_text(out, value->text);
	}
	fputc('}', out);
}

static void
write_column(FILE *out, const struct column *column, const struct value *value)
{
	const char *point = strchr(column->name, '.');

	if (point != NULL) {
		write_member(out, column->name, (size_t)(point - column->name), point + 1,
		    value);
		return;
	}
	fprintf(out, ",\"%s\":", column->name);
	if (value->kind == VALUE_NULL)
		fputs("null", out);
	else if (value->kind == VALUE_TEXT)
		write_text(out, value->text);
	else if (column->kind == COLUMN_BOOLEAN)
		fputs(value->part != 0 ? "true" : "false", out);
	else
		condition_write_number(out, value);
}

static void
write_event(FILE *out, const struct event *event)
{
	const struct type_of_events *type = &types[event->type];

	fprintf(out, "{\"type\":\"%s\",\"ts_ms\":%" PRId64, type->name, event->ts_ms);
	if (event->producer != NULL)
		fprintf(out, ",\"producer\":\"%s\",\"seq\":%" PRId64, event->producer,
		    event->seq);
	for (int i = 0; i < type->column_count; i++)
		/* A key without a value is the same as none. */
		if (event->columns[i].kind != VALUE_NULL || event->ts_ms % 3 == 0)
			write_column(out, &type->columns[i], &event->columns[i]);
	fputs("}\n", out);
}

void
world_write_lines(FILE *out, const struct part *part, size_t from, size_t until)
{
	for (size_t i = from; i < until; i++) {
		const struct part_line *line = &part->lines[i];

		if (line->event != NULL)
			write_event(out, line->event);
		else
			fprintf(out, "%s\n", line->text);
	}
}

/* ---- objectives */

/* `key: "expression"`, at a depth of the file. */
static void
write_expression(FILE *out, int depth, const char *key, const struct node *node,
    enum type type)
{
	char *text = NULL;
	size_t len;
	FILE *memory;

	if (node == NULL)
		return;
	memory = open_memstream(&text, &len);
	if (memory == NULL)
		abort();
	condition_write(memory, node, type);
	fclose(memory);
	fprintf(out, "%*s%s: ", depth, "", key);
	write_text(out, text);
	fputc('\n', out);
	free(text);
}

static void
write_limits(FILE *out, int depth, const struct slo *slo)
{
	static const char *const empties[] = { [EMPTY_GOOD] = "good",
		[EMPTY_BAD] = "bad", [EMPTY_EXCLUDE] = "exclude" };
	const struct {
		const char *key;
		int64_t number, none;
	} numbers[] = {
		{ "min_events", slo->min_events, 0 },
		{ "min_bad_events", slo->min_bad_events, 0 },
		{ "min_bad_minutes", slo->min_bad_minutes, -1 },
		{ "max_groups", slo->max_groups, 0 },
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (numbers[i].number != numbers[i].none)
			fprintf(out, "%*s%s: %" PRId64 "\n", depth, "", numbers[i].key,
			    numbers[i].number);
	if (slo->min_coverage.text != NULL)
		fprintf(out, "%*smin_coverage: %s\n", depth, "", slo->min_coverage.text);
	if (slo->max_silence_text != NULL)
		fprintf(out, "%*smax_silence: %s\n", depth, "", slo->max_silence_text);
	if (slo->has_empty)
		fprintf(out, "%*sempty_slices: %s\n", depth, "", empties[slo->empty]);
	if (slo->is_optional)
		fprintf(out, "%*soptional: true\n", depth, "");
}

static void
write_group(FILE *out, int depth, const struct slo *slo)
{
	const struct column *columns = types[slo->event].columns;

	if (slo->group_count == 0)
		return;
	if (slo->group_count == 1) {
		fprintf(out, "%*sgroup: %s\n", depth, "", columns[slo->group[0]].name);
		return;
	}
	fprintf(out, "%*sgroup: [", depth, "");
	for (int i = 0; i < slo->group_count; i++)
		fprintf(out, "%s%s", i > 0 ? ", " : "", columns[slo->group[i]].name);
	fputs("]\n", out);
}

/* The metricSource that counts, with all but the condition. */
static void
write_source(FILE *out, int depth, const struct slo *slo)
{
	fprintf(out, "%*smetricSource:\n%*stype: teltools\n%*sspec:\n", depth, "",
	    depth + 2, "", depth + 2, "");
	depth += 4;
	fprintf(out, "%*sevent: %s\n", depth, "", types[slo->event].name);
	write_expression(out, depth, "where", slo->where, slo->event);
	write_expression(out, depth, "exclude", slo->exclude, slo->event);
	write_group(out, depth, slo);
	write_limits(out, depth, slo);
}

static void
write_metric(FILE *out, const struct slo *slo)
{
	const char *kind = slo->is_bad ? "bad" : "good";

	fprintf(out, "      %s:\n", slo->form >= FORM_VALUE ? "thresholdMetric"
	    : "ratioMetric");
	if (slo->form == FORM_OF_TOTAL) {
		fputs("        total:\n", out);
		write_source(out, 10, slo);
		fprintf(out, "        %s:\n          metricSource:\n"
		    "            type: teltools\n            spec:\n"
		    "              event: %s\n", kind, types[slo->event].name);
		write_expression(out, 14, "where", slo->condition, slo->event);
		return;
	}
	if (slo->form == FORM_RAW) {
		fprintf(out, "        rawType: %s\n        raw:\n",
		    slo->is_bad ? "failure" : "success");
		write_source(out, 10, slo);
		write_expression(out, 14, kind, slo->condition, slo->event);
		return;
	}
	write_source(out, 8, slo);
	if (slo->form == FORM_PLAIN)
		write_expression(out, 12, kind, slo->condition, slo->event);
	write_expression(out, 12, "value", slo->value, slo->event);
	if (slo->form != FORM_COUNT)
		return;
	fprintf(out, "            presence:\n              event: %s\n",
	    types[slo->presence].name);
	write_expression(out, 14, "where", slo->presence_where, slo->presence);
}

static void
write_objective(FILE *out, const struct slo *slo, const struct objective *objective)
{
	static const char *const compares[] = { [AT_MOST] = "lte", [LESS] = "lt",
		[AT_LEAST] = "gte", [MORE] = "gt" };

	fprintf(out, "    - displayName: %s\n      target: %s\n", objective->name,
	    objective->target.text);
	if (slo->form >= FORM_VALUE) {
		fprintf(out, "      op: %s\n      value: ", compares[objective->compare]);
		condition_write_number(out, &objective->limit);
		fputc('\n', out);
	}
	if (slo->slice_ms > 0)
		fprintf(out, "      timeSliceTarget: %s\n      timeSliceWindow: %s\n",
		    objective->slice_target.text, slo->slice_text);
}

void
world_write_slos(FILE *out, const struct world *world)
{
	for (size_t i = 0; i < world->slo_count; i++) {
		const struct slo *slo = &world->slos[i];

		fprintf(out, "%sapiVersion: openslo/v1\nkind: SLO\nmetadata:\n  name: %s\n"
		    "spec:\n  service: s\n  timeWindow:\n    - duration: %s\n"
		    "      isRolling: true\n  budgetingMethod: %s\n"
		    "  indicator:\n    metadata:\n      name: %s\n    spec:\n",
		    i > 0 ? "---\n" : "", slo->name, slo->window_text,
		    slo->slice_ms > 0 ? "Timeslices" : "Occurrences", slo->name);
		write_metric(out, slo);
		fputs("  objectives:\n", out);
		for (int k = 0; k < slo->objective_count; k++)
			write_objective(out, slo, &slo->objectives[k]);
	}
}
