/* SPDX-License-Identifier: ISC */
#include "slo/evidence.h"
#include "tests/unit/slo/exact.h"

#include <math.h>

/* The vectors were made with exact fractions up to n = 2000, and else with numbers of 60
 * digits. */
static const struct {
	int64_t total, bad;
	struct evidence_rate rate;
	long double tail;
} vectors[] = {
	{ 1, 1, { 1, 100 }, 0.01L },
	{ 2, 2, { 1, 10 }, 0.01L },
	{ 1, 1, { 9, 625 }, 0.0144L },
	{ 2, 1, { 9, 625 }, 0.02859264L },
	{ 2, 2, { 9, 625 }, 2.07360000000000e-4L },
	{ 10, 1, { 9, 6250 }, 0.0143070454166769L },
	{ 6, 1, { 9, 6250 }, 8.60895565521989e-3L },
	{ 7, 1, { 9, 6250 }, 0.0100365587590764L },
	{ 60, 1, { 9, 625 }, 0.581166231710664L },
	{ 60, 3, { 9, 625 }, 0.0557586428376283L },
	{ 60, 4, { 9, 625 }, 0.0110586878038391L },
	{ 60, 5, { 9, 625 }, 1.75224424363871e-3L },
	{ 100, 1, { 1, 10000 }, 9.95066130862918e-3L },
	{ 101, 1, { 1, 10000 }, 0.0100496662424983L },
	{ 18, 9, { 1, 100 }, 4.48219669602186e-14L },
	{ 18, 2, { 1, 100 }, 0.0137564637408055L },
	{ 18, 3, { 1, 100 }, 7.29159843053949e-4L },
	{ 1440, 36, { 18, 125 }, 1 },
	{ 1440, 207, { 18, 125 }, 0.522196036335977L },
	{ 1440, 238, { 18, 125 }, 0.0129386044177861L },
	{ 3600, 52, { 9, 625 }, 0.509930233520306L },
	{ 3600, 68, { 9, 625 }, 0.0171904366801709L },
	{ 3600, 70, { 9, 625 }, 8.88079674006556e-3L },
	{ 5000, 30, { 3, 500 }, 0.524501676420197L },
	{ 5000, 43, { 3, 500 }, 0.0145577948081313L },
	{ 5000, 44, { 3, 500 }, 9.53762995905641e-3L },
	{ 10000, 10, { 1, 1000 }, 0.542132876020981L },
	{ 10000, 18, { 1, 1000 }, 0.0142329564435683L },
	{ 10000, 19, { 1, 1000 }, 7.15816134200689e-3L },
	{ 100000, 14, { 1, 10000 }, 0.135524640508241L },
	{ 100000, 19, { 1, 10000 }, 7.18366837182745e-3L },
	{ 1000000, 1075, { 1, 1000 }, 9.80022527946624e-3L },
	{ 1000000, 1074, { 1, 1000 }, 0.0106389331671937L },
	{ 1000000, 100, { 1, 10000 }, 0.513300791444927L },
	{ 100, 50, { 3, 100 }, 1.62876757537843e-48L },
	{ 20, 20, { 3, 50 }, 3.65615844006298e-25L },
	{ 5, 0, { 3, 50 }, 1 },
	{ 3, 4, { 3, 50 }, 0 },
	{ 200, 3, { 933, 1000000 }, 9.29886667351460e-4L },
	{ 1000, 400, { 84, 125 }, 1 },
	{ 1000000000, 1074, { 1, 1000000 }, 0.0106718320132682L },
	{ 1000000000, 1075, { 1, 1000000 }, 9.83127582839356e-3L },
	{ 1000000000, 1002326, { 1, 1000 }, 0.0100111433626031L },
	{ 1000000000, 1002327, { 1, 1000 }, 9.98450358420360e-3L },
	{ 100000000, 1442772, { 9, 625 }, 0.0100147399843733L },
	{ 100000000, 1442773, { 9, 625 }, 9.99237539895518e-3L },
	/* All bad, at a rate next to 1: 0.999999999^1e9. */
	{ 1000000000, 1000000000, { 999999999, 1000000000 },
	    0.3678794409875026L },
	/* Neither a large denominator nor one that is not reduced matters. */
	{ 2, 1, { 14400000000000000, 1000000000000000000 }, 0.02859264L },
	/* Without chance. */
	{ 3, 1, { 0, 1 }, 0 },
	{ 3, 3, { 7, 7 }, 1 },
	{ 3, 4, { 7, 7 }, 0 },
	{ 0, 0, { 1, 2 }, 1 },
	{ 0, 1, { 1, 2 }, 0 },
	/* 10^-5000 is below the least long double. */
	{ 5000, 5000, { 1, 10 }, 0 },
};

static void
test_tail(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		long double tail = evidence_tail(&vectors[i].rate, vectors[i].bad,
		    vectors[i].total);

		/* Written so that NaN fails. */
		if (!(fabsl(tail - vectors[i].tail) <= 1e-14L * vectors[i].tail))
			fail_msg("%lld of %lld: %.18Lg instead of %.18Lg",
			    (long long)vectors[i].bad, (long long)vectors[i].total,
			    tail, vectors[i].tail);
	}
}

static struct decimal
target_of(const char *percent)
{
	struct decimal target;

	assert_int_equal(decimal_parse(percent, 2, &target), 0);
	return target;
}

static void
test_bad_needed(void **state)
{
	static const struct {
		const char *target;
		int64_t total, line_count, needed;
	} cases[] = {
		{ "99.9", 60, 1, 3 }, { "99.9", 360, 1, 5 }, { "99.9", 1440, 1, 9 },
		{ "99.9", 4320, 1, 15 },
		/* A bad event alone is no evidence, however rare it should be. */
		{ "99.9999999", 1, 1, 0 }, { "99.9999999", 2, 1, 2 },
		/* Too few events. */
		{ "99", 0, 1, 0 }, { "99", 1, 1, 0 }, { "50", 13, 1, 0 },
		{ "50", 14, 1, 14 }, { "50", 15, 1, 15 },
		/* All bad is exactly alpha: no evidence. */
		{ "99", 2, 1, 0 }, { "99", 3, 1, 3 }, { "90", 4, 1, 0 },
		{ "90", 5, 1, 5 }, { "90", 5, 10, 0 }, { "99.9", 2, 100, 0 },
		{ "99.99", 2, 10000, 0 }, { "99.99", 2, 9999, 2 },
		{ "99.99", 4, INT64_C(1000000000000), 0 },
		/* The more lines, the more must be bad. */
		{ "99.9", 1440, 10, 10 }, { "99.9", 1440, INT64_MAX, 26 },
		/* Many events; the numbers were made with 40 digits. */
		{ "99", 10000, 1, 140 }, { "99.99", 10000, 7, 8 },
		{ "95", 100000, 1, 5259 }, { "99.9", 1000000, 1, 1121 },
		{ "99.99", 1000000, 100, 152 }, { "50", 1000000, 3, 501995 },
		{ "10", 1000000, 1, 901115 }, { "99", 10000000, 1, 101173 },
		{ "99.9", 100000000, 1, 101179 }, { "99.9", 1000000000, 1, 1003720 },
		{ "99.9999999", 1000000000, 1, 7 },
		{ "99.9999999", 1000000000, 1000, 11 },
		/* A target of 1 or 0. */
		{ "100", 0, 1, 0 }, { "100", 1, 1, 1 }, { "100", 1000, 50, 1 },
		{ "0", 1, 1, 0 }, { "0", 1000, 1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct decimal target = target_of(cases[i].target);
		int64_t needed = evidence_bad_needed(&target, cases[i].total,
		    cases[i].line_count);

		if (needed != cases[i].needed)
			fail_msg("%s %%, %lld events, %lld lines: %lld instead of %lld",
			    cases[i].target, (long long)cases[i].total,
			    (long long)cases[i].line_count, (long long)needed,
			    (long long)cases[i].needed);
	}
}

static void
test_needed_is_exact(void **state)
{
	(void)state;
	random_start();
	for (int round = 0; round < 5000; round++) {
		int64_t total = (int64_t)random_below(round % 2 == 0 ? 400 : 12);
		struct decimal target = random_target();
		uint64_t line_count = round % 4 < 2 ? 1 : 1 + random_below(1000);
		struct evidence_rate rate = evidence_rate_allowed(&target);
		bool is_tie;
		int64_t exact = exact_bad_needed(&rate, total, line_count, &is_tie);
		int64_t needed = evidence_bad_needed(&target, total,
		    (int64_t)line_count);

		if (needed != exact)
			fail_msg("%lld / %lld, %lld events, %llu lines: %lld instead of %lld",
			    (long long)rate.numerator, (long long)rate.denominator,
			    (long long)total, (unsigned long long)line_count,
			    (long long)needed, (long long)exact);
	}
}

/* All rates 1 / inverse and totals for which rate^total is alpha, so that nothing is
 * evidence. With one line less, it is evidence that all are bad. */
static void
test_ties_are_no_evidence(void **state)
{
	const int64_t unit = 1000000000, most = unit * 1000;

	(void)state;
	for (int64_t inverse = 2; inverse * inverse <= most; inverse++) {
		struct decimal target = { unit - unit / inverse, 9 };
		struct evidence_rate rate = evidence_rate_allowed(&target);
		int64_t power = inverse * inverse;

		if (unit % inverse != 0)
			continue;
		for (int64_t total = 2; power <= most; total++, power *= inverse) {
			int64_t line_count = power / EVIDENCE_ODDS;
			bool is_tie;

			if (power % EVIDENCE_ODDS != 0)
				continue;
			assert_int_equal(exact_bad_needed(&rate, total,
			    (uint64_t)line_count, &is_tie), 0);
			assert_true(is_tie);
			assert_int_equal(evidence_bad_needed(&target, total,
			    line_count), 0);
			if (line_count > 1)
				assert_int_equal(evidence_bad_needed(&target, total,
				    line_count - 1), total);
		}
	}
}

/* For many events, too, the needed number is the least whose tail is below alpha. */
static void
test_needed_is_the_least(void **state)
{
	(void)state;
	random_start();
	for (int round = 0; round < 1000; round++) {
		int64_t total = 400 + (int64_t)random_below(UINT64_C(1) << random_below(30));
		struct decimal target = random_target();
		struct evidence_rate rate = evidence_rate_allowed(&target);
		int64_t line_count = 1 + (int64_t)random_below(1000);
		int64_t needed = evidence_bad_needed(&target, total, line_count);
		long double alpha = 1 / ((long double)EVIDENCE_ODDS * (long double)line_count);

		if (needed == 0)
			assert_true(evidence_tail(&rate, total, total) >= alpha);
		else if (evidence_tail(&rate, needed, total) >= alpha ||
		    (needed > 2 && evidence_tail(&rate, needed - 1, total) < alpha))
			fail_msg("%lld / %lld, %lld events, %lld lines: not %lld",
			    (long long)rate.numerator, (long long)rate.denominator,
			    (long long)total, (long long)line_count, (long long)needed);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tail),
		cmocka_unit_test(test_bad_needed),
		cmocka_unit_test(test_needed_is_exact),
		cmocka_unit_test(test_ties_are_no_evidence),
		cmocka_unit_test(test_needed_is_the_least),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
