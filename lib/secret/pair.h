/* SPDX-License-Identifier: ISC
 *
 * pair -- names and values that are two members of one object:
 * {"key":"password","value":"x"}. They may come in either order, with other
 * members between them. The key of the name is key, name, k, header or field; the
 * key of the value is value, val, v or values; case is ignored. The value is
 * hidden when the text of the name calls it a secret (secret/secret.h). Only a
 * number or boolean beside "name" in an outermost object stays: it is a
 * measurement.
 *
 * The values of OTLP, {"stringValue":"x"}, are recognised, so that their inner
 * value can be hidden and their shape kept.
 */
#ifndef SECRET_PAIR_H
#define SECRET_PAIR_H

#include <stdbool.h>
#include <stddef.h>

enum secret_role {
	SECRET_ROLE_NONE,
	SECRET_ROLE_VALUE,
	SECRET_ROLE_KEY,
	SECRET_ROLE_NAME /* as SECRET_ROLE_KEY, but may name a measurement */
};

/* What a name says about the value beside it, from the weakest to the
 * strongest. */
enum secret_pair {
	SECRET_PAIR_NONE,
	SECRET_PAIR_HIDE_UNLESS_NUMBER,
	SECRET_PAIR_HIDE,
	SECRET_PAIR_HASH /* the name is in hash_names */
};

struct secret_place {
	size_t at;    /* position in the text */
	size_t depth; /* of the object */
	enum secret_pair pair;
};

struct secret_places {
	struct secret_place *items; /* owned */
	size_t count, size;
};

/* The names and values read so far. Must be all zero before the first use. */
struct secret_pairs {
	struct secret_places names;  /* of the objects that are open */
	struct secret_places values; /* of the objects that are open */
	struct secret_places found;  /* values to hide */
	size_t found_next;
	bool is_late; /* a name called for hiding a value that came before it */
};

/* Returns the role of the key key[0..len), which has no escapes. */
enum secret_role secret_pair_role(const char *key, size_t len);

/* Returns what a name, which has no escapes, says about the value beside it. */
enum secret_pair secret_pair_judge(const char *name, size_t len,
    const char *const *hash_names, size_t hash_name_count);

/* Records that the object at depth, 1 for the outermost, has a name that says
 * pair. */
void secret_pairs_name(struct secret_pairs *pairs, size_t depth,
    enum secret_role role, enum secret_pair pair);

/* Records that the object at depth has a value at position at. Returns what the
 * names read so far say about it. */
enum secret_pair secret_pairs_value(struct secret_pairs *pairs, size_t depth,
    size_t at);

/* Records that the object at depth ends. */
void secret_pairs_end_object(struct secret_pairs *pairs, size_t depth);

/* Finds the pairs in text, which is broken JSON or contains JSON. The position of
 * a value is that of its colon. is_cut: the end of the text may be missing. The
 * time is linear in len, except for the logarithm of the number of pairs and that
 * of the depth of JSON within JSON. */
void secret_pairs_scan(struct secret_pairs *pairs, const char *text, size_t len,
    const char *const *hash_names, size_t hash_name_count, bool is_cut);

/* For a text whose end may be missing, and names with it: hides the values of
 * open objects that have no name, unless they are numbers. */
void secret_pairs_nameless(struct secret_pairs *pairs);

/* Prepares for secret_pairs_at. Call it after the last name and value. */
void secret_pairs_sort(struct secret_pairs *pairs);

/* Returns what the names say about the value at position at, which must not
 * decrease from call to call. */
enum secret_pair secret_pairs_at(struct secret_pairs *pairs, size_t at);

/* Returns where the inner value of the OTLP value at text[at] begins, or at when
 * there is no such value. Sets *is_number to whether the inner value is a number
 * or boolean, quoted or not. */
size_t secret_pair_inner(const char *text, size_t len, size_t at,
    bool *is_number);

/* Finds ["Cookie","x"] at the bracket text[at]: two strings, of which the first
 * names a secret header (Cookie and the like, or a secret name with a hyphen).
 * Returns where the second string begins, at its quote, or 0. The end of the text
 * may cut off the second string. */
size_t secret_pair_second(const char *text, size_t len, size_t at);

/* Forgets all names and values; keeps the memory for the next text. */
void secret_pairs_reset(struct secret_pairs *pairs);
void secret_pairs_release(struct secret_pairs *pairs);

#endif
