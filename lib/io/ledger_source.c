/* SPDX-License-Identifier: ISC */
#include "io/ledger_private.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/tim.h"
#include "io/digest.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* FNV-1a, 64 bits (draft-eastlake-fnv): short names, no adversary to gain
 * anything but a slower lookup. */
static size_t
slot_of(const char *name, size_t len)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)name[i]) * UINT64_C(0x100000001b3);
	return (size_t)(hash % LEDGER_SLOTS);
}

static bool
is_producer(const struct ledger_source *source, const char *name, size_t len)
{
	return source->producer_len == len && source->producer != NULL &&
	    memcmp(source->producer, name, len) == 0;
}

static struct ledger_source *
cached_producer(struct ledger *ledger, const char *name, size_t len)
{
	size_t slot = slot_of(name, len);

	for (; ledger->slots[slot] != 0; slot = (slot + 1) % LEDGER_SLOTS) {
		struct ledger_source *source =
		    ledger->sources[ledger->slots[slot] - 1];

		if (is_producer(source, name, len))
			return source;
	}
	return NULL;
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
	size_t slot;
	int64_t no;

	if (source == NULL || !is_producer(source, name, name_len))
		source = cached_producer(ledger, name, name_len);
	if (source == NULL) {
		db_bind_text(find, 1, name, name_len);
		if (query_no(find, &no, err) < 0 || (no == 0 &&
		    add_producer(ledger, name, name_len, run_id, run_id_len,
		    &no, err) < 0) || load(ledger, no, &source, err) < 0)
			return -1;
		source->producer = mem_text_of(name, name_len);
		source->producer_len = name_len;
		/* One transaction may bring more than are kept: then the table
		 * is full and later ones are found by the database. */
		if (ledger->count < LEDGER_SLOTS / 2) {
			for (slot = slot_of(name, name_len);
			    ledger->slots[slot] != 0; slot = (slot + 1) % LEDGER_SLOTS)
				;
			ledger->slots[slot] = (uint32_t)ledger->count;
		}
	}
	ledger->last = source;
	*out = source;
	return 0;
}

/* The input that begins as this one does, by the longest prefix that was kept;
 * *no is 0 when there is none. */
static int
find_input(struct ledger *ledger, const struct ledger_input *input,
    int64_t *no, int64_t *prefix_bytes, struct err *err)
{
	struct db_statement *lengths = ledger->queries[LEDGER_PREFIX_LENGTHS];
	struct db_statement *find = ledger->queries[LEDGER_FIND_INPUT];
	const char *kind = input->is_file ? "file" : "stream";
	char hex[DIGEST_HEX_SIZE];
	int result;

	*no = 0;
	db_bind_text(lengths, 1, kind, strlen(kind));
	db_bind_integer(lengths, 2, (int64_t)input->prefix_len);
	while (*no == 0 && (result = db_step(lengths, err)) == 1) {
		*prefix_bytes = db_column_integer(lengths, 0);
		digest_of(input->prefix, (size_t)*prefix_bytes, hex);
		db_bind_text(find, 1, kind, strlen(kind));
		db_bind_integer(find, 2, *prefix_bytes);
		db_bind_text(find, 3, hex, strlen(hex));
		db_bind_integer(find, 4, input->device);
		db_bind_integer(find, 5, input->inode);
		db_bind_text(find, 6, input->name, strlen(input->name));
		if (query_no(find, no, err) < 0)
			result = -1;
		if (result < 0)
			break;
	}
	db_reset(lengths);
	return *no == 0 && result < 0 ? -1 : 0;
}

/* A restored archive may have named the source before its input was seen here:
 * then it is there, without a prefix. */
static int
add_input(struct ledger *ledger, const struct ledger_input *input, int64_t *no,
    struct err *err)
{
	struct db_statement *find = ledger->queries[LEDGER_FIND_NAMED];
	struct db_statement *add = ledger->queries[LEDGER_ADD_SOURCE];
	const char *kind = input->is_file ? "file" : "stream";
	struct buf fingerprint = BUF_EMPTY;
	char hex[DIGEST_HEX_SIZE];
	int result;

	digest_of(input->prefix, input->prefix_len, hex);
	if (input->is_file)
		buf_printf(&fingerprint, "%" PRId64 "-%" PRId64 "-",
		    input->device, input->inode);
	buf_printf(&fingerprint, "%zu-%s", input->prefix_len, hex);
	for (int i = 0; i < 2; i++) {
		struct db_statement *query = i == 0 ? find : add;

		db_bind_clear(query);
		db_bind_text(query, 1, kind, strlen(kind));
		db_bind_text(query, 2, input->name, strlen(input->name));
		db_bind_text(query, 3, fingerprint.data, fingerprint.len);
	}
	result = query_no(find, no, err);
	if (result == 0 && *no == 0) {
		db_bind_integer(add, 5, tim_now_ms());
		result = query_no(add, no, err);
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

	digest_of(input->prefix, input->prefix_len, hex);
	db_bind_clear(grow);
	db_bind_integer(grow, 1, no);
	db_bind_integer(grow, 2, (int64_t)input->prefix_len);
	db_bind_text(grow, 3, hex, strlen(hex));
	if (input->is_file) {
		db_bind_integer(grow, 4, input->device);
		db_bind_integer(grow, 5, input->inode);
	}
	return db_execute(grow, err);
}

int
ledger_input(struct ledger *ledger, const struct ledger_input *input, bool make,
    struct ledger_source **out, struct err *err)
{
	int64_t no, prefix_bytes = 0;

	*out = NULL;
	if (find_input(ledger, input, &no, &prefix_bytes, err) < 0)
		return -1;
	if (no == 0 && !make)
		return 0;
	if (no == 0 && add_input(ledger, input, &no, err) < 0)
		return -1;
	if (prefix_bytes < (int64_t)input->prefix_len &&
	    grow_prefix(ledger, no, input, err) < 0)
		return -1;
	*out = cached_no(ledger, no);
	return *out != NULL ? 0 : load(ledger, no, out, err);
}

/* "KIND:NAME:FINGERPRINT" in its three parts; only the name may hold colons. */
static bool
split_name(const char *text, size_t len, size_t *kind_len, size_t *name_len)
{
	const char *first = memchr(text, ':', len);
	const char *last = memrchr(text, ':', len);

	if (first == NULL || last == first)
		return false;
	*kind_len = (size_t)(first - text);
	*name_len = (size_t)(last - first) - 1;
	return (*kind_len == 4 && memcmp(text, "file", 4) == 0) ||
	    (*kind_len == 6 && memcmp(text, "stream", 6) == 0);
}

int
ledger_named(struct ledger *ledger, const char *text, size_t len,
    struct ledger_source **out, struct err *err)
{
	struct db_statement *query = ledger->queries[LEDGER_FIND_NAMED];
	size_t kind_len, name_len, rest;
	int64_t no = 0;

	if (!split_name(text, len, &kind_len, &name_len))
		return 0;
	rest = kind_len + name_len + 2;
	for (int try = 0; no == 0 && try < 2; try++) {
		if (try == 1) {
			query = ledger->queries[LEDGER_ADD_SOURCE];
			db_bind_clear(query);
			db_bind_integer(query, 5, tim_now_ms());
		}
		db_bind_text(query, 1, text, kind_len);
		db_bind_text(query, 2, text + kind_len + 1, name_len);
		db_bind_text(query, 3, text + rest, len - rest);
		if (query_no(query, &no, err) < 0)
			return -1;
	}
	*out = cached_no(ledger, no);
	if (*out == NULL && load(ledger, no, out, err) < 0)
		return -1;
	return 1;
}
