/* SPDX-License-Identifier: ISC
 *
 * What can be asked of an object that was read. It is apart from json.cc because it
 * needs nothing of simdjson.
 */
#include "json/json.h"

#include <string.h>

const struct json_member *
json_find(const struct json_object *object, const char *key)
{
	size_t len = strlen(key);

	for (size_t i = object->count; i-- > 0;)
		if (object->members[i].key_len == len &&
		    memcmp(object->members[i].key, key, len) == 0)
			return &object->members[i];
	return NULL;
}
