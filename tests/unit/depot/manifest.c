/* SPDX-License-Identifier: ISC
 *
 * The manifest of a folder: the record of an item, and how a later run finds
 * it.
 */
#include "depot/manifest.h"
#include "tests/unit/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#define SHA_1 "1111111111111111111111111111111111111111111111111111111111111111"
#define SHA_2 "2222222222222222222222222222222222222222222222222222222222222222"

#define FILE_NAME "manifest.jsonl"

static void
add_all(const struct manifest_record *records, size_t count)
{
	struct manifest *manifest;
	struct err err;

	assert_int_equal(manifest_open(&manifest, ".", &err), 0);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(manifest_add(manifest, &records[i], &err), 0);
	assert_int_equal(manifest_sync(manifest, &err), 0);
	manifest_close(manifest);
}

static void
add(const struct manifest_record *record)
{
	add_all(record, 1);
}

static void
the_file_is(const char *expected)
{
	char *text = folder_get(FILE_NAME);

	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
}

static void
every_record_has_every_key(void **state)
{
	const struct manifest_record records[] = {
		{ .at_ms = 1793491200001, .run_id = "r", .work_id = "w", .artifact_id = "a",
		    .outcome = "success", .sha256 = SHA_1, .path = "objects/11/11/x",
		    .content_length = 0, .etag = "\"e\"", .last_modified = "m",
		    .content_type = "t", .url = "u", .resolver = "v", .tier = "i",
		    .reason = "n" },
		{ .content_length = -1 },
	};

	(void)state;
	add_all(records, 2);
	the_file_is("{\"record_type\":\"manifest\",\"schema_version\":1,"
	    "\"timestamp\":\"2026-11-01T00:00:00.001Z\",\"run_id\":\"r\",\"work_id\":\"w\","
	    "\"artifact_id\":\"a\",\"outcome\":\"success\",\"sha256\":\"" SHA_1 "\","
	    "\"path\":\"objects/11/11/x\",\"content_length\":0,\"etag\":\"\\\"e\\\"\","
	    "\"last_modified\":\"m\",\"content_type\":\"t\",\"url\":\"u\",\"resolver\":\"v\","
	    "\"tier\":\"i\",\"reason\":\"n\"}\n"
	    "{\"record_type\":\"manifest\",\"schema_version\":1,"
	    "\"timestamp\":\"1970-01-01T00:00:00.000Z\",\"run_id\":null,\"work_id\":null,"
	    "\"artifact_id\":null,\"outcome\":null,\"sha256\":null,\"path\":null,"
	    "\"content_length\":null,\"etag\":null,\"last_modified\":null,"
	    "\"content_type\":null,\"url\":null,\"resolver\":null,\"tier\":null,"
	    "\"reason\":null}\n");
}

/* The file has URLs, and those may hold secrets. */
static void
the_file_is_for_its_owner_only(void **state)
{
	const struct manifest_record record = { .content_length = -1 };
	struct stat status;
	mode_t mask = umask(0);

	(void)state;
	add(&record);
	umask(mask);
	assert_int_equal(stat(FILE_NAME, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
}

static void
ends_a_torn_line_first(void **state)
{
	struct manifest *manifest;
	struct err err;

	(void)state;
	assert_int_equal(folder_put_text(FILE_NAME, "whole\n{\"torn"), 0);
	assert_int_equal(manifest_open(&manifest, ".", &err), 0);
	manifest_close(manifest);
	the_file_is("whole\n{\"torn\n");
	assert_int_equal(manifest_open(&manifest, ".", &err), 0);
	manifest_close(manifest);
	the_file_is("whole\n{\"torn\n");
}

static void
refuses_a_missing_folder(void **state)
{
	struct manifest *manifest;
	struct err err;

	(void)state;
	assert_int_equal(manifest_open(&manifest, "missing", &err), -1);
	assert_int_equal(err.exit_code, EXIT_CREATE);
	assert_string_equal(err.text, "missing/manifest.jsonl: No such file or directory");
	manifest_close(NULL);
}

static struct manifest_index *
index_of(int64_t broken)
{
	struct manifest_index *index;
	int64_t broken_count = -1;
	struct err err;

	if (manifest_index_open(&index, FILE_NAME, &broken_count, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(broken_count, broken);
	return index;
}

static void
found(struct manifest_index *index, const char *id, const char *sha256, int64_t length)
{
	struct manifest_hit hit;
	struct err err;

	assert_int_equal(manifest_index_find(index, id, &hit, &err), 1);
	assert_string_equal(hit.sha256, sha256);
	assert_int_equal(hit.content_length, length);
}

static void
not_found(struct manifest_index *index, const char *id)
{
	struct manifest_hit hit;
	struct err err;

	assert_int_equal(manifest_index_find(index, id, &hit, &err), 0);
}

static void
finds_stored_items(void **state)
{
	const struct manifest_record records[] = {
		{ .artifact_id = "a", .outcome = "success", .sha256 = SHA_1,
		    .content_length = 5 },
		{ .artifact_id = "b", .outcome = "skipped", .reason = "already_downloaded",
		    .sha256 = SHA_2, .content_length = -1 },
		{ .artifact_id = "c", .outcome = "failure", .sha256 = SHA_1,
		    .content_length = 5 },
		{ .artifact_id = "d", .outcome = "success", .content_length = 5 },
		{ .artifact_id = "e", .outcome = "success", .sha256 = "1111",
		    .content_length = 5 },
		{ .outcome = "success", .sha256 = SHA_1, .content_length = 5 },
		{ .artifact_id = "f", .outcome = "success", .sha256 =
		    "X111111111111111111111111111111111111111111111111111111111111111",
		    .content_length = 5 },
		{ .artifact_id = "g", .outcome = "suc", .sha256 = SHA_1,
		    .content_length = 5 },
	};
	struct manifest_index *index;

	(void)state;
	add_all(records, sizeof(records) / sizeof(records[0]));
	index = index_of(0);
	found(index, "a", SHA_1, 5);
	found(index, "b", SHA_2, -1);
	found(index, "a", SHA_1, 5);
	not_found(index, "c");
	not_found(index, "d");
	not_found(index, "e");
	not_found(index, "f");
	not_found(index, "g");
	not_found(index, "");
	not_found(index, "A");
	manifest_index_close(index);
	manifest_index_close(NULL);
}

static void
the_latest_record_counts(void **state)
{
	struct manifest_record record = { .artifact_id = "a", .outcome = "success",
		.sha256 = SHA_1, .content_length = 1 };
	struct manifest_index *index;

	(void)state;
	add(&record);
	record.sha256 = SHA_2;
	record.content_length = 2;
	add(&record);
	/* A later failure does not hide that the item is stored. */
	record.outcome = "failure";
	record.content_length = 3;
	add(&record);
	index = index_of(0);
	found(index, "a", SHA_2, 2);
	manifest_index_close(index);
}

/* Two texts with the same FNV-1a of 64 bits, from the list of
 * pstibrany/fnv-1a-64bit-collisions. */
static void
tells_apart_items_with_the_same_hash(void **state)
{
	const struct manifest_record records[] = {
		{ .artifact_id = "8yn0iYCKYHlIj4-BwPqk", .outcome = "success",
		    .sha256 = SHA_1, .content_length = 1 },
		{ .artifact_id = "GReLUrM4wMqfg9yzV3KQ", .outcome = "success",
		    .sha256 = SHA_2, .content_length = 2 },
	};
	struct manifest_index *index;

	(void)state;
	add_all(records, 2);
	index = index_of(0);
	not_found(index, records[0].artifact_id);
	found(index, records[1].artifact_id, SHA_2, 2);
	manifest_index_close(index);
}

static void
finds_many_items(void **state)
{
	static struct manifest_record records[3000];
	static char ids[3000][20];
	struct manifest_index *index;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		snprintf(ids[i], sizeof(ids[i]), "id-%d", i);
		records[i] = (struct manifest_record){ .artifact_id = ids[i],
			.outcome = "success", .sha256 = SHA_1, .content_length = i };
	}
	add_all(records, 3000);
	index = index_of(0);
	for (int i = 2999; i >= 0; i--)
		found(index, ids[i], SHA_1, i);
	not_found(index, "id-3000");
	manifest_index_close(index);
}

static void
counts_and_skips_broken_lines(void **state)
{
	const struct manifest_record record = { .artifact_id = "a", .outcome = "success",
		.sha256 = SHA_1, .content_length = 5 };
	struct manifest_index *index;

	(void)state;
	assert_int_equal(folder_put_text(FILE_NAME, "no JSON\n"
	    "{\"record_type\":\"other\",\"artifact_id\":\"b\",\"outcome\":\"success\","
	    "\"sha256\":\"" SHA_1 "\"}\n"
	    "{\"record_type\":\"manifest\",\"artifact_id\":\"b\",\"outcome\":\"success\"}\n"
	    "{\"record_type\":\"manifest\",\"artifact_id\":\"b\",\"outc"), 0);
	add(&record);
	index = index_of(2);
	found(index, "a", SHA_1, 5);
	not_found(index, "b");
	manifest_index_close(index);
}

static void
refused(const char *text, int exit_code, const char *words)
{
	struct manifest_index *index;
	int64_t broken_count;
	struct err err;

	assert_int_equal(folder_put_text(FILE_NAME, text), 0);
	assert_int_equal(manifest_index_open(&index, FILE_NAME, &broken_count, &err), -1);
	assert_int_equal(err.exit_code, exit_code);
	assert_string_equal(err.text, words);
}

static void
refuses_files_that_are_no_manifest(void **state)
{
	struct manifest_index *index;
	int64_t broken_count;
	struct err err;

	(void)state;
	refused("{\"id\":1}\n{\"record_type\":\"manifests\"}\n", EXIT_DATA, FILE_NAME
	    ": not a manifest: no line has \"record_type\":\"manifest\"");
	refused("{\"record_type\":\"manifest\",\"schema_version\":1}\n"
	    "{\"record_type\":\"manifest\",\"schema_version\":2}\n", EXIT_DATA, FILE_NAME
	    ": line 2: schema_version 2; this program reads up to 1");
	assert_int_equal(manifest_index_open(&index, "missing", &broken_count, &err), -1);
	assert_int_equal(err.exit_code, EXIT_NO_INPUT);
	/* A file of no lines is a manifest of no items. */
	assert_int_equal(folder_put_text(FILE_NAME, ""), 0);
	index = index_of(0);
	not_found(index, "a");
	manifest_index_close(index);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(every_record_has_every_key),
		IN_FOLDER(the_file_is_for_its_owner_only),
		IN_FOLDER(ends_a_torn_line_first),
		IN_FOLDER(refuses_a_missing_folder),
		IN_FOLDER(finds_stored_items),
		IN_FOLDER(the_latest_record_counts),
		IN_FOLDER(tells_apart_items_with_the_same_hash),
		IN_FOLDER(finds_many_items),
		IN_FOLDER(counts_and_skips_broken_lines),
		IN_FOLDER(refuses_files_that_are_no_manifest),
	};

	return cmocka_run_group_tests_name("manifest", tests, NULL, NULL);
}
