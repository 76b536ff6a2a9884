/* SPDX-License-Identifier: ISC
 *
 * What becomes of a slice: by the share of its good events, by their number, and by the
 * age of the newest.
 */
#include "slo/slice.h"
#include "tests/unit/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define GOOD SLO_SLICE_GOOD
#define BAD SLO_SLICE_BAD
#define UNKNOWN SLO_SLICE_UNKNOWN
#define EXCLUDED SLO_SLICE_EXCLUDED
#define ABSENT SLO_SLICE_ABSENT

static struct slo_query
ratio(const char *target)
{
	struct slo_query query = { .slice_ms = 60000 };

	assert_int_equal(decimal_parse(target, 0, &query.slice_target), 0);
	return query;
}

static void
becomes(const struct slo_query *query, const struct slo_slice slice,
    enum slo_slice_state expected)
{
	bool is_empty = true;

	assert_int_equal(slo_slice_state(query, &slice, &is_empty), expected);
	assert_false(is_empty);
}

static void
a_share_is_compared_with_the_target(void **state)
{
	const struct slo_query half = ratio("0.5"), all = ratio("1"), none = ratio("0");

	(void)state;
	becomes(&half, (struct slo_slice){ .good = 1, .bad = 1 }, GOOD);
	becomes(&half, (struct slo_slice){ .good = 1, .bad = 2 }, BAD);
	becomes(&all, (struct slo_slice){ .good = 5 }, GOOD);
	becomes(&all, (struct slo_slice){ .good = 999999, .bad = 1 }, BAD);
	becomes(&none, (struct slo_slice){ .bad = 7 }, GOOD);
	/* Excluded events are none of its. */
	becomes(&half, (struct slo_slice){ .good = 1, .bad = 1, .excluded = 99 }, GOOD);
}

static void
unknown_events_leave_it_open(void **state)
{
	const struct slo_query half = ratio("0.5");

	(void)state;
	becomes(&half, (struct slo_slice){ .good = 5, .unknown = 5 }, GOOD);
	becomes(&half, (struct slo_slice){ .good = 5, .unknown = 6 }, UNKNOWN);
	becomes(&half, (struct slo_slice){ .bad = 6, .unknown = 5 }, BAD);
	becomes(&half, (struct slo_slice){ .bad = 5, .unknown = 5 }, UNKNOWN);
	becomes(&half, (struct slo_slice){ .unknown = 1 }, UNKNOWN);
	/* Of what left nobody knows how much it was. */
	becomes(&half, (struct slo_slice){ .good = 99, .is_archived = true }, UNKNOWN);
	becomes(&half, (struct slo_slice){ .is_archived = true }, UNKNOWN);
}

/* A state that is known is the same however the unknown events turn out; one that is not
 * known is not. */
static void
what_is_known_holds_for_all_outcomes(void **state)
{
	struct slo_query query = ratio("0.37");
	bool is_empty;

	(void)state;
	random_start();
	for (int round = 0; round < 5000; round++) {
		const struct slo_slice slice = { .good = (int64_t)random_below(8),
			.bad = (int64_t)random_below(8),
			.unknown = 1 + (int64_t)random_below(8) };
		enum slo_slice_state found = slo_slice_state(&query, &slice, &is_empty);
		bool can_be_good = false, can_be_bad = false;

		for (int64_t good = 0; good <= slice.unknown; good++) {
			const struct slo_slice known = { .good = slice.good + good,
				.bad = slice.bad + slice.unknown - good };
			enum slo_slice_state outcome = slo_slice_state(&query, &known,
			    &is_empty);

			can_be_good = can_be_good || outcome == GOOD;
			can_be_bad = can_be_bad || outcome == BAD;
		}
		assert_true(can_be_good || can_be_bad);
		assert_int_equal(found, can_be_good && can_be_bad ? UNKNOWN
		    : can_be_good ? GOOD : BAD);
	}
}

static void
an_empty_slice_is_what_the_objective_says(void **state)
{
	static const struct {
		enum slo_empty rule;
		enum slo_slice_state state;
	} rules[] = {
		{ SLO_EMPTY_GOOD, GOOD }, { SLO_EMPTY_BAD, BAD }, { SLO_EMPTY_EXCLUDED, EXCLUDED },
	};
	const struct slo_slice slice = { .until_ms = 60000 };
	bool is_empty;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct slo_query query = ratio("0.5");

		query.empty_slices = rules[i].rule;
		assert_int_equal(slo_slice_state(&query, &slice, &is_empty),
		    rules[i].state);
		assert_true(is_empty);
		/* Before anything came, and after it, nobody knows. */
		becomes(&query, (struct slo_slice){ .is_before_first = true }, ABSENT);
		becomes(&query, (struct slo_slice){ .is_after_newest = true }, UNKNOWN);
		/* All that came was excluded. */
		becomes(&query, (struct slo_slice){ .excluded = 1 }, EXCLUDED);
		becomes(&query, (struct slo_slice){ .is_archived = true }, UNKNOWN);
	}
}

static struct slo_query
compared(enum slo_compare compare, int64_t limit, bool counts_age)
{
	return (struct slo_query){ .slice_ms = 60000, .compare = compare, .limit = limit,
		.counts_events = !counts_age, .counts_age = counts_age };
}

static void
a_number_is_compared_with_the_limit(void **state)
{
	static const struct {
		enum slo_compare compare;
		enum slo_slice_state states[3]; /* of 4, 5 and 6 with the limit 5 */
	} rules[] = {
		{ SLO_LTE, { GOOD, GOOD, BAD } }, { SLO_LT, { GOOD, BAD, BAD } },
		{ SLO_GTE, { BAD, GOOD, GOOD } }, { SLO_GT, { BAD, BAD, GOOD } },
	};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct slo_query number = compared(rules[i].compare, 5, false);
		struct slo_query age = compared(rules[i].compare, 5, true);

		for (int64_t k = 0; k < 3; k++) {
			becomes(&number, (struct slo_slice){ .good = 4 + k, .present = 9 },
			    rules[i].states[k]);
			becomes(&age, (struct slo_slice){ .until_ms = 60000,
			    .newest_ms = 60000 - 4 - k }, rules[i].states[k]);
		}
		/* Without an event that shows it, it does not exist. */
		becomes(&number, (struct slo_slice){ .good = 5 }, ABSENT);
		becomes(&number, (struct slo_slice){ .good = 5, .present = 5,
		    .is_archived = true }, UNKNOWN);
	}
	/* None of them matches. */
	becomes(&(struct slo_query){ .counts_events = true, .compare = SLO_GTE, .limit = 1 },
	    (struct slo_slice){ .present = 3 }, BAD);
}

static void
an_age_needs_no_event_in_the_slice(void **state)
{
	struct slo_query low = compared(SLO_LTE, 5, true);
	struct slo_query high = compared(SLO_GT, 5, true);

	(void)state;
	/* Never is old. */
	becomes(&low, (struct slo_slice){ .until_ms = 60000, .newest_ms = -1 }, BAD);
	becomes(&high, (struct slo_slice){ .until_ms = 60000, .newest_ms = -1 }, GOOD);
	becomes(&low, (struct slo_slice){ .until_ms = 5, .newest_ms = 0 }, GOOD);
	/* What left may have been newer: a low age stays low, a high one may not. */
	becomes(&low, (struct slo_slice){ .until_ms = 60000, .newest_ms = 59999,
	    .is_archived = true }, GOOD);
	becomes(&low, (struct slo_slice){ .until_ms = 60000, .newest_ms = 50000,
	    .is_archived = true }, UNKNOWN);
	becomes(&low, (struct slo_slice){ .until_ms = 60000, .newest_ms = -1,
	    .is_archived = true }, UNKNOWN);
	becomes(&high, (struct slo_slice){ .until_ms = 60000, .newest_ms = 50000,
	    .is_archived = true }, UNKNOWN);
	/* The states of empty slices are not those of ages. */
	becomes(&low, (struct slo_slice){ .until_ms = 60000, .newest_ms = 59999,
	    .is_before_first = true, .is_after_newest = true }, GOOD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_share_is_compared_with_the_target),
		cmocka_unit_test(unknown_events_leave_it_open),
		cmocka_unit_test(what_is_known_holds_for_all_outcomes),
		cmocka_unit_test(an_empty_slice_is_what_the_objective_says),
		cmocka_unit_test(a_number_is_compared_with_the_limit),
		cmocka_unit_test(an_age_needs_no_event_in_the_slice),
	};

	return cmocka_run_group_tests_name("slice", tests, NULL, NULL);
}
