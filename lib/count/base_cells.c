/* SPDX-License-Identifier: ISC
 *
 * Adds cells to hours, and what they add up to, to days and totals.
 */
#include "count/base_private.h"
#include "count/group_order.h"

#include <string.h>

#define CELL_VALUES " :good, :bad, :unknown, :excluded"

int
base_cells_open(struct base_cells *cells, struct db *db, struct err *err)
{
	if (db_prepare(db, &cells->read_hour, "SELECT minutes, seal FROM count_hours"
	    " WHERE definition_no = :no AND hour = :hour AND group_no = :group_no",
	    err) < 0 || db_prepare(db, &cells->write_hour, "INSERT OR REPLACE"
	    " INTO count_hours (definition_no, hour, group_no, minutes, seal)"
	    " VALUES (:no, :hour, :group_no, :minutes, :seal)", err) < 0 ||
	    db_prepare(db, &cells->read_day, "SELECT hours, seal, good, bad, unknown, excluded,"
	    " bad_minutes, first_ms, newest_ms FROM count_days"
	    " WHERE definition_no = :no AND day = :day AND group_no = :group_no",
	    err) < 0 || db_prepare(db, &cells->write_day, "INSERT OR REPLACE"
	    " INTO count_days (definition_no, day, group_no, good, bad, unknown,"
	    " excluded, bad_minutes, first_ms, newest_ms, hours, seal) VALUES"
	    " (:no, :day, :group_no," CELL_VALUES ", :bad_minutes, :first_ms,"
	    " :newest_ms, :hours, :seal)", err) < 0)
		return -1;
	if (db_prepare(db, &cells->read_total, "SELECT good, bad, unknown, excluded,"
	    " first_ms, newest_ms, seal FROM count_totals"
	    " WHERE definition_no = :no AND group_no = :group_no", err) < 0 ||
	    db_prepare(db, &cells->write_total, "INSERT OR REPLACE INTO count_totals"
	    " (definition_no, group_no, good, bad, unknown, excluded, first_ms,"
	    " newest_ms, seal) VALUES (:no, :group_no," CELL_VALUES ", :first_ms,"
	    " :newest_ms, :seal)", err) < 0)
		return -1;
	return 0;
}

void
base_cells_close(struct base_cells *cells)
{
	db_finalize(cells->read_hour);
	db_finalize(cells->write_hour);
	db_finalize(cells->read_day);
	db_finalize(cells->write_day);
	db_finalize(cells->read_total);
	db_finalize(cells->write_total);
	buf_release(&cells->bytes);
}

/* Fails when the seal is not that of the row. */
static int
check_seal(const struct count_base *base, const struct count_sealed *row, int64_t seal,
    struct err *err)
{
	if (count_seal(row) == seal)
		return 0;
	return count_seal_fail(row, db_path(base->db), err);
}

/* The numbers of a cell in the columns from `first` on. */
static struct count_cell
read_cell(struct db_statement *row, int first)
{
	return (struct count_cell){
		.good = db_column_integer(row, first),
		.bad = db_column_integer(row, first + 1),
		.unknown = db_column_integer(row, first + 2),
		.excluded = db_column_integer(row, first + 3),
		.bad_minutes = db_column_integer(row, first + 4),
		.first_ms = db_column_integer(row, first + 5),
		.newest_ms = db_column_integer(row, first + 6),
	};
}

/* Steps a statement whose values are bound and adds the blob of its row to cells. Returns
 * 1; 0 when there is no row; -1 on an error. */
static int
read_cells(const struct count_base *base, struct db_statement *statement, int64_t no,
    int64_t group_no, struct count_row *row, struct err *err)
{
	struct count_sealed sealed = { no, row->from_ms, group_no, NULL, NULL, 0 };
	int result = db_step(statement, err);
	struct count_cell cell;

	if (result < 1)
		return result;
	sealed.bytes = db_column_blob(statement, 0);
	sealed.len = db_column_bytes(statement, 0);
	if (row->count == COUNT_HOURS) {
		cell = read_cell(statement, 2);
		sealed.cell = &cell;
	}
	if (check_seal(base, &sealed, db_column_integer(statement, 1), err) < 0 ||
	    count_row_read(row, sealed.bytes, sealed.len, err) < 0)
		result = -1;
	db_reset(statement);
	return result;
}

/* Adds the cells of the base, or of the one below, to the row of an hour. */
static int
read_hour(struct count_base *base, int64_t no, int64_t group_no,
    struct count_row *row, struct err *err)
{
	struct db_statement *statement = base->cells.read_hour;
	int result;

	DB_BIND(statement, db_value_integer(":no", no),
	    db_value_integer(":hour", row->from_ms / COUNT_HOUR_MS),
	    db_value_integer(":group_no", group_no));
	result = read_cells(base, statement, no, group_no, row, err);
	if (result == 0 && base->under != NULL)
		result = read_hour(base->under, no, group_no, row, err);
	return result < 0 ? -1 : 0;
}

static int
read_day(struct count_base *base, int64_t no, int64_t group_no, struct count_row *row,
    struct err *err)
{
	struct db_statement *statement = base->cells.read_day;
	int result;

	DB_BIND(statement, db_value_integer(":no", no),
	    db_value_integer(":day", row->from_ms / COUNT_DAY_MS),
	    db_value_integer(":group_no", group_no));
	result = read_cells(base, statement, no, group_no, row, err);
	if (result == 0 && base->under != NULL)
		result = read_day(base->under, no, group_no, row, err);
	return result < 0 ? -1 : 0;
}

static int
read_total(struct count_base *base, int64_t no, int64_t group_no,
    struct count_cell *total, struct err *err)
{
	struct db_statement *statement = base->cells.read_total;
	int result;

	DB_BIND(statement, db_value_integer(":no", no),
	    db_value_integer(":group_no", group_no));
	result = db_step(statement, err);
	if (result == 1) {
		total->good = db_column_integer(statement, 0);
		total->bad = db_column_integer(statement, 1);
		total->unknown = db_column_integer(statement, 2);
		total->excluded = db_column_integer(statement, 3);
		total->first_ms = db_column_integer(statement, 4);
		total->newest_ms = db_column_integer(statement, 5);
		if (check_seal(base, &(struct count_sealed){ no, 0, group_no, total, NULL,
		    0 }, db_column_integer(statement, 6), err) < 0)
			result = -1;
		db_reset(statement);
		if (!count_cell_is_valid(total))
			return err_set(err, EXIT_DATA, "%s: is damaged: impossible "
			    "numbers in a total; delete it", db_path(base->db));
	} else if (result == 0 && base->under != NULL)
		return read_total(base->under, no, group_no, total, err);
	return result < 0 ? -1 : 0;
}

static int
write_total(struct count_base *base, struct err *err)
{
	struct base_cells *cells = &base->cells;
	struct count_cell total = { 0 };

	if (read_total(base, cells->no, cells->group_no, &total, err) < 0)
		return -1;
	/* A total without events has no row. */
	if (count_cell_total(&total) == 0 &&
	    count_group_order_add(base, cells->no, cells->group_no, err) < 0)
		return -1;
	count_cell_add(&total, &cells->added);
	total.bad_minutes = 0; /* those of different days are not told apart here */
	DB_BIND(cells->write_total, db_value_integer(":no", cells->no),
	    db_value_integer(":group_no", cells->group_no),
	    db_value_integer(":good", total.good),
	    db_value_integer(":bad", total.bad),
	    db_value_integer(":unknown", total.unknown),
	    db_value_integer(":excluded", total.excluded),
	    db_value_integer(":first_ms", total.first_ms),
	    db_value_integer(":newest_ms", total.newest_ms),
	    db_value_integer(":seal", count_seal(&(struct count_sealed){ cells->no, 0,
	    cells->group_no, &total, NULL, 0 })));
	return db_execute(cells->write_total, err);
}

int
count_base_finish(struct count_base *base, struct err *err)
{
	struct base_cells *cells = &base->cells;
	struct count_cell sum;

	if (!cells->has_day)
		return 0;
	cells->has_day = false;
	sum = count_row_sum(&cells->day);
	buf_reset(&cells->bytes);
	count_row_write(&cells->bytes, &cells->day);
	DB_BIND(cells->write_day, db_value_integer(":no", cells->no),
	    db_value_integer(":day", cells->day.from_ms / COUNT_DAY_MS),
	    db_value_integer(":group_no", cells->group_no),
	    db_value_integer(":good", sum.good), db_value_integer(":bad", sum.bad),
	    db_value_integer(":unknown", sum.unknown),
	    db_value_integer(":excluded", sum.excluded),
	    db_value_integer(":bad_minutes", sum.bad_minutes),
	    db_value_integer(":first_ms", sum.first_ms),
	    db_value_integer(":newest_ms", sum.newest_ms),
	    db_value_blob(":hours", cells->bytes.data, cells->bytes.len),
	    db_value_integer(":seal", count_seal(&(struct count_sealed){ cells->no,
	    cells->day.from_ms, cells->group_no, &sum, cells->bytes.data,
	    cells->bytes.len })));
	if (db_execute(cells->write_day, err) < 0)
		return -1;
	return write_total(base, err);
}

/* Makes the day of the hour the one that is being added to. */
static int
choose_day(struct count_base *base, int64_t no, int64_t group_no, int64_t hour_ms,
    struct err *err)
{
	struct base_cells *cells = &base->cells;
	int64_t day_ms = hour_ms - hour_ms % COUNT_DAY_MS;

	if (cells->has_day && cells->no == no && cells->group_no == group_no &&
	    cells->day.from_ms == day_ms)
		return 0;
	if (count_base_finish(base, err) < 0)
		return -1;
	cells->no = no;
	cells->group_no = group_no;
	cells->added = (struct count_cell){ 0 };
	count_row_init_day(&cells->day, day_ms);
	if (read_day(base, no, group_no, &cells->day, err) < 0)
		return -1;
	cells->has_day = true;
	return 0;
}

static int
write_hour(struct base_cells *cells, int64_t no, int64_t group_no,
    const struct count_row *hour, struct err *err)
{
	buf_reset(&cells->bytes);
	count_row_write(&cells->bytes, hour);
	DB_BIND(cells->write_hour, db_value_integer(":no", no),
	    db_value_integer(":hour", hour->from_ms / COUNT_HOUR_MS),
	    db_value_integer(":group_no", group_no),
	    db_value_blob(":minutes", cells->bytes.data, cells->bytes.len),
	    db_value_integer(":seal", count_seal(&(struct count_sealed){ no,
	    hour->from_ms, group_no, NULL, cells->bytes.data, cells->bytes.len })));
	return db_execute(cells->write_hour, err);
}

int
count_base_add_hour(struct count_base *base, int64_t no, int64_t group_no,
    const struct count_row *added, struct err *err)
{
	struct base_cells *cells = &base->cells;
	struct count_cell sum = count_row_sum(added), *of_day;
	struct count_row hour;

	if (count_cell_total(&sum) == 0)
		return 0;
	if (choose_day(base, no, group_no, added->from_ms, err) < 0)
		return -1;
	of_day = &cells->day.cells[(added->from_ms - cells->day.from_ms) / COUNT_HOUR_MS];
	count_cell_add(&cells->added, &sum);
	/* An hour without events has no row. */
	if (count_cell_total(of_day) > 0) {
		hour = *added;
		if (read_hour(base, no, group_no, &hour, err) < 0)
			return -1;
		added = &hour;
		sum = count_row_sum(&hour);
	}
	*of_day = sum;
	return write_hour(cells, no, group_no, added, err);
}
