/* SPDX-License-Identifier: ISC */
#include "archive/list.h"

#include <inttypes.h>
#include <string.h>

static bool
is_wanted(const struct catalog_entry *entry, const char *const *tables,
    size_t table_count)
{
	for (size_t i = 0; i < table_count; i++)
		if (strcmp(tables[i], entry->name.table) == 0)
			return true;
	return table_count == 0;
}

/* How many times smaller the file is than its lines. */
static double
ratio_of(int64_t raw_bytes, int64_t file_bytes)
{
	return file_bytes > 0 ? (double)raw_bytes / (double)file_bytes : 0;
}

static void
print_row(struct buf *out, const char *table, const char *day,
    int64_t row_count, int64_t raw_bytes, int64_t file_bytes,
    const char *path)
{
	buf_printf(out, "%-19s %-10s %11" PRId64 " %14" PRId64 " %13" PRId64
	    " %6.1f%s%s\n", table, day, row_count, raw_bytes, file_bytes,
	    ratio_of(raw_bytes, file_bytes), path[0] != '\0' ? "  " : "", path);
}

void
archive_list_table(struct buf *out, const struct catalog *catalog,
    const char *const *tables, size_t table_count)
{
	int64_t row_count = 0, raw_bytes = 0, file_bytes = 0;
	struct buf path = BUF_EMPTY;

	buf_printf(out, "%-19s %-10s %11s %14s %13s %6s  %s\n", "TABLE", "DAY",
	    "ROWS", "BYTES", "COMPRESSED", "RATIO", "PATH");
	for (size_t i = 0; i < catalog->count; i++) {
		const struct catalog_entry *entry = &catalog->entries[i];
		const struct part_facts *facts = &entry->facts;

		if (!is_wanted(entry, tables, table_count))
			continue;
		buf_reset(&path);
		part_name_print(&path, &entry->name);
		print_row(out, entry->name.table, entry->name.day,
		    facts->row_count, facts->raw_bytes, facts->file_bytes,
		    buf_text(&path));
		row_count += facts->row_count;
		raw_bytes += facts->raw_bytes;
		file_bytes += facts->file_bytes;
	}
	print_row(out, "total", "", row_count, raw_bytes, file_bytes, "");
	buf_release(&path);
}

void
archive_list_jsonl(struct buf *out, const struct catalog *catalog,
    const char *const *tables, size_t table_count)
{
	for (size_t i = 0; i < catalog->count; i++) {
		const struct catalog_entry *entry = &catalog->entries[i];
		struct json_writer json;

		if (!is_wanted(entry, tables, table_count))
			continue;
		json_writer_init(&json, out);
		json_writer_open(&json, '{');
		catalog_entry_print(&json, entry);
		json_writer_key_real(&json, "ratio", ratio_of(
		    entry->facts.raw_bytes, entry->facts.file_bytes));
		json_writer_close(&json, '}');
		buf_add_char(out, '\n');
	}
}
