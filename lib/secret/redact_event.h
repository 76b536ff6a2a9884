/* SPDX-License-Identifier: ISC
 *
 * redact_event -- whether an event has nothing to hide, told from its members in
 * a quarter of the time that redactor_line takes for its text. It is sure or it
 * says no: an event that it passes is one that redactor_line would leave as it
 * is.
 */
#ifndef SECRET_REDACT_EVENT_H
#define SECRET_REDACT_EVENT_H

#include "json/json.h"

#include <stdbool.h>

struct redact_event;

/* hash_keys as in redact_options; borrowed. The caller's. */
struct redact_event *redact_event_open(const char *const *hash_keys,
    size_t hash_key_count);
void redact_event_close(struct redact_event *event); /* NULL is fine */

/* Whether the event, read by json_read, has nothing to hide for certain. */
bool redact_event_is_clean(struct redact_event *event,
    const struct json_object *object);

#endif
