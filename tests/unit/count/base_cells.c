/* SPDX-License-Identifier: ISC
 *
 * Cells in the tables of counts: they add up to hours, days and totals, alone and over
 * another base.
 */
#include "tests/unit/count/bases.h"
#include "tests/unit/count/model.h"

/* Adds the lines of hours, days and totals that the tables have. */
static void
add_lines(struct model_lines *lines, struct db *db, int64_t no, int64_t group_no)
{
	struct db_statement *read;
	struct count_row row;

	done(db_prepare(db, &read, "SELECT hour, minutes FROM count_hours"
	    " WHERE definition_no = :no AND group_no = :group_no", &err));
	DB_BIND(read, db_value_integer(":no", no), db_value_integer(":group_no", group_no));
	while (db_step(read, &err) == 1) {
		count_row_init_hour(&row, db_column_integer(read, 0) * COUNT_HOUR_MS);
		done(count_row_read(&row, db_column_text(read, 1),
		    db_column_bytes(read, 1), &err));
		model_add_row(lines, &row, "");
	}
	db_finalize(read);
	done(db_prepare(db, &read, "SELECT day, hours, good, bad, unknown, excluded,"
	    " bad_minutes, first_ms, newest_ms, 'd' FROM count_days"
	    " WHERE definition_no = :no AND group_no = :group_no UNION ALL SELECT 0, NULL,"
	    " good, bad, unknown, excluded, 0, first_ms, newest_ms, 't' FROM count_totals"
	    " WHERE definition_no = :no AND group_no = :group_no", &err));
	DB_BIND(read, db_value_integer(":no", no), db_value_integer(":group_no", group_no));
	while (db_step(read, &err) == 1) {
		const struct count_cell cell = { db_column_integer(read, 2),
			db_column_integer(read, 3), db_column_integer(read, 4),
			db_column_integer(read, 5), db_column_integer(read, 6),
			db_column_integer(read, 7), db_column_integer(read, 8) };

		model_add_line(lines, db_column_text(read, 9)[0], db_column_integer(read, 0),
		    "", &cell);
		count_row_init_day(&row, db_column_integer(read, 0) * COUNT_DAY_MS);
		done(count_row_read(&row, db_column_text(read, 1),
		    db_column_bytes(read, 1), &err));
		model_add_row(lines, &row, "");
	}
	db_finalize(read);
}

static void
expect(struct db *db, int64_t no, int64_t group_no, const struct model_definition *made)
{
	struct model_lines lines = { NULL, 0, 0 };
	char *found, *expected = model_expected(made);

	add_lines(&lines, db, no, group_no);
	found = model_finish(&lines);
	assert_string_equal(found, expected);
	free(found);
	free(expected);
}

/* Makes events within one hour, and adds them to the list and to a base. */
static void
add_some(struct count_base *base, int64_t no, int64_t group_no,
    const struct model_definition *made)
{
	int64_t hour_ms = FROM_MS + (int64_t)random_below(50) * COUNT_HOUR_MS;
	size_t count = random_below(5);
	struct count_row row;

	count_row_init_hour(&row, hour_ms);
	for (size_t i = 0; i < count; i++) {
		struct model_event event = model_any_event(hour_ms +
		    (int64_t)random_below(COUNT_HOUR_MS));
		enum slo_class class = model_class(made, &event);
		const struct count_cell cell = { class == SLO_GOOD, class == SLO_BAD,
			class == SLO_UNKNOWN, class == SLO_EXCLUDED, class == SLO_BAD,
			event.ts_ms, event.ts_ms };
		struct count_cell *sum = &row.cells[event.ts_ms % COUNT_HOUR_MS /
		    COUNT_MINUTE_MS];

		count_cell_add(sum, &cell);
		sum->bad_minutes = sum->bad > 0;
		model_events[model_count++] = event;
	}
	done(count_base_add_hour(base, no, group_no, &row, &err));
}

/* In any order of hours, days, groups and definitions. */
static void
cells_add_up(void **state)
{
	struct model_definition made = model_make(-1, 2, 0, false);

	(void)state;
	random_start();
	for (int round = 0; round < 30; round++) {
		int64_t no = 1 + (int64_t)random_below(2);
		int64_t group_no = 1 + (int64_t)random_below(2);

		model_count = 0;
		done(db_run(lower_db, "DELETE FROM count_hours; DELETE FROM count_days;"
		    "DELETE FROM count_totals", &err));
		for (int i = 0; i < 60; i++) {
			size_t before;

			add_some(lower, no, group_no, &made);
			if (random_below(3) > 0)
				continue;
			/* What is added to others is not seen. */
			before = model_count;
			add_some(lower, random_below(2) == 0 ? no : 3, group_no + 2,
			    &made);
			model_count = before;
			if (random_below(5) == 0)
				done(count_base_finish(lower, &err));
		}
		done(count_base_finish(lower, &err));
		expect(lower_db, no, group_no, &made);
	}
}

/* Puts the rows of a table of the upper base in place of those of the lower. */
static void
copy_table(const char *table, const char *columns)
{
	struct db_statement *read, *write;
	struct buf sql = BUF_EMPTY;

	buf_printf(&sql, "SELECT %s FROM %s", columns, table);
	done(db_prepare(upper_db, &read, buf_text(&sql), &err));
	while (db_step(read, &err) == 1) {
		buf_reset(&sql);
		buf_printf(&sql, "INSERT OR REPLACE INTO %s (%s) VALUES (", table, columns);
		for (int i = 0; i < db_column_count(read); i++)
			if (db_column_type(read, i) == DB_INTEGER)
				buf_printf(&sql, "%s%" PRId64, i > 0 ? ", " : "",
				    db_column_integer(read, i));
			else
				buf_add_text(&sql, ", :bytes");
		buf_add_char(&sql, ')');
		done(db_prepare(lower_db, &write, buf_text(&sql), &err));
		if (db_has_parameter(write, ":bytes")) {
			int last = db_column_count(read) - 1;
			const char *bytes = db_column_text(read, last);

			DB_BIND(write, db_value_blob(":bytes", bytes,
			    db_column_bytes(read, last)));
			done(db_execute(write, &err));
		} else
			done(db_execute(write, &err));
		db_finalize(write);
	}
	db_finalize(read);
	buf_release(&sql);
}

static void
copy_over(void)
{
	copy_table("count_hours", "definition_no, hour, group_no, seal, minutes");
	copy_table("count_days", "definition_no, day, group_no, good, bad, unknown, excluded,"
	    " bad_minutes, first_ms, newest_ms, seal, hours");
	copy_table("count_totals", "definition_no, group_no, good, bad, unknown, excluded,"
	    " first_ms, newest_ms, seal");
}

/* Rows of the upper base have what those of the lower had, and what was added. */
static void
an_upper_base_adds_to_the_lower(void **state)
{
	struct model_definition made = model_make(-1, -1, 1, true);

	(void)state;
	random_start();
	for (int round = 0; round < 30; round++) {
		struct model_lines lines = { NULL, 0, 0 };
		char *in_lower, *found;

		model_count = 0;
		done(db_run(lower_db, "DELETE FROM count_hours; DELETE FROM count_days;"
		    "DELETE FROM count_totals", &err));
		done(db_run(upper_db, "DELETE FROM count_hours; DELETE FROM count_days;"
		    "DELETE FROM count_totals", &err));
		for (int i = 0; i < 30; i++)
			add_some(lower, 1, 1, &made);
		done(count_base_finish(lower, &err));
		in_lower = model_expected(&made);
		for (int i = 0; i < 30; i++)
			add_some(upper, 1, 1, &made);
		done(count_base_finish(upper, &err));
		add_lines(&lines, lower_db, 1, 1);
		found = model_finish(&lines);
		assert_string_equal(found, in_lower);
		free(found);
		free(in_lower);
		copy_over();
		expect(lower_db, 1, 1, &made);
	}
}

static void
damaged_rows_are_refused(void **state)
{
	struct count_row row = minute(FROM_MS, 1, 0);

	(void)state;
	add(lower, 1, 1, FROM_MS, 1, 1);
	done(count_base_finish(lower, &err));
	done(db_run(lower_db, "UPDATE count_totals SET good = -1", &err));
	done(count_base_add_hour(lower, 1, 1, &row, &err));
	assert_int_equal(count_base_finish(lower, &err), -1);
	assert_int_equal(err.exit_code, EXIT_DATA);
	done(db_run(lower_db, "UPDATE count_hours SET minutes = x'ff'", &err));
	assert_int_equal(count_base_add_hour(lower, 1, 1, &row, &err), -1);
	assert_int_equal(err.exit_code, EXIT_DATA);
	done(db_run(lower_db, "UPDATE count_days SET hours = x'00'", &err));
	assert_int_equal(count_base_add_hour(upper, 1, 1, &row, &err), -1);
	assert_int_equal(err.exit_code, EXIT_DATA);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(cells_add_up),
		TEST(an_upper_base_adds_to_the_lower),
		TEST(damaged_rows_are_refused),
	};

	return cmocka_run_group_tests_name("base_cells", tests, NULL, NULL);
}
