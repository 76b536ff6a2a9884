/* SPDX-License-Identifier: ISC */
#include "ingest/drift.h"
#include "base/mem.h"
#include "store/store.h"
#include "store/unknown_keys.h"
#include "tel/event.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_OF(number) #number
#define TEXT(number) TEXT_OF(number)

/* The buffers hold what is being reported and are reused for each report. */
struct drift {
	struct db *db;
	const struct drift_watch *watch;
	struct buf suggestion, note;
	struct drift_key keys[DRIFT_MAX_KEYS];
	char *names[DRIFT_MAX_KEYS]; /* owned; the names of keys */
	struct db_statement *type_keys; /* counts of the sample by type and key */
	bool has_key;
};

static const char *
text_or_null(const struct buf *buf)
{
	return buf->len > 0 ? buf_text(buf) : NULL;
}

/* Reads seven columns, beginning with first: seen, then the counts of the types. */
static void
read_values(struct db_statement *statement, int first,
    struct suggest_values *values)
{
	values->seen = db_column_integer(statement, first);
	values->integers = db_column_integer(statement, first + 1);
	values->reals = db_column_integer(statement, first + 2);
	values->texts = db_column_integer(statement, first + 3);
	values->booleans = db_column_integer(statement, first + 4);
	values->nested = db_column_integer(statement, first + 5);
	values->nulls = db_column_integer(statement, first + 6);
}

static int
report_keys(struct drift *drift, struct err *err)
{
	struct db_statement *statement;
	struct drift_key key;
	int result;

	if (store_prepare(drift->db, &statement, "SELECT type, key, seen_count,"
	    " integer_count, real_count, text_count, boolean_count,"
	    " nested_count, null_count FROM unknown_keys ORDER BY type, key",
	    err) < 0)
		return -1;
	while ((result = db_step(statement, err)) == 1) {
		key.type = db_column_text(statement, 0);
		key.key = db_column_text(statement, 1);
		read_values(statement, 2, &key.values);
		buf_reset(&drift->suggestion);
		buf_reset(&drift->note);
		if (strcmp(key.key, UNKNOWN_KEYS_OTHERS) == 0)
			buf_add_text(&drift->note, "the sum of keys that were "
			    "not counted one by one, because a batch had too "
			    "many different ones");
		else
			suggest_field(&drift->suggestion, &drift->note,
			    key.type, key.key, &key.values);
		key.suggestion = text_or_null(&drift->suggestion);
		key.note = text_or_null(&drift->note);
		drift->watch->key(drift->watch->context, &key);
	}
	db_finalize(statement);
	return result;
}

#define SAMPLE "WITH sample (id) AS MATERIALIZED (SELECT id FROM " EVENT_OTHER_TABLE \
	" ORDER BY ts_ms DESC, id DESC LIMIT " TEXT(DRIFT_SAMPLE) ") "

static bool
is_envelope(const char *key)
{
	for (int i = 0; i < EVENT_ENVELOPE_COUNT; i++)
		if (strcmp(event_envelope[i].name, key) == 0)
			return true;
	return false;
}

static int
advance_key(struct drift *drift, struct err *err)
{
	int result = db_step(drift->type_keys, err);

	drift->has_key = result == 1;
	return result < 0 ? -1 : 0;
}

/* Reads the keys that the sample has of the type. *more counts the keys for which
 * there was no room. */
static int
collect_keys(struct drift *drift, struct drift_type *type, int64_t *more,
    struct err *err)
{
	struct db_statement *statement = drift->type_keys;

	*more = 0;
	type->keys = drift->keys;
	while (drift->has_key &&
	    strcmp(db_column_text(statement, 0), type->type) == 0) {
		const char *name = db_column_text(statement, 1);
		struct drift_key *key;

		if (!is_envelope(name) && type->key_count == DRIFT_MAX_KEYS) {
			++*more;
		} else if (!is_envelope(name)) {
			drift->names[type->key_count] = mem_text(name);
			key = &drift->keys[type->key_count];
			memset(key, 0, sizeof(*key));
			key->type = type->type;
			key->key = drift->names[type->key_count++];
			read_values(statement, 2, &key->values);
		}
		if (advance_key(drift, err) < 0)
			return -1;
	}
	return 0;
}

/* Suggests the lines EVENT, FIELD for each key, and END, and joins the notes on the
 * fields. */
static void
suggest_type(struct drift *drift, const struct drift_type *type, int64_t more)
{
	struct buf *note = &drift->note;

	buf_reset(&drift->suggestion);
	buf_reset(note);
	if (type->sampled == 0) {
		buf_printf(note, "none of them is among the newest %d events "
		    "of unknown types; only those are examined",
		    DRIFT_SAMPLE);
		return;
	}
	if (!suggest_event(&drift->suggestion, note, type->type, type->seen))
		return;
	for (size_t i = 0; i < type->key_count; i++) {
		struct buf line = BUF_EMPTY, remark = BUF_EMPTY;

		if (suggest_field(&line, &remark, type->type,
		    type->keys[i].key, &type->keys[i].values))
			buf_printf(&drift->suggestion, "\n%s", buf_text(&line));
		if (remark.len > 0)
			buf_printf(note, "%s%s: %s", note->len > 0 ? "; " : "",
			    type->keys[i].key, buf_text(&remark));
		buf_release(&line);
		buf_release(&remark);
	}
	if (more > 0)
		buf_printf(note, "%s%lld more keys", note->len > 0 ? "; " : "",
		    (long long)more);
	buf_add_char(&drift->suggestion, '\n');
	suggest_end(&drift->suggestion, type->type);
}

static int
report_type(struct drift *drift, struct db_statement *statement,
    struct err *err)
{
	struct drift_type type = { .type = db_column_text(statement, 0),
		.seen = db_column_integer(statement, 1),
		.first_ts_ms = db_column_integer(statement, 2),
		.last_ts_ms = db_column_integer(statement, 3),
		.sampled = db_column_integer(statement, 4) };
	int64_t more;
	int result = collect_keys(drift, &type, &more, err);

	if (result == 0) {
		suggest_type(drift, &type, more);
		type.suggestion = text_or_null(&drift->suggestion);
		type.note = text_or_null(&drift->note);
		drift->watch->type(drift->watch->context, &type);
	}
	for (size_t i = 0; i < type.key_count; i++)
		free(drift->names[i]);
	return result;
}

static int
report_types(struct drift *drift, struct err *err)
{
	struct db_statement *statement = NULL;
	int result = -1;

	if (store_prepare(drift->db, &statement, SAMPLE "SELECT type, count(*),"
	    " min(ts_ms), max(ts_ms), sum(id IN (SELECT id FROM sample))"
	    " FROM " EVENT_OTHER_TABLE " GROUP BY type ORDER BY type", err) < 0 ||
	    store_prepare(drift->db, &drift->type_keys, SAMPLE "SELECT"
	    " events.type, one.key, count(*), sum(one.type = 'integer'),"
	    " sum(one.type = 'real'), sum(one.type = 'text'),"
	    " sum(one.type = 'true' OR one.type = 'false'),"
	    " sum(one.type = 'object' OR one.type = 'array'),"
	    " sum(one.type = 'null')"
	    " FROM sample JOIN " EVENT_OTHER_TABLE " AS events USING (id),"
	    " json_each(CASE WHEN json_valid(body) THEN body ELSE '{}' END)"
	    " AS one GROUP BY 1, 2 ORDER BY 1, 2", err) < 0 ||
	    advance_key(drift, err) < 0)
		goto done;
	while ((result = db_step(statement, err)) == 1)
		if (report_type(drift, statement, err) < 0) {
			result = -1;
			break;
		}
done:
	db_finalize(statement);
	db_finalize(drift->type_keys);
	return result;
}

static int
report_refusals(struct drift *drift, struct err *err)
{
	struct db_statement *statement;
	struct drift_refusal refusal;
	int result;

	if (store_prepare(drift->db, &statement, "SELECT CASE"
	    " WHEN json_valid(line) AND json_type(line, '$.type') = 'text'"
	    " THEN json_extract(line, '$.type') END, field, reason, count(*)"
	    " FROM (SELECT CAST(raw AS TEXT) AS line, field, reason"
	    "       FROM dead_letters WHERE field IS NOT NULL)"
	    " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3", err) < 0)
		return -1;
	while ((result = db_step(statement, err)) == 1) {
		refusal.type = db_column_text(statement, 0);
		refusal.field = db_column_text(statement, 1);
		refusal.reason = db_column_text(statement, 2);
		refusal.count = db_column_integer(statement, 3);
		drift->watch->refusal(drift->watch->context, &refusal);
	}
	db_finalize(statement);
	return result;
}

int
drift_run(struct db *db, const struct drift_watch *watch, struct err *err)
{
	struct drift *drift = mem_new(1, sizeof(*drift));
	struct err ignored;
	int result;

	drift->db = db;
	drift->watch = watch;
	/* A large sample is sorted in a file, not in memory. */
	result = db_run(db, "PRAGMA temp_store = FILE; BEGIN", err);
	if (result == 0) {
		if (report_keys(drift, err) < 0 ||
		    report_types(drift, err) < 0 ||
		    report_refusals(drift, err) < 0)
			result = -1;
		if (db_run(db, "ROLLBACK", result < 0 ? &ignored : err) < 0)
			result = -1;
	}
	buf_release(&drift->suggestion);
	buf_release(&drift->note);
	free(drift);
	return result;
}
