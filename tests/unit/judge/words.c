/* SPDX-License-Identifier: ISC
 *
 * What people read, for each reason.
 */
#include "judge/words.h"
#include "tests/unit/judge/judged.h"

/* Fails unless the line has that reason, in those words. */
static void
expect_words(const struct line *line, enum verdict_reason reason, const char *words)
{
	struct judge_set_item item = item_of(false);
	struct judge_lines lines = { .count = 0 };
	struct judge_line *added = add_judged(&lines, &item, line, NULL);
	struct buf out = BUF_EMPTY;

	assert_int_equal(added->result.reason, reason);
	judge_words_reason(&out, added);
	assert_string_equal(buf_text(&out), words);
	buf_release(&out);
	judge_lines_release(&lines);
}

static void
test_verdicts_of_all_events(void **state)
{
	struct line line = line_of("0.9", 0, 0);

	(void)state;
	expect_words(&line, VERDICT_REASON_no_events, "nothing to judge: no events");
	line.tally.window.excluded = 4;
	line.objective.slice_ms = HOUR_MS;
	expect_words(&line, VERDICT_REASON_no_events,
	    "nothing to judge: no slices but 4 excluded");
	line = line_of("0.9", 90, 10);
	expect_words(&line, VERDICT_REASON_budget_low, "10 of 100 events are bad and 10 "
	    "may be; less than a quarter of the budget is left");
	line = line_of("0.9", 89, 11);
	expect_words(&line, VERDICT_REASON_missed, "11 of 100 events are bad and 10 may be "
	    "(fewer than 24 could be bad luck)");
	line.tally.window.unknown = 5;
	expect_words(&line, VERDICT_REASON_missed, "11 of 105 events are bad, 5 are "
	    "unknown, and 10 may be (fewer than 24 could be bad luck)");
	line = line_of("0.9", 1, 1);
	expect_words(&line, VERDICT_REASON_missed, "1 of 2 events are bad and 0 may be "
	    "(of so few all could be bad by bad luck)");
	line = line_of("1", 1, 1);
	expect_words(&line, VERDICT_REASON_missed, "1 of 2 events are bad and 0 may be "
	    "(the first is a breach)");
	line = line_of("0.9", 90, 1);
	expect_words(&line, VERDICT_REASON_met, "1 of 91 events are bad and 9 may be");
	line = line_of("0.9", 10000, 0);
	add_events(&line, 0, 0, 100, 3);
	expect_words(&line, VERDICT_REASON_burning, "100 of 10100 events are bad and 1010 "
	    "may be; the budget is being spent too fast");
}

static void
test_not_enough(void **state)
{
	struct line line = line_of("0.9", 5, 3);

	(void)state;
	line.objective.min_bad_events = 4;
	expect_words(&line, VERDICT_REASON_few_events, "3 of 8 events are bad and 0 may be; "
	    "fewer than 4 bad ones are no breach (min_bad_events)");
	line.objective.min_events = 20;
	expect_words(&line, VERDICT_REASON_few_events, "3 of 8 events are bad and 0 may be; "
	    "fewer than 20 are too few to tell (min_events)");
	line = line_of("0.9", 5, 3);
	line.objective.min_coverage = decimal_of("0.5");
	line.tally.first_ms = NOW_MS - 3 * DAY_MS;
	expect_words(&line, VERDICT_REASON_low_coverage, "the events cover 0.1 of the "
	    "window, and less than 0.5 is too little to tell (min_coverage)");
}

static void
test_too_silent(void **state)
{
	static const struct {
		int64_t silent_ms;
		const char *words;
	} cases[] = {
		{ HOUR_MS + 1, "1h" }, { 2 * HOUR_MS - 1, "1h 59m" },
		{ 26 * HOUR_MS + 1, "1d 2h" }, { 3 * DAY_MS + 5, "3d" },
		{ 3 * DAY_MS + MINUTE_MS, "3d 1m" }, { 61 * MINUTE_MS + 2000, "1h 1m" },
	};
	struct line line = line_of("0.9", 5, 0);
	struct buf words = BUF_EMPTY;

	(void)state;
	line.objective.max_silence_ms = HOUR_MS;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_reset(&words);
		buf_printf(&words, "no event came in the last %s, and more than 1h is too "
		    "long to tell (max_silence)", cases[i].words);
		line.tally.newest_ms = NOW_MS - cases[i].silent_ms;
		expect_words(&line, VERDICT_REASON_silent, buf_text(&words));
	}
	buf_release(&words);
	line.tally.newest_ms = -1;
	expect_words(&line, VERDICT_REASON_silent, "no event has ever come, and more than "
	    "1h is too long to tell (max_silence)");
}

static void
test_no_evidence(void **state)
{
	struct line line = line_of("0.999", 58, 2);

	(void)state;
	line.tally.begin_ms = NOW_MS;
	expect_words(&line, VERDICT_REASON_evidence, "2 of 60 events are bad and 0 may be, "
	    "but fewer than 3 could be bad luck; the events do not fill the window yet");
	line.tally.window = (struct slo_counts){ .good = 50, .bad = 10, .bad_minutes = 1 };
	expect_words(&line, VERDICT_REASON_evidence, "10 of 60 events are bad and 0 may be, "
	    "but all in 1 minute, and in fewer than 3 it could be one failure that was "
	    "tried again; the events do not fill the window yet");
	line.tally.window.bad_minutes = 2;
	line.tally.begin_ms = 0;
	line.judged.line_count = 12;
	expect_words(&line, VERDICT_REASON_evidence, "10 of 60 events are bad and 0 may be, "
	    "but all in 2 minutes, and in fewer than 3 it could be one failure that was "
	    "tried again; of 12 groups one is always the worst");
	line.tally.window = (struct slo_counts){ .bad = 1, .bad_minutes = 1 };
	expect_words(&line, VERDICT_REASON_evidence, "1 of 1 events are bad and 0 may be, "
	    "but of so few all could be bad by bad luck; of 12 groups one is always the "
	    "worst");
}

static void
test_unknown_and_archived(void **state)
{
	struct line line = line_of("0.9", 0, 0);

	(void)state;
	line.tally.window.unknown = 5;
	expect_words(&line, VERDICT_REASON_unknown, "nothing to judge: all 5 events are "
	    "unknown: 5 lack a value that the condition asks for");
	line.tally.window.archived = 5;
	expect_words(&line, VERDICT_REASON_archived, "nothing to judge: all 5 events are "
	    "unknown: 5 left for the archive before they were counted");
	line.tally.window.archived = 3;
	line.tally.window.good = 10;
	expect_words(&line, VERDICT_REASON_archived, "0 of 15 events are bad, 5 are unknown, "
	    "and 1 may be; it depends on the unknown ones: 3 left for the archive before "
	    "they were counted, and 2 lack a value that the condition asks for");
	line.tally.window.archived = 0;
	line.objective.slice_ms = HOUR_MS;
	expect_words(&line, VERDICT_REASON_unknown, "0 of 15 slices are bad, 5 are unknown, "
	    "and 1 may be; it depends on the unknown ones: 5 have only unknown events, or "
	    "are later than the newest event");
}

static void
expect_pairs(const struct judge_line *line, const char *text)
{
	struct buf out = BUF_EMPTY;

	judge_words_pairs(&out, line);
	assert_string_equal(buf_text(&out), text);
	buf_release(&out);
}

static void
test_pairs(void **state)
{
	struct judge_set_item item = item_of(true);
	struct judge_lines lines = { .count = 0 };
	struct line line = line_of("0.999", 100000, 0);

	(void)state;
	add_events(&line, 10 * MINUTE_MS, 50, 0, 0);
	add_events(&line, MINUTE_MS, 2, 3, 3);
	add_judged(&lines, &item, &line, "it's");
	expect_pairs(&lines.items[0],
	    "  page: the budget burns 54.54 times too fast over 1h and 600 times over 5m "
	    "(limit 14.4): in 1h, 3 of 55 events are bad and 0 may be (fewer than 3 could "
	    "be bad luck).\n"
	    "  Look at: SELECT * FROM http_events WHERE ts_ms >= 1699996380000 AND ts_ms <= "
	    "1700000000000 AND host = 'it''s' AND (status < 500) IS FALSE;\n"
	    "  page: the budget burns 54.54 times too fast over 6h and 54.54 times over 30m "
	    "(limit 6): in 6h, 3 of 55 events are bad and 0 may be (fewer than 3 could be "
	    "bad luck).\n"
	    "  Look at: SELECT * FROM http_events WHERE ts_ms >= 1699978380000 AND ts_ms <= "
	    "1700000000000 AND host = 'it''s' AND (status < 500) IS FALSE;\n"
	    "  ticket: the budget burns 54.54 times too fast over 1d and 54.54 times over 2h "
	    "(limit 3): in 1d, 3 of 55 events are bad and 0 may be (fewer than 3 could be "
	    "bad luck).\n"
	    "  Look at: SELECT * FROM http_events WHERE ts_ms >= 1699913580000 AND ts_ms <= "
	    "1700000000000 AND host = 'it''s' AND (status < 500) IS FALSE;\n"
	    "  ticket: the budget burns 54.54 times too fast over 3d and 54.54 times over 6h "
	    "(limit 1): in 3d, 3 of 55 events are bad and 0 may be (fewer than 3 could be "
	    "bad luck).\n"
	    "  Look at: SELECT * FROM http_events WHERE ts_ms >= 1699740780000 AND ts_ms <= "
	    "1700000000000 AND host = 'it''s' AND (status < 500) IS FALSE;\n");
	judge_lines_release(&lines);
	line = line_of("0.999", 100000, 0);
	add_judged(&lines, &item, &line, "it's");
	expect_pairs(&lines.items[0], "");
	judge_lines_release(&lines);
}

static void
test_groups(void **state)
{
	char role[] = "role";
	struct judge_set_item item = item_of(true);
	struct judge_lines lines = { .count = 0 };
	struct line line = line_of("0.999", 10, 0);
	struct buf out = BUF_EMPTY;

	(void)state;
	add_group(&item, role);
	add_judged(&lines, &item, &line, "a\033[2J");
	judge_words_group(&out, &lines.items[0]);
	assert_string_equal(buf_text(&out), "host=a\\x1b[2J role=(none)");
	buf_reset(&out);
	lines.items[0].is_other = true;
	lines.items[0].other_count = 7;
	judge_words_group(&out, &lines.items[0]);
	assert_string_equal(buf_text(&out), "7 other groups");
	buf_reset(&out);
	/* Which groups these are is not known. */
	judge_words_statement(&out, &lines.items[0], &lines.items[0].scope.window);
	assert_string_equal(buf_text(&out), "  Look at, in all groups: SELECT * FROM "
	    "http_events WHERE ts_ms >= 1697408000000 AND ts_ms <= 1700000000000 AND "
	    "(status < 500) IS FALSE;\n");
	buf_release(&out);
	judge_lines_release(&lines);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts_of_all_events),
		cmocka_unit_test(test_not_enough),
		cmocka_unit_test(test_too_silent),
		cmocka_unit_test(test_no_evidence),
		cmocka_unit_test(test_unknown_and_archived),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
