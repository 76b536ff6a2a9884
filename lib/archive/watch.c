/* SPDX-License-Identifier: ISC */
#include "archive/watch.h"

void
archive_report_print(struct buf *out, struct event_writer *events,
    enum archive_action action, const struct archive_report *report)
{
	struct event_archive event = { .action = archive_action_word(action),
		.outcome = archive_outcome_word(report->reason == NULL
		    ? ARCHIVE_OUTCOME_success : ARCHIVE_OUTCOME_failure),
		.path = report->path, .reason = report->reason };

	if (report->name != NULL) {
		event.table_name = report->name->table;
		event.day = report->name->day;
	}
	if (report->facts != NULL) {
		event_set(&event, row_count, report->facts->row_count);
		event_set(&event, file_bytes, report->facts->file_bytes);
		event_set(&event, raw_bytes, report->facts->raw_bytes);
		event.sha256 = report->facts->sha256;
	}
	event_set(&event, elapsed_ms, report->elapsed_ms);
	event_write(events, out, EVENT_archive, tim_now_ms(), &event);
}

void
archive_plan_print(struct buf *out, const char *table, const char *day,
    int64_t row_count)
{
	struct json_writer json;

	json_writer_init(&json, out);
	json_writer_open(&json, '{');
	json_writer_key_text(&json, "table", table);
	json_writer_key_text(&json, "day", day);
	json_writer_key_integer(&json, "row_count", row_count);
	json_writer_close(&json, '}');
	buf_add_char(out, '\n');
}
