/* SPDX-License-Identifier: ISC
 *
 * The partitions of pack: the rows of one table, a new file for each day.
 */
#include "archive/pack_private.h"
#include "archive/cleanup.h"
#include "base/tim.h"
#include "store/store.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#define TIER "warm"
#define FORMAT "jsonl.zst"
/* Rows between two reports of progress, and how many refused rows get a warning
 * each. */
#define PROGRESS_ROWS 4096
#define MAX_WARNINGS 10

void
archive_pack_tell(const struct packer *packer, const char *doing, const char *day,
    int64_t row_count)
{
	const struct archive_watch *watch = &packer->pack->watch;

	if (watch->progress != NULL)
		watch->progress(watch->context, doing, packer->table, day,
		    row_count);
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
	archive_pack_tell(packer, "verifying", packer->name.day, packer->row_count);
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
		archive_pack_tell(packer, "packing", packer->name.day,
		    packer->row_count);
	return packer->part == NULL ? 0
	    : part_writer_add(packer->part, ts_ms, line->data, line->len, err);
}

int
archive_pack_rows(struct packer *packer, struct err *err)
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
