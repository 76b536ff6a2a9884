/* SPDX-License-Identifier: ISC */
#include "slo/counted.h"
#include "base/require.h"

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

static const struct {
	const char *name;
	int64_t ms;
} ages[SLO_AGE_COUNT] = {
	[SLO_AGE_5M] = { "5m", 5 * MINUTE_MS },
	[SLO_AGE_30M] = { "30m", 30 * MINUTE_MS },
	[SLO_AGE_1H] = { "1h", HOUR_MS },
	[SLO_AGE_2H] = { "2h", 2 * HOUR_MS },
	[SLO_AGE_6H] = { "6h", 6 * HOUR_MS },
	[SLO_AGE_1D] = { "1d", DAY_MS },
	[SLO_AGE_3D] = { "3d", 3 * DAY_MS },
};

int64_t
slo_age_ms(int age)
{
	REQUIRE(age >= 0 && age < SLO_AGE_COUNT);
	return ages[age].ms;
}

const char *
slo_age_name(int age)
{
	REQUIRE(age >= 0 && age < SLO_AGE_COUNT);
	return ages[age].name;
}

struct slo_window
slo_age_window(int age, int64_t until_ms)
{
	int64_t from_ms = until_ms - slo_age_ms(age);
	int64_t over_ms = from_ms % MINUTE_MS;

	if (over_ms < 0)
		over_ms += MINUTE_MS;
	return (struct slo_window){ from_ms - over_ms, until_ms };
}

decimal_wide
slo_counts_known(const struct slo_counts *counts)
{
	return (decimal_wide)counts->good + counts->bad;
}

decimal_wide
slo_counts_all(const struct slo_counts *counts)
{
	return slo_counts_known(counts) + counts->unknown;
}

decimal_wide
slo_allowed(decimal_wide total, const struct decimal *target)
{
	return total * (decimal_unit(target) - target->units);
}
