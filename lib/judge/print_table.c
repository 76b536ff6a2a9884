/* SPDX-License-Identifier: ISC */
#include "judge/print_table.h"
#include "base/tim.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { VERDICT, SLO, OBJECTIVE, GROUP, SHARE, TARGET, GOOD, BAD, EXCLUDED, LEFT,
	COLUMN_COUNT };

static const struct {
	const char *title;
	bool is_number;
} columns[COLUMN_COUNT] = {
	[VERDICT] = { "VERDICT", false },
	[SLO] = { "SLO", false },
	[OBJECTIVE] = { "OBJECTIVE", false },
	[GROUP] = { "GROUP", false },
	[SHARE] = { "GOOD %", true },
	[TARGET] = { "TARGET %", true },
	[GOOD] = { "GOOD", true },
	[BAD] = { "BAD", true },
	[EXCLUDED] = { "EXCLUDED", true },
	[LEFT] = { "BUDGET LEFT %", true },
};

/* Appends text from an event or a file, made safe for a terminal. */
static void
add_safe(struct buf *out, const char *text)
{
	buf_add_visible(out, text, strlen(text));
}

/* "host=a role=b" */
static void
add_group(struct buf *out, const struct judge_line *line)
{
	for (size_t i = 0; line->has_group && i < line->item->query.group_count;
	    i++) {
		buf_add_text(out, i > 0 ? " " : "");
		add_safe(out, line->item->query.group[i].name);
		buf_add_char(out, '=');
		add_safe(out, line->values[i] != NULL ? line->values[i] : "(none)");
	}
}

/* A ratio in percent, cut to two digits after the point; "-" for none. */
static void
add_percent(struct buf *out, const char *ratio)
{
	size_t sign = ratio[0] == '-', whole = strcspn(ratio + sign, ".");
	char digits[DECIMAL_TEXT_SIZE + 4];
	const char *start = digits;

	if (ratio[0] == '\0') {
		buf_add_char(out, '-');
		return;
	}
	/* The point moves two places to the right. */
	snprintf(digits, sizeof(digits), "%.*s%s", (int)whole, ratio + sign,
	    ratio[sign + whole] == '.' ? ratio + sign + whole + 1 : "");
	for (size_t len = strlen(digits); len < whole + 4; len++)
		memcpy(digits + len, "0", 2);
	while (*start == '0' && start < digits + whole + 1)
		start++;
	buf_printf(out, "%s%.*s.%.2s", sign == 1 ? "-" : "",
	    (int)(digits + whole + 2 - start), start, digits + whole + 2);
}

static void
add_cell(struct buf *out, const struct judge_line *line, int column)
{
	const struct slo_result *result = &line->result;
	const struct decimal *target = &line->item->judged.target;
	char number[DECIMAL_TEXT_SIZE];

	switch (column) {
	case VERDICT:
		buf_add_text(out, slo_verdict_name(result->verdict));
		break;
	case SLO:
		add_safe(out, line->item->slo);
		break;
	case OBJECTIVE:
		add_safe(out, line->item->objective);
		break;
	case GROUP:
		add_group(out, line);
		break;
	case SHARE:
		slo_print_sli(number, result);
		add_percent(out, number);
		break;
	case TARGET:
		decimal_print(number, target);
		add_percent(out, number);
		break;
	case GOOD:
		buf_printf(out, "%" PRId64, result->counts.good);
		break;
	case BAD:
		buf_printf(out, "%" PRId64, result->counts.bad);
		break;
	case EXCLUDED:
		buf_printf(out, "%" PRId64, result->counts.excluded);
		break;
	case LEFT:
		slo_print_remaining(number, result, target);
		add_percent(out, number);
		break;
	}
}

/* "Run r1, from ... to ..." or "Up to ...". */
static void
add_scope(struct buf *out, const struct judge_lines *lines)
{
	const struct slo_scope *scope;
	char from[TIM_TEXT_SIZE], until[TIM_TEXT_SIZE];

	if (lines->count == 0)
		return;
	scope = &lines->items[0].scope;
	tim_print(from, scope->window.from_ms);
	tim_print(until, scope->window.until_ms);
	if (scope->run_id == NULL) {
		buf_printf(out, "Rolling windows up to %s\n\n", until);
		return;
	}
	buf_add_text(out, "Run ");
	add_safe(out, scope->run_id);
	buf_printf(out, ", %s to %s\n\n", from, until);
}

static const char *
color_of(enum slo_verdict verdict)
{
	switch (verdict) {
	case SLO_PASS:
		return "\033[32m";
	case SLO_BREACH:
		return "\033[31;1m";
	default:
		return "\033[33m";
	}
}

static void
add_blanks(struct buf *out, size_t count)
{
	while (count-- > 0)
		buf_add_char(out, ' ');
}

/* Pads text to the width of its column; the last column of a line is not padded. */
static void
add_padded(struct buf *out, const char *text, int column, size_t width,
    const char *color)
{
	size_t blank = width - utf8_width(text);

	if (column > 0)
		buf_add_text(out, "  ");
	if (columns[column].is_number)
		add_blanks(out, blank);
	buf_printf(out, "%s%s%s", color, text, color[0] != '\0' ? "\033[0m" : "");
	if (column == COLUMN_COUNT - 1)
		buf_add_char(out, '\n');
	else if (!columns[column].is_number)
		add_blanks(out, blank);
}

static void
add_rows(struct buf *out, const struct judge_lines *lines, bool with_color)
{
	size_t widths[COLUMN_COUNT];
	struct buf cell = BUF_EMPTY;

	for (int c = 0; c < COLUMN_COUNT; c++) {
		widths[c] = strlen(columns[c].title);
		for (size_t i = 0; i < lines->count; i++) {
			size_t width;

			buf_reset(&cell);
			add_cell(&cell, &lines->items[i], c);
			width = utf8_width(buf_text(&cell));
			if (width > widths[c])
				widths[c] = width;
		}
	}
	for (int c = 0; c < COLUMN_COUNT; c++)
		add_padded(out, columns[c].title, c, widths[c], "");
	for (size_t i = 0; i < lines->count; i++)
		for (int c = 0; c < COLUMN_COUNT; c++) {
			const struct judge_line *line = &lines->items[i];

			buf_reset(&cell);
			add_cell(&cell, line, c);
			add_padded(out, buf_text(&cell), c, widths[c],
			    with_color && c == VERDICT
			    ? color_of(line->result.verdict) : "");
		}
	buf_release(&cell);
}

static void
add_burning(struct buf *out, const struct judge_line *line)
{
	char factor[DECIMAL_TEXT_SIZE], rate[DECIMAL_TEXT_SIZE];

	for (size_t i = 0; i < line->result.burn_count; i++) {
		const struct slo_burn *burn = &line->result.burns[i];

		if (!burn->is_firing)
			continue;
		slo_print_factor(factor, burn);
		slo_print_burn(rate, &burn->short_counts,
		    &line->item->judged.target);
		buf_printf(out, "; the budget burns %.6s times too fast (limit "
		    "%.6s over %s and %s)", rate, factor, burn->long_name,
		    burn->short_name);
	}
}

/* Says why a verdict is not pass. */
static void
add_reason(struct buf *out, const struct judge_line *line)
{
	const struct slo_result *result = &line->result;
	const struct slo_objective *judged = &line->item->judged;
	const char *what = line->item->query.slice_ms > 0 ? "slices" : "events";
	decimal_wide room = (decimal_wide)result->total *
	    (decimal_unit(&judged->target) - judged->target.units) /
	    decimal_unit(&judged->target);

	switch (result->reason) {
	case SLO_NO_EVENTS:
		buf_printf(out, "nothing to judge: no %s", what);
		if (result->counts.excluded > 0)
			buf_printf(out, " but %" PRId64 " excluded",
			    result->counts.excluded);
		return;
	case SLO_FEW_EVENTS:
		buf_printf(out, "%" PRId64 " of %" PRIu64 " %s are bad; ",
		    result->counts.bad, result->total, what);
		if (result->total < (uint64_t)judged->min_events)
			buf_printf(out, "at least %" PRId64 " are needed to tell",
			    judged->min_events);
		else
			buf_printf(out, "fewer than %" PRId64 " bad ones are not "
			    "a breach", judged->min_bad_events);
		return;
	case SLO_LOW_COVERAGE:
		buf_add_text(out, "the events cover too little of the window");
		return;
	default:
		buf_printf(out, "%" PRId64 " of %" PRIu64 " %s are bad, %" PRId64
		    " may be", result->counts.bad, result->total, what,
		    (int64_t)room);
		add_burning(out, line);
	}
}

/* Appends the lines of the text, indented. */
static void
add_description(struct buf *out, const char *text)
{
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");

		buf_add_text(out, "  ");
		buf_add_visible(out, text, len);
		buf_add_char(out, '\n');
		text += len + (text[len] == '\n');
	}
}

static void
add_statement(struct buf *out, const struct judge_line *line)
{
	struct buf sql = BUF_EMPTY;

	slo_query_sql_bad(&sql, &line->item->query, &line->scope,
	    (const char *const *)line->values);
	buf_add_text(out, "  Look at: ");
	add_safe(out, buf_text(&sql));
	buf_add_text(out, ";\n");
	buf_release(&sql);
}

static void
add_look_at(struct buf *out, const struct judge_line *line, bool is_first)
{
	const char *description = line->item->description;

	buf_printf(out, "\n%s: ", slo_verdict_name(line->result.verdict));
	add_safe(out, line->item->slo);
	if (line->has_group && line->item->query.group_count > 0) {
		buf_add_char(out, ' ');
		add_group(out, line);
	}
	buf_add_text(out, ": ");
	add_reason(out, line);
	buf_add_text(out, ".\n");
	if (is_first && description[0] != '\0' &&
	    line->result.verdict != SLO_NO_DATA)
		add_description(out, description);
	if (line->result.counts.bad > 0)
		add_statement(out, line);
}

void
judge_print_table(struct buf *out, const struct judge_lines *lines, bool with_color)
{
	static const enum slo_verdict verdicts[] = { SLO_PASS, SLO_WARN,
		SLO_BREACH, SLO_NO_DATA, SLO_INSUFFICIENT };
	size_t counts[sizeof(verdicts) / sizeof(verdicts[0])] = { 0 };
	const char *described = NULL;

	add_scope(out, lines);
	add_rows(out, lines, with_color);
	for (size_t i = 0; i < lines->count; i++) {
		const struct judge_line *line = &lines->items[i];

		counts[line->result.verdict]++;
		if (line->result.verdict == SLO_PASS)
			continue;
		add_look_at(out, line, line->item->description != described);
		if (line->result.verdict != SLO_NO_DATA)
			described = line->item->description;
	}
	buf_add_char(out, '\n');
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++)
		buf_printf(out, "%s%zu %s", i > 0 ? ", " : "", counts[verdicts[i]],
		    slo_verdict_name(verdicts[i]));
	buf_add_char(out, '\n');
}
