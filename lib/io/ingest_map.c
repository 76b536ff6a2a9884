/* SPDX-License-Identifier: ISC */
#include "io/ingest_private.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* libjq may not read what simdjson does, such as a number of great length: then
 * the line is text after all. Text it always takes. */
static void
start_map(struct filter *map, const struct line *line, bool is_json)
{
	bool is_started = is_json &&
	    filter_start(map, line->text, line->len, true) == 0;

	if (!is_started && filter_start(map, line->text, line->len, false) < 0)
		abort();
}

/* Runs the map on the line; its outputs stand in ingest->mapped, a NUL and
 * padding behind each. 1 done, 0 refused. */
static int
run_map(struct ingest *ingest, const struct line *line, int *event_count,
    struct row_refusal *refusal)
{
	static const char zeros[JSON_PADDING];
	struct json_object object;
	struct json_error error;
	const char *json;
	bool is_json;
	size_t len;
	int result;

	memset(refusal, 0, sizeof(*refusal));
	buf_reset(&ingest->mapped);
	*event_count = 0;
	is_json = line->len > 0 && strchr("{[ \t", line->text[0]) != NULL &&
	    (json_read(ingest->map_parser, line->text, line->len, &object,
	    &error) == 0 || error.fault == JSON_NOT_OBJECT);
	if (is_json && object.has_inexact) {
		refusal->reason = "number_precision";
		snprintf(refusal->detail, sizeof(refusal->detail), "an integer "
		    "beyond 2^53 would change its value in the map");
		return 0;
	}
	start_map(ingest->options.map, line, is_json);
	while ((result = filter_next(ingest->options.map, &json, &len)) == 1) {
		if (++*event_count > INGEST_MAX_MAPPED ||
		    *event_count > line->full_bytes) {
			refusal->reason = "map_too_many";
			snprintf(refusal->detail, sizeof(refusal->detail),
			    "the map makes more events of this line than can "
			    "be told apart (%" PRId64 ")",
			    line->full_bytes < INGEST_MAX_MAPPED
			    ? line->full_bytes : (int64_t)INGEST_MAX_MAPPED);
			return 0;
		}
		buf_add(&ingest->mapped, &len, sizeof(len));
		buf_add(&ingest->mapped, json, len);
		buf_add(&ingest->mapped, zeros, sizeof(zeros));
	}
	if (result == 0)
		return 1;
	refusal->reason = "map_error";
	snprintf(refusal->detail, sizeof(refusal->detail), "%.*s", (int)len,
	    json);
	return 0;
}

/* Stores the outputs of the map. A line has one fate: when one of its events is
 * refused, none is stored. The places of those that have a row are left in
 * ingest->stored. */
static int
store_mapped(struct ingest *ingest, const struct line *line, int event_count,
    enum ledger_fate *fate, struct row_refusal *refusal, struct err *err)
{
	size_t at = 0;

	*fate = event_count == 0 ? LEDGER_FILTERED : LEDGER_DUPLICATE;
	ingest->stored_count = 0;
	for (int i = 0; i < event_count; i++) {
		struct json_object object;
		struct json_error error;
		enum ledger_fate event_fate;
		const char *json;
		size_t len;

		memcpy(&len, ingest->mapped.data + at, sizeof(len));
		json = ingest->mapped.data + at + sizeof(len);
		at += sizeof(len) + len + JSON_PADDING;
		if (json_read(ingest->parser, json, len, &object, &error) < 0) {
			memset(refusal, 0, sizeof(*refusal));
			refusal->reason = "map_error";
			snprintf(refusal->detail, sizeof(refusal->detail),
			    "output %d of the map: %s", i + 1, error.words);
			*fate = LEDGER_DEAD;
			return 0;
		}
		if (ingest_store(ingest, &object, json, len, line, i,
		    &ingest->stored[ingest->stored_count], &event_fate, refusal,
		    err) < 0)
			return -1;
		if (event_fate == LEDGER_DEAD) {
			*fate = LEDGER_DEAD;
			return 0;
		}
		if (event_fate == LEDGER_INSERTED) {
			*fate = LEDGER_INSERTED;
			ingest->stored_count++;
		}
	}
	return 0;
}

/* A line that the map turns into events. The line is the place of its dead
 * letter, and of what the map drops; its events have places of their own. */
int
ingest_take_mapped(struct ingest *ingest, const struct line *line, struct err *err)
{
	struct row_refusal refusal;
	struct ingest_place place;
	enum ledger_fate fate;
	int event_count, result;

	if (ingest_place_of_line(ingest, line, &place, err) < 0)
		return -1;
	if (ledger_has(place.source, place.from)) {
		ingest_count(ingest, &place, line, LEDGER_DUPLICATE);
		return 0;
	}
	if (run_map(ingest, line, &event_count, &refusal) == 0)
		return ingest_bury(ingest, line, &place, &refusal, err);
	if (event_count > 1 && db_run(ingest->db, "SAVEPOINT line", err) < 0)
		return -1;
	result = store_mapped(ingest, line, event_count, &fate, &refusal,
	    err);
	if (result == 0 && event_count > 1)
		result = db_run(ingest->db, fate == LEDGER_DEAD
		    ? "ROLLBACK TO line; RELEASE line" : "RELEASE line", err);
	if (result < 0)
		return -1;
	if (fate == LEDGER_DEAD)
		return ingest_bury(ingest, line, &place, &refusal, err);
	for (int i = 0; i < ingest->stored_count; i++)
		ingest_keep(ingest, &ingest->stored[i]);
	ledger_take(ingest->ledger, place.source, place.from, place.until);
	ingest_count(ingest, &place, line, fate);
	return 0;
}
