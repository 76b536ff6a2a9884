/* SPDX-License-Identifier: ISC */
#include "judge/print_json.h"
#include "base/json_writer.h"

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

static void
add_group(struct json_writer *json, const struct judge_line *line)
{
	json_writer_key(json, "group");
	json_writer_open(json, '{');
	for (size_t i = 0; line->has_group && i < line->item->query.group_count;
	    i++) {
		json_writer_key(json, line->item->query.group[i].name);
		if (line->values[i] == NULL)
			json_writer_null(json);
		else
			json_writer_text(json, line->values[i],
			    strlen(line->values[i]));
	}
	json_writer_close(json, '}');
}

static void
add_burns(struct json_writer *json, const struct judge_line *line)
{
	const struct slo_result *result = &line->result;
	const struct decimal *target = &line->item->judged.target;
	char number[DECIMAL_TEXT_SIZE];

	json_writer_key(json, "burn");
	json_writer_open(json, '[');
	for (size_t i = 0; i < result->burn_count; i++) {
		const struct slo_burn *burn = &result->burns[i];

		json_writer_open(json, '{');
		json_writer_key_text(json, "long", burn->long_name);
		json_writer_key_text(json, "short", burn->short_name);
		slo_print_factor(number, burn);
		key_number(json, "factor", number);
		slo_print_burn(number, &burn->long_counts, target);
		key_number(json, "long_burn", number);
		slo_print_burn(number, &burn->short_counts, target);
		key_number(json, "short_burn", number);
		json_writer_key_boolean(json, "covered", burn->is_covered);
		json_writer_key_boolean(json, "firing", burn->is_firing);
		json_writer_close(json, '}');
	}
	json_writer_close(json, ']');
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

void
judge_print_json(struct buf *out, const struct judge_line *line)
{
	const struct slo_result *result = &line->result;
	struct json_writer json;

	json_writer_init(&json, out);
	json_writer_open(&json, '{');
	json_writer_key_text(&json, "slo", line->item->slo);
	json_writer_key_text(&json, "objective", line->item->objective);
	add_group(&json, line);
	json_writer_key_text(&json, "verdict", slo_verdict_name(result->verdict));
	json_writer_key_integer(&json, "good", result->counts.good);
	json_writer_key_integer(&json, "bad", result->counts.bad);
	json_writer_key_integer(&json, "excluded", result->counts.excluded);
	json_writer_key_integer(&json, "total", (int64_t)result->total);
	add_ratios(&json, line);
	add_burns(&json, line);
	json_writer_key(&json, "window");
	json_writer_open(&json, '{');
	json_writer_key_integer(&json, "from_ms", line->scope.window.from_ms);
	json_writer_key_integer(&json, "until_ms", line->scope.window.until_ms);
	json_writer_close(&json, '}');
	json_writer_key_text(&json, "reason", slo_reason_name(result->reason));
	json_writer_key_text(&json, "counted",
	    line->item->query.slice_ms > 0 ? "slices" : "events");
	json_writer_key_text(&json, "run_id", line->scope.run_id);
	json_writer_close(&json, '}');
}
