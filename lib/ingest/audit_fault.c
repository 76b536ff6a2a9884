/* SPDX-License-Identifier: ISC
 *
 * The faults that an audit finds: as words for programs, and in sentences for people.
 */
#include "ingest/audit.h"
#include "base/require.h"

#include <inttypes.h>

const char *
audit_fault_word(enum audit_fault fault)
{
	static const char *const words[AUDIT_FAULT_COUNT] = {
		[AUDIT_UNKNOWN_SOURCE] = "unknown_source",
		[AUDIT_BATCH_SUM] = "batch_sum",
		[AUDIT_BAD_RANGES] = "bad_ranges",
		[AUDIT_ROWS_MISSING] = "rows_missing",
		[AUDIT_ROWS_EXTRA] = "rows_extra",
		[AUDIT_ROWS_UNTAKEN] = "rows_untaken",
		[AUDIT_ROWS_UNBATCHED] = "rows_unbatched",
		[AUDIT_ROWS_UNLISTED] = "rows_unlisted",
		[AUDIT_RUN_ROWS_MISSING] = "run_rows_missing",
		[AUDIT_RUN_ROWS_EXTRA] = "run_rows_extra",
		[AUDIT_BAD_PIECES] = "bad_pieces",
		[AUDIT_LETTERS_MISSING] = "dead_letters_missing",
		[AUDIT_LETTERS_EXTRA] = "dead_letters_extra",
		[AUDIT_LETTERS_UNTAKEN] = "dead_letters_untaken",
		[AUDIT_GAPS] = "gaps",
	};

	REQUIRE(fault < AUDIT_FAULT_COUNT);
	return words[fault];
}

static void
add_count(struct buf *out, int64_t count, const char *what)
{
	buf_printf(out, "%" PRId64 " %s%s", count, what, count == 1 ? "" : "s");
}

void
audit_describe(struct buf *out, const struct audit_source *source,
    enum audit_fault fault)
{
	const struct audit_sums *sums = &source->sums;

	if (fault == AUDIT_UNKNOWN_SOURCE) {
		buf_add_text(out, "not in the table sources");
	} else if (fault == AUDIT_BATCH_SUM) {
		buf_printf(out, "%" PRId64 " of its batches: the number of lines "
		    "is not inserted + duplicate + filtered + dead", sums->bad_batches);
	} else if (fault == AUDIT_BAD_RANGES) {
		buf_printf(out, "%" PRId64 " of its source_ranges: overlapping or "
		    "touching the range before", sums->bad_ranges);
	} else if (fault == AUDIT_ROWS_MISSING || fault == AUDIT_ROWS_EXTRA) {
		add_count(out, sums->rows, "row");
		buf_printf(out, " in the tables, but the batches count %" PRId64,
		    sums->ledger_rows);
	} else if (fault == AUDIT_LETTERS_MISSING ||
	    fault == AUDIT_LETTERS_EXTRA) {
		add_count(out, sums->letters, "dead letter");
		buf_printf(out, " in the table, but the batches count %" PRId64,
		    sums->ledger_letters);
	} else if (fault == AUDIT_ROWS_UNTAKEN) {
		add_count(out, sums->untaken_rows, "row");
		buf_add_text(out, " at positions outside of source_ranges");
	} else if (fault == AUDIT_ROWS_UNBATCHED) {
		add_count(out, sums->unbatched_rows, "row");
		buf_add_text(out, " at positions that were new in no batch");
	} else if (fault == AUDIT_ROWS_UNLISTED) {
		add_count(out, sums->unlisted_rows, "row");
		buf_add_text(out, " of runs that run_sources does not place there");
	} else if (fault == AUDIT_RUN_ROWS_MISSING) {
		add_count(out, sums->run_rows_missing, "row");
		buf_printf(out, " of runs that run_sources counts missing, but %" PRId64
		    " archived", sums->archived);
	} else if (fault == AUDIT_RUN_ROWS_EXTRA) {
		add_count(out, sums->run_rows_extra, "row");
		buf_add_text(out, " of runs more than run_sources counts");
	} else if (fault == AUDIT_BAD_PIECES) {
		add_count(out, sums->bad_pieces, "range");
		buf_add_text(out, " that were new in two batches");
	} else if (fault == AUDIT_LETTERS_UNTAKEN) {
		add_count(out, sums->untaken_letters, "dead letter");
		buf_add_text(out, " at positions outside of source_ranges");
	} else {
		add_count(out, sums->lost, "event");
		buf_add_text(out, " missing in ");
		add_count(out, sums->gaps, "gap");
	}
}

void
audit_find_faults(struct audit_source *source)
{
	struct audit_sums *sums = &source->sums;
	const bool is_fault[AUDIT_FAULT_COUNT] = {
		[AUDIT_UNKNOWN_SOURCE] = source->kind == NULL,
		[AUDIT_BATCH_SUM] = sums->bad_batches > 0,
		[AUDIT_BAD_RANGES] = sums->bad_ranges > 0,
		[AUDIT_ROWS_MISSING] = sums->rows < sums->ledger_rows,
		[AUDIT_ROWS_EXTRA] = sums->rows > sums->ledger_rows,
		[AUDIT_ROWS_UNTAKEN] = sums->untaken_rows > 0,
		[AUDIT_ROWS_UNBATCHED] = sums->unbatched_rows > 0,
		[AUDIT_ROWS_UNLISTED] = sums->unlisted_rows > 0,
		[AUDIT_RUN_ROWS_MISSING] = sums->run_rows_missing > sums->archived,
		[AUDIT_RUN_ROWS_EXTRA] = sums->run_rows_extra > 0,
		[AUDIT_BAD_PIECES] = sums->bad_pieces > 0,
		[AUDIT_LETTERS_MISSING] = sums->letters < sums->ledger_letters,
		[AUDIT_LETTERS_EXTRA] = sums->letters > sums->ledger_letters,
		[AUDIT_LETTERS_UNTAKEN] = sums->untaken_letters > 0,
		[AUDIT_GAPS] = sums->gaps > 0,
	};

	for (int fault = 0; fault < AUDIT_FAULT_COUNT; fault++) {
		if (!is_fault[fault])
			continue;
		source->faults |= 1u << fault;
		sums->fault_count += fault != AUDIT_GAPS;
	}
}
