/* SPDX-License-Identifier: ISC */
#include "judge/print_json.h"
#include "tests/unit/judge/judged.h"

static void
expect_json(const struct judge_line *line, const char *json)
{
	struct buf out = BUF_EMPTY;

	judge_print_json(&out, line);
	assert_string_equal(buf_text(&out), json);
	buf_release(&out);
}

/* Fails unless the JSON of the line contains the text. */
static void
expect_within(const struct judge_line *line, const char *text)
{
	struct buf out = BUF_EMPTY;

	judge_print_json(&out, line);
	if (strstr(buf_text(&out), text) == NULL)
		fail_msg("%s\nlacks %s", buf_text(&out), text);
	buf_release(&out);
}

#define NO_PAIR(names, factor, severity) "{" names ",\"factor\":" factor "," \
	"\"long_burn\":null,\"short_burn\":null,\"n\":0,\"bad\":0,\"bad_needed\":null," \
	"\"bad_minutes\":0,\"firing\":false,\"severity\":" severity "}"
#define NO_PAIRS \
	"[" NO_PAIR("\"long\":\"1h\",\"short\":\"5m\"", "14.4", "\"page\"") "," \
	NO_PAIR("\"long\":\"6h\",\"short\":\"30m\"", "6", "\"page\"") "," \
	NO_PAIR("\"long\":\"1d\",\"short\":\"2h\"", "3", "\"ticket\"") "," \
	NO_PAIR("\"long\":\"3d\",\"short\":\"6h\"", "1", "\"ticket\"") "]"

static void
test_all_members(void **state)
{
	struct judge_set_item item = item_of(true);
	struct judge_lines lines = { .count = 0 };
	struct line line = line_of("0.9", 88, 2);

	(void)state;
	line.tally.window.excluded = 7;
	line.tally.window.unknown = 5;
	line.tally.window.empty = 3;
	line.tally.newest_ms = NOW_MS - 1500;
	line.judged.line_count = 3;
	add_judged(&lines, &item, &line, "a\"b");
	expect_json(&lines.items[0], "{\"slo\":\"mine\",\"objective\":\"target 0.9\","
	    "\"group\":{\"host\":\"a\\\"b\"},\"verdict\":\"pass\",\"good\":88,\"bad\":2,"
	    "\"excluded\":7,\"total\":90,\"sli\":\"0.977777777777\",\"target\":\"0.9\","
	    "\"coverage_ratio\":1,\"budget_consumed_ratio\":0.222222222222,"
	    "\"budget_remaining_ratio\":0.777777777777,\"burn\":" NO_PAIRS ",\"unknown\":5,"
	    "\"empty\":3,\"evidence\":{\"n\":95,\"bad\":2,\"bad_needed\":24,"
	    "\"bad_minutes\":2,\"alpha\":0.000033333333,\"p\":0.99948},\"silent_s\":1.5,"
	    "\"window\":{\"from_ms\":1697408000000,\"until_ms\":1700000000000},"
	    "\"reason\":\"met\",\"counted\":\"events\"}");
	judge_lines_release(&lines);
}

static void
test_nothing_is_null(void **state)
{
	struct judge_set_item item = item_of(false);
	struct judge_lines lines = { .count = 0 };
	struct line line = line_of("0.9", 0, 0);

	(void)state;
	line.judged.is_run = true;
	line.objective.slice_ms = HOUR_MS;
	add_judged(&lines, &item, &line, NULL);
	expect_json(&lines.items[0], "{\"slo\":\"mine\",\"objective\":\"target 0.9\","
	    "\"group\":{},\"verdict\":\"no_data\",\"good\":0,\"bad\":0,\"excluded\":0,"
	    "\"total\":0,\"sli\":null,\"target\":\"0.9\",\"coverage_ratio\":0,"
	    "\"budget_consumed_ratio\":null,\"budget_remaining_ratio\":null,\"burn\":[],"
	    "\"unknown\":0,\"empty\":0,\"evidence\":null,\"silent_s\":null,"
	    "\"window\":{\"from_ms\":1697408000000,\"until_ms\":1700000000000},"
	    "\"reason\":\"no_events\",\"counted\":\"slices\",\"run_id\":\"r1\"}");
	judge_lines_release(&lines);
}

static void
test_firing_and_needed(void **state)
{
	struct judge_set_item item = item_of(false);
	struct judge_lines lines = { .count = 0 };
	struct line line = line_of("0.999", 0, 0);

	(void)state;
	add_events(&line, MINUTE_MS, 57, 3, 3);
	add_judged(&lines, &item, &line, NULL);
	expect_within(&lines.items[0], "{\"long\":\"1h\",\"short\":\"5m\",\"factor\":14.4,"
	    "\"long_burn\":50,\"short_burn\":50,\"n\":60,\"bad\":3,\"bad_needed\":3,"
	    "\"bad_minutes\":3,\"firing\":true,\"severity\":\"page\"}");
	line = line_of("1", 1, 1);
	add_judged(&lines, &item, &line, NULL);
	expect_within(&lines.items[1], "\"burn\":[],");
	expect_within(&lines.items[1], "\"bad_needed\":1,\"bad_minutes\":1,\"alpha\":0.0001,"
	    "\"p\":0}");
	line = line_of("0.5", 0, 1);
	add_judged(&lines, &item, &line, NULL);
	expect_within(&lines.items[2], "\"evidence\":{\"n\":1,\"bad\":1,\"bad_needed\":null,"
	    "\"bad_minutes\":1,\"alpha\":0.0001,\"p\":0.5}");
	judge_lines_release(&lines);
}

static void
test_sum_of_groups(void **state)
{
	char role[] = "role";
	struct judge_set_item item = item_of(true);
	struct judge_lines lines = { .count = 0 };
	struct line line = line_of("0.9", 10, 0);

	(void)state;
	add_group(&item, role);
	add_judged(&lines, &item, &line, NULL);
	expect_within(&lines.items[0], "\"group\":{\"host\":null,\"role\":null},\"verdict\"");
	lines.items[0].is_other = true;
	lines.items[0].other_count = 12;
	expect_within(&lines.items[0], "\"group\":{\"host\":\"other\",\"role\":\"other\"},"
	    "\"other_groups\":12,\"verdict\"");
	judge_lines_release(&lines);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_members),
		cmocka_unit_test(test_nothing_is_null),
		cmocka_unit_test(test_firing_and_needed),
		cmocka_unit_test(test_sum_of_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
