/* SPDX-License-Identifier: ISC
 *
 * The lines of a catalog, as JSON.
 */
#include "segment/catalog_private.h"

#include <inttypes.h>
#include <string.h>

/* A member of an entry and its place in the struct, for the writer and the reader. */
struct place {
	const char *key;
	int64_t *integer;
	char *text;
	size_t text_size;
	bool is_optional; /* "" when it is missing */
};
#define PLACE_COUNT 12

static void
places_of(struct catalog_entry *entry, struct place places[PLACE_COUNT])
{
	struct part_facts *facts = &entry->facts;
	const struct place all[PLACE_COUNT] = {
		{ "row_count", &facts->row_count, NULL, 0, false },
		{ "from_ts_ms", &facts->from_ts_ms, NULL, 0, false },
		{ "until_ts_ms", &facts->until_ts_ms, NULL, 0, false },
		{ "frame_count", &facts->frame_count, NULL, 0, false },
		{ "file_bytes", &facts->file_bytes, NULL, 0, false },
		{ "raw_bytes", &facts->raw_bytes, NULL, 0, false },
		{ "sha256", NULL, facts->sha256, sizeof(facts->sha256),
		    false },
		{ "raw_sha256", NULL, facts->raw_sha256,
		    sizeof(facts->raw_sha256), false },
		{ "created_ms", &entry->created_ms, NULL, 0, false },
		{ "program", NULL, entry->program, sizeof(entry->program), false },
		{ "store_version", &entry->store_version, NULL, 0, false },
		{ "store", NULL, entry->store, sizeof(entry->store), true },
	};

	memcpy(places, all, sizeof(all));
}

void
catalog_entry_print(struct json_writer *json, const struct catalog_entry *entry)
{
	struct catalog_entry copy = *entry;
	struct place places[PLACE_COUNT];
	struct buf path = BUF_EMPTY;

	part_name_print(&path, &entry->name);
	json_writer_key_text(json, "path", buf_text(&path));
	json_writer_key_text(json, "table", entry->name.table);
	json_writer_key_text(json, "tier", entry->name.tier);
	json_writer_key_text(json, "format", entry->name.format);
	json_writer_key_text(json, "day", entry->name.day);
	buf_release(&path);
	places_of(&copy, places);
	for (size_t i = 0; i < PLACE_COUNT; i++) {
		if (places[i].integer != NULL)
			json_writer_key_integer(json, places[i].key,
			    *places[i].integer);
		else if (!places[i].is_optional || places[i].text[0] != '\0')
			json_writer_key_text(json, places[i].key,
			    places[i].text);
	}
}

static int
take_member(const struct json_object *object, const struct place *place,
    struct err *err)
{
	const struct json_member *member = json_find(object, place->key);

	if (member == NULL && place->is_optional)
		return 0;
	if (member == NULL)
		return err_set(err, EXIT_DATA, "%s: is missing", place->key);
	if (place->integer != NULL) {
		if (member->type != JSON_INTEGER || member->integer < 0)
			return err_set(err, EXIT_DATA,
			    "%s: must be a whole number of at least 0", place->key);
		*place->integer = member->integer;
		return 0;
	}
	if (member->type != JSON_TEXT || member->text_len >= place->text_size)
		return err_set(err, EXIT_DATA, "%s: must be text of at most "
		    "%zu bytes", place->key, place->text_size - 1);
	memcpy(place->text, member->text, member->text_len);
	place->text[member->text_len] = '\0';
	return 0;
}

bool
catalog_entry_is_within_its_day(const struct catalog_entry *entry)
{
	return entry->facts.from_ts_ms >= entry->name.day_ms &&
	    entry->facts.from_ts_ms < entry->facts.until_ts_ms &&
	    entry->facts.until_ts_ms <= entry->name.day_ms + TIM_MS_PER_DAY;
}

static int
check_times(const struct catalog_entry *entry, struct err *err)
{
	if (catalog_entry_is_within_its_day(entry))
		return 0;
	return err_set(err, EXIT_DATA, "from_ts_ms, until_ts_ms: %" PRId64
	    " and %" PRId64 " are not a span of the day %s",
	    entry->facts.from_ts_ms, entry->facts.until_ts_ms, entry->name.day);
}

int
catalog_entry_read(struct json_parser *parser, const char *line, size_t len,
    struct catalog_entry *entry, struct err *err)
{
	struct place places[PLACE_COUNT];
	const struct json_member *path;
	struct json_object object;
	struct json_error error;

	memset(entry, 0, sizeof(*entry));
	if (json_read(parser, line, len, &object, &error) < 0)
		return err_set(err, EXIT_DATA, "byte %zu: %s",
		    error.offset + 1, error.words);
	path = json_find(&object, "path");
	if (path == NULL)
		return err_set(err, EXIT_DATA, "path: is missing");
	if (path->type != JSON_TEXT)
		return err_set(err, EXIT_DATA, "path: must be text");
	if (part_name_parse(path->text, path->text_len, &entry->name) < 0)
		return err_set(err, EXIT_DATA, "path: '%.*s' is not the path "
		    "of a partition, such as "
		    "warm/http_events/dt=2026-11-01/part-0001.jsonl.zst",
		    path->text_len > 100 ? 100 : (int)path->text_len,
		    path->text);
	places_of(entry, places);
	for (size_t i = 0; i < PLACE_COUNT; i++)
		if (take_member(&object, &places[i], err) < 0)
			return -1;
	return check_times(entry, err);
}
