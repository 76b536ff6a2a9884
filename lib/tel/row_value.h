/* SPDX-License-Identifier: ISC
 *
 * row_value -- converts values of JSON to the types of event.def, without
 * loss, or refuses them: an integer with a fraction, a number in quotes, a
 * word that is not in the list.
 */
#ifndef TEL_ROW_VALUE_H
#define TEL_ROW_VALUE_H

#include "json/json.h"
#include "tel/event.h"
#include "tel/word.h"

/* Why an event was refused, as the table dead_letters has it. */
struct row_refusal {
	enum reason reason;
	char field[64];       /* the key whose value is wrong, or "" */
	const char *at;       /* that value in the line, or NULL */
	char detail[256];
};

/* Fills *refusal; returns -1. member has the wrong value; it may be NULL. */
int row_refuse(struct row_refusal *refusal, enum reason reason,
    const char *field, const struct json_member *member, const char *format,
    ...) PRINTF_LIKE(5, 6);

/* Refuses a value of another type than the field has; returns -1. */
int row_mismatch(const struct event_field *field,
    const struct json_member *member, struct row_refusal *refusal);

/* Each converts a value into *out. Returns 0, or -1 with *refusal. min and max
 * are the limits of the field. */
MUST_USE int row_read_integer(const struct event_field *field, int64_t min,
    int64_t max, const struct json_member *member, int64_t *out,
    struct row_refusal *refusal);
MUST_USE int row_read_real(const struct event_field *field,
    const struct json_member *member, double *out, struct row_refusal *refusal);
MUST_USE int row_read_flag(const struct event_field *field,
    const struct json_member *member, int64_t *out,
    struct row_refusal *refusal);
/* Checks a text of a TEXT, CHOICE or HEX field; returns 0, or -1 with *refusal. */
MUST_USE int row_check_text(const struct event_field *field,
    const struct json_member *member, struct row_refusal *refusal);

#endif
