/* SPDX-License-Identifier: ISC
 *
 * redact_event -- finds out from the members of an event that it has nothing to
 * hide, in a quarter of the time that redactor_line needs for its text. When in
 * doubt it says no: redactor_line leaves every event that it passes unchanged.
 */
#ifndef SECRET_REDACT_EVENT_H
#define SECRET_REDACT_EVENT_H

#include "json/json.h"

#include <stdbool.h>

struct redact_event;

/* Returns a checker that the caller closes. hash_keys, as in redact_options, are
 * borrowed until then. */
struct redact_event *redact_event_open(const char *const *hash_keys,
    size_t hash_key_count);
void redact_event_close(struct redact_event *event); /* NULL is fine */

/* Whether it is certain that the event, read by json_read, has nothing to
 * hide. */
bool redact_event_is_clean(struct redact_event *event,
    const struct json_object *object);

#endif
