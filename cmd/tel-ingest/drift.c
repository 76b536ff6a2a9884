/* SPDX-License-Identifier: ISC
 *
 * tel-ingest drift: prints keys and types that event.def lacks, with lines that would
 * add them, and fields whose values were refused.
 */
#include "base/json_writer.h"
#include "base/tim.h"
#include "cmd/tel-ingest/run.h"
#include "ingest/drift.h"
#include "store/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Prints the line and releases it. */
static void
print_line(struct buf *line)
{
	buf_add_char(line, '\n');
	fwrite(buf_text(line), 1, line->len, stdout);
	buf_release(line);
}

#define TYPE_COUNT 7
/* How many values had a type. */
struct type_count {
	const char *name;
	int64_t count;
};

static void
count_types(const struct suggest_values *values,
    struct type_count out[TYPE_COUNT])
{
	const struct type_count types[TYPE_COUNT] = {
		{ "integer", values->integers }, { "real", values->reals },
		{ "text", values->texts }, { "boolean", values->booleans },
		{ "nested", values->nested }, { "null", values->nulls },
		{ "unknown", values->seen - values->integers - values->reals -
		    values->texts - values->booleans - values->nested -
		    values->nulls },
	};

	memcpy(out, types, sizeof(types));
}

static void
json_values(struct json_writer *json, const struct suggest_values *values)
{
	struct type_count types[TYPE_COUNT];

	count_types(values, types);
	json_writer_key_integer(json, "seen", values->seen);
	json_writer_key(json, "types");
	json_writer_open(json, '{');
	for (int i = 0; i < TYPE_COUNT; i++)
		if (types[i].count > 0)
			json_writer_key_integer(json, types[i].name,
			    types[i].count);
	json_writer_close(json, '}');
}

static void
json_key(void *context, const struct drift_key *key)
{
	struct buf line = BUF_EMPTY;
	struct json_writer json;

	(void)context;
	json_writer_init(&json, &line);
	json_writer_open(&json, '{');
	json_writer_key_text(&json, "drift", "key");
	json_writer_key_text(&json, "type", key->type);
	json_writer_key_text(&json, "key", key->key);
	json_values(&json, &key->values);
	json_writer_key_text(&json, "suggestion", key->suggestion);
	json_writer_key_text(&json, "note", key->note);
	json_writer_close(&json, '}');
	print_line(&line);
}

static void
json_type(void *context, const struct drift_type *type)
{
	struct buf line = BUF_EMPTY;
	struct json_writer json;

	(void)context;
	json_writer_init(&json, &line);
	json_writer_open(&json, '{');
	json_writer_key_text(&json, "drift", "type");
	json_writer_key_text(&json, "type", type->type);
	json_writer_key_integer(&json, "seen", type->seen);
	json_writer_key_integer(&json, "first_ts_ms", type->first_ts_ms);
	json_writer_key_integer(&json, "last_ts_ms", type->last_ts_ms);
	json_writer_key_integer(&json, "sampled", type->sampled);
	json_writer_key(&json, "keys");
	json_writer_open(&json, '[');
	for (size_t i = 0; i < type->key_count; i++) {
		json_writer_open(&json, '{');
		json_writer_key_text(&json, "key", type->keys[i].key);
		json_values(&json, &type->keys[i].values);
		json_writer_close(&json, '}');
	}
	json_writer_close(&json, ']');
	json_writer_key_text(&json, "suggestion", type->suggestion);
	json_writer_key_text(&json, "note", type->note);
	json_writer_close(&json, '}');
	print_line(&line);
}

static void
json_refusal(void *context, const struct drift_refusal *refusal)
{
	struct buf line = BUF_EMPTY;
	struct json_writer json;

	(void)context;
	json_writer_init(&json, &line);
	json_writer_open(&json, '{');
	json_writer_key_text(&json, "drift", "field");
	json_writer_key_text(&json, "type", refusal->type);
	json_writer_key_text(&json, "field", refusal->field);
	json_writer_key_text(&json, "reason", refusal->reason);
	json_writer_key_integer(&json, "count", refusal->count);
	json_writer_close(&json, '}');
	print_line(&line);
}

static void
add_visible(struct buf *line, const char *text)
{
	buf_add_visible(line, text, strlen(text));
}

static void
add_types(struct buf *line, const struct suggest_values *values)
{
	struct type_count types[TYPE_COUNT];
	const char *separator = "  (";

	count_types(values, types);
	for (int i = 0; i < TYPE_COUNT; i++) {
		if (types[i].count == 0)
			continue;
		buf_printf(line, "%s%s %" PRId64, separator, types[i].name,
		    types[i].count);
		separator = ", ";
	}
	buf_add_char(line, ')');
}

/* Appends the note, and the lines for event.def as lines of their own, so that they
 * can be copied. */
static void
add_advice(struct buf *line, const char *suggestion, const char *note)
{
	if (note != NULL) {
		buf_add_text(line, "\n        note: ");
		add_visible(line, note);
	}
	if (suggestion != NULL)
		buf_printf(line, "\n%s", suggestion);
}

static void
table_key(void *context, const struct drift_key *key)
{
	struct buf line = BUF_EMPTY;

	(void)context;
	buf_printf(&line, "%-6s %10" PRId64 "  ", "key", key->values.seen);
	add_visible(&line, key->type);
	buf_add_char(&line, '.');
	add_visible(&line, key->key);
	add_types(&line, &key->values);
	add_advice(&line, key->suggestion, key->note);
	print_line(&line);
}

static void
table_type(void *context, const struct drift_type *type)
{
	struct buf line = BUF_EMPTY;
	char first[TIM_TEXT_SIZE], last[TIM_TEXT_SIZE];

	(void)context;
	tim_print(first, type->first_ts_ms);
	tim_print(last, type->last_ts_ms);
	buf_printf(&line, "%-6s %10" PRId64 "  ", "type", type->seen);
	add_visible(&line, type->type);
	buf_printf(&line, "  (%s to %s)", first, last);
	for (size_t i = 0; i < type->key_count; i++) {
		buf_printf(&line, "\n%-6s %10" PRId64 "  .", "",
		    type->keys[i].values.seen);
		add_visible(&line, type->keys[i].key);
		add_types(&line, &type->keys[i].values);
	}
	add_advice(&line, type->suggestion, type->note);
	print_line(&line);
}

static void
table_refusal(void *context, const struct drift_refusal *refusal)
{
	struct buf line = BUF_EMPTY;

	(void)context;
	buf_printf(&line, "%-6s %10" PRId64 "  ", "field", refusal->count);
	add_visible(&line, refusal->type != NULL ? refusal->type : "(no type)");
	buf_add_char(&line, '.');
	add_visible(&line, refusal->field);
	buf_printf(&line, "  (%s)", refusal->reason);
	print_line(&line);
}

int
drift_verb(struct run *run, struct err *err)
{
	static const struct drift_watch json = { NULL, json_key, json_type,
		json_refusal };
	static const struct drift_watch table = { NULL, table_key, table_type,
		table_refusal };
	struct db *db = NULL;
	int result;

	if (store_open(&db, run->db, DB_READ, run->wait_ms, err) < 0)
		return -1;
	if (run->format == FORMAT_TABLE)
		printf("%-6s %10s  %s\n", "WHAT", "SEEN", "NAME");
	result = drift_run(db, run->format == FORMAT_TABLE ? &table : &json, err);
	db_close(db);
	return result;
}
