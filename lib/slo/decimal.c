/* SPDX-License-Identifier: ISC */
#include "slo/decimal.h"
#include "base/require.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define PRINTED_DIGITS 12

static int64_t
power_of_ten(int exponent)
{
	int64_t power = 1;

	while (exponent-- > 0)
		power *= 10;
	return power;
}

int
decimal_parse(const char *text, int percent_digits, struct decimal *out)
{
	int64_t units = 0;
	int scale = percent_digits, digits = 0;
	bool after_point = false;

	REQUIRE(percent_digits >= 0);
	if (!isdigit((unsigned char)text[0]))
		return -1;
	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '.' && !after_point && p[1] != '\0') {
			after_point = true;
			continue;
		}
		if (!isdigit((unsigned char)*p) || ++digits > 16)
			return -1;
		units = units * 10 + (*p - '0');
		scale += after_point;
	}
	while (scale > 0 && units % 10 == 0) {
		units /= 10;
		scale--;
	}
	if (scale > DECIMAL_MAX_SCALE || units > power_of_ten(scale))
		return -1;
	out->units = units;
	out->scale = scale;
	return 0;
}

int64_t
decimal_unit(const struct decimal *decimal)
{
	return power_of_ten(decimal->scale);
}

int
decimal_compare(uint64_t part, uint64_t whole, const struct decimal *decimal)
{
	decimal_wide left = (decimal_wide)part * decimal_unit(decimal);
	decimal_wide right = (decimal_wide)whole * decimal->units;

	return (left > right) - (left < right);
}

void
decimal_print(char *out, const struct decimal *decimal)
{
	decimal_print_ratio(out, decimal->units, decimal_unit(decimal));
}

void
decimal_print_ratio(char *out, decimal_wide numerator, decimal_wide denominator)
{
	bool negative = numerator < 0;
	decimal_wide rest = negative ? -numerator : numerator;
	char whole[DECIMAL_TEXT_SIZE], fraction[PRINTED_DIGITS + 1] = "";
	decimal_wide integer;
	size_t at = sizeof(whole) - 1, len = 0;

	REQUIRE(denominator > 0);
	integer = rest / denominator;
	whole[at] = '\0';
	do {
		whole[--at] = (char)('0' + (int)(integer % 10));
		integer /= 10;
	} while (integer > 0);
	rest %= denominator;
	for (int i = 0; i < PRINTED_DIGITS; i++) {
		rest *= 10;
		fraction[i] = (char)('0' + (int)(rest / denominator));
		rest %= denominator;
		if (fraction[i] != '0')
			len = (size_t)i + 1;
	}
	fraction[len] = '\0';
	negative = negative && (len > 0 || strcmp(whole + at, "0") != 0);
	snprintf(out, DECIMAL_TEXT_SIZE, "%s%.40s%s%s", negative ? "-" : "",
	    whole + at, len > 0 ? "." : "", fraction);
}
