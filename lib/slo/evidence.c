/* SPDX-License-Identifier: ISC
 *
 * The probability of one count has the saddle-point form of C. Loader, "Fast and Accurate
 * Computation of Binomial Probabilities" (2000). The logarithms of three large factorials
 * would cancel, and leave six digits of 1e9 events; here they are replaced by small terms
 * that do not cancel. The tail is a sum of positive terms whose rest has a simple bound.
 * (The NIST Digital Library of Mathematical Functions has the tail as an incomplete beta
 * function, 8.17.5. Its continued fraction, 8.17.22, is faster for huge counts, but its
 * error has no bound as simple.)
 */
#include "slo/evidence.h"
#include "base/require.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#define LN_2_PI 1.837877066409345483560659472811235279723L

/* The share of alpha by which a tail must be below it. */
#define MARGIN 1e-15L

/* A rest of a sum that is below this share of it does not count. */
#define NEGLIGIBLE 1e-20L

/* Returns ln count! - ((count + 1/2) ln count - count + 1/2 ln 2 pi), the error of
 * Stirling's formula; the series is DLMF 5.11.1. count is 1 or more. */
static long double
stirling_error(int64_t count)
{
	static const long double factors[] = {
		1.0L / 12, -1.0L / 360, 1.0L / 1260, -1.0L / 1680, 1.0L / 1188,
		-691.0L / 360360, 1.0L / 156, -3617.0L / 122400,
	};
	long double number = (long double)count, sum = 0, factorial = 1;

	if (count < 16) {
		for (int64_t i = 2; i <= count; i++)
			factorial *= (long double)i;
		return logl(factorial) - (number + 0.5L) * logl(number) + number -
		    0.5L * LN_2_PI;
	}
	for (size_t i = sizeof(factors) / sizeof(factors[0]); i-- > 0;)
		sum = sum / (number * number) + factors[i];
	return sum / number;
}

/* Returns count ln(count / mean) + mean - count, where mean is the expected number
 * total * rate. The difference of the two is taken in integers, because near the mean all
 * digits of its parts would cancel. */
static long double
deviance(int64_t count, int64_t total, const struct evidence_rate *rate)
{
	decimal_wide observed = (decimal_wide)count * rate->denominator;
	decimal_wide expected = (decimal_wide)total * rate->numerator;
	long double scaled = (long double)(observed - expected);
	long double difference = scaled / (long double)rate->denominator;
	long double v = scaled / (long double)(observed + expected);
	long double power = v, sum = 0, before;

	if (fabsl(v) >= 0.1L)
		return (long double)count *
		    logl((long double)observed / (long double)expected) - difference;
	/* ln(count / mean) is ln((1 + v) / (1 - v)) = 2 (v + v^3 / 3 + v^5 / 5 + ...). */
	for (int i = 3;; i += 2) {
		before = sum;
		power *= v * v;
		sum += power / (long double)i;
		if (sum == before)
			return difference * v + 2 * (long double)count * sum;
	}
}

static struct evidence_rate
complement(const struct evidence_rate *rate)
{
	return (struct evidence_rate){
		rate->denominator - rate->numerator, rate->denominator
	};
}

/* Returns ln P(X = bad). bad is 1 to total, and the rate neither 0 nor 1. */
static long double
ln_point(const struct evidence_rate *rate, int64_t bad, int64_t total)
{
	struct evidence_rate other = complement(rate);
	long double whole = (long double)total, denominator = (long double)rate->denominator;
	int64_t good = total - bad;

	if (good == 0 && rate->numerator < other.numerator)
		return whole * logl((long double)rate->numerator / denominator);
	if (good == 0)
		return whole * log1pl(-(long double)other.numerator / denominator);
	return stirling_error(total) - stirling_error(bad) - stirling_error(good) -
	    deviance(bad, total, rate) - deviance(good, total, &other) -
	    0.5L * (LN_2_PI + logl((long double)bad * ((long double)good / whole)));
}

/* The sum P(X >= bad) / P(X = bad) = 1 + r + r r' + ..., term by term. The next ratio of
 * terms is good * odds / next. It is below 1 above the mean, and the ratios only shrink. */
struct series {
	long double sum, term, good, next, odds;
};

static struct series
series_from(const struct evidence_rate *rate, int64_t bad, int64_t total)
{
	return (struct series){
		.sum = 1,
		.term = 1,
		.good = (long double)(total - bad),
		.next = (long double)bad + 1,
		.odds = (long double)rate->numerator /
		    (long double)(rate->denominator - rate->numerator),
	};
}

static void
series_add(struct series *series)
{
	series->term *= series->good * series->odds / series->next;
	series->sum += series->term;
	series->good -= 1;
	series->next += 1;
}

/* Whether all further terms, which are less than term * ratio / (1 - ratio), stay below
 * limit. */
static bool
series_rest_below(const struct series *series, long double limit)
{
	long double scaled = series->good * series->odds;

	return series->term * scaled < limit * (series->next - scaled);
}

/* Whether ln P(X >= bad) < ln_limit, for bad above the mean. It adds only as many terms
 * as it needs to know: few, unless the tail is close to the limit. */
static bool
is_tail_below(const struct evidence_rate *rate, int64_t bad, int64_t total,
    long double ln_limit)
{
	struct series series = series_from(rate, bad, total);
	long double limit = expl(ln_limit - ln_point(rate, bad, total));

	for (; series.sum < limit; series_add(&series))
		if (series_rest_below(&series, limit - series.sum))
			return true;
	return false;
}

/* Returns P(X >= bad), for bad above the mean. */
static long double
upper_tail(const struct evidence_rate *rate, int64_t bad, int64_t total)
{
	struct series series = series_from(rate, bad, total);

	while (!series_rest_below(&series, series.sum * NEGLIGIBLE))
		series_add(&series);
	return expl(ln_point(rate, bad, total) + logl(series.sum));
}

struct evidence_rate
evidence_rate_allowed(const struct decimal *target)
{
	int64_t unit = decimal_unit(target);

	return (struct evidence_rate){ unit - target->units, unit };
}

/* Returns a number that is close to the least one whose tail is below the limit, for the
 * search to begin with: the quantile of the normal distribution (Abramowitz and Stegun,
 * 26.2.22), corrected for skewness (the first term of Cornish and Fisher). */
static int64_t
first_guess(const struct evidence_rate *rate, int64_t total, long double ln_limit)
{
	long double bad = (long double)rate->numerator / (long double)rate->denominator;
	long double mean = (long double)total * bad;
	long double t = sqrtl(-2 * ln_limit);
	long double z = t - (2.30753L + 0.27061L * t) /
	    (1 + t * (0.99229L + 0.04481L * t));

	return (int64_t)(mean + z * sqrtl(mean * (1 - bad)) +
	    (z * z - 1) * (1 - 2 * bad) / 6) + 1;
}

/* Returns the least number from least to most whose tail is below the limit; that of most
 * is. It looks around the guess, further away each time, and then in between. */
static int64_t
search(const struct evidence_rate *rate, int64_t total, long double ln_limit,
    int64_t least, int64_t most)
{
	int64_t middle = first_guess(rate, total, ln_limit), step = 1;
	bool was_below = false, was_above = false;

	while (least < most) {
		if (was_below && was_above)
			middle = least + (most - least) / 2;
		if (middle >= most)
			middle = most - 1;
		if (middle < least)
			middle = least;
		if (is_tail_below(rate, middle, total, ln_limit)) {
			most = middle;
			was_below = true;
			middle -= step;
		} else {
			least = middle + 1;
			was_above = true;
			middle += step;
		}
		step *= 2;
	}
	return most;
}

int64_t
evidence_bad_needed(const struct decimal *target, int64_t total, int64_t line_count)
{
	struct evidence_rate rate = evidence_rate_allowed(target);
	long double ln_limit;
	int64_t least;

	REQUIRE(total >= 0);
	REQUIRE(line_count >= 1);
	if (rate.numerator == 0)
		return total > 0 ? 1 : 0;
	if (total < 2 || rate.numerator == rate.denominator)
		return 0;
	ln_limit = -logl((long double)EVIDENCE_ODDS * (long double)line_count) - MARGIN;
	if (!is_tail_below(&rate, total, total, ln_limit))
		return 0;
	/* The median is next to the mean, so that up to there the tail is about a half. */
	least = (int64_t)((decimal_wide)total * rate.numerator / rate.denominator) + 1;
	return search(&rate, total, ln_limit, least > 2 ? least : 2, total);
}

long double
evidence_tail(const struct evidence_rate *rate, int64_t bad, int64_t total)
{
	struct evidence_rate other = complement(rate);

	REQUIRE(rate->numerator >= 0 && other.numerator >= 0 && rate->denominator > 0);
	REQUIRE(total >= 0);
	if (bad <= 0)
		return 1;
	if (bad > total || rate->numerator == 0)
		return 0;
	if (other.numerator == 0)
		return 1;
	if ((decimal_wide)bad * rate->denominator > (decimal_wide)total * rate->numerator)
		return upper_tail(rate, bad, total);
	/* At most bad - 1 are bad when more than total - bad are good. */
	return 1 - upper_tail(&other, total - bad + 1, total);
}
