/* SPDX-License-Identifier: ISC
 *
 * tel-ingest audit: prints the counts of every source, the gaps, and the faults.
 */
#include "base/json_writer.h"
#include "base/log.h"
#include "cmd/tel-ingest/run.h"
#include "ingest/audit.h"
#include "store/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* How many faults are reported one by one on stderr. */
#define MAX_PRINTED 10

struct printer {
	const char *db;
	bool is_table;
	int64_t fault_count; /* in all sources until now */
	struct buf line;
	struct progress progress;
};

static void
print_line(struct printer *printer)
{
	buf_add_char(&printer->line, '\n');
	fwrite(buf_text(&printer->line), 1, printer->line.len, stdout);
	buf_reset(&printer->line);
}

static void
add_sums(struct json_writer *json, const struct audit_sums *sums)
{
	json_writer_key_integer(json, "lines", sums->lines);
	json_writer_key_integer(json, "inserted", sums->inserted);
	json_writer_key_integer(json, "duplicate", sums->duplicate);
	json_writer_key_integer(json, "filtered", sums->filtered);
	json_writer_key_integer(json, "dead", sums->dead);
	json_writer_key_integer(json, "rows", sums->rows);
	json_writer_key_integer(json, "archived", sums->archived);
	json_writer_key_integer(json, "dead_letters", sums->letters);
	json_writer_key_integer(json, "resolved", sums->resolved);
	json_writer_key_integer(json, "gaps", sums->gaps);
	json_writer_key_integer(json, "lost", sums->lost);
}

static void
print_json(struct printer *printer, const struct audit_source *source)
{
	struct json_writer json;

	json_writer_init(&json, &printer->line);
	json_writer_open(&json, '{');
	json_writer_key(&json, "source");
	if (source->name != NULL)
		json_writer_text(&json, source->name, strlen(source->name));
	else
		json_writer_null(&json);
	json_writer_key_text(&json, "kind", source->kind);
	json_writer_key_integer(&json, "no", source->no);
	add_sums(&json, &source->sums);
	json_writer_key_boolean(&json, "ok", source->faults == 0);
	json_writer_key(&json, "faults");
	json_writer_open(&json, '[');
	for (int fault = 0; fault < AUDIT_FAULT_COUNT; fault++) {
		const char *word = audit_fault_word((enum audit_fault)fault);

		if ((source->faults & 1u << fault) != 0)
			json_writer_text(&json, word, strlen(word));
	}
	json_writer_close(&json, ']');
	json_writer_close(&json, '}');
	print_line(printer);
}

/* The name comes last, because it may be long. */
static void
print_row(struct printer *printer, const char *state, const char *no,
    const struct audit_sums *sums, const char *name)
{
	buf_printf(&printer->line, "%-5s %7s %10" PRId64 " %10" PRId64
	    " %10" PRId64 " %9" PRId64 " %8" PRId64 " %10" PRId64 " %10" PRId64
	    " %8" PRId64 " %6" PRId64 "  ", state, no, sums->lines,
	    sums->inserted, sums->duplicate, sums->filtered, sums->dead,
	    sums->rows, sums->archived, sums->letters, sums->lost);
	buf_add_visible(&printer->line, name, strlen(name));
	print_line(printer);
}

static void
print_titles(struct printer *printer)
{
	buf_printf(&printer->line, "%-5s %7s %10s %10s %10s %9s %8s %10s %10s "
	    "%8s %6s  %s", "STATE", "NO", "LINES", "INSERTED", "DUPLICATE",
	    "FILTERED", "DEAD", "ROWS", "ARCHIVED", "LETTERS", "LOST",
	    "SOURCE");
	print_line(printer);
}

static const char *
state_of(int64_t fault_count, int64_t gaps)
{
	return fault_count > 0 ? "FAULT" : gaps > 0 ? "gaps" : "ok";
}

/* Prints each fault of a source in words on stderr. Gaps are summed up at the end. */
static void
print_faults(struct printer *printer, const struct audit_source *source)
{
	struct buf text = BUF_EMPTY;

	for (int fault = 0; fault < AUDIT_GAPS; fault++) {
		if ((source->faults & 1u << fault) == 0 ||
		    printer->fault_count++ >= MAX_PRINTED)
			continue;
		progress_end(&printer->progress);
		buf_reset(&text);
		audit_describe(&text, source, (enum audit_fault)fault);
		log_error("%s: source %" PRId64 " %s: %s", printer->db,
		    source->no, source->name != NULL ? source->name
		    : "(unknown)", buf_text(&text));
	}
	buf_release(&text);
}

static void
print_source(void *context, const struct audit_source *source)
{
	struct printer *printer = context;
	char no[24];

	progress_end(&printer->progress);
	snprintf(no, sizeof(no), "%" PRId64, source->no);
	if (printer->is_table)
		print_row(printer, state_of(source->sums.fault_count,
		    source->sums.gaps), no, &source->sums,
		    source->name != NULL ? source->name : "(unknown)");
	else
		print_json(printer, source);
	print_faults(printer, source);
}

static void
print_gap(void *context, const char *producer, int64_t first_seq,
    int64_t last_seq)
{
	struct printer *printer = context;
	struct json_writer json;

	if (printer->is_table) {
		buf_printf(&printer->line, "gap   seq %" PRId64 " to %" PRId64
		    ": %" PRId64 " lost", first_seq, last_seq,
		    last_seq - first_seq + 1);
		print_line(printer);
		return;
	}
	json_writer_init(&json, &printer->line);
	json_writer_open(&json, '{');
	json_writer_key_text(&json, "gap", producer);
	json_writer_key_integer(&json, "first_seq", first_seq);
	json_writer_key_integer(&json, "last_seq", last_seq);
	json_writer_key_integer(&json, "lost", last_seq - first_seq + 1);
	json_writer_close(&json, '}');
	print_line(printer);
}

static void
show_progress(void *context, int64_t rows)
{
	struct printer *printer = context;

	progress_show(&printer->progress, "%" PRId64 " rows", rows);
}

static void
print_totals(struct printer *printer, const struct audit_totals *totals)
{
	const struct audit_sums *sums = &totals->sums;
	struct json_writer json;

	if (printer->is_table) {
		print_row(printer, state_of(sums->fault_count, sums->gaps), "",
		    sums, "total");
		return;
	}
	json_writer_init(&json, &printer->line);
	json_writer_open(&json, '{');
	json_writer_key_integer(&json, "sources", totals->source_count);
	add_sums(&json, sums);
	json_writer_key_integer(&json, "faults", sums->fault_count);
	json_writer_key_boolean(&json, "ok",
	    sums->fault_count == 0 && sums->gaps == 0);
	json_writer_close(&json, '}');
	print_line(printer);
}

/* Prints a summary of the faults and gaps on stderr. Returns the exit code. */
static int
print_verdict(const struct printer *printer, const struct audit_sums *sums)
{
	if (printer->fault_count > MAX_PRINTED)
		log_error("%s: and %" PRId64 " more fault%s", printer->db,
		    printer->fault_count - MAX_PRINTED,
		    printer->fault_count - MAX_PRINTED == 1 ? "" : "s");
	if (sums->gaps > 0)
		log_error("%s: %" PRId64 " event%s never arrived, in %" PRId64
		    " gap%s", printer->db, sums->lost,
		    sums->lost == 1 ? "" : "s", sums->gaps,
		    sums->gaps == 1 ? "" : "s");
	return sums->gaps > 0 || sums->fault_count > 0 ? EXIT_NO : EXIT_YES;
}

int
audit_verb(struct run *run, struct err *err)
{
	struct printer printer = { .db = run->db, .is_table = run->format == FORMAT_TABLE };
	const struct audit_watch watch = { &printer, print_source, print_gap,
		show_progress };
	struct audit_totals totals;
	struct db *db = NULL;
	int result;

	if (store_open(&db, run->db, DB_READ, run->wait_ms, err) < 0)
		return -1;
	if (printer.is_table)
		print_titles(&printer);
	result = audit_run(db, &watch, &totals, err);
	progress_end(&printer.progress);
	if (result == 0) {
		print_totals(&printer, &totals);
		if (totals.has_wrong_departures)
			log_error("%s: %" PRId64 " rows in departures, but the "
			    "batches count %" PRId64 " archived ones", run->db,
			    totals.departed, totals.sums.archived);
		result = print_verdict(&printer, &totals.sums);
	}
	buf_release(&printer.line);
	db_close(db);
	return result;
}
