/* SPDX-License-Identifier: ISC */
#include "store/event_find.h"
#include "store/event_id.h"
#include "tel/origin.h"

int
event_find_open(struct db_statement **out, struct db *db, struct err *err)
{
	return db_prepare(db, out, "SELECT no FROM main.sources WHERE kind = :kind"
	    " AND name = :name AND fingerprint = :fingerprint", err);
}

int
event_find_id(struct db_statement *statement, const struct event_origin *identity,
    int64_t *id, struct err *err)
{
	struct origin origin;
	int result;

	if (identity->position < 0 || identity->position > STORE_MAX_POSITION)
		return 0;
	if (identity->is_producer)
		origin = (struct origin){ .kind = "producer", .kind_len = 8,
			.name = identity->name, .name_len = identity->name_len,
			.fingerprint = "" };
	else if (origin_parse(identity->name, identity->name_len, &origin) < 0)
		return 0;
	DB_BIND(statement,
	    db_value_text_of(":kind", origin.kind, origin.kind_len),
	    db_value_text_of(":name", origin.name, origin.name_len),
	    db_value_text_of(":fingerprint", origin.fingerprint, origin.fingerprint_len));
	result = db_step(statement, err);
	if (result == 1) {
		*id = store_id(db_column_integer(statement, 0), identity->position);
		db_reset(statement);
	}
	return result;
}

static bool
has_text_and_position(const struct json_object *object, const char *text,
    const char *position, const struct json_member **name, int64_t *at)
{
	const struct json_member *number = json_find(object, position);

	*name = json_find(object, text);
	if (*name == NULL || (*name)->type != JSON_TEXT || number == NULL ||
	    number->type != JSON_INTEGER || number->integer < 0)
		return false;
	*at = number->integer;
	return true;
}

bool
event_find_origin(const struct json_object *line, struct event_origin *origin)
{
	const struct json_member *name;

	if (has_text_and_position(line, "origin", "position", &name,
	    &origin->position))
		origin->is_producer = false;
	else if (has_text_and_position(line, "producer", "seq", &name,
	    &origin->position))
		origin->is_producer = true;
	else
		return false;
	origin->name = name->text;
	origin->name_len = name->text_len;
	return true;
}
