/* SPDX-License-Identifier: ISC
 *
 * Records of values of every kind and size are read back by another decoder.
 */
#include "tel/record.h"
#include "tests/unit/random.h"
#include "tests/unit/tel/record_decoder.h"

#define MIB ((size_t)1 << 20)

/* The longest text of these tests; its content does not matter. */
static char letters[MIB + 1];

static int
set_up(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(letters); i++)
		letters[i] = (char)('a' + i % 26);
	return 0;
}

static struct record_value
integer(int64_t number)
{
	return (struct record_value){ .type = RECORD_INTEGER, .integer = number };
}

static struct record_value
text(size_t len)
{
	return (struct record_value){ .type = RECORD_TEXT,
		.len = (unsigned int)len, .text = letters };
}

static void
integers_take_the_shortest_type(void **state)
{
	static const struct {
		int64_t number;
		uint64_t serial;
	} cases[] = {
		{ 0, 8 }, { 1, 9 }, { -1, 1 }, { 2, 1 }, { -2, 1 },
		{ 127, 1 }, { 128, 2 }, { -128, 1 }, { -129, 2 }, { 255, 2 },
		{ 32767, 2 }, { 32768, 3 }, { -32768, 2 }, { -32769, 3 },
		{ 8388607, 3 }, { 8388608, 4 }, { -8388608, 3 }, { -8388609, 4 },
		{ 2147483647, 4 }, { INT64_C(2147483648), 5 },
		{ INT64_C(-2147483648), 4 }, { INT64_C(-2147483649), 5 },
		{ INT64_C(140737488355327), 5 }, { INT64_C(140737488355328), 6 },
		{ INT64_C(-140737488355328), 5 }, { INT64_C(-140737488355329), 6 },
		{ INT64_MAX, 6 }, { INT64_MIN, 6 }, { INT64_MIN + 1, 6 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct record_value value = integer(cases[i].number);
		size_t len;
		struct decoded decoded = check_record(&value, 1, &len);

		assert_int_equal(decoded.serials[0], cases[i].serial);
		assert_int_equal(len, 2 + body_bytes(cases[i].serial));
	}
}

static void
has_the_bytes_of_the_format(void **state)
{
	/* The record of NULL, 0, 1, -2, 258, 1.5, 3.0, "ab", "". */
	static const unsigned char expected[] = { 10, 0, 8, 9, 1, 2, 7, 1, 17,
		13, 0xfe, 0x01, 0x02, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 3, 'a', 'b' };
	const struct record_value values[] = { { .type = RECORD_NULL },
		integer(0), integer(1), integer(-2), integer(258),
		{ .type = RECORD_REAL, .real = 1.5 },
		{ .type = RECORD_REAL, .real = 3.0 }, text(2), text(0) };
	struct arena arena = { NULL, NULL, 0, 0, 0 };
	size_t len;
	const unsigned char *record = record_make(&arena, values, 9, &len);

	(void)state;
	assert_int_equal(len, sizeof(expected));
	assert_memory_equal(record, expected, len);
	arena_release(&arena);
}

static void
doubles_keep_their_bits(void **state)
{
	static const double reals[] = { -1.5, 0.1, 1e-300, 0x1p47, -0x1p47 - 1,
		4.9406564584124654e-324, 1.7976931348623157e308,
		9007199254740993.0, __builtin_inf(), -__builtin_inf() };

	(void)state;
	for (size_t i = 0; i < sizeof(reals) / sizeof(reals[0]); i++) {
		struct record_value value = { .type = RECORD_REAL,
			.real = reals[i] };
		size_t len;

		assert_int_equal(check_record(&value, 1, &len).serials[0], 7);
		assert_int_equal(len, 10);
	}
}

static void
whole_doubles_are_short(void **state)
{
	static const struct {
		double real;
		unsigned int serial;
	} cases[] = { { 0.0, 8 }, { -0.0, 8 }, { 1.0, 9 }, { -1.0, 1 },
		{ 100, 1 }, { 1e5, 3 }, { 0x1p47 - 1, 5 }, { -0x1p47, 5 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct record_value value = { .type = RECORD_REAL,
			.real = cases[i].real };
		size_t len;

		assert_int_equal(check_record(&value, 1, &len).serials[0],
		    cases[i].serial);
	}
}

/* The type of a text of n bytes is 13 + 2n. */
static void
texts_whose_type_needs_a_byte_more(void **state)
{
	static const struct {
		size_t bytes, type_bytes;
	} cases[] = {
		{ 0, 1 }, { 1, 1 }, { 57, 1 }, { 58, 2 }, { 8185, 2 },
		{ 8186, 3 }, { 1048569, 3 }, { 1048570, 4 }, { MIB, 4 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct record_value value = text(cases[i].bytes);
		size_t len;
		struct decoded decoded = check_record(&value, 1, &len);

		assert_int_equal(decoded.header_bytes, 1 + cases[i].type_bytes);
		assert_int_equal(len, decoded.header_bytes + cases[i].bytes);
	}
}

static void
texts_may_have_nul_bytes(void **state)
{
	struct record_value value = { .type = RECORD_TEXT, .len = 3,
		.text = "a\0b" };
	size_t len;

	(void)state;
	check_record(&value, 1, &len);
	assert_int_equal(len, 5);
}

/* The length of the header includes its own bytes: 126 bytes of types and 1
 * make 127, but 127 bytes of types and 2 make 129. */
static void
headers_whose_length_needs_a_byte_more(void **state)
{
	struct record_value values[RECORD_MAX_VALUES] = { { .type = RECORD_NULL } };
	size_t len;

	(void)state;
	assert_int_equal(check_record(values, 0, &len).header_bytes, 1);
	assert_int_equal(check_record(values, RECORD_MAX_VALUES, &len).header_bytes,
	    RECORD_MAX_VALUES + 1);
	for (size_t i = 0; i < 62; i++)
		values[i] = text(58);
	/* 62 types of 2 bytes, and two NULLs of 1 byte. */
	assert_int_equal(check_record(values, 64, &len).header_bytes, 127);
	values[62] = text(100);
	assert_int_equal(check_record(values, 64, &len).header_bytes, 129);
	values[63] = text(100);
	assert_int_equal(check_record(values, 64, &len).header_bytes, 130);
	for (size_t i = 0; i < 64; i++)
		values[i] = text(8186);
	assert_int_equal(check_record(values, 64, &len).header_bytes, 194);
	assert_int_equal(len, 194 + 64 * 8186);
}

/* A byte has 7 bits of the number, the ninth has 8. */
static size_t
expected_bytes(uint64_t number)
{
	for (unsigned int bytes = 1; bytes < 9; bytes++)
		if (number < UINT64_C(1) << 7 * bytes)
			return bytes;
	return 9;
}

static void
check_varint(uint64_t number)
{
	unsigned char out[RECORD_VARINT_BYTES + 1];
	uint64_t again;
	size_t len;

	memset(out, 0xa5, sizeof(out));
	len = record_write_varint(out, number);
	assert_int_equal(len, expected_bytes(number));
	assert_int_equal(out[len], 0xa5);
	assert_int_equal(read_varint(out, out + len, &again), len);
	assert_true(again == number);
}

static void
varints_of_every_length(void **state)
{
	(void)state;
	check_varint(0);
	check_varint(UINT64_MAX);
	for (unsigned int bits = 0; bits < 64; bits++) {
		check_varint((UINT64_C(1) << bits) - 1);
		check_varint(UINT64_C(1) << bits);
		check_varint((UINT64_C(1) << bits) + 1);
	}
}

/* Returns a random number; every number of bits is equally likely. */
static uint64_t
random_number(void)
{
	return random_next() >> random_below(64);
}

static struct record_value
random_value(void)
{
	struct record_value value = { .type = (unsigned char)random_below(4) };
	uint64_t bits = random_next();

	if (value.type == RECORD_INTEGER) {
		value.integer = (int64_t)random_number();
		if (random_below(2) == 0)
			value.integer = ~value.integer;
	} else if (value.type == RECORD_REAL) {
		memcpy(&value.real, &bits, sizeof(bits));
	} else if (value.type == RECORD_TEXT) {
		value.len = (unsigned int)(random_next() % 20000 >>
		    random_below(15));
		value.text = letters + random_below(1000);
	}
	return value;
}

static void
random_values(void **state)
{
	(void)state;
	random_start();
	for (int round = 0; round < 5000; round++) {
		struct record_value values[RECORD_MAX_VALUES];
		size_t count = random_below(RECORD_MAX_VALUES + 1), len;

		for (size_t i = 0; i < count; i++)
			values[i] = random_value();
		check_record(values, count, &len);
	}
}

static void
random_varints(void **state)
{
	(void)state;
	random_start();
	for (int round = 0; round < 200000; round++)
		check_varint(random_number());
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_take_the_shortest_type),
		cmocka_unit_test(has_the_bytes_of_the_format),
		cmocka_unit_test(doubles_keep_their_bits),
		cmocka_unit_test(whole_doubles_are_short),
		cmocka_unit_test(texts_whose_type_needs_a_byte_more),
		cmocka_unit_test(texts_may_have_nul_bytes),
		cmocka_unit_test(headers_whose_length_needs_a_byte_more),
		cmocka_unit_test(varints_of_every_length),
		cmocka_unit_test(random_values),
		cmocka_unit_test(random_varints),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
