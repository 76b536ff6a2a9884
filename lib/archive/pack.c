/* SPDX-License-Identifier: ISC */
#include "archive/pack.h"
#include "base/tim.h"
#include "io/file.h"
#include "archive/archived.h"
#include "archive/claim.h"
#include "segment/table.h"
#include "archive/cleanup.h"
#include "store/store.h"
#include "store/store_identity.h"
#include "tel/event.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TIER "warm"
#define FORMAT "jsonl.zst"
/* Rows between two reports of progress, and how many refused rows get a warning
 * each. */
#define PROGRESS_ROWS 4096
#define MAX_WARNINGS 10

struct packer {
	struct archive_pack *pack;
	struct catalog catalog;
	struct segment_scan scan;
	struct db *reader;
	struct db *writer; /* NULL with must_keep and is_dry_run */
	char *root;        /* of the archive, absolute; owned, NULL without writer */
	bool is_head_known; /* the database knows the catalog as it is */
	/* of the table being packed */
	const char *table;
	struct archive_leaving *leaving;
	struct archive_rows *rows;
	/* of the partition being written, if there is one */
	struct part_writer *part;
	struct part_name name;
	int64_t row_count;
	int64_t start_ns;
};

static void
tell_progress(struct packer *packer, const char *doing, const char *day,
    int64_t row_count)
{
	const struct archive_watch *watch = &packer->pack->watch;

	if (watch->progress != NULL)
		watch->progress(watch->context, doing, packer->table, day,
		    row_count);
}

static void
tell_deleted(void *context, int64_t deleted)
{
	tell_progress(context, "deleting", "", deleted);
}

static int
leave_row(struct packer *packer, int64_t ts_ms, int64_t id,
    const struct err *reason, struct err *err)
{
	const struct archive_watch *watch = &packer->pack->watch;
	struct buf text = BUF_EMPTY;

	if (++packer->pack->refused_count <= MAX_WARNINGS &&
	    watch->warning != NULL) {
		buf_printf(&text, "%s: %s: the row with id %" PRId64
		    " stays in the database: %s", packer->pack->db_path,
		    packer->table, id, reason->text);
		watch->warning(watch->context, buf_text(&text));
		buf_release(&text);
	}
	return archive_leaving_mark(packer->leaving, ts_ms, id, ARCHIVE_LEAVING_REFUSED,
	    err);
}

/* One more than the highest number in the catalog or on disk. */
static int
next_number(const struct packer *packer, const struct part_name *name)
{
	const struct part_name *other;
	int most = 0;

	for (size_t i = 0; i < packer->catalog.count + packer->scan.part_count;
	    i++) {
		other = i < packer->catalog.count
		    ? &packer->catalog.entries[i].name
		    : &packer->scan.parts[i - packer->catalog.count];
		if (strcmp(other->tier, name->tier) == 0 &&
		    strcmp(other->table, name->table) == 0 &&
		    strcmp(other->day, name->day) == 0 && other->number > most)
			most = other->number;
	}
	return most + 1;
}

static int
begin_part(struct packer *packer, int64_t ts_ms, struct err *err)
{
	struct part_name *name = &packer->name;

	memset(name, 0, sizeof(*name));
	memcpy(name->tier, TIER, sizeof(TIER));
	memcpy(name->format, FORMAT, sizeof(FORMAT));
	memcpy(name->table, packer->table, strlen(packer->table));
	tim_print_day(name->day, ts_ms);
	name->day_ms = ts_ms - ts_ms % TIM_MS_PER_DAY;
	name->number = next_number(packer, name);
	packer->start_ns = tim_monotonic_ns();
	packer->row_count = 0;
	if (packer->pack->is_dry_run)
		return 0;
	if (name->number > PART_MAX_NUMBER)
		return err_set(err, EXIT_DATA, "%s: %s: the day %s has %d "
		    "partitions, the most that a day may have", packer->pack->root,
		    name->table, name->day, PART_MAX_NUMBER);
	return part_writer_open(&packer->part, packer->catalog.root, name, err);
}

/* Reads the file back and compares it with what was written. */
static int
prove(const char *path, const struct part_facts *written, struct err *err)
{
	struct part_facts read;

	if (part_check(path, NULL, &read, err) == 0) {
		if (part_facts_equal(&read, written))
			return 0;
		err_set(err, EXIT_IO, "%s: its %s differ from what was written "
		    "when read back; is the disk sound?", path,
		    read.row_count != written->row_count ? "rows" : "bytes");
	}
	/* The file can go: no catalog names it, and all its rows are still in the
	 * database. */
	unlink(path);
	return err_in(err, "nothing was deleted");
}

static void
report_part(struct packer *packer, const struct part_facts *facts)
{
	struct archive_pack *pack = packer->pack;
	struct archive_report report = { .name = &packer->name, .facts = facts };
	struct buf path = BUF_EMPTY;

	pack->part_count++;
	pack->row_count += facts->row_count;
	pack->file_bytes += facts->file_bytes;
	pack->raw_bytes += facts->raw_bytes;
	if (pack->watch.part == NULL)
		return;
	part_name_print(&path, &packer->name);
	report.path = buf_text(&path);
	report.elapsed_ms = (tim_monotonic_ns() - packer->start_ns) / 1000000;
	pack->watch.part(pack->watch.context, &report);
	buf_release(&path);
}

static int
end_part(struct packer *packer, struct err *err)
{
	struct archive_pack *pack = packer->pack;
	struct part_writer *part = packer->part;
	struct catalog_entry entry = { .name = packer->name,
		.created_ms = pack->now_ms, .store_version = STORE_VERSION };
	struct buf path = BUF_EMPTY;
	int result;

	if (packer->row_count > 0 && pack->is_dry_run && pack->plan != NULL)
		pack->plan(pack->watch.context, packer->table, packer->name.day,
		    packer->row_count);
	packer->part = NULL;
	if (part == NULL)
		return 0;
	tell_progress(packer, "verifying", packer->name.day, packer->row_count);
	archive_program(entry.program);
	part_path(&path, packer->catalog.root, &packer->name);
	result = part_writer_finish(part, &entry.facts, err);
	if (result == 0)
		result = prove(buf_text(&path), &entry.facts, err);
	if (result == 0)
		result = catalog_add(&packer->catalog, &entry, err);
	packer->is_head_known = false;
	if (result == 0)
		report_part(packer, &entry.facts);
	buf_release(&path);
	return result;
}

static int
pack_row(struct packer *packer, int64_t ts_ms, int64_t id, struct buf *line,
    struct err *err)
{
	struct err reason;
	int result;

	if (ts_ms < 0 || ts_ms > TIM_MAX_MS) {
		err_set(&reason, EXIT_DATA, "ts_ms %" PRId64
		    " is not within the years 1970 to 9999", ts_ms);
		return leave_row(packer, ts_ms, id, &reason, err);
	}
	result = archive_rows_line(packer->rows, id, line, &reason);
	if (result == 0)
		return leave_row(packer, ts_ms, id, &reason, err);
	if (result < 0) {
		*err = reason;
		return -1;
	}
	if (packer->row_count > 0 &&
	    ts_ms >= packer->name.day_ms + TIM_MS_PER_DAY) {
		if (end_part(packer, err) < 0)
			return -1;
		packer->row_count = 0;
	}
	if (packer->row_count == 0 && begin_part(packer, ts_ms, err) < 0)
		return -1;
	if (packer->row_count++ % PROGRESS_ROWS == PROGRESS_ROWS - 1)
		tell_progress(packer, "packing", packer->name.day,
		    packer->row_count);
	return packer->part == NULL ? 0
	    : part_writer_add(packer->part, ts_ms, line->data, line->len, err);
}

static int
pack_rows(struct packer *packer, struct err *err)
{
	struct buf line = BUF_EMPTY;
	int64_t ts_ms, id;
	int result;

	packer->row_count = 0;
	while ((result = archive_leaving_next(packer->leaving, ARCHIVE_LEAVING_NEW, &ts_ms,
	    &id, err)) == 1) {
		result = pack_row(packer, ts_ms, id, &line, err);
		if (result < 0)
			break;
	}
	buf_release(&line);
	return result < 0 ? -1 : end_part(packer, err);
}

/* Lists and reads in one snapshot, so that the rows listed are the rows read. */
static int
pack_snapshot(struct packer *packer, struct err *err)
{
	struct archive_pack *pack = packer->pack;
	int64_t known = 0;

	if (db_run(packer->reader, "BEGIN", err) < 0 ||
	    archive_leaving_open(&packer->leaving, packer->reader, packer->table,
	    pack->before_ms, err) < 0 ||
	    archive_rows_open(&packer->rows, packer->reader, packer->table,
	    err) < 0 ||
	    archive_mark_archived(packer->leaving, packer->rows, &packer->catalog,
	    packer->table, err) < 0 ||
	    archive_leaving_count(packer->leaving, ARCHIVE_LEAVING_ARCHIVED, &known,
	    err) < 0 ||
	    pack_rows(packer, err) < 0)
		return -1;
	pack->known_count += known;
	return db_run(packer->reader, "COMMIT", err);
}

/* What is deleted is known to be in the archive with this catalog. */
static int
remember_archive(struct packer *packer, struct err *err)
{
	if (packer->is_head_known)
		return 0;
	packer->is_head_known = true;
	return store_identity_set_archive(packer->writer, packer->root,
	    packer->catalog.whole_bytes, packer->catalog.head, err);
}

static int
pack_table(struct packer *packer, const char *table, struct err *err)
{
	int result;

	packer->table = table;
	result = pack_snapshot(packer, err);
	part_writer_abandon(packer->part);
	packer->part = NULL;
	archive_rows_close(packer->rows);
	packer->rows = NULL;
	if (result == 0 && packer->writer != NULL)
		result = remember_archive(packer, err);
	if (result == 0 && packer->writer != NULL)
		result = archive_leaving_delete(packer->leaving, packer->writer,
		    packer->root, tell_deleted, packer, &packer->pack->deleted_count, err);
	archive_leaving_close(packer->leaving);
	packer->leaving = NULL;
	return result;
}

static bool
is_wanted(const struct archive_pack *pack, const char *table)
{
	for (size_t i = 0; i < pack->table_count; i++)
		if (strcmp(pack->tables[i], table) == 0)
			return true;
	return pack->table_count == 0;
}

/* An old database that is only read may lack a table. */
static int
has_table(struct db *db, const char *table, int64_t *has, struct err *err)
{
	struct buf sql = BUF_EMPTY;
	int result;

	buf_printf(&sql, "SELECT count(*) FROM main.sqlite_schema"
	    " WHERE type = 'table' AND name = '%s'", table);
	result = db_integer(db, buf_text(&sql), 0, has, err);
	buf_release(&sql);
	return result;
}

static int
pack_tables(struct packer *packer, struct err *err)
{
	int64_t has;

	for (int i = 0; i < EVENT_TABLE_COUNT; i++) {
		const char *table = event_table(i);

		if (!is_wanted(packer->pack, table))
			continue;
		if (has_table(packer->reader, table, &has, err) < 0 ||
		    (has > 0 && pack_table(packer, table, err) < 0))
			return -1;
	}
	return 0;
}

/* The database is opened for reading first, so that a mistyped name does not
 * make a new one. */
static int
open_databases(struct packer *packer, struct err *err)
{
	struct archive_pack *pack = packer->pack;

	if (store_open(&packer->reader, pack->db_path, DB_READ, DB_WAIT_MS,
	    err) < 0)
		return -1;
	if (!pack->must_keep && !pack->is_dry_run &&
	    store_open(&packer->writer, pack->db_path, DB_WRITE, DB_WAIT_MS,
	    err) < 0)
		return -1;
	return archive_leaving_prepare(packer->reader, err);
}

static int
open_archive(struct packer *packer, struct lock *lock, struct err *err)
{
	struct archive_pack *pack = packer->pack;
	struct stat status;

	/* Without an archive there is nothing to compare with. */
	if (pack->is_dry_run)
		return stat(pack->root, &status) < 0 && errno == ENOENT ? 0
		    : catalog_init(&packer->catalog, pack->root, false, err);
	if (catalog_lock(pack->root, lock, err) < 0 ||
	    catalog_init(&packer->catalog, pack->root, false, err) < 0 ||
	    archive_claim(&packer->catalog, packer->reader, pack->db_path, err) < 0)
		return -1;
	return archive_clean_up(&packer->catalog, &packer->scan, pack->now_ms,
	    &pack->watch, err);
}

int
archive_pack(struct archive_pack *pack, struct err *err)
{
	struct packer packer = { .pack = pack };
	struct lock lock = LOCK_NONE;
	int result = 0;

	if (segment_tables_check(pack->tables, pack->table_count, err) < 0)
		return -1;
	if (open_databases(&packer, err) < 0 ||
	    open_archive(&packer, &lock, err) < 0 ||
	    (packer.writer != NULL &&
	    file_real_path(pack->root, &packer.root, err) < 0) ||
	    pack_tables(&packer, err) < 0)
		result = -1;
	db_close(packer.reader);
	db_close(packer.writer);
	segment_scan_release(&packer.scan);
	catalog_release(&packer.catalog);
	lock_release(&lock);
	free(packer.root);
	return result;
}
