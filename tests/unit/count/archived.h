/* SPDX-License-Identifier: ISC
 *
 * archived -- for the tests of counts: events of traffic.h are written to partitions of an
 * archive and removed from the database, as tel-archive does, or in part, or twice. The
 * events are chosen by their times.
 */
#ifndef TESTS_UNIT_COUNT_ARCHIVED_H
#define TESTS_UNIT_COUNT_ARCHIVED_H

#include "archive/rows.h"
#include "segment/catalog.h"
#include "store/row_store.h"
#include "store/store_identity.h"
#include "tests/unit/count/traffic.h"

#include <sys/stat.h>

#define ARCHIVED_ROOT "archive"
#define ARCHIVED_TABLE "http_events"

static char archived_store[STORE_ID_SIZE]; /* the id of the database */

static inline int
archived_compare(const void *a, const void *b)
{
	const struct model_event *left = a, *right = b;

	return (left->ts_ms > right->ts_ms) - (left->ts_ms < right->ts_ms);
}

static inline bool
archived_is_in_table(struct db_statement *find, int64_t id)
{
	DB_BIND(find, db_value_integer(":id", id));
	if (db_step(find, &err) != 1)
		return false;
	db_reset(find);
	return true;
}

/* Returns the events of the database from from_ms on and before until_ms, in order of
 * time, which the caller frees. */
static inline struct model_event *
archived_events(int64_t from_ms, int64_t until_ms, size_t *count)
{
	struct model_event *events = mem_new(model_count + 1, sizeof(*events));
	struct db_statement *find;

	done(db_prepare(db, &find, "SELECT 1 FROM " ARCHIVED_TABLE " WHERE id = :id", &err));
	*count = 0;
	for (size_t i = 0; i < model_count; i++)
		if (model_events[i].ts_ms >= from_ms && model_events[i].ts_ms < until_ms &&
		    archived_is_in_table(find, model_events[i].id))
			events[(*count)++] = model_events[i];
	db_finalize(find);
	if (*count > 0)
		qsort(events, *count, sizeof(*events), archived_compare);
	return events;
}

/* Opens the catalog of an archive, which is made if it is missing. store is the id of the
 * database that it is said to be of; NULL: this one. */
static inline void
archived_open(struct catalog *catalog, const char *root, const char *store)
{
	char *remembered;

	done(store_identity_read(db, archived_store, &remembered, &err));
	free(remembered);
	(void)mkdir(root, 0755);
	done(catalog_init(catalog, root, false, &err));
	done(catalog_claim(catalog, store != NULL ? store : archived_store, "t.db", &err));
}

/* Sets the name of the next partition of a day. */
static inline struct part_name
archived_name(const struct catalog *catalog, int64_t ts_ms)
{
	struct part_name name = { .tier = "warm", .table = ARCHIVED_TABLE,
		.format = "jsonl.zst", .number = (int)catalog->count + 1,
		.day_ms = ts_ms - ts_ms % COUNT_DAY_MS };

	tim_print_day(name.day, ts_ms);
	return name;
}

/* Ends a partition and adds it to the catalog. */
static inline void
archived_finish(struct catalog *catalog, struct part_writer *writer,
    const struct part_name *name)
{
	struct catalog_entry entry = { .name = *name, .created_ms = NOW_MS,
		.program = "test 1", .store_version = 1 };

	done(part_writer_finish(writer, &entry.facts, &err));
	done(catalog_add(catalog, &entry, &err));
}

/* Writes the events, which are of one day and in the database, to a partition. */
static inline void
archived_write_to(const char *root, const char *store, int64_t from_ms, int64_t until_ms)
{
	struct buf line = BUF_EMPTY;
	struct part_writer *writer;
	struct archive_rows *rows;
	struct catalog catalog;
	struct part_name name;
	size_t count;
	struct model_event *events = archived_events(from_ms, until_ms, &count);

	archived_open(&catalog, root, store);
	name = archived_name(&catalog, from_ms);
	done(archive_rows_open(&rows, db, ARCHIVED_TABLE, &err));
	done(part_writer_open(&writer, root, &name, &err));
	for (size_t i = 0; i < count; i++) {
		if (archive_rows_line(rows, events[i].id, &line, &err) != 1)
			fail_msg("%s", err.text);
		done(part_writer_add(writer, events[i].ts_ms, line.data, line.len, &err));
	}
	if (count > 0)
		archived_finish(&catalog, writer, &name);
	else
		part_writer_abandon(writer);
	archive_rows_close(rows);
	catalog_release(&catalog);
	buf_release(&line);
	free(events);
}

static inline void
archived_write(int64_t from_ms, int64_t until_ms)
{
	archived_write_to(ARCHIVED_ROOT, NULL, from_ms, until_ms);
}

static inline int64_t
archived_last_batch(void)
{
	int64_t batch_no;

	done(db_integer(db, "SELECT max(no) FROM batches", 0, &batch_no, &err));
	return batch_no;
}

/* Removes the events from the table. listed_batch_no is that of their departure, so that
 * definitions that have counted so far keep them; -1: nobody has counted them. */
static inline void
archived_remove(int64_t from_ms, int64_t until_ms, int64_t listed_batch_no)
{
	struct row_remover *remover;
	size_t count;
	struct model_event *events = archived_events(from_ms, until_ms, &count);

	done(row_remover_open(&remover, db, ARCHIVED_TABLE, "/archive", listed_batch_no,
	    &err));
	done(db_begin(db, &err));
	for (size_t i = 0; i < count; i++)
		done(row_remover_remove(remover, events[i].id, events[i].ts_ms, &err));
	done(row_remover_finish(remover, traffic_now_ms, &err));
	if (listed_batch_no < 0)
		done(db_run(db, "UPDATE departures SET listed_batch_no = NULL"
		    " WHERE listed_batch_no < 0", &err));
	done(db_commit(db, &err));
	row_remover_close(remover);
	free(events);
}

/* Packs the events, which definitions that are up to date have counted; a partition for
 * each day. */
static inline void
archived_pack(int64_t from_ms, int64_t until_ms)
{
	for (int64_t at_ms = from_ms, end_ms; at_ms < until_ms; at_ms = end_ms) {
		end_ms = at_ms - at_ms % COUNT_DAY_MS + COUNT_DAY_MS;
		if (end_ms > until_ms)
			end_ms = until_ms;
		archived_write(at_ms, end_ms);
	}
	archived_remove(from_ms, until_ms, archived_last_batch());
}

/* Says whether the events are among the counts that are expected. */
static inline void
archived_count(int64_t from_ms, int64_t until_ms, bool is_counted)
{
	for (size_t i = 0; i < model_count; i++)
		if (model_events[i].ts_ms >= from_ms && model_events[i].ts_ms < until_ms)
			model_events[i].is_uncounted = !is_counted;
}

/* Appends the path of the first partition of the day. */
static inline void
archived_path(struct buf *out, int64_t day_ms)
{
	struct catalog catalog;

	archived_open(&catalog, ARCHIVED_ROOT, NULL);
	for (size_t i = 0; i < catalog.count && out->len == 0; i++)
		if (catalog.entries[i].name.day_ms == day_ms)
			part_path(out, ARCHIVED_ROOT, &catalog.entries[i].name);
	catalog_release(&catalog);
	assert_true(out->len > 0);
}

#endif
