/* SPDX-License-Identifier: ISC */
#include "archive/pack_private.h"
#include "archive/archived.h"
#include "archive/claim.h"
#include "archive/cleanup.h"
#include "count/bring_up.h"
#include "io/file.h"
#include "segment/table.h"
#include "store/store.h"
#include "store/store_identity.h"
#include "tel/event.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void
tell_deleted(void *context, int64_t deleted)
{
	archive_pack_tell(context, "deleting", "", deleted);
}

/* Lists and reads in one snapshot, so that the rows listed are the rows read. */
static int
pack_snapshot(struct packer *packer, struct err *err)
{
	struct archive_pack *pack = packer->pack;
	int64_t known = 0;

	if (db_run(packer->reader, "BEGIN", err) < 0 ||
	    archive_leaving_open(&packer->leaving, packer->reader, packer->table,
	    pack->before_ms, archive_runs_condition(&packer->runs), err) < 0 ||
	    archive_rows_open(&packer->rows, packer->reader, packer->table,
	    err) < 0 ||
	    archive_mark_archived(packer->leaving, packer->rows, &packer->catalog,
	    packer->table, err) < 0 ||
	    archive_leaving_count(packer->leaving, ARCHIVE_LEAVING_ARCHIVED, &known,
	    err) < 0 ||
	    archive_pack_rows(packer, err) < 0)
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

/* Counts of rows that leave stay in the counts file. Definitions that it could not count
 * find them in the archive. */
static void
bring_counts_up_to_date(struct packer *packer)
{
	const struct archive_watch *watch = &packer->pack->watch;
	struct buf text = BUF_EMPTY;
	struct err err;

	if (count_bring_up_to_date(packer->reader, &err) == 0 || watch->warning == NULL)
		return;
	buf_printf(&text, "%s; what leaves now will be counted from the archive", err.text);
	watch->warning(watch->context, buf_text(&text));
	buf_release(&text);
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
	if (result == 0 && packer->writer != NULL) {
		bring_counts_up_to_date(packer);
		result = archive_leaving_delete(packer->leaving, packer->writer,
		    packer->root, tell_deleted, packer, &packer->pack->deleted_count, err);
	}
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

/* Finds the tables that the database has, and those that are to be packed. */
static int
find_tables(struct packer *packer, struct err *err)
{
	struct archive_runs *runs = &packer->runs;
	int64_t has;

	for (int i = 0; i < EVENT_TABLE_COUNT; i++) {
		const char *table = event_table(i);

		if (has_table(packer->reader, table, &has, err) < 0)
			return -1;
		if (has == 0)
			continue;
		packer->tables[runs->table_count++] = table;
		if (is_wanted(packer->pack, table))
			packer->leaving_tables[runs->leaving_count++] = table;
	}
	return 0;
}

/* Decides once for all tables which runs stay whole. With must_keep nothing is cut. */
static int
find_runs(struct packer *packer, struct err *err)
{
	struct archive_pack *pack = packer->pack;
	struct archive_runs *runs = &packer->runs;

	*runs = (struct archive_runs){ .reader = packer->reader,
		.tables = packer->tables, .leaving = packer->leaving_tables,
		.before_ms = pack->before_ms, .max_span_ms = pack->max_run_span_ms };
	if (db_run(packer->reader, "BEGIN", err) < 0 ||
	    find_tables(packer, err) < 0 || archive_runs_find(runs, err) < 0 ||
	    (packer->writer != NULL &&
	    archive_runs_list(runs, packer->writer, err) < 0) ||
	    (!pack->must_keep &&
	    archive_runs_warn(runs, pack->db_path, &pack->watch, err) < 0))
		return -1;
	pack->kept_run_count = runs->kept_count;
	pack->kept_row_count = runs->kept_row_count;
	pack->cut_run_count = pack->must_keep ? 0 : runs->cut_count;
	return db_run(packer->reader, "COMMIT", err);
}

static int
pack_tables(struct packer *packer, struct err *err)
{
	for (size_t i = 0; i < packer->runs.leaving_count; i++)
		if (pack_table(packer, packer->leaving_tables[i], err) < 0)
			return -1;
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
	    find_runs(&packer, err) < 0 || pack_tables(&packer, err) < 0)
		result = -1;
	db_close(packer.reader);
	db_close(packer.writer);
	segment_scan_release(&packer.scan);
	catalog_release(&packer.catalog);
	lock_release(&lock);
	free(packer.root);
	return result;
}
