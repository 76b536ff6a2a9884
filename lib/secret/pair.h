/* SPDX-License-Identifier: ISC
 *
 * pair -- names and values that are members of one object:
 * {"key":"password","value":"x"}, in either order, with others between them. A
 * name stands under key, name, k, header or field; what its text calls a secret
 * (secret.h) stands under value, val, v or values; case is ignored. A number or
 * boolean beside the name of an outermost object is the measure of an
 * observation and no secret.
 *
 * The value of OTLP, {"stringValue":"x"}, is known as such, so that its shape
 * can stay.
 */
#ifndef SECRET_PAIR_H
#define SECRET_PAIR_H

#include <stdbool.h>
#include <stddef.h>

enum secret_role {
	SECRET_ROLE_NONE,
	SECRET_ROLE_VALUE,
	SECRET_ROLE_KEY,
	SECRET_ROLE_NAME /* as SECRET_ROLE_KEY; may be the name of a measure */
};

/* What a name says of the value beside it; the last ones are stronger. */
enum secret_pair {
	SECRET_PAIR_NONE,
	SECRET_PAIR_HIDE_UNLESS_NUMBER,
	SECRET_PAIR_HIDE,
	SECRET_PAIR_HASH /* the name is one of hash_names */
};

struct secret_place {
	size_t at;
	size_t depth; /* of the object */
	enum secret_pair pair;
};

struct secret_places {
	struct secret_place *items; /* ours */
	size_t count, size;
};

/* All zero is ready. */
struct secret_pairs {
	struct secret_places names;  /* of objects that are open */
	struct secret_places values; /* of those */
	struct secret_places found;  /* values to be hidden */
	size_t found_next;
	bool is_late; /* a value was found to be one after it was passed */
};

/* The role of the key key[0..len), escapes undone. */
enum secret_role secret_pair_role(const char *key, size_t len);

/* Judges the text of a name, escapes undone. */
enum secret_pair secret_pair_judge(const char *name, size_t len,
    const char *const *hash_names, size_t hash_name_count);

/* The object at depth, 1 for the outermost, has this name. */
void secret_pairs_name(struct secret_pairs *pairs, size_t depth,
    enum secret_role role, enum secret_pair pair);

/* The object at depth has a value that stands at at. Returns what the names so
 * far say of it. */
enum secret_pair secret_pairs_value(struct secret_pairs *pairs, size_t depth,
    size_t at);

/* The object at depth ends. */
void secret_pairs_close(struct secret_pairs *pairs, size_t depth);

/* Finds the pairs of text, JSON that is broken or stands within text; the place
 * of a value is its colon. is_cut: the end may be missing. Linear in len, but for
 * the logarithm of the number of pairs and of the depth of JSON within JSON. */
void secret_pairs_scan(struct secret_pairs *pairs, const char *text, size_t len,
    const char *const *hash_names, size_t hash_name_count, bool is_cut);

/* The text may have lost its end, and names with it: values of open objects that
 * have no name are hidden unless they are numbers. */
void secret_pairs_nameless(struct secret_pairs *pairs);

/* After the last name and value: makes the values ready for secret_pairs_at. */
void secret_pairs_sort(struct secret_pairs *pairs);

/* What is known of the value at at; at must not get smaller. */
enum secret_pair secret_pairs_at(struct secret_pairs *pairs, size_t at);

/* Where the value within the value of OTLP at text[at] begins; at when there
 * stands none. *is_number: it is a number or boolean, in quotes or not. */
size_t secret_pair_inner(const char *text, size_t len, size_t at,
    bool *is_number);

/* Where the second of two strings in the brackets that text[at] opens begins, at
 * its quote, when the first names a header that is a secret: Cookie and the like,
 * or a secret name with a hyphen; else 0. At the end of text the second may have
 * no end. */
size_t secret_pair_second(const char *text, size_t len, size_t at);

void secret_pairs_reset(struct secret_pairs *pairs);
void secret_pairs_release(struct secret_pairs *pairs);

#endif
