/* SPDX-License-Identifier: ISC */
#include "io/ledger.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/tim.h"
#include "io/digest.h"
#include "io/store.h"
#include "tel/ranges.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Sources kept in memory; beyond that all are dropped between transactions. */
#define CACHED_SOURCES 4096
#define SLOTS (4 * CACHED_SOURCES)

struct ledger_source {
	int64_t no;
	char *producer; /* NULL for an input */
	size_t producer_len;
	struct ranges taken;
	/* Since ledger_begin: */
	bool is_touched;
	int64_t taken_from, taken_until; /* hull of what was taken */
	int64_t from, until;             /* hull of the lines */
	int64_t from_ts_ms, until_ts_ms;
	int64_t fates[LEDGER_FATE_COUNT];
	int64_t row_count, line_bytes;
	struct ledger_source *next_touched;
};

enum query {
	FIND_PRODUCER, FIND_INPUT, FIND_NAMED, PREFIX_LENGTHS, ADD_SOURCE,
	GROW_PREFIX, LOAD_RANGES, DROP_RANGES, ADD_RANGE, ADD_BATCH,
	LAST_TRANSACTION, QUERY_COUNT
};

static const char *const queries[QUERY_COUNT] = {
	[FIND_PRODUCER] = "SELECT no FROM sources WHERE kind = 'producer'"
	    " AND name = ?1 AND fingerprint = ''",
	[FIND_INPUT] = "SELECT no FROM sources WHERE kind = ?1"
	    " AND prefix_bytes = ?2 AND prefix_sha256 = ?3"
	    " AND CASE kind WHEN 'file' THEN device = ?4 AND inode = ?5"
	    " ELSE name = ?6 END ORDER BY no LIMIT 1",
	[FIND_NAMED] = "SELECT no FROM sources WHERE kind = ?1 AND name = ?2"
	    " AND fingerprint = ?3",
	[PREFIX_LENGTHS] = "SELECT DISTINCT prefix_bytes FROM sources"
	    " WHERE kind = ?1 AND prefix_bytes <= ?2"
	    " ORDER BY prefix_bytes DESC",
	[ADD_SOURCE] = "INSERT INTO sources (kind, name, fingerprint, run_id,"
	    " first_seen_ms, prefix_bytes, prefix_sha256, device, inode)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) RETURNING no",
	[GROW_PREFIX] = "UPDATE sources SET prefix_bytes = ?2,"
	    " prefix_sha256 = ?3, device = coalesce(device, ?4),"
	    " inode = coalesce(inode, ?5) WHERE no = ?1"
	    " AND coalesce(prefix_bytes, 0) < ?2",
	[LOAD_RANGES] = "SELECT from_position, until_position FROM source_ranges"
	    " WHERE source_no = ?1 ORDER BY from_position",
	[DROP_RANGES] = "DELETE FROM source_ranges WHERE source_no = ?1"
	    " AND from_position >= ?2 AND from_position < ?3",
	[ADD_RANGE] = "INSERT INTO source_ranges"
	    " (source_no, from_position, until_position) VALUES (?1, ?2, ?3)",
	[ADD_BATCH] = "INSERT INTO batches (transaction_no, source_no,"
	    " from_position, until_position, from_ts_ms, until_ts_ms,"
	    " line_count, inserted_count, duplicate_count, filtered_count,"
	    " dead_count, row_count, line_bytes, committed_ms) VALUES (?1, ?2,"
	    " ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
	[LAST_TRANSACTION] = "SELECT transaction_no FROM batches"
	    " ORDER BY no DESC LIMIT 1",
};

struct ledger {
	struct db *db;
	struct db_statement *queries[QUERY_COUNT];
	struct ledger_source **sources; /* all in memory */
	size_t count, size;
	uint32_t slots[SLOTS];          /* producer name -> index + 1 */
	struct ledger_source *last;     /* the producer asked for last */
	struct ledger_source *touched;
	int64_t transaction_no;
	int64_t data_version;
	uint64_t generation;
};

int
ledger_open(struct ledger **out, struct db *db, struct err *err)
{
	struct ledger *ledger = mem_new(1, sizeof(*ledger));

	ledger->db = db;
	ledger->data_version = -1;
	ledger->generation = 1;
	for (int i = 0; i < QUERY_COUNT; i++) {
		if (db_prepare(db, &ledger->queries[i], queries[i], err) < 0) {
			ledger_close(ledger);
			return -1;
		}
	}
	*out = ledger;
	return 0;
}

void
ledger_close(struct ledger *ledger)
{
	if (ledger == NULL)
		return;
	ledger_forget(ledger);
	for (int i = 0; i < QUERY_COUNT; i++)
		db_finalize(ledger->queries[i]);
	free(ledger->sources);
	free(ledger);
}

void
ledger_forget(struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->count; i++) {
		ranges_release(&ledger->sources[i]->taken);
		free(ledger->sources[i]->producer);
		free(ledger->sources[i]);
	}
	ledger->count = 0;
	ledger->generation++;
	ledger->last = ledger->touched = NULL;
	memset(ledger->slots, 0, sizeof(ledger->slots));
	ledger->data_version = -1;
}

int
ledger_begin(struct ledger *ledger, struct err *err)
{
	struct db_statement *last = ledger->queries[LAST_TRANSACTION];
	int64_t version;
	int result;

	if (db_data_version(ledger->db, &version, err) < 0)
		return -1;
	if (version != ledger->data_version || ledger->count > CACHED_SOURCES)
		ledger_forget(ledger);
	ledger->data_version = version;
	ledger->touched = NULL;
	result = db_step(last, err);
	ledger->transaction_no = 1;
	if (result == 1) {
		ledger->transaction_no = db_column_integer(last, 0) + 1;
		db_reset(last);
	}
	return result < 0 ? -1 : 0;
}

uint64_t
ledger_generation(const struct ledger *ledger)
{
	return ledger->generation;
}

/* FNV-1a, 64 bits (draft-eastlake-fnv): short names, no adversary to gain
 * anything but a slower lookup. */
static size_t
slot_of(const char *name, size_t len)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)name[i]) * UINT64_C(0x100000001b3);
	return (size_t)(hash % SLOTS);
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

	for (; ledger->slots[slot] != 0; slot = (slot + 1) % SLOTS) {
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
	struct db_statement *ranges = ledger->queries[LOAD_RANGES];
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
	struct db_statement *add = ledger->queries[ADD_SOURCE];

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
	struct db_statement *find = ledger->queries[FIND_PRODUCER];
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
		if (ledger->count < SLOTS / 2) {
			for (slot = slot_of(name, name_len);
			    ledger->slots[slot] != 0; slot = (slot + 1) % SLOTS)
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
	struct db_statement *lengths = ledger->queries[PREFIX_LENGTHS];
	struct db_statement *find = ledger->queries[FIND_INPUT];
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
	struct db_statement *find = ledger->queries[FIND_NAMED];
	struct db_statement *add = ledger->queries[ADD_SOURCE];
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
	struct db_statement *grow = ledger->queries[GROW_PREFIX];
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
	struct db_statement *query = ledger->queries[FIND_NAMED];
	size_t kind_len, name_len, rest;
	int64_t no = 0;

	if (!split_name(text, len, &kind_len, &name_len))
		return 0;
	rest = kind_len + name_len + 2;
	for (int try = 0; no == 0 && try < 2; try++) {
		if (try == 1) {
			query = ledger->queries[ADD_SOURCE];
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

int64_t
ledger_id(const struct ledger_source *source, int64_t position)
{
	return source->no << STORE_POSITION_BITS | position;
}

int64_t
ledger_source_no(const struct ledger_source *source)
{
	return source->no;
}

bool
ledger_has(const struct ledger_source *source, int64_t position)
{
	return ranges_have(&source->taken, position);
}

static void
touch(struct ledger *ledger, struct ledger_source *source)
{
	if (source->is_touched)
		return;
	source->is_touched = true;
	source->next_touched = ledger->touched;
	ledger->touched = source;
	source->taken_from = source->from = source->from_ts_ms = INT64_MAX;
	source->taken_until = source->until = source->until_ts_ms = 0;
	source->row_count = source->line_bytes = 0;
	memset(source->fates, 0, sizeof(source->fates));
}

static void
widen(int64_t *from, int64_t *until, int64_t new_from, int64_t new_until)
{
	if (new_from < *from)
		*from = new_from;
	if (new_until > *until)
		*until = new_until;
}

void
ledger_take(struct ledger *ledger, struct ledger_source *source, int64_t from,
    int64_t until)
{
	touch(ledger, source);
	ranges_add(&source->taken, from, until);
	widen(&source->taken_from, &source->taken_until, from, until);
}

void
ledger_count(struct ledger *ledger, struct ledger_source *source, int64_t from,
    int64_t until, int64_t line_bytes, enum ledger_fate fate)
{
	touch(ledger, source);
	widen(&source->from, &source->until, from, until);
	source->line_bytes += line_bytes;
	source->fates[fate]++;
}

void
ledger_count_row(struct ledger *ledger, struct ledger_source *source,
    int64_t ts_ms)
{
	touch(ledger, source);
	widen(&source->from_ts_ms, &source->until_ts_ms, ts_ms, ts_ms + 1);
	source->row_count++;
}

int64_t
ledger_transaction_no(const struct ledger *ledger)
{
	return ledger->transaction_no;
}

/* Replaces the rows of all ranges that what was taken touches or lies in. A
 * range only ever grows, so the rows it swallowed begin within it. */
static int
write_ranges(struct ledger *ledger, struct ledger_source *source,
    struct err *err)
{
	struct db_statement *drop = ledger->queries[DROP_RANGES];
	struct db_statement *add = ledger->queries[ADD_RANGE];
	const struct ranges *taken = &source->taken;
	size_t first, end;

	if (source->taken_from >= source->taken_until)
		return 0;
	first = ranges_find(taken, source->taken_from);
	for (end = first; end < taken->count &&
	    taken->items[end].from <= source->taken_until; end++)
		;
	db_bind_integer(drop, 1, source->no);
	db_bind_integer(drop, 2, taken->items[first].from);
	db_bind_integer(drop, 3, taken->items[end - 1].until);
	if (db_execute(drop, err) < 0)
		return -1;
	for (size_t i = first; i < end; i++) {
		db_bind_integer(add, 1, source->no);
		db_bind_integer(add, 2, taken->items[i].from);
		db_bind_integer(add, 3, taken->items[i].until);
		if (db_execute(add, err) < 0)
			return -1;
	}
	return 0;
}

static int
write_batch(struct ledger *ledger, const struct ledger_source *source,
    int64_t now_ms, struct err *err)
{
	struct db_statement *add = ledger->queries[ADD_BATCH];
	int64_t lines = 0;

	for (int fate = 0; fate < LEDGER_FATE_COUNT; fate++)
		lines += source->fates[fate];
	if (lines == 0)
		return 0;
	db_bind_integer(add, 1, ledger->transaction_no);
	db_bind_integer(add, 2, source->no);
	db_bind_integer(add, 3, source->from);
	db_bind_integer(add, 4, source->until);
	db_bind_null(add, 5);
	db_bind_null(add, 6);
	if (source->row_count > 0) {
		db_bind_integer(add, 5, source->from_ts_ms);
		db_bind_integer(add, 6, source->until_ts_ms);
	}
	db_bind_integer(add, 7, lines);
	for (int fate = 0; fate < LEDGER_FATE_COUNT; fate++)
		db_bind_integer(add, 8 + fate, source->fates[fate]);
	db_bind_integer(add, 12, source->row_count);
	db_bind_integer(add, 13, source->line_bytes);
	db_bind_integer(add, 14, now_ms);
	return db_execute(add, err);
}

int
ledger_finish(struct ledger *ledger, int64_t now_ms, struct err *err)
{
	for (struct ledger_source *source = ledger->touched; source != NULL;
	    source = source->next_touched) {
		if (write_ranges(ledger, source, err) < 0 ||
		    write_batch(ledger, source, now_ms, err) < 0)
			return -1;
		source->is_touched = false;
	}
	ledger->touched = NULL;
	return 0;
}
