/* SPDX-License-Identifier: ISC */
#include "base/json_number.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* Any number of at most this many digits fits 64 bits. */
#define SAFE_DIGITS 18

static const char *
skip_digits(const char *at, const char *end)
{
	while (at < end && *at >= '0' && *at <= '9')
		at++;
	return at;
}

/* Whether text from at to end is a fraction, an exponent, or both. */
static bool
is_fraction_and_exponent(const char *at, const char *end)
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

/* Whether the number is 0, however it is written. */
static bool
is_zero(const char *digits, const char *end)
{
	while (digits < end && (*digits == '0' || *digits == '.'))
		digits++;
	return digits == end || *digits == 'e' || *digits == 'E';
}

static bool
add_digit(int64_t *number, char digit, bool is_negative)
{
	int value = is_negative ? '0' - digit : digit - '0';

	return !__builtin_mul_overflow(*number, 10, number) &&
	    !__builtin_add_overflow(*number, value, number);
}

static enum json_number
read_integer(const char *digits, const char *end, bool is_negative,
    int64_t *out)
{
	bool is_safe = end - digits <= SAFE_DIGITS;
	int64_t number = 0;

	if (!is_safe) {
		for (; digits < end; digits++)
			if (!add_digit(&number, *digits, is_negative))
				return JSON_NUMBER_BIG;
		*out = number;
		return JSON_NUMBER_INTEGER;
	}
	for (; digits < end; digits++)
		number = number * 10 + (*digits - '0');
	*out = is_negative ? -number : number;
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
	if (!is_fraction_and_exponent(rest, end))
		return JSON_NUMBER_NONE;
	*real = strtod(text, NULL);
	return isfinite(*real) && (*real != 0 || is_zero(digits, end))
	    ? JSON_NUMBER_REAL : JSON_NUMBER_BIG;
}

/* The exponent in the text. Beyond INT32_MAX the exact value does not matter: a
 * shift by that many places fits no number of 64 bits. */
static int64_t
exponent_of(const char *text, const char *end)
{
	const char *sign = text + (text < end), *digit = sign;
	int64_t exponent = 0;

	digit += digit < end && (*digit == '+' || *digit == '-');
	for (; digit < end && exponent < INT32_MAX; digit++)
		exponent = exponent * 10 + (*digit - '0');
	return sign < end && *sign == '-' ? -exponent : exponent;
}

bool
json_number_as_integer(const char *text, size_t len, int64_t *out)
{
	bool is_negative = len > 0 && *text == '-';
	const char *end = text + len, *digits = text + is_negative;
	const char *mantissa_end = digits, *point = NULL;
	int64_t number = 0, shift;

	for (; mantissa_end < end && (*mantissa_end | 0x20) != 'e';
	    mantissa_end++)
		if (*mantissa_end == '.')
			point = mantissa_end;
	shift = exponent_of(mantissa_end, end);
	if (point != NULL)
		shift -= mantissa_end - point - 1;
	/* Zeros at the end of the mantissa only move the point. */
	for (; mantissa_end > digits && (mantissa_end[-1] == '0' ||
	    mantissa_end[-1] == '.'); mantissa_end--)
		shift += mantissa_end[-1] == '0';
	if (mantissa_end > digits && shift < 0)
		return false;
	for (; digits < mantissa_end; digits++)
		if (*digits != '.' && !add_digit(&number, *digits, is_negative))
			return false;
	for (; number != 0 && shift > 0; shift--)
		if (__builtin_mul_overflow(number, 10, &number))
			return false;
	*out = number;
	return true;
}
