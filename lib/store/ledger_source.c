/* SPDX-License-Identifier: ISC
 *
 * Sources in the ledger. Those in use stay in memory with their ranges, and producers
 * are found there by name, because every event asks for one.
 */
#include "store/ledger_private.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/tim.h"
#include "tel/origin.h"

#include <stdlib.h>
#include <string.h>

static bool
is_producer(const struct ledger_source *source, const char *name, size_t len)
{
	return source->producer_len == len && source->producer != NULL &&
	    memcmp(source->producer, name, len) == 0;
}

/* Returns the slot of the producer, or the free slot where it belongs. */
static uint32_t *
find_slot(struct ledger *ledger, const char *name, size_t len)
{
	size_t mask = ledger->slot_count - 1;
	size_t slot = (size_t)hash_fnv1a(name, len) & mask;

	while (ledger->slots[slot] != 0 && !is_producer(
	    ledger->sources[ledger->slots[slot] - 1], name, len))
		slot = (slot + 1) & mask;
	return &ledger->slots[slot];
}

static void
grow_slots(struct ledger *ledger)
{
	if (2 * (ledger->producer_count + 1) <= ledger->slot_count)
		return;
	free(ledger->slots);
	ledger->slot_count *= 2;
	ledger->slots = mem_new(ledger->slot_count, sizeof(ledger->slots[0]));
	for (size_t i = 0; i < ledger->count; i++) {
		const struct ledger_source *source = ledger->sources[i];

		if (source->producer != NULL)
			*find_slot(ledger, source->producer,
			    source->producer_len) = (uint32_t)i + 1;
	}
}

/* Enters the source that was loaded last under the name of its producer. */
static void
remember(struct ledger *ledger, struct ledger_source *source, const char *name,
    size_t len)
{
	grow_slots(ledger);
	*find_slot(ledger, name, len) = (uint32_t)ledger->count;
	source->producer = mem_text_of(name, len);
	source->producer_len = len;
	ledger->producer_count++;
}

struct ledger_source *
ledger_cached(struct ledger *ledger, int64_t no)
{
	for (size_t i = ledger->count; i-- > 0;)
		if (ledger->sources[i]->no == no)
			return ledger->sources[i];
	return NULL;
}

int
ledger_load(struct ledger *ledger, int64_t no, struct ledger_source **out,
    struct err *err)
{
	struct db_statement *ranges = ledger->queries[LEDGER_LOAD_RANGES];
	struct ledger_source *source = mem_new(1, sizeof(*source));
	int result;

	source->no = no;
	if (ledger->count == ledger->size) {
		ledger->size = ledger->size > 0 ? ledger->size * 2 : 16;
		ledger->sources = mem_resize(ledger->sources, ledger->size,
		    sizeof(ledger->sources[0]));
	}
	ledger->sources[ledger->count++] = source;
	DB_BIND(ranges, db_value_integer(":no", no));
	while ((result = db_step(ranges, err)) == 1)
		ranges_add(&source->taken, db_column_integer(ranges, 0),
		    db_column_integer(ranges, 1));
	*out = source;
	return result;
}

const char *
ledger_kind_word(enum ledger_kind kind)
{
	static const char *const words[] = { [LEDGER_PRODUCER] = "producer",
		[LEDGER_FILE] = "file", [LEDGER_STREAM] = "stream" };

	return words[kind];
}

int
ledger_find_source(struct ledger *ledger, const struct ledger_identity *identity,
    int64_t *no, bool *is_known, struct err *err)
{
	struct db_statement *find = ledger->queries[LEDGER_FIND_NAMED];
	int result;

	DB_BIND(find, db_value_text(":kind", ledger_kind_word(identity->kind)),
	    db_value_text_of(":name", identity->name, identity->name_len),
	    db_value_text_of(":fingerprint", identity->fingerprint,
	    identity->fingerprint_len));
	result = db_step(find, err);
	*no = 0;
	*is_known = false;
	if (result == 1) {
		*no = db_column_integer(find, 0);
		*is_known = db_column_integer(find, 1) != 0;
		db_reset(find);
	}
	return result < 0 ? -1 : 0;
}

int
ledger_add_source(struct ledger *ledger, const struct ledger_identity *identity,
    int64_t *no, struct err *err)
{
	struct db_statement *add = ledger->queries[LEDGER_ADD_SOURCE];
	int result;

	DB_BIND(add, db_value_text(":kind", ledger_kind_word(identity->kind)),
	    db_value_text_of(":name", identity->name, identity->name_len),
	    db_value_text_of(":fingerprint", identity->fingerprint,
	    identity->fingerprint_len),
	    db_value_text_of(":run_id", identity->run_id, identity->run_id_len),
	    db_value_integer(":now_ms", tim_now_ms()));
	result = db_step(add, err);
	if (result == 1) {
		*no = db_column_integer(add, 0);
		db_reset(add);
	}
	return result < 0 ? -1 : 0;
}

/* Finds the number of the source, or adds the source. */
static int
find_or_add(struct ledger *ledger, const struct ledger_identity *identity,
    int64_t *no, struct err *err)
{
	bool is_known;

	if (ledger_find_source(ledger, identity, no, &is_known, err) < 0)
		return -1;
	return *no != 0 ? 0 : ledger_add_source(ledger, identity, no, err);
}

int
ledger_producer(struct ledger *ledger, const char *name, size_t name_len,
    const char *run_id, size_t run_id_len, struct ledger_source **out,
    struct err *err)
{
	const struct ledger_identity identity = { .kind = LEDGER_PRODUCER,
		.name = name, .name_len = name_len, .fingerprint = "",
		.run_id = run_id, .run_id_len = run_id_len };
	struct ledger_source *source = ledger->last;
	uint32_t index;
	int64_t no;

	if (source == NULL || !is_producer(source, name, name_len)) {
		index = *find_slot(ledger, name, name_len);
		source = index > 0 ? ledger->sources[index - 1] : NULL;
	}
	if (source == NULL) {
		if (find_or_add(ledger, &identity, &no, err) < 0 ||
		    ledger_load(ledger, no, &source, err) < 0)
			return -1;
		remember(ledger, source, name, name_len);
	}
	ledger->last = source;
	*out = source;
	return 0;
}

/* Returns the kind of source that an origin names; origin_parse accepts only these. */
static enum ledger_kind
kind_of_origin(const struct origin *origin)
{
	const char *file = ledger_kind_word(LEDGER_FILE);

	return origin->kind_len == strlen(file) &&
	    memcmp(origin->kind, file, origin->kind_len) == 0 ? LEDGER_FILE
	    : LEDGER_STREAM;
}

int
ledger_named(struct ledger *ledger, const char *text, size_t len,
    struct ledger_source **out, struct err *err)
{
	struct ledger_identity identity;
	struct origin origin;
	int64_t no;

	*out = ledger->last_named;
	if (*out != NULL && ledger->last_name.len == len &&
	    memcmp(ledger->last_name.data, text, len) == 0)
		return 1;
	if (origin_parse(text, len, &origin) < 0)
		return 0;
	identity = (struct ledger_identity){ .kind = kind_of_origin(&origin),
		.name = origin.name, .name_len = origin.name_len,
		.fingerprint = origin.fingerprint,
		.fingerprint_len = origin.fingerprint_len };
	if (find_or_add(ledger, &identity, &no, err) < 0)
		return -1;
	*out = ledger_cached(ledger, no);
	if (*out == NULL && ledger_load(ledger, no, out, err) < 0)
		return -1;
	ledger->last_named = *out;
	buf_reset(&ledger->last_name);
	buf_add(&ledger->last_name, text, len);
	return 1;
}

int
ledger_numbered(struct ledger *ledger, int64_t no, struct ledger_source **out,
    struct err *err)
{
	*out = ledger_cached(ledger, no);
	return *out != NULL ? 0 : ledger_load(ledger, no, out, err);
}
