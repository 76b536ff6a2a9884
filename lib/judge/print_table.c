/* SPDX-License-Identifier: ISC */
#include "judge/print_table.h"
#include "base/tim.h"
#include "judge/layout.h"
#include "judge/words.h"
#include "slo/print.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* So many groups of an objective that pass have a row each; more have one. */
#define MAX_PASSING_ROWS 3

enum { VERDICT, ALERT, SLO, OBJECTIVE, GROUP, SHARE, TARGET, GOOD, BAD, UNKNOWN, EXCLUDED,
	LEFT, COLUMN_COUNT };

static const struct layout_column columns[COLUMN_COUNT] = {
	[VERDICT] = { "VERDICT", LAYOUT_WORD, 0, false },
	[ALERT] = { "ALERT", LAYOUT_WORD, 0, false },
	[SLO] = { "SLO", LAYOUT_NAME, 0, false },
	[OBJECTIVE] = { "OBJECTIVE", LAYOUT_NAME, 1, false },
	[GROUP] = { "GROUP", LAYOUT_NAME, 0, false },
	[SHARE] = { "GOOD %", LAYOUT_NUMBER, 0, false },
	[TARGET] = { "TARGET %", LAYOUT_NUMBER, 4, false },
	[GOOD] = { "GOOD", LAYOUT_NUMBER, 5, false },
	[BAD] = { "BAD", LAYOUT_NUMBER, 0, false },
	[UNKNOWN] = { "UNKNOWN", LAYOUT_NUMBER, 3, true },
	[EXCLUDED] = { "EXCLUDED", LAYOUT_NUMBER, 6, true },
	[LEFT] = { "LEFT %", LAYOUT_NUMBER, 2, false },
};

/* A row of the table: a line, or the sum of groups of an objective that pass. */
struct row {
	const struct judge_line *line; /* the first of a sum */
	const struct slo_result *result;
	size_t group_count; /* of a sum, else 0 */
};

/* How bad a line is: lines are shown in the order of these. */
enum badness { MISSED, FIRING, UNCLEAR, WITHOUT_DATA, WARNED, FINE, BADNESS_COUNT };

static enum badness
badness_of(const struct slo_result *result)
{
	if (result->verdict == VERDICT_breach)
		return MISSED;
	if (slo_is_firing(result))
		return FIRING;
	if (result->verdict == VERDICT_insufficient)
		return UNCLEAR;
	if (result->verdict == VERDICT_no_data)
		return WITHOUT_DATA;
	return result->verdict == VERDICT_warn ? WARNED : FINE;
}

static void
add_safe(struct buf *out, const char *text)
{
	buf_add_visible(out, text, strlen(text));
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
add_alert(struct buf *out, const struct slo_result *result)
{
	if (slo_is_firing_as(result, SEVERITY_page))
		buf_add_text(out, severity_word(SEVERITY_page));
	else if (slo_is_firing(result))
		buf_add_text(out, severity_word(SEVERITY_ticket));
}

static void
add_number(struct buf *out, const struct row *row, int column)
{
	const struct slo_counts *counts = &row->result->counts;
	const struct decimal *target = &row->line->item->judged.target;
	char number[DECIMAL_TEXT_SIZE];

	switch (column) {
	case SHARE:
		slo_print_sli(number, row->result);
		add_percent(out, number);
		break;
	case TARGET:
		decimal_print(number, target);
		add_percent(out, number);
		break;
	case LEFT:
		slo_print_remaining(number, row->result, target);
		add_percent(out, number);
		break;
	default:
		buf_printf(out, "%" PRId64, column == GOOD ? counts->good
		    : column == BAD ? counts->bad
		    : column == UNKNOWN ? counts->unknown : counts->excluded);
	}
}

static void
add_cell(struct buf *out, const struct row *row, int column)
{
	switch (column) {
	case VERDICT:
		buf_add_text(out, verdict_word(row->result->verdict));
		break;
	case ALERT:
		add_alert(out, row->result);
		break;
	case SLO:
		add_safe(out, row->line->item->slo);
		break;
	case OBJECTIVE:
		add_safe(out, row->line->item->objective);
		break;
	case GROUP:
		if (row->group_count > 0)
			buf_printf(out, "%zu groups", row->group_count);
		else
			judge_words_group(out, row->line);
		break;
	default:
		add_number(out, row, column);
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
color_of(const struct slo_result *result)
{
	if (result->verdict == VERDICT_pass)
		return "\033[32m";
	if (result->verdict == VERDICT_breach || slo_is_firing_as(result, SEVERITY_page))
		return "\033[31;1m";
	return "\033[33m";
}

static void
add_row(struct layout *table, const struct row *row, bool with_color)
{
	struct buf cell = BUF_EMPTY;

	layout_add_row(table, with_color ? color_of(row->result) : "");
	for (int column = 0; column < COLUMN_COUNT; column++) {
		buf_reset(&cell);
		add_cell(&cell, row, column);
		layout_set(table, (size_t)column, buf_text(&cell));
	}
	buf_release(&cell);
}

/* Returns after the last line of the objective of the first line that is in order. */
static size_t
end_of_objective(const struct judge_lines *lines, size_t first)
{
	size_t end = first + 1;

	while (end < lines->count && lines->items[end].item == lines->items[first].item)
		end++;
	return end;
}

/* The sum of the lines from first to before end that pass; returns their number. */
static size_t
sum_passing(const struct judge_lines *lines, size_t first, size_t end,
    struct slo_result *sum, size_t *group_count)
{
	size_t count = 0;

	memset(sum, 0, sizeof(*sum));
	*group_count = 0;
	for (size_t i = first; i < end; i++) {
		const struct judge_line *line = &lines->items[i];

		if (line->result.verdict != VERDICT_pass)
			continue;
		if (count++ == 0)
			*sum = line->result;
		else {
			sum->counts.good += line->result.counts.good;
			sum->counts.bad += line->result.counts.bad;
			sum->counts.unknown += line->result.counts.unknown;
			sum->counts.excluded += line->result.counts.excluded;
		}
		*group_count += line->is_other ? line->other_count : 1;
	}
	return count;
}

/* Adds the rows of an objective that are that bad. */
static void
add_objective(struct layout *table, const struct judge_lines *lines, size_t first,
    size_t end, enum badness badness, bool with_color)
{
	struct slo_result sum;
	size_t group_count = 0, passing = 0;

	if (badness == FINE)
		passing = sum_passing(lines, first, end, &sum, &group_count);
	for (size_t i = first; i < end; i++) {
		const struct judge_line *line = &lines->items[i];

		if (badness_of(&line->result) != badness)
			continue;
		if (passing > MAX_PASSING_ROWS) {
			add_row(table, &(struct row){ line, &sum, group_count },
			    with_color);
			return;
		}
		add_row(table, &(struct row){ line, &line->result, 0 }, with_color);
	}
}

static void
add_rows(struct buf *out, const struct judge_lines *lines, size_t width,
    bool with_color)
{
	struct layout table = { .columns = columns, .column_count = COLUMN_COUNT };

	for (int badness = 0; badness < BADNESS_COUNT; badness++)
		for (size_t first = 0, end; first < lines->count; first = end) {
			end = end_of_objective(lines, first);
			add_objective(&table, lines, first, end,
			    (enum badness)badness, with_color);
		}
	layout_print(out, &table, width);
	layout_release(&table);
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
add_look_at(struct buf *out, const struct judge_line *line, bool is_first)
{
	const char *description = line->item->description;
	struct buf group = BUF_EMPTY;

	judge_words_group(&group, line);
	buf_printf(out, "\n%s: ", verdict_word(line->result.verdict));
	add_safe(out, line->item->slo);
	buf_printf(out, "%s%s: ", group.len > 0 ? " " : "", buf_text(&group));
	judge_words_reason(out, line);
	buf_add_text(out, ".\n");
	buf_release(&group);
	if (is_first && description[0] != '\0' &&
	    line->result.verdict != VERDICT_no_data)
		add_description(out, description);
	if (line->result.counts.bad > 0)
		judge_words_statement(out, line, &line->scope.window);
	judge_words_pairs(out, line);
}

/* Says it of each line that does not pass, the worst first. */
static void
add_all_look_at(struct buf *out, const struct judge_lines *lines)
{
	size_t described = lines->count; /* the last line with its description */

	for (int badness = 0; badness < FINE; badness++)
		for (size_t i = 0; i < lines->count; i++) {
			const struct judge_line *line = &lines->items[i];

			if (badness_of(&line->result) != (enum badness)badness)
				continue;
			add_look_at(out, line, described == lines->count ||
			    lines->items[described].item != line->item);
			if (line->result.verdict != VERDICT_no_data)
				described = i;
		}
}

static void
add_summary(struct buf *out, const struct judge_lines *lines)
{
	static const enum verdict verdicts[] = { VERDICT_pass, VERDICT_warn,
		VERDICT_breach, VERDICT_no_data, VERDICT_insufficient };

	buf_add_char(out, '\n');
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		size_t count = 0;

		for (size_t k = 0; k < lines->count; k++)
			count += lines->items[k].result.verdict == verdicts[i];
		buf_printf(out, "%s%zu %s", i > 0 ? ", " : "", count,
		    verdict_word(verdicts[i]));
	}
	buf_add_char(out, '\n');
}

void
judge_print_table(struct buf *out, const struct judge_lines *lines, size_t width,
    bool with_color)
{
	add_scope(out, lines);
	add_rows(out, lines, width, with_color);
	add_all_look_at(out, lines);
	add_summary(out, lines);
}
