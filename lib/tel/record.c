/* SPDX-License-Identifier: ISC */
#include "tel/record.h"
#include "base/require.h"

#include <endian.h>
#include <stdbool.h>
#include <string.h>

/* Serial types (2.1): the type of a value and its length. */
enum {
	SERIAL_NULL = 0, SERIAL_INT64 = 6, SERIAL_REAL = 7, SERIAL_ZERO = 8,
	SERIAL_ONE = 9, SERIAL_TEXT = 13
};
/* Integers in [-2^47, 2^47) fit in six bytes. */
#define LONGEST_SHORT 0x1p47
static const unsigned char serial_bytes[SERIAL_TEXT] = { 0, 1, 2, 3, 4, 6, 8, 8 };

size_t
record_write_varint(unsigned char *out, uint64_t number)
{
	size_t len = 1;

	if (number >> 56 != 0) {
		out[8] = (unsigned char)number;
		number >>= 8;
		for (int i = 7; i >= 0; i--, number >>= 7)
			out[i] = (unsigned char)(number | 0x80);
		return 9;
	}
	for (uint64_t rest = number >> 7; rest != 0; rest >>= 7)
		len++;
	for (size_t i = len; i-- > 0; number >>= 7)
		out[i] = (unsigned char)(number | 0x80);
	out[len - 1] &= 0x7f;
	return len;
}

/* Writes a varint that mostly needs one byte. */
static unsigned char *
write_short(unsigned char *out, uint64_t number)
{
	if (number > 0x7f)
		return out + record_write_varint(out, number);
	*out = (unsigned char)number;
	return out + 1;
}

static size_t
varint_bytes(uint64_t number)
{
	size_t len = 1;

	while ((number >>= 7) != 0)
		len++;
	return len;
}

static unsigned int
serial_of_integer(int64_t integer)
{
	uint64_t magnitude = (uint64_t)(integer < 0 ? ~integer : integer);

	if (magnitude <= 1 && integer >= 0)
		return SERIAL_ZERO + (unsigned int)integer;
	if (magnitude < UINT64_C(1) << 7)
		return 1;
	if (magnitude < UINT64_C(1) << 15)
		return 2;
	if (magnitude < UINT64_C(1) << 23)
		return 3;
	if (magnitude < UINT64_C(1) << 31)
		return 4;
	return magnitude < UINT64_C(1) << 47 ? 5 : SERIAL_INT64;
}

/* Whether a double is stored as a short integer, because it is whole. A column
 * of REAL affinity returns it as a double, and -0.0 as 0.0
 * (sqlite.org/datatype3.html, 3). */
static bool
is_short_integer(double real)
{
	return real >= -LONGEST_SHORT && real < LONGEST_SHORT &&
	    real == (double)(int64_t)real;
}

static unsigned int
serial_of(const struct record_value *value)
{
	switch ((enum record_type)value->type) {
	case RECORD_INTEGER:
		return serial_of_integer(value->integer);
	case RECORD_REAL:
		return is_short_integer(value->real)
		    ? serial_of_integer((int64_t)value->real) : SERIAL_REAL;
	case RECORD_TEXT:
		REQUIRE(value->len <= INT32_MAX - 6);
		return SERIAL_TEXT + 2 * value->len;
	case RECORD_NULL:
		break;
	}
	return SERIAL_NULL;
}

static void
write_number(unsigned char *out, uint64_t number, size_t bytes)
{
	number = htobe64(number << (8 * (8 - bytes)));
	memcpy(out, &number, bytes);
}

/* Writes a value to the body; returns its length. */
static size_t
write_value(unsigned char *out, const struct record_value *value,
    unsigned int serial)
{
	uint64_t bits;

	if (serial >= SERIAL_TEXT) {
		memcpy(out, value->text, value->len);
		return value->len;
	}
	if (serial_bytes[serial] == 0)
		return 0;
	if (value->type == RECORD_REAL && serial != SERIAL_REAL)
		bits = (uint64_t)(int64_t)value->real;
	else /* integer and real share the memory. */
		memcpy(&bits, &value->integer, sizeof(bits));
	write_number(out, bits, serial_bytes[serial]);
	return serial_bytes[serial];
}

const unsigned char *
record_make(struct arena *arena, const struct record_value *values,
    size_t count, size_t *len)
{
	unsigned int serials[RECORD_MAX_VALUES];
	size_t header = 0, body = 0;
	unsigned char *record, *out;

	REQUIRE(count <= RECORD_MAX_VALUES);
	for (size_t i = 0; i < count; i++) {
		unsigned int serial = serial_of(&values[i]);

		serials[i] = serial;
		header += varint_bytes(serial);
		body += serial >= SERIAL_TEXT ? values[i].len
		    : serial_bytes[serial];
	}
	/* The length of the header includes its own bytes. */
	header += varint_bytes(header + 1);
	record = arena_take(arena, header + body);
	out = write_short(record, header);
	for (size_t i = 0; i < count; i++)
		out = write_short(out, serials[i]);
	for (size_t i = 0; i < count; i++)
		out += write_value(out, &values[i], serials[i]);
	*len = header + body;
	return record;
}
