/* SPDX-License-Identifier: ISC */
#include "base/num.h"
#include "base/require.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
num_integer(const char *text, int64_t min, int64_t max, int64_t *out)
{
	char *end;
	long long value;

	REQUIRE(min <= max);
	if (!isdigit((unsigned char)text[text[0] == '-']))
		return -1;
	errno = 0;
	value = strtoll(text, &end, 10);
	if (errno != 0 || *end != '\0' || value < min || value > max)
		return -1;
	*out = value;
	return 0;
}

int
num_real(const char *text, double *out)
{
	char *end;
	double value;
	size_t digits = strspn(text, "0123456789+-.eE");

	if (digits == 0 || text[digits] != '\0')
		return -1;
	value = strtod(text, &end);
	if (*end != '\0' || !isfinite(value))
		return -1;
	*out = value;
	return 0;
}

struct scale {
	const char *suffix;
	int64_t factor;
};

/* Reads a number with one of the suffixes; the result is at most 9e15. */
static int
read_scaled(const char *text, const struct scale *scales, size_t count,
    int64_t *out)
{
	size_t digits = strspn(text, "0123456789.");
	char number[32];
	double value, product;

	if (digits == 0 || digits >= sizeof(number))
		return -1;
	memcpy(number, text, digits);
	number[digits] = '\0';
	if (num_real(number, &value) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(text + digits, scales[i].suffix) != 0)
			continue;
		product = value * (double)scales[i].factor;
		if (product > 9e15)
			return -1;
		*out = llround(product);
		return 0;
	}
	return -1;
}

int
num_duration_ms(const char *text, int64_t *out)
{
	static const struct scale scales[] = {
		{ "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "min", 60000 },
		{ "h", 3600000 }, { "d", 86400000 }, { "w", 604800000 },
	};

	return read_scaled(text, scales, sizeof(scales) / sizeof(scales[0]), out);
}

int
num_size_bytes(const char *text, int64_t *out)
{
	static const struct scale scales[] = {
		{ "", 1 }, { "k", 1000 }, { "M", 1000000 }, { "G", 1000000000 },
		{ "KiB", 1 << 10 }, { "MiB", 1 << 20 }, { "GiB", 1 << 30 },
	};

	return read_scaled(text, scales, sizeof(scales) / sizeof(scales[0]), out);
}

size_t
num_print_real(char *out, double value)
{
	int len = 0;

	if (isnan(value))
		return (size_t)snprintf(out, NUM_REAL_SIZE, "nan");
	for (int digits = 15; digits <= 17; digits++) {
		len = snprintf(out, NUM_REAL_SIZE, "%.*g", digits, value);
		if (strtod(out, NULL) == value)
			break;
	}
	return (size_t)len;
}
