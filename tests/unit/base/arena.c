/* SPDX-License-Identifier: ISC */
#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
allocations_do_not_overlap(void **state)
{
	struct arena arena = { 0 };
	enum { COUNT = 4000 };
	static unsigned char *taken[COUNT];
	static size_t sizes[COUNT];
	unsigned seed = 20261122;

	(void)state;
	printf("seed %u\n", seed);
	srand(seed);
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < COUNT; i++) {
			sizes[i] = (size_t)(rand() % (i % 500 == 0 ? 600000
			    : 300));
			taken[i] = arena_take(&arena, sizes[i]);
			assert_int_equal((uintptr_t)taken[i] %
			    _Alignof(max_align_t), 0);
			memset(taken[i], i & 0xff, sizes[i]);
		}
		for (int i = 0; i < COUNT; i++)
			for (size_t k = 0; k < sizes[i]; k++)
				assert_int_equal(taken[i][k], i & 0xff);
		arena_reset(&arena);
		assert_int_equal(arena.taken_bytes, 0);
	}
	arena_release(&arena);
}

static void
copies_have_the_same_bytes(void **state)
{
	struct arena arena = { 0 };
	char *copy = arena_copy(&arena, "a\0b", 3);

	(void)state;
	assert_memory_equal(copy, "a\0b", 3);
	assert_non_null(arena_copy(&arena, "", 0));
	assert_true(arena.taken_bytes >= 3);
	arena_release(&arena);
	assert_null(arena.blocks);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allocations_do_not_overlap),
		cmocka_unit_test(copies_have_the_same_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
