/* SPDX-License-Identifier: ISC
 *
 * record_decoder -- for the tests of tel/record: a decoder that was written from the
 * description of the format alone (https://www.sqlite.org/fileformat2.html, 1.5 and 2.1).
 */
#ifndef TESTS_UNIT_TEL_RECORD_DECODER_H
#define TESTS_UNIT_TEL_RECORD_DECODER_H

#include "tel/record.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* "The varint consists of either zero or more bytes which have the high-order bit
 * set followed by a single byte with it clear, or nine bytes", of which the last has
 * 8 bits of the number. Returns its length; 0 when it does not end before end. */
static inline size_t
read_varint(const unsigned char *in, const unsigned char *end, uint64_t *out)
{
	uint64_t number = 0;

	*out = 0;
	for (size_t i = 0; i < 9 && in + i < end; i++) {
		if (i == 8) {
			*out = number * 256 + in[i];
			return 9;
		}
		number = number * 128 + in[i] % 128;
		if (in[i] < 128) {
			*out = number;
			return i + 1;
		}
	}
	return 0;
}

/* Reads a big-endian two's complement integer of that many bytes. */
static inline int64_t
read_integer(const unsigned char *in, size_t bytes)
{
	uint64_t number = in[0] >= 128 ? UINT64_MAX : 0;

	for (size_t i = 0; i < bytes; i++)
		number = number * 256 + in[i];
	return (int64_t)number;
}

struct decoded {
	size_t count;
	struct record_value values[RECORD_MAX_VALUES];
	uint64_t serials[RECORD_MAX_VALUES];
	size_t header_bytes;
};

/* Returns how many bytes of the body a serial type has. */
static inline size_t
body_bytes(uint64_t serial)
{
	static const size_t fixed[] = { 0, 1, 2, 3, 4, 6, 8, 8, 0, 0 };

	assert_int_not_equal(serial, 10);
	assert_int_not_equal(serial, 11);
	return serial < 10 ? fixed[serial] : (size_t)((serial - 12) / 2);
}

static inline struct record_value
value_of(uint64_t serial, const unsigned char *in)
{
	struct record_value value = { .type = RECORD_NULL };
	size_t bytes = body_bytes(serial);
	uint64_t bits;

	if (serial >= 12) {
		assert_int_equal(serial % 2, 1); /* never a BLOB */
		value.type = RECORD_TEXT;
		value.len = (unsigned int)bytes;
		value.text = (const char *)in;
	} else if (serial == 7) {
		bits = (uint64_t)read_integer(in, 8);
		value.type = RECORD_REAL;
		memcpy(&value.real, &bits, sizeof(bits));
	} else if (serial > 0) {
		value.type = RECORD_INTEGER;
		value.integer = serial >= 8 ? (int64_t)serial - 8
		    : read_integer(in, bytes);
	}
	return value;
}

static inline void
decode(struct decoded *out, const unsigned char *record, size_t len)
{
	const unsigned char *end = record + len, *header_end, *in = record, *body;
	uint64_t header_bytes;
	size_t step = read_varint(in, end, &header_bytes);

	assert_true(step > 0 && header_bytes <= len);
	body = header_end = record + header_bytes;
	out->header_bytes = (size_t)header_bytes;
	out->count = 0;
	for (in += step; in < header_end; in += step) {
		uint64_t serial;

		assert_true(out->count < RECORD_MAX_VALUES);
		step = read_varint(in, header_end, &serial);
		assert_true(step > 0);
		assert_true(body_bytes(serial) <= (size_t)(end - body));
		out->serials[out->count] = serial;
		out->values[out->count++] = value_of(serial, body);
		body += body_bytes(serial);
	}
	assert_ptr_equal(in, header_end);
	assert_ptr_equal(body, end);
}

/* A whole double is stored as an integer of at most six bytes. Its column makes
 * it a double again, and -0.0 becomes 0.0. */
static inline void
assert_same_real(const struct record_value *a, double real)
{
	const double limit = (double)(INT64_C(1) << 47);

	if (a->type == RECORD_INTEGER) {
		assert_true((double)a->integer == real);
		assert_in_range(a->integer + (INT64_C(1) << 47), 0,
		    (INT64_C(1) << 48) - 1);
		return;
	}
	assert_int_equal(a->type, RECORD_REAL);
	assert_memory_equal(&a->real, &real, sizeof(real));
	assert_false(real == floor(real) && real >= -limit && real < limit);
}

static inline void
assert_same(const struct record_value *a, const struct record_value *b)
{
	if (b->type == RECORD_REAL) {
		assert_same_real(a, b->real);
		return;
	}
	assert_int_equal(a->type, b->type);
	switch ((enum record_type)a->type) {
	case RECORD_NULL:
	case RECORD_REAL:
		break;
	case RECORD_INTEGER:
		assert_true(a->integer == b->integer);
		break;
	case RECORD_TEXT:
		assert_int_equal(a->len, b->len);
		assert_memory_equal(a->text, b->text, a->len);
		break;
	}
}

/* Makes a record and decodes it; the values must be the same. The record is copied
 * to memory of exactly its size, so that a sanitizer notices a read past its end. */
static inline struct decoded
check_record(const struct record_value *values, size_t count, size_t *len)
{
	static struct arena arena;
	static unsigned char *copy;
	struct decoded decoded;
	const unsigned char *record;

	arena_release(&arena);
	record = record_make(&arena, values, count, len);
	free(copy);
	copy = malloc(*len);
	assert_non_null(copy);
	memcpy(copy, record, *len);
	arena_release(&arena);
	decode(&decoded, copy, *len);
	assert_int_equal(decoded.count, count);
	for (size_t i = 0; i < count; i++)
		assert_same(&decoded.values[i], &values[i]);
	return decoded;
}

#endif
