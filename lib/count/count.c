/* SPDX-License-Identifier: ISC */
#include "base/mem.h"
#include "base/require.h"
#include "base/tim.h"
#include "count/count_private.h"

#include <stdlib.h>
#include <string.h>

/* A definition that nobody asked for in so long is forgotten. */
#define KEPT_MS (INT64_C(30) * TIM_MS_PER_DAY)

static const char changes_sql[] = "SELECT total_changes()";

/* Makes one of definitions that count the same. */
static void
add_wanted(struct count *count, const struct slo_definition *definition)
{
	struct buf text = BUF_EMPTY;
	size_t i = 0;

	slo_definition_text(&text, definition);
	while (i < count->wanted_count &&
	    strcmp(count->wanted[i].text, buf_text(&text)) != 0)
		i++;
	count->places[count->place_count++] = i;
	if (i < count->wanted_count) {
		buf_release(&text);
		return;
	}
	count->wanted[count->wanted_count++] = (struct count_wanted){
		.definition = *definition, .text = text.data };
}

static void
end_snapshot(struct count *count)
{
	struct err ignored;

	if (count->has_snapshot && db_run(count->db, "ROLLBACK", &ignored) < 0)
		return;
	count->has_snapshot = false;
}

static int
begin_snapshot(struct count *count, struct err *err)
{
	if (db_run(count->db, "BEGIN", err) < 0)
		return -1;
	count->has_snapshot = true;
	return 0;
}

static void
tell_progress(const struct count *count)
{
	if (count->options.progress != NULL)
		count->options.progress(count->options.context,
		    count->report.row_count);
}

/* Events of standard input have no archive. */
static int
find_archive(struct count *count, struct err *err)
{
	const char *given = count->options.archive;

	if (store_identity_read(count->db, count->store_id, &count->remembered, err) < 0)
		return -1;
	count->archive = (struct count_archive){
		.root = db_path(count->db)[0] == '\0' ? NULL
		    : given != NULL ? given : count->remembered,
		.store = count->store_id, .is_given = given != NULL };
	return 0;
}

/* Counts what is new in base and, when nothing is, what the archive has. Returns as
 * count_catch_up. */
static int
advance(struct count *count, struct count_base *base, int64_t max_rows, struct err *err)
{
	int result = count_catch_up(base, count->db, count->wanted, count->wanted_count,
	    max_rows, &count->report.row_count, err);

	if (result != 0)
		return result;
	return count_archived(base, count->db, count->wanted, count->wanted_count,
	    &count->archive, &count->report.row_count, err);
}

/* One step, within the transaction of the file. */
static int
step_in_transaction(struct count *count, struct err *err)
{
	int result, checked;

	/* The file is read first, so that the database is as new or newer. */
	if (begin_snapshot(count, err) < 0)
		return -1;
	result = advance(count, count->below, COUNT_STEP_ROWS, err);
	end_snapshot(count);
	if (result < 0)
		return -1;
	for (size_t i = 0; i < count->wanted_count && result == 0; i++)
		if (count_corrections_settle(count->below, count->wanted[i].no, err) < 0)
			return -1;
	for (size_t i = 0; i < count->wanted_count; i++)
		if (count_base_asked(count->below, count->wanted[i].no, tim_now_ms(),
		    err) < 0)
			return -1;
	checked = count_file_check(&count->file, err);
	return checked < 0 ? -1 : result;
}

/* Ends the transaction of the file, which began with `before` changes. A commit needs the
 * file for itself alone, so nothing is committed when nothing was changed. */
static int
end_transaction(struct db *db, int64_t before, struct err *err)
{
	int64_t changes;

	if (db_integer(db, changes_sql, 0, &changes, err) < 0) {
		db_rollback(db);
		return -1;
	}
	if (changes != before)
		return db_commit(db, err);
	db_rollback(db);
	return 0;
}

/* Brings the file up to date, in transactions of bounded length. Returns 1; 0 when
 * another program writes the file, or reads it for longer than a commit waits; -1 on an
 * error. */
static int
update_file(struct count *count, struct err *err)
{
	int64_t before;
	int result;

	do {
		if (db_integer(count->file.db, changes_sql, 0, &before, err) < 0)
			return -1;
		if (db_begin(count->file.db, err) < 0)
			return err->exit_code == EXIT_AGAIN ? 0 : -1;
		result = step_in_transaction(count, err);
		if (result >= 0 && count_base_remove_old(count->below,
		    tim_now_ms() - KEPT_MS, err) < 0)
			result = -1;
		if (result < 0) {
			db_rollback(count->file.db);
			return -1;
		}
		if (end_transaction(count->file.db, before, err) < 0)
			return err->exit_code == EXIT_AGAIN ? 0 : -1;
		count->report.is_file_written = true;
		tell_progress(count);
	} while (result == 1);
	return 1;
}

/* Makes the temporary base, in a transaction that stays open. */
static int
open_temporary(struct count *count, struct err *err)
{
	if (db_open(&count->temporary, DB_TEMPORARY, DB_WRITE, 0, err) < 0 ||
	    db_run(count->temporary, "PRAGMA synchronous = OFF", err) < 0 ||
	    db_begin(count->temporary, err) < 0 ||
	    count_base_begin(count->temporary, "", tim_now_ms(), err) < 0)
		return -1;
	return count_base_open(&count->base, count->temporary, count->below, err);
}

/* Counts what the file lacks, or everything, in a temporary base. */
static int
count_beside(struct count *count, struct err *err)
{
	int result;

	if (open_temporary(count, err) < 0)
		return -1;
	/* Rows that are in no batch are counted too where there is no file to miss them. */
	if (count->below == NULL && count_all_rows(count->base, count->db, count->wanted,
	    count->wanted_count, &count->report.row_count, err) < 0)
		return -1;
	do
		result = advance(count, count->base, INT64_MAX, err);
	while (result == 1);
	if (result < 0)
		return -1;
	return db_commit(count->temporary, err);
}

/* Begins the snapshots that the caller reads: first of the file, then of the database. */
static int
choose_base(struct count *count, struct err *err)
{
	int is_enough = 0;

	if (count->below != NULL && db_run(count->file.db, "BEGIN", err) < 0)
		return -1;
	/* The first statement that reads begins the snapshot. */
	if (count->below != NULL) {
		int64_t ignored;

		if (db_integer(count->file.db, "SELECT max(no) FROM count_definitions",
		    0, &ignored, err) < 0)
			return -1;
	}
	if ((!count->is_within && begin_snapshot(count, err) < 0) ||
	    departures_read(count->db, 0, &count->departures, err) < 0)
		return -1;
	/* Who may not write the file asks the archive for what the file misses. */
	if (count->below != NULL)
		is_enough = count_is_current(count->below, count->db, count->wanted,
		    count->wanted_count, &count->departures, !count->is_up_to_date &&
		    count->archive.root != NULL, err);
	if (is_enough < 0)
		return -1;
	if (is_enough == 0)
		return count_beside(count, err);
	count->base = count->below;
	return 0;
}

static int
open_file(struct count *count, struct err *err)
{
	int found;

	if (count->options.has_no_file)
		return 0;
	found = count_file_open(&count->file, count->db, count->options.path, err);
	if (found < 1) {
		count_file_close(&count->file);
		return found;
	}
	count->report.has_file = true;
	if (db_integer(count->file.db, "SELECT made_ms FROM count_store", -1,
	    &count->report.since_ms, err) < 0)
		return -1;
	if (count_base_open(&count->below, count->file.db, NULL, err) < 0)
		return -1;
	if (count->file.is_writable) {
		found = update_file(count, err);
		/* What the file has can still be read, and may be all that is left of what
		 * was archived. */
		if (found < 0 && err->exit_code == EXIT_IO) {
			err_set(&count->report.unwritten, EXIT_IO,
			    "%s; what is new is counted beside it", err->text);
			found = 0;
		}
		if (found < 0)
			return -1;
		count->is_up_to_date = found == 1;
	}
	return db_keep_little(count->file.db, err);
}

static int
read_missing(struct count *count, struct err *err)
{
	count->is_missing = mem_new(count->wanted_count * count->departures.count + 1,
	    sizeof(*count->is_missing));
	for (size_t i = 0; i < count->wanted_count; i++)
		if (count_base_read_missing(count->base, count->wanted[i].no,
		    &count->departures, count->is_missing + i * count->departures.count,
		    err) < 0)
			return -1;
	return 0;
}

static struct count *
new_count(struct db *db, const struct slo_definition *definitions, size_t count)
{
	struct count *self = mem_new(1, sizeof(*self));

	self->db = db;
	self->wanted = mem_new(count + 1, sizeof(*self->wanted));
	self->places = mem_new(count + 1, sizeof(*self->places));
	for (size_t i = 0; i < count; i++)
		add_wanted(self, &definitions[i]);
	return self;
}

int
count_open_run(struct count **out, struct db *db,
    const struct slo_definition *definitions, size_t count, const struct run_from *from,
    const char *run_id, int64_t last_ms, struct err *err)
{
	struct count *self = new_count(db, definitions, count);
	const struct scan_values values = { .run_id = run_id, .last_ms = last_ms };
	const struct count_rows rows = { { from->before, from->after,
		"run_id = :run_id AND ts_ms <= :last_ms" }, &values, 1 };

	if (begin_snapshot(self, err) < 0 || open_temporary(self, err) < 0 ||
	    count_rows_of(self->base, db, self->wanted, self->wanted_count, &rows,
	    &self->report.row_count, err) < 0 ||
	    db_commit(self->temporary, err) < 0 || read_missing(self, err) < 0) {
		count_close(self);
		return -1;
	}
	*out = self;
	return 0;
}

static int
open_count(struct count **out, struct count *self, const struct count_options *options,
    struct err *err)
{
	int64_t start_ns = tim_monotonic_ns();

	self->options = *options;
	self->report.since_ms = -1;
	if (find_archive(self, err) < 0 ||
	    open_file(self, err) < 0 || choose_base(self, err) < 0 ||
	    read_missing(self, err) < 0) {
		count_close(self);
		return -1;
	}
	self->report.elapsed_ms = (tim_monotonic_ns() - start_ns) / 1000000;
	*out = self;
	return 0;
}

int
count_open(struct count **out, struct db *db, const struct slo_definition *definitions,
    size_t count, const struct count_options *options, struct err *err)
{
	return open_count(out, new_count(db, definitions, count), options, err);
}

int
count_open_within(struct count **out, struct count *other,
    const struct slo_definition *definitions, size_t count,
    const struct count_options *options, struct err *err)
{
	struct count *self = new_count(other->db, definitions, count);

	REQUIRE(options->has_no_file);
	self->is_within = true;
	return open_count(out, self, options, err);
}

void
count_close(struct count *count)
{
	if (count == NULL)
		return;
	end_snapshot(count);
	last_minute_close(count->last_minute);
	if (count->base != count->below)
		count_base_close(count->base);
	count_base_close(count->below);
	db_close(count->temporary);
	count_file_close(&count->file);
	departures_release(&count->departures);
	for (size_t i = 0; i < count->wanted_count; i++)
		free(count->wanted[i].text);
	free(count->wanted);
	free(count->places);
	free(count->remembered);
	free(count->is_missing);
	free(count);
}

const struct count_report *
count_report(const struct count *count)
{
	return &count->report;
}

const struct departures *
count_departures(const struct count *count)
{
	return &count->departures;
}

bool
count_is_missing(const struct count *count, size_t which, size_t departure)
{
	REQUIRE(which < count->place_count && departure < count->departures.count);
	return count->is_missing[count->places[which] * count->departures.count +
	    departure];
}
