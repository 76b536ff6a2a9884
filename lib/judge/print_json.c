/* SPDX-License-Identifier: ISC */
#include "judge/print_json.h"
#include "base/json_writer.h"
#include "slo/print.h"

#include <string.h>

/* A number that is text already; "" is null. */
static void
key_number(struct json_writer *json, const char *key, const char *number)
{
	json_writer_key(json, key);
	if (number[0] == '\0')
		json_writer_null(json);
	else
		json_writer_raw(json, number, strlen(number));
}

/* A decimal as a string, for readers whose numbers are doubles. */
static void
key_decimal(struct json_writer *json, const char *key, const char *number)
{
	json_writer_key(json, key);
	if (number[0] == '\0')
		json_writer_null(json);
	else
		json_writer_text(json, number, strlen(number));
}

/* 0 is "no number is enough". */
static void
key_needed(struct json_writer *json, int64_t bad_needed)
{
	if (bad_needed > 0) {
		json_writer_key_integer(json, "bad_needed", bad_needed);
	} else {
		json_writer_key(json, "bad_needed");
		json_writer_null(json);
	}
}

/* In a sum of groups each column has the same word in place of a value. */
static void
add_group(struct json_writer *json, const struct judge_line *line)
{
	json_writer_key(json, "group");
	json_writer_open(json, '{');
	for (size_t i = 0; line->has_group && i < line->item->query.group_count;
	    i++) {
		const char *value = line->is_other ? "other" : line->values[i];

		json_writer_key(json, line->item->query.group[i].name);
		if (value == NULL)
			json_writer_null(json);
		else
			json_writer_text(json, value, strlen(value));
	}
	json_writer_close(json, '}');
	if (line->is_other)
		json_writer_key_integer(json, "other_groups",
		    (int64_t)line->other_count);
}

static void
add_burn(struct json_writer *json, const struct slo_burn *burn,
    const struct decimal *target)
{
	char number[DECIMAL_TEXT_SIZE];

	json_writer_open(json, '{');
	json_writer_key_text(json, "long", burn->long_name);
	json_writer_key_text(json, "short", burn->short_name);
	slo_print_factor(number, burn);
	key_number(json, "factor", number);
	slo_print_burn(number, &burn->long_counts, target);
	key_number(json, "long_burn", number);
	slo_print_burn(number, &burn->short_counts, target);
	key_number(json, "short_burn", number);
	json_writer_key_integer(json, "n", burn->proof.n);
	json_writer_key_integer(json, "bad", burn->proof.bad);
	key_needed(json, burn->proof.bad_needed);
	json_writer_key_integer(json, "bad_minutes", burn->proof.bad_minutes);
	json_writer_key_boolean(json, "firing", burn->is_firing);
	json_writer_key_text(json, "severity", severity_word(burn->severity));
	json_writer_close(json, '}');
}

static void
add_burns(struct json_writer *json, const struct judge_line *line)
{
	json_writer_key(json, "burn");
	json_writer_open(json, '[');
	for (size_t i = 0; i < line->result.burn_count; i++)
		add_burn(json, &line->result.burns[i], &line->item->judged.target);
	json_writer_close(json, ']');
}

static void
add_evidence(struct json_writer *json, const struct judge_line *line)
{
	const struct slo_proof *proof = &line->result.proof;
	char number[DECIMAL_TEXT_SIZE];

	json_writer_key(json, "evidence");
	if (!line->result.has_proof) {
		json_writer_null(json);
		return;
	}
	json_writer_open(json, '{');
	json_writer_key_integer(json, "n", proof->n);
	json_writer_key_integer(json, "bad", proof->bad);
	key_needed(json, proof->bad_needed);
	json_writer_key_integer(json, "bad_minutes", proof->bad_minutes);
	slo_print_alpha(number, &line->result);
	key_number(json, "alpha", number);
	slo_print_chance(number, proof, &line->item->judged.target);
	key_number(json, "p", number);
	json_writer_close(json, '}');
}

static void
add_ratios(struct json_writer *json, const struct judge_line *line)
{
	const struct decimal *target = &line->item->judged.target;
	char number[DECIMAL_TEXT_SIZE];

	slo_print_sli(number, &line->result);
	key_decimal(json, "sli", number);
	decimal_print(number, target);
	key_decimal(json, "target", number);
	slo_print_coverage(number, &line->result);
	key_number(json, "coverage_ratio", number);
	slo_print_consumed(number, &line->result, target);
	key_number(json, "budget_consumed_ratio", number);
	slo_print_remaining(number, &line->result, target);
	key_number(json, "budget_remaining_ratio", number);
}

static void
add_window(struct json_writer *json, const struct slo_scope *scope)
{
	json_writer_key(json, "window");
	if (scope->is_unknown) {
		json_writer_null(json);
		return;
	}
	json_writer_open(json, '{');
	json_writer_key_integer(json, "from_ms", scope->window.from_ms);
	json_writer_key_integer(json, "until_ms", scope->window.until_ms);
	json_writer_close(json, '}');
}

void
judge_print_json(struct buf *out, const struct judge_line *line)
{
	const struct slo_result *result = &line->result;
	char number[DECIMAL_TEXT_SIZE];
	struct json_writer json;

	json_writer_init(&json, out);
	json_writer_open(&json, '{');
	json_writer_key_text(&json, "slo", line->item->slo);
	json_writer_key_text(&json, "objective", line->item->objective);
	add_group(&json, line);
	json_writer_key_text(&json, "verdict", verdict_word(result->verdict));
	json_writer_key_integer(&json, "good", result->counts.good);
	json_writer_key_integer(&json, "bad", result->counts.bad);
	json_writer_key_integer(&json, "excluded", result->counts.excluded);
	json_writer_key_integer(&json, "total", result->total);
	add_ratios(&json, line);
	add_burns(&json, line);
	json_writer_key_integer(&json, "unknown", result->counts.unknown);
	json_writer_key_integer(&json, "empty", result->counts.empty);
	add_evidence(&json, line);
	slo_print_silent(number, result);
	key_number(&json, "silent_s", number);
	add_window(&json, &line->scope);
	json_writer_key_text(&json, "reason", verdict_reason_word(result->reason));
	json_writer_key_text(&json, "counted",
	    line->item->query.slice_ms > 0 ? "slices" : "events");
	json_writer_key_text(&json, "run_id", line->scope.run_id);
	json_writer_close(&json, '}');
}
