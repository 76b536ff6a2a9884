/* SPDX-License-Identifier: ISC */
#include "count/group_cache.h"
#include "base/hash.h"
#include "base/json_writer.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* The cache begins anew when it is full, so that memory stays bounded. */
#define MAX_ENTRIES 65536

struct entry {
	uint64_t hash;
	int64_t no;     /* 0: free */
	size_t at;      /* of the key, in keys */
	size_t count;   /* of its values */
};

struct group_cache {
	struct count_base *base;
	struct entry *entries; /* a hash table with open addressing */
	size_t size, count;    /* size is a power of two */
	struct buf keys;
};

struct group_cache *
group_cache_open(struct count_base *base)
{
	struct group_cache *cache = mem_new(1, sizeof(*cache));

	cache->base = base;
	cache->size = 64;
	cache->entries = mem_new(cache->size, sizeof(*cache->entries));
	return cache;
}

void
group_cache_close(struct group_cache *cache)
{
	if (cache == NULL)
		return;
	free(cache->entries);
	buf_release(&cache->keys);
	free(cache);
}

/* The key of an entry: the length of each value, 0 for NULL and else one more, and the
 * bytes. */
static void
add_key(struct buf *keys, const char *const *values, const size_t *lens, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t len = values[i] != NULL ? lens[i] + 1 : 0;

		buf_add(keys, &len, sizeof(len));
		if (values[i] != NULL)
			buf_add(keys, values[i], lens[i]);
	}
}

/* Whether the entry has these values; the hashes are equal. */
static bool
has_values(const struct group_cache *cache, const struct entry *entry,
    const char *const *values, const size_t *lens, size_t count)
{
	const char *key = buf_text(&cache->keys) + entry->at;

	if (entry->count != count)
		return false;
	for (size_t i = 0; i < count; i++) {
		size_t len = values[i] != NULL ? lens[i] + 1 : 0, own;

		memcpy(&own, key, sizeof(own));
		key += sizeof(own);
		if (own != len)
			return false;
		if (len > 0 && memcmp(key, values[i], len - 1) != 0)
			return false;
		key += len > 0 ? len - 1 : 0;
	}
	return true;
}

static uint64_t
hash_of(const char *const *values, const size_t *lens, size_t count)
{
	uint64_t hash = count;

	for (size_t i = 0; i < count; i++) {
		hash = hash_mix(hash, values[i] != NULL ? lens[i] + 1 : 0);
		if (values[i] != NULL)
			hash = hash_mix_bytes(hash, values[i], lens[i]);
	}
	return hash;
}

/* Returns the place in the table of the entry with these values, or of a free one. */
static struct entry *
probe(struct group_cache *cache, uint64_t hash, const char *const *values,
    const size_t *lens, size_t count)
{
	size_t i = (size_t)hash & (cache->size - 1);

	while (cache->entries[i].no != 0 && (cache->entries[i].hash != hash ||
	    !has_values(cache, &cache->entries[i], values, lens, count)))
		i = (i + 1) & (cache->size - 1);
	return &cache->entries[i];
}

static void
grow(struct group_cache *cache)
{
	struct entry *old = cache->entries;
	size_t old_size = cache->size;

	if (cache->count >= MAX_ENTRIES) {
		cache->count = 0;
		buf_reset(&cache->keys);
		memset(cache->entries, 0, cache->size * sizeof(*cache->entries));
		return;
	}
	cache->size *= 2;
	cache->entries = mem_new(cache->size, sizeof(*cache->entries));
	for (size_t i = 0; i < old_size; i++) {
		size_t k = (size_t)old[i].hash & (cache->size - 1);

		if (old[i].no == 0)
			continue;
		while (cache->entries[k].no != 0)
			k = (k + 1) & (cache->size - 1);
		cache->entries[k] = old[i];
	}
	free(old);
}

/* Asks the base, whose key of a group is a JSON array of its values. */
static int64_t
ask_base(struct group_cache *cache, const char *const *values, const size_t *lens,
    size_t count, struct err *err)
{
	struct buf text = BUF_EMPTY;
	struct json_writer json;
	int64_t no;

	json_writer_init(&json, &text);
	json_writer_open(&json, '[');
	for (size_t i = 0; i < count; i++)
		if (values[i] == NULL)
			json_writer_null(&json);
		else
			json_writer_text(&json, values[i], lens[i]);
	json_writer_close(&json, ']');
	no = count_base_group(cache->base, text.data, text.len, err);
	buf_release(&text);
	return no;
}

int64_t
group_cache_find(struct group_cache *cache, const char *const *values,
    const size_t *lens, size_t count, struct err *err)
{
	uint64_t hash = hash_of(values, lens, count);
	struct entry *entry;
	int64_t no;

	if (cache->count * 2 >= cache->size)
		grow(cache);
	entry = probe(cache, hash, values, lens, count);
	if (entry->no == 0) {
		no = ask_base(cache, values, lens, count, err);
		if (no < 0)
			return -1;
		*entry = (struct entry){ hash, no, cache->keys.len, count };
		add_key(&cache->keys, values, lens, count);
		cache->count++;
	}
	return entry->no;
}
