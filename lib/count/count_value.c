/* SPDX-License-Identifier: ISC */
#include "count/count_value.h"
#include "base/mem.h"
#include "base/num.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int
count_bounds_parse(struct count_bounds *out, const char *text)
{
	out->count = 0;
	while (*text != '\0') {
		size_t len = strcspn(text, ",");
		char *word = mem_text_of(text, len);
		double *bound = &out->items[out->count];
		int result = out->count < COUNT_MAX_BOUNDS ? num_real(word, bound) : -1;

		free(word);
		if (result < 0 || (out->count > 0 && !(*bound > bound[-1])))
			return -1;
		out->count++;
		text += len;
		if (*text == ',' && *++text == '\0')
			return -1;
	}
	return 0;
}

/* Whether a value is at most a bound. An integer may have more digits than a double. */
static bool
is_at_most(const struct count_number *number, double bound)
{
	if (!number->is_whole)
		return number->real <= bound;
	if (bound >= 0x1p63)
		return true;
	return bound >= -0x1p63 && number->whole <= (int64_t)floor(bound);
}

/* Returns the place of the bucket of a value. */
static size_t
bucket_of(const struct count_bounds *bounds, const struct count_number *number)
{
	size_t first = 0, end = bounds->count;

	while (first < end) {
		size_t middle = first + (end - first) / 2;

		if (is_at_most(number, bounds->items[middle]))
			end = middle;
		else
			first = middle + 1;
	}
	return first;
}

static void
add_real(struct count_value *value, double real)
{
	double sum = value->real_sum + real;

	/* Past the largest number it stays infinite: what it then lacks is no number. */
	if (!isfinite(sum)) {
		value->real_sum = isfinite(value->real_sum) ? sum : value->real_sum;
		value->lost = 0;
		return;
	}
	if (fabs(value->real_sum) >= fabs(real))
		value->lost += (value->real_sum - sum) + real;
	else
		value->lost += (real - sum) + value->real_sum;
	value->real_sum = sum;
}

static void
add_whole(struct count_value *value, int64_t whole)
{
	int64_t sum;

	if (__builtin_add_overflow(value->whole_sum, whole, &sum))
		add_real(value, (double)whole);
	else
		value->whole_sum = sum;
}

/* Takes a value as the last one when it is later. */
static void
take_last(struct count_value *value, double last, int64_t ts_ms, int64_t id)
{
	if (value->count > 0 && (ts_ms < value->last_ms ||
	    (ts_ms == value->last_ms && id < value->last_id)))
		return;
	value->last = last;
	value->last_ms = ts_ms;
	value->last_id = id;
}

void
count_value_add(struct count_value *value, const struct count_bounds *bounds,
    const struct count_number *number, int64_t ts_ms, int64_t id)
{
	/* One infinite value would be the sum for ever. */
	if (number == NULL || (!number->is_whole && !isfinite(number->real))) {
		value->unknown++;
		return;
	}
	if (value->count == 0 || ts_ms < value->first_ms)
		value->first_ms = ts_ms;
	take_last(value, number->is_whole ? (double)number->whole : number->real, ts_ms, id);
	if (number->is_whole)
		add_whole(value, number->whole);
	else
		add_real(value, number->real);
	value->count++;
	value->buckets[bucket_of(bounds, number)]++;
}

void
count_value_merge(struct count_value *value, const struct count_value *other)
{
	value->unknown += other->unknown;
	if (other->count == 0)
		return;
	if (value->count == 0 || other->first_ms < value->first_ms)
		value->first_ms = other->first_ms;
	take_last(value, other->last, other->last_ms, other->last_id);
	add_whole(value, other->whole_sum);
	add_real(value, other->real_sum);
	add_real(value, other->lost);
	value->count += other->count;
	for (size_t i = 0; i <= COUNT_MAX_BOUNDS; i++)
		value->buckets[i] += other->buckets[i];
}

double
count_value_sum(const struct count_value *value)
{
	struct count_value sum = *value;
	double high = (double)(value->whole_sum & ~INT64_C(0xffffffff));
	double low = (double)(value->whole_sum & INT64_C(0xffffffff));

	/* Both halves are exact as doubles. */
	add_real(&sum, high);
	add_real(&sum, low);
	return sum.real_sum + sum.lost;
}

/* The numbers of a value, in the order of its bytes: 64 bits each, the low byte first. */
#define HEAD_COUNT 9

static void
add_word(struct buf *out, uint64_t word)
{
	unsigned char bytes[8];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(word >> 8 * i);
	buf_add(out, bytes, sizeof(bytes));
}

static void
add_double(struct buf *out, double real)
{
	uint64_t word;

	memcpy(&word, &real, sizeof(word));
	add_word(out, word);
}

void
count_value_write(struct buf *out, const struct count_value *value, size_t bound_count)
{
	add_word(out, (uint64_t)value->count);
	add_word(out, (uint64_t)value->unknown);
	add_word(out, (uint64_t)value->whole_sum);
	add_double(out, value->real_sum);
	add_double(out, value->lost);
	add_word(out, (uint64_t)value->first_ms);
	add_word(out, (uint64_t)value->last_ms);
	add_word(out, (uint64_t)value->last_id);
	add_double(out, value->last);
	for (size_t i = 0; i <= bound_count; i++)
		add_word(out, (uint64_t)value->buckets[i]);
}

static uint64_t
word_at(const unsigned char *bytes, size_t i)
{
	uint64_t word = 0;

	for (size_t k = 0; k < 8; k++)
		word |= (uint64_t)bytes[8 * i + k] << 8 * k;
	return word;
}

static double
double_at(const unsigned char *bytes, size_t i)
{
	uint64_t word = word_at(bytes, i);
	double real;

	memcpy(&real, &word, sizeof(real));
	return real;
}

int
count_value_bound_count(size_t len, size_t *bound_count)
{
	size_t words = len / 8;

	if (len % 8 != 0 || words <= HEAD_COUNT || words > HEAD_COUNT + COUNT_MAX_BOUNDS + 1)
		return -1;
	*bound_count = words - HEAD_COUNT - 1;
	return 0;
}

int
count_value_read(struct count_value *out, const void *bytes, size_t len,
    size_t bound_count, struct err *err)
{
	const unsigned char *at = bytes;

	memset(out, 0, sizeof(*out));
	if (bound_count > COUNT_MAX_BOUNDS || len != 8 * (HEAD_COUNT + bound_count + 1))
		return err_set(err, EXIT_DATA, "counts are damaged: %zu bytes are no value "
		    "with %zu bounds", len, bound_count);
	out->count = (int64_t)word_at(at, 0);
	out->unknown = (int64_t)word_at(at, 1);
	out->whole_sum = (int64_t)word_at(at, 2);
	out->real_sum = double_at(at, 3);
	out->lost = double_at(at, 4);
	out->first_ms = (int64_t)word_at(at, 5);
	out->last_ms = (int64_t)word_at(at, 6);
	out->last_id = (int64_t)word_at(at, 7);
	out->last = double_at(at, 8);
	for (size_t i = 0; i <= bound_count; i++)
		out->buckets[i] = (int64_t)word_at(at, HEAD_COUNT + i);
	return 0;
}
