/* SPDX-License-Identifier: ISC
 *
 * Families of objectives: counters of their events, and what slo-eval says of them.
 */
#include "metric/slo_families.h"
#include "tests/unit/metric/stored.h"

#include <ctype.h>

static struct judge_set slos;
static struct metric_families families;
static struct buf out;

static int
leave_slos(void **state)
{
	judge_set_release(&slos);
	metric_families_release(&families);
	buf_release(&out);
	return leave(state);
}

static const char head[] = "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: jobs}\n"
	"spec:\n  service: app\n  budgetingMethod: Occurrences\n"
	"  timeWindow: [{duration: 30d, isRolling: true}]\n"
	"  objectives: [{displayName: most, target: 0.9}]\n"
	"  indicator:\n    metadata: {name: i}\n    spec:\n      ratioMetric:\n"
	"        metricSource: {type: teltools, spec: {";
#define TAIL "}}\n"

static void
read_slo(const char *spec)
{
	static const char *const path = "s.yaml";
	struct buf text = BUF_EMPTY;

	buf_printf(&text, "%s%s" TAIL, head, spec);
	assert_int_equal(folder_put_text(path, buf_text(&text)), 0);
	buf_release(&text);
	done(judge_set_read(&slos, &path, 1, &err));
}

static void
ignore(void *context, const char *text)
{
	(void)context;
	(void)text;
}

static void
ignore_news(const char *text)
{
	(void)text;
}

/* Counts and judges, and prints all families in text 0.0.4 into `out`. */
static void
evaluate(void)
{
	const struct metric_request request = { .slos = &slos, .now_ms = NOW_MS,
		.options = { .warn = ignore, .tell = ignore_news } };
	struct slo_definition definition = slo_definition_of(&slos.items[0].query);
	struct slo_counters counters;
	struct count *count;

	assert_int_equal(slos.count, 1);
	metric_families_release(&families);
	done(count_open(&count, db, &definition, 1, &request.options.counts, &err));
	done(slo_counters_read(&counters, &slos, count, 0, &err));
	count_close(count);
	done(slo_families_add(&families, &counters, &request, db, &err));
	slo_counters_release(&counters);
	done(metric_families_settle(&families, &err));
	for (size_t i = 0; i < families.count; i++)
		assert_int_equal(families.items[i]->dropped_count, 0);
	buf_reset(&out);
	done(metric_families_print(&families, EXPOSITION_TEXT, NULL, 0, &out, &err));
}

/* The page has this line. */
static void
has(const char *name, const char *labels, const char *value)
{
	struct buf line = BUF_EMPTY;

	buf_printf(&line, "\n%s{service=\"app\",slo=\"jobs\",objective=\"most\"%s%s} %s\n",
	    name, labels[0] != '\0' ? "," : "", labels, value);
	if (strstr(buf_text(&out), buf_text(&line)) == NULL)
		fail_msg("no line %s in\n%s", buf_text(&line), buf_text(&out));
	buf_release(&line);
}

static void
lacks(const char *text)
{
	if (strstr(buf_text(&out), text) != NULL)
		fail_msg("%s in\n%s", text, buf_text(&out));
}

#define SPEC "event: observation, good: \"outcome = 'ok'\""

/* Counters are 0, so that the first event is an increase; what would rest on no data is not
 * there. */
static void
nothing_came_yet(void **state)
{
	(void)state;
	read_slo(SPEC);
	evaluate();
	has("tel_slo_good_events_total", "", "0");
	has("tel_slo_bad_events_total", "", "0");
	has("tel_slo_unknown_events_total", "", "0");
	has("tel_slo_excluded_events_total", "", "0");
	has("tel_slo_target_ratio", "", "0.9");
	has("tel_slo_window_seconds", "", "2592000");
	has("tel_slo_verdict", "tel_slo_verdict=\"no_data\",verdict=\"no_data\"", "1");
	has("tel_slo_verdict", "tel_slo_verdict=\"pass\",verdict=\"pass\"", "0");
	lacks("sli_ratio");
	lacks("corrected");
}

static void
store_some(void)
{
	int64_t at_ms = NOW_MS - 60000;

	for (int i = 1; i <= 19; i++)
		store_observation(i, at_ms, "'n'", "'ok'", "1");
	store_observation(20, at_ms, "'n'", "'failed'", "1");
	store_observation(21, at_ms, "'skip'", "'failed'", "1");
}

/* Each number is that of slo-eval: 1 of 20 is bad, half of what may be. */
static void
events_are_counted_and_judged(void **state)
{
	(void)state;
	store_some();
	read_slo(SPEC ", exclude: \"name = 'skip'\"");
	evaluate();
	has("tel_slo_good_events_total", "", "19");
	has("tel_slo_bad_events_total", "", "1");
	has("tel_slo_unknown_events_total", "", "0");
	has("tel_slo_excluded_events_total", "", "1");
	has("tel_slo_sli_ratio", "", "0.95");
	has("tel_slo_budget_remaining_ratio", "", "0.5");
	has("tel_slo_burn_rate", "window=\"1h\"", "0.5");
	has("tel_slo_burn_rate", "window=\"5m\"", "0.5");
	has("tel_slo_alert_firing", "severity=\"page\",long=\"1h\",short=\"5m\"", "0");
	lacks("verdict=\"no_data\"} 1");
}

/* One verdict of each group is 1, and the others are 0. */
static void
one_verdict_holds(void **state)
{
	const char *line;
	int ones = 0, count = 0;

	(void)state;
	store_some();
	read_slo(SPEC ", group: [name]");
	evaluate();
	line = buf_text(&out);
	while ((line = strstr(line, "\ntel_slo_verdict{")) != NULL) {
		line = strchr(line + 1, '\n');
		ones += line[-1] == '1';
		assert_true(line[-1] == '1' || line[-1] == '0');
		count++;
	}
	assert_int_equal(ones, 2);
	assert_int_equal(count, 10);
}

/* A member has a label that Prometheus takes; that of a group comes after those of all. */
static void
labels_of_groups(void **state)
{
	(void)state;
	store_some();
	read_slo(SPEC ", group: [labels.job, name]");
	evaluate();
	has("tel_slo_good_events_total", "labels_job=\"nightly\",name=\"n\"", "19");
	has("tel_slo_bad_events_total", "labels_job=\"nightly\",name=\"skip\"", "1");
	has("tel_slo_sli_ratio", "labels_job=\"nightly\",name=\"n\"", "0.95");
	/* Without a group there is no series of 0 beside them. */
	lacks("events_total{service=\"app\",slo=\"jobs\",objective=\"most\"}");
	has("tel_slo_target_ratio", "", "0.9");
}

static void
what_is_gone_is_said(void **state)
{
	(void)state;
	read_slo(SPEC);
	store_observation(100, NOW_MS - 1000, "'n'", "'ok'", "1");
	close_all();
	copy_file("t.db", "old.db");
	open_all();
	store_some();
	evaluate();
	has("tel_slo_good_events_total", "", "20");
	has("tel_slo_bad_events_total", "", "2");
	close_all();
	copy_file("old.db", "t.db");
	open_all();
	evaluate();
	has("tel_slo_good_events_total", "", "20");
	has("tel_slo_bad_events_total", "", "2");
	has("tel_slo_good_events_corrected_total", "", "19");
	has("tel_slo_bad_events_corrected_total", "", "2");
	/* The verdict is on what is there. */
	has("tel_slo_sli_ratio", "", "1");
}

/* The digest changes with the target, and with nothing that is only told to people. */
static void
digests(void **state)
{
	char first[80], second[80];
	const char *at;

	(void)state;
	read_slo(SPEC);
	evaluate();
	at = strstr(buf_text(&out), "digest=\"");
	assert_non_null(at);
	snprintf(first, sizeof(first), "%.64s", at + 8);
	for (int i = 0; i < 64; i++)
		assert_true(isxdigit((unsigned char)first[i]));
	slos.items[0].title[0] = 'J';
	evaluate();
	at = strstr(buf_text(&out), "digest=\"");
	snprintf(second, sizeof(second), "%.64s", at + 8);
	assert_string_equal(first, second);
	slos.items[0].window_ms *= 2;
	evaluate();
	at = strstr(buf_text(&out), "digest=\"");
	snprintf(second, sizeof(second), "%.64s", at + 8);
	assert_string_not_equal(first, second);
}

/* A list has the families that an evaluation has. */
static void
the_list_is_complete(void **state)
{
	struct metric_families listed = { NULL, 0, 0 };

	(void)state;
	store_some();
	read_slo(SPEC);
	evaluate();
	slo_families_begin(&listed);
	assert_int_equal(listed.count, families.count);
	for (size_t i = 0; i < listed.count; i++)
		assert_string_equal(listed.items[i]->name, families.items[i]->name);
	metric_families_release(&listed);
}

#define TEST_SLOS(function) cmocka_unit_test_setup_teardown(function, enter, leave_slos)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_SLOS(nothing_came_yet),
		TEST_SLOS(events_are_counted_and_judged),
		TEST_SLOS(one_verdict_holds),
		TEST_SLOS(labels_of_groups),
		TEST_SLOS(what_is_gone_is_said),
		TEST_SLOS(digests),
		TEST_SLOS(the_list_is_complete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
