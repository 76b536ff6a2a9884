/* SPDX-License-Identifier: ISC
 *
 * steps -- for the tests of count/catch_up: a store, a base and some definitions, which
 * are brought up to date step by step.
 */
#ifndef TESTS_UNIT_COUNT_STEPS_H
#define TESTS_UNIT_COUNT_STEPS_H

#include "count/catch_up.h"
#include "tests/unit/count/traffic.h"

#define DEFINITIONS 6

static struct db *counts;
static struct count_base *base;
static struct model_definition made[DEFINITIONS];
static struct count_wanted wanted[DEFINITIONS];

static inline void
open_stores(void)
{
	done(store_open(&db, DB_TEMPORARY, DB_WRITE, 0, &err));
	done(ledger_open(&ledger, db, &err));
	done(db_open(&counts, DB_TEMPORARY, DB_WRITE, 0, &err));
	done(count_base_begin(counts, "store", NOW_MS, &err));
	done(count_base_open(&base, counts, NULL, &err));
	traffic_start();
}

static inline void
close_stores(void)
{
	traffic_stop();
	count_base_close(base);
	db_close(counts);
	close_all();
}

static inline bool
is_wanted(const char *text, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(wanted[i].text, text) == 0)
			return true;
	return false;
}

static inline void
make_definitions(void)
{
	for (size_t i = 0; i < DEFINITIONS;) {
		struct buf text = BUF_EMPTY;

		made[i] = model_any_definition();
		slo_definition_text(&text, &made[i].definition);
		if (is_wanted(buf_text(&text), i)) {
			buf_release(&text);
			continue;
		}
		wanted[i] = (struct count_wanted){ .definition = made[i].definition,
			.text = text.data };
		i++;
	}
}

static inline void
release_definitions(void)
{
	for (size_t i = 0; i < DEFINITIONS; i++)
		free(wanted[i].text);
}

static inline int
enter_stores(void **state)
{
	(void)state;
	random_start();
	open_stores();
	make_definitions();
	return 0;
}

static inline int
leave_stores(void **state)
{
	(void)state;
	release_definitions();
	close_stores();
	return 0;
}

/* Makes one step, in one transaction and one snapshot. */
static inline int
step(struct count_wanted *some, size_t count, int64_t max_rows, int64_t *row_count)
{
	int result;

	done(db_begin(counts, &err));
	done(db_run(db, "BEGIN", &err));
	result = count_catch_up(base, db, some, count, max_rows, row_count, &err);
	done(result);
	done(db_run(db, "ROLLBACK", &err));
	done(db_commit(counts, &err));
	return result;
}

/* Brings some of the definitions up to date, and returns how many rows were read. */
static inline int64_t
catch_up(struct count_wanted *some, size_t count, int64_t max_rows)
{
	int64_t row_count = 0;

	while (step(some, count, max_rows, &row_count) == 1)
		;
	return row_count;
}

static inline void
expect_all(size_t first, size_t end)
{
	for (size_t i = first; i < end; i++)
		traffic_expect(counts, wanted[i].no, &made[i]);
}

static inline int64_t
integer(struct db *from, const char *sql)
{
	int64_t value;

	done(db_integer(from, sql, -1, &value, &err));
	return value;
}

#define TEST_STORES(function) \
	cmocka_unit_test_setup_teardown(function, enter_stores, leave_stores)

#endif
