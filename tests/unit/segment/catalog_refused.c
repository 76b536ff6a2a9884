/* SPDX-License-Identifier: ISC
 *
 * The catalog of an archive: a line that cannot be an entry is refused with its number,
 * and is not written either.
 */
#include "tests/unit/aborts.h"
#include "tests/unit/folder.h"
#include "tests/unit/segment/catalog_line.h"

#include <stdlib.h>

static void
add_entry_of_another_day(void)
{
	struct catalog_entry entry = entry_of(FIRST);
	struct catalog catalog;
	struct err err;

	entry.facts.until_ts_ms = DAY_MS + TIM_MS_PER_DAY + 1;
	if (catalog_init(&catalog, ".", false, &err) == 0)
		(void)!catalog_add(&catalog, &entry, &err);
}

/* No later run could open the archive. */
static void
an_entry_that_no_reader_takes_is_not_written(void **state)
{
	(void)state;
	assert_true(aborts(add_entry_of_another_day));
	assert_int_equal(folder_count(), 0);
}

/* The first line with one part of it replaced. */
static void
line_with(char *out, size_t size, const char *old, const char *new)
{
	const char *at = strstr(FIRST_LINE, old);

	assert_non_null(at);
	assert_null(strstr(at + 1, old));
	snprintf(out, size, "%.*s%s%s", (int)(at - FIRST_LINE), FIRST_LINE, new,
	    at + strlen(old));
}

/* A catalog whose second line is this one is refused with these words. */
static void
refused(const char *line, size_t len, const char *words)
{
	struct buf text = BUF_EMPTY;
	struct catalog catalog;
	struct err err;
	char said[600];

	buf_add_text(&text, FIRST_LINE);
	buf_add(&text, line, len);
	buf_add_text(&text, FIRST_LINE);
	assert_int_equal(folder_put(CATALOG_FILE, text.data, text.len), 0);
	buf_release(&text);
	assert_int_equal(catalog_init(&catalog, ".", false, &err), -1);
	catalog_release(&catalog);
	snprintf(said, sizeof(said), "./catalog.jsonl: line 2: %s", words);
	assert_string_equal(err.text, said);
	assert_int_equal(err.exit_code, EXIT_DATA);
}

static void
lines_that_are_no_entry(void **state)
{
	static const struct {
		const char *old, *new, *words;
	} cases[] = {
		{ "\"path\"", "\"pith\"", "path: is missing" },
		{ "{\"path\":\"" FIRST "\"", "{\"path\":7", "path: must be text" },
		{ "part-0001", "part-1", "path: 'warm/http_events/dt=2026-11-01/part-1."
		    "jsonl.zst' is not the path of a partition, such as "
		    "warm/http_events/dt=2026-11-01/part-0001.jsonl.zst" },
		{ "\"row_count\"", "\"rows\"", "row_count: is missing" },
		{ ":11,", ":-1,", "row_count: must be a whole number of at least 0" },
		{ ":11,", ":11.0,", "row_count: must be a whole number of at least 0" },
		{ ":14,", ":\"14\",", "file_bytes: must be a whole number of at least 0" },
		{ "\"" ZEROS "17\"", "17", "sha256: must be text of at most 64 bytes" },
		{ ZEROS "17", ZEROS "017", "sha256: must be text of at most 64 bytes" },
		{ ZEROS "18", ZEROS "018", "raw_sha256: must be text of at most 64 bytes" },
		{ "tel-archive 1.2", ZEROS, "program: must be text of at most 47 bytes" },
		{ "\"store_version\"", "\"version\"", "store_version: is missing" },
		{ "1793491200012", "1793491199999", "from_ts_ms, until_ts_ms: 1793491199999 "
		    "and 1793491200013 are not a span of the day 2026-11-01" },
		{ "1793491200012", "1793491200013", "from_ts_ms, until_ts_ms: 1793491200013 "
		    "and 1793491200013 are not a span of the day 2026-11-01" },
		{ "1793491200013", "1793577600001", "from_ts_ms, until_ts_ms: 1793491200012 "
		    "and 1793577600001 are not a span of the day 2026-11-01" },
	};
	char line[2000];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		line_with(line, sizeof(line), cases[i].old, cases[i].new);
		refused(line, strlen(line), cases[i].words);
	}
	refused("a\0b\n", 4, "too long, or a NUL byte in it");
}

static void
a_line_that_is_too_long(void **state)
{
	char *line = calloc(1, 10001);

	(void)state;
	memset(line, ' ', 10000);
	line[9999] = '\n';
	refused(line, 10000, "too long, or a NUL byte in it");
	free(line);
}

static void
values_at_their_ends(void **state)
{
	struct catalog catalog;
	struct err err;
	char line[2000];

	(void)state;
	line_with(line, sizeof(line), "\"store_version\":20", "\"store_version\":0");
	assert_int_equal(folder_put_text(CATALOG_FILE, line), 0);
	assert_int_equal(catalog_init(&catalog, ".", true, &err), 0);
	assert_int_equal(catalog.entries[0].store_version, 0);
	catalog_release(&catalog);
	line_with(line, sizeof(line), "1793491200012", "1793491200000");
	assert_int_equal(folder_put_text(CATALOG_FILE, line), 0);
	assert_int_equal(catalog_init(&catalog, ".", true, &err), 0);
	assert_int_equal(catalog.entries[0].facts.from_ts_ms, DAY_MS);
	catalog_release(&catalog);
	line_with(line, sizeof(line), "1793491200013", "1793577600000");
	assert_int_equal(folder_put_text(CATALOG_FILE, line), 0);
	assert_int_equal(catalog_init(&catalog, ".", true, &err), 0);
	assert_int_equal(catalog.entries[0].facts.until_ts_ms, DAY_MS + TIM_MS_PER_DAY);
	catalog_release(&catalog);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(an_entry_that_no_reader_takes_is_not_written),
		IN_FOLDER(lines_that_are_no_entry),
		IN_FOLDER(a_line_that_is_too_long),
		IN_FOLDER(values_at_their_ends),
	};

	return cmocka_run_group_tests_name("catalog_refused", tests, NULL, NULL);
}
