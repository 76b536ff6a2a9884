/* SPDX-License-Identifier: ISC */
#include "secret/pair.h"
#include "base/mem.h"
#include "secret/secret.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ROLE_MAX_BYTES 6

enum secret_role
secret_pair_role(const char *key, size_t len)
{
	static const struct {
		char text[ROLE_MAX_BYTES + 1];
		enum secret_role role;
	} roles[] = {
		{ "key", SECRET_ROLE_KEY }, { "name", SECRET_ROLE_NAME },
		{ "k", SECRET_ROLE_KEY }, { "header", SECRET_ROLE_KEY },
		{ "field", SECRET_ROLE_KEY }, { "value", SECRET_ROLE_VALUE },
		{ "val", SECRET_ROLE_VALUE }, { "v", SECRET_ROLE_VALUE },
		{ "values", SECRET_ROLE_VALUE },
	};

	if (len == 0 || len > ROLE_MAX_BYTES)
		return SECRET_ROLE_NONE;
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (strlen(roles[i].text) == len &&
		    strncasecmp(roles[i].text, key, len) == 0)
			return roles[i].role;
	return SECRET_ROLE_NONE;
}

static enum secret_pair
pair_of_words(const char *name, size_t len)
{
	switch (secret_name(name, len)) {
	case SECRET_NONE:
		break;
	case SECRET_UNLESS_NUMBER:
		return SECRET_PAIR_HIDE_UNLESS_NUMBER;
	case SECRET_VALUE:
	case SECRET_HEADER:
		return SECRET_PAIR_HIDE;
	}
	return SECRET_PAIR_NONE;
}

/* A name with separators in it is judged as a whole and piece by piece: when the
 * search in text hides one piece, the others must still give the same verdict. */
enum secret_pair
secret_pair_judge(const char *name, size_t len, const char *const *hash_names,
    size_t hash_name_count)
{
	static const char signs[] = "=:@&;,?\"'";
	enum secret_pair pair = pair_of_words(name, len);
	size_t start = 0;

	if (secret_is_listed(hash_names, hash_name_count, name, len))
		return SECRET_PAIR_HASH;
	for (size_t at = 0; at <= len; at++) {
		enum secret_pair piece;

		if (at < len && (name[at] == '\0' || strchr(signs, name[at]) == NULL))
			continue;
		if (at < len || start > 0) {
			piece = pair_of_words(name + start, at - start);
			pair = piece > pair ? piece : pair;
		}
		start = at + 1;
	}
	return pair;
}

static struct secret_place *
add_place(struct secret_places *places, size_t depth, size_t at, enum secret_pair pair)
{
	struct secret_place *place;

	if (places->count == places->size) {
		places->size = places->size == 0 ? 16 : 2 * places->size;
		places->items = mem_resize(places->items, places->size,
		    sizeof(*places->items));
	}
	place = &places->items[places->count++];
	*place = (struct secret_place){ .at = at, .depth = depth, .pair = pair };
	return place;
}

static struct secret_place *
last_place_at(const struct secret_places *places, size_t depth)
{
	struct secret_place *last = places->count == 0 ? NULL
	    : &places->items[places->count - 1];

	return last != NULL && last->depth == depth ? last : NULL;
}

void
secret_pairs_name(struct secret_pairs *pairs, size_t depth, enum secret_role role,
    enum secret_pair pair)
{
	struct secret_place *name = last_place_at(&pairs->names, depth);

	if (role == SECRET_ROLE_NAME && depth <= 1 && pair == SECRET_PAIR_HIDE)
		pair = SECRET_PAIR_HIDE_UNLESS_NUMBER;
	if (name == NULL)
		name = add_place(&pairs->names, depth, 0, SECRET_PAIR_NONE);
	if (pair <= name->pair)
		return;
	name->pair = pair;
	for (size_t i = pairs->values.count; i > 0 &&
	    pairs->values.items[i - 1].depth == depth; i--) {
		add_place(&pairs->found, depth, pairs->values.items[i - 1].at, pair);
		pairs->is_late = true;
	}
}

enum secret_pair
secret_pairs_value(struct secret_pairs *pairs, size_t depth, size_t at)
{
	struct secret_place *name = last_place_at(&pairs->names, depth);
	enum secret_pair pair = name == NULL ? SECRET_PAIR_NONE : name->pair;

	add_place(&pairs->values, depth, at, pair);
	if (pair != SECRET_PAIR_NONE)
		add_place(&pairs->found, depth, at, pair);
	return pair;
}

static void
drop_from_depth(struct secret_places *places, size_t depth)
{
	while (places->count > 0 && places->items[places->count - 1].depth >= depth)
		places->count--;
}

void
secret_pairs_end_object(struct secret_pairs *pairs, size_t depth)
{
	drop_from_depth(&pairs->names, depth);
	drop_from_depth(&pairs->values, depth);
}

void
secret_pairs_nameless(struct secret_pairs *pairs)
{
	size_t name = 0;

	for (size_t i = 0; i < pairs->values.count; i++) {
		const struct secret_place *value = &pairs->values.items[i];

		while (name < pairs->names.count &&
		    pairs->names.items[name].depth < value->depth)
			name++;
		if (name == pairs->names.count ||
		    pairs->names.items[name].depth != value->depth)
			add_place(&pairs->found, value->depth, value->at,
			    SECRET_PAIR_HIDE_UNLESS_NUMBER);
	}
}

static int
compare_places(const void *a, const void *b)
{
	size_t x = ((const struct secret_place *)a)->at;
	size_t y = ((const struct secret_place *)b)->at;

	return (x > y) - (x < y);
}

void
secret_pairs_sort(struct secret_pairs *pairs)
{
	if (pairs->found.count > 1)
		qsort(pairs->found.items, pairs->found.count,
		    sizeof(*pairs->found.items), compare_places);
	pairs->found_next = 0;
}

enum secret_pair
secret_pairs_at(struct secret_pairs *pairs, size_t at)
{
	enum secret_pair pair = SECRET_PAIR_NONE;

	while (pairs->found_next < pairs->found.count) {
		const struct secret_place *place =
		    &pairs->found.items[pairs->found_next];

		if (place->at > at)
			break;
		if (place->at == at && place->pair > pair)
			pair = place->pair;
		pairs->found_next++;
	}
	return pair;
}

void
secret_pairs_reset(struct secret_pairs *pairs)
{
	pairs->names.count = pairs->values.count = pairs->found.count = 0;
	pairs->found_next = 0;
	pairs->is_late = false;
}

void
secret_pairs_release(struct secret_pairs *pairs)
{
	free(pairs->names.items);
	free(pairs->values.items);
	free(pairs->found.items);
	memset(pairs, 0, sizeof(*pairs));
}
