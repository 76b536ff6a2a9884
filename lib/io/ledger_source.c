/* SPDX-License-Identifier: ISC */
#include "io/ledger_private.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/tim.h"
#include "io/digest.h"
#include "tel/origin.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static bool
is_producer(const struct ledger_source *source, const char *name, size_t len)
{
	return source->producer_len == len && source->producer != NULL &&
	    memcmp(source->producer, name, len) == 0;
}

/* The slot of the producer, or the free one where it belongs. */
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

/* Puts the source that was loaded last under the name of its producer. */
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

static struct ledger_source *
cached_no(struct ledger *ledger, int64_t no)
{
	for (size_t i = ledger->count; i-- > 0;)
		if (ledger->sources[i]->no == no)
			return ledger->sources[i];
	return NULL;
}

/* The source numbered no with its ranges, in the cache. */
static int
load(struct ledger *ledger, int64_t no, struct ledger_source **out,
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
	db_bind_integer(ranges, 1, no);
	while ((result = db_step(ranges, err)) == 1)
		ranges_add(&source->taken, db_column_integer(ranges, 0),
		    db_column_integer(ranges, 1));
	*out = source;
	return result;
}

/* Runs a query whose first row's first column is a source number; 0 when there
 * is no row. */
static int
query_no(struct db_statement *query, int64_t *no, struct err *err)
{
	int result = db_step(query, err);

	*no = 0;
	if (result == 1) {
		*no = db_column_integer(query, 0);
		db_reset(query);
	}
	return result < 0 ? -1 : 0;
}

static void
bind_or_null(struct db_statement *query, int i, const char *text, size_t len)
{
	if (text == NULL)
		db_bind_null(query, i);
	else
		db_bind_text(query, i, text, len);
}

static int
add_producer(struct ledger *ledger, const char *name, size_t name_len,
    const char *run_id, size_t run_id_len, int64_t *no, struct err *err)
{
	struct db_statement *add = ledger->queries[LEDGER_ADD_SOURCE];

	db_bind_clear(add);
	db_bind_text(add, 1, "producer", 8);
	db_bind_text(add, 2, name, name_len);
	db_bind_text(add, 3, "", 0);
	bind_or_null(add, 4, run_id, run_id_len);
	db_bind_integer(add, 5, tim_now_ms());
	return query_no(add, no, err);
}

int
ledger_producer(struct ledger *ledger, const char *name, size_t name_len,
    const char *run_id, size_t run_id_len, struct ledger_source **out,
    struct err *err)
{
	struct db_statement *find = ledger->queries[LEDGER_FIND_PRODUCER];
	struct ledger_source *source = ledger->last;
	uint32_t index;
	int64_t no;

	if (source == NULL || !is_producer(source, name, name_len)) {
		index = *find_slot(ledger, name, name_len);
		source = index > 0 ? ledger->sources[index - 1] : NULL;
	}
	if (source == NULL) {
		db_bind_text(find, 1, name, name_len);
		if (query_no(find, &no, err) < 0 || (no == 0 &&
		    add_producer(ledger, name, name_len, run_id, run_id_len,
		    &no, err) < 0) || load(ledger, no, &source, err) < 0)
			return -1;
		remember(ledger, source, name, name_len);
	}
	ledger->last = source;
	*out = source;
	return 0;
}

static size_t
key_len(const struct ledger_input *input)
{
	return input->prefix_len < LEDGER_PREFIX_BYTES ? input->prefix_len
	    : LEDGER_PREFIX_BYTES;
}

/* What is known of an input that was here before. */
struct known {
	int64_t no; /* 0: nothing */
	int64_t prefix_bytes, check_bytes;
};

/* Of the inputs that FIND_INPUT finds, the one whose beginning is the same as
 * far as it was taken. */
static int
compare(struct db_statement *find, const struct ledger_input *input,
    struct known *known, size_t *wanted_bytes, struct err *err)
{
	char hex[DIGEST_HEX_SIZE];
	int result;

	while ((result = db_step(find, err)) == 1) {
		int64_t check_bytes = db_column_integer(find, 1);
		const char *check = db_column_text(find, 2);

		if (check_bytes > (int64_t)input->prefix_len) {
			if (!input->is_whole)
				*wanted_bytes = (size_t)check_bytes;
			continue;
		}
		digest_of(input->prefix, (size_t)check_bytes, hex);
		if (check_bytes > 0 && (check == NULL || strcmp(check, hex) != 0))
			continue;
		known->no = db_column_integer(find, 0);
		known->check_bytes = check_bytes;
		*wanted_bytes = 0;
		db_reset(find);
		break;
	}
	return result < 0 ? -1 : 0;
}

/* The input that begins as this one does, by the longest prefix that was kept. */
static int
find_input(struct ledger *ledger, const struct ledger_input *input,
    struct known *known, size_t *wanted_bytes, struct err *err)
{
	struct db_statement *lengths = ledger->queries[LEDGER_PREFIX_LENGTHS];
	struct db_statement *find = ledger->queries[LEDGER_FIND_INPUT];
	const char *kind = input->is_file ? "file" : "stream";
	char hex[DIGEST_HEX_SIZE];
	int result;

	db_bind_text(lengths, 1, kind, strlen(kind));
	db_bind_integer(lengths, 2, (int64_t)key_len(input));
	while (known->no == 0 && *wanted_bytes == 0 &&
	    (result = db_step(lengths, err)) == 1) {
		int64_t prefix_bytes = db_column_integer(lengths, 0);

		digest_of(input->prefix, (size_t)prefix_bytes, hex);
		db_bind_text(find, 1, kind, strlen(kind));
		db_bind_integer(find, 2, prefix_bytes);
		db_bind_text(find, 3, hex, strlen(hex));
		db_bind_integer(find, 4, input->inode);
		db_bind_text(find, 5, input->name, strlen(input->name));
		if (compare(find, input, known, wanted_bytes, err) < 0)
			result = -1;
		if (result < 0)
			break;
		if (known->no != 0)
			known->prefix_bytes = prefix_bytes;
	}
	db_reset(lengths);
	return result < 0 ? -1 : 0;
}

/* Binds who the input is to both queries: to find it by name, and to add it. */
static void
bind_identity(struct ledger *ledger, const struct ledger_input *input,
    const struct buf *fingerprint)
{
	const char *kind = input->is_file ? "file" : "stream";

	for (int i = 0; i < 2; i++) {
		struct db_statement *query = ledger->queries[i == 0 ?
		    LEDGER_FIND_NAMED : LEDGER_ADD_SOURCE];

		db_bind_clear(query);
		db_bind_text(query, 1, kind, strlen(kind));
		db_bind_text(query, 2, input->name, strlen(input->name));
		db_bind_text(query, 3, fingerprint->data, fingerprint->len);
	}
}

/* Takes the name for the input if it is free, or if only a restored archive has
 * named it so far; *no stays 0 when another input has it. */
static int
try_identity(struct ledger *ledger, int64_t *no, struct err *err)
{
	struct db_statement *find = ledger->queries[LEDGER_FIND_NAMED];
	struct db_statement *add = ledger->queries[LEDGER_ADD_SOURCE];
	int result = db_step(find, err);

	*no = 0;
	if (result < 0)
		return -1;
	if (result == 1) {
		if (db_column_integer(find, 1) == 1)
			*no = db_column_integer(find, 0);
		db_reset(find);
		return 0;
	}
	db_bind_integer(add, 5, tim_now_ms());
	return query_no(add, no, err);
}

/* Inputs that only begin alike get a number behind the fingerprint. */
static int
add_input(struct ledger *ledger, const struct ledger_input *input, int64_t *no,
    struct err *err)
{
	struct buf fingerprint = BUF_EMPTY;
	char hex[DIGEST_HEX_SIZE];
	int result = 0;

	digest_of(input->prefix, key_len(input), hex);
	for (int number = 1; result == 0 && *no == 0; number++) {
		buf_reset(&fingerprint);
		if (input->is_file)
			buf_printf(&fingerprint, "%" PRId64 "-%" PRId64 "-",
			    input->device, input->inode);
		buf_printf(&fingerprint, "%zu-%s", key_len(input), hex);
		if (number > 1)
			buf_printf(&fingerprint, "-%d", number);
		bind_identity(ledger, input, &fingerprint);
		result = try_identity(ledger, no, err);
	}
	buf_release(&fingerprint);
	return result;
}

/* Gives the source the prefix of the input if that is longer than what it has. */
static int
grow_prefix(struct ledger *ledger, int64_t no, const struct ledger_input *input,
    struct err *err)
{
	struct db_statement *grow = ledger->queries[LEDGER_GROW_PREFIX];
	char hex[DIGEST_HEX_SIZE];

	digest_of(input->prefix, key_len(input), hex);
	db_bind_clear(grow);
	db_bind_integer(grow, 1, no);
	db_bind_integer(grow, 2, (int64_t)key_len(input));
	db_bind_text(grow, 3, hex, strlen(hex));
	if (input->is_file) {
		db_bind_integer(grow, 4, input->device);
		db_bind_integer(grow, 5, input->inode);
	}
	return db_execute(grow, err);
}

int
ledger_input(struct ledger *ledger, const struct ledger_input *input, bool make,
    struct ledger_source **out, size_t *wanted_bytes, struct err *err)
{
	struct known known = { 0, 0, 0 };

	*out = NULL;
	*wanted_bytes = 0;
	if (input->prefix_len < LEDGER_PREFIX_BYTES && !input->is_whole) {
		*wanted_bytes = LEDGER_PREFIX_BYTES;
		return 0;
	}
	if (find_input(ledger, input, &known, wanted_bytes, err) < 0)
		return -1;
	if (*wanted_bytes > 0 || (known.no == 0 && !make))
		return 0;
	if (known.no == 0 && add_input(ledger, input, &known.no, err) < 0)
		return -1;
	if (known.prefix_bytes < (int64_t)key_len(input) &&
	    grow_prefix(ledger, known.no, input, err) < 0)
		return -1;
	*out = cached_no(ledger, known.no);
	if (*out == NULL && load(ledger, known.no, out, err) < 0)
		return -1;
	(*out)->check_bytes = known.check_bytes;
	return 0;
}

int
ledger_check(struct ledger *ledger, struct ledger_source *source,
    const struct ledger_input *input, int64_t until, struct err *err)
{
	struct db_statement *set = ledger->queries[LEDGER_SET_CHECK];
	char hex[DIGEST_HEX_SIZE];

	if (until > (int64_t)input->prefix_len)
		until = (int64_t)input->prefix_len;
	if (until <= source->check_bytes)
		return 0;
	source->check_bytes = until;
	digest_of(input->prefix, (size_t)until, hex);
	db_bind_integer(set, 1, source->no);
	db_bind_integer(set, 2, until);
	db_bind_text(set, 3, hex, strlen(hex));
	return db_execute(set, err);
}

/* The number of the source of an archived event, made when it is new. */
static int
named_no(struct ledger *ledger, const struct origin *origin, int64_t *no,
    struct err *err)
{
	static const enum ledger_query tries[] = { LEDGER_FIND_NAMED,
		LEDGER_ADD_SOURCE };

	*no = 0;
	for (size_t i = 0; *no == 0 && i < 2; i++) {
		struct db_statement *query = ledger->queries[tries[i]];

		db_bind_clear(query);
		db_bind_text(query, 1, origin->kind, origin->kind_len);
		db_bind_text(query, 2, origin->name, origin->name_len);
		db_bind_text(query, 3, origin->fingerprint,
		    origin->fingerprint_len);
		if (tries[i] == LEDGER_ADD_SOURCE)
			db_bind_integer(query, 5, tim_now_ms());
		if (query_no(query, no, err) < 0)
			return -1;
	}
	return 0;
}

int
ledger_named(struct ledger *ledger, const char *text, size_t len,
    struct ledger_source **out, struct err *err)
{
	struct origin origin;
	int64_t no;

	*out = ledger->last_named;
	if (*out != NULL && ledger->last_name.len == len &&
	    memcmp(ledger->last_name.data, text, len) == 0)
		return 1;
	if (origin_parse(text, len, &origin) < 0)
		return 0;
	if (named_no(ledger, &origin, &no, err) < 0)
		return -1;
	*out = cached_no(ledger, no);
	if (*out == NULL && load(ledger, no, out, err) < 0)
		return -1;
	ledger->last_named = *out;
	buf_reset(&ledger->last_name);
	buf_add(&ledger->last_name, text, len);
	return 1;
}
