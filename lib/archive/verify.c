/* SPDX-License-Identifier: ISC */
#include "archive/verify.h"
#include "segment/scan.h"

#include <inttypes.h>
#include <string.h>

struct verifier {
	const struct catalog *catalog;
	struct archive_verify *verify;
	struct json_parser *parser;
	bool is_locked; /* another process is packing */
};

static void
report(struct verifier *verifier, const struct archive_report *what)
{
	struct archive_verify *verify = verifier->verify;

	if (what->reason != NULL)
		verify->failure_count++;
	if (verify->watch.part != NULL)
		verify->watch.part(verify->watch.context, what);
}

/* The first fact that differs from the catalog, also in words; absent when all
 * agree. */
static enum archive_fault
compare(const struct part_facts *found, const struct part_facts *said,
    struct buf *words)
{
	const struct {
		enum archive_fault fault;
		const char *what;
		int64_t found, said;
	} numbers[] = {
		{ ARCHIVE_FAULT_size, "bytes", found->file_bytes, said->file_bytes },
		{ ARCHIVE_FAULT_row_count, "rows", found->row_count,
		    said->row_count },
		{ ARCHIVE_FAULT_size, "bytes uncompressed", found->raw_bytes,
		    said->raw_bytes },
		{ ARCHIVE_FAULT_size, "frames", found->frame_count,
		    said->frame_count },
		{ ARCHIVE_FAULT_time_range, "ms for its first row",
		    found->from_ts_ms, said->from_ts_ms },
		{ ARCHIVE_FAULT_time_range, "ms for the end of its rows",
		    found->until_ts_ms, said->until_ts_ms },
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (numbers[i].found != numbers[i].said) {
			buf_printf(words, "the file has %" PRId64 " %s, the "
			    "catalog says %" PRId64, numbers[i].found,
			    numbers[i].what, numbers[i].said);
			return numbers[i].fault;
		}
	if (strcmp(found->sha256, said->sha256) != 0) {
		buf_printf(words, "SHA-256 of the file is %s, the catalog says "
		    "%s", found->sha256, said->sha256);
		return ARCHIVE_FAULT_file_digest;
	}
	if (strcmp(found->raw_sha256, said->raw_sha256) != 0) {
		buf_printf(words, "SHA-256 of the lines is %s, the catalog "
		    "says %s", found->raw_sha256, said->raw_sha256);
		return ARCHIVE_FAULT_digest;
	}
	return ARCHIVE_FAULT_ABSENT;
}

static enum archive_fault
check_part(struct verifier *verifier, const struct catalog_entry *entry,
    const char *path, struct part_facts *found, struct buf *words)
{
	struct err err;

	if (strcmp(entry->name.format, "jsonl.zst") != 0) {
		buf_printf(words, "%s: not a format that this program reads",
		    path);
		return ARCHIVE_FAULT_unknown_format;
	}
	if (part_check(path, verifier->parser, found, &err) < 0) {
		buf_add_text(words, err.text);
		if (err.exit_code == EXIT_NO_INPUT)
			return ARCHIVE_FAULT_missing;
		return err.exit_code == EXIT_DATA ? ARCHIVE_FAULT_damaged
		    : ARCHIVE_FAULT_unreadable;
	}
	buf_printf(words, "%s: ", path);
	return compare(found, &entry->facts, words);
}

static void
verify_entry(struct verifier *verifier, const struct catalog_entry *entry)
{
	struct archive_verify *verify = verifier->verify;
	struct buf below = BUF_EMPTY, path = BUF_EMPTY, words = BUF_EMPTY;
	struct archive_report what = { .name = &entry->name };
	int64_t start_ns = tim_monotonic_ns();
	struct part_facts found;
	enum archive_fault fault;

	if (verify->watch.progress != NULL)
		verify->watch.progress(verify->watch.context, "verifying",
		    entry->name.table, entry->name.day, verify->row_count);
	part_name_print(&below, &entry->name);
	part_path(&path, verifier->catalog->root, &entry->name);
	what.path = buf_text(&below);
	fault = check_part(verifier, entry, buf_text(&path), &found, &words);
	what.reason = archive_fault_word(fault);
	what.words = buf_text(&words);
	what.facts = fault == ARCHIVE_FAULT_ABSENT ? &found : NULL;
	what.elapsed_ms = (tim_monotonic_ns() - start_ns) / 1000000;
	verify->part_count++;
	if (fault == ARCHIVE_FAULT_ABSENT) {
		verify->row_count += found.row_count;
		verify->file_bytes += found.file_bytes;
	}
	report(verifier, &what);
	buf_release(&below);
	buf_release(&path);
	buf_release(&words);
}

static void
report_file(struct verifier *verifier, const char *path,
    const struct part_name *name, enum archive_fault fault, const char *words)
{
	struct archive_report what = { .path = path, .name = name,
		.reason = archive_fault_word(fault) };
	struct buf text = BUF_EMPTY;

	buf_printf(&text, "%s/%s: %s", verifier->catalog->root, path, words);
	what.words = buf_text(&text);
	report(verifier, &what);
	buf_release(&text);
}

static void
warn(struct verifier *verifier, const char *path, const char *words)
{
	const struct archive_watch *watch = &verifier->verify->watch;
	struct buf text = BUF_EMPTY;

	if (watch->warning == NULL)
		return;
	buf_printf(&text, "%s/%s: %s", verifier->catalog->root, path, words);
	watch->warning(watch->context, buf_text(&text));
	buf_release(&text);
}

/* A pack enters a file into the catalog after it has given it its name. */
static void
verify_extra(struct verifier *verifier, const struct part_name *name)
{
	struct buf path = BUF_EMPTY;

	if (catalog_find(verifier->catalog, name) != NULL)
		return;
	part_name_print(&path, name);
	if (verifier->is_locked)
		warn(verifier, buf_text(&path),
		    "not in the catalog yet; a pack is running");
	else
		report_file(verifier, buf_text(&path), name,
		    ARCHIVE_FAULT_not_in_catalog, "not in the catalog; the next "
		    "pack puts it there if it is whole");
	buf_release(&path);
}

static int
verify_files(struct verifier *verifier, struct err *err)
{
	struct segment_scan scan;
	int result = segment_scan(&scan, verifier->catalog->root, err);

	for (size_t i = 0; i < scan.part_count && result == 0; i++)
		verify_extra(verifier, &scan.parts[i]);
	for (size_t i = 0; i < scan.stranger_count && result == 0; i++)
		report_file(verifier, scan.strangers[i], NULL,
		    ARCHIVE_FAULT_stranger, "not a file of an archive");
	for (size_t i = 0; i < scan.leftover_count && result == 0; i++)
		if (!verifier->is_locked)
			warn(verifier, scan.leftovers[i], "left behind by a "
			    "pack that was killed; the next pack removes it");
	segment_scan_release(&scan);
	return result;
}

/* Reads a path as the user typed it: below the root, or with the root in front. */
static int
verify_path(struct verifier *verifier, const char *path, struct err *err)
{
	const char *root = verifier->catalog->root;
	const struct catalog_entry *entry = NULL;
	size_t root_len = strlen(root);
	struct part_name name;

	if (strncmp(path, root, root_len) == 0 && path[root_len] == '/')
		for (path += root_len; *path == '/';)
			path++;
	if (part_name_parse(path, strlen(path), &name) == 0)
		entry = catalog_find(verifier->catalog, &name);
	if (entry == NULL)
		return err_set(err, EXIT_NO_INPUT, "%s: not in the catalog of "
		    "%s; tel-archive ls shows what is", path, root);
	verify_entry(verifier, entry);
	return 0;
}

int
archive_verify(const struct catalog *catalog, struct archive_verify *verify,
    struct err *err)
{
	struct verifier verifier = { .catalog = catalog, .verify = verify,
		.is_locked = catalog_is_locked(catalog->root) };
	int result = 0;

	verifier.parser = json_open(PART_MAX_LINE_BYTES);
	for (size_t i = 0; i < verify->path_count && result == 0; i++)
		result = verify_path(&verifier, verify->paths[i], err);
	if (verify->path_count == 0) {
		for (size_t i = 0; i < catalog->count; i++)
			verify_entry(&verifier, &catalog->entries[i]);
		result = verify_files(&verifier, err);
	}
	json_close(verifier.parser);
	return result;
}
