/* SPDX-License-Identifier: ISC */
#include "judge/words.h"
#include "slo/print.h"

#include <inttypes.h>
#include <string.h>

static void
add_safe(struct buf *out, const char *text)
{
	buf_add_visible(out, text, strlen(text));
}

void
judge_words_group(struct buf *out, const struct judge_line *line)
{
	if (line->is_other) {
		buf_printf(out, "%zu other group%s", line->other_count,
		    line->other_count == 1 ? "" : "s");
		return;
	}
	for (size_t i = 0; line->has_group && i < line->item->query.group_count;
	    i++) {
		buf_printf(out, "%s%s=", i > 0 ? " " : "",
		    line->item->query.group[i].name);
		add_safe(out, line->values[i] != NULL ? line->values[i] : "(none)");
	}
}

static const char *
noun_of(const struct judge_line *line)
{
	return line->item->query.slice_ms > 0 ? "slices" : "events";
}

/* A time in its two largest units: "3d 4h", "90s". */
static void
add_duration(struct buf *out, int64_t ms)
{
	static const struct {
		char letter;
		int64_t ms;
	} units[] = { { 'd', 86400000 }, { 'h', 3600000 }, { 'm', 60000 }, { 's', 1000 } };
	int shown = 0;

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]) && shown < 2; i++) {
		if (ms < units[i].ms && (shown > 0 || units[i].letter != 's'))
			continue;
		buf_printf(out, "%s%" PRId64 "%c", shown > 0 ? " " : "",
		    ms / units[i].ms, units[i].letter);
		ms %= units[i].ms;
		shown++;
	}
}

/* A number with at most five characters, unless its whole part is longer; cut. */
static void
add_short(struct buf *out, const char *number)
{
	size_t whole = strcspn(number, "."), len = strlen(number);

	if (len > 5)
		len = whole < 4 ? 5 : whole;
	buf_add(out, number, len);
}

/* "3 of 60 events are bad, 2 are unknown, and 0 may be bad" */
static void
add_counts(struct buf *out, const struct judge_line *line,
    const struct slo_counts *counts, const struct slo_proof *proof)
{
	buf_printf(out, "%" PRId64 " of %" PRId64 " %s are bad", proof->bad, proof->n,
	    noun_of(line));
	if (counts->unknown > 0)
		buf_printf(out, ", %" PRId64 " are unknown,", counts->unknown);
	buf_printf(out, " and %" PRId64 " may be",
	    slo_allowed_count(proof->n, &line->item->judged.target));
}

/* From how many bad events on it is evidence. */
static void
add_needed(struct buf *out, const struct slo_proof *proof)
{
	if (proof->bad_needed == 0)
		buf_add_text(out, " (of so few all could be bad by bad luck)");
	else if (proof->bad_needed == 1)
		buf_add_text(out, " (the first is a breach)");
	else
		buf_printf(out, " (fewer than %" PRId64 " could be bad luck)",
		    proof->bad_needed);
}

static void
add_no_events(struct buf *out, const struct judge_line *line)
{
	buf_printf(out, "nothing to judge: no %s", noun_of(line));
	if (line->result.counts.excluded > 0)
		buf_printf(out, " but %" PRId64 " excluded",
		    line->result.counts.excluded);
}

static void
add_few_events(struct buf *out, const struct judge_line *line)
{
	const struct slo_objective *judged = &line->item->judged;
	const struct slo_result *result = &line->result;

	add_counts(out, line, &result->counts, &result->proof);
	if (result->proof.n < judged->min_events)
		buf_printf(out, "; fewer than %" PRId64 " are too few to tell "
		    "(min_events)", judged->min_events);
	else
		buf_printf(out, "; fewer than %" PRId64 " bad ones are no breach "
		    "(min_bad_events)", judged->min_bad_events);
}

static void
add_low_coverage(struct buf *out, const struct judge_line *line)
{
	char wanted[DECIMAL_TEXT_SIZE], covered[DECIMAL_TEXT_SIZE];

	slo_print_coverage(covered, &line->result);
	decimal_print(wanted, &line->item->judged.min_coverage);
	buf_printf(out, "the events cover %s of the window, and less than %s is too "
	    "little to tell (min_coverage)", covered, wanted);
}

static void
add_silent(struct buf *out, const struct judge_line *line)
{
	int64_t silent_ms = line->result.silent_ms;

	if (silent_ms < 0) {
		buf_add_text(out, "no event has ever come");
	} else {
		buf_add_text(out, "no event came in the last ");
		add_duration(out, silent_ms);
	}
	buf_add_text(out, ", and more than ");
	add_duration(out, line->item->judged.max_silence_ms);
	buf_add_text(out, " is too long to tell (max_silence)");
}

/* Missed, but that may be bad luck: what is lacking, and why it was asked for. */
static void
add_evidence(struct buf *out, const struct judge_line *line)
{
	const struct slo_result *result = &line->result;
	const struct slo_proof *proof = &result->proof;

	add_counts(out, line, &result->counts, proof);
	if (proof->bad_needed == 0)
		buf_add_text(out, ", but of so few all could be bad by bad luck");
	else if (proof->bad < proof->bad_needed)
		buf_printf(out, ", but fewer than %" PRId64 " could be bad luck",
		    proof->bad_needed);
	else
		buf_printf(out, ", but all in %" PRId64 " minute%s, and in fewer than %"
		    PRId64 " it could be one failure that was tried again",
		    proof->bad_minutes, proof->bad_minutes == 1 ? "" : "s",
		    line->item->judged.min_bad_minutes);
	if (result->is_young)
		buf_add_text(out, "; the events do not fill the window yet");
	else
		buf_printf(out, "; of %zu groups one is always the worst",
		    result->line_count);
}

/* Why nobody knows whether some events are good. */
static void
add_unknown(struct buf *out, const struct judge_line *line)
{
	const struct slo_result *result = &line->result;
	const struct slo_counts *counts = &result->counts;
	bool has_known = result->verdict != VERDICT_no_data;

	if (has_known) {
		add_counts(out, line, counts, &result->proof);
		buf_add_text(out, "; it depends on the unknown ones: ");
	} else
		buf_printf(out, "nothing to judge: all %" PRId64 " %s are unknown: ",
		    counts->unknown, noun_of(line));
	if (counts->archived > 0)
		buf_printf(out, "%" PRId64 " left for the archive before they were "
		    "counted", counts->archived);
	if (counts->archived > 0 && counts->unknown > counts->archived)
		buf_add_text(out, ", and ");
	if (counts->unknown > counts->archived && line->item->query.slice_ms > 0)
		buf_printf(out, "%" PRId64 " have only unknown events, or are later than "
		    "the newest event", counts->unknown - counts->archived);
	else if (counts->unknown > counts->archived)
		buf_printf(out, "%" PRId64 " lack a value that the condition asks for",
		    counts->unknown - counts->archived);
}

/* How old the newest event is that an age is about. */
static void
add_age(struct buf *out, const struct judge_line *line)
{
	if (line->result.silent_ms < 0) {
		buf_add_text(out, "; no event has ever come");
		return;
	}
	buf_add_text(out, "; the newest event came ");
	add_duration(out, line->result.silent_ms);
	buf_add_text(out, " before the end");
}

static void
add_met_or_missed(struct buf *out, const struct judge_line *line)
{
	const struct slo_result *result = &line->result;

	add_counts(out, line, &result->counts, &result->proof);
	if (result->reason == VERDICT_REASON_missed)
		add_needed(out, &result->proof);
	else if (result->reason == VERDICT_REASON_budget_low)
		buf_add_text(out, "; less than a quarter of the budget is left");
	else if (result->reason == VERDICT_REASON_burning)
		buf_add_text(out, "; the budget is being spent too fast");
	if (line->item->query.counts_age)
		add_age(out, line);
}

void
judge_words_reason(struct buf *out, const struct judge_line *line)
{
	switch (line->result.reason) {
	case VERDICT_REASON_no_events:
		add_no_events(out, line);
		break;
	case VERDICT_REASON_few_events:
		add_few_events(out, line);
		break;
	case VERDICT_REASON_low_coverage:
		add_low_coverage(out, line);
		break;
	case VERDICT_REASON_silent:
		add_silent(out, line);
		break;
	case VERDICT_REASON_evidence:
		add_evidence(out, line);
		break;
	case VERDICT_REASON_unknown:
	case VERDICT_REASON_archived:
		add_unknown(out, line);
		break;
	case VERDICT_REASON_met:
	case VERDICT_REASON_missed:
	case VERDICT_REASON_budget_low:
	case VERDICT_REASON_burning:
	case VERDICT_REASON_ABSENT:
		add_met_or_missed(out, line);
		break;
	}
}

void
judge_words_statement(struct buf *out, const struct judge_line *line,
    const struct slo_window *window)
{
	struct slo_query query = line->item->query;
	struct slo_scope scope = line->scope;
	struct buf sql = BUF_EMPTY;

	/* The groups of the sum are not known here, so that all groups are listed. */
	if (line->is_other)
		query.group_count = 0;
	scope.window = *window;
	slo_query_sql_bad(&sql, &query, &scope, (const char *const *)line->values);
	buf_printf(out, "  Look at%s: ", line->is_other ? ", in all groups" : "");
	add_safe(out, buf_text(&sql));
	buf_add_text(out, ";\n");
	buf_release(&sql);
}

/* "the budget burns 16.66 times too fast over 1h and 200 times over 5m (limit 14.4)" */
static void
add_rates(struct buf *out, const struct slo_burn *burn, const struct decimal *target)
{
	char number[DECIMAL_TEXT_SIZE];

	buf_add_text(out, "the budget burns ");
	slo_print_burn(number, &burn->long_counts, target);
	add_short(out, number);
	buf_printf(out, " times too fast over %s and ", burn->long_name);
	slo_print_burn(number, &burn->short_counts, target);
	add_short(out, number);
	buf_printf(out, " times over %s (limit ", burn->short_name);
	slo_print_factor(number, burn);
	add_short(out, number);
	buf_add_char(out, ')');
}

void
judge_words_pairs(struct buf *out, const struct judge_line *line)
{
	for (size_t i = 0; i < line->result.burn_count; i++) {
		const struct slo_burn *burn = &line->result.burns[i];

		if (!burn->is_firing)
			continue;
		buf_printf(out, "  %s: ", severity_word(burn->severity));
		add_rates(out, burn, &line->item->judged.target);
		buf_printf(out, ": in %s, ", burn->long_name);
		add_counts(out, line, &burn->long_counts, &burn->proof);
		add_needed(out, &burn->proof);
		buf_add_text(out, ".\n");
		judge_words_statement(out, line, &burn->long_window);
	}
}
