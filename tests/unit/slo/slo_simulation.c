/* SPDX-License-Identifier: ISC
 *
 * How often a service that just meets 99.9 % pages for nothing, and how soon an outage
 * pages: a judgement each minute over simulated traffic. The plain rule beside it is the
 * one without evidence: both windows burn faster than the factor. The numbers are those
 * of 30 days; slo-eval(1) rests on them.
 *
 * The seed is fixed, so that the numbers are; TEST_SEED sets another. SIMULATION_RUNS
 * makes it long (make simulation).
 */
#include "tests/unit/slo/slo_line.h"

#include <math.h>

/* By the plain rule, hardly a bad request does not page; this is what evidence leaves of
 * these pages. A count of so few varies: a mean may be off by four standard deviations. */
#define PLAIN_PAGES 43.0
#define FALSE_PAGES 0.1

#define TARGET "0.999"
#define BAD_ODDS 1000 /* one request of so many is bad in a service that just meets it */
#define MINUTES (30 * 24 * 60)
#define HISTORY (3 * 24 * 60) /* minutes before those, which the longest window needs */

/* The requests of each minute. */
struct minute {
	int count, bad;
};

static struct minute minutes[HISTORY + MINUTES];

static int
runs_of(int few)
{
	const char *set = getenv("SIMULATION_RUNS");

	return set != NULL ? (int)strtol(set, NULL, 10) : few;
}

static void
start(void)
{
	setenv("TEST_SEED", "20160719", 0);
	random_start();
}

static void
make_minute(struct minute *minute, int count, uint64_t bad_of_thousand)
{
	minute->count = count;
	minute->bad = 0;
	for (int i = 0; i < count; i++)
		minute->bad += random_below(BAD_ODDS) < bad_of_thousand;
}

/* Counts in the windows that end with a minute. Each age is sums[now] - sums[before]. */
struct sums {
	int32_t all, bad, bad_minutes;
};

static struct sums sums[HISTORY + MINUTES + 1];

static void
add_up(int from, int until)
{
	for (int i = from; i < until; i++) {
		sums[i + 1] = sums[i];
		sums[i + 1].all += minutes[i].count;
		sums[i + 1].bad += minutes[i].bad;
		sums[i + 1].bad_minutes += minutes[i].bad > 0;
	}
}

static struct slo_counts
counts_between(int from, int until)
{
	return (struct slo_counts){
		.good = sums[until].all - sums[until].bad -
		    sums[from].all + sums[from].bad,
		.bad = sums[until].bad - sums[from].bad,
		.bad_minutes = sums[until].bad_minutes - sums[from].bad_minutes,
	};
}

/* Judges at the end of a minute, after at least HISTORY others. */
static struct slo_result
judge_at(int now)
{
	struct line line = line_of(TARGET, 0, 0);

	line.tally.window = counts_between(now - HISTORY, now);
	line.tally.has_events = true;
	for (int i = 0; i < SLO_AGE_COUNT; i++)
		line.tally.ages[i] = counts_between(
		    now - (int)(slo_age_ms(i) / MINUTE_MS), now);
	return judge(&line);
}

/* What pages by the plain rule: pairs burn in both windows. Counts as the test of
 * evidence counts them, so that only evidence makes the difference. */
static bool
pages_plainly(const struct slo_result *result, const struct decimal *target)
{
	for (size_t i = 0; i < result->burn_count; i++) {
		const struct slo_burn *burn = &result->burns[i];
		const struct slo_counts *both[2] = { &burn->long_counts,
			&burn->short_counts };
		bool is_above = burn->severity == SEVERITY_page;

		for (int k = 0; k < 2; k++)
			is_above = is_above && (decimal_wide)both[k]->bad *
			    decimal_unit(target) * burn->factor_denominator >
			    slo_allowed(slo_counts_all(both[k]), target) *
			    burn->factor_numerator;
		if (is_above)
			return true;
	}
	return false;
}

/* Whether a pair of severity page may fire at all: each needs a bad request in the last
 * half hour. It saves most judgements. */
static bool
may_page(int now)
{
	return sums[now].bad > sums[now - 30].bad;
}

/* 30 days of one request a minute, in a service that spends its budget as it may. Pages
 * are counted when they begin. */
static void
test_false_pages(void **state)
{
	const struct decimal target = decimal_of(TARGET);
	int runs = runs_of(60);
	double plain = 0, with_evidence = 0;

	(void)state;
	start();
	for (int run = 0; run < runs; run++) {
		bool pages = false, paged_plainly = false;

		for (int i = 0; i < HISTORY + MINUTES; i++)
			make_minute(&minutes[i], 1, 1);
		add_up(0, HISTORY + MINUTES);
		for (int now = HISTORY; now < HISTORY + MINUTES; now++) {
			struct slo_result result;
			bool page, page_plainly;

			if (!may_page(now) && random_below(1000) > 0) {
				pages = paged_plainly = false;
				continue;
			}
			result = judge_at(now);
			page = slo_is_firing_as(&result, SEVERITY_page);
			page_plainly = pages_plainly(&result, &target);
			assert_true(may_page(now) || !page_plainly);
			assert_true(page_plainly || !page);
			with_evidence += page && !pages;
			plain += page_plainly && !paged_plainly;
			pages = page;
			paged_plainly = page_plainly;
		}
	}
	plain /= runs;
	with_evidence /= runs;
	printf("# %d times 30 days, false pages: %.3f plainly, %.3f with evidence\n", runs,
	    plain, with_evidence);
	assert_true(fabs(plain - PLAIN_PAGES) < 4 * sqrt(PLAIN_PAGES / runs));
	assert_true(with_evidence < FALSE_PAGES + 4 * sqrt(FALSE_PAGES / runs));
}

/* An hour of history, then an outage of 10 % at 60 requests a minute: after how many
 * minutes it pages. */
static void
test_delay_of_a_page(void **state)
{
	const struct decimal target = decimal_of(TARGET);
	int runs = runs_of(100);
	double plain = 0, with_evidence = 0;

	(void)state;
	start();
	for (int run = 0; run < runs; run++) {
		int page = 0, page_plainly = 0;

		for (int i = 0; i < HISTORY + 60; i++)
			make_minute(&minutes[i], 60, i < HISTORY ? 0 : 100);
		add_up(0, HISTORY + 60);
		for (int now = HISTORY + 1; page == 0; now++) {
			struct slo_result result = judge_at(now);

			assert_true(now < HISTORY + 60);
			if (page_plainly == 0 && pages_plainly(&result, &target))
				page_plainly = now - HISTORY;
			if (slo_is_firing_as(&result, SEVERITY_page))
				page = now - HISTORY;
		}
		plain += page_plainly;
		with_evidence += page;
	}
	plain /= runs;
	with_evidence /= runs;
	printf("# %d outages, minutes to a page: %.2f plainly, %.2f with evidence\n", runs,
	    plain, with_evidence);
	assert_true(plain < 10);
	assert_true(with_evidence < 10 && with_evidence < plain + 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_false_pages),
		cmocka_unit_test(test_delay_of_a_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
