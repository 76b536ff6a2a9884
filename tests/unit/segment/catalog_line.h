/* SPDX-License-Identifier: ISC
 *
 * catalog_line -- for the tests of the catalog: an entry, and the line that it is written
 * as.
 */
#ifndef TESTS_UNIT_SEGMENT_CATALOG_LINE_H
#define TESTS_UNIT_SEGMENT_CATALOG_LINE_H

#include "segment/catalog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define ZEROS "00000000000000000000000000000000000000000000000000000000000000"

/* 2026-11-01, 00:00 UTC: `date -u -d 2026-11-01 +%s`. */
#define DAY_MS INT64_C(1793491200000)

/* All numbers differ, so that none can stand for another. */
static inline struct catalog_entry
entry_of(const char *path)
{
	struct catalog_entry entry = {
		.facts = { .row_count = 11, .from_ts_ms = DAY_MS + 12,
			.until_ts_ms = DAY_MS + 13, .file_bytes = 14, .raw_bytes = 15,
			.frame_count = 16, .sha256 = ZEROS "17", .raw_sha256 = ZEROS "18" },
		.created_ms = 19, .program = "tel-archive 1.2", .store_version = 20,
	};

	assert_int_equal(part_name_parse(path, strlen(path), &entry.name), 0);
	return entry;
}

#define FIRST "warm/http_events/dt=2026-11-01/part-0001.jsonl.zst"
#define FIRST_LINE "{\"path\":\"" FIRST "\",\"table\":\"http_events\",\"tier\":\"warm\"," \
	"\"format\":\"jsonl.zst\",\"day\":\"2026-11-01\",\"row_count\":11," \
	"\"from_ts_ms\":1793491200012,\"until_ts_ms\":1793491200013,\"frame_count\":16," \
	"\"file_bytes\":14,\"raw_bytes\":15,\"sha256\":\"" ZEROS "17\"," \
	"\"raw_sha256\":\"" ZEROS "18\",\"created_ms\":19,\"program\":\"tel-archive 1.2\"," \
	"\"store_version\":20}\n"

#endif
