/* SPDX-License-Identifier: ISC */
#include "base/json_number.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* So many digits fit 64 bits, whatever they are. */
#define SAFE_DIGITS 18

static const char *
skip_digits(const char *at, const char *end)
{
	while (at < end && *at >= '0' && *at <= '9')
		at++;
	return at;
}

/* Whether the fraction and exponent that begin at at fill the text. */
static bool
is_rest(const char *at, const char *end)
{
	const char *digits;

	if (at < end && *at == '.') {
		digits = ++at;
		at = skip_digits(at, end);
		if (at == digits)
			return false;
	}
	if (at < end && (*at == 'e' || *at == 'E')) {
		at++;
		at += at < end && (*at == '+' || *at == '-');
		digits = at;
		at = skip_digits(at, end);
		if (at == digits)
			return false;
	}
	return at == end;
}

static enum json_number
read_integer(const char *digits, const char *end, bool is_negative,
    int64_t *out)
{
	bool is_safe = end - digits <= SAFE_DIGITS;
	int64_t number = 0;

	for (; digits < end; digits++) {
		int digit = is_negative ? '0' - *digits : *digits - '0';

		if (is_safe)
			number = number * 10 + digit;
		else if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, digit, &number))
			return JSON_NUMBER_BIG;
	}
	*out = number;
	return JSON_NUMBER_INTEGER;
}

enum json_number
json_number_read(const char *text, size_t len, int64_t *integer, double *real)
{
	bool is_negative = len > 0 && *text == '-';
	const char *end = text + len, *digits = text + is_negative;
	const char *rest = skip_digits(digits, end);

	if (rest == digits || (rest - digits > 1 && *digits == '0'))
		return JSON_NUMBER_NONE;
	if (rest == end)
		return read_integer(digits, end, is_negative, integer);
	if (!is_rest(rest, end))
		return JSON_NUMBER_NONE;
	*real = strtod(text, NULL);
	return isfinite(*real) ? JSON_NUMBER_REAL : JSON_NUMBER_BIG;
}
